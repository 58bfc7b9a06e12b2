use std::{collections::BTreeMap, sync::Arc};

use crate::{
    client::{
        AuthKey, ChatError, Client, Request,
        operation::{Call, Operation},
    },
    model::{Uid, User, UserDetails},
    wire::{
        online::{OnlineCounts, OnlineRequest},
        route::{self, Route},
        user::{BlockRequest, NewUser, block_reply},
    },
};

/// What became of each user whom a request was about: the server says in its own words why not.
pub type UserOutcomes = BTreeMap<Uid, Result<(), Arc<str>>>;

/// # Users
impl Client {
    /// A user, with whether one of the two blocked the other.
    ///
    /// # Errors
    /// [`UserNotFound`](crate::ErrorCode::UserNotFound), [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn user(&self, uid: impl Into<Uid>) -> Request<Arc<User>> {
        self.call("user", user(&uid.into()))
    }

    /// Changes the profile of the logged-in user; succeeds with the user as they are now, which is saved with the session.
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
    pub fn update_current_user_details(&self, details: UserDetails) -> Request<Arc<User>> {
        let call = Call::new(route::UPDATE_ME, &[]).with_json(&details);
        let operation = call.map(|call| Operation::reading(call).changing_own_user());
        self.call("update_current_user_details", operation)
    }

    /// Blocks users: neither side hears from the other any more. Succeeds with what became of each.
    ///
    /// # Errors
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn block_users(
        &self,
        uids: impl IntoIterator<Item = impl Into<Uid>>,
    ) -> Request<UserOutcomes> {
        let uids = uids.into_iter().map(Into::into).collect();
        self.call("block_users", blocking(route::BLOCK_USERS, uids))
    }

    /// Hears from blocked users again; succeeds with what became of each.
    ///
    /// # Errors
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn unblock_users(
        &self,
        uids: impl IntoIterator<Item = impl Into<Uid>>,
    ) -> Request<UserOutcomes> {
        let uids = uids.into_iter().map(Into::into).collect();
        self.call("unblock_users", blocking(route::UNBLOCK_USERS, uids))
    }

    /// How many users are connected, of the whole app.
    ///
    /// # Errors
    /// What the server refuses; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn online_user_count(&self) -> Request<u64> {
        let call = Call::new(route::ONLINE_MEMBERS, &[]).with_json(&OnlineRequest::default());
        let operation = call.map(|call| {
            Operation::new(call, |reply, _| {
                serde_json::from_str(reply.data.get())
                    .map(|counts: OnlineCounts| counts.online_users_count)
            })
        });
        self.call("online_user_count", operation)
    }

    /// Creates the user of these credentials, who can log in with them then. Nobody needs to be logged in.
    ///
    /// For development: whoever has the app's auth key can act as anybody, so no shipped game has it.
    ///
    /// # Errors
    /// [`UserAlreadyExists`](crate::ErrorCode::UserAlreadyExists), what the server refuses,
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn create_user(&self, credentials: AuthKey, details: UserDetails) -> Request<Arc<User>> {
        self.call("create_user", creation(credentials, details))
    }

    /// Changes the profile of the user of these credentials, the role included. Nobody needs to be logged in. For
    /// development, as [`create_user`](Self::create_user).
    ///
    /// # Errors
    /// [`UserNotFound`](crate::ErrorCode::UserNotFound), what the server refuses,
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn update_user(&self, credentials: AuthKey, details: UserDetails) -> Request<Arc<User>> {
        self.call("update_user", update(credentials, &details))
    }
}

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
        let results = block_reply(reply.data)?;
        Ok(results
            .into_iter()
            .map(|(uid, result)| match result.success {
                true => (uid, Ok(())),
                false => (uid, Err(result.message.into())),
            })
            .collect())
    }))
}
