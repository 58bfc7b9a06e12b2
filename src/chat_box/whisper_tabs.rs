//! The tabs for single users, which are opened when somebody whispers, or by the player, who can close them.

use std::sync::Arc;

use bevy::{platform::collections::HashMap, prelude::*};

use super::{
    box_tabs::ChatBoxTabs,
    main_box::BoxStates,
    safety::LineFilter,
    schedules::BoxSchedule,
    state::{ChatBoxState, UserLeft},
    tab::is_whisper,
    tab_id::ChatTabId,
    tabs::ChatTabs,
};
use crate::{
    history::{ConversationHistory, Entry},
    model::{MessageId, Receiver, ReceiverId, Uid, User},
    plugin::ChatHistory,
    text::display_name,
};

/// The users whose tabs the player has closed, each with the newest whisper then. A newer one opens the tab again.
#[derive(Resource, Default)]
struct ClosedTabs(HashMap<Uid, Option<MessageId>>);

/// The player opens a tab for the whispers with a user.
#[derive(Event)]
pub(super) struct OpenWhisperTab(pub(super) Arc<User>);

/// The player closes a tab that was opened for a single user. Does nothing to other tabs.
#[derive(Event)]
pub(super) struct CloseWhisperTab(pub(super) ChatTabId);

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<ClosedTabs>()
        .add_observer(close_all)
        .add_observer(on_open)
        .add_observer(on_close)
        .add_systems(
            BoxSchedule::Prepare,
            open.run_if(
                opens_tabs.and_then(
                    resource_changed::<ChatHistory>.or_else(resource_changed::<ChatTabs>),
                ),
            ),
        );
}

fn close_all(_: On<UserLeft>, mut tabs: ResMut<ChatTabs>, mut closed: ResMut<ClosedTabs>) {
    closed.0.clear();
    if tabs.iter().any(|tab| tab.is_whisper_tab()) {
        tabs.close_whispers();
    }
}

fn on_open(
    open: On<OpenWhisperTab>,
    mut tabs: ResMut<ChatTabs>,
    mut closed: ResMut<ClosedTabs>,
    mut states: BoxStates,
) {
    let user = &open.0;
    closed.0.remove(&user.uid);
    let tab = tabs.open_whispers(&user.uid, &display_name(user));
    if let Some(mut state) = states.main() {
        state.tab = tab;
        state.to = None;
        state.is_open = true;
    }
}

fn on_close(
    close: On<CloseWhisperTab>,
    history: Res<ChatHistory>,
    mut tabs: ResMut<ChatTabs>,
    mut closed: ResMut<ClosedTabs>,
    mut boxes: Query<(&mut ChatBoxState, &ChatBoxTabs)>,
) {
    let id = &close.0;
    let tab = tabs.get(id).filter(|tab| tab.is_whisper_tab());
    let Some(uid) = tab.and_then(|tab| tab.whispers_with()).cloned() else {
        return;
    };
    for (mut state, shown) in &mut boxes {
        if state.tab == *id
            && let Some(next) = shown.neighbor(&tabs, id, -1)
        {
            state.tab = next;
        }
    }
    tabs.remove(id);
    let conversation = history.conversation(&uid.clone().into());
    closed.0.insert(uid, conversation.and_then(newest));
}

fn newest(conversation: &ConversationHistory) -> Option<MessageId> {
    conversation.iter().rev().find_map(Entry::id)
}

/// A run condition.
fn opens_tabs(tabs: Res<ChatTabs>) -> bool {
    tabs.opens_whisper_tabs
}

/// Opens tabs for the users who whisper with the player, and are not hidden.
fn open(
    history: Res<ChatHistory>,
    filter: LineFilter,
    closed: Res<ClosedTabs>,
    mut tabs: ResMut<ChatTabs>,
) {
    let is_closed = |it: &ConversationHistory| {
        let mut closed = closed.0.iter();
        closed.any(|(uid, seen)| *it.id() == ReceiverId::from(uid) && newest(it) <= *seen)
    };
    let is_new = |it: &&ConversationHistory| {
        let is_shown = tabs.has_conversation(it.id());
        is_whisper(it.id()) && !it.is_empty() && !is_shown && !is_closed(it)
    };
    let new = history.conversations().filter(is_new);
    let users: Vec<(Uid, String)> = new
        .filter_map(|it| match it.with() {
            Receiver::User(user) => Some((user.uid.clone(), display_name(user).into_owned())),
            Receiver::Group(_) => None,
        })
        .filter(|(uid, _)| {
            let is_forbidden = filter.safety.forbids_whispers_with(&uid.clone().into());
            !filter.muted.contains(uid) && !is_forbidden
        })
        .collect();
    for (uid, name) in users {
        tabs.open_whispers(&uid, &name);
    }
}
