//! The tabs for single users, which are opened when somebody whispers, or by the player, who can close them. They are
//! saved for each user.

use std::{collections::BTreeMap, sync::Arc};

use bevy::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    box_tabs::ChatBoxTabs,
    conversations::{FetchState, FetchedConversations},
    kept::{Keep, Loaded, Save, keep},
    main_box::BoxStates,
    safety::LineFilter,
    schedules::BoxSchedule,
    state::ChatBoxState,
    tab::{ChatTab, is_whisper},
    tab_id::ChatTabId,
    tabs::ChatTabs,
};
use crate::{
    history::{ConversationHistory, Entry},
    model::{MessageId, Receiver, ReceiverId, Uid, User},
    plugin::ChatHistory,
    text::display_name,
};

/// Stands for the newest whisper of a user who has not whispered yet: every whisper is newer.
const BEFORE_ALL: MessageId = MessageId(0);

/// What is saved of the tabs for single users.
#[derive(Resource, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct WhisperTabs {
    /// The tabs, in their order.
    open: Vec<WhisperTab>,
    /// The users whose tabs the player has closed, each with the newest whisper then, or `None` if their whispers were not
    /// loaded. A newer one opens the tab again.
    closed: BTreeMap<Uid, Option<MessageId>>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct WhisperTab {
    with: Uid,
    label: String,
}

impl Keep for WhisperTabs {
    const RECORD: &'static str = "whisper_tabs";
}

/// The player opens a tab for the whispers with a user.
#[derive(Event)]
pub(super) struct OpenWhisperTab(pub(super) Arc<User>);

/// The player closes a tab that was opened for a single user. Does nothing to other tabs.
#[derive(Event)]
pub(super) struct CloseWhisperTab(pub(super) ChatTabId);

pub(super) fn plugin(app: &mut App) {
    keep::<WhisperTabs>(app);
    app.add_observer(restore)
        .add_observer(on_open)
        .add_observer(on_close)
        .add_systems(
            BoxSchedule::Prepare,
            (load_closed, open).chain().run_if(
                opens_tabs.and_then(
                    resource_changed::<ChatHistory>.or_else(resource_changed::<ChatTabs>),
                ),
            ),
        )
        .add_systems(
            BoxSchedule::Finish,
            store.before(Save).run_if(resource_changed::<ChatTabs>),
        );
}

fn store(tabs: Res<ChatTabs>, mut saved: ResMut<WhisperTabs>) {
    let open = tabs.iter().filter(|tab| tab.is_whisper_tab());
    let open = open.filter_map(|tab| {
        Some(WhisperTab {
            with: tab.whispers_with()?.clone(),
            label: tab.label.clone(),
        })
    });
    let open: Vec<_> = open.collect();
    if saved.open != open {
        saved.open = open;
    }
}

/// Opens the tabs that are saved, in place of those of the user who was logged in before.
fn restore(_: On<Loaded<WhisperTabs>>, saved: Res<WhisperTabs>, mut tabs: ResMut<ChatTabs>) {
    let is_any_open = tabs.iter().any(ChatTab::is_whisper_tab);
    if is_any_open || !saved.open.is_empty() {
        tabs.close_whispers();
    }
    for tab in &saved.open {
        tabs.open_whispers(&tab.with, &tab.label);
    }
}

fn on_open(
    open: On<OpenWhisperTab>,
    mut tabs: ResMut<ChatTabs>,
    mut saved: ResMut<WhisperTabs>,
    mut states: BoxStates,
) {
    let user = &open.0;
    saved.closed.remove(&user.uid);
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
    fetched: Res<FetchedConversations>,
    mut tabs: ResMut<ChatTabs>,
    mut saved: ResMut<WhisperTabs>,
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
    let newest = conversation.and_then(newest);
    let is_loaded = fetched.state() == FetchState::Fetched;
    saved
        .closed
        .insert(uid, newest.or(is_loaded.then_some(BEFORE_ALL)));
}

fn newest(conversation: &ConversationHistory) -> Option<MessageId> {
    conversation.iter().rev().find_map(Entry::id)
}

/// A run condition.
fn opens_tabs(tabs: Res<ChatTabs>) -> bool {
    tabs.opens_whisper_tabs
}

/// Notes the newest whispers of the users whose tabs were closed before their whispers were loaded.
fn load_closed(history: Res<ChatHistory>, mut saved: ResMut<WhisperTabs>) {
    let unknown = saved.closed.iter().filter(|(_, seen)| seen.is_none());
    let loaded = unknown.filter_map(|(uid, _)| {
        let newest = history.conversation(&uid.into()).and_then(newest)?;
        Some((uid.clone(), newest))
    });
    for (uid, newest) in loaded.collect::<Vec<_>>() {
        saved.closed.insert(uid, Some(newest));
    }
}

/// Opens tabs for the users who whisper with the player, and are not hidden.
fn open(
    history: Res<ChatHistory>,
    filter: LineFilter,
    saved: Res<WhisperTabs>,
    mut tabs: ResMut<ChatTabs>,
) {
    let is_closed = |it: &ConversationHistory| {
        let mut closed = saved.closed.iter();
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
