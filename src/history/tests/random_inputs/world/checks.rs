//! Invariants of the client, which hold whatever has happened.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{World, conversations, missing_in, number};
use crate::{
    history::{ConversationHistory, EntryStatus, tests::fixture::ME},
    model::{Message, MessageId, Reaction},
};

impl World {
    /// What is unread and who has read what: for a history that forgets nothing.
    pub(in crate::history::tests::random_inputs) fn check_counts(&self) {
        for conversation in self.alice.history.conversations() {
            let to = number(conversation.id());
            let unread = self.unread.get(&to).map_or(0, BTreeSet::len);
            assert_eq!(
                conversation.unread(),
                unread as u64,
                "{:?}",
                conversation.id()
            );

            let mark = |is_read| self.marks.get(&(to, is_read)).copied();
            for held in conversation.iter().filter(|entry| entry.id().is_some()) {
                let expected = if held.sender().uid != *ME {
                    EntryStatus::Received
                } else if mark(true) >= held.id() {
                    EntryStatus::Read
                } else if mark(false) >= held.id() {
                    EntryStatus::Delivered
                } else {
                    EntryStatus::Sent
                };
                assert_eq!(*held.status(), expected);
            }
        }
    }

    pub(in crate::history::tests::random_inputs) fn check(&self) {
        assert!(self.alice.history.conversations().count() <= self.limits.conversations.max(3));
        for conversation in self.alice.history.conversations() {
            self.check_order(conversation);
            self.check_entries(conversation);
            self.check_missing(conversation);
        }
    }

    /// What can be seen of each conversation, and at which version.
    pub(in crate::history::tests::random_inputs) fn looks(&self) -> BTreeMap<u64, (u64, String)> {
        let conversations = self.alice.history.conversations();
        conversations
            .map(|held| (held.opened, (held.version(), look(held))))
            .collect()
    }

    /// Nothing changes without another version.
    pub(in crate::history::tests::random_inputs) fn check_versions(
        &self,
        before: &BTreeMap<u64, (u64, String)>,
    ) {
        for (opened, (version, look)) in self.looks() {
            if let Some((version_before, look_before)) = before.get(&opened)
                && *version_before == version
            {
                assert!(*look_before == look, "from {look_before}\nto {look}");
            }
        }
    }

    fn check_order(&self, conversation: &ConversationHistory) {
        let ids: Vec<_> = conversation.iter().map(|entry| entry.id()).collect();
        let stored = ids.iter().flatten().count();
        assert!(
            ids[..stored].is_sorted_by(|one, next| one < next),
            "{ids:?}"
        );
        assert!(ids[stored..].iter().all(Option::is_none), "{ids:?}");
        assert!(stored <= self.limits.messages + self.limits.older);
        let mut keys = HashSet::new();
        for (position, entry) in conversation.iter().enumerate() {
            assert!(keys.insert(entry.key()), "{:?} is there twice", entry.key());
            assert_eq!(conversation.position(entry.key()), Some(position));
            assert!(entry.version() <= conversation.version());
            assert_eq!(
                conversation.get(position).map(|entry| entry.key()),
                Some(entry.key())
            );
        }
        assert!(conversation.version() <= self.alice.history.version());
        let unsent = self
            .unsent
            .iter()
            .filter(|unsent| unsent.to == *conversation.id())
            .filter(|unsent| unsent.stored.is_none())
            .count();
        assert!(conversation.len() - stored >= unsent);
    }

    fn check_entries(&self, conversation: &ConversationHistory) {
        for entry in conversation.iter() {
            let Some(held) = entry.message() else {
                continue;
            };
            let (_, is) = &self.messages[&held.id];
            // Where something is missing, changes may be too.
            if self.connected && !conversation.may_lack(held.id) && self.is_told(held.id) {
                assert_eq!(held.content, is.content);
                assert_eq!(held.deleted_at(), is.deleted_at());
                assert_eq!(sorted(held.reactions()), sorted(is.reactions()));
            }
        }
    }

    /// Whether the client receives changes of the message.
    fn is_told(&self, id: MessageId) -> bool {
        self.promised_from.is_some_and(|from| id >= from) && !self.stale.contains(&id)
    }

    /// Nothing is silently missing (rule D3).
    fn check_missing(&self, conversation: &ConversationHistory) {
        let newest = conversation.iter().filter_map(|entry| entry.id()).max();
        for (id, (to, message)) in &self.messages {
            let is_promised = self.promised_from.is_some_and(|from| *id >= from)
                && (self.connected || id.0 <= self.lost_at);
            let is_echo = message.muid.is_some() && !self.sent.contains(id);
            if to == conversation.id() && !is_echo && (is_promised || newest > Some(*id)) {
                assert!(
                    conversation.position_of(*id).is_some() || conversation.may_lack(*id),
                    "{id} is silently missing from {:?}",
                    conversation
                        .iter()
                        .map(|entry| entry.id())
                        .collect::<Vec<_>>()
                );
            }
        }
    }

    /// With a connection and all pages fetched, everything is there.
    pub(in crate::history::tests::random_inputs) fn check_completion(&mut self) {
        self.connect(1_000);
        for of in conversations() {
            for _ in 0..1_000 {
                let Some(conversation) = self.alice.history.conversation(&of) else {
                    break;
                };
                let Some(missing) = missing_in(conversation).next() else {
                    break;
                };
                let reply = self.page(&of, missing, 5);
                self.insert(reply);
            }
            let Some(conversation) = self.alice.history.conversation(&of) else {
                continue;
            };
            let held: Vec<_> = conversation
                .iter()
                .filter_map(|entry| entry.message())
                .collect();
            let all: Vec<_> = self
                .messages
                .values()
                .filter(|(to, message)| {
                    *to == of
                        && (message.muid.is_none()
                            || conversation.position_of(message.id).is_some())
                })
                .map(|(_, message)| message)
                .collect();
            assert_eq!(ids_of(&held), ids_of(&all));
            let told = held
                .iter()
                .zip(all)
                .filter(|(held, _)| self.is_told(held.id) && !conversation.may_lack(held.id));
            for (held, is) in told {
                assert_eq!(held.content, is.content);
                assert_eq!(held.deleted_at(), is.deleted_at());
            }
        }
    }
}

/// Everything that can be seen of a conversation, except the time of the call.
fn look(conversation: &ConversationHistory) -> String {
    let entries: Vec<_> = conversation
        .iter()
        .map(|entry| (entry.key(), entry.status(), entry.message()))
        .collect();
    let missing: Vec<_> = missing_in(conversation)
        .map(|missing| (missing.after, missing.before))
        .collect();
    let unread = (conversation.unread(), conversation.unread_mentions());
    format!(
        "{entries:?} {missing:?} {unread:?} {:?}",
        conversation.read_up_to()
    )
}

fn sorted(reactions: &[Reaction]) -> Vec<Reaction> {
    let mut sorted = reactions.to_vec();
    sorted.sort_by(|one, other| one.reaction.cmp(&other.reaction));
    sorted
}

fn ids_of(messages: &[&Message]) -> Vec<u64> {
    messages.iter().map(|message| message.id.0).collect()
}
