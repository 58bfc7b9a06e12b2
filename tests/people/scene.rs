//! A server and some players on it.

use std::fmt::Debug;

use bevy_cometchat::{
    ChatError, ErrorCode,
    client::{Event, Page, Pager},
    local_server::{LocalServer, LocalServerConfig},
    model::{GroupAction, GroupActionKind, GroupDetails, Message},
};

use super::player::{APP, KEY, Player, ended, settings};

/// A server with alice, bob, carol and dan.
pub(super) struct Scene {
    pub(super) server: LocalServer,
}

impl Scene {
    pub(super) fn new() -> Self {
        let config = LocalServerConfig::new(APP, KEY)
            .messages_per_minute(u32::MAX)
            .user("alice:Alice")
            .user("bob:Bob")
            .user("carol:Carol")
            .user("dan:Dan");
        Self {
            server: LocalServer::start(config).expect("the server starts"),
        }
    }

    /// Logged in and live, with nothing left to be recovered.
    pub(super) fn live(&self, uid: &str) -> Player {
        let mut player = Player::live(uid, settings(self.server.address()));
        assert_eq!(player.wait_for_recovery(), 0);
        player
    }

    /// Logged in, for what needs no connection.
    pub(super) fn logged_in(&self, uid: &str) -> Player {
        let settings = settings(self.server.address()).auto_establish_socket_connection(false);
        Player::logged_in(uid, settings)
    }
}

/// The code with which a request that must fail fails.
pub(super) fn refused<T: Debug>(request: impl Future<Output = Result<T, ChatError>>) -> ErrorCode {
    match ended(request) {
        Ok(outcome) => panic!("it was not refused: {outcome:?}"),
        Err(error) => error.code,
    }
}

/// All items of a list, page by page.
pub(super) fn all<T: Clone + Send + 'static>(player: &Player, pager: &Pager<T>) -> Vec<T> {
    let mut items = Vec::new();
    loop {
        let page: Page<T> = ended(player.client.fetch_next(pager)).expect("a page");
        let is_last = page.is_last;
        items.extend(page);
        if is_last {
            return items;
        }
    }
}

/// Who is in a public group `guild` that alice owns.
pub(super) fn guild(alice: &Player, others: &[&Player]) {
    ended(alice.client.create_group("guild", GroupDetails::new())).expect("a new group");
    for other in others {
        ended(other.client.join_group("guild", None)).expect("everybody may join");
    }
}

impl Player {
    /// How many messages the next connection brings of what was missed.
    pub(super) fn wait_for_recovery(&mut self) -> usize {
        self.wait_for("recovery", |event| match event {
            Event::MessagesRecovered(recovery) => Some(recovery.recovered),
            _ => None,
        })
    }

    /// The next change of a group's members.
    pub(super) fn wait_for_action(&mut self) -> std::sync::Arc<GroupAction> {
        let message: Message = self.wait_for("a group action", |event| match event {
            Event::GroupChanged(message) => Some(message),
            _ => None,
        });
        message.group_action().expect("a group action").clone()
    }

    /// What happened, by whom, to whom.
    pub(super) fn wait_for_news(&mut self) -> (GroupActionKind, String, String) {
        let action = self.wait_for_action();
        assert_eq!(action.group.guid, "guild");
        (
            action.kind,
            action.by.uid.to_string(),
            action.on.uid.to_string(),
        )
    }
}

/// What became of one of several.
pub(super) fn code<T>(outcome: &Result<T, ChatError>) -> Option<ErrorCode> {
    outcome.as_ref().err().map(|error| error.code.clone())
}
