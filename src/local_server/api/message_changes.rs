//! Changes of a message after it was sent.

use std::sync::Arc;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::{
    authentication::Session,
    request::{Call, Reply},
    send_message,
};
use crate::{
    local_server::{
        database::{MemberScope, NewMessage, StoredMessage},
        limits::{MAX_LIST, check_edited_data, check_length, check_list, check_tags, data_size},
        message_view::Viewer,
        refusal::Refusal,
        request_context::RequestContext,
    },
    model::{ReceiverId, Uid, lenient},
    wire::{
        error::code,
        frame_body::{InteractionBody, InteractionObject},
        message::{ActionKind, action_data},
        reply,
    },
};

/// `PUT messages/{id}`. The reply is an action message.
pub(super) fn edit(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let message = changeable_message(context, call, session)?;
    // An edit is a message too: it counts as one, and does not reach a user who is blocked.
    let uid = &session.token.uid;
    context.app.count_message(uid)?;
    context.audience(uid, &message.other_party(uid))?;
    let request = call.message()?;
    let mut data = message.data;
    // It is not part of what is stored.
    data.remove("moderation");
    let size_before = data_size(&data);
    data.extend(send_message::data(
        request,
        &message.category,
        &message.kind,
    )?);
    check_edited_data(&data, size_before)?;
    check_tags(&request.tags)?;
    let mentions = send_message::mentions(context, &data)?;
    let tags = if request.tags.is_empty() {
        message.tags
    } else {
        request.tags.clone()
    };
    let now = context.now;
    context
        .database
        .edit_message(message.id, uid, &data, &tags, &mentions, now)?;
    if let Some(verdict) = context.app.moderation.judge(&data) {
        context
            .database
            .moderate_message(message.id, verdict.as_str(), now)?;
    }
    publish_change(context, call, session, ActionKind::Edited)
}

/// `DELETE messages/{id}`. The reply is an action message.
pub(super) fn delete(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let message = changeable_message(context, call, session)?;
    context
        .database
        .delete_message(message.id, &session.token.uid, context.now)?;
    publish_change(context, call, session, ActionKind::Deleted)
}

/// The message, if the user may change it: as its sender, or as a moderator of its group.
fn changeable_message(
    context: &RequestContext<'_>,
    call: &Call,
    session: &Session,
) -> Result<StoredMessage, Refusal> {
    let uid = &session.token.uid;
    let message = context.visible_message(call.id(), uid)?;
    if message.deleted.is_some() || message.category == "action" {
        return Err(Refusal::no_message());
    }
    let may_change = message.sender == *uid
        || match &message.receiver {
            ReceiverId::User(_) => false,
            ReceiverId::Group(guid) => {
                context.scope_of(guid.as_str(), uid)? >= MemberScope::Moderator
            }
        };
    if may_change {
        Ok(message)
    } else {
        Err(Refusal::new(
            StatusCode::FORBIDDEN,
            code::NOT_THE_SENDER,
            "A message is changed by its sender, or by a moderator of its group.",
        ))
    }
}

/// Stores an edit or a deletion as an action, and sends it to everybody who has the message.
fn publish_change(
    context: &mut RequestContext<'_>,
    call: &Call,
    session: &Session,
    kind: ActionKind,
) -> Reply {
    let uid = &session.token.uid;
    let message = context.visible_message(call.id(), uid)?;
    let action = NewMessage {
        muid: None,
        sender: uid,
        resource: &session.device.session,
        receiver: &message.other_party(uid),
        category: "action",
        kind: "message",
        data: &action_data(kind)?,
        tags: &[],
        parent_id: None,
        quoted_id: None,
        mentions: &[],
        action_on: None,
        on_message: Some(message.id),
        moderation: None,
    };
    let id = context.database.create_message(&action, context.now)?;
    let action = context
        .database
        .message(id)?
        .ok_or_else(Refusal::no_message)?;

    let to = context.followers(uid, &message)?;
    context.publish_change(&session.device, &action, message.id, to)?;
    Ok(reply::success(
        &context.message_json(&action, Viewer::User(uid))?,
    )?)
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FlagRequest {
    #[serde(deserialize_with = "lenient::filled_text", alias = "id")]
    reason_id: Option<Arc<str>>,
    #[serde(deserialize_with = "lenient::filled_text")]
    remark: Option<Arc<str>>,
}

#[derive(Serialize)]
struct Done {
    success: bool,
    message: &'static str,
}

/// `POST messages/{id}/flagged`: kept for whoever reads the database.
pub(super) fn flag(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let message = context.visible_message(call.id(), &session.token.uid)?;
    let request: FlagRequest = call.json_or_default()?;
    check_length(
        "reason",
        request.reason_id.as_deref().unwrap_or_default(),
        MAX_LIST,
    )?;
    check_length(
        "remark",
        request.remark.as_deref().unwrap_or_default(),
        1_000,
    )?;
    context.database.flag_message(
        message.id,
        &session.token.uid,
        request.reason_id.as_deref(),
        request.remark.as_deref(),
        context.now,
    )?;
    Ok(reply::success(&Done {
        success: true,
        message: "The message was flagged.",
    })?)
}

#[derive(Deserialize)]
struct InteractionRequest {
    interactions: Vec<String>,
}

/// `PATCH messages/{id}/interacted`.
pub(super) fn interact(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let uid: &Uid = &session.token.uid;
    let message = context.live_message(call.id(), uid)?;
    let with = message.other_party(uid);
    context.audience(uid, &with)?;
    let audience = context.followers(uid, &message)?;
    let request: InteractionRequest = call.json()?;
    check_list(request.interactions.len())?;
    for element in &request.interactions {
        check_length("element", element, MAX_LIST)?;
        context
            .database
            .add_interaction(message.id, uid, element, context.now)?;
    }
    let interactions = context.database.interactions(message.id, uid)?;
    check_list(interactions.len())?;
    let interactions = interactions
        .into_iter()
        .map(|(element_id, interacted_at)| InteractionObject {
            element_id,
            interacted_at,
        })
        .collect();
    let user = context.user(uid.as_str())?;
    let body = InteractionBody {
        message_id: message.id,
        user: &user,
        interactions,
    };
    context.publish(
        "interaction_completed",
        &session.device,
        &with,
        audience,
        body,
    )?;
    Ok(reply::success(
        &context.message_json(&message, Viewer::User(uid))?,
    )?)
}
