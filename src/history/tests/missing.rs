//! What may be missing, and pages that fill it (rule D3).

use super::fixture::*;
use crate::{
    client::OutboxState,
    connection::ConnectionStatus,
    history::HistoryLimits,
    model::{MessageId, ReceiptKind},
};

#[test]
fn d3_what_was_before_the_first_message_is_not_known() {
    let mut alice = Alice::new();
    alice.receive(from_bob(10));
    assert_eq!(alice.missing(), [(0, None, Some(10))]);
    assert_eq!(alice.page(Some(10), &[7, 8, 9], false), 3);
    assert_eq!(alice.missing(), [(0, None, Some(7))]);
    assert_eq!(alice.page(Some(7), &[4], true), 1);
    assert_eq!(alice.missing(), []);
    assert_eq!(alice.ids(), [4, 7, 8, 9, 10]);
}

#[test]
fn an_empty_last_page_says_that_there_is_no_more() {
    let mut alice = Alice::new();
    alice.receive(from_bob(10));
    assert_eq!(alice.page(Some(10), &[], true), 0);
    assert_eq!(alice.missing(), []);
}

#[test]
fn d3_a_gap_is_where_the_recovery_says_and_closes_when_it_is_filled() {
    let mut alice = Alice::new();
    alice.receive(from_bob(10));
    alice.page(Some(10), &[], true);
    alice.receive(from_bob(50));
    assert!(alice.apply(&recovered(Some((10, Some(48))))));
    alice.receive(from_bob(51));
    assert_eq!(alice.missing(), [(1, Some(10), Some(48))]);

    assert_eq!(alice.page(Some(48), &[30, 40], false), 2);
    assert_eq!(alice.missing(), [(1, Some(10), Some(30))]);
    assert_eq!(alice.page(Some(30), &[9, 10, 20], false), 2);
    assert_eq!(alice.missing(), []);
    assert_eq!(alice.ids(), [9, 10, 20, 30, 40, 50, 51]);
}

#[test]
fn d3_a_gap_that_goes_up_to_now_ends_with_the_next_message_of_whatever_conversation() {
    let mut alice = Alice::new();
    alice.receive(from_bob(10));
    alice.page(Some(10), &[], true);
    alice.apply(&recovered(Some((10, None))));
    assert_eq!(alice.missing(), [(1, Some(10), None)]);
    alice.receive(message(20, "carol", &with(ME), "hi"));
    assert_eq!(alice.missing(), [(1, Some(10), Some(20))]);
    // The next recovery begins there.
    alice.apply(&recovered(None));
    alice.receive(from_bob(30));
    assert_eq!(alice.missing(), [(1, Some(10), Some(20))]);
}

#[test]
fn d3_a_gap_that_goes_up_to_now_is_gone_when_the_next_recovery_fills_it() {
    let mut alice = Alice::new();
    alice.receive(from_bob(10));
    alice.page(Some(10), &[], true);
    alice.apply(&recovered(Some((10, None))));
    alice.apply(&status(ConnectionStatus::Disconnected));
    alice.apply(&status(ConnectionStatus::Connected));
    assert!(alice.apply(&recovered(None)));
    assert_eq!(alice.missing(), []);
    assert!(!alice.apply(&recovered(None)));
}

#[test]
fn a_page_of_the_newest_messages_leaves_nothing_out_behind_them() {
    let mut alice = Alice::new();
    alice.page(None, &[8, 9], false);
    assert_eq!(alice.missing(), [(0, None, Some(8))]);
}

#[test]
fn before_the_first_connection_what_follows_a_page_is_not_known() {
    let mut alice = Alice::new();
    alice.log_out();
    alice.log_in(ME);
    alice.page(None, &[8, 9], true);
    assert_eq!(alice.missing(), [(2, Some(9), None)]);
    alice.apply(&status(ConnectionStatus::Connected));
    alice.receive(from_bob(20));
    assert_eq!(alice.missing(), [(2, Some(9), Some(20))]);
}

#[test]
fn d3_what_was_missed_is_missing_at_once_when_something_newer_is_there() {
    let mut alice = Alice::new();
    alice.receive(from_bob(10));
    alice.page(Some(10), &[], true);
    alice.apply(&status(ConnectionStatus::Disconnected));
    assert_eq!(alice.missing(), []);
    alice.page(None, &[18, 19], false);
    assert_eq!(
        alice.missing(),
        [(1, Some(10), Some(18)), (3, Some(19), None)]
    );
    alice.apply(&sent("m1", to_bob(30)));
    assert_eq!(
        alice.missing()[1..],
        [(3, Some(19), Some(30)), (4, Some(30), None)]
    );

    // All of it is recovered.
    alice.apply(&status(ConnectionStatus::Connected));
    for id in [12, 18, 19, 25, 31] {
        alice.receive(from_bob(id));
    }
    alice.apply(&recovered(None));
    assert_eq!(alice.ids(), [10, 12, 18, 19, 25, 30, 31]);
    assert_eq!(alice.missing(), []);
}

#[test]
fn d3_what_follows_an_own_message_arrives_and_is_not_missing() {
    let mut alice = Alice::new();
    alice.receive(message(10, "carol", &guild(), "hi"));
    alice.apply(&outgoing("m1", &with("bob"), OutboxState::Pending));
    alice.apply(&sent("m1", to_bob(20)));
    // The ids between belong to the messages of others.
    alice.receive(message(25, "carol", &guild(), "hi"));
    alice.receive(from_bob(30));
    assert_eq!(alice.missing(), [(0, None, Some(20))]);
}

#[test]
fn d3_what_follows_an_own_message_is_not_known_if_something_newer_had_arrived() {
    let mut alice = Alice::new();
    alice.apply(&outgoing("m1", &with("bob"), OutboxState::Pending));
    alice.apply(&status(ConnectionStatus::Disconnected));
    alice.apply(&status(ConnectionStatus::Connected));
    alice.apply(&recovered(Some((15, Some(28)))));
    // It was stored before the gap, and is found afterwards.
    alice.apply(&sent("m1", to_bob(20)));
    alice.receive(from_bob(30));
    assert_eq!(
        alice.missing(),
        [(0, None, Some(20)), (1, Some(20), Some(28))]
    );
}

#[test]
fn d3_an_own_message_does_not_end_a_gap_that_goes_up_to_now() {
    let mut alice = Alice::new();
    alice.apply(&outgoing("m1", &with("bob"), OutboxState::Pending));
    alice.apply(&recovered(Some((15, None))));
    // It was stored before or after the messages that are missing.
    alice.apply(&sent("m1", to_bob(20)));
    alice.receive(from_bob(30));
    assert_eq!(
        alice.missing(),
        [(0, None, Some(20)), (1, Some(20), Some(30))]
    );
}

#[test]
fn a_page_of_the_newest_messages_is_about_when_it_was_asked_for() {
    let mut alice = Alice::new();
    alice.receive(from_bob(10));
    alice.page(Some(10), &[], true);
    let missing = alice.asked(None);
    // Meanwhile, 11 is missed, and cannot be recovered.
    alice.apply(&status(ConnectionStatus::Disconnected));
    alice.apply(&status(ConnectionStatus::Connected));
    alice.apply(&recovered(Some((10, None))));
    alice
        .history
        .insert_page(&with("bob"), missing, page([from_bob(10)], true));
    assert_eq!(alice.missing(), [(1, Some(10), None)]);
    alice.page(None, &[10, 11], false);
    assert_eq!(alice.missing(), []);
}

#[test]
fn pages_that_overlap_are_one() {
    let mut alice = Alice::new();
    assert_eq!(alice.page(None, &[5, 6, 7], false), 3);
    assert_eq!(alice.page(Some(7), &[4, 5, 6], false), 1);
    assert_eq!(alice.ids(), [4, 5, 6, 7]);
    assert_eq!(alice.missing(), [(0, None, Some(4))]);
}

#[test]
fn reading_back_makes_room_until_it_stops() {
    let mut limits = HistoryLimits::default();
    (limits.messages, limits.older) = (3, 4);
    let mut alice = Alice::limited(limits);
    for id in 20..=25 {
        alice.receive(from_bob(id));
    }
    assert_eq!(alice.ids(), [23, 24, 25]);
    assert_eq!(alice.bob().room_for_older(), 4);
    assert_eq!(alice.page(Some(23), &[18, 19, 20, 21, 22], true), 4);
    assert_eq!(alice.ids(), [19, 20, 21, 22, 23, 24, 25]);
    assert_eq!(alice.bob().room_for_older(), 0);
    // What did not fit in is still missing.
    assert_eq!(alice.missing(), [(0, None, Some(19))]);
    alice.receive(from_bob(26));
    assert_eq!(alice.ids(), [20, 21, 22, 23, 24, 25, 26]);

    alice.history.stop_reading_back(&with("bob"));
    assert_eq!(alice.ids(), [24, 25, 26]);
    assert_eq!(alice.missing(), [(0, None, Some(24))]);
    assert_eq!(alice.bob().position_of(MessageId(23)), None);
}

#[test]
fn filling_a_gap_in_the_middle_never_hides_what_goes_for_it() {
    let mut limits = HistoryLimits::default();
    (limits.messages, limits.older) = (4, 0);
    let mut alice = Alice::limited(limits);
    for id in [10, 11, 50, 51] {
        alice.receive(from_bob(id));
    }
    alice.apply(&recovered(Some((11, Some(50)))));
    alice.page(Some(50), &[9, 10, 11, 40, 41, 42], false);
    assert_eq!(alice.ids(), [41, 42, 50, 51]);
    assert_eq!(alice.missing(), [(0, None, Some(41))]);
}

#[test]
fn a_server_that_was_restored_from_a_backup_is_followed() {
    let mut alice = Alice::limited(HistoryLimits {
        messages: 4,
        ..HistoryLimits::default()
    });
    for id in 90..=100 {
        alice.receive(from_bob(id));
    }
    alice.apply(&receipt(ReceiptKind::Read, 100, ME, with("bob")));
    alice.apply(&status(ConnectionStatus::Disconnected));
    alice.apply(&status(ConnectionStatus::Connected));
    alice.apply(&recovered(Some((41, None))));
    assert_eq!(alice.ids(), [0; 0], "the server has lost them");
    assert_eq!(alice.missing(), [(0, None, None)]);

    alice.receive(from_bob(42));
    alice.receive(from_bob(43));
    assert_eq!(alice.ids(), [42, 43]);
    assert_eq!(alice.bob().unread(), 2);
    assert_eq!(alice.missing(), [(0, None, Some(42))]);
    alice.apply(&status(ConnectionStatus::Disconnected));
    alice.apply(&status(ConnectionStatus::Connected));
    alice.receive(from_bob(44));
    alice.apply(&recovered(None));
    assert_eq!(alice.ids(), [42, 43, 44]);
}

#[test]
fn what_a_restored_server_brings_before_it_is_noticed_stays() {
    let mut alice = Alice::new();
    for id in 98..=100 {
        alice.receive(from_bob(id));
    }
    alice.apply(&status(ConnectionStatus::Disconnected));
    alice.apply(&status(ConnectionStatus::Connected));
    alice.receive(message(99, "bob", &with(ME), "another 99"));
    alice.apply(&recovered(Some((41, Some(99)))));
    assert_eq!(alice.ids(), [99]);
    assert_eq!(alice.bob().get(0).unwrap().text(), Some("another 99"));
}

/// The user's own message is not recovered: the history has heard of it when it was sent.
#[test]
fn d3_what_a_removed_conversation_held_is_missing_when_the_first_recovery_has_not_brought_it() {
    let mut alice = Alice::limited(HistoryLimits {
        conversations: 1,
        ..HistoryLimits::default()
    });
    alice.log_out();
    alice.log_in(ME);
    alice.history.open_conversation(&with("bob"));
    let newest = alice.asked(None);
    alice.apply(&sent("m1", to_bob(2)));
    alice.history.open_conversation(&with("carol"));
    alice.page_of(newest, &[1], true);
    alice.apply(&status(ConnectionStatus::Connected));
    alice.apply(&recovered(None));
    assert_eq!(alice.ids(), [1]);
    assert_eq!(alice.missing(), [(1, Some(1), Some(3))]);
}
