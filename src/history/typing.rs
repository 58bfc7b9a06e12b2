use std::{sync::Arc, time::Duration};

use crate::model::{ReceiverId, TypingIndicator, Uid, User};

/// How long somebody types at most. The client tells when they end, also when they vanish; but in a flood that may be
/// let go (rule D5).
const TYPING_TIME: Duration = Duration::from_secs(60);
/// How many users are seen typing at once.
const MAX_TYPISTS: usize = 64;

/// Who types, and where.
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

    /// Says whether anything changed.
    pub(super) fn note(
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

    /// Says whether anything changed.
    pub(super) fn end(&mut self, uid: &Uid, conversation: &ReceiverId) -> bool {
        self.retain(|typist| typist.user.uid != *uid || typist.conversation != *conversation)
    }

    /// Says whether anything changed.
    pub(super) fn expire(&mut self, now: Duration) -> bool {
        self.retain(|typist| typist.until > now)
    }

    /// Says whether anything changed.
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
