//! The messages to show in a chat UI: the newest ones of each conversation, up to date, and the user's own that are not
//! sent yet.
//!
//! [`History`] is plain data, updated by the client's [`Event`](crate::client::Event)s. In a game,
//! [`ChatHistoryPlugin`](crate::ChatHistoryPlugin) keeps one in the resource [`ChatHistory`](crate::ChatHistory). A
//! program without Bevy keeps its own:
//!
//! ```no_run
//! use bevy_cometchat::{client::Client, history::{History, HistoryLimits}, model::Uid};
//!
//! let (client, mut events) = Client::start()?;
//! let mut history = History::new(HistoryLimits::default());
//! # fn talk(_: &Client) {}
//! # talk(&client);
//! while let Some(event) = events.try_next() {
//!     history.apply(&event);
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
mod events;
mod gaps;
mod limits;
mod merge;
mod size;
mod typing;
mod unread;

use std::{collections::HashMap, sync::Arc};

use foldhash::quality::RandomState;

pub use conversation_history::ConversationHistory;
pub use coverage::Missing;
pub use entry::{Entry, EntryKey, EntryStatus};
pub use limits::HistoryLimits;

use conversation_history::{Context, Source};
use coverage::SyncState;
use merge::RecentEdits;
use typing::Typing;
pub(crate) use unread::Asked;

use crate::{
    client::Page,
    model::{Conversation, Message, MessageId, ReceiverId, User},
};

/// The conversations of the logged-in user, as far as they are held.
///
/// [`apply`](Self::apply) keeps it up to date and [`insert_page`](Self::insert_page) adds older messages. Its size is
/// limited by [`HistoryLimits`]. A logout empties it.
///
/// # Drawing it
/// Everything has a version: [`version`](Self::version) increases with every change, and
/// [`ConversationHistory::version`] and [`Entry::version`] are the version of the last change of what they belong to. A
/// UI that stores the key and the version of each line on the screen has nothing to do while the version of the
/// conversation is the same, and otherwise updates the lines whose key or version differs.
#[derive(Clone, Debug)]
pub struct History {
    limits: HistoryLimits,
    me: Option<Arc<User>>,
    conversations: HashMap<ReceiverId, ConversationHistory, RandomState>,
    recent_edits: RecentEdits,
    typing: Typing,
    version: u64,
    /// The number of events about the state of a message.
    revision: u64,
    /// The revision at which the connection became live; `None` while it is not live.
    live_since: Option<u64>,
    /// The version at which the user logged in.
    logged_in_at: u64,
    /// The version at which the connection was lost. The server may not know what the user has read since.
    lost_at: u64,
    /// The number of the user's own messages that were entries before they were sent.
    outgoing: u64,
    /// The newest message that arrived.
    newest: Option<MessageId>,
    /// The newest message of the conversations that were removed.
    newest_removed: Option<MessageId>,
    sync: SyncState,
    /// The next [`Coverage::as_of`](coverage::Coverage).
    as_of: u64,
    /// Whether any conversation is missing messages up to now.
    has_open_ends: bool,
    /// Whether a gap goes up to now: nothing has arrived after it.
    is_in_gap: bool,
}

impl Default for History {
    fn default() -> Self {
        Self::new(HistoryLimits::default())
    }
}

/// # Reading
impl History {
    /// An empty history.
    pub fn new(limits: HistoryLimits) -> Self {
        Self {
            limits: limits.at_least_one(),
            me: None,
            conversations: HashMap::default(),
            recent_edits: RecentEdits::default(),
            typing: Typing::default(),
            version: 0,
            revision: 0,
            live_since: None,
            logged_in_at: 0,
            lost_at: 0,
            outgoing: 0,
            newest: None,
            newest_removed: None,
            sync: SyncState::NeverConnected,
            as_of: 0,
            has_open_ends: false,
            is_in_gap: false,
        }
    }

    /// The number of changes so far.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The logged-in user.
    pub fn user(&self) -> Option<&Arc<User>> {
        self.me.as_ref()
    }

    /// Whether all messages arrive: the connection is live, and what was missed before it is recovered or known to be
    /// missing.
    pub fn is_caught_up(&self) -> bool {
        !self.sync.is_in_doubt()
    }

    /// The conversation with a user or in a group.
    pub fn conversation(&self, with: &ReceiverId) -> Option<&ConversationHistory> {
        self.conversations.get(with)
    }

    /// All conversations, in the order in which they were opened.
    pub fn conversations(&self) -> impl Iterator<Item = &ConversationHistory> {
        let mut all: Vec<_> = self.conversations.values().collect();
        all.sort_unstable_by_key(|conversation| conversation.opened);
        all.into_iter()
    }

    /// The users who are typing in a conversation, until they stop, send a message, or are silent for 15 s. At most 256
    /// in all conversations: those who were heard last.
    /// If the game falls so far behind that reports are dropped, nobody is typing until the next report.
    pub fn typing(&self, with: &ReceiverId) -> impl Iterator<Item = &Arc<User>> {
        self.typing.users(with)
    }
}

/// # Changing
impl History {
    /// Opens the conversation with a user or in a group: for one that the user selects before it has messages. Returns
    /// `None` if nobody is logged in.
    pub fn open_conversation(&mut self, with: &ReceiverId) -> Option<&ConversationHistory> {
        self.me.as_ref()?;
        let is_new = !self.conversations.contains_key(with);
        self.open(with);
        self.touched(with, is_new);
        self.conversation(with)
    }

    /// Inserts a page of messages that [`ConversationHistory::missing_before`] returned as missing: the next ones
    /// before [`Missing::before`], or the newest ones if that is `None`. Returns the number of messages that were
    /// added.
    ///
    /// ```
    /// # use bevy::prelude::*;
    /// use bevy_cometchat::prelude::*;
    ///
    /// /// Loads the messages that are missing before a position, such as that of the first line on the screen.
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
    /// No older messages are added while the conversation is full: see
    /// [`room_for_older`](ConversationHistory::room_for_older). Reading back makes room for [`HistoryLimits::older`]
    /// more, until [`stop_reading_back`](Self::stop_reading_back).
    ///
    /// A message that changed by an event after `missing` was returned stays as the event left it.
    pub fn insert_page(
        &mut self,
        with: &ReceiverId,
        missing: Missing,
        mut page: Page<Message>,
    ) -> usize {
        let Some(me) = self.me.clone() else { return 0 };
        for message in &mut page.items {
            self.recent_edits.apply(message, missing.revision);
        }
        page.items.sort_unstable_by_key(|message| message.id);
        let sync = self.sync;
        let source = Source::Reply {
            revision: missing.revision,
        };
        let context = self.context(&me, source);
        let conversation = self.open(with);
        let (added, changed) = conversation.insert_page(&page, missing, sync, context);
        self.touched(with, changed);
        added
    }

    /// Applies the server's report of a conversation: the last message, the read marker, and the numbers of unread
    /// messages, which replace those that were counted here: it counts as newer than everything that is here.
    pub fn insert_conversation(&mut self, conversation: &Conversation) {
        self.insert_report(Asked::after(self.version), conversation);
    }

    /// What the history knows now, to be kept with a request until its reply arrives.
    pub(crate) fn asked_now(&self) -> Asked {
        Asked {
            at: self.version,
            reads_known: self.lost_at,
        }
    }

    /// Whether something was requested by the user who is logged in, since they logged in.
    pub(crate) fn is_of_session(&self, asked: Asked) -> bool {
        self.me.is_some() && asked.at >= self.logged_in_at
    }

    /// Applies the server's report of a conversation that was requested earlier. Another user's is left out. So is its
    /// read marker with its numbers of unread messages, if it takes back what the user has read since, or if a later
    /// report was applied. Returns whether anything changed.
    pub(crate) fn insert_report(&mut self, asked: Asked, conversation: &Conversation) -> bool {
        let me = self.me.clone();
        let Some(me) = me.filter(|_| self.is_of_session(asked)) else {
            return false;
        };
        let with = conversation.with.to_id();
        let mut conversation = conversation.clone();
        let revision = self.revision_of_replies();
        if let Some(last) = &mut conversation.last_message {
            self.recent_edits.apply(last, revision);
        }
        let context = self.context(&me, Source::Reply { revision });
        self.open(&with).apply_report(&conversation, asked, context);
        self.touched(&with, true);
        true
    }

    /// Marks all messages of a conversation as read, here. Returns the message to pass to
    /// [`mark_as_read`](crate::client::Client::mark_as_read), if there was one that was not read.
    pub fn mark_read(&mut self, with: &ReceiverId) -> Option<&Message> {
        let me = self.me.clone()?;
        let conversation = self.conversations.get_mut(with)?;
        let before = conversation.read_up_to();
        conversation.used = self.version + 1;
        let changed = conversation.read_all(&me.uid, self.version + 1);
        self.touched(with, changed);
        self.conversations
            .get(with)?
            .newest_of_others(&me.uid, before)
    }

    /// Removes the older messages that were held for reading back.
    pub fn stop_reading_back(&mut self, with: &ReceiverId) {
        if let Some(conversation) = self.conversations.get_mut(with) {
            let changed = conversation.stop_reading_back();
            self.touched(with, changed);
        }
    }
}

impl History {
    /// Opens a conversation if it is not open, and makes it the most recently used one.
    fn open(&mut self, with: &ReceiverId) -> &mut ConversationHistory {
        if !self.conversations.contains_key(with) {
            self.make_room();
        }
        let opened_after = self.newest.max(self.newest_removed);
        let (limits, revision, now) = (self.limits, self.revision, self.version + 1);
        let as_of = &mut self.as_of;
        let conversation = self.conversations.entry(with.clone()).or_insert_with(|| {
            *as_of += 1;
            ConversationHistory::new(with.clone(), limits, *as_of, opened_after, revision)
        });
        conversation.used = now;
        conversation
    }

    /// The context of a change that is about to be made.
    fn context<'a>(&self, me: &'a User, source: Source) -> Context<'a> {
        Context {
            me: &me.uid,
            version: self.version + 1,
            source,
        }
    }

    fn next_revision(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }

    /// The revision up to which the reply to a request is newer than the events, if it is unknown when the request was
    /// made. While the connection is live every change arrives as an event.
    fn revision_of_replies(&self) -> u64 {
        self.live_since.unwrap_or(u64::MAX)
    }

    fn set_sync(&mut self, sync: SyncState) {
        if self.sync != sync {
            self.sync = sync;
            self.as_of += 1;
            for conversation in self.conversations.values_mut() {
                conversation.coverage.set_as_of(self.as_of);
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
            let removed = self.conversations.remove(&with);
            let newest = removed.and_then(|conversation| conversation.newest());
            self.newest_removed = self.newest_removed.max(newest);
        }
    }

    /// A message arrived: from it on, no conversation lacks any, because ids ascend.
    fn close_open_ends(&mut self, from: MessageId) {
        if std::mem::take(&mut self.has_open_ends) {
            self.change_all(|conversation| conversation.coverage.close_at(from));
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

#[cfg(test)]
mod tests {
    mod any_input;
    mod conversations;
    mod fixture;
    mod messages;
    mod missing;
    mod outgoing;
    mod random_inputs;
    mod typing;
    mod unread;
}
