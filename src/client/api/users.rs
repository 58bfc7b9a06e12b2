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

/// The outcome for each user of a request. An error contains the server's reason.
pub type UserOutcomes = BTreeMap<Uid, Result<(), Arc<str>>>;

/// # Users
impl Client {
    /// Fetches a user, with whether the logged-in user blocked them or they blocked the logged-in user.
    ///
    /// # Errors
    /// [`UserNotFound`](crate::ErrorCode::UserNotFound), [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn user(&self, uid: impl Into<Uid>) -> Request<Arc<User>> {
        let call = Call::naming(route::USER, &[uid.into().as_str()]);
        self.call("user", call.map(Operation::reading))
    }

    /// Changes the profile of the logged-in user, except the role. Succeeds with the changed user, who is saved with
    /// the session.
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
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn update_current_user_details(&self, details: UserDetails) -> Request<Arc<User>> {
        let call = Call::new(route::UPDATE_ME, &[]).with_json(&details);
        let operation = call.map(|call| Operation::reading(call).changing_own_user());
        self.call("update_current_user_details", operation)
    }

    /// Blocks users: no messages pass between them and the user. Succeeds with the outcome for each.
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

    /// Unblocks users. Succeeds with the outcome for each.
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

    /// The number of online users of the app.
    ///
    /// # Errors
    /// The server's refusal; [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
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

    /// Creates the user with these credentials, who can then log in with them. No login is required.
    ///
    /// For development: whoever has the app's auth key can act as anybody, so a released game must not contain it.
    ///
    /// # Errors
    /// [`UserAlreadyExists`](crate::ErrorCode::UserAlreadyExists), the server's refusal,
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn create_user(&self, credentials: AuthKey, details: UserDetails) -> Request<Arc<User>> {
        self.call("create_user", creation(credentials, details))
    }

    /// Changes the profile of the user with these credentials, including the role. No login is required. For
    /// development, as [`create_user`](Self::create_user).
    ///
    /// # Errors
    /// [`UserNotFound`](crate::ErrorCode::UserNotFound), the server's refusal,
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn update_user(&self, credentials: AuthKey, details: UserDetails) -> Request<Arc<User>> {
        self.call("update_user", update(credentials, &details))
    }
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
            .map(|(uid, result)| {
                if result.success {
                    (uid, Ok(()))
                } else {
                    (uid, Err(result.message.into()))
                }
            })
            .collect())
    }))
}
