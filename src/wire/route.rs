//! The routes, relative to a base URL.

use http::Method;

/// Which host serves a route, and what authenticates a request to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plane {
    /// Authenticated by the app's auth key, in the header `apiKey`.
    Admin,
    /// Authenticated by a user's token, in the header `authToken`.
    Client,
    /// Beside the WebSocket; authenticated by what opens that, in the header `Authorization`.
    Chat,
}

/// A method and a path whose segments in braces are filled in.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) template: &'static str,
    pub(crate) plane: Plane,
}

impl Route {
    /// Whether a request that was perhaps carried out can be made again: it changes nothing, or the same once more. A
    /// token more than needed does no harm.
    pub(crate) fn is_idempotent(&self) -> bool {
        self.method.is_idempotent() || self.template == CREATE_AUTH_TOKEN.template
    }
}

const fn route(method: Method, template: &'static str, plane: Plane) -> Route {
    Route {
        method,
        template,
        plane,
    }
}

pub(crate) const CREATE_AUTH_TOKEN: Route =
    route(Method::POST, "users/{uid}/auth_tokens", Plane::Admin);
pub(crate) const CREATE_USER: Route = route(Method::POST, "users", Plane::Admin);
pub(crate) const USER: Route = route(Method::GET, "users/{uid}", Plane::Client);
pub(crate) const USER_SESSIONS: Route = route(Method::POST, "user_sessions", Plane::Client);
pub(crate) const SETTINGS: Route = route(Method::GET, "settings", Plane::Client);
pub(crate) const ME: Route = route(Method::GET, "me", Plane::Client);
pub(crate) const UPDATE_ME: Route = route(Method::PUT, "me", Plane::Client);
pub(crate) const LOG_OUT: Route = route(Method::DELETE, "me", Plane::Client);
pub(crate) const SEND_MESSAGE: Route = route(Method::POST, "messages", Plane::Client);
pub(crate) const SEND_REPLY: Route =
    route(Method::POST, "messages/{parentId}/thread", Plane::Client);
pub(crate) const MESSAGES: Route = route(Method::GET, "messages", Plane::Client);
pub(crate) const MESSAGE: Route = route(Method::GET, "messages/{id}", Plane::Client);
pub(crate) const THREAD: Route = route(Method::GET, "messages/{parentId}/thread", Plane::Client);
pub(crate) const USER_MESSAGES: Route = route(Method::GET, "users/{uid}/messages", Plane::Client);
pub(crate) const GROUP_MESSAGES: Route =
    route(Method::GET, "groups/{guid}/messages", Plane::Client);
pub(crate) const CREATE_GROUP: Route = route(Method::POST, "groups", Plane::Client);
pub(crate) const JOIN_GROUP: Route = route(Method::POST, "groups/{guid}/members", Plane::Client);
pub(crate) const LEAVE_GROUP: Route = route(Method::DELETE, "groups/{guid}/members", Plane::Client);

pub(crate) const USERS: Route = route(Method::GET, "users", Plane::Client);
pub(crate) const UPDATE_USER: Route = route(Method::PUT, "users/{uid}", Plane::Admin);
pub(crate) const BLOCK_USERS: Route = route(Method::POST, "blockedusers", Plane::Client);
pub(crate) const UNBLOCK_USERS: Route = route(Method::DELETE, "blockedusers", Plane::Client);
pub(crate) const BLOCKED_USERS: Route = route(Method::GET, "blockedusers", Plane::Client);
pub(crate) const ANALYTICS_PING: Route = route(Method::POST, "ping", Plane::Client);
pub(crate) const REFRESH_JWT: Route = route(Method::POST, "me/jwt", Plane::Client);
pub(crate) const EDIT_MESSAGE: Route = route(Method::PUT, "messages/{id}", Plane::Client);
pub(crate) const DELETE_MESSAGE: Route = route(Method::DELETE, "messages/{id}", Plane::Client);
pub(crate) const FLAG_MESSAGE: Route = route(Method::POST, "messages/{id}/flagged", Plane::Client);
pub(crate) const INTERACT: Route = route(Method::PATCH, "messages/{id}/interacted", Plane::Client);
pub(crate) const PIN_MESSAGE: Route = route(Method::POST, "messages/{id}/pin", Plane::Client);
pub(crate) const UNPIN_MESSAGE: Route = route(Method::DELETE, "messages/{id}/pin", Plane::Client);
pub(crate) const SAVE_MESSAGE: Route = route(Method::POST, "messages/{id}/save", Plane::Client);
pub(crate) const UNSAVE_MESSAGE: Route = route(Method::DELETE, "messages/{id}/save", Plane::Client);
pub(crate) const REACTIONS: Route = route(Method::GET, "messages/{id}/reactions", Plane::Client);
pub(crate) const REACTIONS_ALIKE: Route = route(
    Method::GET,
    "messages/{id}/reactions/{reaction}",
    Plane::Client,
);
pub(crate) const ADD_REACTION: Route = route(
    Method::POST,
    "messages/{id}/reactions/{reaction}",
    Plane::Client,
);
pub(crate) const REMOVE_REACTION: Route = route(
    Method::DELETE,
    "messages/{id}/reactions/{reaction}",
    Plane::Client,
);
pub(crate) const CONVERSATIONS: Route = route(Method::GET, "conversations", Plane::Client);
pub(crate) const USER_CONVERSATION: Route =
    route(Method::GET, "users/{uid}/conversation", Plane::Client);
pub(crate) const TAG_USER_CONVERSATION: Route =
    route(Method::PUT, "users/{uid}/conversation", Plane::Client);
pub(crate) const DELETE_USER_CONVERSATION: Route =
    route(Method::DELETE, "users/{uid}/conversation", Plane::Client);
pub(crate) const READ_USER_CONVERSATION: Route =
    route(Method::POST, "users/{uid}/conversation/read", Plane::Client);
pub(crate) const UNREAD_USER_CONVERSATION: Route = route(
    Method::DELETE,
    "users/{uid}/conversation/read",
    Plane::Client,
);
pub(crate) const DELIVERED_USER_CONVERSATION: Route = route(
    Method::POST,
    "users/{uid}/conversation/delivered",
    Plane::Client,
);
pub(crate) const GROUP_CONVERSATION: Route =
    route(Method::GET, "groups/{guid}/conversation", Plane::Client);
pub(crate) const TAG_GROUP_CONVERSATION: Route =
    route(Method::PUT, "groups/{guid}/conversation", Plane::Client);
pub(crate) const DELETE_GROUP_CONVERSATION: Route =
    route(Method::DELETE, "groups/{guid}/conversation", Plane::Client);
pub(crate) const READ_GROUP_CONVERSATION: Route = route(
    Method::POST,
    "groups/{guid}/conversation/read",
    Plane::Client,
);
pub(crate) const UNREAD_GROUP_CONVERSATION: Route = route(
    Method::DELETE,
    "groups/{guid}/conversation/read",
    Plane::Client,
);
pub(crate) const DELIVERED_GROUP_CONVERSATION: Route = route(
    Method::POST,
    "groups/{guid}/conversation/delivered",
    Plane::Client,
);
pub(crate) const GROUPS: Route = route(Method::GET, "groups", Plane::Client);
pub(crate) const GROUP: Route = route(Method::GET, "groups/{guid}", Plane::Client);
pub(crate) const UPDATE_GROUP: Route = route(Method::PUT, "groups/{guid}", Plane::Client);
pub(crate) const DELETE_GROUP: Route = route(Method::DELETE, "groups/{guid}", Plane::Client);
pub(crate) const MEMBERS: Route = route(Method::GET, "groups/{guid}/members", Plane::Client);
pub(crate) const ADD_MEMBERS: Route = route(Method::PUT, "groups/{guid}/members", Plane::Client);
pub(crate) const KICK_MEMBER: Route =
    route(Method::DELETE, "groups/{guid}/members/{uid}", Plane::Client);
pub(crate) const CHANGE_SCOPE: Route =
    route(Method::PUT, "groups/{guid}/members/{uid}", Plane::Client);
pub(crate) const BANNED_MEMBERS: Route =
    route(Method::GET, "groups/{guid}/bannedusers", Plane::Client);
pub(crate) const BAN_MEMBER: Route = route(
    Method::POST,
    "groups/{guid}/bannedusers/{uid}",
    Plane::Client,
);
pub(crate) const UNBAN_MEMBER: Route = route(
    Method::DELETE,
    "groups/{guid}/bannedusers/{uid}",
    Plane::Client,
);
pub(crate) const TRANSFER_GROUP: Route = route(Method::PATCH, "groups/{guid}/owner", Plane::Client);

pub(crate) const ONLINE_MEMBERS: Route = route(Method::POST, "online-members", Plane::Chat);

pub(crate) const FILE: Route = route(Method::GET, "files/{id}/{name}", Plane::Client);
pub(crate) const ANNOUNCE_UPLOADS: Route = route(Method::POST, "files/upload-url", Plane::Client);
/// Where the local server has clients upload files: the official SDKs post them wherever they are told to.
pub(crate) const RECEIVE_UPLOAD: Route = route(Method::POST, "uploads/{id}", Plane::Client);

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
