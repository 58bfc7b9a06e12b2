use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::{
    authentication::Session,
    membership,
    page::PageRequest,
    request::{Call, Reply},
};
use crate::{
    local_server::{
        database::{Member, MemberFilter, MemberScope},
        id,
        limits::{check_list, without_duplicates},
        refusal::Refusal,
        request_context::RequestContext,
    },
    model::{NewMembers, Uid, User},
    wire::{
        error::code,
        group::{MemberObject, MemberResult, MemberResults, MembersReply, Membership},
        message::{ActionKind, action_data, scope_change_data},
        reply,
    },
};

/// `GET groups/{guid}/members`.
pub(super) fn list(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (guid, page) = (call.id(), PageRequest::read(call)?);
    context.scope_of(guid, &session.token.uid)?;
    let online = || serde_json::to_string(&context.hub.online());
    let (uids, but_uids) = match call.parameter("status") {
        Some("available" | "online") => (Some(online()?), None),
        Some("offline") => (None, Some(online()?)),
        _ => (None, None),
    };
    let filter = MemberFilter {
        scopes: call.list("scopes")?,
        search: call.search()?.map(str::to_owned),
        uids,
        but_uids,
        limit: page.per_page,
        offset: page.offset(),
    };
    let members = context.database.member_list(guid, &filter)?;
    let members = members
        .into_iter()
        .map(|member| object(context, member, &session.token.uid))
        .collect::<Result<_, _>>()?;
    page.reply(members)
}

fn object(
    context: &RequestContext<'_>,
    member: Member,
    viewer: &Uid,
) -> Result<MemberObject, Refusal> {
    let mut user = member.user;
    context.add_status(&mut user);
    context.add_blocks(&mut user, viewer)?;
    Ok(MemberObject {
        user,
        membership: Membership {
            scope: member.scope.as_str().to_owned(),
            joined_at: member.joined_at,
        },
    })
}

/// `PUT groups/{guid}/members`: replies with the outcome for each user.
pub(super) fn add(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    context.scope_of(call.id(), &session.token.uid)?;
    let request: NewMembers = call.json()?;
    Ok(reply::success(&add_all(
        context,
        session,
        call.id(),
        &request,
    )?)?)
}

pub(super) fn add_all(
    context: &mut RequestContext<'_>,
    session: &Session,
    guid: &str,
    request: &NewMembers,
) -> Result<MembersReply, Refusal> {
    let lists = [
        &request.admins,
        &request.moderators,
        &request.participants,
        &request.banned,
    ];
    check_list(lists.iter().map(|list| list.len()).sum())?;
    let mut add_as =
        |uids: &[Uid], scope| each(uids, |uid| add_one(context, session, guid, uid, scope));
    Ok(MembersReply {
        admins: add_as(&request.admins, MemberScope::Admin)?,
        moderators: add_as(&request.moderators, MemberScope::Moderator)?,
        participants: add_as(&request.participants, MemberScope::Participant)?,
        users_to_ban: each(&request.banned, |uid| ban_one(context, session, guid, uid))?,
    })
}

fn each(
    uids: &[Uid],
    mut work: impl FnMut(&Uid) -> Result<(), Refusal>,
) -> Result<MemberResults, Refusal> {
    let mut results = MemberResults::new();
    for uid in without_duplicates(uids) {
        let folded = id::folded(uid.as_str()).into();
        let error = match work(&folded) {
            Ok(()) => None,
            // A failure of the server is no outcome for the user.
            Err(refusal) if refusal.status.is_server_error() => return Err(refusal),
            Err(refusal) => Some(refusal.to_body()),
        };
        let success = error.is_none();
        results.insert(uid, MemberResult { success, error });
    }
    Ok(results)
}

/// Moderators may add participants. Admins may add members with any scope.
fn add_one(
    context: &mut RequestContext<'_>,
    session: &Session,
    guid: &str,
    uid: &Uid,
    scope: MemberScope,
) -> Result<(), Refusal> {
    let own = context.scope_of(guid, &session.token.uid)?;
    context.user(uid.as_str())?;
    if own < MemberScope::Moderator
        || (own < MemberScope::Admin && scope > MemberScope::Participant)
    {
        return Err(Refusal::no_clearance(guid));
    }
    if context.database.is_banned(guid, uid)? {
        return Err(Refusal::banned(guid, uid));
    }
    if !context.database.add_member(guid, uid, scope, context.now)? {
        return Err(Refusal::already_joined(guid, uid));
    }
    let data = action_data(ActionKind::Added)?;
    membership::publish_action(context, session, guid, data, Some(uid)).map(drop)
}

/// `DELETE groups/{guid}/members/{uid}`.
pub(super) fn kick(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (guid, uid) = (call.id(), call.second_uid());
    check_outranks(context, session, guid, &uid)?;
    context.database.remove_member(guid, &uid)?;
    let data = action_data(ActionKind::Kicked)?;
    membership::publish_action(context, session, guid, data, Some(&uid))?;
    done("The member was kicked.")
}

/// `POST groups/{guid}/bannedusers/{uid}`.
pub(super) fn ban(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    ban_one(context, session, call.id(), &call.second_uid())?;
    done("The user was banned.")
}

fn ban_one(
    context: &mut RequestContext<'_>,
    session: &Session,
    guid: &str,
    uid: &Uid,
) -> Result<(), Refusal> {
    let own = context.scope_of(guid, &session.token.uid)?;
    context.user(uid.as_str())?;
    if context.database.is_member(guid, uid)? {
        check_outranks(context, session, guid, uid)?;
    } else if own < MemberScope::Moderator {
        return Err(Refusal::no_clearance(guid));
    }
    if !context.database.ban(guid, uid, context.now)? {
        return Err(Refusal::banned(guid, uid));
    }
    context.database.remove_member(guid, uid)?;
    let data = action_data(ActionKind::Banned)?;
    membership::publish_action(context, session, guid, data, Some(uid)).map(drop)
}

/// `DELETE groups/{guid}/bannedusers/{uid}`.
pub(super) fn unban(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (guid, uid) = (call.id(), call.second_uid());
    check_moderator(context, session, guid)?;
    if !context.database.unban(guid, &uid)? {
        return Err(Refusal::new(
            StatusCode::NOT_FOUND,
            code::NOT_BANNED,
            format!("The user {uid} is not banned from the group {guid}."),
        ));
    }
    let data = action_data(ActionKind::Unbanned)?;
    membership::publish_action(context, session, guid, data, Some(&uid))?;
    done("The user was unbanned.")
}

/// `GET groups/{guid}/bannedusers`.
pub(super) fn banned(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (guid, page) = (call.id(), PageRequest::read(call)?);
    check_moderator(context, session, guid)?;
    let search = call.search()?;
    let mut users: Vec<User> =
        context
            .database
            .banned(guid, search, page.per_page, page.offset())?;
    for user in &mut users {
        context.add_status(user);
    }
    page.reply(users)
}

#[derive(Deserialize)]
struct ScopeRequest {
    scope: String,
}

/// `PUT groups/{guid}/members/{uid}`.
pub(super) fn change_scope(
    context: &mut RequestContext<'_>,
    call: &Call,
    session: &Session,
) -> Reply {
    let (guid, uid) = (call.id(), call.second_uid());
    let ScopeRequest { scope } = call.json()?;
    let new = MemberScope::of_name(&scope)
        .ok_or_else(|| Refusal::bad_request(format!("There is no scope {scope}.")))?;
    let own = context.scope_of(guid, &session.token.uid)?;
    if own < MemberScope::Admin {
        return Err(Refusal::no_clearance(guid));
    }
    check_outranks(context, session, guid, &uid)?;
    let old = other_member(context, guid, &uid)?;
    if old == new {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            code::SAME_SCOPE,
            format!("The member {uid} has the scope {scope} already."),
        ));
    }
    context.database.set_scope(guid, &uid, new)?;
    let data = scope_change_data(old.as_str(), new.as_str())?;
    membership::publish_action(context, session, guid, data, Some(&uid))?;
    done("The member's scope was changed.")
}

/// Refuses unless the user outranks the member. The owner outranks everybody.
fn check_outranks(
    context: &RequestContext<'_>,
    session: &Session,
    guid: &str,
    uid: &Uid,
) -> Result<(), Refusal> {
    let own = context.scope_of(guid, &session.token.uid)?;
    let other = other_member(context, guid, uid)?;
    let owner = context.group(guid, uid)?.group.owner;
    let is_owner = owner.as_ref() == Some(&session.token.uid);
    if uid != &session.token.uid && (is_owner || own > other) {
        Ok(())
    } else {
        Err(Refusal::no_clearance(guid))
    }
}

fn check_moderator(
    context: &RequestContext<'_>,
    session: &Session,
    guid: &str,
) -> Result<(), Refusal> {
    if context.scope_of(guid, &session.token.uid)? >= MemberScope::Moderator {
        Ok(())
    } else {
        Err(Refusal::no_clearance(guid))
    }
}

/// The scope of another user in the group.
pub(super) fn other_member(
    context: &RequestContext<'_>,
    guid: &str,
    uid: &Uid,
) -> Result<MemberScope, Refusal> {
    context.user(uid.as_str())?;
    context.database.scope_of(guid, uid)?.ok_or_else(|| {
        Refusal::new(
            StatusCode::NOT_FOUND,
            code::NOT_A_MEMBER,
            format!("The user {uid} is no member of the group {guid}."),
        )
    })
}

#[derive(Serialize)]
struct Done {
    success: bool,
    message: &'static str,
}

fn done(message: &'static str) -> Reply {
    Ok(reply::success(&Done {
        success: true,
        message,
    })?)
}
