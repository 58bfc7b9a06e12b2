//! The bodies of logging in.

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::value::RawValue;

use super::settings::ServerSettings;
use crate::model::{Secret, Uid, lenient};

/// The body of `POST users/{uid}/auth_tokens` and of `PUT me`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Device {
    #[serde(default)]
    pub(crate) platform: String,
    #[serde(default)]
    pub(crate) device_id: String,
    #[serde(default)]
    pub(crate) app_info: AppInfo,
}

/// The client's description of itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AppInfo {
    pub(crate) version: String,
    pub(crate) api_version: String,
    pub(crate) user_agent: String,
}

/// The reply to `POST users/{uid}/auth_tokens`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthToken {
    pub(crate) uid: Uid,
    pub(crate) auth_token: Secret,
}

/// The members of the reply to `PUT me` and `GET me` beside those of the user.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionPart {
    pub(crate) auth_token: Secret,
    pub(crate) jwt: Secret,
    #[serde(default, deserialize_with = "settings")]
    pub(crate) settings: ServerSettings,
}

/// Missing settings are read as the defaults. Any other type is an error, because the reply is not one to a login.
fn settings<'de, D: Deserializer<'de>>(from: D) -> Result<ServerSettings, D::Error> {
    let json = <&RawValue>::deserialize(from)?;
    if lenient::is_nothing(json.get()) {
        return Ok(ServerSettings::default());
    }
    serde_json::from_str(json.get()).map_err(D::Error::custom)
}
