use hyper::StatusCode;
use serde_json::value::to_raw_value;

use super::{Call, Reply, Session};
use crate::{
    local_server::{
        context::{Context, Viewer},
        database::{NewMessage, StoredMessage},
        id,
        refusal::Refusal,
    },
    model::{MessageId, ReceiverId, Uid},
    wire::{
        error::code,
        message::{DataMembers, MessageRequest, conversation_id},
        reply,
    },
};

/// How many characters a text message may have.
const MAX_TEXT_LENGTH: usize = 10_000;

/// The members of `data` that only the server may say.
const SERVERS_MEMBERS: [&str; 5] = [
    "entities",
    "mentions",
    "moderation",
    "reactions",
    "resource",
];

/// `POST messages`.
pub(super) fn send(context: &mut Context<'_>, call: &Call, session: &Session) -> Reply {
    let request: MessageRequest = call.json()?;
    let parent_id = request.parent_message_id;
    store_and_publish(context, session, request, parent_id)
}

/// `POST messages/{parentId}/thread`.
pub(super) fn reply(context: &mut Context<'_>, call: &Call, session: &Session) -> Reply {
    let parent_id = call.id().parse().map_err(|_| Refusal::no_message())?;
    store_and_publish(context, session, call.json()?, Some(MessageId(parent_id)))
}

fn store_and_publish(
    context: &mut Context<'_>,
    session: &Session,
    request: MessageRequest,
    parent_id: Option<MessageId>,
) -> Reply {
    let sender = &session.token.uid;
    if let Some(muid) = request.muid.as_deref() {
        id::check("muid", muid)?;
        // Sent again, because the first reply was lost: it is stored and told of once.
        if let Some(stored) = context.database.message_of_muid(sender, muid)? {
            return sent_reply(context, sender, &stored);
        }
    }

    let receiver = receiver(&request)?;
    let (category, kind) = category_and_kind(&request)?;
    let data = data(&request, category, kind)?;
    let audience = context.audience(sender, &receiver)?;
    if let Some(parent_id) = parent_id {
        check_parent(context, sender, &receiver, parent_id)?;
    }

    let message = NewMessage {
        muid: request.muid.as_deref(),
        sender,
        resource: &session.device.session,
        receiver: &receiver,
        category,
        kind,
        data: &data,
        tags: &request.tags,
        parent_id,
    };
    let id = context.database.create_message(&message, context.now)?;
    let stored = context
        .database
        .message(id)?
        .ok_or_else(Refusal::no_message)?;
    context.publish_message(&session.device, &stored, Viewer::AnyMember, audience)?;
    sent_reply(context, sender, &stored)
}

fn sent_reply(context: &Context<'_>, sender: &Uid, stored: &StoredMessage) -> Reply {
    let json = context.message_json(stored, Viewer::User(sender))?;
    Ok(reply::success(&json)?)
}

fn receiver(request: &MessageRequest) -> Result<ReceiverId, Refusal> {
    let id = request.receiver.as_deref().unwrap_or_default();
    let kind = request.receiver_type.as_deref().unwrap_or_default();
    match ReceiverId::of_kind(kind, id) {
        Some(receiver) if !id.is_empty() => Ok(receiver),
        _ => Err(Refusal::bad_request(
            "A message needs a receiver, and the receiverType user or group.",
        )),
    }
}

fn category_and_kind(request: &MessageRequest) -> Result<(&str, &str), Refusal> {
    let category = request.category.as_deref().unwrap_or("message");
    let kind = request
        .kind
        .as_deref()
        .ok_or_else(|| Refusal::bad_request("A message needs a type."))?;
    match category {
        "message" | "custom" | "interactive" => Ok((category, kind)),
        other => Err(Refusal::unsupported(&format!(
            "messages of the category {other}"
        ))),
    }
}

/// The `data` to store: what the client gave, without what only the server may say.
fn data(request: &MessageRequest, category: &str, kind: &str) -> Result<DataMembers, Refusal> {
    let mut data = request.data.clone().unwrap_or_default();
    for member in SERVERS_MEMBERS {
        data.remove(member);
    }
    if let Some(metadata) = &request.metadata
        && !data.contains_key("metadata")
    {
        data.insert("metadata".to_owned(), to_raw_value(metadata)?);
    }
    if (category, kind) == ("message", "text") {
        let in_data = data
            .get("text")
            .map(|text| serde_json::from_str::<String>(text.get()));
        let text = match (in_data, &request.text) {
            (Some(Ok(text)), _) => text,
            (_, Some(text)) => text.to_string(),
            (_, None) => String::new(),
        };
        check_text(&text)?;
        data.insert("text".to_owned(), to_raw_value(&text)?);
    }
    Ok(data)
}

fn check_text(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            code::EMPTY_MESSAGE_TEXT,
            "A text message says something.",
        ));
    }
    if text.chars().count() > MAX_TEXT_LENGTH {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            code::MESSAGE_TOO_LONG,
            format!("A text message has at most {MAX_TEXT_LENGTH} characters."),
        ));
    }
    Ok(())
}

/// A thread stays within its conversation.
fn check_parent(
    context: &Context<'_>,
    sender: &Uid,
    receiver: &ReceiverId,
    parent_id: MessageId,
) -> Result<(), Refusal> {
    let conversation = conversation_id(sender.as_str(), receiver);
    match context.database.message(parent_id)? {
        Some(parent) if parent.conversation_id == conversation => Ok(()),
        _ => Err(Refusal::no_message()),
    }
}
