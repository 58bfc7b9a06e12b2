use super::{
    authentication::Session,
    page::PageRequest,
    request::{Call, Reply},
};
use crate::{
    local_server::{
        database::BlockDirection,
        id,
        limits::{check_list, without_duplicates},
        refusal::Refusal,
        request_context::RequestContext,
    },
    model::Uid,
    wire::{
        reply,
        user::{BlockReply, BlockRequest, BlockResult},
    },
};

/// `POST blockedusers`.
pub(super) fn block(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (database, uid, now) = (context.database, &session.token.uid, context.now);
    for_each(context, call, |other| {
        if other == uid {
            return Err(Refusal::bad_request("Nobody blocks themselves."));
        }
        database.block(uid, other, now)?;
        Ok(format!("The user {other} is blocked."))
    })
}

/// `DELETE blockedusers`.
pub(super) fn unblock(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (database, uid) = (context.database, &session.token.uid);
    for_each(context, call, |other| {
        database.unblock(uid, other)?;
        Ok(format!("The user {other} is not blocked."))
    })
}

/// Returns the outcome for each user.
fn for_each(
    context: &RequestContext<'_>,
    call: &Call,
    work: impl Fn(&Uid) -> Result<String, Refusal>,
) -> Reply {
    let BlockRequest { blocked_uids } = call.json()?;
    let mut replies = BlockReply::new();
    check_list(blocked_uids.len())?;
    for other in without_duplicates(&blocked_uids) {
        let folded = Uid::from(id::folded(other.as_str()));
        let result = context.user(folded.as_str()).and_then(|_| work(&folded));
        let reply = BlockResult {
            success: result.is_ok(),
            message: result.unwrap_or_else(|refusal| refusal.message),
        };
        replies.insert(other, reply);
    }
    Ok(reply::success(&replies)?)
}

/// `GET blockedusers`.
pub(super) fn list(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (viewer, page) = (&session.token.uid, PageRequest::read(call)?);
    let direction = match call.parameter("direction") {
        Some("blockedByMe") => BlockDirection::ByViewer,
        Some("hasBlockedMe") => BlockDirection::OfViewer,
        _ => BlockDirection::Both,
    };
    let mut users = context.database.blocked_users(
        viewer,
        direction,
        call.search()?,
        page.per_page,
        page.offset(),
    )?;
    for user in &mut users {
        context.add_status(user);
        context.add_blocks(user, viewer)?;
    }
    page.reply(users)
}
