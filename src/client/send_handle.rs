use std::{
    fmt,
    future::Future,
    ops::Deref,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use super::{ChatError, Client, Request};
use crate::model::Message;

/// The result of [`send_message`](Client::send_message): a [`Request`] with the muid of the message, which can resend
/// or discard the message.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// #[derive(Component)]
/// struct Whisper(SendHandle);
///
/// fn whisper(chat: Res<CometChat>, mut commands: Commands) {
///     let sent = chat.send_message(TextMessage::to_user("bob", "Psst!"));
///     commands.spawn(Whisper(sent));
/// }
///
/// fn take_back(whispers: Query<&Whisper>) {
///     for Whisper(sent) in &whispers {
///         if sent.is_open() {
///             sent.discard();
///         }
///     }
/// }
/// # bevy::ecs::system::assert_is_system(whisper);
/// # bevy::ecs::system::assert_is_system(take_back);
/// ```
pub struct SendHandle {
    client: Client,
    muid: Arc<str>,
    request: Request<Message>,
}

impl SendHandle {
    pub(super) fn new(client: Client, muid: Arc<str>, request: Request<Message>) -> Self {
        Self {
            client,
            muid,
            request,
        }
    }

    /// The id of the message in the outbox, as in [`OutboxChanged`](crate::OutboxChanged).
    pub fn muid(&self) -> &Arc<str> {
        &self.muid
    }

    /// Sends the message again, as [`Client::resend`] does.
    pub fn resend(&self) -> Request<Message> {
        self.client.resend(self.muid.clone())
    }

    /// Removes the message from the outbox, as [`Client::discard`] does.
    pub fn discard(&self) -> Request<()> {
        self.client.discard(self.muid.clone())
    }

    /// Ignores a failure: it is not logged.
    pub fn ignore_errors(self) {
        self.request.ignore_errors();
    }

    /// Maps the request.
    pub(crate) fn map(self, change: impl FnOnce(Request<Message>) -> Request<Message>) -> Self {
        Self {
            request: change(self.request),
            ..self
        }
    }
}

impl Deref for SendHandle {
    type Target = Request<Message>;

    fn deref(&self) -> &Request<Message> {
        &self.request
    }
}

impl From<SendHandle> for Request<Message> {
    fn from(handle: SendHandle) -> Self {
        handle.request
    }
}

impl Future for SendHandle {
    type Output = Result<Message, ChatError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.request).poll(context)
    }
}

impl fmt::Debug for SendHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendHandle")
            .field("muid", &self.muid)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
