use std::{cell::RefCell, time::Duration};

use bevy::prelude::App;
use bevy_cometchat::{
    AppSettings, CometChatPlugin,
    client::{AppSettingsBuilder, Event},
    connection::Cause,
    model::{Message, MessageId, Receiver, Timestamp, User},
    test_util::{ScriptedChat, text_message},
};

use super::{game::APP, stage::Stage};

/// The scripted shell: a whole minute passes in no time.
#[derive(Default)]
pub(crate) struct Scripted {
    chat: ScriptedChat,
    said: RefCell<u64>,
}

impl Scripted {
    fn message(&self, id: u64, text: &str) -> Message {
        let user = |uid: &str| User::new(uid, uid).into();
        let mut message = text_message(id, user("bob"), Receiver::User(user("alice")), text);
        let now = Timestamp(self.chat.now().as_secs());
        (message.sent_at, message.updated_at) = (now, now);
        message
    }
}

impl Stage for Scripted {
    async fn with_expiring_tokens() -> Self {
        Self::default()
    }

    fn background_timeout(&self) -> Duration {
        Duration::from_secs(30)
    }

    fn settings(&self) -> AppSettingsBuilder {
        AppSettings::builder()
    }

    fn plugin(&self, settings: AppSettingsBuilder) -> CometChatPlugin {
        self.chat.plugin(APP, settings.build())
    }

    async fn pass(&self, app: &mut App, time: Duration) {
        self.chat.advance(app, time);
    }

    fn frame(&self) -> Duration {
        Duration::from_millis(100)
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(120)
    }

    async fn bob_says(&self, text: &str) -> MessageId {
        // Far from the ids that the script gives to what alice sends.
        *self.said.borrow_mut() += 1_000;
        let id = *self.said.borrow();
        self.chat.receive(self.message(id, text));
        MessageId(id)
    }

    async fn bob_edits(&self, id: MessageId, text: &str) {
        let mut message = self.message(id.0, text);
        message.details_mut().edited_at = Some(message.updated_at);
        self.chat.receive_event(Event::MessageEdited(message));
    }

    async fn cut(&self) {
        self.chat.set_online(false);
        self.chat.refuse_connections(Cause::Unreachable);
        self.break_connections().await;
    }

    async fn restore(&self) {
        self.chat.set_online(true);
        self.chat.accept_connections();
    }

    async fn break_connections(&self) {
        self.chat.drop_connection(Cause::ConnectionLost);
    }

    async fn lose_next_reply(&self) {
        self.chat.lose_next_reply(true);
    }

    async fn expire_token(&self) {
        self.chat.expire_token();
    }
}
