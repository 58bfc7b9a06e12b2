//! Any values that a server or another client can make up, in any order: nothing panics, and what can be read stays
//! consistent.
//!
//! A debug build checks every sum for an overflow. A release build does not: the same sums saturate there, and the
//! results are the same.

use proptest::prelude::*;

use super::fixture::*;
use crate::{
    client::{Event, OutboxState},
    connection::ConnectionStatus,
    history::{ConversationHistory, History, HistoryLimits, Missing},
    model::{
        Conversation, Message, MessageId, ModerationStatus, Reaction, ReceiptKind, ReceiverId,
        Timestamp,
    },
};

/// One call of a public method with anything.
#[derive(Clone, Debug)]
enum Step {
    Receive(Any),
    Change(Any),
    Moderate(Any),
    Own(Any),
    React(u64, usize, bool, usize),
    Receipt(ReceiptKind, u64, usize, usize),
    Recovered(Option<(u64, Option<u64>)>),
    Typing(usize, usize, bool),
    Status(bool),
    Outgoing(usize, usize, usize, Any),
    Page(usize, Vec<Any>, bool, Missing),
    Conversation(usize, Option<Any>, u64, u64, Option<u64>),
    Open(usize),
    MarkRead(usize),
    StopReadingBack(usize),
    LogIn(bool),
}

/// The made-up parts of a message.
#[derive(Clone, Debug)]
struct Any {
    id: u64,
    from: usize,
    to: usize,
    at: u64,
    muid: Option<usize>,
    text: usize,
    is_action: bool,
    is_mention: bool,
    edited: Option<u64>,
    deleted: Option<u64>,
    read: Option<u64>,
    reactions: Vec<(usize, u64, bool)>,
}

const USERS: [&str; 3] = [ME, "bob", "carol"];
const TEXTS: [usize; 3] = [0, 5, 3_000];

fn receiver(number: usize) -> ReceiverId {
    USERS.get(number).map_or_else(guild, |uid| with(uid))
}

impl Any {
    fn message(&self) -> Message {
        let from = USERS[self.from];
        let mut message = if self.is_action {
            joined(self.id, from)
        } else {
            message(
                self.id,
                from,
                &receiver(self.to),
                &"x".repeat(TEXTS[self.text]),
            )
        };
        (message.sent_at, message.updated_at) = (Timestamp(self.at), Timestamp(self.at));
        message.muid = self.muid.map(|muid| muid.to_string().into());
        if self.is_mention {
            message = mentioning(message, ME);
        }
        let details = message.details_mut();
        details.edited_at = self.edited.map(Timestamp);
        details.deleted_at = self.deleted.map(Timestamp);
        (details.my_read_at, details.read_at) =
            (self.read.map(Timestamp), self.read.map(Timestamp));
        details.moderation = self.edited.map(|_| ModerationStatus::Disapproved);
        details.reactions = self
            .reactions
            .iter()
            .map(|&(emoji, count, mine)| Reaction::new(emoji.to_string(), count, mine))
            .collect();
        message
    }
}

fn number() -> impl Strategy<Value = u64> + Clone {
    prop_oneof![
        6 => 0..12_u64,
        1 => Just(u64::MAX),
        1 => Just(u64::MAX - 1),
        1 => any::<u64>(),
    ]
}

fn position() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0..12_usize, 1 => Just(usize::MAX), 1 => any::<usize>()]
}

fn any_message() -> impl Strategy<Value = Any> + Clone {
    let optional = || prop::option::weighted(0.2, number());
    let base = (number(), 0..3_usize, 0..4_usize, number());
    let reactions = prop::collection::vec((0..3_usize, number(), any::<bool>()), 0..3);
    let texts = (prop::option::weighted(0.3, 0..3_usize), 0..TEXTS.len());
    let flags = (prop::bool::weighted(0.1), any::<bool>());
    (
        base,
        texts,
        flags,
        (optional(), optional(), optional()),
        reactions,
    )
        .prop_map(
            |((id, from, to, at), (muid, text), (is_action, is_mention), times, reactions)| Any {
                id,
                from,
                to,
                at,
                muid,
                text,
                is_action,
                is_mention,
                edited: times.0,
                deleted: times.1,
                read: times.2,
                reactions,
            },
        )
}

fn any_missing() -> impl Strategy<Value = Missing> {
    let end = || prop::option::of(number().prop_map(MessageId));
    (end(), end(), 0..12_u64, 0..40_u64).prop_map(|(after, before, as_of, revision)| Missing {
        after,
        before,
        as_of,
        revision,
    })
}

fn any_step() -> impl Strategy<Value = Step> {
    let message = any_message();
    let kind = prop_oneof![
        Just(ReceiptKind::Delivered),
        Just(ReceiptKind::Read),
        Just(ReceiptKind::DeliveredToAll),
        Just(ReceiptKind::ReadByAll),
    ];
    let page = prop::collection::vec(message.clone(), 0..6);
    let gap = prop::option::of((number(), prop::option::of(number())));
    prop_oneof![
        8 => message.clone().prop_map(Step::Receive),
        3 => message.clone().prop_map(Step::Change),
        1 => message.clone().prop_map(Step::Moderate),
        2 => message.clone().prop_map(Step::Own),
        3 => (number(), 0..3_usize, any::<bool>(), 0..3_usize)
            .prop_map(|(id, emoji, added, by)| Step::React(id, emoji, added, by)),
        4 => (kind, number(), 0..3_usize, 0..4_usize)
            .prop_map(|(kind, up_to, by, to)| Step::Receipt(kind, up_to, by, to)),
        2 => gap.prop_map(Step::Recovered),
        1 => (0..3_usize, 0..4_usize, any::<bool>())
            .prop_map(|(by, to, typing)| Step::Typing(by, to, typing)),
        2 => any::<bool>().prop_map(Step::Status),
        3 => (0..3_usize, 0..4_usize, 0..4_usize, message.clone())
            .prop_map(|(muid, to, state, message)| Step::Outgoing(muid, to, state, message)),
        5 => (0..4_usize, page, any::<bool>(), any_missing())
            .prop_map(|(of, page, is_last, missing)| Step::Page(of, page, is_last, missing)),
        4 => (0..4_usize, prop::option::of(message), number(), number(), prop::option::of(number()))
            .prop_map(|(of, last, unread, mentions, read)| {
                Step::Conversation(of, last, unread, mentions, read)
            }),
        1 => (0..4_usize).prop_map(Step::Open),
        2 => (0..4_usize).prop_map(Step::MarkRead),
        1 => (0..4_usize).prop_map(Step::StopReadingBack),
        1 => any::<bool>().prop_map(Step::LogIn),
    ]
}

fn take(alice: &mut Alice, step: &Step) {
    match step {
        Step::Receive(any) => {
            alice.receive(any.message());
        }
        Step::Change(any) => {
            alice.apply(&Event::of_change(any.message()));
        }
        Step::Moderate(any) => {
            alice.apply(&Event::MessageModerated(any.message()));
        }
        Step::Own(any) => {
            alice.apply_own(&any.message());
        }
        Step::React(id, emoji, added, by) => {
            alice.apply(&reaction(*id, &emoji.to_string(), USERS[*by], *added));
        }
        Step::Receipt(kind, up_to, by, to) => {
            alice.apply(&receipt(*kind, *up_to, USERS[*by], receiver(*to)));
        }
        Step::Recovered(gap) => {
            alice.apply(&recovered(*gap));
        }
        Step::Typing(by, to, is_typing) => {
            alice.apply(&typing(USERS[*by], receiver(*to), *is_typing));
        }
        Step::Status(true) => {
            alice.apply(&status(ConnectionStatus::Connected));
        }
        Step::Status(false) => {
            alice.apply(&status(ConnectionStatus::Disconnected));
        }
        Step::Outgoing(muid, to, state, any) => {
            let state = match state {
                0 => OutboxState::Pending,
                1 => OutboxState::Failed(failure()),
                2 => OutboxState::Discarded,
                _ => OutboxState::Sent(any.message()),
            };
            alice.apply(&outgoing(&muid.to_string(), &receiver(*to), state));
        }
        Step::Page(of, items, is_last, missing) => {
            let items: Vec<_> = items.iter().map(Any::message).collect();
            let page = page(items, *is_last);
            alice.history.insert_page(&receiver(*of), *missing, page);
        }
        Step::Conversation(of, last, unread_count, unread_mentions, last_read) => {
            let any = Any::message;
            let mut told = message(1, "bob", &receiver(*of), "");
            if let Some(last) = last {
                told = any(last);
            }
            alice.history.insert_conversation(&Conversation {
                id: told.conversation_id.clone(),
                with: told.receiver.clone(),
                last_message: last.as_ref().map(any),
                unread_count: *unread_count,
                unread_mentions: *unread_mentions,
                last_read: last_read.map(MessageId),
                tags: Vec::new(),
            });
        }
        Step::Open(with) => {
            alice.history.open_conversation(&receiver(*with));
        }
        Step::MarkRead(with) => {
            alice.history.mark_read(&receiver(*with));
            let held = alice.history.conversation(&receiver(*with));
            let left = held.map_or(0, ConversationHistory::unread);
            assert_eq!(left, 0, "all of it was marked as read");
        }
        Step::StopReadingBack(with) => alice.history.stop_reading_back(&receiver(*with)),
        Step::LogIn(is_in) => {
            if alice.history.user().is_some() {
                alice.log_out();
            }
            if *is_in {
                alice.log_in(ME);
            }
        }
    }
}

/// Calls every method that reads.
fn check(history: &History, positions: &[usize]) {
    let _ = (history.version(), history.user(), history.is_caught_up());
    for conversation in history.conversations() {
        check_conversation(conversation, positions);
        assert!(history.conversation(conversation.id()).is_some());
        assert!(conversation.version() <= history.version());
        assert!(history.typing(conversation.id()).count() <= 64);
    }
}

fn check_conversation(conversation: &ConversationHistory, positions: &[usize]) {
    let all: Vec<_> = conversation.iter().collect();
    assert_eq!(all.len(), conversation.len());
    assert_eq!(conversation.is_empty(), all.is_empty());
    assert_eq!(
        conversation.last().map(|entry| entry.key()),
        all.last().map(|entry| entry.key())
    );
    let ids: Vec<_> = all.iter().filter_map(|entry| entry.id()).collect();
    assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
    for (position, entry) in all.iter().enumerate() {
        assert_eq!(conversation.position(entry.key()), Some(position));
        let _ = (
            entry.text(),
            entry.is_hidden(),
            entry.is_edited(),
            entry.is_own(),
        );
        let _ = (entry.sent_at(), entry.reactions(), entry.mentions_me());
    }
    let _ = (conversation.room_for_older(), conversation.read_up_to());
    for &one in positions {
        let _ = conversation.missing_before(one);
        let _ = conversation.position_of(MessageId(one as u64));
        assert_eq!(conversation.get(one).is_some(), one < all.len());
        for &other in positions {
            let expected = other.min(all.len()).saturating_sub(one);
            assert_eq!(conversation.range(one..other).count(), expected);
            assert_eq!(conversation.range(one..other).rev().count(), expected);
        }
    }
}

proptest! {
    #[test]
    fn any_input_is_withstood(
        steps in prop::collection::vec(any_step(), 1..80),
        positions in prop::collection::vec(position(), 3),
        sizes in (0..4_usize, 0..6_usize, prop_oneof![0..3_usize, Just(usize::MAX)], 0..3_usize),
    ) {
        let (conversations, messages, older, bytes) = sizes;
        let bytes = [0, 10_000, usize::MAX][bytes];
        let mut alice = Alice::limited(HistoryLimits { conversations, messages, older, bytes });
        for step in &steps {
            take(&mut alice, step);
            check(&alice.history, &positions);
        }
    }
}
