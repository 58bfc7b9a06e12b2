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
    /// Sends a message that failed once more, behind those that wait for the same receiver; one that still waits is
    /// tried at once. Succeeds with the message as the server stored it.
    ///
    /// A message that may have been sent before is looked for first: it is never doubled.
    ///
    /// # Errors
    /// [`NotInOutbox`](crate::ErrorCode::NotInOutbox) for a message that is not there, else as
    /// [`send_message`](crate::client::Client::send_message).
    pub fn resend(&self, muid: impl Into<Arc<str>>) -> Request<Message> {
        let muid = muid.into();
        self.request("resend", |done| Command::Resend { muid, done })
    }

    /// Takes a message out of the outbox, whether it waits or has failed. Its own request, if open, fails with
    /// [`Cancelled`](crate::ErrorCode::Cancelled). What has reached the server by then stays there:
    /// [`delete_message`](crate::client::Client::delete_message) takes it back.
    ///
    /// # Errors
    /// [`NotInOutbox`](crate::ErrorCode::NotInOutbox) for a message that is not there, such as one that was sent.
    pub fn discard(&self, muid: impl Into<Arc<str>>) -> Request<()> {
        let muid = muid.into();
        self.request("discard", |done| Command::Discard { muid, done })
    }
}
