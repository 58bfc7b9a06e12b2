use serde_json::value::RawValue;

use super::{
    authentication::Session,
    request::{Call, Reply},
};
use crate::{
    local_server::{
        database::{ConversationFilter, MessageScope, StoredMessage},
        limits::check_list,
        message_view::{MessageView, Viewer},
        refusal::Refusal,
        request_context::RequestContext,
    },
    model::ReceiverId,
    wire::{
        conversation::UnreadCount,
        message_list::{Affix, BadValue, Cursor, MessageList, MessageListQuery, Meta, Pagination},
        reply,
    },
};

/// The default number of messages in a list.
const DEFAULT_PER_PAGE: u32 = 30;

/// The maximum number of messages in a list.
const MAX_PER_PAGE: u32 = 100;

/// The maximum size of the messages in a list, in bytes. It is more than this crate's client reads, which then requests
/// fewer messages.
const MAX_PAGE_BYTES: usize = 9 << 20;

/// `GET messages`: all messages that the user sent or received.
pub(super) fn everything(
    context: &mut RequestContext<'_>,
    call: &Call,
    session: &Session,
) -> Reply {
    list(context, call, session, &MessageScope::Everything)
}

/// `GET users/{uid}/messages`.
pub(super) fn with_user(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let with = context.user(call.id())?.uid.into();
    list(context, call, session, &MessageScope::Conversation(&with))
}

/// `GET groups/{guid}/messages`.
pub(super) fn in_group(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    context.scope_of(call.id(), &session.token.uid)?;
    let with = ReceiverId::Group(call.id().into());
    list(context, call, session, &MessageScope::Conversation(&with))
}

/// `GET messages/{parentId}/thread`.
pub(super) fn in_thread(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let parent = context.visible_message(call.id(), &session.token.uid)?.id;
    list(context, call, session, &MessageScope::Thread(parent))
}

/// `GET messages/{id}`.
pub(super) fn show(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let uid = &session.token.uid;
    let message = context.visible_message(call.id(), uid)?;
    let json = MessageView::new(context, Viewer::User(uid)).json_with_receipts(&message)?;
    Ok(reply::success(&json)?)
}

fn list(
    context: &RequestContext<'_>,
    call: &Call,
    session: &Session,
    scope: &MessageScope<'_>,
) -> Reply {
    let mut query = MessageListQuery::read(&call.parameters)
        .map_err(|BadValue(what)| Refusal::bad_request(format!("{what} makes no sense.")))?;
    check_lists(call, &mut query)?;
    if query.count {
        return unread_counts(context, call, session, scope, query.hide_blocked);
    }
    let per_page = query
        .per_page
        .unwrap_or(DEFAULT_PER_PAGE)
        .clamp(1, MAX_PER_PAGE);
    let viewer = &session.token.uid;
    let messages = context.database.messages(viewer, scope, &query, per_page)?;
    let messages_found = messages.len();
    let mut view = MessageView::new(context, Viewer::User(viewer));
    let (messages, data) = within_bytes(&messages, query.affix, |message| view.json(message))?;
    let meta = meta(&query, messages, per_page, data.len() < messages_found);
    Ok(serde_json::to_vec(&MessageList { data, meta })?)
}

/// Refuses lists and searches that are too long, and removes duplicates from lists.
fn check_lists(call: &Call, query: &mut MessageListQuery) -> Result<(), Refusal> {
    call.search()?;
    for list in [
        &mut query.categories,
        &mut query.kinds,
        &mut query.tags,
        &mut query.mentioned_uids,
        &mut query.attachment_types,
    ]
    .into_iter()
    .flatten()
    {
        check_list(list.len())?;
        list.sort_unstable();
        list.dedup();
    }
    Ok(())
}

/// As many of the messages as fit in a reply, those next to the anchor, and their JSON.
fn within_bytes(
    messages: &[StoredMessage],
    affix: Affix,
    mut json: impl FnMut(&StoredMessage) -> Result<Box<RawValue>, Refusal>,
) -> Result<(&[StoredMessage], Vec<Box<RawValue>>), Refusal> {
    let (mut data, mut bytes) = (Vec::with_capacity(messages.len()), 0);
    let from_anchor: &mut dyn Iterator<Item = &StoredMessage> = match affix {
        Affix::Append => &mut messages.iter(),
        Affix::Prepend => &mut messages.iter().rev(),
    };
    for message in from_anchor {
        let row = json(message)?;
        bytes += row.get().len();
        if bytes > MAX_PAGE_BYTES && !data.is_empty() {
            break;
        }
        data.push(row);
    }
    Ok(match affix {
        Affix::Append => (&messages[..data.len()], data),
        Affix::Prepend => {
            data.reverse();
            (&messages[messages.len() - data.len()..], data)
        }
    })
}

/// With `unread=1&count=1`: how many messages of each conversation are unread.
fn unread_counts(
    context: &RequestContext<'_>,
    call: &Call,
    session: &Session,
    scope: &MessageScope<'_>,
    hide_blocked: bool,
) -> Reply {
    let uid = &session.token.uid;
    let filter = ConversationFilter {
        kind: call.parameter("receiverType").map(str::to_owned),
        only_unread: true,
        hide_blocked,
        limit: u32::MAX,
        ..Default::default()
    };
    let conversations = match scope {
        MessageScope::Everything => context.database.conversations(uid, &filter)?,
        MessageScope::Conversation(with) => {
            let conversation = context.database.conversation(uid, with)?;
            conversation
                .into_iter()
                .filter(|conversation| conversation.unread_messages > 0)
                .collect()
        }
        MessageScope::Thread(_) => return Err(Refusal::unsupported("counts of a thread")),
    };
    let counts: Vec<_> = conversations
        .into_iter()
        .map(|conversation| UnreadCount {
            entity_type: conversation.with.kind(),
            entity_id: conversation.with.as_str().to_owned(),
            count: conversation.unread_messages,
        })
        .collect();
    Ok(reply::success(&counts)?)
}

fn meta(query: &MessageListQuery, messages: &[StoredMessage], per_page: u32, is_cut: bool) -> Meta {
    let (next, may_have_more) = match query.affix {
        Affix::Prepend => (
            messages.first(),
            is_cut || messages.len() == per_page as usize,
        ),
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
