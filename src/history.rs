//! What was said, held for a UI: the last messages of each conversation with all that happened to them since, and the
//! user's own that are not sent yet.
//!
//! [`History`] is plain data that follows the client's [`Event`]s. In a game,
//! [`ChatHistoryPlugin`](crate::ChatHistoryPlugin) keeps one in the resource [`ChatHistory`](crate::ChatHistory); a
//! program without Bevy keeps its own:
//!
//! ```no_run
//! # use std::time::Instant;
//! use bevy_cometchat::{client::Client, history::{History, HistoryLimits}, model::Uid};
//!
//! let (client, mut events) = Client::start()?;
//! let mut history = History::new(HistoryLimits::default());
//! let start = Instant::now();
//! # fn talk(_: &Client) {}
//! # talk(&client);
//! while let Some(event) = events.try_next() {
//!     history.apply(&event, start.elapsed());
//! }
//! if let Some(conversation) = history.conversation(&Uid::from("bob").into()) {
//!     for entry in conversation.iter() {
//!         println!("{}: {}", entry.sender().name, entry.text().unwrap_or("…"));
//!     }
//! }
//! # Ok::<(), std::io::Error>(())
//! ```

mod conversation_history;
mod coverage;
mod entries;
mod entry;
mod gaps;
mod hearing;
mod late;
mod limits;
mod merge;
#[cfg(test)]
mod tests;
mod typing;
mod unread;

use std::{collections::HashMap, sync::Arc, time::Duration};

use foldhash::quality::RandomState;

pub use conversation_history::ConversationHistory;
pub use entry::{Entry, EntryKey, EntryStatus};
pub use gaps::Missing;
pub use limits::HistoryLimits;

use conversation_history::Put;
use hearing::Hearing;
use late::LateChanges;
use merge::View;
use typing::Typing;

use crate::{
    client::{Event, OutboxChange, OutboxState, Page, Recovery},
    connection::ConnectionStatus,
    model::{
        Conversation, Message, MessageId, ReactionEvent, Receipt, ReceiptKind, ReceiverId,
        TypingIndicator, User,
    },
};

/// The conversations of the logged-in user, as far as they are held.
///
/// It follows [`apply`](Self::apply), is given older messages by [`insert_page`](Self::insert_page), and is bounded by
/// its [`HistoryLimits`]. A logout empties it (rule S5).
///
/// # For those who draw it
/// Everything has a version: [`version`](Self::version) changes whenever anything does,
/// [`ConversationHistory::version`] and [`Entry::version`] with what they belong to. Whoever draws a window of a
/// conversation remembers the key and the version of each of its lines, looks at nothing while the conversation's
/// version stays, and otherwise draws those lines again whose key or version is another.
#[derive(Clone, Debug)]
pub struct History {
    limits: HistoryLimits,
    me: Option<Arc<User>>,
    conversations: HashMap<ReceiverId, ConversationHistory, RandomState>,
    late: LateChanges,
    typing: Typing,
    version: u64,
    /// How many of the user's own messages were seen before they were sent.
    outgoing: u64,
    /// The newest message that arrived.
    heard: Option<MessageId>,
    /// The newest message of the conversations that were let go.
    forgotten: Option<MessageId>,
    hearing: Hearing,
    /// Counts what makes it certain or uncertain what is missing.
    moments: u64,
    /// Whether it is open, for any conversation, where what is missing ends.
    has_open_ends: bool,
}

/// # Looking
impl History {
    /// Nothing yet.
    pub fn new(limits: HistoryLimits) -> Self {
        Self {
            limits: limits.at_least_one(),
            me: None,
            conversations: HashMap::default(),
            late: LateChanges::default(),
            typing: Typing::default(),
            version: 0,
            outgoing: 0,
            heard: None,
            forgotten: None,
            hearing: Hearing::NotYet,
            moments: 0,
            has_open_ends: false,
        }
    }

    /// Counts the changes, of whatever kind.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The user whose conversations these are.
    pub fn user(&self) -> Option<&Arc<User>> {
        self.me.as_ref()
    }

    /// Whether all messages arrive now: there is a connection, and what was missed before it has been recovered, or is
    /// known to be missing.
    pub fn is_caught_up(&self) -> bool {
        !self.hearing.is_in_doubt()
    }

    /// The conversation with a user, or in a group.
    pub fn conversation(&self, with: &ReceiverId) -> Option<&ConversationHistory> {
        self.conversations.get(with)
    }

    /// All conversations, in the order in which they came up.
    pub fn conversations(&self) -> impl Iterator<Item = &ConversationHistory> {
        let mut all: Vec<_> = self.conversations.values().collect();
        all.sort_unstable_by_key(|conversation| conversation.opened);
        all.into_iter()
    }

    /// Who types in a conversation: until the client tells that they no longer do, and for a minute at most.
    pub fn typing(&self, with: &ReceiverId) -> impl Iterator<Item = &Arc<User>> {
        self.typing.users(with)
    }

    /// When somebody's typing ends next by itself, if nobody says anything: the time to call
    /// [`expire_typing`](Self::expire_typing).
    pub fn next_typing_expiry(&self) -> Option<Duration> {
        self.typing.next_expiry()
    }
}

/// # Changing
impl History {
    /// Follows an event of the client's. All must come, in order. `now` is any clock's that goes on steadily.
    ///
    /// Says whether anything changed.
    pub fn apply(&mut self, event: &Event, now: Duration) -> bool {
        let before = self.version;
        match event {
            Event::LoggedIn { user, .. } => self.begin(Some(user.clone())),
            Event::LoggedOut { .. } => self.begin(None),
            Event::StatusChanged(change) => self.follow_connection(change.to),
            Event::MessageReceived(message) | Event::GroupChanged(message) => self.receive(message),
            Event::MessageEdited(message)
            | Event::MessageDeleted(message)
            | Event::MessageModerated(message) => self.change(message),
            Event::ReactionChanged(event) => self.react(event),
            Event::ReceiptReceived(receipt) => self.note_receipt(receipt),
            Event::MessagesRecovered(recovery) => self.note_recovery(recovery),
            Event::TypingChanged(typing) => self.note_typing(typing, now),
            Event::OutboxChanged(change) => self.note_outgoing(change),
            Event::OwnUserChanged(user) => self.follow_user(user),
            // The others say nothing about a message or a conversation that it shows.
            _ => {}
        }
        self.version != before
    }

    /// Applies what a request of the user's came back with: a message that the user edited, deleted or reacted to, or
    /// what the user did in a group. The server sends no event about it to the device that asked.
    ///
    /// Returns whether anything changed.
    pub fn apply_own(&mut self, message: &Message) -> bool {
        let before = self.version;
        self.note_own(message);
        self.version != before
    }

    /// The conversation with a user, or in a group, made if there is none: for one that the user turns to. `None` when
    /// nobody is logged in.
    pub fn open_conversation(&mut self, with: &ReceiverId) -> Option<&ConversationHistory> {
        self.me.as_ref()?;
        let is_new = !self.conversations.contains_key(with);
        self.open(with);
        self.touched(with, is_new);
        self.conversation(with)
    }

    /// Takes in a page that was fetched of what [`ConversationHistory::missing_before`] had said was missing: the
    /// messages next before [`Missing::before`], or the newest ones where that is `None`. Returns how many were not held
    /// yet.
    ///
    /// ```
    /// # use bevy::prelude::*;
    /// use bevy_cometchat::prelude::*;
    ///
    /// /// Loads what is missing before the entry at a position, such as the first one that is shown.
    /// fn load_older(chat: &CometChat, history: &ChatHistory, with: &ReceiverId, position: usize) {
    ///     let Some(held) = history.conversation(with).filter(|held| held.room_for_older() > 0) else {
    ///         return;
    ///     };
    ///     let Some(missing) = held.missing_before(position) else {
    ///         return;
    ///     };
    ///     let mut messages = MessagesRequest::in_conversation(with.clone());
    ///     if let Some(before) = missing.before {
    ///         messages = messages.from_message(before);
    ///     }
    ///     let with = with.clone();
    ///     chat.fetch_previous(&messages.pager()).on_success(
    ///         move |page: In<Page<ChatMessage>>, mut history: ResMut<ChatHistory>| {
    ///             history.insert_page(&with, missing, page.0);
    ///         },
    ///     );
    /// }
    /// # let _ = load_older;
    /// ```
    ///
    /// While the conversation holds as much as it may, no older messages are taken in:
    /// [`room_for_older`](ConversationHistory::room_for_older) tells. Reading back makes room for
    /// [`HistoryLimits::older`] more, until [`stop_reading_back`](Self::stop_reading_back).
    pub fn insert_page(
        &mut self,
        with: &ReceiverId,
        missing: Missing,
        mut page: Page<Message>,
    ) -> usize {
        let Some(me) = self.me.clone() else { return 0 };
        for message in &mut page.items {
            self.late.update(message);
        }
        page.items.sort_unstable_by_key(|message| message.id);
        let (hearing, version) = (self.hearing, self.version + 1);
        let conversation = self.open(with);
        let (added, changed) = conversation.insert_page(&page, missing, hearing, &me.uid, version);
        self.touched(with, changed);
        added
    }

    /// Takes in what the server says of a conversation as a whole: how many messages are unread, and the last one.
    pub fn insert_conversation(&mut self, conversation: &Conversation) {
        let Some(me) = self.me.clone() else { return };
        let with = conversation.with.to_id();
        let mut last = conversation.last_message.clone();
        let version = self.version + 1;
        if let Some(last) = &mut last {
            self.late.update(last);
        }
        let held = self.open(&with);
        held.follow(conversation, &me.uid);
        if let Some(last) = &last {
            held.put(last, View::Own, &me.uid, version);
        }
        self.touched(&with, true);
    }

    /// Takes all of a conversation for read, here: the one to tell the server about is returned, if there was any
    /// that was not read.
    pub fn mark_read(&mut self, with: &ReceiverId) -> Option<&Message> {
        let me = self.me.clone()?;
        let conversation = self.conversations.get_mut(with)?;
        let before = conversation.read_up_to();
        conversation.used = self.version + 1;
        let is_news = conversation.read_all(&me.uid);
        self.touched(with, is_news);
        self.conversations
            .get(with)?
            .newest_of_others(&me.uid, before)
    }

    /// Lets go of the older messages that are held for reading back, when the user does that no more.
    pub fn stop_reading_back(&mut self, with: &ReceiverId) {
        if let Some(conversation) = self.conversations.get_mut(with) {
            let changed = conversation.stop_reading_back();
            self.touched(with, changed);
        }
    }

    /// Forgets who has been typing for too long. Says whether anybody had.
    pub fn expire_typing(&mut self, now: Duration) -> bool {
        let expired = self.typing.expire(now);
        self.count(expired);
        expired
    }
}

/// # Events
impl History {
    fn begin(&mut self, user: Option<Arc<User>>) {
        *self = Self {
            me: user,
            version: self.version + 1,
            outgoing: self.outgoing,
            moments: self.moments,
            ..Self::new(self.limits)
        };
    }

    fn follow_user(&mut self, user: &Arc<User>) {
        let changed = self.me.replace(user.clone()).as_ref() != Some(user);
        self.count(changed);
    }

    fn follow_connection(&mut self, status: ConnectionStatus) {
        let is_connected = status == ConnectionStatus::Connected;
        self.hear(self.hearing.follow(is_connected, self.heard));
        // Nobody would hear that they stopped.
        let cleared = !is_connected && self.typing.clear();
        self.count(cleared);
    }

    fn receive(&mut self, message: &Message) {
        let Some(me) = self.me.clone() else { return };
        self.close_open_ends(message.id);
        self.heard = self.heard.max(Some(message.id));
        self.hear(self.hearing.follow_message());
        let with = message.answer_to(&me.uid);
        let version = self.version + 1;
        let changed = self.open(&with).receive(message, &me.uid, version);
        let ended = self.typing.end(&message.sender.uid, &with);
        self.touched(&with, changed || ended);
    }

    fn change(&mut self, message: &Message) {
        let Some(me) = self.me.clone() else { return };
        let with = message.answer_to(&me.uid);
        let version = self.version + 1;
        self.late.remember(message);
        let held = self.conversations.get_mut(&with);
        let put = held.and_then(|held| held.change(message, View::Anybody, &me.uid, version));
        self.touched(&with, put == Some(Put::Changed));
    }

    fn react(&mut self, event: &ReactionEvent) {
        let Some(me) = self.me.clone() else { return };
        let version = self.version + 1;
        let reacted = self
            .conversations
            .values_mut()
            .filter(|conversation| {
                let known = conversation
                    .conversation_id()
                    .zip(event.conversation_id.as_ref());
                known.is_none_or(|(known, told)| known == told)
            })
            .find_map(|conversation| {
                let put = conversation.react(event, &me.uid, version)?;
                Some((conversation.id().clone(), put))
            });
        if let Some((with, put)) = reacted {
            self.touched(&with, put == Put::Changed);
        }
    }

    fn note_receipt(&mut self, receipt: &Receipt) {
        let Some(me) = self.me.clone() else { return };
        let is_own = receipt.user.uid == me.uid;
        let with = match &receipt.receiver {
            ReceiverId::User(_) if !is_own => receipt.user.uid.clone().into(),
            receiver => receiver.clone(),
        };
        let version = self.version + 1;
        let Some(conversation) = self.conversations.get_mut(&with) else {
            return;
        };
        let is_for_all = !is_own && matches!(with, ReceiverId::User(_));
        let up_to = receipt.message_id;
        let is_news = match receipt.kind {
            ReceiptKind::Read if is_own => conversation.read(up_to, &me.uid),
            ReceiptKind::Delivered if is_for_all => {
                conversation.note_receipt(&EntryStatus::Delivered, up_to, version)
            }
            ReceiptKind::Read if is_for_all => {
                conversation.note_receipt(&EntryStatus::Read, up_to, version)
            }
            ReceiptKind::DeliveredToAll => {
                conversation.note_receipt(&EntryStatus::Delivered, up_to, version)
            }
            ReceiptKind::ReadByAll => conversation.note_receipt(&EntryStatus::Read, up_to, version),
            // That one of many members has it, or that the user's other device does.
            ReceiptKind::Delivered | ReceiptKind::Read => false,
        };
        self.touched(&with, is_news);
    }

    fn note_recovery(&mut self, recovery: &Recovery) {
        let gap = recovery.gap.as_ref();
        let hearing = self.hearing;
        self.heard = self.heard.max(gap.and_then(|gap| gap.before));
        self.has_open_ends |= gap.is_some_and(|gap| gap.before.is_none());
        self.change_all(|conversation| match gap {
            Some(gap) => conversation.coverage.note_gap(gap),
            None => conversation.coverage.believe(hearing),
        });
        self.hear(Hearing::Sure);
    }

    fn note_typing(&mut self, typing: &TypingIndicator, now: Duration) {
        let Some(me) = &self.me else { return };
        let with = match &typing.receiver {
            ReceiverId::User(uid) if *uid == me.uid => typing.user.uid.clone().into(),
            receiver => receiver.clone(),
        };
        let changed = typing.user.uid != me.uid && self.typing.note(typing, with, now);
        self.count(changed);
    }

    fn note_outgoing(&mut self, change: &OutboxChange) {
        let Some(me) = self.me.clone() else { return };
        if let OutboxState::Sent(message) = &change.state {
            return self.note_sent(message, change);
        }
        let with = &change.message.envelope.receiver;
        let is_new = !matches!(change.state, OutboxState::Discarded);
        if !is_new && !self.conversations.contains_key(with) {
            return;
        }
        self.outgoing += 1;
        let (number, version) = (self.outgoing, self.version + 1);
        let changed = self.open(with).note_outgoing(change, number, &me, version);
        self.touched(with, changed);
    }

    /// The user changed a message, or did something in a group.
    fn note_own(&mut self, message: &Message) {
        let Some(me) = self.me.clone() else { return };
        let with = message.answer_to(&me.uid);
        if message.group_action().is_some() {
            return self.put_own(message, &with, &me);
        }
        self.late.remember(message);
        let version = self.version + 1;
        let held = self.conversations.get_mut(&with);
        let put = held.and_then(|held| held.change(message, View::Own, &me.uid, version));
        self.touched(&with, put == Some(Put::Changed));
    }

    fn note_sent(&mut self, message: &Message, change: &OutboxChange) {
        let Some(me) = self.me.clone() else { return };
        let mut message = message.clone();
        self.late.update(&mut message);
        // It may be that the server does not echo it.
        message.muid.get_or_insert_with(|| change.muid.clone());
        let with = message.answer_to(&me.uid);
        self.put_own(&message, &with, &me);
    }

    /// Puts in a message that the user has just made.
    fn put_own(&mut self, message: &Message, with: &ReceiverId, me: &User) {
        let (hearing, version) = (self.hearing, self.version + 1);
        let conversation = self.open(with);
        let doubted = conversation.doubt(hearing);
        let put = conversation.put(message, View::Own, &me.uid, version);
        self.touched(with, doubted || put != Put::Same);
    }
}

impl History {
    fn open(&mut self, with: &ReceiverId) -> &mut ConversationHistory {
        if !self.conversations.contains_key(with) {
            self.make_room();
        }
        let told_before = self.heard.max(self.forgotten);
        let (limits, now, moments) = (self.limits, self.version + 1, &mut self.moments);
        let conversation = self.conversations.entry(with.clone()).or_insert_with(|| {
            *moments += 1;
            ConversationHistory::new(with.clone(), limits, *moments, told_before)
        });
        conversation.used = now;
        conversation
    }

    fn hear(&mut self, hearing: Hearing) {
        if self.hearing != hearing {
            self.hearing = hearing;
            self.moments += 1;
            for conversation in self.conversations.values_mut() {
                conversation.coverage.turn(self.moments);
            }
        }
    }

    fn make_room(&mut self) {
        while self.conversations.len() >= self.limits.conversations {
            let expendable = self
                .conversations
                .values()
                .filter(|conversation| !conversation.has_outgoing())
                .min_by_key(|conversation| (conversation.unread() > 0, conversation.used));
            let Some(with) = expendable.map(|conversation| conversation.id().clone()) else {
                return;
            };
            let forgotten = self.conversations.remove(&with);
            let newest = forgotten.and_then(|conversation| conversation.newest());
            self.forgotten = self.forgotten.max(newest);
        }
    }

    /// An event arrived: nothing is missing from it on, in any conversation, for ids are given in order.
    fn close_open_ends(&mut self, from: MessageId) {
        if std::mem::take(&mut self.has_open_ends) {
            self.change_all(|conversation| conversation.coverage.seal(from));
        }
    }

    fn change_all(&mut self, mut change: impl FnMut(&mut ConversationHistory) -> bool) {
        let version = self.version + 1;
        let mut changed = false;
        for conversation in self.conversations.values_mut() {
            if change(conversation) {
                conversation.touch(version);
                changed = true;
            }
        }
        self.count(changed);
    }

    fn touched(&mut self, with: &ReceiverId, changed: bool) {
        self.count(changed);
        if let Some(conversation) = self.conversations.get_mut(with) {
            self.has_open_ends |= conversation.coverage.is_open();
            if changed {
                conversation.touch(self.version);
            }
        }
    }

    fn count(&mut self, changed: bool) {
        self.version += u64::from(changed);
    }
}
