//! What joining and leaving takes, request by request.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bevy::platform::cell::SyncCell;

use super::{ChatChannel, roster::Task};
use crate::{
    client::{ChatError, Client, ErrorCode, GroupMembersRequest, GroupsRequest},
    model::{Group, GroupDetails, Guid, Uid, UserStatus},
};

/// A task under way. It is looked at in every update; dropped, what is under way ends unseen.
pub(super) struct Crossing(SyncCell<Pin<Box<dyn Future<Output = Crossed> + Send>>>);

/// How a task ended.
#[derive(Debug)]
pub(super) enum Crossed {
    /// The groups that the user is in.
    Listed(Result<Vec<Arc<Group>>, ChatError>),
    /// The user tried to join.
    Joined(Guid, Result<Arc<Group>, ChatError>),
    /// The user tried to leave.
    Left(Guid, Result<Departure, ChatError>),
}

/// What became of leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Departure {
    /// The user is no longer a member.
    Gone,
    /// The user owns the group, and there is nobody to give it to.
    OnlyMember,
}

impl Crossing {
    pub(super) fn begin(client: Client, me: Uid, task: Task) -> Self {
        Self(SyncCell::new(Box::pin(async move {
            match task {
                Task::List => Crossed::Listed(joined_groups(&client).await),
                Task::Join(channel) => {
                    let outcome = join(&client, &channel).await;
                    Crossed::Joined(channel.guid, outcome)
                }
                Task::Leave(guid) => {
                    let outcome = leave(&client, &me, &guid).await;
                    Crossed::Left(guid, outcome)
                }
            }
        })))
    }

    /// How it ended, once it has.
    pub(super) fn outcome(&mut self) -> Option<Crossed> {
        let mut context = Context::from_waker(Waker::noop());
        match self.0.get().as_mut().poll(&mut context) {
            Poll::Ready(crossed) => Some(crossed),
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

async fn join(client: &Client, channel: &ChatChannel) -> Result<Arc<Group>, ChatError> {
    match (join_existing(client, channel).await, &channel.create) {
        (Err(error), Some(details)) if error.code == ErrorCode::GroupNotFound => {
            create(client, channel, details).await
        }
        (outcome, _) => outcome,
    }
}

async fn join_existing(client: &Client, channel: &ChatChannel) -> Result<Arc<Group>, ChatError> {
    let guid = &channel.guid;
    match client.join_group(guid, channel.password.clone()).await {
        Err(error) if error.code == ErrorCode::AlreadyJoined => client.group(guid).await,
        outcome => outcome,
    }
}

async fn create(
    client: &Client,
    channel: &ChatChannel,
    details: &GroupDetails,
) -> Result<Arc<Group>, ChatError> {
    let details = match &channel.password {
        Some(password) => details.clone().with_password(password.clone()),
        None => details.clone(),
    };
    match client.create_group(&channel.guid, details).await {
        // Another player was faster.
        Err(error) if error.code == ErrorCode::GroupAlreadyExists => {
            join_existing(client, channel).await
        }
        outcome => outcome,
    }
}

async fn leave(client: &Client, me: &Uid, guid: &Guid) -> Result<Departure, ChatError> {
    match leave_as_member(client, guid).await {
        Err(error) if error.code == ErrorCode::OwnerCannotLeave => {}
        outcome => return outcome,
    }
    let Some(heir) = heir(client, me, guid).await? else {
        return Ok(Departure::OnlyMember);
    };
    client.transfer_group_ownership(guid, heir).await?;
    leave_as_member(client, guid).await
}

async fn leave_as_member(client: &Client, guid: &Guid) -> Result<Departure, ChatError> {
    match client.leave_group(guid).await {
        Ok(()) => Ok(Departure::Gone),
        Err(error) => match error.code {
            ErrorCode::GroupNotJoined | ErrorCode::GroupNotFound => Ok(Departure::Gone),
            _ => Err(error),
        },
    }
}

/// Who is to own the group next: whoever may do most in it and is there.
async fn heir(client: &Client, me: &Uid, guid: &Guid) -> Result<Option<Uid>, ChatError> {
    let members = GroupMembersRequest::of(guid).with_limit(100).pager();
    let page = client.fetch_next(&members).await?;
    let others = page.into_iter().filter(|member| member.uid != *me);
    let heir = others.max_by_key(|member| (member.scope, member.status == UserStatus::Online));
    Ok(heir.map(|member| member.uid.clone()))
}
