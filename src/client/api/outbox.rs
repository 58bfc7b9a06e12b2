use std::sync::Arc;

use crate::{
    client::{Client, Command, Request},
    model::Message,
};

/// # The outbox
///
/// Messages that are pending or have failed, named by their muid: that of the
/// [`SendHandle`](crate::client::SendHandle), or of an [`OutboxChange`](crate::client::OutboxChange).
impl Client {
    /// Sends a failed message again, after the pending messages to the same receiver. A pending message is tried at
    /// once. Succeeds with the message as the server stored it.
    ///
    /// If the message may have been sent before, the client first looks for it on the server, so it is never sent
    /// twice.
    ///
    /// # Errors
    /// [`NotInOutbox`](crate::ErrorCode::NotInOutbox) for a message that is not in the outbox, and the errors of
    /// [`send_message`](crate::client::Client::send_message).
    pub fn resend(&self, muid: impl Into<Arc<str>>) -> Request<Message> {
        let muid = muid.into();
        self.request("resend", |done| Command::Resend { muid, done })
    }

    /// Removes a pending or failed message from the outbox. Its request, if it has not ended, fails with
    /// [`Cancelled`](crate::ErrorCode::Cancelled). A message that has reached the server stays there: delete it with
    /// [`delete_message`](crate::client::Client::delete_message).
    ///
    /// # Errors
    /// [`NotInOutbox`](crate::ErrorCode::NotInOutbox) for a message that is not in the outbox, such as one that was
    /// sent.
    pub fn discard(&self, muid: impl Into<Arc<str>>) -> Request<()> {
        let muid = muid.into();
        self.request("discard", |done| Command::Discard { muid, done })
    }
}
