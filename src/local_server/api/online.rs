use super::{
    authentication::Session,
    request::{Call, Reply},
};
use crate::{
    local_server::{refusal::Refusal, request_context::RequestContext},
    model::{GroupKind, Guid},
    wire::{
        online::{OnlineCounts, OnlineRequest},
        reply,
    },
};

/// `POST online-members`. Groups that the user may not know of are left out.
pub(super) fn count(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let OnlineRequest { groups } = call.json_or_default()?;
    let mut counts = OnlineCounts {
        online_users_count: context.hub.online().len() as u64,
        ..Default::default()
    };
    for guid in groups {
        if let Some(members) = online_members(context, session, &guid)? {
            counts.groups.insert(guid, members);
        }
    }
    Ok(reply::success(&counts)?)
}

fn online_members(
    context: &RequestContext<'_>,
    session: &Session,
    guid: &Guid,
) -> Result<Option<u64>, Refusal> {
    let (database, guid) = (&context.database, guid.as_str());
    let Some(group) = database.group(guid, &session.token.uid)? else {
        return Ok(None);
    };
    if group.group.kind == GroupKind::Private && group.membership.is_none() {
        return Ok(None);
    }
    let mut members = database.members(guid)?;
    members.retain(|uid| context.hub.is_online(uid));
    Ok(Some(members.len() as u64))
}
