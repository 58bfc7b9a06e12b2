//! Joining and leaving, and the actions that report changes of a group's members.

use hyper::StatusCode;

use super::{
    authentication::Session,
    request::{Call, Reply},
};
use crate::{
    local_server::{
        database::{MemberScope, NewMessage, StoredGroup, StoredMessage},
        message_view::Viewer,
        refusal::Refusal,
        request_context::RequestContext,
    },
    model::{GroupKind, ReceiverId, Secret, Uid},
    wire::{
        error::code,
        group::GroupPassword,
        message::{ActionKind, DataMembers, action_data},
        reply,
    },
};

/// `POST groups/{guid}/members`: the user joins. The reply is the action message.
pub(super) fn join(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (guid, uid) = (call.id(), &session.token.uid);
    let GroupPassword { password } = call.json_or_default()?;
    let group = context.group(guid, uid)?;
    if group.membership.is_some() {
        return Err(Refusal::already_joined(guid, uid));
    }
    if context.database.is_banned(guid, uid)? {
        return Err(Refusal::banned(guid, uid));
    }
    if group.group.kind == GroupKind::Password {
        check_guesses(context, call)?;
    }
    check_admission(&group, password.as_ref()).inspect_err(|_| {
        if group.group.kind == GroupKind::Password {
            context.app.access.count_failure(call.headers.address);
            context.app.access.count_group_failure(guid);
        }
    })?;

    context
        .database
        .add_member(guid, uid, MemberScope::Participant, context.now)?;
    let action = publish_action(
        context,
        session,
        guid,
        action_data(ActionKind::Joined)?,
        None,
    )?;
    Ok(reply::success(
        &context.message_json(&action, Viewer::User(uid))?,
    )?)
}

/// Refuses passwords after too many wrong ones from the address, or for the group.
fn check_guesses(context: &RequestContext<'_>, call: &Call) -> Result<(), Refusal> {
    let access = &context.app.access;
    access
        .check_failures(call.headers.address)
        .and_then(|()| access.check_group(call.id()))
        .map_err(Refusal::too_many_requests)
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
pub(super) fn leave(context: &mut RequestContext<'_>, call: &Call, session: &Session) -> Reply {
    let (guid, uid) = (call.id(), &session.token.uid);
    let group = context.group(guid, uid)?;
    if group.group.owner.as_ref() == Some(uid) && group.membership.is_some() {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            code::OWNER_EXIT_FORBIDDEN,
            "The owner gives the group to another member before leaving it.",
        ));
    }
    if !context.database.remove_member(guid, uid)? {
        return Err(Refusal::not_a_member(guid));
    }
    let action = publish_action(context, session, guid, action_data(ActionKind::Left)?, None)?;
    Ok(reply::success(
        &context.message_json(&action, Viewer::User(uid))?,
    )?)
}

/// Stores the action that reports a change of a group's members, and sends it to the members and to the user that it is
/// about.
pub(super) fn publish_action(
    context: &mut RequestContext<'_>,
    session: &Session,
    guid: &str,
    data: DataMembers,
    on: Option<&Uid>,
) -> Result<StoredMessage, Refusal> {
    let message = NewMessage {
        muid: None,
        sender: &session.token.uid,
        resource: &session.device.session,
        receiver: &ReceiverId::Group(guid.into()),
        category: "action",
        kind: "groupMember",
        data: &data,
        tags: &[],
        parent_id: None,
        quoted_id: None,
        mentions: &[],
        action_on: on,
        on_message: None,
        moderation: None,
    };
    let id = context.database.create_message(&message, context.now)?;
    let action = context
        .database
        .message(id)?
        .ok_or_else(Refusal::no_message)?;

    let members = context.database.members(guid)?;
    let whom = on.unwrap_or(&session.token.uid);
    let is_member = members.contains(whom);
    context.publish_message(&session.device, &action, Viewer::AnyMember, members)?;
    if !is_member {
        // A removed user receives it, too, with the group as one that they are not in.
        let to = vec![whom.clone()];
        context.publish_message(&session.device, &action, Viewer::User(whom), to)?;
    }
    Ok(action)
}
