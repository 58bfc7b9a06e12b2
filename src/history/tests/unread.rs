//! How many messages are unread.

use super::fixture::*;
use crate::{
    client::{Event, OutboxState},
    model::{Conversation, MessageId, ReceiptKind, Receiver},
};

fn unread(alice: &Alice) -> (u64, u64) {
    (alice.bob().unread(), alice.bob().unread_mentions())
}

#[test]
fn what_others_write_is_unread_until_it_is_read() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    alice.receive(mentioning(from_bob(2), ME));
    alice.receive(to_bob(3));
    assert_eq!(unread(&alice), (2, 1));
    assert!(alice.bob().get(1).unwrap().mentions_me());
    assert_eq!(alice.bob().read_up_to(), Some(MessageId(0)));

    let read = alice
        .history
        .mark_read(&with("bob"))
        .map(|message| message.id);
    assert_eq!(read, Some(MessageId(2)));
    assert_eq!(unread(&alice), (0, 0));
    assert_eq!(alice.bob().read_up_to(), Some(MessageId(3)));
    assert!(alice.history.mark_read(&with("bob")).is_none());
}

#[test]
fn marking_what_is_read_changes_nothing() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    alice.history.mark_read(&with("bob"));
    let version = alice.history.version();
    alice.history.mark_read(&with("bob"));
    alice.history.mark_read(&with("nobody"));
    assert_eq!(alice.history.version(), version);
}

#[test]
fn what_happens_to_members_is_not_to_be_read() {
    let mut alice = Alice::new();
    alice.receive(joined(1, "bob"));
    assert_eq!(alice.guild().unread(), 0);
}

#[test]
fn d4_a_message_that_comes_again_is_counted_once() {
    let mut alice = Alice::new();
    alice.receive(from_bob(2));
    alice.receive(from_bob(2));
    assert_eq!(unread(&alice), (1, 0));
}

#[test]
fn a_page_is_not_news() {
    let mut alice = Alice::new();
    alice.page(None, &[1, 2], false);
    assert_eq!(unread(&alice), (0, 0));
    // What it brought ahead of the event is.
    assert!(alice.receive(from_bob(2)));
    alice.receive(from_bob(3));
    assert_eq!(unread(&alice), (2, 0));
}

#[test]
fn own_messages_sent_meanwhile_hide_nothing() {
    let mut alice = Alice::new();
    alice.apply(&outgoing("m1", &with("bob"), OutboxState::Pending));
    alice.apply(&sent("m1", to_bob(9)));
    alice.receive(from_bob(8));
    assert_eq!(unread(&alice), (1, 0));
}

#[test]
fn what_is_deleted_before_it_was_read_need_not_be() {
    let mut alice = Alice::new();
    alice.receive(mentioning(from_bob(1), ME));
    alice.receive(from_bob(2));
    alice.apply(&Event::MessageDeleted(deleted(&from_bob(1), 9)));
    assert_eq!(unread(&alice), (1, 0));
    alice.history.mark_read(&with("bob"));
    alice.apply(&Event::MessageDeleted(deleted(&from_bob(2), 9)));
    assert_eq!(unread(&alice), (0, 0));
}

#[test]
fn an_edit_may_mention_the_user_or_no_longer() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    let mention = mentioning(edited(&from_bob(1), "<@uid:alice>", 8), ME);
    alice.apply(&Event::MessageEdited(mention));
    assert_eq!(unread(&alice), (1, 1));
    alice.apply(&Event::MessageEdited(edited(&from_bob(1), "nobody", 9)));
    assert_eq!(unread(&alice), (1, 0));
}

#[test]
fn what_the_user_reads_on_another_device_is_read() {
    let mut alice = Alice::new();
    for id in 1..=4 {
        alice.receive(from_bob(id));
    }
    assert!(alice.apply(&receipt(ReceiptKind::Read, 3, ME, with("bob"))));
    assert_eq!(unread(&alice), (1, 0));
    assert!(!alice.apply(&receipt(ReceiptKind::Read, 2, ME, with("bob"))));
    assert!(alice.apply(&receipt(ReceiptKind::Read, 4, ME, with("bob"))));
    assert_eq!(unread(&alice), (0, 0));
}

fn told_by_server(last: u64, unread_count: u64, last_read: u64) -> Conversation {
    let last_message = from_bob(last);
    Conversation {
        id: last_message.conversation_id.clone(),
        with: Receiver::User(user("bob")),
        last_message: Some(last_message),
        unread_count,
        unread_mentions: 1,
        last_read: Some(MessageId(last_read)),
        tags: Vec::new(),
    }
}

#[test]
fn the_servers_count_is_taken_and_counted_on() {
    let mut alice = Alice::new();
    alice
        .history
        .insert_conversation(&told_by_server(20, 7, 12));
    assert_eq!(unread(&alice), (7, 1));
    assert_eq!(alice.bob().read_up_to(), Some(MessageId(12)));
    assert_eq!(alice.ids(), [20]);
    assert_eq!(alice.missing(), [(0, None, Some(20)), (1, Some(20), None)]);
    alice.receive(from_bob(21));
    assert_eq!(unread(&alice), (8, 1));
    alice.history.mark_read(&with("bob"));
    assert_eq!(unread(&alice), (0, 0));
}

#[test]
fn what_arrived_since_the_server_counted_is_counted_too() {
    let mut alice = Alice::new();
    for id in 18..=22 {
        alice.receive(from_bob(id));
    }
    alice
        .history
        .insert_conversation(&told_by_server(20, 7, 12));
    assert_eq!(unread(&alice), (9, 1));
    assert_eq!(alice.ids(), [18, 19, 20, 21, 22]);
}

#[test]
fn a_reply_in_a_thread_may_be_read_beyond_the_last_message() {
    let mut alice = Alice::new();
    for id in 1..=3 {
        alice.receive(from_bob(id));
    }
    let told = told_by_server(1, 0, 2);
    alice.history.insert_conversation(&told);
    assert_eq!(unread(&alice).0, 1, "the third message has arrived since");
    assert_eq!(alice.bob().read_up_to(), Some(MessageId(2)));
    alice.receive(from_bob(4));
    assert_eq!(unread(&alice).0, 2);
}

#[test]
fn a_conversation_that_was_deleted_may_be_read_though_it_has_no_message() {
    let mut alice = Alice::new();
    for id in 1..=3 {
        alice.receive(from_bob(id));
    }
    let mut told = told_by_server(1, 0, 2);
    told.last_message = None;
    alice.history.insert_conversation(&told);
    assert_eq!(alice.bob().read_up_to(), Some(MessageId(2)));
    assert_eq!(unread(&alice).0, 1);
}

#[test]
fn counts_have_an_end_and_no_overflow() {
    let mut alice = Alice::new();
    let mut told = told_by_server(20, u64::MAX, 12);
    told.unread_mentions = u64::MAX;
    alice.history.insert_conversation(&told);
    alice.receive(mentioning(from_bob(21), ME));
    assert_eq!(unread(&alice), (u64::MAX, u64::MAX));
    let mention = mentioning(edited(&from_bob(21), "<@uid:alice>", 30), ME);
    alice.apply(&Event::MessageEdited(mention));
    alice.history.insert_conversation(&told);
    assert_eq!(unread(&alice), (u64::MAX, u64::MAX));
    alice.history.mark_read(&with("bob"));
    assert_eq!(unread(&alice), (0, 0));
}

#[test]
fn what_the_server_counted_and_is_not_held_can_be_marked_as_read() {
    let mut alice = Alice::new();
    let mut told = told_by_server(1, 3, 0);
    (told.last_message, told.last_read) = (None, None);
    alice.history.insert_conversation(&told);
    assert_eq!(unread(&alice), (3, 1));
    assert!(alice.history.mark_read(&with("bob")).is_none());
    assert_eq!(unread(&alice), (0, 0));
}
