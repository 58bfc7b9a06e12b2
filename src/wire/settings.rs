use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::lenient;

/// What the server tells a client about itself (PROTOCOL.md §2.5.1), as far as this crate reads it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) struct ServerSettings {
    #[serde(
        default,
        deserialize_with = "lenient::filled_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) chat_host: Option<Arc<str>>,
    #[serde(
        default,
        deserialize_with = "lenient::filled_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) chat_host_app_specific: Option<Arc<str>>,
    #[serde(
        default,
        deserialize_with = "lenient::filled_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) chat_host_override: Option<Arc<str>>,
    #[serde(
        default,
        deserialize_with = "lenient::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) chat_wss_port: Option<u64>,
    #[serde(
        default,
        deserialize_with = "lenient::filled_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) client_api_host: Option<Arc<str>>,
    #[serde(
        default,
        deserialize_with = "lenient::filled_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) admin_api_host: Option<Arc<str>>,
    #[serde(
        default,
        deserialize_with = "lenient::filled_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) chat_api_version: Option<Arc<str>>,
    #[serde(
        default,
        deserialize_with = "lenient::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) app_version: Option<u64>,
    #[serde(default, deserialize_with = "lenient::flag")]
    pub(crate) analytics_ping_disabled: bool,
}

impl ServerSettings {
    /// Host and port of the WebSocket, once the server has told them.
    pub(crate) fn chat_endpoint(&self) -> Option<(&str, u16)> {
        let host = self
            .chat_host_override
            .as_deref()
            .or(self.chat_host_app_specific.as_deref())
            .or(self.chat_host.as_deref())?;
        let port = u16::try_from(self.chat_wss_port?).ok()?;
        Some((host, port))
    }
}
