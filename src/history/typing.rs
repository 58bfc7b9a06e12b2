use std::sync::Arc;

use crate::model::{ReceiverId, TypingIndicator, Uid, User};

/// The users who are typing, with the conversation of each. The client limits their number, and reports when they
/// stopped: by their own report, or when they have been silent for too long.
#[derive(Clone, Debug, Default)]
pub(super) struct Typing(Vec<Typist>);

#[derive(Clone, Debug)]
struct Typist {
    user: Arc<User>,
    conversation: ReceiverId,
}

impl Typing {
    pub(super) fn users(&self, conversation: &ReceiverId) -> impl Iterator<Item = &Arc<User>> {
        self.0
            .iter()
            .filter(move |typist| typist.conversation == *conversation)
            .map(|typist| &typist.user)
    }

    /// Applies a report of the client. Returns whether anything changed.
    pub(super) fn update(&mut self, typing: &TypingIndicator, conversation: ReceiverId) -> bool {
        let was_typing = self.end(&typing.user.uid, &conversation);
        if typing.typing {
            self.0.push(Typist {
                user: typing.user.clone(),
                conversation,
            });
        }
        was_typing != typing.typing
    }

    /// Removes a user. Returns whether anything changed.
    pub(super) fn end(&mut self, uid: &Uid, conversation: &ReceiverId) -> bool {
        self.retain(|typist| typist.user.uid != *uid || typist.conversation != *conversation)
    }

    /// Removes all users. Returns whether there were any.
    pub(super) fn clear(&mut self) -> bool {
        self.retain(|_| false)
    }

    fn retain(&mut self, keep: impl Fn(&Typist) -> bool) -> bool {
        let before = self.0.len();
        self.0.retain(keep);
        self.0.len() != before
    }
}
