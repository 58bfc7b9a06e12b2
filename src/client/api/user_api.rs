use std::{collections::BTreeMap, sync::Arc};

use super::ChatApi;
use crate::{
    client::{
        AuthKey, ChatError,
        operation::{Call, Operation},
    },
    model::{Uid, User, UserDetails},
    wire::{
        online::{OnlineCounts, OnlineRequest},
        route::{self, Route},
        user::{BlockReply, BlockRequest, NewUser},
    },
};

/// What became of each user whom a request was about: the server says in its own words why not.
pub type UserOutcomes = BTreeMap<Uid, Result<(), Arc<str>>>;

/// Users: looking them up, changing what is said of them, blocking.
pub trait UserApi: ChatApi {
    /// A user, with whether one of the two blocked the other.
    ///
    /// # Errors
    /// [`UserNotFound`](crate::ErrorCode::UserNotFound), [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn user(&self, uid: impl Into<Uid>) -> Self::Request<Arc<User>> {
        self.ask(user(&uid.into()).into())
    }

    /// Changes what is said of the logged-in user; succeeds with who they are now, which is saved with the session.
    /// The role is not theirs to change.
    ///
    /// ```
    /// # use bevy::prelude::*;
    /// use bevy_cometchat::{model::UserDetails, prelude::*};
    ///
    /// fn go_afk(chat: Res<CometChat>) {
    ///     chat.update_current_user_details(UserDetails::new().with_status_message("back in five"));
    /// }
    /// # bevy::ecs::system::assert_is_system(go_afk);
    /// ```
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn update_current_user_details(&self, details: UserDetails) -> Self::Request<Arc<User>> {
        let call = Call::new(route::UPDATE_ME, &[]).with_json(&details);
        let operation = call.map(|call| Operation::reading(call).changing_own_user());
        self.ask(operation.into())
    }

    /// Blocks users: neither side hears from the other any more. Succeeds with what became of each.
    ///
    /// # Errors
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn block_users(
        &self,
        uids: impl IntoIterator<Item = impl Into<Uid>>,
    ) -> Self::Request<UserOutcomes> {
        let uids = uids.into_iter().map(Into::into).collect();
        self.ask(blocking(route::BLOCK_USERS, uids).into())
    }

    /// Hears from blocked users again; succeeds with what became of each.
    ///
    /// # Errors
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn unblock_users(
        &self,
        uids: impl IntoIterator<Item = impl Into<Uid>>,
    ) -> Self::Request<UserOutcomes> {
        let uids = uids.into_iter().map(Into::into).collect();
        self.ask(blocking(route::UNBLOCK_USERS, uids).into())
    }

    /// How many users are connected, of the whole app.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn online_user_count(&self) -> Self::Request<u64> {
        let call = Call::new(route::ONLINE_MEMBERS, &[]).with_json(&OnlineRequest::default());
        let operation = call.map(|call| {
            Operation::new(call, |reply, _| {
                serde_json::from_str(reply.data.get())
                    .map(|counts: OnlineCounts| counts.online_users_count)
            })
        });
        self.ask(operation.into())
    }

    /// Creates the user of these credentials, who can log in with them then. Nobody needs to be logged in.
    ///
    /// For development: whoever has the app's auth key can act as anybody, so no shipped game has it.
    ///
    /// # Errors
    /// [`UserAlreadyExists`](crate::ErrorCode::UserAlreadyExists), what the server refuses,
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn create_user(&self, credentials: AuthKey, details: UserDetails) -> Self::Request<Arc<User>> {
        self.ask(creation(credentials, details).into())
    }

    /// Changes what is said of the user of these credentials, the role included. Nobody needs to be logged in. For
    /// development, as [`create_user`](Self::create_user).
    ///
    /// # Errors
    /// [`UserNotFound`](crate::ErrorCode::UserNotFound), what the server refuses,
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn update_user(&self, credentials: AuthKey, details: UserDetails) -> Self::Request<Arc<User>> {
        self.ask(update(credentials, &details).into())
    }
}

impl<A: ChatApi> UserApi for A {}

fn user(uid: &Uid) -> Result<Operation<Arc<User>>, ChatError> {
    Call::naming(route::USER, &[uid.as_str()]).map(Operation::reading)
}

fn creation(
    AuthKey { uid, key }: AuthKey,
    details: UserDetails,
) -> Result<Operation<Arc<User>>, ChatError> {
    let call = Call::new(route::CREATE_USER, &[]).with_json(&NewUser::new(uid, details))?;
    Ok(Operation::reading(call.with_key(key)))
}

fn update(
    AuthKey { uid, key }: AuthKey,
    details: &UserDetails,
) -> Result<Operation<Arc<User>>, ChatError> {
    let call = Call::naming(route::UPDATE_USER, &[uid.as_str()])?.with_json(details)?;
    Ok(Operation::reading(call.with_key(key)))
}

fn blocking(route: Route, blocked_uids: Vec<Uid>) -> Result<Operation<UserOutcomes>, ChatError> {
    let call = Call::new(route, &[]).with_json(&BlockRequest { blocked_uids })?;
    Ok(Operation::new(call, |reply, _| {
        let results: BlockReply = serde_json::from_str(reply.data.get())?;
        Ok(results
            .into_iter()
            .map(|(uid, result)| match result.success {
                true => (uid, Ok(())),
                false => (uid, Err(result.message.into())),
            })
            .collect())
    }))
}
