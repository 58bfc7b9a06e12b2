use std::sync::Arc;

use serde::Serialize;

use crate::{
    client::{
        ChatError, Client, Command, Request, SendHandle,
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

/// # Messages
impl Client {
    /// Sends a message of any kind over HTTP, whatever the state of the connection; succeeds with the message as the
    /// server stored it.
    ///
    /// Without a network it waits in the outbox, in order, for as long as
    /// [`OutboxLimits::age`](crate::client::OutboxLimits::age) says. Its state is told by
    /// [`Event::OutboxChanged`](crate::client::Event::OutboxChanged), also after this has failed, when
    /// [`resend`](Self::resend) and [`discard`](Self::discard) take it up again.
    ///
    /// # Errors
    /// At once, so that the message never enters the outbox:
    /// [`InvalidMessageText`](crate::ErrorCode::InvalidMessageText) for a text that is empty,
    /// [`MissingParameters`](crate::ErrorCode::MissingParameters) for a media message without files,
    /// [`InvalidReceiver`](crate::ErrorCode::InvalidReceiver),
    /// [`OutboxFull`](crate::ErrorCode::OutboxFull), [`OutboxDuplicate`](crate::ErrorCode::OutboxDuplicate).
    ///
    /// Later: what the server refuses; [`OutboxExpired`](crate::ErrorCode::OutboxExpired) when it could not be sent
    /// in time; [`OutboxUnconfirmed`](crate::ErrorCode::OutboxUnconfirmed) when nobody knows whether it was.
    pub fn send_message(&self, message: impl Into<OutgoingMessage>) -> SendHandle {
        let mut message = message.into();
        let given = message.envelope.muid.take().filter(|muid| !muid.is_empty());
        let muid = given.unwrap_or_else(|| uuid::Uuid::new_v4().to_string().into());
        message.envelope.muid = Some(muid.clone());
        let message = Arc::new(message);
        let request = self.request("send_message", |done| Command::SendMessage {
            muid: muid.clone(),
            message,
            done,
        });
        SendHandle::new(self.clone(), muid, request)
    }

    /// Makes a message of the user's own say something else; succeeds with the message as it is now.
    ///
    /// # Errors
    /// What the server refuses, such as a message of somebody else's;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn edit_message(
        &self,
        id: MessageId,
        message: impl Into<OutgoingMessage>,
    ) -> Request<Message> {
        self.call("edit_message", edit(id, &message.into()))
    }

    /// Deletes a message: the user's own, or anybody's in a group in which the user may. Succeeds with the deleted message,
    /// of which only the id is known if the server answers with nothing else.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn delete_message(&self, id: MessageId) -> Request<Message> {
        let call = Call::new(route::DELETE_MESSAGE, &[&id.to_string()]);
        self.call("delete_message", Operation::deletion(call, id))
    }

    /// Reacts to a message with an emoji; succeeds with the message.
    ///
    /// # Errors
    /// What the server refuses, such as the same reaction again; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn add_reaction(&self, id: MessageId, reaction: impl Into<Arc<str>>) -> Request<Message> {
        let call = Call::new(route::ADD_REACTION, &[&id.to_string(), &reaction.into()]);
        self.call("add_reaction", Operation::own_message(call))
    }

    /// Takes a reaction back; succeeds with the message.
    ///
    /// # Errors
    /// What the server refuses, such as a reaction that is not there; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn remove_reaction(
        &self,
        id: MessageId,
        reaction: impl Into<Arc<str>>,
    ) -> Request<Message> {
        let call = Call::new(route::REMOVE_REACTION, &[&id.to_string(), &reaction.into()]);
        self.call("remove_reaction", Operation::own_message(call))
    }

    /// The message of that id, as it is now.
    ///
    /// # Errors
    /// What the server refuses, such as a message that is not for the user;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn message(&self, id: MessageId) -> Request<Message> {
        self.call(
            "message",
            Operation::message(Call::new(route::MESSAGE, &[&id.to_string()])),
        )
    }

    /// Who of those whom a message was for got it, and who read it.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn message_receipts(&self, id: MessageId) -> Request<Vec<Recipient>> {
        let call = Call::new(route::MESSAGE, &[&id.to_string()]);
        let read = Operation::new(call, |reply, interner| {
            message::recipients(reply.data, interner)
        });
        self.call("message_receipts", read)
    }

    /// Tells the app's owner that a message breaks the rules, for one of the [`flag_reasons`](Self::flag_reasons).
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn flag_message(
        &self,
        id: MessageId,
        reason_id: &str,
        remark: Option<&str>,
    ) -> Request<()> {
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
        self.call("flag_message", call.map(Operation::done))
    }

    /// The reasons for which a message can be flagged.
    ///
    /// # Errors
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn flag_reasons(&self) -> Request<Vec<FlagReason>> {
        let call = Call::new(route::SETTINGS, &[]);
        self.call(
            "flag_reasons",
            Operation::new(call, |reply, _| settings::flag_reasons(reply.data)),
        )
    }

    /// Notes that the user used an element of an interactive message; succeeds with the message.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn mark_as_interacted(
        &self,
        id: MessageId,
        element_id: impl Into<Arc<str>>,
    ) -> Request<Message> {
        #[derive(Serialize)]
        struct Interacted {
            interactions: [Arc<str>; 1],
        }
        let call = Call::new(route::INTERACT, &[&id.to_string()]);
        let call = call.with_json(&Interacted {
            interactions: [element_id.into()],
        });
        self.call("mark_as_interacted", call.map(Operation::own_message))
    }

    /// Tells the receiver that the user types, over the connection. Say it at every key: the receiver is told every
    /// 3 s at most.
    ///
    /// It ends by itself 5 s after it was said last, and when a message is sent there. Where the server's settings
    /// allow no typing, nobody is told.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn),
    /// [`NotConnected`](crate::ErrorCode::NotConnected).
    pub fn start_typing(&self, receiver: impl Into<ReceiverId>) -> Request<()> {
        self.signal(
            "start_typing",
            Signal::typing(receiver.into(), TypingAction::Started),
        )
    }

    /// Tells the receiver that the user stopped typing, over the connection, if the receiver was told that they do.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn),
    /// [`NotConnected`](crate::ErrorCode::NotConnected).
    pub fn end_typing(&self, receiver: impl Into<ReceiverId>) -> Request<()> {
        self.signal(
            "end_typing",
            Signal::typing(receiver.into(), TypingAction::Ended),
        )
    }

    /// Sends data to whoever is connected now. It is never stored and never queued. Where the server's settings allow
    /// none, it is not sent but [counted](crate::client::Counters::withheld).
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn),
    /// [`NotConnected`](crate::ErrorCode::NotConnected),
    /// [`TooManyRequests`](crate::ErrorCode::TooManyRequests) when more is told than the connection carries.
    pub fn send_transient_message(&self, message: TransientMessage) -> Request<()> {
        self.signal("send_transient_message", Signal::Transient(message))
    }

    fn signal(&self, operation: &'static str, signal: Signal) -> Request<()> {
        let signal = Box::new(signal);
        self.request(operation, |done| Command::Signal { signal, done })
    }
}

fn edit(id: MessageId, message: &OutgoingMessage) -> Result<Operation<Message>, ChatError> {
    sendable::check(message)?;
    let mut call = Call::new(route::EDIT_MESSAGE, &[&id.to_string()]);
    call.body = edit_body(id, message).map_err(no_json)?;
    Ok(Operation::own_message(call))
}
