//! What the player has seen is read.

use bevy::{prelude::*, window::PrimaryWindow};

use super::{
    chat_box_state::ChatBoxState, chat_tabs::ChatTabs, look::Fade, message_list::ScrollBack,
};
use crate::{
    client::ConversationApi,
    plugin::{ChatHistory, CometChat},
};

/// A run condition: a tab's newest lines are seen, in a window that has the focus, and were not before.
pub(super) fn is_anything_new_seen(
    scroll: Single<&ScrollBack>,
    state: Res<ChatBoxState>,
    tabs: Res<ChatTabs>,
    fade: Res<Fade>,
    windows: Query<&Window, With<PrimaryWindow>>,
    history: Res<ChatHistory>,
    mut seen_before: Local<Option<&'static str>>,
) -> bool {
    let is_looked_at = windows.iter().all(|window| window.focused);
    let is_seen = scroll.is_at_bottom() && fade.is_awake() && is_looked_at;
    let seen = is_seen.then_some(state.tab);
    let has_turned = std::mem::replace(&mut *seen_before, seen) != seen;
    is_seen && (has_turned || tabs.is_changed() || history.is_changed())
}

/// Takes what the active tab shows for read.
pub(super) fn mark_read(
    state: Res<ChatBoxState>,
    tabs: Res<ChatTabs>,
    chat: Option<Res<CometChat>>,
    mut history: ResMut<ChatHistory>,
) {
    let Some(tab) = tabs.shown(state.tab) else {
        return;
    };
    let unread: Vec<_> = history
        .conversations()
        .filter(|conversation| conversation.unread() > 0 && tab.has(conversation))
        .map(|conversation| conversation.id().clone())
        .collect();
    for with in unread {
        if let (Some(message), Some(chat)) = (history.mark_read(&with), &chat) {
            chat.mark_as_read(message);
        }
    }
}

/// Lets go of what was held for reading back, when the player is at the bottom again.
pub(super) fn stop_reading_back(
    scroll: Single<&ScrollBack>,
    mut history: ResMut<ChatHistory>,
    mut was_at_bottom: Local<bool>,
) {
    let is_at_bottom = scroll.is_at_bottom();
    if std::mem::replace(&mut *was_at_bottom, is_at_bottom) || !is_at_bottom {
        return;
    }
    let all: Vec<_> = history.conversations().map(|it| it.id().clone()).collect();
    for with in all {
        history.stop_reading_back(&with);
    }
}
