//! A server with three users, and what tests do with it.

use std::fmt::Debug;

use bevy_cometchat::{
    client::{ChatError, Event},
    local_server::LocalServer,
    model::{Guid, Message, MessageId, OutgoingMessage, ReceiverId, TextMessage, Uid},
};

use super::{
    http::{self, Api, Login},
    player::{Player, config, ended, settings},
};

/// The next event of a kind that a player hears of.
macro_rules! heard {
    ($player:expr, $kind:ident) => {
        $player.wait_for(stringify!($kind), |event| match event {
            bevy_cometchat::client::Event::$kind(told) => Some(told),
            _ => None,
        })
    };
}
pub(super) use heard;

/// A plain local server with alice, bob and carol.
pub(super) fn server() -> LocalServer {
    LocalServer::start(config().user("carol")).expect("the server starts")
}

/// A player who is connected, and has nothing to catch up on.
pub(super) fn live(server: &LocalServer, uid: &str) -> Player {
    let mut player = Player::live(uid, settings(server.address()));
    heard!(player, MessagesRecovered);
    player
}

/// A player who is logged in and has no connection.
pub(super) fn offline(server: &LocalServer, uid: &str) -> Player {
    let settings = settings(server.address());
    Player::logged_in(uid, settings.auto_establish_socket_connection(false))
}

/// A user who asks the server by hand.
pub(super) fn by_hand(server: &LocalServer, uid: &str) -> Login {
    Api::of(server).log_in(uid, "by hand")
}

/// A public group of alice's, with bob in it and without carol.
pub(super) fn guild(server: &LocalServer) -> Guid {
    let (alice, bob) = (by_hand(server, "alice"), by_hand(server, "bob"));
    http::group(&alice, "guild", &[&bob]);
    "guild".into()
}

pub(super) fn user(uid: &str) -> ReceiverId {
    Uid::from(uid).into()
}

/// What a request succeeds with.
pub(super) fn done<T>(request: impl Future<Output = Result<T, ChatError>>) -> T {
    ended(request).expect("it succeeds")
}

/// The code that a request fails with.
pub(super) fn refused<T: Debug>(request: impl Future<Output = Result<T, ChatError>>) -> String {
    ended(request)
        .expect_err("it is refused")
        .code
        .as_str()
        .to_owned()
}

/// Sends a message.
pub(super) fn send(player: &Player, message: impl Into<OutgoingMessage>) -> Message {
    done(player.client.send_message(message))
}

/// Sends a text.
pub(super) fn say(player: &Player, to: impl Into<ReceiverId>, text: &str) -> Message {
    send(player, TextMessage::new(to, text))
}

pub(super) fn ids<'a>(messages: impl IntoIterator<Item = &'a Message>) -> Vec<MessageId> {
    messages.into_iter().map(|message| message.id).collect()
}

/// What a player hears of others before a text from somebody.
pub(super) fn heard_before(player: &mut Player, text: &str) -> Vec<Event> {
    let mut heard = Vec::new();
    player.wait_for(text, |event| match event {
        Event::MessageReceived(message) if message.text() == Some(text) => Some(()),
        Event::OutboxChanged(_) => None,
        event => {
            heard.push(event);
            None
        }
    });
    heard
}
