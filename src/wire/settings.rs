use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::{json::read_repaired, rows::Rows};
use crate::model::{FlagReason, RawJson, lenient};

/// The server's settings, as far as this crate reads them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) struct ServerSettings {
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chat_host: Option<Arc<str>>,
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chat_host_app_specific: Option<Arc<str>>,
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chat_host_override: Option<Arc<str>>,
    #[serde(default, deserialize_with = "lenient::number")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chat_wss_port: Option<u64>,
    /// The version of the routes on the chat host.
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ws_api_version: Option<Arc<str>>,
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_api_host: Option<Arc<str>>,
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) admin_api_host: Option<Arc<str>>,
    #[serde(default, deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chat_api_version: Option<Arc<str>>,
    #[serde(default, deserialize_with = "lenient::number")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app_version: Option<u64>,
    #[serde(default, deserialize_with = "lenient::flag")]
    pub(crate) analytics_ping_disabled: bool,
    #[serde(default)]
    pub(crate) mode: TransientMode,
}

/// The ephemeral data that the server accepts. An unknown mode is read as all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TransientMode {
    /// All of it.
    #[default]
    Default,
    /// No typing and no receipts.
    LimitedTransient,
    /// Nothing at all.
    NoTransient,
}

impl TransientMode {
    pub(crate) fn allows_typing(self) -> bool {
        self == Self::Default
    }

    pub(crate) fn allows_receipts(self) -> bool {
        self == Self::Default
    }

    pub(crate) fn allows_transient_messages(self) -> bool {
        self != Self::NoTransient
    }
}

impl<'de> Deserialize<'de> for TransientMode {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match lenient::text(from)?.as_deref() {
            Some("LIMITED_TRANSIENT") => Self::LimitedTransient,
            Some("NO_TRANSIENT") => Self::NoTransient,
            _ => Self::Default,
        })
    }
}

impl ServerSettings {
    /// The host and port of the WebSocket, once the server has named them.
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

/// The reasons for which a message can be flagged, from the settings as the server sends them.
pub(crate) fn flag_reasons(settings: &RawValue) -> serde_json::Result<Vec<FlagReason>> {
    #[derive(Deserialize)]
    struct Reasons {
        #[serde(default, rename = "flagReasons", deserialize_with = "lenient::raw")]
        reasons: Option<RawJson>,
    }
    let Reasons { reasons } = serde_json::from_str(settings.get())?;
    let Some(reasons) = reasons else {
        return Ok(Vec::new());
    };
    let rows = Rows::read(serde_json::from_str(reasons.as_str())?, |row| {
        read_repaired(row.get(), |row| serde_json::from_str(row))
    });
    Ok(rows.map(|rows| rows.items).unwrap_or_default())
}

/// The version of the local server's routes on the chat host.
#[cfg(any(test, feature = "local-server"))]
pub(crate) const WS_API_VERSION: &str = "v1";

/// The maximum number of files of a message.
#[cfg(any(test, feature = "local-server"))]
pub(crate) const MAX_FILES: u32 = 10;

/// The maximum size of the files of a message, in bytes.
#[cfg(any(test, feature = "local-server"))]
pub(crate) const MAX_FILE_SIZE: u64 = 25 << 20;

/// The kinds of messages that become the last message of a conversation, on the local server.
#[cfg(any(test, feature = "local-server"))]
const CONVERSATION_UPDATES: [(&str, bool); 4] = [
    ("core.conversations.updateOnCallActivity", true),
    ("core.conversations.updateOnGroupActions", true),
    ("core.conversations.updateOnCustomMessage", true),
    ("core.conversations.updateOnReplies", false),
];

/// The maximum number of pinned messages of a conversation.
#[cfg(any(test, feature = "local-server"))]
pub(crate) const MAX_PINNED: u32 = 100;

/// The maximum number of saved messages of a user.
#[cfg(any(test, feature = "local-server"))]
pub(crate) const MAX_SAVED: u32 = 100;

/// The reasons for flagging a message: id, name, description.
#[cfg(any(test, feature = "local-server"))]
const FLAG_REASONS: [(&str, &str, &str); 4] = [
    ("spam", "Spam", "Unwanted, or the same again and again"),
    ("abuse", "Abuse", "Insults, threats or hate"),
    ("sexual", "Sexual content", "Not fit for all who read it"),
    ("other", "Something else", "What the remark says"),
];

/// The settings as the local server sends them, including those that only the official SDKs read.
#[cfg(any(test, feature = "local-server"))]
#[derive(Serialize)]
pub(crate) struct SettingsObject {
    #[serde(flatten)]
    settings: ServerSettings,
    #[serde(rename = "settingsHash")]
    hash: &'static str,
    #[serde(rename = "settingsHashReceivedAt")]
    hash_received_at: crate::model::Timestamp,
    #[serde(rename = "file.count.max")]
    max_files: u32,
    #[serde(rename = "file.size.max")]
    max_file_size: u64,
    parameters: serde_json::Map<String, serde_json::Value>,
    extensions: [(); 0],
    #[serde(rename = "flagReasons")]
    flag_reasons: [FlagReasonObject; 4],
}

/// A reason for flagging a message.
#[cfg(any(test, feature = "local-server"))]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FlagReasonObject {
    id: &'static str,
    name: &'static str,
    description: &'static str,
    created_at: crate::model::Timestamp,
    updated_at: crate::model::Timestamp,
}

#[cfg(any(test, feature = "local-server"))]
impl SettingsObject {
    /// The settings of a server that serves everything at `host` and `port`.
    pub(crate) fn new(host: &str, port: u16, now: crate::model::Timestamp) -> Self {
        let api_host: Arc<str> = format!("{host}:{port}").into();
        Self {
            settings: ServerSettings {
                chat_host: Some(host.into()),
                chat_host_app_specific: None,
                chat_host_override: None,
                chat_wss_port: Some(port.into()),
                ws_api_version: Some(WS_API_VERSION.into()),
                client_api_host: Some(api_host.clone()),
                admin_api_host: Some(api_host),
                chat_api_version: Some("v3.0".into()),
                app_version: Some(4),
                analytics_ping_disabled: true,
                mode: TransientMode::Default,
            },
            hash: "local",
            hash_received_at: now,
            max_files: MAX_FILES,
            max_file_size: MAX_FILE_SIZE,
            parameters: parameters(),
            extensions: [],
            flag_reasons: FLAG_REASONS.map(|(id, name, description)| FlagReasonObject {
                id,
                name,
                description,
                created_at: now,
                updated_at: now,
            }),
        }
    }
}

#[cfg(any(test, feature = "local-server"))]
fn parameters() -> serde_json::Map<String, serde_json::Value> {
    let updates = CONVERSATION_UPDATES.map(|(name, updates)| (name, updates.into()));
    let keeping = [
        ("features.ux.messages.pinned.enabled", true.into()),
        ("features.ux.messages.pinned.limit", MAX_PINNED.into()),
        ("features.ux.messages.saved.enabled", true.into()),
        ("features.ux.messages.saved.limit", MAX_SAVED.into()),
    ];
    updates
        .into_iter()
        .chain(keeping)
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_sends_is_read_back() {
        let sent = SettingsObject::new("[::1]", 8443, crate::model::Timestamp(1));
        let json = serde_json::to_string(&sent).unwrap();
        let read: ServerSettings = serde_json::from_str(&json).unwrap();
        assert_eq!(read, sent.settings);
        assert_eq!(read.chat_endpoint(), Some(("[::1]", 8443)));
        assert!(json.contains(r#""APP_VERSION":4"#), "{json}");
        assert!(json.contains(r#""MODE":"DEFAULT""#), "{json}");
        assert!(json.contains(r#""ANALYTICS_PING_DISABLED":true"#), "{json}");
        let reasons = flag_reasons(serde_json::from_str(&json).unwrap()).unwrap();
        let ids: Vec<_> = reasons.iter().map(|reason| &*reason.id).collect();
        assert_eq!(ids, FLAG_REASONS.map(|(id, ..)| id));
    }

    #[test]
    fn an_unknown_mode_allows_all() {
        let mode = |json: &str| serde_json::from_str::<ServerSettings>(json).unwrap().mode;
        assert_eq!(
            mode(r#"{"MODE":"LIMITED_TRANSIENT"}"#),
            TransientMode::LimitedTransient
        );
        assert_eq!(
            mode(r#"{"MODE":"NO_TRANSIENT"}"#),
            TransientMode::NoTransient
        );
        for all in ["{}", r#"{"MODE":"NEW"}"#, r#"{"MODE":{"A":[1]}}"#] {
            assert_eq!(mode(all), TransientMode::Default, "{all}");
        }
    }
}
