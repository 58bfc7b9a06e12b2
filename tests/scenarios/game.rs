use std::time::Duration;

use bevy::prelude::*;
use bevy_cometchat::{
    client::{AppSettingsBuilder, SendHandle},
    prelude::*,
};

use super::stage::Stage;

pub(crate) const KEY: &str = "key123";
pub(crate) const APP: &str = "app123";

/// A headless game on a stage, and what it was told, in words, in order.
pub(crate) struct Game<S> {
    pub(crate) stage: S,
    app: App,
}

#[derive(Resource, Default)]
struct Told(Vec<String>);

impl<S: Stage> Game<S> {
    pub(crate) fn new(
        stage: S,
        change: impl FnOnce(AppSettingsBuilder) -> AppSettingsBuilder,
    ) -> Self {
        let plugin = stage.plugin(change(stage.settings()));
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, plugin))
            .init_resource::<Told>()
            .add_systems(Update, (hear_session, hear_messages).chain());
        Self { stage, app }
    }

    pub(crate) fn auto(stage: S) -> Self {
        Self::new(stage, |settings| settings)
    }

    pub(crate) fn manual(stage: S) -> Self {
        Self::new(stage, |settings| {
            settings.auto_establish_socket_connection(false)
        })
    }

    /// With alice logged in and connected, and nothing told yet.
    pub(crate) async fn connected(stage: S) -> Self {
        let mut game = Self::auto(stage);
        game.chat().login(AuthKey::new("alice", KEY));
        game.wait_for("recovered 0, changed 0").await;
        game.told();
        game
    }

    /// The next run of the game, which finds what this one has saved.
    pub(crate) async fn restarted(self) -> Self {
        self.between_runs(async |_| {}).await
    }

    /// The same, with something that happens while no game runs.
    pub(crate) async fn between_runs(self, happens: impl AsyncFnOnce(&S)) -> Self {
        let Self { stage, app } = self;
        drop(app);
        happens(&stage).await;
        Self::auto(stage)
    }

    pub(crate) fn chat(&self) -> &CometChat {
        self.app.world().resource::<CometChat>()
    }

    pub(crate) fn read_one_event_a_frame(&mut self) {
        let mut settings = self.app.world_mut().resource_mut::<CometChatSettings>();
        settings.event_budget = 1;
    }

    pub(crate) async fn pass(&mut self, time: Duration) {
        self.stage.pass(&mut self.app, time).await;
    }

    /// Lets time pass until the game is told this.
    pub(crate) async fn wait_for(&mut self, what: &str) {
        self.wait_until(what, |told| told.iter().any(|told| told == what))
            .await;
    }

    /// Lets time pass until a request has ended.
    pub(crate) async fn end<T: Clone + Send + 'static>(
        &mut self,
        request: Request<T>,
    ) -> Result<T, ChatError> {
        self.wait_until("the end of a request", |_| request.outcome().is_some())
            .await;
        request.outcome().expect("it has ended")
    }

    /// Sends a text to bob.
    pub(crate) fn say(&self, text: &str) -> SendHandle {
        let message = TextMessage::to_user("bob", text).with_muid(text);
        self.chat().send_message(message)
    }

    /// What the game was told since the last call.
    pub(crate) fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.app.world_mut().resource_mut::<Told>().0)
    }

    /// The same without what it was told of the connection, of which the attempts are not counted.
    pub(crate) fn told_of_messages(&mut self) -> Vec<String> {
        let is_of_connection = |told: &String| {
            ["connect", "disconnect"]
                .iter()
                .any(|it| told.starts_with(it))
        };
        let mut told = self.told();
        told.retain(|told| !is_of_connection(told));
        told
    }

    async fn wait_until(&mut self, what: &str, is_there: impl Fn(&[String]) -> bool) {
        let frame = self.stage.frame();
        let mut left = self.stage.patience();
        loop {
            let told = &self.app.world().resource::<Told>().0;
            if is_there(told) {
                return;
            }
            assert!(!left.is_zero(), "no {what} in time; told: {told:#?}");
            self.pass(frame).await;
            left = left.saturating_sub(frame);
        }
    }
}

fn hear_session(
    mut told: ResMut<Told>,
    mut logins: MessageReader<LoggedIn>,
    mut changes: MessageReader<ConnectionChanged>,
    mut expired: MessageReader<TokenExpired>,
    mut logouts: MessageReader<LoggedOut>,
) {
    let told = &mut told.0;
    let login = |login: &LoggedIn| format!("{} in ({:?})", login.user.uid, login.origin);
    told.extend(logins.read().map(login));
    told.extend(expired.read().map(|_| "token expired".to_owned()));
    let change = |change: &ConnectionChanged| format!("{} ({:?})", change.to, change.cause);
    told.extend(changes.read().map(change));
    let logout = |logout: &LoggedOut| format!("{} out ({:?})", logout.user.uid, logout.cause);
    told.extend(logouts.read().map(logout));
}

fn hear_messages(
    mut told: ResMut<Told>,
    mut edited: MessageReader<MessageEdited>,
    mut received: MessageReader<MessageReceived>,
    mut recovered: MessageReader<MessagesRecovered>,
    mut outbox: MessageReader<OutboxChanged>,
) {
    let told = &mut told.0;
    let text = |message: &ChatMessage| message.text().unwrap_or("?").to_owned();
    told.extend(
        edited
            .read()
            .map(|it| format!("edited {}", text(&it.message))),
    );
    told.extend(
        received
            .read()
            .map(|it| format!("received {}", text(&it.message))),
    );
    told.extend(recovered.read().map(|MessagesRecovered(it)| {
        let gap = if it.gap.is_some() || it.changes_gap.is_some() {
            ", a gap"
        } else {
            ""
        };
        format!("recovered {}, changed {}{gap}", it.recovered, it.changed)
    }));
    told.extend(outbox.read().map(|change| match &change.state {
        OutboxState::Sent(_) => format!("sent {}", change.muid),
        OutboxState::Failed(error) => format!("failed {}: {}", change.muid, error.code),
        state => format!("{state:?} {}", change.muid).to_lowercase(),
    }));
}
