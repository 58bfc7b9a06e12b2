use super::{Call, Reply, Session};
use crate::{
    local_server::{
        context::{Context, Viewer},
        database::{MessageScope, StoredMessage},
        refusal::Refusal,
    },
    model::{MessageId, ReceiverId},
    wire::{
        message_list::{Affix, BadQuery, Cursor, MessageList, MessageListQuery, Meta, Pagination},
        reply,
    },
};

/// How many messages a list has unless the client says.
const DEFAULT_PER_PAGE: u32 = 30;

/// How many a list has at most.
const MAX_PER_PAGE: u32 = 1_000;

/// `GET messages`: all that the user sent or got.
pub(super) fn everything(context: &mut Context<'_>, call: &Call, session: &Session) -> Reply {
    list(context, call, session, &MessageScope::Everything)
}

/// `GET users/{uid}/messages`.
pub(super) fn with_user(context: &mut Context<'_>, call: &Call, session: &Session) -> Reply {
    let with = context.user(call.id())?.uid.into();
    list(context, call, session, &MessageScope::Conversation(&with))
}

/// `GET groups/{guid}/messages`.
pub(super) fn in_group(context: &mut Context<'_>, call: &Call, session: &Session) -> Reply {
    let with = ReceiverId::Group(call.id().into());
    context.audience(&session.token.uid, &with)?;
    list(context, call, session, &MessageScope::Conversation(&with))
}

/// `GET messages/{parentId}/thread`.
pub(super) fn in_thread(context: &mut Context<'_>, call: &Call, session: &Session) -> Reply {
    let parent = visible_message(context, call, session)?.id;
    list(context, call, session, &MessageScope::Thread(parent))
}

/// `GET messages/{id}`.
pub(super) fn show(context: &mut Context<'_>, call: &Call, session: &Session) -> Reply {
    let message = visible_message(context, call, session)?;
    let json = context.message_json(&message, Viewer::User(&session.token.uid))?;
    Ok(reply::success(&json)?)
}

fn visible_message(
    context: &Context<'_>,
    call: &Call,
    session: &Session,
) -> Result<StoredMessage, Refusal> {
    let uid = &session.token.uid;
    let id = call.id().parse().map_err(|_| Refusal::no_message())?;
    let message = context
        .database
        .message(MessageId(id))?
        .ok_or_else(Refusal::no_message)?;
    let is_visible = match &message.receiver {
        ReceiverId::User(receiver) => receiver == uid || message.sender == *uid,
        ReceiverId::Group(guid) => context.database.is_member(guid.as_str(), uid)?,
    };
    match is_visible {
        true => Ok(message),
        false => Err(Refusal::no_message()),
    }
}

fn list(context: &Context<'_>, call: &Call, session: &Session, scope: &MessageScope<'_>) -> Reply {
    let query = MessageListQuery::read(&call.parameters).map_err(|bad| match bad {
        BadQuery::Value(pair) => Refusal::bad_request(format!("{pair} makes no sense.")),
        BadQuery::Unsupported(name) => Refusal::unsupported(&format!("lists by {name}")),
    })?;
    let per_page = query
        .per_page
        .unwrap_or(DEFAULT_PER_PAGE)
        .clamp(1, MAX_PER_PAGE);
    let viewer = &session.token.uid;
    let messages = context.database.messages(viewer, scope, &query, per_page)?;
    let data = messages
        .iter()
        .map(|message| context.message_json(message, Viewer::User(viewer)))
        .collect::<Result<_, _>>()?;
    let meta = meta(&query, &messages, per_page);
    Ok(serde_json::to_vec(&MessageList { data, meta })?)
}

fn meta(query: &MessageListQuery, messages: &[StoredMessage], per_page: u32) -> Meta {
    let (next, may_have_more) = match query.affix {
        Affix::Prepend => (messages.first(), messages.len() == per_page as usize),
        // There is always something newer to come.
        Affix::Append => (messages.last(), true),
    };
    Meta {
        cursor: Cursor {
            id: next.map(|message| message.id).or(query.id),
            sent_at: next.map(|message| message.sent_at).or(query.sent_at),
            affix: query.affix,
        },
        pagination: Pagination {
            count: messages.len(),
            per_page,
            current_page: 1,
            total_pages: 1 + u32::from(may_have_more),
        },
    }
}
