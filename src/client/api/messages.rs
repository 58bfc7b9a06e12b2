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
    /// [`OutboxLimits::age`](crate::client::OutboxLimits::age) says.
    /// [`Event::OutboxChanged`](crate::client::Event::OutboxChanged) reports each change of its state. A message that
    /// failed stays in the outbox for [`resend`](Self::resend) and [`discard`](Self::discard).
    ///
    /// # Errors
    /// At once, so that the message never enters the outbox:
    /// [`InvalidMessageText`](crate::ErrorCode::InvalidMessageText) for a text that is empty,
    /// [`MissingParameters`](crate::ErrorCode::MissingParameters) for a media message without files,
    /// [`InvalidReceiver`](crate::ErrorCode::InvalidReceiver),
    /// [`OutboxFull`](crate::ErrorCode::OutboxFull), [`OutboxDuplicate`](crate::ErrorCode::OutboxDuplicate).
    ///
    /// Later: the server's refusal; [`OutboxExpired`](crate::ErrorCode::OutboxExpired) when it could not be sent
    /// in time; [`OutboxUnconfirmed`](crate::ErrorCode::OutboxUnconfirmed) when it is unknown whether it was sent;
    /// [`StaysInOutbox`](crate::ErrorCode::StaysInOutbox) when the client stops or [`init`](Self::init) is called, and a
    /// [persistent outbox](crate::client::AppSettingsBuilder::persistent_outbox) sends it later.
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

    /// Edits a message of the user's own. Succeeds with the edited message.
    ///
    /// # Errors
    /// The server's refusal, for example of another user's message;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn edit_message(
        &self,
        id: MessageId,
        message: impl Into<OutgoingMessage>,
    ) -> Request<Message> {
        self.call("edit_message", edit(id, &message.into()))
    }

    /// Deletes a message: the user's own, or another member's in a group where the user's scope permits it. Succeeds
    /// with the deleted message. If the server does not return it, only its id is set.
    ///
    /// # Errors
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn delete_message(&self, id: MessageId) -> Request<Message> {
        let call = Call::new(route::DELETE_MESSAGE, &[&id.to_string()]);
        self.call("delete_message", Operation::deletion(call, id))
    }

    /// Adds a reaction to a message. Succeeds with the message.
    ///
    /// # Errors
    /// The server's refusal, for example of a reaction that exists;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn add_reaction(&self, id: MessageId, reaction: impl Into<Arc<str>>) -> Request<Message> {
        let call = Call::new(route::ADD_REACTION, &[&id.to_string(), &reaction.into()]);
        self.call("add_reaction", Operation::own_message(call))
    }

    /// Removes a reaction. Succeeds with the message.
    ///
    /// # Errors
    /// The server's refusal, for example if there is no such reaction;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn remove_reaction(
        &self,
        id: MessageId,
        reaction: impl Into<Arc<str>>,
    ) -> Request<Message> {
        let call = Call::new(route::REMOVE_REACTION, &[&id.to_string(), &reaction.into()]);
        self.call("remove_reaction", Operation::own_message(call))
    }

    /// Fetches a message by its id.
    ///
    /// # Errors
    /// The server's refusal, for example of a message that the user can't read;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn message(&self, id: MessageId) -> Request<Message> {
        self.call(
            "message",
            Operation::message(Call::new(route::MESSAGE, &[&id.to_string()])),
        )
    }

    /// The receivers of a message, with when it was delivered to each and when they read it.
    ///
    /// # Errors
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn message_receipts(&self, id: MessageId) -> Request<Vec<Recipient>> {
        let call = Call::new(route::MESSAGE, &[&id.to_string()]);
        let read = Operation::new(call, |reply, interner| {
            message::recipients(reply.data, interner)
        });
        self.call("message_receipts", read)
    }

    /// Reports a message to the app's moderators, for one of the [`flag_reasons`](Self::flag_reasons).
    ///
    /// # Errors
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
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

    /// Reports that the user used an element of an interactive message. Succeeds with the message.
    ///
    /// # Errors
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
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

    /// Reports to the receiver, over the connection, that the user is typing. Call it at every key press: it is sent at
    /// most every 3 s.
    ///
    /// The typing ends 5 s after the last call, or when a message is sent to the receiver. If the server's settings
    /// disable typing indicators, nothing is sent.
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

    /// Reports to the receiver, over the connection, that the user stopped typing, if a start was reported before.
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

    /// Sends data to the receivers who are connected now. It is never stored and never queued. If the server's settings
    /// disable it, it is not sent, but [counted](crate::client::Counters::withheld).
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn), [`NotConnected`](crate::ErrorCode::NotConnected),
    /// [`TooManyRequests`](crate::ErrorCode::TooManyRequests) when too many frames wait to be sent.
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
