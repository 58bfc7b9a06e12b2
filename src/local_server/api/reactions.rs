use hyper::StatusCode;
use serde::Serialize;

use super::{
    authentication::Session,
    request::{Call, Reply},
};
use crate::{
    local_server::{
        database::{ReactionPage, StoredMessage, StoredReaction},
        message_view::Viewer,
        refusal::Refusal,
        request_context::RequestContext,
    },
    wire::{
        error::code,
        frame_body::{ReactionBody, ReactionObject},
        reply,
    },
};

/// The maximum size of a reaction, in bytes. The longest emoji sequences have 35.
const MAX_LENGTH: usize = 64;

/// The maximum number of different reactions to a message.
const MAX_KINDS: usize = 100;

/// The default and the maximum number of reactions in a list.
const DEFAULT_LIMIT: u32 = 10;
const MAX_LIMIT: u32 = 100;

/// `POST messages/{id}/reactions/{reaction}`.
pub(super) fn add(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let uid = &session.token.uid;
    let message = context.live_message(call.id(), uid)?;
    let reaction = call.second_value().unwrap_or_default();
    if !(1..=MAX_LENGTH).contains(&reaction.len()) || reaction.chars().any(char::is_control) {
        return Err(Refusal::bad_request(format!(
            "A reaction has 1 to {MAX_LENGTH} bytes."
        )));
    }
    let added = context
        .database
        .add_reaction(message.id, reaction, uid, context.now)?
        .ok_or_else(|| {
            Refusal::new(
                StatusCode::CONFLICT,
                code::ALREADY_REACTED,
                "You reacted so already.",
            )
        })?;
    if context.database.reaction_kinds(message.id)? > MAX_KINDS {
        return Err(Refusal::bad_request(format!(
            "A message has at most {MAX_KINDS} different reactions."
        )));
    }
    publish(context, session, &message, &added, "message_reaction_added")
}

/// `DELETE messages/{id}/reactions/{reaction}`.
pub(super) fn remove(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let uid = &session.token.uid;
    let message = context.live_message(call.id(), uid)?;
    let removed = context
        .database
        .remove_reaction(message.id, call.second_value().unwrap_or_default(), uid)?
        .ok_or_else(|| {
            Refusal::new(
                StatusCode::NOT_FOUND,
                code::REACTION_NOT_FOUND,
                "You did not react so.",
            )
        })?;
    publish(
        context,
        session,
        &message,
        &removed,
        "message_reaction_removed",
    )
}

fn publish(
    context: &mut RequestContext<'_>,
    session: &Session,
    message: &StoredMessage,
    reaction: &StoredReaction,
    action: &'static str,
) -> Reply {
    let uid = &session.token.uid;
    let with = message.other_party(uid);
    context.audience(uid, &with)?;
    let audience = context.followers(uid, message)?;
    let body = ReactionBody {
        action,
        reaction: object(context, reaction)?,
        conversation_id: &message.conversation_id,
        parent_id: message.parent_id,
    };
    context.publish("reaction", &session.device, &with, audience, body)?;
    Ok(reply::success(
        &context.message_json(message, Viewer::User(uid))?,
    )?)
}

fn object<'a>(
    context: &RequestContext<'_>,
    reaction: &'a StoredReaction,
) -> Result<ReactionObject<'a>, Refusal> {
    Ok(ReactionObject {
        id: reaction.id.to_string(),
        message_id: reaction.message_id,
        reaction: &reaction.reaction,
        uid: reaction.uid.as_str(),
        reacted_at: reaction.reacted_at,
        reacted_by: context.user(reaction.uid.as_str())?,
    })
}

#[derive(Serialize)]
struct ReactionList<'a> {
    data: Vec<ReactionObject<'a>>,
    meta: ReactionListMeta,
}

/// The parameters of the next list in each direction.
#[derive(Serialize)]
struct ReactionListMeta {
    previous: Option<ReactionCursor>,
    next: Option<ReactionCursor>,
}

#[derive(Serialize)]
struct ReactionCursor {
    affix: &'static str,
    id: u64,
}

/// `GET messages/{id}/reactions`, or `…/reactions/{reaction}`.
pub(super) fn list(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let message = context.visible_message(call.id(), &session.token.uid)?;
    let limit = call.number("limit")?.unwrap_or(DEFAULT_LIMIT);
    let (anchor, is_append) = (
        call.number("id")?,
        call.parameter("affix") == Some("append"),
    );
    let page = ReactionPage {
        reaction: call.second_value(),
        after: is_append.then(|| anchor.unwrap_or(0)),
        before: anchor.filter(|_| !is_append),
        limit: limit.clamp(1, MAX_LIMIT),
    };
    let reactions = context.database.reactions(message.id, &page)?;
    // There is a cursor at the end, too: without one, the official SDK asks for the last page for ever.
    let cursor = |affix, reaction: Option<&StoredReaction>| {
        let id = reaction.map(|reaction| reaction.id).or(anchor);
        id.map(|id| ReactionCursor { affix, id })
    };
    let meta = ReactionListMeta {
        previous: cursor("prepend", reactions.first()),
        next: cursor("append", reactions.last()),
    };
    let data = reactions
        .iter()
        .map(|reaction| object(context, reaction))
        .collect::<Result<_, _>>()?;
    Ok(serde_json::to_vec(&ReactionList { data, meta })?)
}
