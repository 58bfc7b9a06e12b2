use std::{sync::Arc, time::Duration};

use crate::{
    client::{AppSettings, Client, Command, Credentials, Request},
    model::User,
    shells,
    storage::Storage,
};

/// # Session and connection
impl Client {
    /// Opens the local storage and restores the saved session, without network I/O. Succeeds with its user, if there is
    /// one. [`CometChatPlugin::new`](crate::CometChatPlugin::new) calls it for a game.
    ///
    /// # Errors
    /// [`MissingParameters`](crate::ErrorCode::MissingParameters) for an app id that is empty or malformed,
    /// [`InvalidRegion`](crate::ErrorCode::InvalidRegion), [`InvalidSettings`](crate::ErrorCode::InvalidSettings),
    /// [`Storage`](crate::ErrorCode::Storage). A client that was initialised before goes on as it was; if it never was,
    /// later requests fail with [`NotInitialized`](crate::ErrorCode::NotInitialized).
    pub fn init(
        &self,
        app_id: impl Into<String>,
        mut settings: AppSettings,
    ) -> Request<Option<Arc<User>>> {
        let app_id = app_id.into();
        let store = match shells::check(&app_id, &settings) {
            Ok(store) => store,
            Err(error) => return self.ended("init", Err(error)),
        };
        settings.storage = Storage::Custom(store.clone());
        self.request("init", |done| {
            self.take_settings(&app_id, &settings, store);
            Command::Init {
                app_id,
                settings: Box::new(settings),
                done,
            }
        })
    }

    /// Logs a user in. The session is saved before this succeeds; in auto mode the client then connects. A user who is
    /// logged in already stays so without a request, unless [`TokenExpired`](crate::TokenExpired) asks for a new token: then
    /// this answers it, like [`renew_token`](Self::renew_token).
    ///
    /// # Errors
    /// [`LoginInProgress`](crate::ErrorCode::LoginInProgress), the server's refusal,
    /// [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn login(&self, credentials: impl Into<Credentials>) -> Request<Arc<User>> {
        self.request("login", |done| Command::Login {
            credentials: credentials.into(),
            done,
        })
    }

    /// Logs the user out, locally also when the server can't be reached.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn); [`Storage`](crate::ErrorCode::Storage) when the saved
    /// session could not be removed, so that the next start restores it.
    pub fn logout(&self) -> Request<()> {
        self.request("logout", Command::Logout)
    }

    /// Replaces the token of the logged-in user: in answer to [`TokenExpired`](crate::TokenExpired), or before the
    /// token expires. Succeeds with the user. The requests that failed because of the old token are made again.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn),
    /// [`AnotherUsersToken`](crate::ErrorCode::AnotherUsersToken),
    /// [`LoginInProgress`](crate::ErrorCode::LoginInProgress) while an earlier token is being checked, the server's
    /// refusal, [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable). Until the time to answer is over, another
    /// token can be tried.
    pub fn renew_token(&self, credentials: impl Into<Credentials>) -> Request<Arc<User>> {
        self.request("renew_token", |done| Command::RenewToken {
            credentials: credentials.into(),
            done,
        })
    }

    /// Opens the connection, or joins the attempt under way; succeeds when it is live. Fails after
    /// [`Timing::connect_timeout`](crate::connection::Timing::connect_timeout) (30 s), while attempts go on in the foreground.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn), or
    /// [`NotConnected`](crate::ErrorCode::NotConnected) with the cause.
    pub fn connect(&self) -> Request<()> {
        self.request("connect", Command::Connect)
    }

    /// Closes the connection. [`connect`](Self::connect) opens it again. In auto mode, so do a login and the next start.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn).
    pub fn disconnect(&self) -> Request<()> {
        self.request("disconnect", Command::Disconnect)
    }

    /// Sends a ping to the server, and restarts the background timeout. Succeeds with the round-trip
    /// time.
    ///
    /// # Errors
    /// [`UserNotLoggedIn`](crate::ErrorCode::UserNotLoggedIn), [`NotConnected`](crate::ErrorCode::NotConnected).
    pub fn ping(&self) -> Request<Duration> {
        self.request("ping", Command::Ping)
    }
}
