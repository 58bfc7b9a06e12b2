use std::sync::Arc;

use serde::Serialize;

use crate::{
    client::{
        Client, Command, Request,
        operation::{Call, Operation},
    },
    core::marking::{self, UpTo},
    model::{Conversation, Message, ReceiverId, UnreadCounts},
    wire::{client_frame::Mark, conversation, frame_body::ReceiptAction, query::Query, route},
};

/// # Conversations
///
/// They are listed by a [`ConversationsRequest`](crate::client::ConversationsRequest).
impl Client {
    /// The conversation with a user or in a group, with its last message and the number of unread messages.
    ///
    /// # Errors
    /// The server's refusal, for example of a conversation without messages;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn conversation(&self, with: impl Into<ReceiverId>) -> Request<Conversation> {
        let call = Call::about(
            &with.into(),
            route::USER_CONVERSATION,
            route::GROUP_CONVERSATION,
        );
        self.call("conversation", conversation_of(call))
    }

    /// Deletes the messages of the conversation for the user only: the other participants keep them. The next message
    /// starts it again.
    ///
    /// # Errors
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn delete_conversation(&self, with: impl Into<ReceiverId>) -> Request<()> {
        let call = Call::about(
            &with.into(),
            route::DELETE_USER_CONVERSATION,
            route::DELETE_GROUP_CONVERSATION,
        );
        self.call("delete_conversation", Operation::done(call))
    }

    /// Replaces the tags that the conversation has for the user. Succeeds with the conversation.
    ///
    /// # Errors
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn tag_conversation(
        &self,
        with: impl Into<ReceiverId>,
        tags: impl IntoIterator<Item = impl Into<Arc<str>>>,
    ) -> Request<Conversation> {
        #[derive(Serialize)]
        struct Tags {
            tags: Vec<Arc<str>>,
        }
        let call = Call::about(
            &with.into(),
            route::TAG_USER_CONVERSATION,
            route::TAG_GROUP_CONVERSATION,
        );
        let tags = tags.into_iter().map(Into::into).collect();
        let call = call.with_json(&Tags { tags });
        self.call("tag_conversation", call.map(conversation_of))
    }

    /// Marks all messages of the conversation as read.
    ///
    /// # Errors
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn mark_conversation_as_read(&self, with: impl Into<ReceiverId>) -> Request<()> {
        let call = marking::marking(&with.into(), ReceiptAction::Read);
        self.call("mark_conversation_as_read", Operation::done(call))
    }

    /// Marks all messages of the conversation as delivered.
    ///
    /// # Errors
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn mark_conversation_as_delivered(&self, with: impl Into<ReceiverId>) -> Request<()> {
        let call = marking::marking(&with.into(), ReceiptAction::Delivered);
        self.call("mark_conversation_as_delivered", Operation::done(call))
    }

    /// Marks a message, and all messages before it in the conversation, as read: over the connection while it is live,
    /// over HTTP while it is not.
    ///
    /// Marks within 250 ms are sent together, one for each conversation, so a game can mark every message that it
    /// shows. The user's own messages are not marked.
    ///
    /// ```
    /// # use bevy::prelude::*;
    /// use bevy_cometchat::prelude::*;
    ///
    /// fn read_what_is_shown(chat: Res<CometChat>, mut received: MessageReader<MessageReceived>) {
    ///     for message in received.read() {
    ///         chat.mark_as_read(message);
    ///     }
    /// }
    /// # bevy::ecs::system::assert_is_system(read_what_is_shown);
    /// ```
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn);
    /// [`ReceiptsDisabled`](crate::ErrorCode::ReceiptsDisabled) where the server's settings allow
    /// no receipts; over HTTP also the server's refusal, and
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable). The server does not answer marks that are sent over
    /// the connection.
    pub fn mark_as_read(&self, message: &Message) -> Request<()> {
        self.mark("mark_as_read", message, ReceiptAction::Read)
    }

    /// Marks a message, and all messages before it in the conversation, as delivered, in the same way as
    /// [`mark_as_read`](Self::mark_as_read).
    ///
    /// # Errors
    /// As [`mark_as_read`](Self::mark_as_read).
    pub fn mark_as_delivered(&self, message: &Message) -> Request<()> {
        self.mark("mark_as_delivered", message, ReceiptAction::Delivered)
    }

    /// Marks a received message, and all messages after it in the conversation, as unread. Succeeds with the
    /// conversation.
    ///
    /// # Errors
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn mark_as_unread(&self, message: &Message) -> Request<Conversation> {
        let call = Call::about(
            &conversation_with(message),
            route::UNREAD_USER_CONVERSATION,
            route::UNREAD_GROUP_CONVERSATION,
        );
        let call = call.with_json(&UpTo {
            message_id: message.id,
        });
        let read = |call| {
            Operation::new(call, |reply, interner| {
                conversation::decode_marked(reply.data, interner)
            })
        };
        self.call("mark_as_unread", call.map(read))
    }

    /// The number of unread messages of each conversation that has any.
    ///
    /// # Errors
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn unread_counts(&self) -> Request<UnreadCounts> {
        self.call(
            "unread_counts",
            counting(Call::new(route::MESSAGES, &[]), |counts| counts),
        )
    }

    /// The number of unread messages of the conversation with a user or in a group.
    ///
    /// # Errors
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn unread_count(&self, with: impl Into<ReceiverId>) -> Request<u64> {
        let with = with.into();
        let call = Call::about(&with, route::USER_MESSAGES, route::GROUP_MESSAGES);
        self.call(
            "unread_count",
            counting(call, move |counts| counts.of(&with)),
        )
    }

    fn mark(
        &self,
        operation: &'static str,
        message: &Message,
        action: ReceiptAction,
    ) -> Request<()> {
        let mark = Box::new(Mark {
            conversation: conversation_with(message),
            action,
            message: message.id,
            author: message.sender.uid.clone(),
        });
        self.request(operation, |done| Command::Mark { mark, done })
    }
}

fn conversation_of(call: Call) -> Operation<Conversation> {
    Operation::new(call, |reply, interner| {
        conversation::decode(reply.data, interner)
    })
}

/// The conversation as the receiver of a message names it.
fn conversation_with(message: &Message) -> ReceiverId {
    message.answer_to(message.receiver.uid().unwrap_or(&message.sender.uid))
}

fn counting<T: Clone + Send + 'static>(
    call: Call,
    pick: impl FnOnce(UnreadCounts) -> T + Send + 'static,
) -> Operation<T> {
    let call = call.with_query(&Query::default().with("unread", 1).with("count", 1));
    Operation::new(call, |reply, _| {
        conversation::decode_unread(reply.data).map(pick)
    })
}
