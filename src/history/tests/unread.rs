//! How many messages are unread.

use super::fixture::*;
use crate::{
    client::{Event, OutboxState},
    connection::ConnectionStatus,
    model::{Message, MessageContent, MessageId, ReceiptKind, Timestamp, UnmodelledContent},
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

/// The message as the server sends it to the user who has read it.
fn read_elsewhere(mut message: Message) -> Message {
    message.details_mut().my_read_at = Some(Timestamp(9));
    message
}

#[test]
fn what_was_read_elsewhere_during_an_outage_is_read_with_all_before_it() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    alice.apply(&status(ConnectionStatus::Disconnected));
    alice.apply(&status(ConnectionStatus::Connected));
    alice.receive(read_elsewhere(from_bob(2)));
    alice.receive(from_bob(3));
    alice.apply(&recovered(None));
    assert_eq!(unread(&alice), (1, 0));
    assert_eq!(alice.bob().read_up_to(), Some(MessageId(2)));
}

#[test]
fn a_page_tells_what_was_read_elsewhere() {
    let mut alice = Alice::new();
    for id in 1..=3 {
        alice.receive(from_bob(id));
    }
    let asked = alice.asked(None);
    let page = page([read_elsewhere(from_bob(2)), from_bob(3)], true);
    alice.history.insert_page(&with("bob"), asked, page);
    assert_eq!(unread(&alice), (1, 0));
}

#[test]
fn what_the_user_marks_as_unread_elsewhere_is_unread_and_can_be_read_again() {
    let mut alice = Alice::new();
    for id in 1..=20 {
        alice.receive(from_bob(id));
    }
    alice.history.mark_read(&with("bob"));
    alice
        .history
        .insert_conversation(&told_by_server(20, 8, 12));
    assert_eq!(unread(&alice), (8, 1));
    assert_eq!(alice.bob().read_up_to(), Some(MessageId(12)));
    alice.apply(&Event::MessageDeleted(deleted(&from_bob(15), 30)));
    assert_eq!(unread(&alice).0, 7);
    let read = alice.history.mark_read(&with("bob"));
    assert_eq!(read.map(|message| message.id), Some(MessageId(20)));
    assert_eq!(unread(&alice), (0, 0));
}

#[test]
fn a_message_that_becomes_visible_after_a_later_one_is_unread() {
    let mut alice = Alice::new();
    alice.receive(from_bob(11));
    alice.receive(from_bob(10));
    alice.receive(from_bob(10));
    assert_eq!(unread(&alice), (2, 0));
    assert_eq!(alice.ids(), [10, 11]);
    assert_eq!(alice.bob().read_up_to(), Some(MessageId(9)));
}

fn record(id: u64, category: &str) -> Message {
    let content = UnmodelledContent {
        category: category.into(),
        kind: "message".into(),
        data: None,
        text: None,
    };
    Message {
        content: MessageContent::Unmodelled(content.into()),
        ..from_bob(id)
    }
}

#[test]
fn records_of_edits_and_calls_are_no_messages() {
    let mut alice = Alice::new();
    alice.history.insert_conversation(&told_by_server(9, 4, 1));
    let asked = alice.asked(Some(9));
    let rows = [
        from_bob(5),
        record(6, "action"),
        record(7, "call"),
        from_bob(8),
    ];
    let added = alice
        .history
        .insert_page(&with("bob"), asked, page(rows, true));
    assert_eq!((added, alice.ids()), (2, vec![5, 8, 9]));
    assert_eq!(alice.missing(), [(3, Some(9), None)]);
    assert!(!alice.receive(record(10, "action")));
    assert!(!alice.receive(record(11, "call")));
    assert_eq!(unread(&alice).0, 4);
}

#[test]
fn what_an_own_message_says_about_the_read_marker_counts_as_a_change() {
    let mut alice = Alice::new();
    alice.page(None, &[7], true);
    let own = to_bob(19);
    alice.apply(&outgoing("m1", &with("bob"), OutboxState::Pending));
    alice.apply(&sent("m1", own.clone()));
    let (before, version) = (alice.bob().read_up_to(), alice.bob().version());
    alice.receive(Message {
        muid: Some("m1".into()),
        ..own
    });
    assert_ne!(alice.bob().read_up_to(), before);
    assert_ne!(alice.bob().version(), version);
}

/// The user had everything read up to the eleventh of twenty messages, and the connection is live again.
fn after_a_reconnect() -> Alice {
    let mut alice = Alice::new();
    for id in 1..=20 {
        alice.receive(from_bob(id));
    }
    alice.apply(&receipt(ReceiptKind::Read, 11, ME, with("bob")));
    alice.apply(&status(ConnectionStatus::Disconnected));
    alice.apply(&status(ConnectionStatus::Connected));
    alice.apply(&recovered(None));
    alice
}

#[test]
fn a_report_takes_back_nothing_that_the_user_has_read_since_it_was_asked_for() {
    let mut alice = after_a_reconnect();
    let asked = alice.history.asked_now();
    alice.history.mark_read(&with("bob"));
    let report = told_by_server(20, 9, 11);
    alice.history.insert_report(asked, &report);
    assert_eq!(unread(&alice), (0, 0));
    assert_eq!(alice.bob().read_up_to(), Some(MessageId(20)));
    // Nor that was read right before, since receipts wait for a moment.
    let asked = alice.history.asked_now();
    alice.history.insert_report(asked, &report);
    assert_eq!(unread(&alice), (0, 0));
}

#[test]
fn a_report_may_say_that_more_was_read_than_the_user_has_read_since() {
    let mut alice = after_a_reconnect();
    let asked = alice.history.asked_now();
    alice.apply(&receipt(ReceiptKind::Read, 15, ME, with("bob")));
    alice
        .history
        .insert_report(asked, &told_by_server(20, 2, 18));
    assert_eq!(unread(&alice), (2, 1));
    assert_eq!(alice.bob().read_up_to(), Some(MessageId(18)));
}

#[test]
fn a_report_says_what_the_user_has_marked_as_unread_elsewhere_during_an_outage() {
    let mut alice = after_a_reconnect();
    let asked = alice.history.asked_now();
    alice
        .history
        .insert_report(asked, &told_by_server(20, 15, 5));
    assert_eq!(unread(&alice), (15, 1));
    assert_eq!(alice.bob().read_up_to(), Some(MessageId(5)));
}

#[test]
fn what_the_user_marks_as_unread_stays_so_whatever_an_earlier_report_says() {
    for (count, read) in [(0, 20), (9, 11)] {
        let mut alice = after_a_reconnect();
        let asked = alice.history.asked_now();
        let marked = told_by_server(20, 15, 5);
        alice.history.insert_conversation(&marked);
        alice
            .history
            .insert_report(asked, &told_by_server(20, count, read));
        assert_eq!(unread(&alice), (15, 1));
        assert_eq!(alice.bob().read_up_to(), Some(MessageId(5)));
    }
}

#[test]
fn of_two_reports_the_one_that_was_asked_for_later_counts() {
    for later_first in [true, false] {
        let mut alice = after_a_reconnect();
        let earlier = (alice.history.asked_now(), told_by_server(20, 9, 11));
        alice.receive(from_bob(21));
        let later = (alice.history.asked_now(), told_by_server(21, 3, 18));
        let mut reports = [earlier, later];
        if later_first {
            reports.reverse();
        }
        for (asked, report) in &reports {
            alice.history.insert_report(*asked, report);
        }
        assert_eq!(unread(&alice), (3, 1));
    }
}

#[test]
fn s5_a_report_that_another_user_has_asked_for_changes_nothing() {
    let mut alice = after_a_reconnect();
    let asked = alice.history.asked_now();
    alice.log_out();
    for uid in ["carol", ME] {
        alice.log_in(uid);
        let version = alice.history.version();
        let changed = alice
            .history
            .insert_report(asked, &told_by_server(20, 9, 11));
        assert!(!changed);
        assert_eq!(alice.history.version(), version);
        assert_eq!(alice.history.conversations().count(), 0);
    }
}
