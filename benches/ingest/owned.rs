//! What a program without this crate would do: a blocking socket, and each frame parsed into a struct that owns
//! its strings.

use std::{
    io::Write,
    net::{SocketAddr, TcpStream},
};

use serde::Deserialize;
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket, protocol::WebSocketConfig};

use crate::plan::Plan;

/// The same fields as this crate's message has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "filling them in is the work that is measured")]
pub(crate) struct OwnedMessage {
    pub(crate) id: String,
    muid: Option<String>,
    conversation_id: String,
    sent_at: u64,
    category: String,
    r#type: String,
    parent_id: Option<String>,
    data: Data,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "filling them in is the work that is measured")]
struct Data {
    text: Option<String>,
    metadata: Option<Value>,
    entities: Entities,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "filling them in is the work that is measured")]
struct Entities {
    sender: Entity,
    receiver: Entity,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "filling them in is the work that is measured")]
struct Entity {
    entity: OwnedUser,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "filling them in is the work that is measured")]
struct OwnedUser {
    uid: String,
    name: String,
    avatar: Option<String>,
    link: Option<String>,
    role: Option<String>,
    status: Option<String>,
    status_message: Option<String>,
    last_active_at: Option<u64>,
    #[serde(default)]
    tags: Vec<String>,
    metadata: Option<Value>,
    #[serde(default)]
    blocked_by_me: bool,
    #[serde(default)]
    has_blocked_me: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame<'a> {
    r#type: &'a str,
    device_id: &'a str,
    body: OwnedMessage,
}

/// A connection that has authenticated.
pub(crate) struct OwnedMessages(WebSocket<TcpStream>);

impl OwnedMessages {
    pub(crate) fn connect(address: SocketAddr, plan: Plan) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket has no delay");
        let config = WebSocketConfig::default()
            .read_buffer_size(64 * 1024)
            .write_buffer_size(0);
        let url = format!("ws://{address}/");
        let (mut socket, _) =
            tungstenite::client::client_with_config(url, stream, Some(config)).expect("an upgrade");
        let auth = json!({"type": "auth", "sender": plan.to_string(), "body": {}});
        socket
            .send(Message::text(auth.to_string()))
            .expect("the server reads");
        socket.get_mut().flush().expect("the server reads");
        socket.read().expect("the server answers");
        Self(socket)
    }

    /// Waits for the next message that another device sent.
    pub(crate) fn next(&mut self) -> OwnedMessage {
        loop {
            let Message::Text(text) = self.0.read().expect("the server goes on") else {
                continue;
            };
            let frame: Frame<'_> = serde_json::from_str(&text).expect("the frame is well-formed");
            if frame.r#type == "message" && frame.device_id != "own" {
                return frame.body;
            }
        }
    }
}

impl OwnedMessage {
    pub(crate) fn number(&self) -> u64 {
        self.id.parse().expect("an id is a number")
    }
}
