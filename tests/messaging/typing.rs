//! Typing between two clients. Its pace is tested in virtual time: `tests/plugin/signals.rs`.

use bevy_cometchat::{client::Event, connection::ConnectionStatus, model::TypingIndicator};
use serde_json::json;

use super::{
    player::{Player, network, settings, without_network},
    stage::{by_hand, done, guild, heard, heard_before, live, offline, refused, say, server, user},
};

fn typing(events: &[Event]) -> Vec<bool> {
    let typing = |event: &Event| match event {
        Event::TypingChanged(typing) => Some(typing.typing),
        _ => None,
    };
    events.iter().filter_map(typing).collect()
}

#[test]
fn typing_is_heard_of_where_it_happens() {
    let server = server();
    let guild = guild(&server);
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    for receiver in [user("bob"), guild.into()] {
        done(alice.client.start_typing(receiver.clone()));
        let TypingIndicator {
            user,
            receiver: heard_in,
            typing,
            ..
        } = heard!(bob, TypingChanged);
        assert_eq!(
            (user.uid.as_str(), &heard_in, typing),
            ("alice", &receiver, true)
        );
        done(alice.client.end_typing(receiver));
        assert!(!heard!(bob, TypingChanged).typing);
    }
}

#[test]
fn typing_at_every_key_is_told_once_and_ends_with_the_message() {
    let server = server();
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    for _ in "hello".chars() {
        done(alice.client.start_typing(user("bob")));
    }
    // The message goes another way than the indicators, and may overtake those that are not there yet.
    assert!(heard!(bob, TypingChanged).typing);
    say(&alice, user("bob"), "hello");
    assert!(!heard!(bob, TypingChanged).typing);
    done(alice.client.end_typing(user("bob")));
    say(&alice, user("bob"), "end");
    assert_eq!(typing(&heard_before(&mut bob, "end")), [false; 0]);
}

#[test]
fn typing_ends_by_itself_here_and_there() {
    let server = server();
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    // Another client, which says once that its user types, and never that they stopped.
    let carol = by_hand(&server, "carol");
    let mut socket = carol.connect();
    let started = json!({"action": "started", "user": {"uid": "carol"}});
    socket.send(&carol.frame("typing_indicator", "user", "bob", started));
    done(alice.client.start_typing(user("bob")));
    let mut open = Vec::new();
    let mut ended = Vec::new();
    while ended.len() < 2 {
        let typing = heard!(bob, TypingChanged);
        let uid = typing.user.uid.as_str().to_owned();
        if typing.typing { &mut open } else { &mut ended }.push(uid);
    }
    open.sort();
    assert_eq!(
        (open, ended),
        (names(["alice", "carol"]), names(["alice", "carol"]))
    );
}

fn names(names: [&str; 2]) -> Vec<String> {
    names.map(str::to_owned).to_vec()
}

#[test]
fn who_typed_when_the_connection_broke_types_no_longer() {
    let server = server();
    let network = network(&server);
    let alice = live(&server, "alice");
    let mut bob = Player::live("bob", settings(network.address()));
    heard!(bob, MessagesRecovered);
    done(alice.client.start_typing(user("bob")));
    assert!(heard!(bob, TypingChanged).typing);
    without_network(&network, &mut bob);
    assert!(!heard!(bob, TypingChanged).typing);
}

#[test]
fn typing_needs_a_connection() {
    let server = server();
    let alice = offline(&server, "alice");
    for request in [
        alice.client.start_typing(user("bob")),
        alice.client.end_typing(user("bob")),
    ] {
        assert_eq!(refused(request), "NO_WEBSOCKET_CONNECTION");
    }
    let mut alice = live(&server, "alice");
    done(alice.client.disconnect());
    alice.wait_until(ConnectionStatus::Disconnected);
    assert_eq!(
        refused(alice.client.start_typing(user("bob"))),
        "NO_WEBSOCKET_CONNECTION"
    );
}
