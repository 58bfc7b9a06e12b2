use std::collections::BTreeMap;

use serde_json::{Value, json, value::to_raw_value};

use super::{
    authentication::Session,
    presigned,
    request::{Call, Reply},
};
use crate::{
    local_server::{
        database::{NewMessage, StoredMessage},
        id,
        limits::{MAX_LIST, check_data, check_length, check_tags, check_text, is_filled},
        message_view::Viewer,
        moderation::Verdict,
        refusal::Refusal,
        request_context::RequestContext,
    },
    model::{MessageId, ReceiverId, Uid},
    wire::{
        message::{DataMembers, MessageRequest},
        reply,
    },
};

/// The types of messages that stand for a file.
const FILE_KINDS: [&str; 4] = ["image", "video", "audio", "file"];

/// The maximum number of users that a message may mention.
const MAX_MENTIONS: usize = 100;

/// The members of `data` that only the server may set.
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
    let parent_id = call.message()?.parent_message_id;
    store_and_publish(context, call, session, parent_id)
}

/// `POST messages/{parentId}/thread`.
pub(super) fn reply(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let parent_id = call.id().parse().map_err(|_| Refusal::no_message())?;
    store_and_publish(context, call, session, Some(MessageId(parent_id)))
}

fn store_and_publish(
    context: &mut RequestContext<'_>,
    call: &Call,
    session: &Session,
    parent_id: Option<MessageId>,
) -> Reply {
    let (sender, request) = (&session.token.uid, call.message()?);
    let receiver = receiver(request)?;
    if let Some(muid) = request.muid.as_deref() {
        id::check_muid(muid)?;
        // Sent again, because the first reply was lost: it is stored and relayed once.
        if let Some(stored) = context.database.message_of_muid(sender, &receiver, muid)? {
            for file in &call.form.files {
                context.database.remove_chunks(&file.id)?;
            }
            return sent_reply(context, sender, &stored);
        }
    }

    context.app.count_message(sender)?;
    let (category, kind) = category_and_kind(request)?;
    let mut data = data(request, category, kind)?;
    check_tags(&request.tags)?;
    call.form.add_attachments(context, call, &mut data)?;
    check_has_file(category, kind, &data)?;
    let moderation = context.app.moderation.judge(&data);
    add_extensions(context, &mut data)?;
    let mentions = mentions(context, &data)?;
    let audience = context.audience(sender, &receiver)?;
    let parent_id = parent_id
        .map(|parent| root_of(context, &referred(context, sender, &receiver, parent)?))
        .transpose()?;
    if let Some(quoted) = request.quoted_message_id {
        referred(context, sender, &receiver, quoted)?;
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
        on_message: None,
        moderation: moderation.map(Verdict::as_str),
    };
    let id = context.database.create_message(&message, context.now)?;
    call.form.store_files(context, id)?;
    presigned::send(context, sender, id, &data)?;
    if let ReceiverId::User(other) = &receiver {
        context.database.open_conversation(sender, other)?;
    }
    let stored = context
        .database
        .message(id)?
        .ok_or_else(Refusal::no_message)?;
    let is_for_all = moderation.is_none_or(|verdict| verdict == Verdict::Approved);
    let to = if is_for_all {
        audience
    } else {
        vec![sender.clone()]
    };
    context.publish_message(&session.device, &stored, Viewer::AnyMember, to)?;
    sent_reply(context, sender, &stored)
}

fn sent_reply(context: &RequestContext<'_>, sender: &Uid, stored: &StoredMessage) -> Reply {
    let json = context.message_json(stored, Viewer::User(sender))?;
    Ok(reply::success(&json)?)
}

fn receiver(request: &MessageRequest) -> Result<ReceiverId, Refusal> {
    let id = request.receiver.as_deref().unwrap_or_default();
    let kind = request.receiver_type.as_deref().unwrap_or_default();
    match ReceiverId::of_kind(kind, &id::folded(id)) {
        Some(receiver) if !id.is_empty() => Ok(receiver),
        _ => Err(Refusal::bad_request(
            "A message needs a receiver, and the receiverType user or group.",
        )),
    }
}

fn category_and_kind(request: &MessageRequest) -> Result<(&str, &str), Refusal> {
    let category = request.category.as_deref().filter(|it| !it.is_empty());
    let category = category.unwrap_or("message");
    let kind = request
        .kind
        .as_deref()
        .ok_or_else(|| Refusal::bad_request("A message needs a type."))?;
    match category {
        "message" if kind != "text" && kind != "custom" && !FILE_KINDS.contains(&kind) => Err(
            Refusal::bad_request(format!("There are no messages of the type {kind}.")),
        ),
        "message" | "custom" | "interactive" => {
            check_length("type", kind, MAX_LIST)?;
            Ok((category, kind))
        }
        other => Err(Refusal::unsupported(&format!(
            "messages of the category {other}"
        ))),
    }
}

/// The `data` to store: what the client gave, without the members that only the server may set.
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
    } else {
        check_caption(&data)?;
    }
    check_data(&data)?;
    Ok(data)
}

/// Refuses a text that moderation could not read, but some clients would show: half of a surrogate pair, or a list.
fn check_caption(data: &DataMembers) -> Result<(), Refusal> {
    let is_readable = data
        .get("text")
        .is_none_or(|text| serde_json::from_str::<Option<String>>(text.get()).is_ok());
    if is_readable {
        Ok(())
    } else {
        Err(Refusal::bad_request(
            "The text in the data of a message is a string.",
        ))
    }
}

/// The existing users that the text mentions, as `<@uid:UID>`.
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

/// The message that a reply or a quotation refers to: it is in the same conversation.
fn referred(
    context: &RequestContext<'_>,
    sender: &Uid,
    receiver: &ReceiverId,
    id: MessageId,
) -> Result<StoredMessage, Refusal> {
    let message = context.visible_message(&id.to_string(), sender)?;
    if message.other_party(sender) == *receiver && message.category != "action" {
        Ok(message)
    } else {
        Err(Refusal::no_message())
    }
}

/// The message that began the thread of `parent`: threads are not nested. Refused if the other participants may not
/// read it, because the reply would reveal it.
fn root_of(context: &RequestContext<'_>, parent: &StoredMessage) -> Result<MessageId, Refusal> {
    let root = parent.parent_id.unwrap_or(parent.id);
    let is_for_all = match parent.parent_id {
        Some(root) => context
            .database
            .message(root)?
            .is_some_and(|root| root.is_for_all()),
        None => parent.is_for_all(),
    };
    if is_for_all {
        Ok(root)
    } else {
        Err(Refusal::no_message())
    }
}

/// Refuses a message of a file type without a file.
fn check_has_file(category: &str, kind: &str, data: &DataMembers) -> Result<(), Refusal> {
    let has_file = ["url", "attachments"]
        .iter()
        .any(|member| data.get(*member).is_some_and(|value| is_filled(value)));
    if category == "message" && FILE_KINDS.contains(&kind) && !has_file {
        return Err(Refusal::bad_request(format!(
            "A message of the type {kind} needs a file."
        )));
    }
    Ok(())
}

/// Adds the data of extensions to the metadata of a message, as CometChat does.
fn add_extensions(context: &RequestContext<'_>, data: &mut DataMembers) -> Result<(), Refusal> {
    if context.app.extensions.is_empty() {
        return Ok(());
    }
    let mut metadata: serde_json::Map<String, Value> = data
        .get("metadata")
        .and_then(|metadata| serde_json::from_str(metadata.get()).ok())
        .unwrap_or_default();
    let extensions: BTreeMap<_, _> = context
        .app
        .extensions
        .iter()
        .map(|(name, data)| (name, data))
        .collect();
    metadata.insert(
        "@injected".to_owned(),
        json!({"extensions": serde_json::to_value(extensions)?}),
    );
    data.insert("metadata".to_owned(), to_raw_value(&metadata)?);
    Ok(())
}
