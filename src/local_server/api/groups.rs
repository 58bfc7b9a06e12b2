use hyper::StatusCode;

use super::{Call, Reply, Session};
use crate::{
    local_server::{
        context::{Context, Viewer, group_json},
        database::{MemberScope, NewMessage, StoredGroup, StoredMessage},
        id,
        refusal::Refusal,
    },
    model::{Group, GroupKind, ReceiverId, Secret},
    wire::{
        error::code,
        group::GroupPassword,
        message::{ActionKind, action_data},
        reply,
    },
};

/// `POST groups`: whoever creates a group owns it and is its first member.
pub(super) fn create(context: &mut Context<'_>, call: &Call, session: &Session) -> Reply {
    let mut group: Group = call.json()?;
    let GroupPassword { password } = call.json()?;
    let password = password.filter(|password| !password.expose().is_empty());
    id::check("guid", group.guid.as_str())?;
    if group.name.is_empty() {
        group.name = group.guid.as_str().into();
    }
    if group.kind == GroupKind::Password && password.is_none() {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            code::EMPTY_GROUP_PASSWORD,
            "A group of the type password needs one.",
        ));
    }

    let (database, now, owner) = (context.database, context.now, &session.token.uid);
    if !database.create_group(&group, password.as_ref(), owner, now)? {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            code::GUID_ALREADY_EXISTS,
            format!("The group with the guid {} exists already.", group.guid),
        ));
    }
    database.add_member(group.guid.as_str(), owner, MemberScope::Admin, now)?;
    let group = context.group(group.guid.as_str(), owner)?;
    Ok(reply::success(&group_json(&group)?)?)
}

/// `POST groups/{guid}/members`: the user joins. The reply is the action message.
pub(super) fn join(context: &mut Context<'_>, call: &Call, session: &Session) -> Reply {
    let (guid, uid) = (call.id(), &session.token.uid);
    let GroupPassword { password } = call.json_or_default()?;
    let group = context.group(guid, uid)?;
    if group.membership.is_some() {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            code::ALREADY_JOINED,
            format!("The user {uid} is a member of the group {guid} already."),
        ));
    }
    check_admission(&group, password.as_ref())?;

    context
        .database
        .add_member(guid, uid, MemberScope::Participant, context.now)?;
    let action = store_action(context, call, session, ActionKind::Joined)?;
    let members = context.database.members(guid)?;
    context.publish_message(&session.device, &action, Viewer::AnyMember, members)?;
    Ok(reply::success(
        &context.message_json(&action, Viewer::User(uid))?,
    )?)
}

fn check_admission(group: &StoredGroup, password: Option<&Secret>) -> Result<(), Refusal> {
    match group.group.kind {
        GroupKind::Public => Ok(()),
        GroupKind::Password if password == group.password.as_ref() => Ok(()),
        GroupKind::Password => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            code::WRONG_GROUP_PASSWORD,
            "The group's password is another.",
        )),
        GroupKind::Private => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            code::GROUP_JOIN_NOT_ALLOWED,
            "A private group's members are added by its admins.",
        )),
    }
}

/// `DELETE groups/{guid}/members`: the user leaves. The reply is the action message.
pub(super) fn leave(context: &mut Context<'_>, call: &Call, session: &Session) -> Reply {
    let (guid, uid) = (call.id(), &session.token.uid);
    context.group(guid, uid)?;
    if !context.database.remove_member(guid, uid)? {
        return Err(Refusal::not_a_member(guid));
    }

    let action = store_action(context, call, session, ActionKind::Left)?;
    let members = context.database.members(guid)?;
    context.publish_message(&session.device, &action, Viewer::AnyMember, members)?;
    // The leaver's other devices are told as well, and that the group is no longer theirs.
    let leaver = vec![uid.clone()];
    context.publish_message(&session.device, &action, Viewer::User(uid), leaver)?;
    Ok(reply::success(
        &context.message_json(&action, Viewer::User(uid))?,
    )?)
}

fn store_action(
    context: &Context<'_>,
    call: &Call,
    session: &Session,
    action: ActionKind,
) -> Result<StoredMessage, Refusal> {
    let message = NewMessage {
        muid: None,
        sender: &session.token.uid,
        resource: &session.device.session,
        receiver: &ReceiverId::Group(call.id().into()),
        category: "action",
        kind: "groupMember",
        data: &action_data(action)?,
        tags: &[],
        parent_id: None,
    };
    let id = context.database.create_message(&message, context.now)?;
    context
        .database
        .message(id)?
        .ok_or_else(Refusal::no_message)
}
