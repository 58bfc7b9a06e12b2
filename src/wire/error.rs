use std::{borrow::Cow, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::lenient;

/// The error in the reply to a request that failed. Every member can be missing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorBody {
    #[serde(deserialize_with = "lenient_text")]
    pub(crate) code: String,
    #[serde(deserialize_with = "lenient_text")]
    pub(crate) message: String,
    /// The explanation for developers.
    #[serde(rename = "devMessage", deserialize_with = "lenient::filled_text")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dev_message: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<Box<RawValue>>,
}

fn lenient_text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    lenient::text_or_empty(from).map(|text| String::from(&*text))
}

impl ErrorBody {
    /// Reads an error: an object, a list of one, or the message alone.
    pub(crate) fn read(json: &RawValue) -> Self {
        #[derive(Default, Deserialize)]
        struct Object(#[serde(deserialize_with = "lenient::object")] Option<ErrorBody>);

        let json = json.get();
        if let Ok(Object(Some(error))) = serde_json::from_str(json) {
            return error;
        }
        let message: Cow<'_, str> = serde_json::from_str(json).unwrap_or_default();
        Self {
            message: message.into_owned(),
            ..Self::default()
        }
    }
}

/// The codes that the client interprets, or that the local server sends.
#[cfg_attr(not(feature = "local-server"), allow(dead_code))]
pub(crate) mod code {
    /// The session's token is not known or has expired: the client asks the game for a new one.
    pub(crate) const AUTH_TOKEN_NOT_FOUND: &str = "AUTH_ERR_AUTH_TOKEN_NOT_FOUND";
    /// The same as `AUTH_TOKEN_NOT_FOUND`. CometChat does not document it.
    pub(crate) const AUTH_TOKEN_EXPIRED: &str = "AUTH_ERR_AUTH_TOKEN_EXPIRED";
    /// A request that needs a token came without one.
    pub(crate) const EMPTY_AUTH_TOKEN: &str = "AUTH_ERR_EMPTY_AUTHTOKEN";
    /// A request that needs the JWT came without one, or with a wrong one.
    pub(crate) const NO_AUTH: &str = "ERR_NO_AUTH";
    /// The auth key is wrong.
    pub(crate) const API_KEY_NOT_FOUND: &str = "AUTH_ERR_APIKEY_NOT_FOUND";
    /// A request that needs the auth key came without one.
    pub(crate) const EMPTY_API_KEY: &str = "AUTH_ERR_EMPTY_APIKEY";
    /// The server does not serve this app.
    pub(crate) const APP_NOT_FOUND: &str = "ERR_APP_NOT_FOUND";
    /// A request came without the header `appId`.
    pub(crate) const EMPTY_APP_ID: &str = "AUTH_ERR_EMPTY_APPID";
    /// The user does not exist.
    pub(crate) const UID_NOT_FOUND: &str = "ERR_UID_NOT_FOUND";
    /// The uid is taken.
    pub(crate) const UID_ALREADY_EXISTS: &str = "ERR_UID_ALREADY_EXISTS";
    /// The group does not exist.
    pub(crate) const GUID_NOT_FOUND: &str = "ERR_GUID_NOT_FOUND";
    /// The guid is taken.
    pub(crate) const GUID_ALREADY_EXISTS: &str = "ERR_GUID_ALREADY_EXISTS";
    /// Only a member may do this.
    pub(crate) const GROUP_NOT_JOINED: &str = "ERR_GROUP_NOT_JOINED";
    /// The user is a member already.
    pub(crate) const ALREADY_JOINED: &str = "ERR_ALREADY_JOINED";
    /// A private group can't be joined: its admins add members.
    pub(crate) const GROUP_JOIN_NOT_ALLOWED: &str = "ERR_GROUP_JOIN_NOT_ALLOWED";
    /// The password of the group is wrong.
    pub(crate) const WRONG_GROUP_PASSWORD: &str = "ERR_WRONG_GROUP_PASS";
    /// A group of the kind `password` needs one.
    pub(crate) const EMPTY_GROUP_PASSWORD: &str = "ERR_EMPTY_GROUP_PASS";
    /// The user's scope in the group is too low.
    pub(crate) const GROUP_NO_SCOPE: &str = "ERR_GROUP_NO_SCOPE_CLEARANCE";
    /// The user was banned from the group.
    pub(crate) const BANNED: &str = "ERR_BANNED_GROUPMEMBER";
    /// The user was not banned from the group.
    pub(crate) const NOT_BANNED: &str = "ERR_NOT_BANNED_GROUPMEMBER";
    /// The user that the request is about is not a member of the group.
    pub(crate) const NOT_A_MEMBER: &str = "ERR_NOT_A_MEMBER";
    /// The owner must transfer the group before leaving it.
    pub(crate) const OWNER_EXIT_FORBIDDEN: &str = "ERR_OWNER_EXIT_FORBIDDEN";
    /// The member already has the scope.
    pub(crate) const SAME_SCOPE: &str = "ERR_SAME_SCOPE";
    /// One of the two users blocked the other.
    pub(crate) const BLOCKED: &str = "ERR_BLOCKED_USER";
    /// The conversation does not exist, or the user is not part of it.
    pub(crate) const CONVERSATION_NOT_FOUND: &str = "ERR_CONVERSATION_NOT_ACCESSIBLE";
    /// Another user sent the message.
    pub(crate) const NOT_THE_SENDER: &str = "ERR_MESSAGE_NOT_A_SENDER";
    /// The user has already made this reaction.
    pub(crate) const ALREADY_REACTED: &str = "ERR_ALREADY_REACTED";
    /// The user has not made this reaction.
    pub(crate) const REACTION_NOT_FOUND: &str = "ERR_REACTION_NOT_FOUND";
    /// The file does not exist.
    pub(crate) const FILE_NOT_FOUND: &str = "ERR_FILE_NOT_FOUND";
    /// The rate limit is reached.
    pub(crate) const TOO_MANY_REQUESTS: &str = "ERR_TOO_MANY_REQUESTS";
    /// The message does not exist, or the user may not see it.
    pub(crate) const MESSAGE_NOT_FOUND: &str = "ERR_MESSAGE_ID_NOT_FOUND";
    /// The text of a message is empty.
    pub(crate) const EMPTY_MESSAGE_TEXT: &str = "ERR_EMPTY_MESSAGE_TEXT";
    /// The text of a message is too long.
    pub(crate) const MESSAGE_TOO_LONG: &str = "ERR_MESSAGE_TEXT_TOO_LONG";
    /// The body or the parameters of the request are invalid.
    pub(crate) const BAD_REQUEST: &str = "ERR_BAD_REQUEST";
    /// The route does not exist.
    pub(crate) const ROUTE_NOT_FOUND: &str = "ERR_ROUTE_NOT_FOUND";
    /// The route does not allow this method.
    pub(crate) const METHOD_NOT_ALLOWED: &str = "ERR_METHOD_NOT_ALLOWED";
    /// The request's body is too large.
    pub(crate) const BODY_TOO_LARGE: &str = "ERR_PAYLOAD_TOO_LARGE";
    /// The request's body did not come in time.
    pub(crate) const BODY_TIMEOUT: &str = "ERR_REQUEST_TIMEOUT";
    /// Only CometChat's cloud supports this.
    pub(crate) const UNSUPPORTED: &str = "ERR_UNSUPPORTED";
    /// The user may not do this here.
    pub(crate) const ACTION_NOT_ALLOWED: &str = "ERR_ACTION_NOT_ALLOWED";
    /// The maximum number of these is reached.
    pub(crate) const LIMIT_REACHED: &str = "ERR_LIMIT_REACHED";
    /// The origin of the page, or the host name of the request, is not allowed.
    pub(crate) const ORIGIN_FORBIDDEN: &str = "ERR_ORIGIN_FORBIDDEN";
    /// The request takes too long.
    pub(crate) const TOO_COSTLY: &str = "ERR_REQUEST_TOO_COSTLY";
    /// The storage of the server is full.
    pub(crate) const STORAGE_FULL: &str = "ERR_STORAGE_FULL";
    /// The server is short of memory.
    pub(crate) const BUSY: &str = "ERR_SERVER_BUSY";
    /// The server failed.
    pub(crate) const INTERNAL: &str = "ERR_INTERNAL_SERVER";
}
