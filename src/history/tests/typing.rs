//! Who types.

use super::fixture::*;
use crate::{connection::ConnectionStatus, model::ReceiverId};

fn typists(alice: &Alice, conversation: &ReceiverId) -> Vec<String> {
    let users = alice.history.typing(conversation);
    users.map(|user| user.uid.to_string()).collect()
}

#[test]
fn who_types_is_known_for_each_conversation() {
    let mut alice = Alice::new();
    assert!(alice.apply(&typing("bob", with(ME), true)));
    assert!(alice.apply(&typing("carol", guild(), true)));
    assert!(!alice.apply(&typing("carol", guild(), true)));
    assert!(!alice.apply(&typing(ME, guild(), true)));
    assert_eq!(typists(&alice, &with("bob")), ["bob"]);
    assert_eq!(typists(&alice, &guild()), ["carol"]);
    assert!(alice.history.conversation(&guild()).is_none());
    assert!(alice.apply(&typing("carol", guild(), false)));
    assert!(!alice.apply(&typing("carol", guild(), false)));
    assert_eq!(typists(&alice, &guild()), [""; 0]);
}

#[test]
fn typing_ends_with_the_message_and_with_the_connection() {
    let mut alice = Alice::new();
    alice.apply(&typing("bob", with(ME), true));
    alice.receive(from_bob(1));
    assert_eq!(typists(&alice, &with("bob")), [""; 0]);

    alice.apply(&typing("bob", with(ME), true));
    assert!(alice.apply(&status(ConnectionStatus::Connecting)));
    assert_eq!(typists(&alice, &with("bob")), [""; 0]);
}
