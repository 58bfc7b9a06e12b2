use std::{
    io,
    net::{SocketAddr, TcpStream},
    thread,
};

use serde_json::{Value, json};
use tungstenite::{Message, protocol::WebSocketConfig};

use crate::{
    IDLE, MEMBERS,
    http::{Connection, data},
    server_process::{APP, KEY},
};

/// The group that the first players are in.
pub(crate) const GROUP: &str = "crowd";

/// How many players do at once what each does for itself.
const AT_ONCE: usize = 32;

/// A user who is logged in.
pub(crate) struct Player {
    uid: String,
    pub(crate) token: String,
    jwt: String,
}

pub(crate) fn uid(number: usize) -> String {
    format!("player-{number}")
}

impl Player {
    pub(crate) fn log_in_all(server: SocketAddr) -> io::Result<Vec<Self>> {
        let numbers: Vec<_> = (0..IDLE).collect();
        in_parallel(&numbers, |numbers| {
            let mut connection = Connection::open(server)?;
            let log_in = |number: &usize| Self::log_in(&mut connection, uid(*number));
            numbers.iter().map(log_in).collect()
        })
    }

    fn log_in(connection: &mut Connection, uid: String) -> io::Result<Self> {
        let route = format!("users/{uid}/auth_tokens");
        let reply = connection.request("POST", &route, ("apiKey", KEY), "{}")?;
        let token = text(&data(&reply)?["authToken"]);
        let reply = connection.request("PUT", "me", ("authToken", &token), "{}")?;
        let jwt = text(&data(&reply)?["jwt"]);
        Ok(Self { uid, token, jwt })
    }

    /// The sockets of players, on which nothing is left to read.
    pub(crate) fn connect_all(server: SocketAddr, players: &[Self]) -> io::Result<Vec<TcpStream>> {
        in_parallel(players, |players| {
            players
                .iter()
                .map(|player| player.connect(server))
                .collect()
        })
    }

    fn connect(&self, server: SocketAddr) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        // Thousands of them are open at a time.
        let config = WebSocketConfig::default().read_buffer_size(1024);
        let url = format!("ws://{server}/");
        let (mut socket, _) = tungstenite::client::client_with_config(url, stream, Some(config))
            .map_err(|error| io::Error::other(error.to_string()))?;
        let auth = json!({
            "appId": APP, "deviceId": self.uid, "type": "auth", "sender": self.uid,
            "body": {"auth": self.jwt, "deviceId": self.uid, "params": {}},
        });
        socket
            .send(Message::text(auth.to_string()))
            .map_err(io::Error::other)?;
        let reply = socket.read().map_err(io::Error::other)?.into_data();
        let reply: Value = serde_json::from_slice(&reply)?;
        if reply["body"]["code"] == "200" {
            Ok(socket.into_inner())
        } else {
            Err(io::Error::other(format!("not let in: {reply}")))
        }
    }
}

/// The most entries that a server takes in a list.
const MAX_LISTED: usize = 100;

/// Makes the first player the owner of a group of [`MEMBERS`].
pub(crate) fn form_group(server: SocketAddr, players: &[Player]) -> io::Result<()> {
    let mut connection = Connection::open(server)?;
    let owner = ("authToken", &*players[0].token);
    let group = json!({"guid": GROUP, "name": "Crowd", "type": "public"});
    connection.request("POST", "groups", owner, &group.to_string())?;
    let route = format!("groups/{GROUP}/members");
    for players in players[1..MEMBERS].chunks(MAX_LISTED) {
        let members: Vec<_> = players.iter().map(|player| &player.uid).collect();
        let members =
            json!({"participants": members, "admins": [], "moderators": [], "usersToBan": []});
        connection.request("PUT", &route, owner, &members.to_string())?;
    }
    Ok(())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Gives each of some threads a part of the items; the results are in the items' order.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&[T]) -> io::Result<Vec<R>> + Sync,
) -> io::Result<Vec<R>> {
    thread::scope(|scope| {
        let threads: Vec<_> = items
            .chunks(items.len().div_ceil(AT_ONCE))
            .map(|part| scope.spawn(|| work(part)))
            .collect();
        let mut results = Vec::with_capacity(items.len());
        for thread in threads {
            results.extend(
                thread
                    .join()
                    .expect("a thread of the bench does not panic")?,
            );
        }
        Ok(results)
    })
}
