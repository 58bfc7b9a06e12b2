//! The requests of the list to the history and the server: read markers, and messages that are missing near the visible
//! lines.

use std::time::Duration;

use bevy::{
    platform::collections::{HashMap, HashSet},
    prelude::*,
    window::PrimaryWindow,
};

use super::{
    feed::{Gap, Place},
    rows::Rows,
    scroll::ScrollPosition,
};
use crate::{
    chat_box::{
        active_tab::ActiveTabs,
        box_tabs::ChatBoxTabs,
        fade::Fade,
        notes::ChatNotes,
        state::{ChatBoxState, UserLeft},
        strings::ChatBoxStrings,
        tab::ChatTab,
        tab_id::ChatTabId,
        tabs::ChatTabs,
    },
    client::{ChatError, MessagesRequest, Page},
    connection::ConnectionStatus,
    history::{Asked, ConversationHistory, Entry, History},
    model::{Message, MessageId, ReceiverId},
    plugin::{ChatHistory, CometChat, GroupJoined, MessagesRecovered},
};

/// The number of messages of a page.
const PAGE: u32 = 50;
/// The time after which a page that did not arrive is requested again.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// The maximum number of pages that are on their way.
const MAX_REQUESTS: usize = 4;

/// The pages that have been requested.
#[derive(Resource, Default)]
pub(super) struct PageRequests {
    /// Their conversation, the message before which they end, and the time until which they are not requested again.
    requested: HashMap<(ReceiverId, Option<MessageId>), Duration>,
    /// The number of pages that are on their way.
    open: usize,
}

/// The conversations whose last page could not be fetched.
#[derive(Resource, Default)]
pub(in crate::chat_box) struct FailedPages(HashSet<ReceiverId>);

impl FailedPages {
    pub(in crate::chat_box) fn contains(&self, with: &ReceiverId) -> bool {
        self.0.contains(with)
    }

    fn set(failed: &mut ResMut<Self>, with: &ReceiverId, has_failed: bool) {
        if failed.contains(with) == has_failed {
            return;
        }
        if has_failed {
            failed.0.insert(with.clone());
        } else {
            failed.0.remove(with);
        }
    }
}

/// The place from which on the lines of a tab are visible, and if not all are, the lowest visible line. `None` before
/// anything was drawn.
#[derive(Component, Default, PartialEq)]
pub(super) struct VisibleFrom(Option<(ChatTabId, Place, Option<Place>)>);

impl VisibleFrom {
    pub(super) const fn new(tab: ChatTabId, from: Place, lowest: Option<Place>) -> Self {
        Self(Some((tab, from, lowest)))
    }

    /// Whether a message is visible in a tab that contains it.
    pub(super) fn shows(&self, tab: &str, id: MessageId) -> bool {
        let place = Place::of_message(id);
        self.0.as_ref().is_some_and(|(drawn, from, lowest)| {
            *drawn == tab && *from <= place && lowest.is_none_or(|lowest| place <= lowest)
        })
    }

    /// Whether the newest message of a conversation is visible in a tab. A message that has just arrived counts before
    /// it is drawn.
    fn shows_newest(&self, tab: &str, conversation: &ConversationHistory) -> bool {
        let newest = conversation.iter().rev().find_map(Entry::id);
        match (&self.0, newest) {
            (_, None) => true,
            (Some((drawn, from, _)), Some(newest)) => {
                *drawn == tab && *from <= Place::of_message(newest)
            }
            (None, Some(_)) => false,
        }
    }
}

/// Drops what was requested for the previous user, and the lines that they have seen.
pub(super) fn clear(
    _: On<UserLeft>,
    mut requests: ResMut<PageRequests>,
    mut failed: ResMut<FailedPages>,
    mut lists: Query<(&mut Rows, &mut ScrollPosition)>,
    mut commands: Commands,
) {
    requests.requested.clear();
    failed.0.clear();
    for (mut rows, mut position) in &mut lists {
        rows.clear(&mut commands);
        position.jump_to_bottom();
    }
}

/// Opens the conversations of the active tabs that the history does not know. All their messages are missing then.
pub(super) fn open_conversations(
    boxes: Query<(&ChatBoxState, &ChatBoxTabs)>,
    tabs: Res<ChatTabs>,
    mut history: ResMut<ChatHistory>,
    mut requests: ResMut<PageRequests>,
) {
    if history.user().is_none() {
        return requests.requested.clear();
    }
    let active = boxes.iter();
    let active = active.filter_map(|(state, shown)| shown.active(&tabs, &state.tab));
    let unknown: Vec<_> = active
        .flat_map(|tab| tabs.conversations(tab))
        .filter(|with| history.conversation(with).is_none())
        .cloned()
        .collect();
    for with in unknown {
        history.open_conversation(&with);
    }
}

/// A run condition.
pub(super) fn has_active_tab_changed(active: ActiveTabs) -> bool {
    active.is_changed()
}

/// Requests the messages that are missing near the visible lines.
pub(super) fn fetch_gaps(
    lists: Query<&ScrollPosition>,
    history: Res<ChatHistory>,
    chat: Option<Res<CometChat>>,
    time: Res<Time<Real>>,
    mut requests: ResMut<PageRequests>,
) {
    let now = time.elapsed();
    requests.requested.retain(|_, until| *until > now);
    let is_caught_up = history.is_caught_up();
    let is_offline = |chat: &CometChat| chat.connection_status() == ConnectionStatus::Disconnected;
    let Some(chat) = chat.filter(|chat| is_caught_up || is_offline(chat)) else {
        return;
    };
    let will_recover = |gap: &&Gap| !is_caught_up && is_recovered(gap, &history);
    let gaps = lists.iter().flat_map(|position| &position.gaps);
    for gap in gaps.filter(|gap| !will_recover(gap)) {
        if requests.open >= MAX_REQUESTS {
            return;
        }
        let page = (gap.with.clone(), gap.missing.before);
        if requests
            .requested
            .try_insert(page, now + RETRY_AFTER)
            .is_ok()
        {
            requests.open += 1;
            fetch_page(&chat, history.asked_now(), gap.clone());
        }
    }
}

/// A run condition.
pub(super) fn has_gaps(lists: Query<&ScrollPosition>) -> bool {
    lists.iter().any(|position| !position.gaps.is_empty())
}

/// Whether the client recovers the messages when it connects: those after the newest one of a conversation.
fn is_recovered(gap: &Gap, history: &History) -> bool {
    let conversation = history.conversation(&gap.with);
    gap.missing.before.is_none() && conversation.is_some_and(|it| !it.is_empty())
}

fn fetch_page(chat: &CometChat, asked: Asked, gap: Gap) {
    let Gap { with, missing } = gap;
    let request = MessagesRequest::in_conversation(with.clone()).with_limit(PAGE);
    let request = match missing.before {
        Some(before) => request.from_message(before),
        None => request,
    };
    let of = with.clone();
    let insert = move |page: In<Page<Message>>,
                       mut history: ResMut<ChatHistory>,
                       mut requests: ResMut<PageRequests>,
                       mut failed: ResMut<FailedPages>| {
        requests.open = requests.open.saturating_sub(1);
        FailedPages::set(&mut failed, &with, false);
        // Another user may have logged in meanwhile.
        if history.is_of_session(asked) {
            history.insert_page(&with, missing, page.0);
        }
    };
    let log = move |error: In<ChatError>,
                    mut requests: ResMut<PageRequests>,
                    mut failed: ResMut<FailedPages>| {
        tracing::debug!("missing messages could not be fetched: {}", *error);
        requests.open = requests.open.saturating_sub(1);
        FailedPages::set(&mut failed, &of, true);
    };
    chat.fetch_previous(&request.pager())
        .on_success(insert)
        .on_error(log);
}

/// A group that the user has joined no longer refuses a page.
pub(super) fn retry_after_joining(
    mut joined: MessageReader<GroupJoined>,
    mut requests: ResMut<PageRequests>,
) {
    for group in joined.read() {
        let group = ReceiverId::from(&group.group.guid);
        requests.requested.retain(|(with, _), _| *with != group);
    }
}

/// Tells the player that lines may be out of date: missed edits and deletions are not fetched message by message.
pub(super) fn push_changes_note(
    mut recovered: MessageReader<MessagesRecovered>,
    strings: Res<ChatBoxStrings>,
    mut notes: ResMut<ChatNotes>,
) {
    let lacks_changes = |it: &MessagesRecovered| it.changes_gap.is_some();
    if recovered.read().filter(|it| lacks_changes(it)).count() > 0 {
        notes.push(strings.missing_changes.as_str());
    }
}

/// Marks the messages of the active tabs as read, while the newest lines are visible in a window that has the focus. A
/// conversation is read when its newest message is visible.
pub(super) fn mark_read(
    lists: Query<(&ScrollPosition, &VisibleFrom, &ChildOf)>,
    boxes: Query<(&ChatBoxState, &ChatBoxTabs, &Fade)>,
    tabs: Res<ChatTabs>,
    chat: Option<Res<CometChat>>,
    windows: Query<&Window, With<PrimaryWindow>>,
    mut history: ResMut<ChatHistory>,
) {
    if !windows.iter().all(|window| window.focused) {
        return;
    }
    let legible = lists.iter().filter_map(|(position, visible, child_of)| {
        let (state, shown, fade) = boxes.get(child_of.parent()).ok()?;
        let tab = shown.active(&tabs, &state.tab)?;
        (position.is_at_bottom() && fade.is_legible()).then_some((tab, visible))
    });
    let legible: Vec<_> = legible.collect();
    let unread = history.conversations().filter(|conversation| {
        let shows = |(tab, visible): &(&ChatTab, &VisibleFrom)| {
            tab.contains(conversation) && visible.shows_newest(&tab.id, conversation)
        };
        conversation.unread() > 0 && legible.iter().any(shows)
    });
    let unread: Vec<_> = unread
        .map(|conversation| conversation.id().clone())
        .collect();
    for with in unread {
        if let (Some(message), Some(chat)) = (history.mark_read(&with), &chat) {
            chat.mark_as_read(message).ignore_errors();
        }
    }
}

/// A run condition: something has arrived, or more of the box is visible than before.
pub(super) fn may_have_been_read(
    active: ActiveTabs,
    fades: Query<(), Changed<Fade>>,
    windows: Query<(), (With<PrimaryWindow>, Changed<Window>)>,
    scrolled: Query<(), Changed<VisibleFrom>>,
) -> bool {
    active.is_changed() || !fades.is_empty() || !windows.is_empty() || !scrolled.is_empty()
}

/// A run condition: all lists are at the bottom again.
pub(super) fn has_returned_to_bottom(
    lists: Query<&ScrollPosition>,
    mut was_at_bottom: Local<bool>,
) -> bool {
    let is_at_bottom = lists.iter().all(ScrollPosition::is_at_bottom);
    !std::mem::replace(&mut *was_at_bottom, is_at_bottom) && is_at_bottom
}

/// Releases the messages that the history holds for reading back. The history counts as changed.
pub(super) fn stop_reading_back(mut history: ResMut<ChatHistory>) {
    let all: Vec<_> = history.conversations().map(|it| it.id().clone()).collect();
    for with in all {
        history.stop_reading_back(&with);
    }
}
