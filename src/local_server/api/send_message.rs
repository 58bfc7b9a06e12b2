use hyper::StatusCode;
use serde_json::value::to_raw_value;

use super::{
    authentication::Session,
    presigned,
    request::{Call, Reply},
    upload::Upload,
};
use crate::{
    local_server::{
        database::{NewMessage, StoredMessage},
        id,
        message_view::Viewer,
        refusal::Refusal,
        request_context::RequestContext,
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

/// How many users a message may mention.
const MAX_MENTIONS: usize = 100;

/// The members of `data` that only the server may say.
const SERVERS_MEMBERS: [&str; 6] = [
    "entities",
    "interactions",
    "mentions",
    "moderation",
    "reactions",
    "resource",
];

/// `POST messages`.
pub(super) fn send(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let upload = Upload::read(call)?;
    let parent_id = upload.request.parent_message_id;
    store_and_publish(context, call, session, upload, parent_id)
}

/// `POST messages/{parentId}/thread`.
pub(super) fn reply(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let parent_id = call.id().parse().map_err(|_| Refusal::no_message())?;
    store_and_publish(
        context,
        call,
        session,
        Upload::read(call)?,
        Some(MessageId(parent_id)),
    )
}

fn store_and_publish(
    context: &mut RequestContext<'_>,
    call: &Call,
    session: &Session,
    upload: Upload<'_>,
    parent_id: Option<MessageId>,
) -> Reply {
    let (sender, request) = (&session.token.uid, &upload.request);
    if let Some(muid) = request.muid.as_deref() {
        id::check("muid", muid)?;
        // Sent again, because the first reply was lost: it is stored and told of once.
        if let Some(stored) = context.database.message_of_muid(sender, muid)? {
            return sent_reply(context, sender, &stored);
        }
    }

    let receiver = receiver(request)?;
    let (category, kind) = category_and_kind(request)?;
    let mut data = data(request, category, kind)?;
    upload.add_attachments(context, call, &mut data)?;
    let mentions = mentions(context, &data)?;
    let audience = context.audience(sender, &receiver)?;
    for referred in parent_id.iter().chain(&request.quoted_message_id) {
        check_same_conversation(context, sender, &receiver, *referred)?;
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
        quoted_id: request.quoted_message_id,
        mentions: &mentions,
        action_on: None,
    };
    let id = context.database.create_message(&message, context.now)?;
    upload.store_files(context, id)?;
    presigned::send(context, sender, id, &data)?;
    if let ReceiverId::User(other) = &receiver {
        context.database.open_conversation(sender, other)?;
    }
    let stored = context
        .database
        .message(id)?
        .ok_or_else(Refusal::no_message)?;
    context.publish_message(&session.device, &stored, Viewer::AnyMember, audience)?;
    sent_reply(context, sender, &stored)
}

fn sent_reply(context: &RequestContext<'_>, sender: &Uid, stored: &StoredMessage) -> Reply {
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
pub(super) fn data(
    request: &MessageRequest,
    category: &str,
    kind: &str,
) -> Result<DataMembers, Refusal> {
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

/// Whom the text mentions, as `<@uid:UID>`, as far as they exist.
pub(super) fn mentions(
    context: &RequestContext<'_>,
    data: &DataMembers,
) -> Result<Vec<Uid>, Refusal> {
    let text = data
        .get("text")
        .and_then(|text| serde_json::from_str::<String>(text.get()).ok())
        .unwrap_or_default();
    let mut mentions: Vec<Uid> = Vec::new();
    for mention in text.split("<@uid:").skip(1) {
        let Some((uid, _)) = mention.split_once('>') else {
            continue;
        };
        let is_new = !mentions.iter().any(|known| *known == uid);
        if is_new && mentions.len() < MAX_MENTIONS && context.database.user(uid)?.is_some() {
            mentions.push(uid.into());
        }
    }
    Ok(mentions)
}

/// A thread stays within its conversation, and so does a quotation.
fn check_same_conversation(
    context: &RequestContext<'_>,
    sender: &Uid,
    receiver: &ReceiverId,
    referred: MessageId,
) -> Result<(), Refusal> {
    let conversation = conversation_id(sender.as_str(), receiver);
    match context.database.message(referred)? {
        Some(message) if message.conversation_id == conversation => Ok(()),
        _ => Err(Refusal::no_message()),
    }
}
