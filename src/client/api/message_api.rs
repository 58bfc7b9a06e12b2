use std::sync::Arc;

use serde::Serialize;

use super::{ChatApi, Question};
use crate::{
    client::{
        ChatError, Command,
        operation::{Call, Operation, no_json},
        sendable,
    },
    model::{
        FlagReason, Message, MessageId, OutgoingMessage, ReceiverId, Recipient, TransientMessage,
    },
    wire::{
        client_frame::Signal,
        frame_body::TypingAction,
        message::{self, edit_body},
        route, settings,
    },
};

/// Messages: sending, changing, reacting.
pub trait MessageApi: ChatApi {
    /// Sends a message of any kind over HTTP, whatever the state of the connection; succeeds with the message as the
    /// server stored it.
    ///
    /// Without a network it waits in the outbox, in order, for as long as
    /// [`OutboxLimits::age`](crate::client::OutboxLimits::age) says (rules O1–O9). How it stands with it is told by
    /// [`Event::OutboxChanged`](crate::client::Event::OutboxChanged), also after this has failed: see
    /// [`OutboxApi`](super::OutboxApi).
    ///
    /// # Errors
    /// At once, so that the message never enters the outbox:
    /// [`InvalidMessageText`](crate::ErrorCode::InvalidMessageText) for a text that is empty,
    /// [`MissingParameters`](crate::ErrorCode::MissingParameters) for files that are none,
    /// [`InvalidReceiver`](crate::ErrorCode::InvalidReceiver),
    /// [`OutboxFull`](crate::ErrorCode::OutboxFull), [`OutboxDuplicate`](crate::ErrorCode::OutboxDuplicate).
    ///
    /// Later: what the server refuses; [`OutboxExpired`](crate::ErrorCode::OutboxExpired) when it could not be sent
    /// in time; [`OutboxUnconfirmed`](crate::ErrorCode::OutboxUnconfirmed) when nobody knows whether it was.
    fn send_message(&self, message: impl Into<OutgoingMessage>) -> Self::Request<Message> {
        let mut message = message.into();
        let given = message.envelope.muid.take().filter(|muid| !muid.is_empty());
        let muid = given.unwrap_or_else(|| uuid::Uuid::new_v4().to_string().into());
        message.envelope.muid = Some(muid.clone());
        let message = Arc::new(message);
        self.ask(Question::new(|done| Command::SendMessage {
            muid,
            message,
            done,
        }))
    }

    /// Makes a message of the user's own say something else; succeeds with the message as it is now.
    ///
    /// # Errors
    /// What the server refuses, such as a message of somebody else's;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
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
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn delete_message(&self, id: MessageId) -> Self::Request<Message> {
        let call = Call::new(route::DELETE_MESSAGE, &[&id.to_string()]);
        self.ask(Operation::own_message(call).into())
    }

    /// Reacts to a message with an emoji; succeeds with the message.
    ///
    /// # Errors
    /// What the server refuses, such as the same reaction again; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn add_reaction(&self, id: MessageId, reaction: impl Into<Arc<str>>) -> Self::Request<Message> {
        let call = Call::new(route::ADD_REACTION, &[&id.to_string(), &reaction.into()]);
        self.ask(Operation::own_message(call).into())
    }

    /// Takes a reaction back; succeeds with the message.
    ///
    /// # Errors
    /// What the server refuses, such as a reaction that is not there; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn remove_reaction(
        &self,
        id: MessageId,
        reaction: impl Into<Arc<str>>,
    ) -> Self::Request<Message> {
        let call = Call::new(route::REMOVE_REACTION, &[&id.to_string(), &reaction.into()]);
        self.ask(Operation::own_message(call).into())
    }

    /// The message of that id, as it is now.
    ///
    /// # Errors
    /// What the server refuses, such as a message that is not for the user;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn message(&self, id: MessageId) -> Self::Request<Message> {
        self.ask(Operation::message(Call::new(route::MESSAGE, &[&id.to_string()])).into())
    }

    /// Who of those whom a message was for got it, and who read it.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn message_receipts(&self, id: MessageId) -> Self::Request<Vec<Recipient>> {
        let call = Call::new(route::MESSAGE, &[&id.to_string()]);
        let read = Operation::new(call, |reply, interner| {
            message::recipients(reply.data, interner)
        });
        self.ask(read.into())
    }

    /// Tells the app's owner that a message breaks the rules, for one of the [`flag_reasons`](Self::flag_reasons).
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn flag_message(
        &self,
        id: MessageId,
        reason_id: &str,
        remark: Option<&str>,
    ) -> Self::Request<()> {
        #[derive(Serialize)]
        struct Flag<'a> {
            id: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            remark: Option<&'a str>,
        }
        let call = Call::new(route::FLAG_MESSAGE, &[&id.to_string()]);
        let call = call.with_json(&Flag {
            id: reason_id,
            remark,
        });
        self.ask(call.map(Operation::done).into())
    }

    /// The reasons for which a message can be flagged.
    ///
    /// # Errors
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn flag_reasons(&self) -> Self::Request<Vec<FlagReason>> {
        let call = Call::new(route::SETTINGS, &[]);
        self.ask(Operation::new(call, |reply, _| settings::flag_reasons(reply.data)).into())
    }

    /// Notes that the user used an element of an interactive message; succeeds with the message.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn mark_as_interacted(
        &self,
        id: MessageId,
        element_id: impl Into<Arc<str>>,
    ) -> Self::Request<Message> {
        #[derive(Serialize)]
        struct Interacted {
            interactions: [Arc<str>; 1],
        }
        let call = Call::new(route::INTERACT, &[&id.to_string()]);
        let call = call.with_json(&Interacted {
            interactions: [element_id.into()],
        });
        self.ask(call.map(Operation::own_message).into())
    }

    /// Tells the receiver that the user types, over the connection. Say it at every key: the receiver is told every
    /// 3 s at most.
    ///
    /// It ends by itself 5 s after it was said last, and when a message is sent there. Where the server's settings
    /// allow no typing (PROTOCOL.md §2.5.1), nobody is told.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn),
    /// [`NotConnected`](crate::ErrorCode::NotConnected).
    fn start_typing(&self, receiver: impl Into<ReceiverId>) -> Self::Request<()> {
        self.ask(signal(Signal::typing(
            receiver.into(),
            TypingAction::Started,
        )))
    }

    /// Tells the receiver that the user stopped typing, over the connection, if the receiver was told that they do.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn),
    /// [`NotConnected`](crate::ErrorCode::NotConnected).
    fn end_typing(&self, receiver: impl Into<ReceiverId>) -> Self::Request<()> {
        self.ask(signal(Signal::typing(receiver.into(), TypingAction::Ended)))
    }

    /// Sends data to whoever is connected now. It is never stored and never queued. Where the server's settings allow
    /// none (PROTOCOL.md §2.5.1), it is not sent but [counted](crate::client::Counters::withheld).
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn),
    /// [`NotConnected`](crate::ErrorCode::NotConnected),
    /// [`TooManyRequests`](crate::ErrorCode::TooManyRequests) when more is told than the connection carries.
    fn send_transient_message(&self, message: TransientMessage) -> Self::Request<()> {
        self.ask(signal(Signal::Transient(message)))
    }
}

impl<A: ChatApi> MessageApi for A {}

fn signal(signal: Signal) -> Question<()> {
    let signal = Box::new(signal);
    Question::new(|done| Command::Signal { signal, done })
}

fn edit(id: MessageId, message: &OutgoingMessage) -> Result<Operation<Message>, ChatError> {
    sendable::check(message)?;
    let mut call = Call::new(route::EDIT_MESSAGE, &[&id.to_string()]);
    call.body = edit_body(id, message).map_err(no_json)?;
    Ok(Operation::own_message(call))
}
