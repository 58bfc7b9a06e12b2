//! What each event of the client changes.

use std::sync::Arc;

use super::{
    History,
    conversation_history::{Outcome, Source},
    coverage::SyncState,
    entry::EntryStatus,
    merge::RecentEdits,
};
use crate::{
    client::{Event, Gap, OutboxChange, OutboxState, Recovery},
    connection::ConnectionStatus,
    model::{Message, ReactionEvent, Receipt, ReceiptKind, ReceiverId, TypingIndicator, User},
};

/// # Events
impl History {
    /// Applies an event of the client. Every event must be applied, in order.
    ///
    /// Returns whether anything changed.
    pub fn apply(&mut self, event: &Event) -> bool {
        let before = self.version;
        match event {
            Event::LoggedIn { user, .. } => self.reset(Some(user.clone())),
            Event::LoggedOut { .. } => self.reset(None),
            Event::StatusChanged(change) => self.on_status(change.to),
            Event::MessageReceived(message) | Event::GroupChanged(message) => {
                self.on_message(message);
            }
            Event::MessageEdited(message)
            | Event::MessageDeleted(message)
            | Event::MessageModerated(message) => self.on_edit(message),
            Event::ReactionChanged(event) => self.on_reaction(event),
            Event::ReceiptReceived(receipt) => self.on_receipt(receipt),
            Event::MessagesRecovered(recovery) => self.on_recovery(recovery),
            Event::TypingChanged(typing) => self.on_typing(typing),
            Event::OutboxChanged(change) => self.on_outbox(change),
            Event::OwnUserChanged(user) => self.on_own_user(user),
            // The others change no message and no conversation.
            _ => {}
        }
        self.version != before
    }

    /// Applies the result of a request of the user: a message that the user edited, deleted or reacted to, or a change
    /// that the user made in a group. The server sends no event about it to the same device.
    ///
    /// Returns whether anything changed.
    pub fn apply_own(&mut self, message: &Message) -> bool {
        let before = self.version;
        self.on_own_change(message);
        self.version != before
    }

    fn reset(&mut self, user: Option<Arc<User>>) {
        *self = Self {
            me: user,
            version: self.version + 1,
            logged_in_at: self.version + 1,
            lost_at: self.version + 1,
            revision: self.revision,
            outgoing: self.outgoing,
            as_of: self.as_of,
            ..Self::new(self.limits)
        };
    }

    fn on_own_user(&mut self, user: &Arc<User>) {
        let changed = self.me.replace(user.clone()).as_ref() != Some(user);
        self.count(changed);
    }

    fn on_status(&mut self, status: ConnectionStatus) {
        let is_live = status == ConnectionStatus::Connected;
        if !is_live && self.live_since.is_some() {
            self.lost_at = self.version;
        }
        self.live_since = is_live.then(|| self.live_since.unwrap_or(self.revision));
        self.set_sync(self.sync.on_connection(is_live, self.newest));
        if !is_live {
            self.forget_typing();
        }
    }

    /// Forgets who is typing, because nothing will report that they stop. Returns whether anybody was.
    pub(crate) fn forget_typing(&mut self) -> bool {
        let cleared = self.typing.clear();
        self.count(cleared);
        cleared
    }

    fn on_message(&mut self, message: &Message) {
        let Some(me) = self.me.clone() else { return };
        if message.is_record() {
            return;
        }
        self.close_open_ends(message.id);
        self.is_in_gap = false;
        self.newest = self.newest.max(Some(message.id));
        self.set_sync(self.sync.on_message());
        let with = message.answer_to(&me.uid);
        let revision = self.next_revision();
        let context = self.context(&me, Source::Event(revision));
        let conversation = self.open(&with);
        conversation.set_revision(revision);
        let changed = conversation.receive(message, context);
        let ended = self.typing.end(&message.sender.uid, &with);
        self.touched(&with, changed || ended);
    }

    fn on_edit(&mut self, message: &Message) {
        let revision = self.next_revision();
        self.change(message, Source::Event(revision), revision);
    }

    fn on_own_change(&mut self, message: &Message) {
        let Some(me) = self.me.clone() else { return };
        let revision = self.next_revision();
        let source = Source::OwnChange(revision);
        if message.group_action().is_some() {
            let with = message.answer_to(&me.uid);
            self.put_own(message, &with, source, &me);
        } else {
            self.change(message, source, revision);
        }
    }

    fn change(&mut self, message: &Message, source: Source, revision: u64) {
        let Some(me) = self.me.clone() else { return };
        let with = message.answer_to(&me.uid);
        self.recent_edits.push(message, revision);
        let context = self.context(&me, source);
        let outcome = self.conversations.get_mut(&with).and_then(|conversation| {
            conversation.set_revision(revision);
            conversation.change(message, context)
        });
        self.touched(&with, outcome == Some(Outcome::Changed));
    }

    fn on_reaction(&mut self, event: &ReactionEvent) {
        let Some(me) = self.me.clone() else { return };
        let revision = self.next_revision();
        let context = self.context(&me, Source::Event(revision));
        let reacted = self
            .conversations
            .values_mut()
            .filter(|conversation| {
                let ids = conversation
                    .conversation_id()
                    .zip(event.conversation_id.as_ref());
                ids.is_none_or(|(known, reported)| known == reported)
            })
            .find_map(|conversation| {
                let outcome = conversation.react(event, context)?;
                conversation.set_revision(revision);
                Some((conversation.id().clone(), outcome))
            });
        if let Some((with, outcome)) = reacted {
            self.touched(&with, outcome == Outcome::Changed);
        }
    }

    fn on_receipt(&mut self, receipt: &Receipt) {
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
        let is_only_receiver = !is_own && matches!(with, ReceiverId::User(_));
        let up_to = receipt.message_id;
        let changed = match receipt.kind {
            ReceiptKind::Read if is_own => conversation.read(up_to, &me.uid, version),
            ReceiptKind::Delivered if is_only_receiver => {
                conversation.apply_receipt(&EntryStatus::Delivered, up_to, version)
            }
            ReceiptKind::Read if is_only_receiver => {
                conversation.apply_receipt(&EntryStatus::Read, up_to, version)
            }
            ReceiptKind::DeliveredToAll => {
                conversation.apply_receipt(&EntryStatus::Delivered, up_to, version)
            }
            ReceiptKind::ReadByAll => {
                conversation.apply_receipt(&EntryStatus::Read, up_to, version)
            }
            // The receipt of one of several members, or of another device of the user's.
            ReceiptKind::Delivered | ReceiptKind::Read => false,
        };
        self.touched(&with, changed);
    }

    fn on_recovery(&mut self, recovery: &Recovery) {
        let sync = self.sync;
        let gap = recovery.gap.as_ref();
        self.is_in_gap = gap.is_some_and(|gap| gap.before.is_none());
        let Some(gap) = gap else {
            self.change_all(|conversation| conversation.coverage.on_complete_recovery(sync));
            return self.set_sync(SyncState::InSync);
        };
        let has_restarted = matches!(sync, SyncState::Behind(Some(last)) if gap.after < last);
        if has_restarted {
            self.restart_after(gap);
        }
        self.newest = self.newest.max(gap.before);
        self.has_open_ends |= self.is_in_gap;
        self.change_all(|conversation| conversation.coverage.on_recovery_gap(gap));
        self.set_sync(SyncState::InSync);
    }

    /// The gap begins before messages that have arrived: the server has lost them, such as one that was restored from a
    /// backup, and reuses their ids.
    fn restart_after(&mut self, gap: &Gap) {
        let Some(me) = self.me.clone() else { return };
        let revision = self.live_since.unwrap_or(self.revision);
        self.recent_edits = RecentEdits::default();
        self.newest_removed = self.newest_removed.min(Some(gap.after));
        self.change_all(|conversation| {
            conversation.restart_after(gap.after, revision, &me.uid);
            true
        });
        let held = self.conversations.values().filter_map(|it| it.newest());
        self.newest = held.max().max(Some(gap.after));
    }

    fn on_typing(&mut self, typing: &TypingIndicator) {
        let Some(me) = &self.me else { return };
        let with = match &typing.receiver {
            ReceiverId::User(uid) if *uid == me.uid => typing.user.uid.clone().into(),
            receiver => receiver.clone(),
        };
        let changed = typing.user.uid != me.uid && self.typing.update(typing, with);
        self.count(changed);
    }

    fn on_outbox(&mut self, change: &OutboxChange) {
        let Some(me) = self.me.clone() else { return };
        if let OutboxState::Sent(message) = &change.state {
            return self.on_sent(message, change);
        }
        let with = &change.message.envelope.receiver;
        let is_waiting = !matches!(change.state, OutboxState::Discarded);
        if !is_waiting && !self.conversations.contains_key(with) {
            return;
        }
        self.outgoing += 1;
        let (number, version) = (self.outgoing, self.version + 1);
        let changed = self.open(with).apply_outgoing(change, number, &me, version);
        self.touched(with, changed);
    }

    fn on_sent(&mut self, message: &Message, change: &OutboxChange) {
        let Some(me) = self.me.clone() else { return };
        let revision = self.revision_of_replies();
        let mut message = message.clone();
        self.recent_edits.apply(&mut message, revision);
        // A server need not echo it.
        message.muid.get_or_insert_with(|| change.muid.clone());
        let with = message.answer_to(&me.uid);
        if let Some(conversation) = self.conversations.get_mut(&with) {
            conversation.confirm(&change.muid);
        }
        self.put_own(&message, &with, Source::Reply { revision }, &me);
        if let Some(conversation) = self.conversations.get_mut(&with) {
            conversation.confirm(&change.muid);
        }
    }

    /// Inserts a message that the user has just made. If it is newer than one that has arrived, all that follow it arrive.
    fn put_own(&mut self, message: &Message, with: &ReceiverId, source: Source, me: &User) {
        let sync = self.sync;
        let is_newest = self.newest.is_some_and(|newest| newest < message.id);
        let all_follow = is_newest && !self.is_in_gap && !sync.is_in_doubt();
        let context = self.context(me, source);
        let conversation = self.open(with);
        let doubted = conversation.doubt(sync);
        let closed = all_follow && conversation.coverage.close_at(message.id);
        let outcome = conversation.put(message, context);
        self.touched(with, doubted || closed || outcome != Outcome::Unchanged);
    }
}
