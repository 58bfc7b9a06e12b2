//! Frames from the client.

#[cfg(any(test, feature = "local-server"))]
mod decode;
mod signal;

use serde::Serialize;

pub(crate) use signal::{Mark, Signal};

#[cfg(any(test, feature = "local-server"))]
pub(crate) use decode::{AuthRequest, ClientFrame, PresenceSubscription, decode};

/// `{"action":"ping","ack":"true"}`.
pub(crate) const PING: &str = r#"{"action":"ping","ack":"true"}"#;

/// The body of the first frame on a socket.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthBody<'a> {
    pub(crate) auth: &'a str,
    pub(crate) device_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) presence_subscription: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) roles: &'a [String],
    pub(crate) params: AuthParams<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthParams<'a> {
    pub(crate) app_info: AuthAppInfo<'a>,
    pub(crate) user_agent: &'a str,
    pub(crate) device_id: &'a str,
    pub(crate) platform: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthAppInfo<'a> {
    pub(crate) version: &'a str,
    pub(crate) api_version: &'a str,
    /// Milliseconds since 1970.
    pub(crate) uts: u64,
}
