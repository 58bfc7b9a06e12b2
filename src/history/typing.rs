use std::{sync::Arc, time::Duration};

use crate::model::{ReceiverId, TypingIndicator, Uid, User};

/// The maximum time that a user counts as typing. The client reports when they stop, also when they vanish, but drops
/// such reports in a flood.
const TYPING_TIME: Duration = Duration::from_secs(60);
/// The maximum number of users who count as typing at once.
const MAX_TYPISTS: usize = 64;

/// The users who are typing, with the conversation of each.
#[derive(Clone, Debug, Default)]
pub(super) struct Typing(Vec<Typist>);

#[derive(Clone, Debug)]
struct Typist {
    user: Arc<User>,
    conversation: ReceiverId,
    until: Duration,
}

impl Typing {
    pub(super) fn users(&self, conversation: &ReceiverId) -> impl Iterator<Item = &Arc<User>> {
        self.0
            .iter()
            .filter(move |typist| typist.conversation == *conversation)
            .map(|typist| &typist.user)
    }

    /// Applies a report of the client. Returns whether anything changed.
    pub(super) fn update(
        &mut self,
        typing: &TypingIndicator,
        conversation: ReceiverId,
        now: Duration,
    ) -> bool {
        let was_typing = self.end(&typing.user.uid, &conversation);
        let is_typing = typing.typing && self.0.len() < MAX_TYPISTS;
        if is_typing {
            self.0.push(Typist {
                user: typing.user.clone(),
                conversation,
                until: now.saturating_add(TYPING_TIME),
            });
        }
        was_typing != is_typing
    }

    /// Removes a user. Returns whether anything changed.
    pub(super) fn end(&mut self, uid: &Uid, conversation: &ReceiverId) -> bool {
        self.retain(|typist| typist.user.uid != *uid || typist.conversation != *conversation)
    }

    /// Removes the users who have been typing for too long. Returns whether there were any.
    pub(super) fn expire(&mut self, now: Duration) -> bool {
        self.retain(|typist| typist.until > now)
    }

    /// Removes all users. Returns whether there were any.
    pub(super) fn clear(&mut self) -> bool {
        self.retain(|_| false)
    }

    pub(super) fn next_expiry(&self) -> Option<Duration> {
        self.0.iter().map(|typist| typist.until).min()
    }

    fn retain(&mut self, keep: impl Fn(&Typist) -> bool) -> bool {
        let before = self.0.len();
        self.0.retain(keep);
        self.0.len() != before
    }
}
