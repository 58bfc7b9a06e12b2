//! What is compared, one entry each: what to call it, what the SDK does, and what the client does.
//!
//! All that the client can do is here but what the SDK does not send to the host that it was told: how many are online
//! (it asks a port of its own), and why messages may be flagged (it asks once, as it logs in).

#[path = "operations/conversations.rs"]
mod conversations;
#[path = "operations/groups.rs"]
mod groups;
#[path = "operations/history.rs"]
mod history;
#[path = "operations/messages.rs"]
mod messages;
#[path = "operations/users.rs"]
mod users;

use bevy_cometchat::{
    client::{AuthKey, AuthToken, ChatError},
    model::{Guid, Uid},
};

use super::side::{Doing, done, log_in};
use crate::stage::KEY;

pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// An expression; sees `mine` and `theirs`, the ids of a message of alice's to bob and of one of his to her, and
    /// `ours`, that of one of his in their group.
    pub(crate) sdk: &'static str,
    pub(crate) client: fn(&Doing<'_>),
    /// The type of the frame that comes last, where that is what the operation is about.
    pub(crate) ends_with_frame: Option<&'static str>,
}

const fn both(name: &'static str, sdk: &'static str, client: fn(&Doing<'_>)) -> Operation {
    Operation {
        name,
        sdk,
        client,
        ends_with_frame: None,
    }
}

impl Operation {
    const fn until(mut self, frame: &'static str) -> Self {
        self.ends_with_frame = Some(frame);
        self
    }
}

/// In order: what one does, the next finds.
pub(crate) fn operations() -> Vec<Operation> {
    let log_in = both("log in", "CometChat.login('alice', key)", |it| {
        log_in(it, AuthKey::new("alice", KEY))
    })
    .until("auth");
    let log_out = both("log out", "CometChat.logout()", |it| ok(it.client.logout()));
    let log_in_again = both("log in by a token", "CometChat.login(token)", |it| {
        self::log_in(it, AuthToken::new(it.token))
    })
    .until("auth");
    let mut operations = vec![log_in];
    operations.extend(messages::operations());
    operations.extend(history::operations());
    operations.extend(conversations::operations());
    operations.extend(users::operations());
    operations.extend(groups::operations());
    operations.extend([log_out, log_in_again]);
    operations
}

fn ok<T>(request: impl Future<Output = Result<T, ChatError>>) {
    done(request);
}

fn bob() -> Uid {
    Uid::from("bob")
}

fn guild() -> Guid {
    Guid::from("guild")
}
