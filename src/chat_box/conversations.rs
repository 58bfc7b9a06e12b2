//! The conversations of earlier days, which are fetched at login, and the note that the receiver of a whisper is offline.

use std::{sync::Arc, time::Duration};

use bevy::{platform::collections::HashSet, prelude::*};

use super::{
    notes::ChatNotes,
    safety::ChatSafety,
    schedules::BoxSchedule,
    state::UserLeft,
    strings::{ChatBoxStrings, fill},
    tab::is_whisper,
    tabs::ChatTabs,
};
use crate::{
    client::{ChatError, ConversationsRequest, OutboxState, Page},
    connection::ConnectionStatus,
    model::{Conversation, MessageContent, ReceiverId, Uid, User, UserStatus},
    plugin::{ChatHistory, CometChat, OutboxChanged},
    text::isolate,
};

/// The number of conversations that are fetched.
const PAGE: u32 = 50;
/// The time after which they are requested again if that failed.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// The conversations that the server has.
#[derive(Resource, Default)]
pub(super) struct FetchedConversations {
    state: FetchState,
    /// The conversations in groups that no tab has shown yet.
    groups: Vec<Conversation>,
}

#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum FetchState {
    #[default]
    NotFetched,
    Fetching,
    Fetched,
    /// The time of the next attempt, since the start of the app.
    Failed(Duration),
}

impl FetchedConversations {
    pub(super) const fn state(&self) -> FetchState {
        self.state
    }

    fn is_due(&self, now: Duration) -> bool {
        match self.state {
            FetchState::NotFetched => true,
            FetchState::Failed(until) => until <= now,
            FetchState::Fetching | FetchState::Fetched => false,
        }
    }
}

/// The users of whom it is known whether they were online when the player first whispered to them.
#[derive(Resource, Default)]
struct CheckedReceivers(HashSet<Uid>);

pub(super) fn plugin(app: &mut App) {
    app.add_message::<OutboxChanged>()
        .init_resource::<FetchedConversations>()
        .init_resource::<CheckedReceivers>()
        .add_observer(clear)
        .add_systems(
            BoxSchedule::Update,
            (
                fetch.run_if(is_due),
                insert_groups.run_if(resource_changed::<ChatTabs>.and_then(has_groups)),
                check_receivers.run_if(on_message::<OutboxChanged>),
            ),
        );
}

fn clear(
    _: On<UserLeft>,
    mut fetched: ResMut<FetchedConversations>,
    mut checked: ResMut<CheckedReceivers>,
) {
    *fetched = FetchedConversations::default();
    checked.0.clear();
}

/// A run condition. It waits for the recovery of missed messages, because a list that is fetched earlier would soon be
/// out of date.
fn is_due(
    fetched: Res<FetchedConversations>,
    history: Res<ChatHistory>,
    chat: Option<Res<CometChat>>,
    time: Res<Time<Real>>,
) -> bool {
    let is_offline = |chat: &CometChat| chat.connection_status() == ConnectionStatus::Disconnected;
    fetched.is_due(time.elapsed())
        && history.user().is_some()
        && chat.is_some_and(|chat| history.is_caught_up() || is_offline(&chat))
}

fn fetch(
    chat: Res<CometChat>,
    history: Res<ChatHistory>,
    mut fetched: ResMut<FetchedConversations>,
) {
    fetched.state = FetchState::Fetching;
    let asked = history.asked_now();
    let insert = move |page: In<Page<Conversation>>,
                       tabs: Res<ChatTabs>,
                       mut history: ResMut<ChatHistory>,
                       mut fetched: ResMut<FetchedConversations>| {
        if !history.is_of_session(asked) {
            return;
        }
        fetched.state = FetchState::Fetched;
        for conversation in page.0.items {
            let with = conversation.with.to_id();
            if is_whisper(&with) || tabs.has_conversation(&with) {
                history.insert_report(asked, &conversation);
            } else {
                fetched.groups.push(conversation);
            }
        }
    };
    let retry = move |error: In<ChatError>,
                      history: Res<ChatHistory>,
                      time: Res<Time<Real>>,
                      mut fetched: ResMut<FetchedConversations>| {
        tracing::debug!("the conversations could not be fetched: {}", *error);
        if history.is_of_session(asked) {
            fetched.state = FetchState::Failed(time.elapsed() + RETRY_AFTER);
        }
    };
    let request = ConversationsRequest::all().with_limit(PAGE);
    chat.fetch_next(&request.pager())
        .on_success(insert)
        .on_error(retry);
}

/// A run condition.
fn has_groups(fetched: Res<FetchedConversations>) -> bool {
    !fetched.groups.is_empty()
}

/// Inserts the conversations of groups that tabs show now, with their unread counts.
fn insert_groups(
    tabs: Res<ChatTabs>,
    mut history: ResMut<ChatHistory>,
    mut fetched: ResMut<FetchedConversations>,
) {
    let shown = fetched
        .groups
        .extract_if(.., |it| tabs.has_conversation(&it.with.to_id()));
    for conversation in shown {
        if history.conversation(&conversation.with.to_id()).is_none() {
            history.insert_conversation(&conversation);
        }
    }
}

/// Says that the receiver of a whisper is offline, once in each conversation.
fn check_receivers(
    mut changes: MessageReader<OutboxChanged>,
    chat: Option<Res<CometChat>>,
    history: Res<ChatHistory>,
    mut checked: ResMut<CheckedReceivers>,
) {
    let Some(chat) = chat else {
        return changes.clear();
    };
    for change in changes.read() {
        let is_text = matches!(change.message.content, MessageContent::Text(_));
        let is_sent = matches!(change.state, OutboxState::Sent(_));
        let ReceiverId::User(uid) = &change.message.envelope.receiver else {
            continue;
        };
        if !is_text || !is_sent || !checked.0.insert(uid.clone()) {
            continue;
        }
        let uid = uid.clone();
        let asked = history.asked_now();
        let note =
            move |receiver: In<Arc<User>>, history: Res<ChatHistory>, mut commands: Commands| {
                if history.is_of_session(asked) {
                    commands.run_system_cached_with(push_offline_note, receiver.0);
                }
            };
        chat.user(uid.clone()).on_success(note).on_error(
            move |_: In<ChatError>, mut checked: ResMut<CheckedReceivers>| {
                checked.0.remove(&uid);
            },
        );
    }
}

fn push_offline_note(
    receiver: In<Arc<User>>,
    strings: Res<ChatBoxStrings>,
    safety: Res<ChatSafety>,
    mut notes: ResMut<ChatNotes>,
) {
    if receiver.status == UserStatus::Offline {
        let name = safety.name_of(&receiver, &strings);
        let text = fill(&strings.receiver_offline, &[("{name}", &isolate(&name))]);
        notes.push_about(text, receiver.uid.clone().into());
    }
}
