use std::ops::{Deref, DerefMut};

use bevy::prelude::{
    App, DetectChangesMut, In, IntoScheduleConfigs, Plugin, PreUpdate, Res, ResMut, Resource,
    on_message,
};

use super::{CometChat, CometChatSystems, MessagesRecovered};

use crate::{
    client::Event,
    history::{Asked, History, HistoryLimits},
    model::{Conversation, Message},
};

/// The [`History`] of the logged-in user, kept by [`ChatHistoryPlugin`]. A chat UI is drawn from it.
///
/// It is updated in [`CometChatSystems::Receive`](crate::CometChatSystems::Receive). Change detection reports it only
/// when its content changed:
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

/// Adds the [`ChatHistory`]. Add it before or after [`CometChatPlugin`](crate::CometChatPlugin). Without it, no
/// messages are held.
///
/// After a recovery it fetches each conversation with unread messages, with one request each: another device of the user
/// may have read them meanwhile.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChatHistoryPlugin {
    /// The size limits of the history.
    pub limits: HistoryLimits,
}

impl Plugin for ChatHistoryPlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(ChatHistory(History::new(self.limits)))
            .add_message::<MessagesRecovered>()
            .add_systems(
                PreUpdate,
                refresh_unread
                    .after(CometChatSystems::Receive)
                    .run_if(on_message::<MessagesRecovered>),
            );
    }
}

/// Fetches the conversations with unread messages after a recovery: another device of the user may have read them,
/// which the server reports only over a live connection.
fn refresh_unread(history: Res<ChatHistory>, chat: Res<CometChat>) {
    let asked = history.asked_now();
    for conversation in history.conversations().filter(|it| it.unread() > 0) {
        chat.conversation(conversation.id().clone())
            .on_success(
                move |report: In<Conversation>, mut history: ResMut<ChatHistory>| {
                    insert_report(&mut history, asked, &report);
                },
            )
            .ignore_errors();
    }
}

fn insert_report(history: &mut ResMut<ChatHistory>, asked: Asked, report: &Conversation) {
    if history
        .bypass_change_detection()
        .0
        .insert_report(asked, report)
    {
        history.set_changed();
    }
}

/// Applies an event to the history. Change detection reports only actual changes.
pub(super) fn apply(history: &mut ResMut<ChatHistory>, event: &Event) {
    if history.bypass_change_detection().0.apply(event) {
        history.set_changed();
    }
}

/// Forgets who is typing: not all reports arrived.
pub(super) fn forget_typing(history: &mut ResMut<ChatHistory>) {
    if history.bypass_change_detection().0.forget_typing() {
        history.set_changed();
    }
}

/// Applies a message that a request of the user has changed.
pub(super) fn apply_own(history: &mut ResMut<ChatHistory>, message: &Message) {
    if history.bypass_change_detection().0.apply_own(message) {
        history.set_changed();
    }
}
