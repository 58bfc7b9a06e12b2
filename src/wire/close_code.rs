//! The codes with which the local server closes a socket, beside RFC 6455's own.

/// The auth frame was refused, or did not come in time.
pub(crate) const NOT_AUTHENTICATED: u16 = 4001;
/// The user logged out.
pub(crate) const LOGGED_OUT: u16 = 4002;
/// Nothing came for too long, not even a ping.
pub(crate) const SILENT: u16 = 4003;
