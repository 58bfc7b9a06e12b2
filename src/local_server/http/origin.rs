//! Which pages of browsers may use the server, and under which names it is reached.

use hyper::{
    StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};

use super::reply::{RATE_LIMIT, RATE_LIMIT_REMAINING, RATE_LIMIT_RESET, Reply, ReplyBody};
use crate::{
    local_server::{access::Access, refusal::Refusal},
    wire::error::code,
};

/// The headers of a reply that a browser lets a page read.
const EXPOSED: [HeaderName; 4] = [
    header::RETRY_AFTER,
    RATE_LIMIT,
    RATE_LIMIT_REMAINING,
    RATE_LIMIT_RESET,
];

/// Refuses a request that comes from a page which may not use the server, or under a name that is not the server's: a
/// foreign page can make a browser resolve its own name to this machine.
pub(super) fn check(access: &Access, request: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: HeaderName| request.get(name).map(HeaderValue::to_str);
    let forbidden = |message| Refusal::new(StatusCode::FORBIDDEN, code::ORIGIN_FORBIDDEN, message);
    match text(header::ORIGIN) {
        None => {}
        Some(Ok(origin)) if access.allows_origin(origin) => {}
        Some(_) => return Err(forbidden("Pages of this origin may not use this server.")),
    }
    match text(header::HOST) {
        None => Ok(()),
        Some(Ok(host)) if access.allows_host(host) => Ok(()),
        Some(_) => Err(forbidden("This server is not reached under this name.")),
    }
}

/// The reply to a CORS preflight request.
pub(super) fn preflight_reply(request: &HeaderMap) -> Reply {
    let mut reply = Reply::new(ReplyBody::default());
    *reply.status_mut() = StatusCode::NO_CONTENT;
    let headers = reply.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("600"),
    );
    // Echoed, since a wildcard would not cover Authorization.
    if let Some(wanted) = request.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    reply
}

/// The CORS headers, with which a page of another origin can read the reply.
pub(super) struct CorsHeaders {
    origin: HeaderValue,
}

impl CorsHeaders {
    /// For a request that was checked.
    pub(super) fn for_request(request: &HeaderMap) -> Self {
        Self {
            origin: request
                .get(header::ORIGIN)
                .cloned()
                .unwrap_or_else(|| HeaderValue::from_static("*")),
        }
    }

    pub(super) fn add_to(self, reply: &mut HeaderMap) {
        reply.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.origin);
        reply.insert(header::VARY, HeaderValue::from_static("Origin"));
        for name in EXPOSED {
            let value = HeaderValue::from(name);
            reply.append(header::ACCESS_CONTROL_EXPOSE_HEADERS, value);
        }
    }
}
