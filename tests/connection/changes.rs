//! Edits and deletions that happened while there was no connection (rule D3).

use std::sync::Mutex;

use bevy_cometchat::{
    client::{Event, Recovery},
    model::{MessageId, TextMessage},
    test_util::NetworkCondition,
};

use super::{
    fake_server::{FakeServer, accept, await_pong, json, message, message_frame, send},
    player::{Player, ended, network, server, settings, without_network},
};

fn say(player: &Player, to: &str, text: &str) -> MessageId {
    ended(player.client.send_message(TextMessage::to_user(to, text)))
        .expect("the message is stored")
        .id
}

fn edit(player: &Player, id: MessageId, to: &str, text: &str) {
    let message = TextMessage::to_user(to, text);
    ended(player.client.edit_message(id, message)).expect("the message is edited");
}

fn delete(player: &Player, id: MessageId) {
    ended(player.client.delete_message(id)).expect("the message is deleted");
}

/// What is told until the client has told what it recovered.
fn recovered(player: &mut Player) -> (Vec<String>, Recovery) {
    let mut news = Vec::new();
    let recovery = player.wait_for("recovery", |event| {
        news.extend(telling(&event));
        match event {
            Event::MessagesRecovered(recovery) => Some(*recovery),
            _ => None,
        }
    });
    (news, recovery)
}

fn telling(event: &Event) -> Option<String> {
    match event {
        Event::MessageReceived(message) => Some(format!("new {}", message.text().unwrap())),
        Event::MessageEdited(message) => Some(format!("edited {}", message.text().unwrap())),
        Event::MessageDeleted(message) => Some(format!("deleted {}", message.id)),
        _ => None,
    }
}

fn next_news(player: &mut Player) -> String {
    player.wait_for("news", |event| telling(&event))
}

#[test]
fn d3_missed_edits_and_deletions_come_once_before_what_is_live() {
    let server = server();
    let network = network(&server);
    let mut alice = Player::live("alice", settings(network.address()));
    let bob = Player::live("bob", settings(server.address()));
    let (one, two, three) = (
        say(&bob, "alice", "one"),
        say(&bob, "alice", "two"),
        say(&bob, "alice", "three"),
    );
    for _ in 0..3 {
        alice.wait_for_message();
    }
    edit(&bob, three, "alice", "seen live");
    assert_eq!(next_news(&mut alice), "edited seen live");

    without_network(&network, &mut alice);
    edit(&bob, one, "alice", "one, changed");
    delete(&bob, two);
    let four = say(&bob, "alice", "four");
    edit(&bob, four, "alice", "four, changed");
    network.set(NetworkCondition::perfect());

    let (mut news, recovery) = recovered(&mut alice);
    assert_eq!((recovery.changed, recovery.recovered), (2, 1));
    assert_eq!((recovery.gap, recovery.changes_gap), (None, None));
    assert_eq!(news.pop().as_deref(), Some("new four, changed"));
    // Within one second their order is not known.
    news.sort();
    assert_eq!(
        news,
        [format!("deleted {two}"), "edited one, changed".to_owned()]
    );

    edit(&bob, four, "alice", "live again");
    assert_eq!(next_news(&mut alice), "edited live again");
    without_network(&network, &mut alice);
    network.set(NetworkCondition::perfect());
    let (news, recovery) = recovered(&mut alice);
    assert_eq!((news, recovery.changed), (Vec::new(), 0), "each once");
}

#[test]
fn d3_a_restarted_game_gets_the_changes_that_it_missed_and_none_twice() {
    let server = server();
    let directory = tempfile::tempdir().unwrap();
    let settings = || settings(server.address()).session_directory(directory.path());
    let bob = Player::live("bob", super::player::settings(server.address()));
    let mut alice = Player::live("alice", settings());
    let (one, two) = (say(&bob, "alice", "one"), say(&bob, "alice", "two"));
    alice.wait_for_message();
    alice.wait_for_message();
    edit(&bob, one, "alice", "seen");
    assert_eq!(next_news(&mut alice), "edited seen");
    alice.client.shut_down();
    alice.rest();
    edit(&bob, two, "alice", "missed");

    let mut again = Player::new(settings());
    let (news, recovery) = recovered(&mut again);
    assert_eq!(news, ["edited missed"]);
    assert_eq!((recovery.changed, recovery.recovered), (1, 0));
}

#[test]
fn d3_changes_from_before_the_game_listened_and_its_own_are_no_news() {
    let server = server();
    let bob = Player::live("bob", settings(server.address()));
    let old = say(&bob, "alice", "old");
    say(&bob, "alice", "newer");
    edit(&bob, old, "alice", "old, changed");

    let network = network(&server);
    let mut alice = Player::live("alice", settings(network.address()));
    let (news, recovery) = recovered(&mut alice);
    assert_eq!((news, recovery.changed), (Vec::new(), 0));
    let own = say(&alice, "bob", "mine");
    edit(&alice, own, "bob", "mine, changed");
    without_network(&network, &mut alice);
    network.set(NetworkCondition::perfect());
    let (news, recovery) = recovered(&mut alice);
    assert_eq!((news, recovery.changed), (Vec::new(), 0));
}

#[test]
fn d3_changes_beyond_the_limit_are_announced() {
    let server = server();
    let network = network(&server);
    let mut alice = Player::live("alice", settings(network.address()).recovery_limit(3));
    let bob = Player::live("bob", settings(server.address()));
    let ids: Vec<_> = (0..5).map(|_| say(&bob, "alice", "x")).collect();
    for _ in &ids {
        alice.wait_for_message();
    }
    without_network(&network, &mut alice);
    for id in ids {
        edit(&bob, id, "alice", "y");
    }
    network.set(NetworkCondition::perfect());
    let (news, recovery) = recovered(&mut alice);
    assert_eq!((news.len(), recovery.changed), (3, 3));
    let gap = recovery.changes_gap.expect("a gap");
    assert!(gap.error.is_none() && gap.since.0 > 0, "{gap:?}");
}

#[test]
fn d3_changes_that_cannot_be_read_are_announced() {
    let server = FakeServer::losing_the_first(
        |method, path| {
            let is_changes = method == "GET" && path.contains("onlyUpdates=1");
            is_changes.then(|| json(r#"{"error":{"code":"ERR_BUSY","message":"later"}}"#))
        },
        message_frame(7, "only this"),
    );
    let mut alice = Player::live("alice", settings(server.address));
    alice.wait_for_message();
    let gap = alice.wait_for("a gap", |event| match event {
        Event::MessagesRecovered(recovery) => recovery.changes_gap,
        _ => None,
    });
    assert!(gap.error.is_some());
}

/// A message that was edited, and deleted where that is said.
fn changed(id: u64, text: &str, edited: u64, deleted: Option<u64>) -> serde_json::Value {
    let mut message = message(id, text);
    message["editedAt"] = edited.into();
    message["updatedAt"] = deleted.unwrap_or(edited).into();
    message["deletedAt"] = deleted.into();
    message
}

/// The frame that tells of it.
fn change_frame(message: serde_json::Value) -> String {
    let action = if message["deletedAt"].is_null() {
        "edited"
    } else {
        "deleted"
    };
    let user = serde_json::json!({"entity": {"uid": "bob", "name": "Bob"}, "entityType": "user"});
    let on = serde_json::json!({"entity": message, "entityType": "message"});
    let mut frame: serde_json::Value = serde_json::from_str(&message_frame(99, "")).unwrap();
    frame["body"]["category"] = "action".into();
    frame["body"]["data"] = serde_json::json!({
        "action": action, "entities": {"by": user, "for": user, "on": on},
    });
    frame["body"]["type"] = "message".into();
    frame.to_string()
}

#[test]
fn d3_a_change_that_came_before_the_fetched_state_is_not_told_after_it() {
    let (on_sent, sent) = std::sync::mpsc::channel();
    let sent = Mutex::new(sent);
    let server = FakeServer::start_with(
        move |method, path| {
            let list = |rows: &[serde_json::Value]| {
                Some(json(&serde_json::json!({"data": rows}).to_string()))
            };
            match (method, path) {
                ("GET", path) if path.contains("onlyUpdates=1") => list(&[]),
                ("GET", path) if path.contains("per_page=100") => {
                    let _ = sent.lock().unwrap().recv();
                    let (deleted, edited) =
                        (changed(7, "", 10, Some(11)), changed(8, "c", 10, None));
                    list(&[deleted, edited])
                }
                ("GET", path) if path.contains("/messages") => list(&[]),
                _ => None,
            }
        },
        move |mut socket| {
            accept(&mut socket);
            send(&mut socket, &change_frame(changed(7, "a", 10, None)));
            for (text, at) in [("b", 9), ("c", 10), ("d", 11)] {
                send(&mut socket, &change_frame(changed(8, text, at, None)));
            }
            // The reply is to come after those frames: a client that answers a later ping has read them.
            await_pong(&mut socket);
            let _ = on_sent.send(());
            send(&mut socket, &message_frame(9, "end"));
            while socket.read().is_ok() {}
        },
    );
    let mut alice = Player::live("alice", settings(server.address));
    let mut told = Vec::new();
    while told.last().is_none_or(|last| last != "new 9") {
        told.push(alice.wait_for("news", |event| match &event {
            Event::MessageReceived(message) => Some(format!("new {}", message.id)),
            _ => telling(&event),
        }));
    }
    assert_eq!(told, ["new 7", "new 8", "edited d", "new 9"]);
}

#[test]
fn d3_a_change_that_comes_while_the_first_page_after_a_login_is_fetched_is_told() {
    let (on_sent, sent) = std::sync::mpsc::channel();
    let sent = Mutex::new(sent);
    let server = FakeServer::start_with(
        move |method, path| {
            let list = |row| Some(json(&serde_json::json!({"data": [row]}).to_string()));
            match (method, path) {
                // The edit was made just before this was asked for.
                ("GET", path) if path.contains("per_page=100") => {
                    let _ = sent.lock().unwrap().recv();
                    list(changed(7, "edited", 10, None))
                }
                ("GET", path) if path.contains("/messages") => list(message(7, "before")),
                _ => None,
            }
        },
        move |mut socket| {
            accept(&mut socket);
            send(&mut socket, &change_frame(changed(7, "edited", 10, None)));
            await_pong(&mut socket);
            // For each list that may be asked for.
            let _ = on_sent.send(());
            let _ = on_sent.send(());
            send(&mut socket, &message_frame(9, "end"));
            while socket.read().is_ok() {}
        },
    );
    let mut alice = Player::live("alice", settings(server.address));
    assert_eq!(next_news(&mut alice), "edited edited");
    assert_eq!(next_news(&mut alice), "new end");
}
