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

/// The outcomes of adding users to a group, and of banning users from it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct MemberOutcomes {
    /// The outcome for each user to add.
    pub added: BTreeMap<Uid, Result<(), ChatError>>,
    /// The outcome for each user to ban.
    pub banned: BTreeMap<Uid, Result<(), ChatError>>,
}

/// A new group, and the outcomes of adding its first members.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CreatedGroup {
    /// The group.
    pub group: Arc<Group>,
    /// The outcomes of adding its first members.
    pub members: MemberOutcomes,
}

/// # Groups
///
/// What happens to the members of a group reaches the others as [`GroupChanged`](crate::GroupChanged).
impl Client {
    /// Creates a group. The user is its owner and first member.
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
    /// [`EmptyGroupPassword`](crate::ErrorCode::EmptyGroupPassword), the server's refusal,
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn create_group(
        &self,
        guid: impl Into<Guid>,
        details: GroupDetails,
    ) -> Request<Arc<Group>> {
        let call = creation(guid.into(), details, None);
        self.call("create_group", call.map(Operation::reading))
    }

    /// Creates a group with members. Succeeds even if some of them could not be added.
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

    /// A group, with the user's membership and scope.
    ///
    /// # Errors
    /// [`GroupNotFound`](crate::ErrorCode::GroupNotFound);
    /// [`GroupNotJoined`](crate::ErrorCode::GroupNotJoined) for a private one;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn group(&self, guid: impl Into<Guid>) -> Request<Arc<Group>> {
        let call = Call::naming(route::GROUP, &[guid.into().as_str()]);
        self.call("group", call.map(Operation::reading))
    }

    /// Joins a group, with its password if it has one.
    ///
    /// # Errors
    /// [`GroupNotFound`](crate::ErrorCode::GroupNotFound), [`AlreadyJoined`](crate::ErrorCode::AlreadyJoined),
    /// [`WrongGroupPassword`](crate::ErrorCode::WrongGroupPassword),
    /// [`GroupJoinNotAllowed`](crate::ErrorCode::GroupJoinNotAllowed) for a private one,
    /// [`BannedFromGroup`](crate::ErrorCode::BannedFromGroup),
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn join_group(
        &self,
        guid: impl Into<Guid>,
        password: Option<Secret>,
    ) -> Request<Arc<Group>> {
        self.call("join_group", joining(&guid.into(), password))
    }

    /// Leaves a group.
    ///
    /// # Errors
    /// [`GroupNotJoined`](crate::ErrorCode::GroupNotJoined);
    /// [`OwnerCannotLeave`](crate::ErrorCode::OwnerCannotLeave): the owner
    /// [transfers the group to another member](Self::transfer_group_ownership) first;
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn leave_group(&self, guid: impl Into<Guid>) -> Request<()> {
        let call = Call::naming(route::LEAVE_GROUP, &[guid.into().as_str()]);
        self.call("leave_group", call.map(leaving))
    }

    /// Changes the details of a group, such as its name and kind. Succeeds with the group as it is now.
    ///
    /// # Errors
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) unless the user is an admin,
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

    /// Deletes a group and its messages.
    ///
    /// # Errors
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) unless the user is an admin,
    /// [`GroupNotJoined`](crate::ErrorCode::GroupNotJoined), [`GroupNotFound`](crate::ErrorCode::GroupNotFound),
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn delete_group(&self, guid: impl Into<Guid>) -> Request<()> {
        let call = Call::naming(route::DELETE_GROUP, &[guid.into().as_str()]);
        self.call("delete_group", call.map(Operation::done))
    }

    /// Adds members to a group, and bans users from it. Succeeds with the outcome for each user.
    ///
    /// Moderators can add participants; admins can add members with any scope.
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

    /// Removes a member from a group. They can join again.
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

    /// Removes a user from a group if they are a member, and prevents them from joining until they are
    /// [unbanned](Self::unban_group_member).
    ///
    /// # Errors
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) unless the user is above the member,
    /// [`BannedFromGroup`](crate::ErrorCode::BannedFromGroup) if they are banned already,
    /// [`UserNotFound`](crate::ErrorCode::UserNotFound), [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn ban_group_member(&self, guid: impl Into<Guid>, uid: impl Into<Uid>) -> Request<()> {
        self.call(
            "ban_group_member",
            about_member(route::BAN_MEMBER, &guid.into(), &uid.into()),
        )
    }

    /// Ends the ban of a user from a group.
    ///
    /// # Errors
    /// [`NotBannedFromGroup`](crate::ErrorCode::NotBannedFromGroup),
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) if the user is a participant,
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn unban_group_member(&self, guid: impl Into<Guid>, uid: impl Into<Uid>) -> Request<()> {
        self.call(
            "unban_group_member",
            about_member(route::UNBAN_MEMBER, &guid.into(), &uid.into()),
        )
    }

    /// Changes the scope of a member of a group.
    ///
    /// # Errors
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) unless the user is an admin above the member,
    /// [`SameGroupScope`](crate::ErrorCode::SameGroupScope),
    /// [`NotAGroupMember`](crate::ErrorCode::NotAGroupMember),
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
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

    /// Transfers the ownership of a group to another member.
    ///
    /// # Errors
    /// [`GroupScopeTooLow`](crate::ErrorCode::GroupScopeTooLow) unless the user is the owner,
    /// [`NotAGroupMember`](crate::ErrorCode::NotAGroupMember),
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn transfer_group_ownership(
        &self,
        guid: impl Into<Guid>,
        uid: impl Into<Uid>,
    ) -> Request<()> {
        let call = Call::naming(route::TRANSFER_GROUP, &[guid.into().as_str()])
            .and_then(|call| call.with_json(&Transfer { owner: uid.into() }));
        self.call("transfer_group_ownership", call.map(Operation::done))
    }

    /// The number of online members of each group. Groups that the user can't see are left out.
    ///
    /// # Errors
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
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
