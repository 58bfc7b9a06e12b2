use crate::model::{Secret, Uid};

/// What a user logs in with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credentials {
    /// A user id and the app's auth key.
    AuthKey(AuthKey),
    /// A token made for the user by the game's own server.
    AuthToken(AuthToken),
}

/// A user id and the app's auth key: for development, since whoever has the key can be anybody.
#[derive(Clone, Debug)]
pub struct AuthKey {
    pub(crate) uid: Uid,
    pub(crate) key: Secret,
}

impl AuthKey {
    /// Logs in as `uid` with the app's auth key.
    pub fn new(uid: impl Into<Uid>, key: impl Into<Secret>) -> Self {
        Self {
            uid: uid.into(),
            key: key.into(),
        }
    }
}

/// A token made for one user by the game's own server: for production.
#[derive(Clone, Debug)]
pub struct AuthToken(pub(crate) Secret);

impl AuthToken {
    /// Logs in as whoever the token was made for.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self(token.into())
    }
}

impl From<AuthKey> for Credentials {
    fn from(key: AuthKey) -> Self {
        Self::AuthKey(key)
    }
}

impl From<AuthToken> for Credentials {
    fn from(token: AuthToken) -> Self {
        Self::AuthToken(token)
    }
}
