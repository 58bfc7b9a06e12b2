//! Joining and leaving a group, request by request.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bevy::platform::cell::SyncCell;

use super::{
    ChatGroup,
    memberships::{Departure, Task, TaskResult},
};
use crate::{
    client::{ChatError, Client, ErrorCode, GroupMembersRequest, GroupsRequest},
    model::{Group, GroupDetails, Guid, Uid, UserStatus},
};

/// A task under way. It is polled in every update; when it is dropped, its result is discarded.
pub(super) struct MembershipTask(SyncCell<Pin<Box<dyn Future<Output = TaskResult> + Send>>>);

impl MembershipTask {
    pub(super) fn start(client: Client, me: Uid, task: Task) -> Self {
        Self(SyncCell::new(Box::pin(async move {
            match task {
                Task::List => TaskResult::Listed(joined_groups(&client).await),
                Task::Join(group) => {
                    let outcome = join(&client, &group).await;
                    TaskResult::Joined(group.guid, outcome)
                }
                Task::Leave(guid) => {
                    let outcome = leave(&client, &me, &guid).await;
                    TaskResult::Left(guid, outcome)
                }
            }
        })))
    }

    /// The result, once the task has ended.
    pub(super) fn poll_result(&mut self) -> Option<TaskResult> {
        let mut context = Context::from_waker(Waker::noop());
        match self.0.get().as_mut().poll(&mut context) {
            Poll::Ready(result) => Some(result),
            Poll::Pending => None,
        }
    }
}

async fn joined_groups(client: &Client) -> Result<Vec<Arc<Group>>, ChatError> {
    let pager = GroupsRequest::all().only_joined().with_limit(100).pager();
    let mut groups = Vec::new();
    loop {
        let page = client.fetch_next(&pager).await?;
        let is_last = page.is_last;
        groups.extend(page);
        if is_last {
            return Ok(groups);
        }
    }
}

async fn join(client: &Client, group: &ChatGroup) -> Result<Arc<Group>, ChatError> {
    match (join_existing(client, group).await, &group.create) {
        (Err(error), Some(details)) if error.code == ErrorCode::GroupNotFound => {
            create(client, group, details).await
        }
        (outcome, _) => outcome,
    }
}

async fn join_existing(client: &Client, group: &ChatGroup) -> Result<Arc<Group>, ChatError> {
    let guid = &group.guid;
    match client.join_group(guid, group.password.clone()).await {
        Err(error) if error.code == ErrorCode::AlreadyJoined => client.group(guid).await,
        outcome => outcome,
    }
}

async fn create(
    client: &Client,
    group: &ChatGroup,
    details: &GroupDetails,
) -> Result<Arc<Group>, ChatError> {
    let details = match &group.password {
        Some(password) => details.clone().with_password(password.clone()),
        None => details.clone(),
    };
    match client.create_group(&group.guid, details).await {
        // Another user created it first.
        Err(error) if error.code == ErrorCode::GroupAlreadyExists => {
            join_existing(client, group).await
        }
        outcome => outcome,
    }
}

async fn leave(client: &Client, me: &Uid, guid: &Guid) -> Result<Departure, ChatError> {
    match leave_or_transfer(client, me, guid).await {
        // The group was deleted, or the user was removed from it.
        Err(ChatError {
            code: ErrorCode::GroupNotJoined | ErrorCode::GroupNotFound,
            ..
        }) => Ok(Departure::Gone),
        outcome => outcome,
    }
}

async fn leave_or_transfer(client: &Client, me: &Uid, guid: &Guid) -> Result<Departure, ChatError> {
    match client.leave_group(guid).await {
        Err(error) if error.code == ErrorCode::OwnerCannotLeave => {}
        outcome => return outcome.map(|()| Departure::Gone),
    }
    let Some(next_owner) = next_owner(client, me, guid).await? else {
        return Ok(Departure::OnlyMember);
    };
    client.transfer_group_ownership(guid, next_owner).await?;
    client.leave_group(guid).await.map(|()| Departure::Gone)
}

/// The next owner of the group: of the members with the highest scope, one who is online.
async fn next_owner(client: &Client, me: &Uid, guid: &Guid) -> Result<Option<Uid>, ChatError> {
    let members = GroupMembersRequest::of(guid).with_limit(100).pager();
    let page = client.fetch_next(&members).await?;
    let others = page.into_iter().filter(|member| member.uid != *me);
    let next_owner =
        others.max_by_key(|member| (member.scope, member.status == UserStatus::Online));
    Ok(next_owner.map(|member| member.uid.clone()))
}
