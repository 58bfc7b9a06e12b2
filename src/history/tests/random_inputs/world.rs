mod checks;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet, VecDeque},
    sync::Arc,
};

use proptest::prelude::prop;

use super::step::{Step, conversations};
use crate::{
    client::{Event, OutboxState},
    connection::ConnectionStatus,
    history::{ConversationHistory, HistoryLimits, Missing, tests::fixture::*},
    model::{Message, MessageId, Reaction, ReceiptKind, ReceiverId, Timestamp},
};

struct Reply {
    of: ReceiverId,
    missing: Missing,
    messages: Vec<Message>,
    is_last: bool,
}

struct Unsent {
    muid: String,
    to: ReceiverId,
    /// The message that the server stored without the client's knowledge.
    stored: Option<MessageId>,
}

/// A client, and the server with all that it knows of.
pub(super) struct World {
    alice: Alice,
    limits: HistoryLimits,
    messages: BTreeMap<MessageId, (ReceiverId, Message)>,
    last_id: u64,
    clock: u64,
    reactions: HashSet<(MessageId, usize, usize)>,
    connected: bool,
    /// The newest message that the client has, or that was there before it began to listen.
    progress: Option<MessageId>,
    /// The message from which on the client receives all messages.
    promised_from: Option<MessageId>,
    lost_at: u64,
    missed_changes: BTreeSet<MessageId>,
    sent: BTreeSet<MessageId>,
    replies: VecDeque<Reply>,
    stale: BTreeSet<MessageId>,
    unsent: Vec<Unsent>,
    muids: u64,
    /// By the conversation's number.
    unread: BTreeMap<usize, BTreeSet<MessageId>>,
    read: BTreeMap<usize, MessageId>,
    marks: BTreeMap<(usize, bool), MessageId>,
}

fn number(of: &ReceiverId) -> usize {
    conversations()
        .iter()
        .position(|known| known == of)
        .expect("one of three")
}

fn missing_in(conversation: &ConversationHistory) -> impl Iterator<Item = Missing> {
    (0..=conversation.len()).filter_map(|position| conversation.missing_before(position))
}

impl World {
    pub(super) fn new(limits: HistoryLimits) -> Self {
        let mut alice = Alice::limited(limits);
        alice.log_out();
        alice.log_in(ME);
        Self {
            alice,
            limits,
            messages: BTreeMap::new(),
            last_id: 0,
            clock: 0,
            reactions: HashSet::new(),
            connected: false,
            progress: None,
            promised_from: None,
            lost_at: 0,
            missed_changes: BTreeSet::new(),
            sent: BTreeSet::new(),
            replies: VecDeque::new(),
            stale: BTreeSet::new(),
            unsent: Vec::new(),
            muids: 0,
            unread: BTreeMap::new(),
            read: BTreeMap::new(),
            marks: BTreeMap::new(),
        }
    }

    pub(super) fn take(&mut self, step: &Step) {
        self.clock += 1;
        match step {
            Step::Write {
                to,
                own,
                mention,
                leap,
            } => self.write(*to, *own, *mention, *leap),
            Step::Edit(index) => self.change(*index, |message, now| {
                *message = edited(message, &format!("edited {now}"), now);
            }),
            Step::Delete(index) => {
                self.change(*index, |message, now| *message = deleted(message, now));
            }
            Step::React { on, emoji, by } => self.react(*on, *emoji, *by),
            Step::Receipt { to, kind, up_to } => self.receipt(*to, *kind, *up_to),
            Step::ReadElsewhere { to, up_to } => self.read_elsewhere(*to, *up_to),
            Step::MarkRead(to) => {
                let with = &conversations()[*to];
                self.alice.history.mark_read(with);
                let held = self.alice.history.conversation(with);
                if let Some(up_to) = held.and_then(|held| held.read_up_to()) {
                    self.note_read(*to, up_to);
                }
            }
            Step::Disconnect => self.disconnect(),
            Step::Connect { limit } => self.connect(*limit),
            Step::AskPage { of, gap, size } => self.ask_page(*of, *gap, *size),
            Step::TakePage => self.take_page(),
            Step::Send(to) => self.send(*to),
            Step::Sent(index) => self.post(*index),
            Step::ReplyLost(index) => self.lose_reply(*index),
            Step::Fails(index) => self.tell_outbox(*index, OutboxState::Failed(failure())),
            Step::Discard(index) => {
                self.tell_outbox(*index, OutboxState::Discarded);
                self.drop_unsent(*index);
            }
            Step::StopReadingBack(of) => {
                self.alice.history.stop_reading_back(&conversations()[*of]);
            }
            Step::LogInAgain { knows } => self.log_in_again(*knows),
        }
    }

    fn next_id(&mut self, leap: u64) -> MessageId {
        self.last_id += leap;
        MessageId(self.last_id)
    }

    fn store(&mut self, to: &ReceiverId, id: MessageId, own: bool, mention: bool) -> Message {
        let from = match (to, own) {
            (_, true) => ME,
            (ReceiverId::User(uid), false) => uid.as_str(),
            (ReceiverId::Group(_), false) => "bob",
        };
        let receiver = match (to, own) {
            (ReceiverId::User(_), false) => with(ME),
            _ => to.clone(),
        };
        let mut stored = message(id.0, from, &receiver, &format!("text {}", id.0));
        (stored.sent_at, stored.updated_at) = (Timestamp(self.clock), Timestamp(self.clock));
        if mention {
            stored = mentioning(stored, ME);
        }
        self.messages.insert(id, (to.clone(), stored.clone()));
        stored
    }

    fn write(&mut self, to: usize, own: bool, mention: bool, leap: u64) {
        let id = self.next_id(leap);
        let to = conversations()[to].clone();
        let message = self.store(&to, id, own, mention);
        if self.connected {
            self.deliver(for_anybody(message));
        }
    }

    /// Sends the client a message that is new to it.
    fn deliver(&mut self, message: Message) {
        let (to, _) = &self.messages[&message.id];
        let is_others = message.sender.uid != *ME;
        let is_read = self.read.get(&number(to)) >= Some(&message.id);
        if is_others && !message.is_deleted() && !is_read {
            self.unread
                .entry(number(to))
                .or_default()
                .insert(message.id);
        }
        self.progress = self.progress.max(Some(message.id));
        self.alice.receive(message);
    }

    fn change(&mut self, index: prop::sample::Index, change: impl FnOnce(&mut Message, u64)) {
        let Some(id) = self.pick(index) else { return };
        let now = self.clock;
        let (to, message) = self.messages.get_mut(&id).expect("picked");
        if message.is_deleted() {
            return;
        }
        change(message, now);
        let (to, message) = (number(to), message.clone());
        if self.connected {
            self.tell_change(to, for_anybody(message));
        } else {
            self.missed_changes.insert(id);
            self.note_stale(id);
        }
    }

    /// A page that is under way brings the message as it was, and nothing may ever say so.
    fn note_stale(&mut self, id: MessageId) {
        let messages = self.replies.iter().flat_map(|reply| &reply.messages);
        if messages.into_iter().any(|message| message.id == id) {
            self.stale.insert(id);
        }
    }

    fn tell_change(&mut self, to: usize, message: Message) {
        if message.is_deleted()
            && let Some(unread) = self.unread.get_mut(&to)
        {
            unread.remove(&message.id);
        }
        self.alice.apply(&Event::of_change(message));
    }

    /// A reaction that was made while its page was under way may be in it, or not: there are none here.
    fn react(&mut self, on: prop::sample::Index, emoji: usize, by: usize) {
        let Some(id) = self
            .pick(on)
            .filter(|_| self.connected && self.replies.is_empty())
        else {
            return;
        };
        let added = self.reactions.insert((id, emoji, by));
        if !added {
            self.reactions.remove(&(id, emoji, by));
        }
        let mut told = Vec::new();
        for (emoji, name) in ["👍", "🔥"].into_iter().enumerate() {
            let has = |by| self.reactions.contains(&(id, emoji, by));
            let count = u64::from(has(0)) + u64::from(has(1));
            if count > 0 {
                told.push(Reaction::new(name, count, has(1)));
            }
        }
        let (_, message) = self.messages.get_mut(&id).expect("picked");
        message.details_mut().reactions = told;
        let event = reaction(id.0, ["👍", "🔥"][emoji], ["bob", ME][by], added);
        self.alice.apply(&event);
    }

    fn receipt(&mut self, to: usize, kind: ReceiptKind, up_to: prop::sample::Index) {
        let Some(id) = self.pick(up_to).filter(|_| self.connected) else {
            return;
        };
        let with_user = &conversations()[to];
        if self.alice.history.conversation(with_user).is_none() {
            return;
        }
        let mark = self
            .marks
            .entry((to, kind == ReceiptKind::Read))
            .or_insert(id);
        *mark = id.max(*mark);
        self.alice
            .apply(&receipt(kind, id.0, with_user.as_str(), with(ME)));
    }

    fn read_elsewhere(&mut self, to: usize, up_to: prop::sample::Index) {
        let Some(id) = self.pick(up_to).filter(|_| self.connected) else {
            return;
        };
        let with = &conversations()[to];
        if self.alice.history.conversation(with).is_some() {
            self.note_read(to, id);
        }
        self.alice
            .apply(&receipt(ReceiptKind::Read, id.0, ME, with.clone()));
    }

    fn note_read(&mut self, to: usize, up_to: MessageId) {
        let read = self.read.entry(to).or_insert(up_to);
        *read = up_to.max(*read);
        let unread = self.unread.entry(to).or_default();
        unread.retain(|unread| *unread > up_to);
    }

    fn disconnect(&mut self) {
        if self.connected {
            self.connected = false;
            self.lost_at = self.last_id;
            self.alice.apply(&status(ConnectionStatus::Disconnected));
        }
    }

    fn connect(&mut self, limit: usize) {
        if self.connected {
            return;
        }
        self.connected = true;
        self.alice.apply(&status(ConnectionStatus::Connected));
        let missed_changes = std::mem::take(&mut self.missed_changes);
        let Some(progress) = self.progress else {
            self.progress = Some(MessageId(self.last_id));
            self.promised_from = Some(MessageId(self.last_id + 1));
            return;
        };
        for id in missed_changes {
            let (to, message) = self.messages[&id].clone();
            if id <= progress || self.sent.contains(&id) {
                self.tell_change(number(&to), message);
            }
        }
        let missed: Vec<_> = self
            .messages
            .range(MessageId(progress.0 + 1)..)
            .map(|(_, (_, message))| message.clone())
            .collect();
        let left_out = missed.len().saturating_sub(limit);
        let recovered_from = missed.get(left_out).map(|message| message.id);
        for message in &missed[left_out..] {
            if !self.sent.contains(&message.id) {
                self.deliver(message.clone());
            }
            self.progress = self.progress.max(Some(message.id));
        }
        let gap = (left_out > 0).then_some((progress.0, recovered_from.map(|id| id.0)));
        self.alice.apply(&recovered(gap));
    }

    fn ask_page(&mut self, of: usize, gap: prop::sample::Index, size: usize) {
        let of = &conversations()[of];
        let conversation = self.alice.history.open_conversation(of);
        let conversation = conversation.expect("alice is logged in");
        let gaps: Vec<_> = missing_in(conversation).collect();
        if !gaps.is_empty() {
            let reply = self.page(of, gaps[gap.index(gaps.len())], size);
            self.replies.push_back(reply);
        }
    }

    fn page(&self, of: &ReceiverId, missing: Missing, size: usize) -> Reply {
        let end = missing.before.unwrap_or(MessageId(u64::MAX));
        let mut messages: Vec<_> = self
            .messages
            .range(..end)
            .rev()
            .filter(|(_, (to, _))| to == of)
            .map(|(_, (_, message))| message.clone())
            .take(size + 1)
            .collect();
        let is_last = messages.len() <= size;
        messages.truncate(size);
        Reply {
            of: of.clone(),
            missing,
            messages,
            is_last,
        }
    }

    fn take_page(&mut self) {
        if let Some(reply) = self.replies.pop_front() {
            self.insert(reply);
        }
    }

    fn insert(&mut self, reply: Reply) {
        let deleted = reply.messages.iter().filter(|message| message.is_deleted());
        for message in deleted {
            let unread = self.unread.entry(number(&reply.of)).or_default();
            unread.remove(&message.id);
        }
        let history = &mut self.alice.history;
        let page = page(reply.messages, reply.is_last);
        history.insert_page(&reply.of, reply.missing, page);
    }

    fn send(&mut self, to: usize) {
        self.muids += 1;
        let unsent = Unsent {
            muid: format!("m{}", self.muids),
            to: conversations()[to].clone(),
            stored: None,
        };
        self.alice
            .apply(&outgoing(&unsent.muid, &unsent.to, OutboxState::Pending));
        self.unsent.push(unsent);
    }

    fn store_unsent(&mut self, at: usize) -> Message {
        let id = match self.unsent[at].stored {
            Some(id) => id,
            None => self.next_id(1),
        };
        let (to, muid) = (self.unsent[at].to.clone(), self.unsent[at].muid.clone());
        if self.unsent[at].stored.is_none() {
            self.store(&to, id, true, false);
            let (_, stored) = self.messages.get_mut(&id).expect("just stored");
            stored.muid = Some(Arc::from(muid));
        }
        self.unsent[at].stored = Some(id);
        self.messages[&id].1.clone()
    }

    fn post(&mut self, index: prop::sample::Index) {
        if self.unsent.is_empty() {
            return;
        }
        let at = index.index(self.unsent.len());
        let message = self.store_unsent(at);
        let Unsent { muid, .. } = self.unsent.remove(at);
        self.sent.insert(message.id);
        self.missed_changes.remove(&message.id);
        self.alice.apply(&sent(&muid, message));
    }

    fn lose_reply(&mut self, index: prop::sample::Index) {
        if !self.unsent.is_empty() {
            self.store_unsent(index.index(self.unsent.len()));
        }
    }

    fn tell_outbox(&mut self, index: prop::sample::Index, state: OutboxState) {
        if !self.unsent.is_empty() {
            let unsent = &self.unsent[index.index(self.unsent.len())];
            if unsent.stored.is_none() {
                self.alice.apply(&outgoing(&unsent.muid, &unsent.to, state));
            }
        }
    }

    fn drop_unsent(&mut self, index: prop::sample::Index) {
        if !self.unsent.is_empty() {
            let at = index.index(self.unsent.len());
            if self.unsent[at].stored.is_none() {
                self.unsent.remove(at);
            }
        }
    }

    fn log_in_again(&mut self, knows: bool) {
        self.alice.log_out();
        assert_eq!(self.alice.history.conversations().count(), 0);
        self.alice.apply(&status(ConnectionStatus::Disconnected));
        self.alice.log_in(ME);
        let messages = std::mem::take(&mut self.messages);
        *self = Self {
            alice: std::mem::replace(&mut self.alice, Alice::new()),
            messages,
            last_id: self.last_id,
            clock: self.clock,
            reactions: std::mem::take(&mut self.reactions),
            muids: self.muids,
            progress: knows.then_some(MessageId(self.last_id)),
            promised_from: knows.then_some(MessageId(self.last_id + 1)),
            lost_at: self.last_id,
            ..Self::new(self.limits)
        };
    }

    fn pick(&self, index: prop::sample::Index) -> Option<MessageId> {
        let count = self.messages.len();
        (count > 0).then(|| {
            *self
                .messages
                .keys()
                .nth(index.index(count))
                .expect("in range")
        })
    }
}

/// The message as a frame has it, which goes to several users.
fn for_anybody(mut message: Message) -> Message {
    if message.details.is_some() {
        for reaction in &mut message.details_mut().reactions {
            reaction.reacted_by_me = false;
        }
    }
    message
}
