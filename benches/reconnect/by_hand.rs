use std::{
    io,
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tungstenite::Message;

use crate::{
    http::{Connection, data},
    server_process::{APP, KEY},
};

/// A user who is logged in without the crate's client.
pub(crate) struct ByHand {
    uid: String,
    token: String,
    jwt: String,
    connection: Connection,
}

impl ByHand {
    pub(crate) fn log_in(server: SocketAddr, uid: impl Into<String>) -> io::Result<Self> {
        let uid = uid.into();
        let mut connection = Connection::open(server)?;
        let route = format!("users/{uid}/auth_tokens");
        let reply = connection.request("POST", &route, ("apiKey", KEY), "{}")?;
        let token = text(&data(&reply)?["authToken"]);
        let reply = connection.request("PUT", "me", ("authToken", &token), "{}")?;
        let jwt = text(&data(&reply)?["jwt"]);
        Ok(Self {
            uid,
            token,
            jwt,
            connection,
        })
    }

    /// How long it takes to connect, to upgrade and to be let in.
    pub(crate) fn connect(&self, address: SocketAddr) -> io::Result<Duration> {
        let start = Instant::now();
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let (mut socket, _) = tungstenite::client(format!("ws://{address}/"), stream)
            .map_err(|error| io::Error::other(error.to_string()))?;
        let auth = json!({
            "appId": APP, "deviceId": "by hand", "type": "auth", "sender": self.uid,
            "body": {"auth": self.jwt, "deviceId": "by hand", "params": {}},
        });
        socket
            .send(Message::text(auth.to_string()))
            .map_err(io::Error::other)?;
        let reply = socket.read().map_err(io::Error::other)?.into_data();
        let reply: Value = serde_json::from_slice(&reply)?;
        if reply["body"]["code"] == "200" {
            Ok(start.elapsed())
        } else {
            Err(io::Error::other(format!("not let in: {reply}")))
        }
    }

    /// Sends a message; returns when the server says that it is stored.
    pub(crate) fn send(&mut self, receiver: &str, text: &str) -> io::Result<()> {
        let body = json!({
            "type": "text", "receiverType": "user", "category": "message", "receiver": receiver,
            "data": {"text": text}, "text": text,
        });
        let credential = ("authToken", &*self.token);
        self.connection
            .request("POST", "messages", credential, &body.to_string())?;
        Ok(())
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
