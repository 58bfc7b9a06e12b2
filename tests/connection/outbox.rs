use std::{
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use bevy_cometchat::{
    ErrorCode,
    client::{Event, OutboxState, SendHandle},
    connection::ConnectionStatus,
    model::{Message, TextMessage},
    test_util::{NetworkCondition, NetworkSimulator},
};

use super::{
    fake_server::{FakeServer, accept, http, json, message, message_frame, send},
    player::{
        APP, BreakingStore, PATIENCE, Player, ended, network, server, settings, without_network,
    },
};

fn say(player: &Player, muid: &str) -> SendHandle {
    player
        .client
        .send_message(TextMessage::to_user("bob", muid).with_muid(muid))
}

/// Waits until the message is sent, failed or discarded.
fn end_of(player: &mut Player, muid: &str) -> OutboxState {
    player.wait_for(muid, |event| match event {
        Event::OutboxChanged(change) if &*change.muid == muid => {
            Some(change.state).filter(|state| *state != OutboxState::Pending)
        }
        _ => None,
    })
}

fn texts(player: &mut Player, count: usize) -> Vec<String> {
    let text = |message: Message| message.text().unwrap_or_default().to_owned();
    (0..count)
        .map(|_| text(player.wait_for_message()))
        .collect()
}

/// One of alice's own messages to bob, as the server lists it.
fn own_message(id: u64, muid: &str) -> serde_json::Value {
    let user =
        |uid: &str| serde_json::json!({"entity": {"uid": uid, "name": uid}, "entityType": "user"});
    let mut own = message(id, "own");
    own["sender"] = "alice".into();
    own["receiver"] = "bob".into();
    own["muid"] = muid.into();
    own["data"]["entities"] = serde_json::json!({"sender": user("alice"), "receiver": user("bob")});
    own
}

fn list(messages: &[serde_json::Value]) -> Vec<u8> {
    json(&serde_json::json!({"data": messages, "meta": {}}).to_string())
}

fn is_post(method: &str, path: &str) -> bool {
    method == "POST" && path.ends_with("/messages")
}

fn is_look(method: &str, path: &str) -> bool {
    method == "GET" && path.contains("/users/bob/messages?")
}

/// Counts the messages and the looks that reach a server.
#[derive(Clone, Default)]
struct Count {
    posts: Arc<AtomicUsize>,
    looks: Arc<AtomicUsize>,
}

impl Count {
    fn note(&self, method: &str, path: &str) {
        self.posts.fetch_add(is_post(method, path).into(), SeqCst);
        self.looks.fetch_add(is_look(method, path).into(), SeqCst);
    }

    fn get(&self) -> (usize, usize) {
        (self.posts.load(SeqCst), self.looks.load(SeqCst))
    }
}

#[test]
fn o3_what_is_sent_without_a_network_arrives_in_order_once_when_it_is_back() {
    let server = server();
    let network = network(&server);
    let mut alice = Player::live("alice", settings(network.address()));
    let mut bob = Player::live("bob", settings(server.address()));
    without_network(&network, &mut alice);
    let muids: Vec<_> = (0..20).map(|n| n.to_string()).collect();
    let requests: Vec<_> = muids.iter().map(|muid| say(&alice, muid)).collect();
    alice.wait_for("the last one", |event| match event {
        Event::OutboxChanged(change) if *change.muid == *"19" => Some(change.state),
        _ => None,
    });
    assert!(requests.iter().all(|request| request.outcome().is_none()));
    network.set(NetworkCondition::perfect());
    assert_eq!(texts(&mut bob, 20), muids);
    for request in requests {
        ended(request).unwrap();
    }
}

#[test]
fn o3_what_never_left_is_not_looked_for() {
    let count = Count::default();
    let counted = count.clone();
    let api_host = Arc::new(OnceLock::<SocketAddr>::new());
    let told = api_host.clone();
    let server = FakeServer::with_requests(move |method, path| {
        counted.note(method, path);
        let settings =
            serde_json::json!({"CLIENT_API_HOST": told.get(), "CHAT_API_VERSION": "v3.0"});
        let me = serde_json::json!({"data": {
            "uid": "alice", "name": "Alice", "authToken": "token", "jwt": "jwt", "settings": settings,
        }});
        (method == "PUT").then(|| json(&me.to_string()))
    });
    let network = NetworkSimulator::start(server.address, 1).unwrap();
    api_host.set(network.address()).unwrap();
    let settings = settings(network.address()).auto_establish_socket_connection(false);
    let mut alice = Player::logged_in("alice", settings);
    network.set(NetworkCondition::refusing());
    network.reset_all();
    let request = say(&alice, "m");
    alice.wait_for("m", |event| {
        matches!(event, Event::OutboxChanged(_)).then_some(())
    });
    network.set(NetworkCondition::perfect());
    assert_eq!(ended(request).unwrap().id.0, 7);
    assert_eq!(count.get(), (1, 0));
}

#[test]
fn o5_a_lost_reply_is_resolved_by_looking_and_nothing_is_sent_twice() {
    let count = Count::default();
    let counted = count.clone();
    let server = FakeServer::with_requests(move |method, path| {
        counted.note(method, path);
        match (is_post(method, path), is_look(method, path)) {
            // The connection ends without a reply.
            (true, _) => Some(Vec::new()),
            (_, true) => Some(list(&[message(3, "bob's"), own_message(9, "m")])),
            _ => None,
        }
    });
    let mut alice = Player::logged_in("alice", settings(server.address));
    let request = say(&alice, "m");
    assert!(matches!(end_of(&mut alice, "m"), OutboxState::Sent(message) if message.id.0 == 9));
    assert_eq!(ended(request).unwrap().id.0, 9);
    assert_eq!(count.get(), (1, 1));
}

#[test]
fn o5_every_kind_of_lost_reply_is_looked_for() {
    let answers = [
        ("half a head", b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
        (
            "half a body",
            b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}".to_vec(),
        ),
        (
            "a proxy's words",
            http("502 Bad Gateway", "text/html", "<h1>502</h1>"),
        ),
        (
            "a server that failed",
            http(
                "500 Internal Server Error",
                "application/json",
                r#"{"error":{"code":"ERR_INTERNAL_SERVER","message":"?"}}"#,
            ),
        ),
        ("no message", json(r#"{"data":{}}"#)),
    ];
    for (what, answer) in answers {
        let count = Count::default();
        let counted = count.clone();
        let server = FakeServer::with_requests(move |method, path| {
            counted.note(method, path);
            match (is_post(method, path), is_look(method, path)) {
                (true, _) => Some(answer.clone()),
                (_, true) => Some(list(&[own_message(9, "m")])),
                _ => None,
            }
        });
        let mut alice = Player::logged_in("alice", settings(server.address));
        say(&alice, "m");
        let end = end_of(&mut alice, "m");
        assert!(matches!(end, OutboxState::Sent(_)), "{what}: {end:?}");
        assert_eq!(count.get(), (1, 1), "{what}");
    }
}

#[test]
fn o5_a_reply_that_takes_too_long_is_looked_for() {
    let server = FakeServer::with_requests(|method, path| {
        if is_post(method, path) {
            thread::sleep(Duration::from_secs(2));
        }
        is_look(method, path).then(|| list(&[own_message(9, "m")]))
    });
    let settings = settings(server.address).request_timeout(Duration::from_millis(300));
    let alice = Player::logged_in("alice", settings);
    assert_eq!(ended(say(&alice, "m")).unwrap().id.0, 9);
}

#[test]
fn o5_what_is_surely_not_there_is_sent_again() {
    let count = Count::default();
    let counted = count.clone();
    let server = FakeServer::with_requests(move |method, path| {
        counted.note(method, path);
        match (is_post(method, path), is_look(method, path)) {
            (true, _) if counted.get().0 == 1 => Some(Vec::new()),
            (_, true) => Some(list(&[message(3, "bob's")])),
            _ => None,
        }
    });
    let alice = Player::logged_in("alice", settings(server.address));
    assert_eq!(ended(say(&alice, "m")).unwrap().id.0, 7);
    assert_eq!(count.get(), (2, 2), "looked for twice before");
}

#[test]
fn o5_an_own_message_that_is_recovered_settles_it_and_is_not_received() {
    let was_posted = Arc::new(AtomicBool::new(false));
    let (noted, seen) = (was_posted.clone(), was_posted);
    let server = FakeServer::start_with(
        move |method, path| {
            if is_post(method, path) {
                noted.store(true, SeqCst);
                return Some(Vec::new());
            }
            if is_look(method, path) {
                return Some(http("502 Bad Gateway", "text/html", "<h1>502</h1>"));
            }
            let was_posted = noted.load(SeqCst);
            let is_history =
                method == "GET" && path.contains("/v3.0/messages?") && path.contains("prepend");
            (is_history && was_posted)
                .then(|| list(&[message(8, "bob's"), own_message(9, "m"), message(10, "too")]))
        },
        move |mut socket| {
            accept(&mut socket);
            send(&mut socket, &message_frame(7, "first"));
            // The first connection breaks when the message is on its way; the next one stays.
            if !seen.load(SeqCst) {
                while !seen.load(SeqCst) {
                    thread::yield_now();
                }
                return;
            }
            while socket.read().is_ok() {}
        },
    );
    let mut alice = Player::live("alice", settings(server.address));
    alice.wait_for_message();
    let request = say(&alice, "m");
    let (mut received, mut sent) = (Vec::new(), Vec::new());
    let recovered = alice.wait_for("recovery", |event| match event {
        Event::MessageReceived(message) => {
            received.push(message.id.0);
            None
        }
        Event::OutboxChanged(change) => {
            if let OutboxState::Sent(message) = change.state {
                sent.push(message.id.0);
            }
            None
        }
        Event::MessagesRecovered(recovery) => Some(recovery.recovered),
        _ => None,
    });
    assert_eq!((recovered, received, sent), (2, vec![8, 10], vec![9]));
    ended(request).unwrap();
}

#[test]
fn o4_a_refusal_fails_the_message_and_a_resend_sends_it() {
    let server = server();
    let mut alice = Player::live("alice", settings(server.address()));
    let bob = Player::live("bob", settings(server.address()));
    let hidden = TextMessage::to_user("nobody", "hi").with_muid("m");
    let error = ended(alice.client.send_message(hidden)).unwrap_err();
    assert_eq!(error.code.as_str(), "ERR_UID_NOT_FOUND");
    assert!(matches!(end_of(&mut alice, "m"), OutboxState::Failed(_)));
    let error = ended(alice.client.resend("m")).unwrap_err();
    assert_eq!(error.code.as_str(), "ERR_UID_NOT_FOUND");
    ended(alice.client.discard("m")).unwrap();
    let gone = ended(alice.client.resend("m")).unwrap_err();
    assert_eq!(gone.code, ErrorCode::NotInOutbox);
    drop(bob);
}

#[test]
fn o5_a_black_hole_in_the_middle_of_it_loses_and_doubles_nothing() {
    let server = server();
    let network = network(&server);
    let settings_of_alice = settings(network.address()).request_timeout(Duration::from_millis(500));
    let mut alice = Player::live("alice", settings_of_alice);
    let mut bob = Player::live("bob", settings(server.address()));
    ended(say(&alice, "before")).unwrap();
    network.set(NetworkCondition::black_hole());
    let requests: Vec<_> = ["1", "2", "3"].map(|muid| say(&alice, muid)).into();
    // An attempt ends without an answer, and a look too.
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(1_500) {
        alice.drain();
        thread::yield_now();
    }
    network.set(NetworkCondition::perfect());
    for request in requests {
        ended(request).unwrap();
    }
    assert_eq!(texts(&mut bob, 4), ["before", "1", "2", "3"]);
    ended(say(&alice, "after")).unwrap();
    assert_eq!(texts(&mut bob, 1), ["after"], "none of them once more");
}

#[test]
fn o5_a_server_that_restarts_again_and_again_loses_and_doubles_nothing() {
    let server = server();
    let network = network(&server);
    let alice = Player::live("alice", settings(network.address()));
    let mut bob = Player::live("bob", settings(server.address()));
    let (up, down) = (Duration::from_millis(300), Duration::from_millis(150));
    network.set(
        NetworkCondition::perfect()
            .latency(Duration::from_millis(20))
            .restarts(up, down),
    );
    let muids: Vec<_> = (0..10).map(|n| n.to_string()).collect();
    let requests: Vec<_> = muids.iter().map(|muid| say(&alice, muid)).collect();
    for request in requests {
        ended(request).unwrap();
    }
    assert_eq!(texts(&mut bob, 10), muids);
}

#[test]
fn o7_unsent_messages_survive_the_end_of_the_game() {
    let server = server();
    let network = network(&server);
    let directory = tempfile::tempdir().unwrap();
    let settings_of_alice = || {
        settings(network.address())
            .session_directory(directory.path())
            .persistent_outbox(true)
    };
    let mut bob = Player::live("bob", settings(server.address()));
    let mut alice = Player::live("alice", settings_of_alice());
    without_network(&network, &mut alice);
    for muid in ["1", "2"] {
        say(&alice, muid);
    }
    alice.wait_for("2", |event| match event {
        Event::OutboxChanged(change) if *change.muid == *"2" => Some(()),
        _ => None,
    });
    alice.client.shut_down();
    alice.rest();
    network.set(NetworkCondition::perfect());

    let mut again = Player::new(settings_of_alice());
    for muid in ["1", "2"] {
        assert!(matches!(end_of(&mut again, muid), OutboxState::Sent(_)));
    }
    assert_eq!(texts(&mut bob, 2), ["1", "2"]);
    let saved = std::fs::read_to_string(directory.path().join("session.json")).unwrap();
    assert!(!saved.contains("outbox"), "{saved}");
}

#[test]
fn o7_a_message_that_was_on_its_way_at_the_end_is_looked_for_at_the_next_start() {
    let count = Count::default();
    let counted = count.clone();
    let server = FakeServer::with_requests(move |method, path| {
        counted.note(method, path);
        if is_post(method, path) {
            thread::sleep(Duration::from_secs(3));
        }
        is_look(method, path).then(|| list(&[own_message(9, "m")]))
    });
    let directory = tempfile::tempdir().unwrap();
    let settings = || {
        settings(server.address)
            .session_directory(directory.path())
            .persistent_outbox(true)
    };
    let mut alice = Player::logged_in("alice", settings());
    say(&alice, "m");
    let deadline = Instant::now() + PATIENCE;
    while count.get().0 == 0 {
        assert!(Instant::now() < deadline, "the message never left");
        alice.drain();
        thread::yield_now();
    }
    alice.client.shut_down();
    alice.rest();

    let mut again = Player::new(settings());
    assert!(matches!(end_of(&mut again, "m"), OutboxState::Sent(message) if message.id.0 == 9));
    assert_eq!(count.get(), (1, 1));
}

#[test]
fn o7_a_message_that_could_not_be_saved_is_not_said_to_stay() {
    let server = server();
    let network = network(&server);
    let store = Arc::new(BreakingStore::default());
    let settings = || {
        settings(network.address())
            .session_store(store.clone())
            .persistent_outbox(true)
    };
    let mut alice = Player::live("alice", settings());
    without_network(&network, &mut alice);
    store.broken.store(true, SeqCst);
    let lost = say(&alice, "m");
    let pending = |event| matches!(event, Event::OutboxChanged(_)).then_some(());
    alice.wait_for("a message that waits", pending);
    ended(alice.client.init(APP, settings().build())).unwrap();
    assert_eq!(ended(lost).unwrap_err().code, ErrorCode::Cancelled);
    assert!(matches!(end_of(&mut alice, "m"), OutboxState::Failed(_)));

    let lost = say(&alice, "n");
    alice.wait_for("a message that waits", pending);
    alice.client.shut_down();
    assert_eq!(ended(lost).unwrap_err().code, ErrorCode::Cancelled);
}

#[test]
fn o7_and_s5_a_logout_leaves_no_message_behind() {
    let server = server();
    let network = network(&server);
    let directory = tempfile::tempdir().unwrap();
    let settings = settings(network.address())
        .session_directory(directory.path())
        .persistent_outbox(true);
    let mut alice = Player::live("alice", settings);
    without_network(&network, &mut alice);
    let request = say(&alice, "m");
    ended(alice.client.logout()).unwrap();
    assert_eq!(ended(request).unwrap_err().code, ErrorCode::Cancelled);
    let saved = std::fs::read_to_string(directory.path().join("session.json")).unwrap();
    assert!(!saved.contains("outbox"), "{saved}");
}

#[test]
fn s7_an_outbox_that_cannot_be_read_is_set_aside_with_its_session() {
    let server = server();
    let network = network(&server);
    let directory = tempfile::tempdir().unwrap();
    let settings_of_alice = || {
        settings(network.address())
            .session_directory(directory.path())
            .persistent_outbox(true)
    };
    let mut alice = Player::live("alice", settings_of_alice());
    without_network(&network, &mut alice);
    say(&alice, "m");
    alice.wait_for("m", |event| {
        matches!(event, Event::OutboxChanged(_)).then_some(())
    });
    alice.client.shut_down();
    alice.rest();
    let file = directory.path().join("session.json");
    let saved = std::fs::read_to_string(&file).unwrap();
    let bad = saved.replacen(r#""queued_at":"#, r#""queued":"#, 1);
    assert_ne!(bad, saved);
    std::fs::write(&file, bad).unwrap();

    let mut again = Player::new(settings_of_alice());
    again.wait_for("it", |event| {
        matches!(event, Event::SessionSetAside { .. }).then_some(())
    });
    assert!(directory.path().join("session.unusable.json").exists());
    again.log_in("alice").unwrap_err();
    network.set(NetworkCondition::perfect());
    again.log_in("alice").unwrap();
    again.wait_until(ConnectionStatus::Connected);
}

#[test]
fn o9_a_server_that_asks_to_wait_is_heard() {
    let count = Count::default();
    let counted = count.clone();
    let server = FakeServer::with_requests(move |method, path| {
        counted.note(method, path);
        (is_post(method, path) && counted.get().0 == 1).then(|| {
            let body = r#"{"error":{"code":"ERR_TOO_MANY_REQUESTS","message":"slow down"}}"#;
            let head = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 2\r\nconnection: close";
            format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
        })
    });
    let mut alice = Player::logged_in("alice", settings(server.address));
    let request = say(&alice, "m");
    let pause = alice.wait_for("pause", |event| match event {
        Event::SendsPaused(pause) => Some(*pause),
        _ => None,
    });
    let told_at = Instant::now();
    assert_eq!(pause.retry_in, Duration::from_secs(2));
    assert_eq!(pause.error.unwrap().code, ErrorCode::RateLimited);
    ended(request).unwrap();
    assert!(told_at.elapsed() > Duration::from_millis(1_800));
    assert_eq!(count.get().0, 2);
}
