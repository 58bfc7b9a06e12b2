use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What the server says went wrong (PROTOCOL.md §2.3).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ErrorBody {
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<Box<RawValue>>,
}

/// The server's codes that mean something to the client, or that the local server sends.
pub(crate) mod code {
    /// The session's token is not known: ends the session (rule S6).
    pub(crate) const AUTH_TOKEN_NOT_FOUND: &str = "AUTH_ERR_AUTH_TOKEN_NOT_FOUND";
}
