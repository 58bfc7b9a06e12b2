use std::collections::{BTreeSet, HashSet};

use super::{
    authentication::Session,
    request::{Call, Reply},
};
use crate::{
    local_server::{id, limits::check_list, refusal::Refusal, request_context::RequestContext},
    model::{GroupKind, Guid, Uid},
    wire::{
        online::{OnlineCounts, OnlineRequest},
        reply,
    },
};

/// `POST online-members`. Groups that the user may not know of are left out.
pub(super) fn count(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let OnlineRequest { groups } = call.json_or_default()?;
    check_list(groups.len())?;
    let online = context.hub.online();
    let mut counts = OnlineCounts {
        online_users_count: online.len() as u64,
        ..Default::default()
    };
    for guid in groups.into_iter().collect::<BTreeSet<_>>() {
        if let Some(members) = online_members(context, session, &guid, &online)? {
            counts.groups.insert(guid, members);
        }
    }
    Ok(reply::success(&counts)?)
}

fn online_members(
    context: &RequestContext<'_>,
    session: &Session,
    guid: &Guid,
    online: &HashSet<Uid>,
) -> Result<Option<u64>, Refusal> {
    let (database, guid) = (&context.database, id::folded(guid.as_str()));
    let Some(group) = database.group(&guid, &session.token.uid)? else {
        return Ok(None);
    };
    if group.group.kind == GroupKind::Private && group.membership.is_none() {
        return Ok(None);
    }
    Ok(Some(database.count_members(&guid, online)?))
}
