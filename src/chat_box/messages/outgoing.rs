//! The places of messages that are not sent yet: after the messages that were there when they were written.

use bevy::{platform::collections::HashMap, prelude::*};

use crate::{
    chat_box::notes::ChatNotes,
    history::{ConversationHistory, Entry, EntryKey, History},
    model::{MessageId, Timestamp, Uid},
    plugin::ChatHistory,
};

/// The number of updates after a login in which the messages of an earlier run appear.
const RESTORED_UPDATES: u8 = 2;

/// The places of the messages that are not sent yet.
#[derive(Resource, Default)]
pub(in crate::chat_box) struct OutgoingPlaces {
    places: HashMap<EntryKey, OutgoingPlace>,
    user: Option<Uid>,
    updates_since_login: u8,
}

#[derive(Clone, Copy)]
struct OutgoingPlace {
    after: MessageId,
    /// The number of notes that were before it.
    notes: u64,
    /// When the message was queued. One that is sent again takes a new place.
    queued_at: Timestamp,
    /// Whether the message is of an earlier run: its place is found by its time, and found again when more messages
    /// are held.
    is_restored: bool,
}

impl OutgoingPlaces {
    /// The message that an entry stands after, and the number of notes before it. An entry without a place is the last.
    pub(super) fn get(&self, entry: &Entry) -> (MessageId, u64) {
        let known = self.places.get(&entry.key());
        known.map_or((MessageId(u64::MAX), u64::MAX), |known| {
            (known.after, known.notes)
        })
    }

    /// Gives new messages a place after everything that is there. `notes` is the number of notes so far.
    fn update(&mut self, history: &History, notes: u64) {
        let user = history.user().map(|user| &user.uid);
        if self.user.as_ref() != user {
            *self = Self {
                user: user.cloned(),
                ..default()
            };
        }
        let is_after_login = self.updates_since_login < RESTORED_UPDATES;
        self.updates_since_login = self.updates_since_login.saturating_add(1);
        let newest = history.conversations().filter_map(newest_message).max();
        let mut last = std::mem::take(&mut self.places);
        for conversation in history.conversations() {
            for entry in outgoing(conversation) {
                let queued_at = entry.sent_at();
                let known = last.remove(&entry.key());
                let known = known.filter(|known| known.queued_at == queued_at);
                let is_restored = known.map_or(is_after_login, |known| known.is_restored);
                let place = match known {
                    Some(known) if !is_restored => known,
                    _ => OutgoingPlace {
                        after: if is_restored {
                            newest_at(conversation, queued_at)
                        } else {
                            newest.unwrap_or(MessageId(0))
                        },
                        notes: if is_restored { 0 } else { notes },
                        queued_at,
                        is_restored,
                    },
                };
                self.places.insert(entry.key(), place);
            }
        }
    }
}

/// The messages that are not sent yet, the newest first. They are behind all others.
pub(in crate::chat_box) fn outgoing(
    conversation: &ConversationHistory,
) -> impl Iterator<Item = &Entry> {
    let entries = conversation.iter().rev();
    entries.take_while(|entry| entry.id().is_none())
}

fn newest_message(conversation: &ConversationHistory) -> Option<MessageId> {
    conversation.iter().rev().find_map(Entry::id)
}

/// The newest message of a conversation that was sent by this time.
fn newest_at(conversation: &ConversationHistory, time: Timestamp) -> MessageId {
    let mut entries = conversation.iter().rev();
    let earlier = entries.find_map(|entry| {
        Some((entry.id()?, entry.sent_at() <= time)).filter(|(_, is_earlier)| *is_earlier)
    });
    earlier.map_or(MessageId(0), |(id, _)| id)
}

/// A run condition.
pub(super) fn may_need_places(history: Res<ChatHistory>, places: Res<OutgoingPlaces>) -> bool {
    history.is_changed() || places.updates_since_login < RESTORED_UPDATES
}

pub(super) fn update_places(
    history: Res<ChatHistory>,
    notes: Res<ChatNotes>,
    mut places: ResMut<OutgoingPlaces>,
) {
    places.update(&history, notes.pushed());
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        client::{Event, OutboxChange, OutboxState},
        connection::SessionOrigin,
        history::HistoryLimits,
        model::{Group, GroupKind, Receiver, ReceiverId, TextMessage, User},
        test_util::text_message,
    };

    fn history() -> History {
        let mut history = History::new(HistoryLimits::default());
        history.apply(&Event::LoggedIn {
            user: Arc::new(User::new("me", "Me")),
            origin: SessionOrigin::Login,
        });
        history
    }

    fn queue(history: &mut History, muid: &str, queued_at: u64) {
        let change = OutboxChange {
            muid: muid.into(),
            message: Arc::new(TextMessage::to_group("zone", "hello").into()),
            queued_at: Timestamp(queued_at),
            state: OutboxState::Pending,
        };
        history.apply(&Event::OutboxChanged(change.into()));
    }

    fn hear(history: &mut History, id: u64) {
        let group = Group::new("zone", "Zone", GroupKind::Public);
        let ana = User::new("ana", "Ana").into();
        let mut message = text_message(id, ana, Receiver::Group(group.into()), "hi");
        message.sent_at = Timestamp(id);
        history.apply(&Event::MessageReceived(message));
    }

    /// The messages after which the unsent ones stand, in the order in which they were queued.
    fn places(places: &OutgoingPlaces, history: &History) -> Vec<u64> {
        let zone = ReceiverId::Group("zone".into());
        let mut after: Vec<_> = outgoing(history.conversation(&zone).unwrap())
            .map(|entry| places.get(entry).0.0)
            .collect();
        after.reverse();
        after
    }

    #[test]
    fn a_message_stands_after_what_was_there_when_it_was_written() {
        let (mut history, mut held) = (history(), OutgoingPlaces::default());
        for _ in 0..RESTORED_UPDATES {
            held.update(&history, 0);
        }
        hear(&mut history, 10);
        queue(&mut history, "a", 1);
        held.update(&history, 0);
        hear(&mut history, 20);
        queue(&mut history, "b", 2);
        held.update(&history, 0);
        assert_eq!(places(&held, &history), [10, 20]);

        queue(&mut history, "a", 3);
        held.update(&history, 0);
        assert_eq!(places(&held, &history), [20, 20], "it is sent again");
    }

    #[test]
    fn a_message_of_an_earlier_run_stands_where_its_time_is() {
        let (mut history, mut held) = (history(), OutgoingPlaces::default());
        queue(&mut history, "a", 15);
        held.update(&history, 0);
        assert_eq!(places(&held, &history), [0]);
        for id in [10, 20] {
            hear(&mut history, id);
        }
        held.update(&history, 0);
        assert_eq!(places(&held, &history), [10]);
    }
}
