//! Messages that are not held, fetched as the player comes near the place where they belong.

use std::time::Duration;

use bevy::{platform::collections::HashMap, prelude::*};

use super::{
    chat_box_state::ChatBoxState,
    chat_box_strings::ChatBoxStrings,
    chat_notes::ChatNotes,
    chat_tabs::ChatTabs,
    feed::{Feed, Item},
    message_list::ScrollBack,
    talk::Talk,
};
use crate::{
    client::{ChatError, MessagesRequest, Page},
    connection::ConnectionStatus,
    history::{ConversationHistory, History, Missing},
    model::{Message, MessageId, ReceiverId},
    plugin::{ChatHistory, CometChat, GroupJoined, MessagesRecovered},
};

/// How many messages are fetched at once.
const PAGE: u32 = 50;
/// How long the same page is not asked for again.
const PAUSE: Duration = Duration::from_secs(10);

/// The pages that were asked for: of which conversation, before which message, and until when they are left alone.
#[derive(Resource, Default)]
pub(super) struct Fetching(HashMap<(ReceiverId, Option<MessageId>), Duration>);

/// Messages that are missing near what is seen, the newest of which are to be fetched.
#[derive(Clone)]
pub(super) struct Wanted {
    with: ReceiverId,
    missing: Missing,
}

impl Wanted {
    /// What may be missing before a line, if there is room for it.
    pub(super) fn before(item: &Item) -> Option<Self> {
        let Item::Entry(conversation, _, position) = item else {
            return None;
        };
        let missing = item.missing_before()?;
        let has_room = *position > 0 || conversation.room_for_older() > 0;
        has_room.then(|| Self::of(conversation, missing))
    }

    /// What may be missing behind all lines.
    pub(super) fn behind_all(feed: &Feed) -> impl Iterator<Item = Self> {
        let ends = feed.conversations().iter();
        ends.filter_map(|it| Some(Self::of(it, it.missing_before(it.len())?)))
    }

    /// Whether it is the end of a conversation, of which something is held: with the connection it is recovered.
    fn is_recovered(&self, history: &History) -> bool {
        let conversation = history.conversation(&self.with);
        self.missing.before.is_none() && conversation.is_some_and(|it| !it.is_empty())
    }

    fn of(conversation: &ConversationHistory, missing: Missing) -> Self {
        Self {
            with: conversation.id().clone(),
            missing,
        }
    }
}

/// Opens the conversations that the tab names and of which nothing is known yet: all of them is missing.
pub(super) fn open(
    state: Res<ChatBoxState>,
    tabs: Res<ChatTabs>,
    mut history: ResMut<ChatHistory>,
    mut fetching: ResMut<Fetching>,
) {
    if history.user().is_none() {
        return fetching.0.clear();
    }
    let unknown: Vec<_> = tabs
        .shown(state.tab)
        .into_iter()
        .flat_map(|tab| tabs.named_in(tab))
        .filter(|with| history.conversation(with).is_none())
        .cloned()
        .collect();
    for with in unknown {
        history.open_conversation(&with);
    }
}

/// A run condition: the tab may name a conversation of which nothing is known yet.
pub(super) fn may_be_unknown(talk: Talk) -> bool {
    talk.is_changed()
}

/// Asks for what is missing near what is seen, unless it may be on its way.
pub(super) fn fetch(
    scroll: Single<&ScrollBack>,
    history: Res<ChatHistory>,
    chat: Option<Res<CometChat>>,
    time: Res<Time<Real>>,
    mut fetching: ResMut<Fetching>,
) {
    let now = time.elapsed();
    fetching.0.retain(|_, until| *until > now);
    let is_caught_up = history.is_caught_up();
    let is_offline = |chat: &CometChat| chat.connection_status() == ConnectionStatus::Disconnected;
    let Some(chat) = chat.filter(|chat| is_caught_up || is_offline(chat)) else {
        return;
    };
    let comes_later = |it: &&Wanted| !is_caught_up && it.is_recovered(&history);
    for wanted in scroll.missing.iter().filter(|it| !comes_later(it)) {
        let page = (wanted.with.clone(), wanted.missing.before);
        if fetching.0.try_insert(page, now + PAUSE).is_ok() {
            ask(&chat, wanted.clone());
        }
    }
}

/// A run condition: something is missing near what is seen.
pub(super) fn is_anything_missing(scroll: Single<&ScrollBack>) -> bool {
    !scroll.missing.is_empty()
}

fn ask(chat: &CometChat, wanted: Wanted) {
    let Wanted { with, missing } = wanted;
    let request = MessagesRequest::in_conversation(with.clone()).with_limit(PAGE);
    let request = match missing.before {
        Some(before) => request.from_message(before),
        None => request,
    };
    let insert = move |page: In<Page<Message>>, mut history: ResMut<ChatHistory>| {
        history.insert_page(&with, missing, page.0);
    };
    let note = |error: In<ChatError>| {
        tracing::debug!("messages that are missing are not fetched: {}", *error);
    };
    chat.fetch_previous(&request.pager())
        .on_success(insert)
        .on_error(note);
}

/// A group that the user has just joined no longer refuses what it refused before.
pub(super) fn ask_again_after_joining(
    mut joined: MessageReader<GroupJoined>,
    mut fetching: ResMut<Fetching>,
) {
    for channel in joined.read() {
        let with = ReceiverId::from(&channel.group.guid);
        fetching.0.retain(|(asked, _), _| *asked != with);
    }
}

/// Says that what is shown may be out of date: edits and deletions that were missed are not fetched message by message.
pub(super) fn tell_of_changes(
    mut recovered: MessageReader<MessagesRecovered>,
    strings: Res<ChatBoxStrings>,
    mut notes: ResMut<ChatNotes>,
) {
    let lacks_changes = |it: &MessagesRecovered| it.changes_gap.is_some();
    if recovered.read().filter(|it| lacks_changes(it)).count() > 0 {
        notes.push(strings.missing_changes.as_str());
    }
}
