use std::sync::Arc;

use super::{ChatApi, Question};
use crate::{client::Command, model::Message};

/// What can still be done about messages that were sent and have not arrived. They are known by their muid, which
/// [`OutboxChange`](crate::client::OutboxChange) tells.
pub trait OutboxApi: ChatApi {
    /// Sends a message that failed once more, behind those that wait for the same receiver; one that still waits is
    /// tried at once. Succeeds with the message as the server stored it.
    ///
    /// A message that may have been sent before is looked for first: it is never doubled (rule O5).
    ///
    /// # Errors
    /// [`NotInOutbox`](crate::ErrorCode::NotInOutbox) for a message that is not there, else as
    /// [`send_message`](super::MessageApi::send_message).
    fn resend(&self, muid: impl Into<Arc<str>>) -> Self::Request<Message> {
        let muid = muid.into();
        self.ask(Question::new(|done| Command::Resend { muid, done }))
    }

    /// Takes a message out of the outbox, whether it waits or has failed. Its own request, if open, fails with
    /// [`Cancelled`](crate::ErrorCode::Cancelled). What has reached the server by then stays there:
    /// [`delete_message`](super::MessageApi::delete_message) takes it back.
    ///
    /// # Errors
    /// [`NotInOutbox`](crate::ErrorCode::NotInOutbox) for a message that is not there, such as one that was sent.
    fn discard(&self, muid: impl Into<Arc<str>>) -> Self::Request<()> {
        let muid = muid.into();
        self.ask(Question::new(|done| Command::Discard { muid, done }))
    }
}

impl<A: ChatApi> OutboxApi for A {}
