//! Pinned and saved messages: pinned for everybody in the conversation, saved for one user.

use hyper::StatusCode;

use super::{
    authentication::Session,
    request::{Call, Reply},
};
use crate::{
    local_server::{
        database::{MemberScope, StoredMessage},
        message_view::Viewer,
        refusal::Refusal,
        request_context::RequestContext,
    },
    model::{ReceiverId, Uid},
    wire::{
        error::code,
        reply,
        settings::{MAX_PINNED, MAX_SAVED},
    },
};

/// `POST messages/{id}/pin`.
pub(super) fn pin(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let uid = &session.token.uid;
    let message = context.live_message(call.id(), uid)?;
    let audience = audience_of_pin(context, uid, &message)?;
    if message.pinned.is_none() && context.database.pinned_beside(&message)? >= MAX_PINNED {
        return Err(limit_reached(format!(
            "A conversation has at most {MAX_PINNED} messages pinned."
        )));
    }
    context.database.pin_message(message.id, uid, context.now)?;
    publish(context, call, session, "message_pinned", audience)
}

/// `DELETE messages/{id}/pin`.
pub(super) fn unpin(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let message = context.live_message(call.id(), &session.token.uid)?;
    let audience = audience_of_pin(context, &session.token.uid, &message)?;
    context.database.unpin_message(message.id)?;
    publish(context, call, session, "message_unpinned", audience)
}

/// `POST messages/{id}/save`.
pub(super) fn save(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let uid = &session.token.uid;
    let message = context.live_message(call.id(), uid)?;
    let is_new = context.database.saved_at(message.id, uid)?.is_none();
    if is_new && context.database.saved_by(uid)? >= MAX_SAVED {
        return Err(limit_reached(format!(
            "A user has at most {MAX_SAVED} messages saved."
        )));
    }
    context
        .database
        .save_message(message.id, uid, context.now)?;
    publish(context, call, session, "message_saved", vec![uid.clone()])
}

/// `DELETE messages/{id}/save`.
pub(super) fn unsave(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let uid = &session.token.uid;
    let message = context.live_message(call.id(), uid)?;
    context.database.unsave_message(message.id, uid)?;
    publish(context, call, session, "message_unsaved", vec![uid.clone()])
}

/// The users to notify when the user pins or unpins a message. In a group, only moderators may do so.
fn audience_of_pin(
    context: &RequestContext<'_>,
    uid: &Uid,
    message: &StoredMessage,
) -> Result<Vec<Uid>, Refusal> {
    if let ReceiverId::Group(guid) = &message.receiver
        && context.scope_of(guid.as_str(), uid)? < MemberScope::Moderator
    {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            code::ACTION_NOT_ALLOWED,
            "Messages of a group are pinned by its admins and moderators.",
        ));
    }
    context.audience(uid, &message.other_party(uid))?;
    context.followers(uid, message)
}

fn limit_reached(message: String) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, code::LIMIT_REACHED, message)
}

/// Sends the message to the others of `audience`, and replies with it, as each user sees it now.
fn publish(
    context: &mut RequestContext<'_>,
    call: &Call,
    session: &Session,
    kind: &'static str,
    audience: Vec<Uid>,
) -> Reply {
    let uid = &session.token.uid;
    let message = context.visible_message(call.id(), uid)?;
    let own = context.message_json(&message, Viewer::User(uid))?;
    // A message to oneself can be sent as its only reader sees it.
    let body = if audience == [uid.clone()] {
        own.clone()
    } else {
        context.message_json(&message, Viewer::AnyMember)?
    };
    let with = message.other_party(uid);
    context.publish(kind, &session.device, &with, audience, body)?;
    Ok(reply::success(&own)?)
}
