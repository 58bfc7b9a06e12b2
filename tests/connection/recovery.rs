use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bevy_cometchat::{
    ErrorCode,
    client::{Event, Recovery},
    connection::ConnectionStatus,
    model::{MessageId, TextMessage},
    test_util::NetworkCondition,
};

use super::{
    fake_server::{FakeServer, accept, await_pong, json, message, message_frame, send},
    player::{Player, ended, network, server, settings, without_network},
};

fn say(player: &Player, to: &str, text: impl Into<std::sync::Arc<str>>) -> MessageId {
    ended(player.client.send_message(TextMessage::to_user(to, text)))
        .expect("the message is stored")
        .id
}

/// The ids that arrive until the client has told what it recovered.
fn recovered(player: &mut Player) -> (Vec<MessageId>, Recovery) {
    let mut ids = Vec::new();
    let recovery = player.wait_for("recovery", |event| match event {
        Event::MessageReceived(message) => {
            ids.push(message.id);
            None
        }
        Event::MessagesRecovered(recovery) => Some(*recovery),
        _ => None,
    });
    (ids, recovery)
}

#[test]
fn d3_what_was_missed_comes_in_order_once_and_before_what_is_live() {
    let server = server();
    let network = network(&server);
    let mut alice = Player::live("alice", settings(network.address()));
    let bob = Player::live("bob", settings(server.address()));
    say(&bob, "alice", "before");
    alice.wait_for_message();
    without_network(&network, &mut alice);
    // More than a page.
    let missed: Vec<_> = (0..230)
        .map(|n| say(&bob, "alice", format!("missed {n}")))
        .collect();
    network.set(NetworkCondition::perfect());
    let (ids, recovery) = recovered(&mut alice);
    assert_eq!(ids, missed);
    assert_eq!((recovery.recovered, recovery.gap), (230, None));
    let live = say(&bob, "alice", "live");
    assert_eq!(alice.wait_for_message().id, live);
}

#[test]
fn d3_messages_sent_while_it_catches_up_are_neither_lost_nor_doubled() {
    let server = server();
    let network = network(&server);
    let mut alice = Player::live("alice", settings(network.address()));
    let bob = Player::live("bob", settings(server.address()));
    for round in 0..10 {
        without_network(&network, &mut alice);
        let mut sent: Vec<_> = (0..5)
            .map(|n| say(&bob, "alice", format!("{round}.{n}")))
            .collect();
        network.set(NetworkCondition::perfect());
        sent.extend((5..60).map(|n| say(&bob, "alice", format!("{round}.{n}"))));
        let received: Vec<_> = sent.iter().map(|_| alice.wait_for_message().id).collect();
        assert_eq!(received, sent);
    }
}

#[test]
fn d3_a_restarted_game_gets_what_it_missed_and_nothing_twice() {
    let server = server();
    let directory = tempfile::tempdir().unwrap();
    let settings = || settings(server.address()).session_directory(directory.path());
    let bob = Player::live("bob", super::player::settings(server.address()));
    let mut alice = Player::live("alice", settings());
    say(&bob, "alice", "seen");
    alice.wait_for_message();
    let own = say(&alice, "bob", "sent by alice herself");
    say(&bob, "alice", "seen too");
    alice.wait_for_message();
    alice.client.shut_down();
    alice.rest();
    let missed = vec![
        say(&bob, "alice", "missed"),
        say(&bob, "alice", "missed too"),
    ];

    let mut again = Player::new(settings());
    let (ids, recovery) = recovered(&mut again);
    assert_eq!(ids, missed);
    assert_eq!(recovery.recovered, 2);
    assert!(!ids.contains(&own));
}

#[test]
fn d3_a_restarted_game_does_not_receive_what_it_sent_last() {
    let server = server();
    let directory = tempfile::tempdir().unwrap();
    let settings = || settings(server.address()).session_directory(directory.path());
    let mut alice = Player::live("alice", settings());
    say(&alice, "bob", "nobody has answered yet");
    alice.client.shut_down();
    alice.rest();
    let mut again = Player::new(settings());
    let (ids, _) = recovered(&mut again);
    assert_eq!(ids, []);
}

#[test]
fn d3_what_the_own_device_sent_while_offline_is_not_received() {
    let server = server();
    let network = network(&server);
    let mut alice = Player::live("alice", settings(server.address()).session_in_memory());
    let mut bob = Player::live("bob", settings(network.address()));
    without_network(&network, &mut bob);
    let missed = say(&alice, "bob", "one");
    network.set(NetworkCondition::perfect());
    let (ids, _) = recovered(&mut bob);
    assert_eq!(ids, [missed]);
    ended(alice.client.disconnect()).unwrap();
    alice.wait_until(ConnectionStatus::Disconnected);
    // Sending needs no connection.
    say(&alice, "bob", "two");
    ended(alice.client.connect()).unwrap();
    let (ids, recovery) = recovered(&mut alice);
    assert_eq!((ids.len(), recovery.recovered), (0, 0));
}

#[test]
fn d3_what_is_beyond_the_limit_is_announced_with_its_bounds() {
    let server = server();
    let network = network(&server);
    let mut alice = Player::live("alice", settings(network.address()).recovery_limit(50));
    let bob = Player::live("bob", settings(server.address()));
    let seen = say(&bob, "alice", "before");
    alice.wait_for_message();
    without_network(&network, &mut alice);
    let missed: Vec<_> = (0..120)
        .map(|n| say(&bob, "alice", format!("missed {n}")))
        .collect();
    network.set(NetworkCondition::perfect());
    let (ids, recovery) = recovered(&mut alice);
    assert_eq!(ids, missed[70..], "the newest ones");
    let gap = recovery.gap.expect("a gap");
    assert_eq!(
        (gap.after, gap.before, gap.error),
        (seen, Some(missed[70]), None)
    );
}

#[test]
fn d3_history_that_cannot_be_read_is_announced_as_a_gap() {
    let server = FakeServer::losing_the_first(
        |method, path| {
            let is_history = method == "GET" && path.contains("/messages?");
            is_history.then(|| json(r#"{"error":{"code":"ERR_BUSY","message":"later"}}"#))
        },
        message_frame(7, "only this"),
    );
    let mut alice = Player::live("alice", settings(server.address));
    assert_eq!(alice.wait_for_message().id, MessageId(7));
    let (ids, recovery) = recovered(&mut alice);
    assert!(ids.is_empty());
    let gap = recovery.gap.expect("a gap");
    assert_eq!((gap.after, gap.before), (MessageId(7), None));
    assert_eq!(gap.error.unwrap().code, ErrorCode::Other("ERR_BUSY".into()));
}

/// Answers a request for messages before an id with at most 10, of 7 to 20; more would be too long to read. A request
/// for the newest one comes before there are any.
fn answer_with_short_pages(method: &str, path: &str) -> Option<Vec<u8>> {
    let (_, query) = path.split_once("/messages?").filter(|_| method == "GET")?;
    let number = |name: &str| {
        let value = query.split('&').find_map(|it| it.strip_prefix(name))?;
        value.parse::<u64>().ok()
    };
    let per_page = number("per_page=").unwrap_or(100);
    if per_page > 10 {
        return Some(json(&" ".repeat(9 << 20)));
    }
    let rows: Vec<_> = if query.contains("affix=prepend") && per_page > 1 {
        let before = number("id=").unwrap_or(21);
        let first = before.saturating_sub(per_page).max(7);
        (first..before).map(|id| message(id, "missed")).collect()
    } else {
        Vec::new()
    };
    Some(json(&serde_json::json!({"data": rows}).to_string()))
}

#[test]
fn d3_a_page_too_long_to_read_is_fetched_in_parts() {
    let server = FakeServer::losing_the_first(answer_with_short_pages, message_frame(7, "first"));
    let mut alice = Player::live("alice", settings(server.address));
    for id in 7..=20 {
        let next = alice.wait_for("message", |event| match event {
            Event::MessageReceived(message) => Some(message.id.0),
            Event::MessagesRecovered(recovery) => {
                assert_eq!((recovery.gap, recovery.changes_gap), (None, None));
                None
            }
            _ => None,
        });
        assert_eq!(next, id);
    }
}

/// Its second socket comes after the messages 8 to 11. The list has 10 from the second time on that it is asked for then.
fn server_whose_list_lags() -> FakeServer {
    let sockets = Arc::new(AtomicUsize::new(0));
    let asked = AtomicUsize::new(0);
    let opened = sockets.clone();
    let on_request = move |method: &str, path: &str| {
        let is_list = method == "GET" && path.contains("/messages?");
        let ids: &[u64] = if path.contains("onlyUpdates") || opened.load(Ordering::Relaxed) == 0 {
            &[]
        } else if opened.load(Ordering::Relaxed) == 1 {
            &[7]
        } else if asked.fetch_add(1, Ordering::Relaxed) == 0 {
            &[7, 8, 9, 11]
        } else {
            &[7, 8, 9, 10, 11]
        };
        let rows: Vec<_> = ids.iter().map(|id| message(*id, "missed")).collect();
        is_list.then(|| json(&serde_json::json!({ "data": rows }).to_string()))
    };
    FakeServer::start_with(on_request, move |mut socket| {
        if sockets.fetch_add(1, Ordering::Relaxed) > 0 {
            accept(&mut socket);
            while socket.read().is_ok() {}
            return;
        }
        accept(&mut socket);
        send(&mut socket, &message_frame(7, "first"));
        await_pong(&mut socket);
    })
}

#[test]
fn d3_a_message_that_lists_did_not_have_yet_comes_some_seconds_after_the_recovery() {
    let server = server_whose_list_lags();
    let settings =
        settings(server.address).timing(|timing| timing.recheck_after = Duration::from_millis(200));
    let mut alice = Player::live("alice", settings);
    assert_eq!(alice.wait_for_message().id, MessageId(7));
    // The first connection, which was lost, may have ended its recovery.
    let mut recoveries = std::iter::repeat_with(|| recovered(&mut alice));
    let mut recoveries = recoveries.by_ref().filter(|(ids, _)| !ids.is_empty());
    let (ids, _) = recoveries.next().expect("a recovery");
    assert_eq!(ids, [8, 9, 11].map(MessageId));
    let (ids, recovery) = recoveries.next().expect("a recheck");
    assert_eq!((ids, recovery.recovered), (vec![MessageId(10)], 1));
    assert_eq!((recovery.gap, recovery.changes_gap), (None, None));
}

#[test]
fn d3_a_recheck_in_the_infinite_future_does_no_harm() {
    let server = server_whose_list_lags();
    let settings = settings(server.address).timing(|timing| timing.recheck_after = Duration::MAX);
    let mut alice = Player::live("alice", settings);
    while recovered(&mut alice).0.is_empty() {}
    ended(alice.client.user("bob")).expect("the client runs on");
}

#[test]
fn d4_a_message_that_arrives_twice_is_delivered_once() {
    let server = FakeServer::with_socket(|mut socket| {
        accept(&mut socket);
        for id in [1, 2, 2, 1, 3] {
            send(&mut socket, &message_frame(id, "again?"));
        }
        while socket.read().is_ok() {}
    });
    let mut alice = Player::live("alice", settings(server.address));
    let ids: Vec<_> = (0..3).map(|_| alice.wait_for_message().id.0).collect();
    assert_eq!(ids, [1, 2, 3]);
    assert_eq!(alice.client.counters().duplicates(), 2);
}

#[test]
fn s6_a_token_that_history_does_not_know_ends_the_session() {
    let server = FakeServer::losing_the_first(
        |method, path| {
            let is_history = method == "GET" && path.contains("/messages?");
            is_history.then(|| {
                json(r#"{"error":{"code":"AUTH_ERR_AUTH_TOKEN_NOT_FOUND","message":"?"}}"#)
            })
        },
        message_frame(7, "first"),
    );
    let settings = settings(server.address).token_renewal_timeout(Duration::from_millis(100));
    let mut alice = Player::live("alice", settings);
    alice.wait_for("the end of the session", |event| {
        matches!(
            event,
            Event::LoggedOut {
                cause: bevy_cometchat::connection::Cause::TokenUnknown,
                ..
            }
        )
        .then_some(())
    });
}

#[test]
fn rows_that_cannot_be_read_are_counted_and_cost_nothing_else() {
    let server = FakeServer::losing_the_first(
        |method, path| {
            let rows = serde_json::json!({"data": [message(9, "fine"), {"id": "10"}, 17]});
            (method == "GET" && path.contains("per_page=100")).then(|| json(&rows.to_string()))
        },
        message_frame(7, "first"),
    );
    let mut alice = Player::live("alice", settings(server.address));
    assert_eq!(alice.wait_for_message().id, MessageId(7));
    let (ids, recovery) = recovered(&mut alice);
    assert_eq!((ids, recovery.gap), (vec![MessageId(9)], None));
    assert_eq!(alice.client.counters().malformed(), 4, "two in either list");
}

#[test]
fn d3_what_is_missed_right_after_the_first_connection_comes_too() {
    let server = server();
    let network = network(&server);
    let bob = Player::live("bob", settings(server.address()));
    network.set(NetworkCondition::perfect().latency(Duration::from_millis(50)));
    let mut alice = Player::live("alice", settings(network.address()));
    without_network(&network, &mut alice);
    let missed = say(&bob, "alice", "missed");
    network.set(NetworkCondition::perfect());
    assert_eq!(alice.wait_for_message().id, missed);
}
