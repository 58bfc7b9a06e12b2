use std::{collections::BTreeMap, sync::Arc};

use crate::{
    client::{
        ChatError, Client, Request,
        operation::{Answer, Call, Operation},
    },
    model::{Group, GroupDetails, GroupScope, Guid, NewMembers, Secret, Uid},
    wire::{
        group::{
            self, GroupPassword, MemberResults, MembersReply, NewGroup, ScopeChange, Transfer,
        },
        message,
        online::{OnlineCounts, OnlineRequest},
        route::{self, Route},
    },
};

/// What became of those who were to be added to a group, or kept out of it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct MemberOutcomes {
    /// Those who were to be added.
    pub added: BTreeMap<Uid, Result<(), ChatError>>,
    /// Those who were to be kept out.
    pub banned: BTreeMap<Uid, Result<(), ChatError>>,
}

/// A new group, and what became of its first members.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CreatedGroup {
    /// The group.
    pub group: Arc<Group>,
    /// What became of its first members.
    pub members: MemberOutcomes,
}

/// # Groups
///
/// What happens to the members of a group reaches the others as [`GroupChanged`](crate::GroupChanged).
impl Client {
    /// Creates a group, which the user owns and is the first member of.
    ///
    /// ```
    /// # use bevy::prelude::*;
    /// use bevy_cometchat::{model::{GroupDetails, GroupKind}, prelude::*};
    ///
    /// fn found_guild(chat: Res<CometChat>) {
    ///     let details = GroupDetails::new().with_name("The Guild").with_kind(GroupKind::Private);
    ///     chat.create_group("guild-7", details)
    ///         .on_error(|error: In<ChatError>| match error.code {
    ///             ErrorCode::GroupAlreadyExists => println!("there is such a guild"),
    ///             _ => eprintln!("{}", *error),
    ///         });
    /// }
    /// # bevy::ecs::system::assert_is_system(found_guild);
    /// ```
    ///
    /// # Errors
    /// [`GroupAlreadyExists`](crate::ErrorCode::GroupAlreadyExists),
    /// [`EmptyGroupPassword`](crate::ErrorCode::EmptyGroupPassword), what the server refuses,
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn create_group(
        &self,
        guid: impl Into<Guid>,
        details: GroupDetails,
    ) -> Request<Arc<Group>> {
        let call = creation(guid.into(), details, None);
        self.call("create_group", call.map(Operation::reading))
    }

    /// Creates a group with members in it; succeeds also when some of them could not be added.
    ///
    /// # Errors
    /// Those of [`create_group`](Self::create_group).
    pub fn create_group_with_members(
        &self,
        guid: impl Into<Guid>,
        details: GroupDetails,
        members: NewMembers,
    ) -> Request<CreatedGroup> {
        let call = creation(guid.into(), details, Some(members));
        self.call("create_group_with_members", call.map(created_group))
    }

    /// A group, with whether the user is in it and what they may do there.
    ///
    /// # Errors
    /// [`GroupNotFound`](crate::ErrorCode::GroupNotFound);
    /// [`GroupNotJoined`](crate::ErrorCode::GroupNotJoined) for a private one;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn group(&self, guid: impl Into<Guid>) -> Request<Arc<Group>> {
        let call = Call::naming(route::GROUP, &[guid.into().as_str()]);
        self.call("group", call.map(Operation::reading))
    }

    /// Makes the user a member of a group, by its password if it has one.
    ///
    /// # Errors
    /// [`GroupNotFound`](crate::ErrorCode::GroupNotFound), [`AlreadyJoined`](crate::ErrorCode::AlreadyJoined),
    /// [`WrongGroupPassword`](crate::ErrorCode::WrongGroupPassword),
    /// [`GroupJoinNotAllowed`](crate::ErrorCode::GroupJoinNotAllowed) for a private one,
    /// [`BannedFromGroup`](crate::ErrorCode::BannedFromGroup), [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn join_group(
        &self,
        guid: impl Into<Guid>,
        password: Option<Secret>,
    ) -> Request<Arc<Group>> {
        self.call("join_group", joining(&guid.into(), password))
    }

    /// Ends the user's membership.
    ///
    /// # Errors
    /// [`GroupNotJoined`](crate::ErrorCode::GroupNotJoined);
    /// [`OwnerCannotLeave`](crate::ErrorCode::OwnerCannotLeave), who has to
    /// [give the group to another member](Self::transfer_group_ownership) first;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn leave_group(&self, guid: impl Into<Guid>) -> Request<()> {
        let call = Call::naming(route::LEAVE_GROUP, &[guid.into().as_str()]);
        self.call("leave_group", call.map(leaving))
    }

    /// Changes the details of a group, such as its name and who may join; succeeds with the group as it is now.
    ///
    /// # Errors
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) for all but admins,
    /// [`GroupNotJoined`](crate::ErrorCode::GroupNotJoined),
    /// [`EmptyGroupPassword`](crate::ErrorCode::EmptyGroupPassword),
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn update_group(
        &self,
        guid: impl Into<Guid>,
        details: GroupDetails,
    ) -> Request<Arc<Group>> {
        let call = Call::naming(route::UPDATE_GROUP, &[guid.into().as_str()])
            .and_then(|call| call.with_json(&details));
        self.call("update_group", call.map(Operation::reading))
    }

    /// Deletes a group, with all that was said in it.
    ///
    /// # Errors
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) for all but admins,
    /// [`GroupNotJoined`](crate::ErrorCode::GroupNotJoined), [`GroupNotFound`](crate::ErrorCode::GroupNotFound),
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn delete_group(&self, guid: impl Into<Guid>) -> Request<()> {
        self.call("delete_group", about(route::DELETE_GROUP, &guid.into()))
    }

    /// Adds members to a group, and keeps others out; succeeds with what became of each.
    ///
    /// Moderators add participants, admins whomever.
    ///
    /// # Errors
    /// [`GroupNotJoined`](crate::ErrorCode::GroupNotJoined), [`GroupNotFound`](crate::ErrorCode::GroupNotFound),
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn add_members_to_group(
        &self,
        guid: impl Into<Guid>,
        members: NewMembers,
    ) -> Request<MemberOutcomes> {
        let call = Call::naming(route::ADD_MEMBERS, &[guid.into().as_str()])
            .and_then(|call| call.with_json(&members));
        self.call("add_members_to_group", call.map(member_outcomes))
    }

    /// Puts a member out of a group; they may come back.
    ///
    /// # Errors
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) unless the user is above the member,
    /// [`NotAGroupMember`](crate::ErrorCode::NotAGroupMember), [`UserNotFound`](crate::ErrorCode::UserNotFound),
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn kick_group_member(&self, guid: impl Into<Guid>, uid: impl Into<Uid>) -> Request<()> {
        self.call(
            "kick_group_member",
            about_member(route::KICK_MEMBER, &guid.into(), &uid.into()),
        )
    }

    /// Puts a user out of a group, or keeps them out who is not in it yet, until they are
    /// [unbanned](Self::unban_group_member).
    ///
    /// # Errors
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) unless the user is above the member,
    /// [`BannedFromGroup`](crate::ErrorCode::BannedFromGroup) when they are kept out already,
    /// [`UserNotFound`](crate::ErrorCode::UserNotFound), [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn ban_group_member(&self, guid: impl Into<Guid>, uid: impl Into<Uid>) -> Request<()> {
        self.call(
            "ban_group_member",
            about_member(route::BAN_MEMBER, &guid.into(), &uid.into()),
        )
    }

    /// Lets a user join a group again.
    ///
    /// # Errors
    /// [`NotBannedFromGroup`](crate::ErrorCode::NotBannedFromGroup),
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) for participants,
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn unban_group_member(&self, guid: impl Into<Guid>, uid: impl Into<Uid>) -> Request<()> {
        self.call(
            "unban_group_member",
            about_member(route::UNBAN_MEMBER, &guid.into(), &uid.into()),
        )
    }

    /// Changes what a member may do in a group.
    ///
    /// # Errors
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) for all but admins above the member,
    /// [`SameGroupScope`](crate::ErrorCode::SameGroupScope),
    /// [`NotAGroupMember`](crate::ErrorCode::NotAGroupMember), [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn update_group_member_scope(
        &self,
        guid: impl Into<Guid>,
        uid: impl Into<Uid>,
        scope: GroupScope,
    ) -> Request<()> {
        let call = Call::naming(
            route::CHANGE_SCOPE,
            &[guid.into().as_str(), uid.into().as_str()],
        )
        .and_then(|call| call.with_json(&ScopeChange { scope }));
        self.call("update_group_member_scope", call.map(Operation::done))
    }

    /// Gives a group that the user owns to another member.
    ///
    /// # Errors
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) for all but the owner,
    /// [`NotAGroupMember`](crate::ErrorCode::NotAGroupMember), [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn transfer_group_ownership(
        &self,
        guid: impl Into<Guid>,
        uid: impl Into<Uid>,
    ) -> Request<()> {
        let call = Call::naming(route::TRANSFER_GROUP, &[guid.into().as_str()])
            .and_then(|call| call.with_json(&Transfer { owner: uid.into() }));
        self.call("transfer_group_ownership", call.map(Operation::done))
    }

    /// How many members of each group are connected. Groups that the user may not know of are left out.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn online_group_member_count(
        &self,
        guids: impl IntoIterator<Item = impl Into<Guid>>,
    ) -> Request<BTreeMap<Guid, u64>> {
        let groups = guids.into_iter().map(Into::into).collect();
        let call = Call::new(route::ONLINE_MEMBERS, &[]).with_json(&OnlineRequest { groups });
        let operation = call.map(|call| {
            Operation::new(call, |reply, _| {
                serde_json::from_str(reply.data.get()).map(|counts: OnlineCounts| counts.groups)
            })
        });
        self.call("online_group_member_count", operation)
    }
}

fn creation(
    guid: Guid,
    details: GroupDetails,
    members: Option<NewMembers>,
) -> Result<Call, ChatError> {
    Call::new(route::CREATE_GROUP, &[]).with_json(&NewGroup::new(guid, details, members))
}

fn created_group(call: Call) -> Operation<CreatedGroup> {
    Operation::new(call, |reply, _| {
        Ok(CreatedGroup {
            group: serde_json::from_str(reply.data.get())?,
            members: group::first_members(reply.data)?.into(),
        })
    })
}

fn member_outcomes(call: Call) -> Operation<MemberOutcomes> {
    Operation::new(call, |reply, _| {
        serde_json::from_str(reply.data.get()).map(|reply: MembersReply| reply.into())
    })
}

fn joining(guid: &Guid, password: Option<Secret>) -> Result<Operation<Arc<Group>>, ChatError> {
    let call = Call::naming(route::JOIN_GROUP, &[guid.as_str()])?
        .with_json(&GroupPassword { password })?;
    let guid = guid.clone();
    Ok(Operation::making_message(call, move |reply, interner| {
        Ok(Answer {
            value: group::joined_group(reply.data, &guid),
            own_message: message::decode(reply.data, interner).ok(),
        })
    }))
}

fn leaving(call: Call) -> Operation<()> {
    Operation::making_message(call, |reply, interner| {
        Ok(Answer {
            value: (),
            own_message: message::decode(reply.data, interner).ok(),
        })
    })
}

fn about(route: Route, guid: &Guid) -> Result<Operation<()>, ChatError> {
    Call::naming(route, &[guid.as_str()]).map(Operation::done)
}

fn about_member(route: Route, guid: &Guid, uid: &Uid) -> Result<Operation<()>, ChatError> {
    Call::naming(route, &[guid.as_str(), uid.as_str()]).map(Operation::done)
}

impl From<MembersReply> for MemberOutcomes {
    fn from(reply: MembersReply) -> Self {
        let added = [reply.admins, reply.moderators, reply.participants];
        Self {
            added: added.into_iter().flat_map(outcomes).collect(),
            banned: outcomes(reply.users_to_ban).collect(),
        }
    }
}

fn outcomes(results: MemberResults) -> impl Iterator<Item = (Uid, Result<(), ChatError>)> {
    results
        .into_iter()
        .map(|(uid, result)| (uid, result.error.map_or(Ok(()), |error| Err(error.into()))))
}
