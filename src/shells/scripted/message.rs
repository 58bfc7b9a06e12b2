use std::sync::Arc;

use crate::model::{
    ConversationId, Message, MessageContent, MessageId, Receiver, Timestamp, Uid, User,
};

/// A text message as the server would send it. Change its fields at will.
pub fn text_message(
    id: u64,
    sender: Arc<User>,
    receiver: Receiver,
    text: impl Into<Arc<str>>,
) -> Message {
    let conversation_id = match &receiver {
        Receiver::User(user) => conversation_of(&sender.uid, &user.uid),
        Receiver::Group(group) => format!("group_{}", group.guid).into(),
    };
    Message {
        id: MessageId(id),
        muid: None,
        conversation_id,
        sender,
        receiver,
        sent_at: Timestamp::default(),
        updated_at: Timestamp::default(),
        content: MessageContent::Text(text.into()),
        metadata: None,
        parent_id: None,
        details: None,
    }
}

/// The conversation of two users, whoever writes.
pub fn conversation_of(one: &Uid, other: &Uid) -> ConversationId {
    let (first, second) = if one <= other {
        (one, other)
    } else {
        (other, one)
    };
    format!("{first}_user_{second}").into()
}
