//! Authentication of requests.

use hyper::StatusCode;

use super::request::Headers;
use crate::{
    local_server::{
        database::Token, hub::DeviceKey, refusal::Refusal, request_context::RequestContext,
    },
    wire::error::code,
};

/// The authenticated sender of a request.
pub(in crate::local_server) struct Session {
    pub(super) token: Token,
    /// The device, which gets no frames about its own actions.
    pub(super) device: DeviceKey,
}

pub(super) fn check_app(context: &RequestContext<'_>, headers: &Headers) -> Result<(), Refusal> {
    match headers.app_id.as_deref() {
        None => Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            code::EMPTY_APP_ID,
            "The header appId is missing.",
        )),
        Some(app_id) if app_id == context.app.app_id => Ok(()),
        Some(app_id) => Err(Refusal::new(
            StatusCode::NOT_FOUND,
            code::APP_NOT_FOUND,
            format!("This server does not serve the app {app_id}."),
        )),
    }
}

pub(super) fn check_key(context: &RequestContext<'_>, headers: &Headers) -> Result<(), Refusal> {
    check_failures(context, headers)?;
    match &headers.api_key {
        None => Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            code::EMPTY_API_KEY,
            "The header apiKey is missing.",
        )),
        Some(key) if *key == context.app.auth_key => Ok(()),
        Some(_) => Err(failure(
            context,
            headers,
            code::API_KEY_NOT_FOUND,
            "The auth key in the header apiKey is not this app's.",
        )),
    }
}

pub(in crate::local_server) fn authenticate(
    context: &RequestContext<'_>,
    headers: &Headers,
) -> Result<Session, Refusal> {
    // Only a token that was sent may be called unknown: the official SDKs log out on that code.
    let token = headers.auth_token.as_ref().ok_or_else(|| {
        Refusal::new(
            StatusCode::UNAUTHORIZED,
            code::EMPTY_AUTH_TOKEN,
            "The header authToken is missing.",
        )
    })?;
    let Some(token) = context.database.token(token.expose())? else {
        check_failures(context, headers)?;
        return Err(failure(
            context,
            headers,
            code::AUTH_TOKEN_NOT_FOUND,
            "The auth token is not known: log in again.",
        ));
    };
    Session::new(context, token, headers)
}

pub(super) fn authenticate_by_jwt(
    context: &RequestContext<'_>,
    headers: &Headers,
) -> Result<Session, Refusal> {
    let token = match &headers.authorization {
        Some(jwt) => context.database.token_of_jwt(jwt.expose())?,
        None => None,
    };
    let Some(token) = token else {
        check_failures(context, headers)?;
        return Err(failure(
            context,
            headers,
            code::NO_AUTH,
            "The header Authorization does not hold a JWT of this server's.",
        ));
    };
    Session::new(context, token, headers)
}

/// Refuses requests of an address that failed too often, so that nobody can guess credentials quickly.
fn check_failures(context: &RequestContext<'_>, headers: &Headers) -> Result<(), Refusal> {
    let wait = context.app.access.check_failures(headers.address);
    wait.map_err(Refusal::too_many_requests)
}

fn failure(
    context: &RequestContext<'_>,
    headers: &Headers,
    code: &'static str,
    message: &str,
) -> Refusal {
    context.app.access.count_failure(headers.address);
    Refusal::new(StatusCode::UNAUTHORIZED, code, message)
}

impl Session {
    fn new(context: &RequestContext<'_>, token: Token, headers: &Headers) -> Result<Self, Refusal> {
        if context.app.has_expired(&token, context.now) {
            return Err(Refusal::new(
                StatusCode::UNAUTHORIZED,
                code::AUTH_TOKEN_NOT_FOUND,
                "The auth token has expired: make a new one.",
            ));
        }
        Ok(Self {
            device: DeviceKey {
                uid: token.uid.clone(),
                session: headers.resource.clone().unwrap_or_default(),
            },
            token,
        })
    }
}
