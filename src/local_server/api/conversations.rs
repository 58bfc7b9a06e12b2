use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::to_raw_value;

use super::{
    authentication::Session,
    page::PageRequest,
    request::{Call, Reply},
};
use crate::{
    local_server::{
        database::{ConversationFilter, StoredConversation},
        limits::check_tags,
        message_view::Viewer,
        receipts,
        refusal::Refusal,
        request_context::{RequestContext, group_json},
    },
    model::{MessageId, ReceiverId, Uid, lenient},
    wire::{conversation::ConversationObject, frame_body::ReceiptAction, reply},
};

/// `GET conversations`.
pub(super) fn list(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (uid, page) = (&session.token.uid, PageRequest::read(call)?);
    let filter = ConversationFilter {
        kind: call.parameter("conversationType").map(str::to_owned),
        only_unread: call.flag("unread"),
        tags: call.list("tags")?,
        user_tags: call.list("userTags")?,
        group_tags: call.list("groupTags")?,
        search: call.search()?.map(str::to_owned),
        hide_blocked: !call.flag("includeBlockedUsers"),
        limit: page.per_page,
        offset: page.offset(),
    };
    let conversations = context
        .database
        .conversations(uid, &filter)?
        .into_iter()
        .map(|conversation| object(context, conversation, uid))
        .collect::<Result<_, _>>()?;
    page.reply(conversations)
}

/// `GET users/{uid}/conversation`, or of a group.
pub(super) fn show(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let uid = &session.token.uid;
    let conversation = conversation(context, uid, &other_party(call))?;
    Ok(reply::success(&object(context, conversation, uid)?)?)
}

#[derive(Deserialize)]
struct Tags {
    #[serde(default, deserialize_with = "lenient::texts")]
    tags: Vec<Arc<str>>,
}

/// `PUT users/{uid}/conversation`, or of a group.
pub(super) fn tag(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let Tags { tags } = call.json()?;
    check_tags(&tags)?;
    let uid = &session.token.uid;
    let with = conversation(context, uid, &other_party(call))?.with;
    context.database.tag_conversation(uid, &with, &tags)?;
    show(context, call, session)
}

#[derive(Serialize)]
struct Done {
    success: bool,
    message: &'static str,
}

/// `DELETE users/{uid}/conversation`, or of a group: for this user only.
pub(super) fn delete(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let uid = &session.token.uid;
    let with = conversation(context, uid, &other_party(call))?.with;
    context.database.delete_conversation(uid, &with)?;
    Ok(reply::success(&Done {
        success: true,
        message: "The conversation was deleted.",
    })?)
}

/// `POST …/conversation/read`.
pub(super) fn mark_read(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    mark(context, call, session, ReceiptAction::Read)
}

/// `POST …/conversation/delivered`.
pub(super) fn mark_delivered(
    context: &mut RequestContext<'_>,
    call: &Call,
    session: &Session,
) -> Reply {
    mark(context, call, session, ReceiptAction::Delivered)
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct UpTo {
    message_id: Option<MessageId>,
}

fn mark(
    context: &mut RequestContext<'_>,
    call: &Call,
    session: &Session,
    action: ReceiptAction,
) -> Reply {
    let uid = &session.token.uid;
    let StoredConversation { key, with, .. } = conversation(context, uid, &other_party(call))?;
    let up_to = match call.json_or_default()? {
        UpTo { message_id: None } => context.database.newest_message(&key)?,
        UpTo {
            message_id: Some(message),
        } => message_of(context, uid, &with, message)?,
    };
    receipts::receive(context, &session.device, &with, action, up_to)?;
    Ok(reply::success(&Done {
        success: true,
        message: "The conversation was marked.",
    })?)
}

#[derive(Serialize)]
struct Marked {
    conversation: ConversationObject,
}

/// `DELETE …/conversation/read`: the messages from this one on are unread again.
pub(super) fn mark_unread(
    context: &mut RequestContext<'_>,
    call: &Call,
    session: &Session,
) -> Reply {
    let uid = &session.token.uid;
    let StoredConversation { with, .. } = conversation(context, uid, &other_party(call))?;
    let UpTo { message_id } = call.json()?;
    let message_id = message_id.ok_or_else(|| Refusal::bad_request("The messageId is missing."))?;
    let message = message_of(context, uid, &with, message_id)?;
    context.database.remove_read_receipt(uid, &with, message)?;
    let conversation = conversation(context, uid, &with)?;
    Ok(reply::success(&Marked {
        conversation: object(context, conversation, uid)?,
    })?)
}

/// The message with this id, if it is in this conversation.
fn message_of(
    context: &RequestContext<'_>,
    uid: &Uid,
    with: &ReceiverId,
    id: MessageId,
) -> Result<MessageId, Refusal> {
    let message = context.visible_message(&id.to_string(), uid)?;
    if message.other_party(uid) == *with {
        Ok(message.id)
    } else {
        Err(Refusal::no_message())
    }
}

/// The other party of the conversation in the path.
fn other_party(call: &Call) -> ReceiverId {
    if call.is_of_group {
        ReceiverId::Group(call.id().into())
    } else {
        ReceiverId::User(call.id().into())
    }
}

fn conversation(
    context: &RequestContext<'_>,
    uid: &Uid,
    with: &ReceiverId,
) -> Result<StoredConversation, Refusal> {
    if let Some(conversation) = context.database.conversation(uid, with)? {
        return Ok(conversation);
    }
    match with {
        ReceiverId::User(other) => context.user(other.as_str()).map(drop)?,
        ReceiverId::Group(guid) => context.scope_of(guid.as_str(), uid).map(drop)?,
    }
    Err(Refusal::no_conversation())
}

fn object(
    context: &RequestContext<'_>,
    conversation: StoredConversation,
    viewer: &Uid,
) -> Result<ConversationObject, Refusal> {
    let last_message = match conversation.last_message {
        Some(id) => context.database.message(id)?,
        None => None,
    };
    Ok(ConversationObject {
        conversation_type: conversation.with.kind(),
        last_message: last_message
            .map(|message| context.message_json(&message, Viewer::User(viewer)))
            .transpose()?,
        conversation_with: match &conversation.with {
            ReceiverId::User(uid) => to_raw_value(&context.user_seen_by(uid.as_str(), viewer)?)?,
            ReceiverId::Group(guid) => group_json(&context.group(guid.as_str(), viewer)?)?,
        },
        conversation_id: conversation.id,
        unread_message_count: conversation.unread_messages,
        unread_mentions_count: conversation.unread_mentions,
        last_read_message_id: conversation.last_read,
        latest_message_id: conversation.last_message,
        tags: conversation.tags,
    })
}
