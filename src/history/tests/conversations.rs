//! Conversations as a whole.

use std::sync::Arc;

use super::fixture::*;
use crate::{
    client::{Event, OutboxState},
    history::{History, HistoryLimits},
    model::{Receiver, User},
};

fn names(alice: &Alice) -> Vec<&str> {
    let conversations = alice.history.conversations();
    conversations
        .map(|conversation| conversation.id().as_str())
        .collect()
}

#[test]
fn a_conversation_is_named_by_the_other_side() {
    let mut alice = Alice::new();
    alice.receive(to_bob(1));
    alice.receive(message(2, "bob", &guild(), "hi"));
    assert_eq!(names(&alice), ["bob", "guild"]);
    assert_eq!(alice.bob().conversation_id().unwrap(), "alice_user_bob");
    assert!(matches!(alice.bob().with(), Receiver::User(user) if user.uid == "bob"));
    assert!(matches!(alice.guild().with(), Receiver::Group(group) if group.guid == "guild"));
}

#[test]
fn its_name_follows_the_newest_message() {
    let mut alice = Alice::new();
    alice.apply(&outgoing("m1", &with("bob"), OutboxState::Pending));
    let name = |alice: &Alice| match alice.bob().with() {
        Receiver::User(user) => user.name.to_string(),
        Receiver::Group(_) => panic!("bob is a user"),
    };
    assert_eq!(name(&alice), "bob");
    let mut renamed = from_bob(2);
    renamed.sender = User::new("bob", "Bob the Great").into();
    alice.receive(renamed);
    assert_eq!(name(&alice), "Bob the Great");
    alice.page(Some(2), &[1], true);
    assert_eq!(name(&alice), "Bob the Great");
}

#[test]
fn s5_a_logout_leaves_nothing_and_what_comes_without_a_user_is_ignored() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    alice.apply(&typing("bob", with(ME), true));
    alice.apply(&outgoing("m1", &with("bob"), OutboxState::Pending));
    let version = alice.history.version();
    alice.log_out();
    assert!(alice.history.version() > version);
    assert_eq!(names(&alice), [""; 0]);
    assert_eq!(alice.history.typing(&with("bob")).count(), 0);

    assert!(!alice.receive(from_bob(2)));
    assert_eq!(alice.page(None, &[1], false), 0);
    alice.log_in("carol");
    assert_eq!(names(&alice), [""; 0]);
}

#[test]
fn versions_go_on_after_another_login() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    let version = alice.bob().get(0).unwrap().version();
    alice.log_out();
    alice.log_in(ME);
    alice.receive(from_bob(1));
    assert!(alice.bob().get(0).unwrap().version() > version);
}

#[test]
fn the_conversation_that_was_used_least_recently_goes_and_an_unread_one_later() {
    let limits = HistoryLimits {
        conversations: 3,
        ..HistoryLimits::default()
    };
    let mut alice = Alice::limited(limits);
    for (id, from) in [(1, "bob"), (2, "carol"), (3, "dave")] {
        alice.receive(message(id, from, &with(ME), "hi"));
    }
    alice.history.mark_read(&with("carol"));
    alice.history.mark_read(&with("dave"));
    alice.receive(message(4, "erin", &with(ME), "hi"));
    assert_eq!(names(&alice), ["bob", "dave", "erin"]);
    alice.history.mark_read(&with("erin"));
    alice.history.mark_read(&with("dave"));
    alice.receive(message(5, "frank", &with(ME), "hi"));
    assert_eq!(names(&alice), ["bob", "dave", "frank"]);
    // It comes back with all before it unknown.
    alice.receive(message(6, "carol", &with(ME), "hi"));
    let carol = alice.history.conversation(&with("carol")).unwrap();
    assert!(carol.missing_before(0).is_some());
}

#[test]
fn other_conversations_keep_their_version() {
    let mut alice = Alice::new();
    alice.receive(from_bob(1));
    alice.receive(message(2, "carol", &guild(), "hi"));
    let version = alice.bob().version();
    alice.receive(message(3, "carol", &guild(), "hi"));
    assert_eq!(alice.bob().version(), version);
    assert_eq!(alice.guild().version(), alice.history.version());
}

#[test]
fn another_name_of_the_user_s_own_counts_as_a_change() {
    let mut alice = Alice::new();
    let renamed = Event::OwnUserChanged(Arc::new(User::new(ME, "Alice the Brave")));
    assert!(alice.apply(&renamed));
    assert!(!alice.apply(&renamed));
    let name = alice.history.user().map(|user| user.name.to_string());
    assert_eq!(name.as_deref(), Some("Alice the Brave"));
}

#[test]
fn limits_of_nothing_hold_one() {
    let nothing = HistoryLimits {
        conversations: 0,
        messages: 0,
        older: 0,
        bytes: 0,
    };
    let mut alice = Alice::limited(nothing);
    alice.receive(from_bob(1));
    alice.receive(from_bob(2));
    alice.receive(message(3, "carol", &guild(), "hi"));
    assert_eq!(names(&alice), ["guild"]);
    assert!(History::new(nothing).conversations().next().is_none());
}
