//! Messages, and what happens to them.

use std::sync::Arc;

use super::fixture::*;
use crate::{
    client::Event,
    connection::ConnectionStatus,
    history::{EntryStatus, HistoryLimits},
    model::{Message, MessageId, ModerationStatus, Reaction, ReceiptKind, Timestamp, User},
};

#[test]
fn d4_messages_are_in_order_and_each_is_there_once() {
    let mut alice = Alice::new();
    for id in [3, 5, 9] {
        assert!(alice.receive(from_bob(id)));
    }
    assert!(!alice.receive(from_bob(5)));
    assert!(alice.receive(from_bob(4)));
    assert_eq!(alice.ids(), [3, 4, 5, 9]);
    assert_eq!(alice.bob().position_of(MessageId(5)), Some(2));
    assert_eq!(alice.bob().position_of(MessageId(6)), None);
}

#[test]
fn an_edit_replaces_the_text_and_keeps_the_key() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    alice.receive(from_bob(2));
    let (key, before) = (alice.bob().get(0).unwrap().key(), alice.history.version());

    assert!(alice.apply(&Event::MessageEdited(edited(&from_bob(1), "better", 9))));
    let entry = alice.bob().get(0).unwrap();
    assert_eq!((entry.text(), entry.is_edited()), (Some("better"), true));
    assert_eq!(entry.key(), key);
    assert!(entry.version() > before);
    assert_eq!(entry.version(), alice.bob().version());
    assert!(alice.bob().get(1).unwrap().version() <= before);
}

#[test]
fn the_state_that_arrives_last_wins_whatever_the_clocks_say() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    let asked = alice.asked(None);
    alice.apply(&Event::MessageEdited(edited(&from_bob(1), "first", 9)));
    assert!(alice.apply(&Event::MessageEdited(edited(&from_bob(1), "second", 8))));
    assert_eq!(alice.bob().get(0).unwrap().text(), Some("second"));
    // A page that was asked for before may be older.
    assert_eq!(alice.page_of(asked, &[1], false), 0);
    assert_eq!(alice.bob().get(0).unwrap().text(), Some("second"));
    // One that is asked for now is newer, such as after an edit that was missed.
    let asked = alice.asked(None);
    let missed = edited(&from_bob(1), "third", 7);
    let page = page([missed], false);
    alice.history.insert_page(&with("bob"), asked, page);
    assert_eq!(alice.bob().get(0).unwrap().text(), Some("third"));
}

#[test]
fn the_servers_last_message_is_older_than_what_arrives_while_connected() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    alice.apply(&Event::MessageEdited(edited(&from_bob(1), "newer", 9)));
    let mut told = told_by_server(1, 1, 0);
    alice.history.insert_conversation(&told);
    assert_eq!(alice.bob().get(0).unwrap().text(), Some("newer"));
    // Without a connection nothing else says what changed.
    alice.apply(&status(ConnectionStatus::Disconnected));
    told.last_message = Some(edited(&from_bob(1), "missed", 5));
    alice.history.insert_conversation(&told);
    assert_eq!(alice.bob().get(0).unwrap().text(), Some("missed"));
}

#[test]
fn a_deleted_message_stays_as_one_without_text() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    assert!(alice.apply(&Event::MessageDeleted(deleted(&from_bob(1), 9))));
    assert!(!alice.apply(&Event::MessageEdited(edited(&from_bob(1), "back", 10))));
    let entry = alice.bob().get(0).unwrap();
    assert!(entry.is_hidden());
    assert_eq!(entry.text(), None);
}

#[test]
fn what_moderation_disapproves_of_is_hidden() {
    let mut alice = Alice::new();
    alice.receive(to_bob(1));
    let mut moderated = to_bob(1);
    moderated.details_mut().moderation = Some(ModerationStatus::Disapproved);
    assert!(alice.apply(&Event::MessageModerated(moderated)));
    assert!(alice.bob().get(0).unwrap().is_hidden());
}

#[test]
fn a_change_that_comes_before_its_message_is_not_lost() {
    let mut alice = Alice::new();
    alice.receive(from_bob(5));
    // The page was made before the edit.
    let asked = alice.asked(Some(5));
    assert!(!alice.apply(&Event::MessageEdited(edited(&from_bob(3), "newer", 9))));
    alice.page_of(asked, &[3, 4], false);
    assert_eq!(alice.ids(), [3, 4, 5]);
    assert_eq!(alice.bob().get(0).unwrap().text(), Some("newer"));
}

#[test]
fn changes_that_come_before_their_messages_are_remembered_boundedly() {
    let mut alice = Alice::new();
    let asked = alice.asked(None);
    for id in 1..=1_000 {
        alice.apply(&Event::MessageEdited(edited(&from_bob(id), "newer", 2_000)));
    }
    alice.page_of(asked, &[1, 1_000], false);
    let texts: Vec<_> = alice
        .bob()
        .iter()
        .filter_map(|entry| entry.text())
        .collect();
    assert_eq!(texts, ["text 1", "newer"]);
}

#[test]
fn reactions_are_counted_with_the_users_own() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    let reactions = |alice: &Alice| alice.bob().get(0).unwrap().reactions().to_vec();

    assert!(alice.apply(&reaction(1, "👍", "bob", true)));
    assert!(alice.apply(&reaction(1, "👍", ME, true)));
    assert!(!alice.apply(&reaction(1, "👍", ME, true)));
    assert!(alice.apply(&reaction(1, "🔥", "carol", true)));
    assert_eq!(
        reactions(&alice),
        [Reaction::new("👍", 2, true), Reaction::new("🔥", 1, false)]
    );
    assert!(alice.apply(&reaction(1, "👍", ME, false)));
    assert!(alice.apply(&reaction(1, "🔥", "carol", false)));
    assert!(!alice.apply(&reaction(1, "🔥", ME, false)));
    assert_eq!(reactions(&alice), [Reaction::new("👍", 1, false)]);
    assert!(!alice.apply(&reaction(2, "👍", "bob", true)));
}

#[test]
fn an_edit_that_everybody_is_told_keeps_what_only_the_user_knows() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    alice.apply(&reaction(1, "👍", ME, true));
    let mut edit = edited(&from_bob(1), "better", 9);
    edit.details_mut().reactions = vec![Reaction::new("👍", 3, false)];
    alice.apply(&Event::MessageEdited(edit));
    assert_eq!(
        alice.bob().get(0).unwrap().reactions(),
        [Reaction::new("👍", 3, true)]
    );
    alice.apply(&Event::MessageEdited(edited(&from_bob(1), "best", 10)));
    assert_eq!(
        alice.bob().get(0).unwrap().reactions(),
        [Reaction::new("👍", 3, true)]
    );
}

#[test]
fn different_reactions_are_not_counted_without_end() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    for number in 0..1_000 {
        alice.apply(&reaction(1, &number.to_string(), "bob", true));
    }
    assert_eq!(alice.bob().get(0).unwrap().reactions().len(), 64);
}

#[test]
fn a_receipt_is_about_all_of_the_users_messages_up_to_it() {
    let mut alice = Alice::new();
    for id in [1, 2, 4] {
        alice.receive(to_bob(id));
    }
    alice.receive(from_bob(3));
    let receive = |alice: &mut Alice, kind, id| alice.apply(&receipt(kind, id, "bob", with(ME)));
    assert!(receive(&mut alice, ReceiptKind::Delivered, 2));
    assert!(receive(&mut alice, ReceiptKind::Read, 1));
    assert!(!receive(&mut alice, ReceiptKind::Delivered, 1));
    assert_eq!(
        alice.statuses(),
        [
            EntryStatus::Read,
            EntryStatus::Delivered,
            EntryStatus::Received,
            EntryStatus::Sent
        ]
    );
    // Also of one that comes after it, or says so itself.
    receive(&mut alice, ReceiptKind::Read, 7);
    alice.receive(to_bob(6));
    let mut read = to_bob(8);
    read.details_mut().read_at = Some(Timestamp(9));
    alice.receive(read);
    assert_eq!(
        alice.statuses()[4..],
        [EntryStatus::Read, EntryStatus::Read]
    );
}

#[test]
fn in_a_group_a_message_is_read_when_all_have() {
    let mut alice = Alice::new();
    alice.receive(message(1, ME, &guild(), "hi"));
    assert!(!alice.apply(&receipt(ReceiptKind::Read, 1, "bob", guild())));
    assert!(alice.apply(&receipt(ReceiptKind::DeliveredToAll, 1, "bob", guild())));
    assert_eq!(
        alice.guild().get(0).unwrap().status(),
        &EntryStatus::Delivered
    );
    assert!(alice.apply(&receipt(ReceiptKind::ReadByAll, 1, "bob", guild())));
    assert_eq!(alice.guild().get(0).unwrap().status(), &EntryStatus::Read);
}

#[test]
fn joining_a_group_is_a_line_of_its_conversation() {
    let mut alice = Alice::new();
    alice.receive(joined(1, "bob"));
    alice.receive(message(2, "bob", &guild(), "hi"));
    assert_eq!(ids(alice.guild()), [1, 2]);
    assert!(alice.guild().get(0).unwrap().group_action().is_some());
}

#[test]
fn the_oldest_messages_go_when_there_are_too_many() {
    let limits = HistoryLimits {
        messages: 3,
        ..HistoryLimits::default()
    };
    let mut alice = Alice::limited(limits);
    for id in 1..=5 {
        alice.receive(from_bob(id));
    }
    assert_eq!(alice.ids(), [3, 4, 5]);
    assert_eq!(alice.missing(), [(0, None, Some(3))]);
    alice.receive(from_bob(2));
    assert_eq!(alice.ids(), [3, 4, 5]);
}

#[test]
fn the_oldest_messages_go_when_they_are_too_long() {
    let limits = HistoryLimits {
        bytes: 10_000,
        ..HistoryLimits::default()
    };
    let mut alice = Alice::limited(limits);
    let long = "x".repeat(4_000);
    for id in 1..=3 {
        alice.receive(message(id, "bob", &with(ME), &long));
    }
    assert_eq!(alice.ids(), [2, 3]);
    // An edit that makes it longer counts too, and the newest stays whatever its length.
    alice.apply(&Event::MessageEdited(edited(
        &from_bob(3),
        &long.repeat(9),
        9,
    )));
    assert_eq!(alice.ids(), [3]);
    assert_eq!(alice.bob().room_for_older(), 0);
    alice.receive(from_bob(4));
    assert_eq!(alice.ids(), [4]);
}

#[test]
fn what_the_user_does_by_a_request_shows_without_the_games_help() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    alice.apply(&sent("m1", to_bob(2)));
    assert!(alice.apply_own(&edited(&to_bob(2), "better", 9)));
    assert_eq!(alice.bob().get(1).unwrap().text(), Some("better"));

    let mut reacted = from_bob(1);
    reacted.details_mut().reactions = vec![Reaction::new("👍", 1, true)];
    assert!(alice.apply_own(&reacted));
    assert_eq!(alice.bob().get(0).unwrap().reactions()[0].count, 1);
    assert!(alice.apply_own(&from_bob(1)), "taken back");
    assert_eq!(alice.bob().get(0).unwrap().reactions(), []);

    assert!(!alice.apply_own(&edited(&from_bob(7), "not held", 9)));
    assert!(alice.apply_own(&joined(8, ME)));
    assert_eq!(ids(alice.guild()), [8]);
}

#[test]
fn the_users_that_messages_share_count_once_and_each_of_the_others_counts() {
    let mut alice = Alice::limited(HistoryLimits {
        bytes: 60_000,
        ..HistoryLimits::default()
    });
    let fat = |name: &str| {
        let mut fat = User::new(name, name);
        fat.status_message = Some("x".repeat(5_000).into());
        Arc::new(fat)
    };
    let from = |id, sender: &Arc<User>| Message {
        sender: sender.clone(),
        ..message(id, "bob", &guild(), "hi")
    };
    let bob = fat("bob");
    for id in 1..=20 {
        alice.receive(from(id, &bob));
    }
    assert_eq!(alice.guild().len(), 20, "one fat profile");
    for id in 21..=60 {
        alice.receive(from(id, &fat("bob")));
    }
    assert!(alice.guild().len() < 12, "each with a profile of its own");
    assert_eq!(ids(alice.guild()).last(), Some(&60));
    // Nothing is counted that is no longer held.
    for id in 61..=90 {
        alice.receive(from(id, &bob));
    }
    assert!(ids(alice.guild()).ends_with(&Vec::from_iter(61..=90)));
}
