use std::sync::Arc;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::{
    authentication::Session,
    members,
    page::PageRequest,
    request::{Call, Reply},
};
use crate::{
    local_server::{
        database::{GroupFilter, MemberScope, StoredGroup},
        id,
        limits::Profile,
        refusal::Refusal,
        request_context::{RequestContext, group_json},
    },
    model::{Group, GroupDetails, GroupKind, NewMembers, Uid, lenient},
    wire::{
        error::code,
        group::{GroupPassword, MembersReply, Transfer},
        reply,
    },
};

/// `POST groups`: whoever creates a group owns it and is its first member.
pub(super) fn create(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let mut group: Group = call.json()?;
    let GroupPassword { password } = call.json()?;
    let is_needed = group.kind == GroupKind::Password;
    let password = password.filter(|password| is_needed && !password.expose().is_empty());
    group.guid = id::folded(group.guid.as_str()).into();
    id::check("guid", group.guid.as_str())?;
    let GivenGroup { name, kind } = call.json()?;
    if name.is_none() || kind.is_none() {
        return Err(Refusal::bad_request("A group needs a name and a type."));
    }
    profile(&group).check()?;
    if is_needed && password.is_none() {
        return Err(no_password());
    }

    let (database, now, owner) = (context.database, context.now, &session.token.uid);
    if !database.create_group(&group, password.as_ref(), owner, now)? {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            code::GUID_ALREADY_EXISTS,
            format!("The group with the guid {} exists already.", group.guid),
        ));
    }
    let guid = group.guid.as_str();
    database.add_member(guid, owner, MemberScope::Admin, now)?;
    let CreateRequest { members } = call.json()?;
    let members = members
        .map(|request| members::add_all(context, session, guid, &request))
        .transpose()?;
    let group = group_json(&context.group(guid, owner)?)?;
    Ok(reply::success(&CreateReply {
        group: serde_json::from_str(group.get())?,
        members: members.map(|data| AddedMembers { data }),
    })?)
}

/// The values that creating a group requires.
#[derive(Deserialize)]
struct GivenGroup {
    #[serde(default, deserialize_with = "lenient::filled_text")]
    name: Option<Arc<str>>,
    #[serde(default, rename = "type", deserialize_with = "lenient::filled_text")]
    kind: Option<Arc<str>>,
}

fn profile(group: &Group) -> Profile<'_> {
    Profile {
        name: &group.name,
        description: group.description.as_deref(),
        urls: [group.icon.as_deref(), None],
        metadata: group.metadata.as_ref(),
        tags: &group.tags,
    }
}

/// The first members in the body of creating a group.
#[derive(Deserialize)]
struct CreateRequest {
    #[serde(default)]
    members: Option<NewMembers>,
}

#[derive(Serialize)]
struct CreateReply {
    #[serde(flatten)]
    group: serde_json::Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<AddedMembers>,
}

#[derive(Serialize)]
struct AddedMembers {
    data: MembersReply,
}

/// `GET groups`.
pub(super) fn list(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let page = PageRequest::read(call)?;
    let filter = GroupFilter {
        only_joined: call.flag("hasJoined"),
        search: call.search()?.map(str::to_owned),
        tags: call.list("tags")?,
        limit: page.per_page,
        offset: page.offset(),
    };
    let groups = context.database.groups(&session.token.uid, &filter)?;
    let groups = groups.iter().map(group_json).collect::<Result<_, _>>()?;
    page.reply(groups)
}

/// `GET groups/{guid}`: a private one is shown to its members.
pub(super) fn show(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let group = context.group(call.id(), &session.token.uid)?;
    if group.group.kind == GroupKind::Private && group.membership.is_none() {
        return Err(Refusal::not_a_member(call.id()));
    }
    Ok(reply::success(&group_json(&group)?)?)
}

/// `PUT groups/{guid}`.
pub(super) fn update(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (guid, uid) = (call.id(), &session.token.uid);
    check_admin(context, guid, uid)?;
    let details: GroupDetails = call.json()?;
    let StoredGroup {
        mut group,
        password,
        ..
    } = context.group(guid, uid)?;
    group.name = details.name.unwrap_or(group.name);
    group.kind = details.kind.unwrap_or(group.kind);
    group.icon = details.icon.or(group.icon);
    group.description = details.description.or(group.description);
    group.metadata = details.metadata.or(group.metadata);
    group.tags = details.tags.unwrap_or(group.tags);
    profile(&group).check()?;
    let given = details.password.filter(|it| !it.expose().is_empty());
    let password = match group.kind {
        GroupKind::Password => Some(given.or(password).ok_or_else(no_password)?),
        _ => None,
    };
    let (database, now) = (context.database, context.now);
    database.update_group(&group, password.as_ref(), now)?;
    Ok(reply::success(&group_json(&context.group(guid, uid)?)?)?)
}

#[derive(Serialize)]
struct Done {
    success: bool,
    message: &'static str,
}

/// `DELETE groups/{guid}`, with its messages.
pub(super) fn delete(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    check_admin(context, call.id(), &session.token.uid)?;
    if !context.database.delete_group(call.id())? {
        // There is more to remove.
        return Ok(Vec::new());
    }
    Ok(reply::success(&Done {
        success: true,
        message: "The group was deleted.",
    })?)
}

/// `PATCH groups/{guid}/owner`: the owner transfers the group to another member.
pub(super) fn transfer(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (guid, uid) = (call.id(), &session.token.uid);
    let Transfer { owner } = call.json()?;
    let owner = Uid::from(id::folded(owner.as_str()));
    let StoredGroup {
        mut group,
        password,
        ..
    } = context.group(guid, uid)?;
    if group.owner.as_ref() != Some(uid) {
        return Err(Refusal::no_clearance(guid));
    }
    members::other_member(context, guid, &owner)?;
    let (database, now) = (context.database, context.now);
    database.set_scope(guid, &owner, MemberScope::Admin)?;
    group.owner = Some(owner);
    database.update_group(&group, password.as_ref(), now)?;
    Ok(reply::success(&Done {
        success: true,
        message: "The group has a new owner.",
    })?)
}

fn check_admin(context: &RequestContext<'_>, guid: &str, uid: &Uid) -> Result<(), Refusal> {
    if context.scope_of(guid, uid)? >= MemberScope::Admin {
        Ok(())
    } else {
        Err(Refusal::no_clearance(guid))
    }
}

fn no_password() -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        code::EMPTY_GROUP_PASSWORD,
        "A group of the type password needs one.",
    )
}
