use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    client::{
        ChatError, Completer, Event,
        operation::Reply,
        outbox::{Attempt, LookupResult, SendError},
    },
    connection::{LinkId, LinkLoss},
    model::{Message, User},
};

/// What is going to happen, in order.
#[derive(Default)]
pub(super) struct Timeline {
    coming: BTreeMap<(Duration, u64), Happening>,
    last: u64,
}

/// Something that the server or the network does.
pub(super) enum Happening {
    LinkLive(LinkId),
    LinkLost(LinkId, LinkLoss),
    Pong(LinkId),
    Frame(LinkId, Event),
    LoginEnded(Result<Arc<User>, ChatError>),
    LogoutEnded(Completer<()>),
    RenewalEnded(Result<Arc<User>, ChatError>),
    Posted(Attempt, Result<Message, SendError>),
    Looked(Attempt, Result<LookupResult, SendError>),
    CallEnded(u64, Result<Reply, ChatError>),
}

impl Timeline {
    pub(super) fn add(&mut self, at: Duration, happening: Happening) {
        self.last += 1;
        self.coming.insert((at, self.last), happening);
    }

    pub(super) fn next_at(&self) -> Option<Duration> {
        self.coming.keys().next().map(|&(at, _)| at)
    }

    pub(super) fn pop(&mut self) -> Option<Happening> {
        self.coming.pop_first().map(|(_, happening)| happening)
    }

    /// Everything that is still under way is lost.
    pub(super) fn clear(&mut self) {
        self.coming.clear();
    }

    /// Nothing that a session asked for is answered any more.
    pub(super) fn cancel_session(&mut self) {
        self.coming.retain(|_, happening| {
            !matches!(
                happening,
                Happening::LoginEnded(_)
                    | Happening::RenewalEnded(_)
                    | Happening::Posted(..)
                    | Happening::Looked(..)
            )
        });
    }
}
