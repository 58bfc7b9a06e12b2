//! The user's own messages that are not sent yet.

use super::fixture::*;
use crate::{
    client::{Event, OutboxState},
    history::{EntryStatus, HistoryLimits},
};

fn pending(muid: &str) -> Event {
    outgoing(muid, &with("bob"), OutboxState::Pending)
}

#[test]
fn a_message_is_there_from_when_it_is_written_and_keeps_its_key() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    assert!(alice.apply(&pending("m1")));
    let entry = alice.bob().last().unwrap();
    assert_eq!(entry.status(), &EntryStatus::Pending);
    assert_eq!(entry.text(), Some("text of m1"));
    assert_eq!(entry.sender().uid, ME);
    assert_eq!((entry.id(), entry.message()), (None, None));
    assert_eq!(entry.muid().map(|muid| &**muid), Some("m1"));
    let key = entry.key();

    // Somebody else's comes in before it is sent.
    alice.receive(from_bob(2));
    assert_eq!(alice.ids(), [1, 2, 0]);
    assert_eq!(alice.bob().position(key), Some(2));

    assert!(alice.apply(&sent("m1", to_bob(3))));
    alice.receive(from_bob(4));
    assert_eq!(alice.ids(), [1, 2, 3, 4]);
    assert_eq!(alice.bob().position(key), Some(2));
    assert_eq!(alice.bob().get(2).unwrap().status(), &EntryStatus::Sent);
}

#[test]
fn those_not_sent_are_last_in_the_order_in_which_they_were_written() {
    let mut alice = Alice::new();
    alice.apply(&pending("m1"));
    alice.apply(&pending("m2"));
    alice.apply(&sent("m2", to_bob(5)));
    alice.receive(from_bob(6));
    alice.apply(&pending("m3"));
    let texts: Vec<_> = alice
        .bob()
        .iter()
        .filter_map(|entry| entry.text())
        .collect();
    assert_eq!(texts, ["text 5", "text 6", "text of m1", "text of m3"]);
    let window: Vec<_> = alice
        .bob()
        .range(1..3)
        .filter_map(|entry| entry.text())
        .collect();
    assert_eq!(window, ["text 6", "text of m1"]);
    assert_eq!(alice.bob().range(3..100).count(), 1);
    assert_eq!(alice.bob().range(50..100).count(), 0);
}

#[test]
fn a_message_that_failed_says_why_and_can_be_sent_again_or_discarded() {
    let mut alice = Alice::new();
    alice.apply(&pending("m1"));
    let key = alice.bob().last().unwrap().key();
    assert!(alice.apply(&outgoing(
        "m1",
        &with("bob"),
        OutboxState::Failed(failure())
    )));
    assert_eq!(alice.statuses(), [EntryStatus::Failed(failure())]);
    assert!(alice.apply(&pending("m1")));
    assert_eq!(alice.statuses(), [EntryStatus::Pending]);
    assert_eq!(alice.bob().position(key), Some(0));
    assert!(alice.apply(&outgoing("m1", &with("bob"), OutboxState::Discarded)));
    assert!(alice.bob().is_empty());
    assert_eq!(alice.bob().position(key), None);
    assert!(!alice.apply(&outgoing("m1", &with("bob"), OutboxState::Discarded)));
}

#[test]
fn o5_a_message_whose_reply_was_lost_is_there_once_when_it_is_found() {
    let mut alice = Alice::new();
    alice.apply(&pending("m1"));
    let key = alice.bob().last().unwrap().key();
    let mut found = to_bob(3);
    found.muid = Some("m1".into());
    // Recovery brings it first.
    alice.receive(found);
    assert_eq!((alice.ids(), alice.bob().position(key)), (vec![3], Some(0)));
    assert!(!alice.apply(&pending("m1")));
    assert!(!alice.apply(&sent("m1", to_bob(3))));
    assert_eq!(alice.ids(), [3]);
}

#[test]
fn a_page_that_holds_the_message_takes_the_place_of_the_one_not_sent() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    alice.apply(&pending("m1"));
    let mut posted = to_bob(2);
    posted.muid = Some("m1".into());
    let missing = alice.asked(None);
    alice
        .history
        .insert_page(&with("bob"), missing, page([posted], false));
    assert_eq!(alice.ids(), [1, 2]);
}

#[test]
fn nobody_else_can_pass_for_the_message() {
    let mut alice = Alice::new();
    alice.apply(&pending("m1"));
    let mut forged = from_bob(3);
    forged.muid = Some("m1".into());
    alice.receive(forged);
    assert_eq!(alice.ids(), [3, 0]);
}

#[test]
fn a_muid_that_was_used_twice_names_both_messages_apart() {
    let mut alice = Alice::new();
    for id in [1, 2] {
        let mut message = to_bob(id);
        message.muid = Some("same".into());
        alice.receive(message);
    }
    let keys: Vec<_> = alice.bob().iter().map(|entry| entry.key()).collect();
    assert_ne!(keys[0], keys[1]);
    assert_eq!(alice.bob().position(keys[0]), Some(0));
    assert_eq!(alice.bob().position(keys[1]), Some(1));
}

#[test]
fn an_older_message_with_the_same_muid_is_not_the_one_to_be_sent() {
    let mut alice = Alice::new();
    alice.receive(from_bob(5));
    alice.apply(&pending("m1"));
    let mut older = to_bob(2);
    older.muid = Some("m1".into());
    let missing = alice.asked(None);
    alice
        .history
        .insert_page(&with("bob"), missing, page([older], false));
    assert_eq!(alice.ids(), [2, 5, 0]);
    // The outbox knows which one it is.
    alice.apply(&sent("m1", to_bob(6)));
    assert_eq!(alice.ids(), [2, 5, 6]);
    // The muid is used again.
    assert!(alice.apply(&pending("m1")));
    assert_eq!(alice.ids(), [2, 5, 6, 0]);
}

#[test]
fn the_server_need_not_echo_the_muid() {
    let mut alice = Alice::new();
    alice.apply(&pending("m1"));
    alice.apply(&outgoing("m1", &with("bob"), OutboxState::Sent(to_bob(3))));
    assert_eq!(alice.ids(), [3]);
}

#[test]
fn a_conversation_with_something_to_send_is_not_let_go() {
    let limits = HistoryLimits {
        conversations: 1,
        ..HistoryLimits::default()
    };
    let mut alice = Alice::limited(limits);
    alice.apply(&pending("m1"));
    alice.receive(message(1, "carol", &with(ME), "hi"));
    alice.receive(message(2, "dave", &with(ME), "hi"));
    let all: Vec<_> = alice
        .history
        .conversations()
        .map(|with| with.id().as_str())
        .collect();
    assert_eq!(all, ["bob", "dave"]);
}

#[test]
fn a_message_that_is_sent_is_not_pending_even_where_there_is_no_room_for_it() {
    let limits = HistoryLimits {
        messages: 2,
        ..HistoryLimits::default()
    };
    let mut alice = Alice::limited(limits);
    alice.apply(&pending("m1"));
    alice.receive(from_bob(8));
    alice.receive(from_bob(9));
    // It took long to find out that it was sent.
    alice.apply(&sent("m1", to_bob(5)));
    assert_eq!(alice.ids(), [8, 9]);
}
