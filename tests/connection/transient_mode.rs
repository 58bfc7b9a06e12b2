//! What the server's settings leave of typing, receipts and transient messages.

use std::{
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        mpsc::{self, Receiver},
    },
};

use bevy_cometchat::{
    ErrorCode,
    client::{AppSettingsBuilder, MemoryStore},
    connection::ConnectionStatus,
    model::{TransientMessage, Uid},
};
use serde_json::{Value, json};
use tungstenite::Message as Frame;

use super::{
    fake_server::{self, FakeServer, accept, message_frame, send},
    player::{Player, ended, settings},
};

/// A server with this mode in its settings, which sends a message at first, and the frames that it is sent.
fn server(mode: &'static str) -> (FakeServer, Receiver<Value>) {
    let (frames, sent) = mpsc::channel();
    let own_address: Arc<OnceLock<SocketAddr>> = Arc::default();
    let address = own_address.clone();
    let on_request = move |method: &str, path: &str| {
        let address = address.get()?;
        let me = json!({"data": {
            "uid": "alice", "name": "Alice", "authToken": "token", "jwt": "jwt",
            "settings": {"CHAT_HOST": address.ip(), "CHAT_WSS_PORT": address.port(), "MODE": mode},
        }});
        (method == "PUT" && path.ends_with("/me")).then(|| fake_server::json(&me.to_string()))
    };
    let server = FakeServer::start_with(on_request, move |mut socket| {
        accept(&mut socket);
        send(&mut socket, &message_frame(7, "hi"));
        while let Ok(frame) = socket.read() {
            if let Frame::Text(text) = frame {
                let _ = frames.send(serde_json::from_str(&text).expect("JSON"));
            }
        }
    });
    own_address.set(server.address).expect("set once");
    (server, sent)
}

/// Settings for a client whose session outlives it.
fn kept_in(store: &Arc<MemoryStore>, server: &FakeServer) -> AppSettingsBuilder {
    settings(server.address).session_store(store.clone())
}

fn bob() -> Uid {
    "bob".into()
}

fn emote(word: &str) -> TransientMessage {
    TransientMessage::new(bob(), &json!({"emote": word})).expect("JSON")
}

#[test]
fn limited_transient_means_no_typing_and_no_receipts() {
    let (server, sent) = server("LIMITED_TRANSIENT");
    let store = Arc::default();
    let mut alice = Player::live("alice", kept_in(&store, &server));
    let message = alice.wait_for_message();
    for mark in [
        alice.client.mark_as_read(&message),
        alice.client.mark_as_delivered(&message),
    ] {
        let refused = ended(mark).expect_err("receipts are blocked").code;
        assert_eq!(refused, ErrorCode::ReceiptsDisabled);
    }
    ended(alice.client.start_typing(bob())).expect("silence");
    ended(alice.client.end_typing(bob())).expect("silence");
    ended(alice.client.send_transient_message(emote("wave"))).expect("that is allowed");
    let first = sent.recv().expect("a frame");
    assert_eq!(first["type"], "transient_message", "{first}");
    assert_eq!(alice.client.counters().withheld(), 0);
}

#[test]
fn no_transient_means_no_transient_messages_either_also_after_a_restart() {
    let (server, sent) = server("NO_TRANSIENT");
    let store = Arc::default();
    drop(Player::live("alice", kept_in(&store, &server)));
    let mut alice = Player::new(kept_in(&store, &server));
    alice.wait_until(ConnectionStatus::Connected);
    ended(alice.client.start_typing(bob())).expect("silence");
    ended(alice.client.send_transient_message(emote("wave"))).expect("silence");
    assert_eq!(alice.client.counters().withheld(), 1);
    drop(alice.client.ping());
    let first = sent.recv().expect("a frame");
    assert_eq!(first["action"], "ping", "{first}");
}

#[test]
fn the_default_mode_lets_everything_through() {
    let (server, sent) = server("DEFAULT");
    let store = Arc::default();
    let mut alice = Player::live("alice", kept_in(&store, &server));
    let message = alice.wait_for_message();
    ended(alice.client.start_typing(bob())).expect("a frame");
    ended(alice.client.send_transient_message(emote("wave"))).expect("a frame");
    ended(alice.client.mark_as_read(&message)).expect("a frame");
    let kinds = [(); 3].map(|()| sent.recv().expect("a frame")["type"].clone());
    assert_eq!(kinds, ["typing_indicator", "transient_message", "receipts"]);
}
