//! The routes, relative to a base URL.

use http::Method;

/// The host that serves a route, and the credentials of its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plane {
    /// Authenticated by the app's auth key, in the header `apiKey`.
    Admin,
    /// Authenticated by a user's token, in the header `authToken`.
    Client,
    /// On the host of the WebSocket; authenticated by the credential of the socket, in the header `Authorization`.
    Chat,
}

/// A method, and a path with placeholders in braces.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) template: &'static str,
    pub(crate) plane: Plane,
}

impl Route {
    /// Whether a request that the server may have handled can be made again: it changes nothing, or makes the same
    /// change. An unneeded token does no harm.
    pub(crate) fn is_idempotent(&self) -> bool {
        self.method.is_idempotent() || self.template == CREATE_AUTH_TOKEN.template
    }
}

/// Declares the routes: the method, the path and the plane of each.
macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident = $method:ident $template:literal on $plane:ident;)*) => {
        $(
            $(#[$doc])*
            pub(crate) const $name: Route = Route {
                method: Method::$method,
                template: $template,
                plane: Plane::$plane,
            };
        )*
    };
}

routes! {
    CREATE_AUTH_TOKEN = POST "users/{uid}/auth_tokens" on Admin;
    CREATE_USER = POST "users" on Admin;
    USER = GET "users/{uid}" on Client;
    USER_SESSIONS = POST "user_sessions" on Client;
    SETTINGS = GET "settings" on Client;
    ME = GET "me" on Client;
    UPDATE_ME = PUT "me" on Client;
    LOG_OUT = DELETE "me" on Client;
    SEND_MESSAGE = POST "messages" on Client;
    SEND_REPLY = POST "messages/{parentId}/thread" on Client;
    MESSAGES = GET "messages" on Client;
    MESSAGE = GET "messages/{id}" on Client;
    THREAD = GET "messages/{parentId}/thread" on Client;
    USER_MESSAGES = GET "users/{uid}/messages" on Client;
    GROUP_MESSAGES = GET "groups/{guid}/messages" on Client;
    CREATE_GROUP = POST "groups" on Client;
    JOIN_GROUP = POST "groups/{guid}/members" on Client;
    LEAVE_GROUP = DELETE "groups/{guid}/members" on Client;
    USERS = GET "users" on Client;
    UPDATE_USER = PUT "users/{uid}" on Admin;
    BLOCK_USERS = POST "blockedusers" on Client;
    UNBLOCK_USERS = DELETE "blockedusers" on Client;
    BLOCKED_USERS = GET "blockedusers" on Client;
    ANALYTICS_PING = POST "ping" on Client;
    REFRESH_JWT = POST "me/jwt" on Client;
    EDIT_MESSAGE = PUT "messages/{id}" on Client;
    DELETE_MESSAGE = DELETE "messages/{id}" on Client;
    FLAG_MESSAGE = POST "messages/{id}/flagged" on Client;
    INTERACT = PATCH "messages/{id}/interacted" on Client;
    PIN_MESSAGE = POST "messages/{id}/pin" on Client;
    UNPIN_MESSAGE = DELETE "messages/{id}/pin" on Client;
    SAVE_MESSAGE = POST "messages/{id}/save" on Client;
    UNSAVE_MESSAGE = DELETE "messages/{id}/save" on Client;
    REACTIONS = GET "messages/{id}/reactions" on Client;
    REACTIONS_ALIKE = GET "messages/{id}/reactions/{reaction}" on Client;
    ADD_REACTION = POST "messages/{id}/reactions/{reaction}" on Client;
    REMOVE_REACTION = DELETE "messages/{id}/reactions/{reaction}" on Client;
    CONVERSATIONS = GET "conversations" on Client;
    USER_CONVERSATION = GET "users/{uid}/conversation" on Client;
    TAG_USER_CONVERSATION = PUT "users/{uid}/conversation" on Client;
    DELETE_USER_CONVERSATION = DELETE "users/{uid}/conversation" on Client;
    READ_USER_CONVERSATION = POST "users/{uid}/conversation/read" on Client;
    UNREAD_USER_CONVERSATION = DELETE "users/{uid}/conversation/read" on Client;
    DELIVERED_USER_CONVERSATION = POST "users/{uid}/conversation/delivered" on Client;
    GROUP_CONVERSATION = GET "groups/{guid}/conversation" on Client;
    TAG_GROUP_CONVERSATION = PUT "groups/{guid}/conversation" on Client;
    DELETE_GROUP_CONVERSATION = DELETE "groups/{guid}/conversation" on Client;
    READ_GROUP_CONVERSATION = POST "groups/{guid}/conversation/read" on Client;
    UNREAD_GROUP_CONVERSATION = DELETE "groups/{guid}/conversation/read" on Client;
    DELIVERED_GROUP_CONVERSATION = POST "groups/{guid}/conversation/delivered" on Client;
    GROUPS = GET "groups" on Client;
    GROUP = GET "groups/{guid}" on Client;
    UPDATE_GROUP = PUT "groups/{guid}" on Client;
    DELETE_GROUP = DELETE "groups/{guid}" on Client;
    MEMBERS = GET "groups/{guid}/members" on Client;
    ADD_MEMBERS = PUT "groups/{guid}/members" on Client;
    KICK_MEMBER = DELETE "groups/{guid}/members/{uid}" on Client;
    CHANGE_SCOPE = PUT "groups/{guid}/members/{uid}" on Client;
    BANNED_MEMBERS = GET "groups/{guid}/bannedusers" on Client;
    BAN_MEMBER = POST "groups/{guid}/bannedusers/{uid}" on Client;
    UNBAN_MEMBER = DELETE "groups/{guid}/bannedusers/{uid}" on Client;
    TRANSFER_GROUP = PATCH "groups/{guid}/owner" on Client;
    ONLINE_MEMBERS = POST "online-members" on Chat;
    FILE = GET "files/{id}/{name}" on Client;
    ANNOUNCE_UPLOADS = POST "files/upload-url" on Client;
    /// The route to which clients of the local server upload files. The official SDKs post them to any given URL.
    RECEIVE_UPLOAD = POST "uploads/{id}" on Client;
}

impl Route {
    /// The path with `values` in place of its braces, in order, each percent-encoded.
    pub(crate) fn path(&self, values: &[&str]) -> String {
        let mut values = values.iter();
        self.template
            .split('/')
            .map(|segment| {
                if segment.starts_with('{') {
                    encode_segment(values.next().copied().unwrap_or_default())
                } else {
                    segment.to_owned()
                }
            })
            .collect::<Vec<_>>()
            .join("/")
    }

    /// The values in place of the braces, decoded, if `method` and `path` are this route's.
    pub(crate) fn matches(&self, method: &Method, path: &str) -> Option<Vec<String>> {
        if self.method != *method || self.template.split('/').count() != path.split('/').count() {
            return None;
        }
        let mut values = Vec::new();
        for (expected, given) in self.template.split('/').zip(path.split('/')) {
            if expected.starts_with('{') {
                values.push(decode_segment(given)?);
            } else if expected != given {
                return None;
            }
        }
        Some(values)
    }
}

/// The parameters of a query string, in order; what is not decodable is left out.
pub(crate) fn parameters(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((
                decode_segment(&name.replace('+', " "))?,
                decode_segment(&value.replace('+', " "))?,
            ))
        })
        .collect()
}

pub(super) fn encode_segment(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(byte.into());
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

fn decode_segment(segment: &str) -> Option<String> {
    let mut bytes = segment.bytes();
    let mut decoded = Vec::with_capacity(segment.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_the_round_trip_whatever_the_id() {
        for uid in ["alice", "a/b", "ü ñ", "100%", "?x=1&y#z"] {
            let path = CREATE_AUTH_TOKEN.path(&[uid]);
            assert_eq!(path.split('/').count(), 3, "{path}");
            assert_eq!(
                CREATE_AUTH_TOKEN.matches(&Method::POST, &path),
                Some(vec![uid.to_owned()])
            );
        }
    }

    #[test]
    fn parameters_are_decoded() {
        let pairs =
            parameters("per_page=30&searchKey=a%20b+c&types=text,image&empty=&broken=%4&flag");
        let expected = [
            ("per_page", "30"),
            ("searchKey", "a b c"),
            ("types", "text,image"),
            ("empty", ""),
        ];
        assert_eq!(
            pairs,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(parameters(""), []);
    }

    #[test]
    fn another_method_or_a_broken_escape_does_not_match() {
        assert_eq!(UPDATE_ME.matches(&Method::PATCH, "me"), None);
        assert_eq!(JOIN_GROUP.matches(&Method::POST, "groups/%4/members"), None);
        assert_eq!(
            JOIN_GROUP.matches(&Method::POST, "groups/%ff/members"),
            None
        );
    }
}
