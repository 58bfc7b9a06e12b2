use std::sync::Arc;

use super::{ChatApi, Question};
use crate::{
    client::{
        ChatError, Command,
        operation::{Call, Operation, no_json},
        sendable,
    },
    model::{Message, MessageId, OutgoingMessage, ReceiverId, TransientMessage},
    wire::{client_frame::Signal, frame_body::TypingAction, message::edit_body, route},
};

/// Messages: sending, changing, reacting.
pub trait MessageApi: ChatApi {
    /// Sends a message of any kind over HTTP, whatever the state of the connection; succeeds with the message as the
    /// server stored it.
    ///
    /// # Errors
    /// [`InvalidMessageText`](crate::ErrorCode::InvalidMessageText) for a text that is empty,
    /// [`MissingParameters`](crate::ErrorCode::MissingParameters) for files that are none,
    /// [`InvalidReceiver`](crate::ErrorCode::InvalidReceiver), what the server refuses,
    /// [`FailedToFetch`](crate::ErrorCode::FailedToFetch) when it can't be reached.
    fn send_message(&self, message: impl Into<OutgoingMessage>) -> Self::Request<Message> {
        let message = Box::new(message.into());
        self.ask(Question::new(|done| Command::SendMessage { message, done }))
    }

    /// Makes a message of the user's own say something else; succeeds with the message as it is now.
    ///
    /// # Errors
    /// What the server refuses, such as a message of somebody else's;
    /// [`FailedToFetch`](crate::ErrorCode::FailedToFetch).
    fn edit_message(
        &self,
        id: MessageId,
        message: impl Into<OutgoingMessage>,
    ) -> Self::Request<Message> {
        self.ask(edit(id, &message.into()).into())
    }

    /// Deletes a message: the user's own, or anybody's in a group in which the user may. Succeeds with what is left.
    ///
    /// # Errors
    /// What the server refuses; [`FailedToFetch`](crate::ErrorCode::FailedToFetch).
    fn delete_message(&self, id: MessageId) -> Self::Request<Message> {
        let call = Call::new(route::DELETE_MESSAGE, &[&id.to_string()]);
        self.ask(Operation::message(call).into())
    }

    /// Reacts to a message with an emoji; succeeds with the message.
    ///
    /// # Errors
    /// What the server refuses, such as the same reaction again; [`FailedToFetch`](crate::ErrorCode::FailedToFetch).
    fn add_reaction(&self, id: MessageId, reaction: impl Into<Arc<str>>) -> Self::Request<Message> {
        let call = Call::new(route::ADD_REACTION, &[&id.to_string(), &reaction.into()]);
        self.ask(Operation::message(call).into())
    }

    /// Takes a reaction back; succeeds with the message.
    ///
    /// # Errors
    /// What the server refuses, such as a reaction that is not there; [`FailedToFetch`](crate::ErrorCode::FailedToFetch).
    fn remove_reaction(
        &self,
        id: MessageId,
        reaction: impl Into<Arc<str>>,
    ) -> Self::Request<Message> {
        let call = Call::new(route::REMOVE_REACTION, &[&id.to_string(), &reaction.into()]);
        self.ask(Operation::message(call).into())
    }

    /// Tells the receiver that the user types, over the connection.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn),
    /// [`NoWebSocketConnection`](crate::ErrorCode::NoWebSocketConnection).
    fn start_typing(&self, receiver: impl Into<ReceiverId>) -> Self::Request<()> {
        self.ask(typing(receiver.into(), TypingAction::Started))
    }

    /// Tells the receiver that the user stopped typing, over the connection.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn),
    /// [`NoWebSocketConnection`](crate::ErrorCode::NoWebSocketConnection).
    fn end_typing(&self, receiver: impl Into<ReceiverId>) -> Self::Request<()> {
        self.ask(typing(receiver.into(), TypingAction::Ended))
    }

    /// Sends data to whoever is connected now. It is never stored and never queued.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn),
    /// [`NoWebSocketConnection`](crate::ErrorCode::NoWebSocketConnection).
    fn send_transient_message(&self, message: TransientMessage) -> Self::Request<()> {
        self.ask(signal(Signal::Transient(message)))
    }
}

impl<A: ChatApi> MessageApi for A {}

fn typing(receiver: ReceiverId, action: TypingAction) -> Question<()> {
    signal(Signal::Typing {
        receiver,
        action,
        metadata: None,
    })
}

fn signal(signal: Signal) -> Question<()> {
    let signal = Box::new(signal);
    Question::new(|done| Command::Signal { signal, done })
}

fn edit(id: MessageId, message: &OutgoingMessage) -> Result<Operation<Message>, ChatError> {
    sendable::check(message)?;
    let mut call = Call::new(route::EDIT_MESSAGE, &[&id.to_string()]);
    call.body = edit_body(id, message).map_err(no_json)?;
    Ok(Operation::message(call))
}
