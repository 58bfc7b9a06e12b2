//! What the player has seen is read.

use bevy::{prelude::*, window::PrimaryWindow};

use super::{
    chat_box_state::ChatBoxState, chat_tabs::ChatTabs, look::Fade, message_list::ScrollBack,
    talk::Talk,
};
use crate::plugin::{ChatHistory, CometChat};

/// Takes what the active tab shows for read, while the newest lines are seen in a window that has the focus.
pub(super) fn mark_read(
    scroll: Single<&ScrollBack>,
    state: Res<ChatBoxState>,
    tabs: Res<ChatTabs>,
    fade: Res<Fade>,
    chat: Option<Res<CometChat>>,
    windows: Query<&Window, With<PrimaryWindow>>,
    mut history: ResMut<ChatHistory>,
) {
    let is_seen = windows.iter().all(|window| window.focused);
    if !scroll.is_at_bottom() || !fade.is_awake() || !is_seen {
        return;
    }
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
            chat.mark_as_read(message).ignore_errors();
        }
    }
}

/// A run condition: something has arrived, or more of what is there may be seen than before.
pub(super) fn may_be_seen(
    talk: Talk,
    fade: Res<Fade>,
    changed: Query<(), (With<PrimaryWindow>, Changed<Window>)>,
) -> bool {
    talk.is_changed() || fade.is_changed() || !changed.is_empty()
}

/// Lets go of what was held for reading back, when the player is at the bottom again. The history counts as changed then.
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
