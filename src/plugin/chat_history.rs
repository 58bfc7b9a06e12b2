use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use bevy::prelude::{
    App, DetectChangesMut, IntoScheduleConfigs, Plugin, PreUpdate, Real, Res, ResMut, Resource,
    Time,
};

use super::CometChatSystems;
use crate::{
    client::Event,
    history::{History, HistoryLimits},
    model::Message,
};

/// The [`History`] of the logged-in user, kept by [`ChatHistoryPlugin`]: what a chat UI is drawn from.
///
/// It changes in [`CometChatSystems::Receive`] with everything that arrives, and counts as changed only when something
/// in it did:
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::{history::{Entry, EntryStatus}, prelude::*, text::{Sanitizer, display_name}};
///
/// #[derive(Component)]
/// struct ChatLog;
///
/// /// Shows the last ten lines of the guild's conversation. Runs when there is something new.
/// fn draw(history: Res<ChatHistory>, mut log: Single<&mut Text, With<ChatLog>>) {
///     let Some(guild) = history.conversation(&Guid::from("guild").into()) else {
///         return;
///     };
///     let end = guild.len();
///     let lines = guild.range(end.saturating_sub(10)..end).map(line);
///     log.0 = lines.collect::<Vec<_>>().join("\n");
/// }
///
/// fn line(entry: &Entry) -> String {
///     let name = display_name(entry.sender());
///     let text = Sanitizer::MESSAGE.clean(entry.text().unwrap_or("…"));
///     let note = match entry.status() {
///         EntryStatus::Pending => " (sending)",
///         EntryStatus::Failed(_) => " (not sent)",
///         _ if entry.is_edited() => " (edited)",
///         _ => "",
///     };
///     format!("{name}: {text}{note}")
/// }
///
/// # #[derive(Component)]
/// # struct Text(String);
/// App::new()
///     .add_plugins(ChatHistoryPlugin::default())
///     .add_systems(Update, draw.run_if(resource_changed::<ChatHistory>));
/// ```
#[derive(Resource, Clone, Debug)]
pub struct ChatHistory(History);

impl Deref for ChatHistory {
    type Target = History;

    fn deref(&self) -> &History {
        &self.0
    }
}

impl DerefMut for ChatHistory {
    fn deref_mut(&mut self) -> &mut History {
        &mut self.0
    }
}

/// Keeps the [`ChatHistory`]: without it, nothing is held and nothing is spent. Add it beside
/// [`CometChatPlugin`](crate::CometChatPlugin), before or after.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChatHistoryPlugin {
    /// How much it holds.
    pub limits: HistoryLimits,
}

impl Plugin for ChatHistoryPlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(ChatHistory(History::new(self.limits)))
            .add_systems(
                PreUpdate,
                expire_typing
                    .after(CometChatSystems::Receive)
                    .run_if(is_typing_over),
            );
    }
}

/// The time by which typing expires. In an app without a clock it does not.
pub(super) fn now(time: Option<&Time<Real>>) -> Duration {
    time.map_or(Duration::ZERO, Time::elapsed)
}

fn is_typing_over(history: Res<ChatHistory>, time: Option<Res<Time<Real>>>) -> bool {
    let expiry = history.next_typing_expiry();
    expiry.is_some_and(|expiry| expiry <= now(time.as_deref()))
}

fn expire_typing(mut history: ResMut<ChatHistory>, time: Option<Res<Time<Real>>>) {
    history.expire_typing(now(time.as_deref()));
}

/// Lets the history follow an event, and count as changed if it did.
pub(super) fn follow(history: &mut ResMut<ChatHistory>, event: &Event, now: Duration) {
    if history.bypass_change_detection().0.apply(event, now) {
        history.set_changed();
    }
}

/// The same for a message that a request of the user's has changed.
pub(super) fn follow_own(history: &mut ResMut<ChatHistory>, message: &Message) {
    if history.bypass_change_detection().0.apply_own(message) {
        history.set_changed();
    }
}
