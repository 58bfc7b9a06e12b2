use std::sync::Arc;

use serde::Serialize;

use super::{ChatApi, Question};
use crate::{
    client::{
        ChatError, Command,
        operation::{Call, Operation},
    },
    model::{Conversation, Message, MessageId, ReceiverId, UnreadCounts},
    wire::{client_frame::Mark, conversation, frame_body::ReceiptAction, query::Query, route},
};

/// Conversations: what the user has with others, and what of it is read.
///
/// They are listed by a [`ConversationsRequest`](crate::client::ConversationsRequest).
pub trait ConversationApi: ChatApi {
    /// The conversation with a user or in a group, with its last message and how much of it is unread.
    ///
    /// # Errors
    /// What the server refuses, such as a conversation in which nothing was said;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn conversation(&self, with: impl Into<ReceiverId>) -> Self::Request<Conversation> {
        let call = Call::about(
            &with.into(),
            route::USER_CONVERSATION,
            route::GROUP_CONVERSATION,
        );
        self.ask(conversation_of(call).into())
    }

    /// Deletes what was said, for the user only: the others keep it. It begins anew with the next message.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn delete_conversation(&self, with: impl Into<ReceiverId>) -> Self::Request<()> {
        let call = Call::about(
            &with.into(),
            route::DELETE_USER_CONVERSATION,
            route::DELETE_GROUP_CONVERSATION,
        );
        self.ask(Operation::done(call).into())
    }

    /// Tags the conversation for the user, in place of the tags that it has. Succeeds with the conversation.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn tag_conversation(
        &self,
        with: impl Into<ReceiverId>,
        tags: impl IntoIterator<Item = impl Into<Arc<str>>>,
    ) -> Self::Request<Conversation> {
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
        self.ask(call.map(conversation_of).into())
    }

    /// Marks everything in the conversation as read.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn mark_conversation_as_read(&self, with: impl Into<ReceiverId>) -> Self::Request<()> {
        let call = marking(&with.into(), ReceiptAction::Read);
        self.ask(Operation::done(call).into())
    }

    /// Marks everything in the conversation as delivered.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn mark_conversation_as_delivered(&self, with: impl Into<ReceiverId>) -> Self::Request<()> {
        let call = marking(&with.into(), ReceiptAction::Delivered);
        self.ask(Operation::done(call).into())
    }

    /// Marks a message as read, and with it all before it in the conversation: over the connection where it is live,
    /// else over HTTP.
    ///
    /// Marks of a quarter of a second go out together, one for each conversation, so a game can mark every message
    /// that it shows. A message of the user's own needs no mark, and gets none.
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
    /// no receipts; over HTTP also what the server refuses, and
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable). Over the connection nothing comes back.
    fn mark_as_read(&self, message: &Message) -> Self::Request<()> {
        self.ask(mark(message, ReceiptAction::Read))
    }

    /// Marks a message as delivered, and with it all before it in the conversation; otherwise as
    /// [`mark_as_read`](Self::mark_as_read).
    ///
    /// # Errors
    /// As [`mark_as_read`](Self::mark_as_read).
    fn mark_as_delivered(&self, message: &Message) -> Self::Request<()> {
        self.ask(mark(message, ReceiptAction::Delivered))
    }

    /// Marks a message that the user got, and all after it in the conversation, as not read. Succeeds with the
    /// conversation.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn mark_as_unread(&self, message: &Message) -> Self::Request<Conversation> {
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
        self.ask(call.map(read).into())
    }

    /// How many messages the user has not read, of each conversation in which there are some.
    ///
    /// # Errors
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn unread_counts(&self) -> Self::Request<UnreadCounts> {
        self.ask(counting(Call::new(route::MESSAGES, &[]), |counts| counts).into())
    }

    /// How many messages with a user, or in a group, the user has not read.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn unread_count(&self, with: impl Into<ReceiverId>) -> Self::Request<u64> {
        let with = with.into();
        let call = Call::about(&with, route::USER_MESSAGES, route::GROUP_MESSAGES);
        self.ask(counting(call, move |counts| counts.of(&with)).into())
    }
}

impl<A: ChatApi> ConversationApi for A {}

/// What a mark becomes where there is no connection to tell it over.
pub(crate) fn mark_over_http(mark: &Mark) -> Result<Operation<()>, ChatError> {
    let call = marking(&mark.conversation, mark.action);
    let call = call.with_json(&UpTo {
        message_id: mark.message,
    });
    call.map(Operation::done)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UpTo {
    message_id: MessageId,
}

fn conversation_of(call: Call) -> Operation<Conversation> {
    Operation::new(call, |reply, interner| {
        conversation::decode(reply.data, interner)
    })
}

fn marking(with: &ReceiverId, action: ReceiptAction) -> Call {
    match action {
        ReceiptAction::Read => Call::about(
            with,
            route::READ_USER_CONVERSATION,
            route::READ_GROUP_CONVERSATION,
        ),
        ReceiptAction::Delivered => Call::about(
            with,
            route::DELIVERED_USER_CONVERSATION,
            route::DELIVERED_GROUP_CONVERSATION,
        ),
    }
}

fn mark(message: &Message, action: ReceiptAction) -> Question<()> {
    let mark = Box::new(Mark {
        conversation: conversation_with(message),
        action,
        message: message.id,
        author: message.sender.uid.clone(),
    });
    Question::new(|done| Command::Mark { mark, done })
}

/// The conversation as whoever got the message names it.
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
