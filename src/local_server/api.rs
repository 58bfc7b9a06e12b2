//! The HTTP API: which route does what (PROTOCOL.md §2.6).

mod blocking;
mod conversations;
mod groups;
mod members;
mod membership;
mod message_changes;
mod message_list;
mod messages;
mod online;
mod page;
mod pins;
mod presigned;
mod reactions;
mod request;
mod session;
mod upload;
mod users;

use hyper::{Method, StatusCode};

pub(super) use presigned::{awaited as awaited_upload, receive as receive_upload};
pub(super) use request::{Call, Headers};
pub(super) use upload::{ServedFile, file};

use super::{context::Context, database::Token, hub::DeviceKey, refusal::Refusal};
use crate::wire::{
    error::code,
    route::{self, Plane, Route},
};

/// The body of a successful reply.
pub(super) type Reply = Result<Vec<u8>, Refusal>;

/// A route and what serves it.
pub(super) struct Endpoint {
    route: Route,
    handler: Handler,
}

/// What serves a route, by what it asks of the request.
enum Handler {
    /// Nothing but the app's id.
    Open(fn(&mut Context<'_>, &Call) -> Reply),
    /// The app's auth key.
    Admin(fn(&mut Context<'_>, &Call) -> Reply),
    /// A user's token, or beside the WebSocket what opens that.
    User(fn(&mut Context<'_>, &Call, &Session) -> Reply),
}

/// Who a request comes from.
pub(super) struct Session {
    pub(super) token: Token,
    /// The device, which gets no frames about what it did itself.
    pub(super) device: DeviceKey,
}

static ENDPOINTS: &[Endpoint] = &[
    admin(route::CREATE_AUTH_TOKEN, session::create_token),
    admin(route::CREATE_USER, users::create),
    open(route::SETTINGS, session::settings),
    user(route::ME, session::me),
    user(route::UPDATE_ME, session::update_me),
    user(route::LOG_OUT, session::log_out),
    user(route::USER_SESSIONS, session::create_user_session),
    user(route::ANALYTICS_PING, session::analytics_ping),
    user(route::REFRESH_JWT, session::refresh_jwt),
    admin(route::UPDATE_USER, users::update),
    user(route::USERS, users::list),
    user(route::USER, users::show),
    user(route::BLOCK_USERS, blocking::block),
    user(route::UNBLOCK_USERS, blocking::unblock),
    user(route::BLOCKED_USERS, blocking::list),
    user(route::SEND_MESSAGE, messages::send),
    user(route::SEND_REPLY, messages::reply),
    user(route::ANNOUNCE_UPLOADS, presigned::announce),
    user(route::MESSAGES, message_list::everything),
    user(route::MESSAGE, message_list::show),
    user(route::EDIT_MESSAGE, message_changes::edit),
    user(route::DELETE_MESSAGE, message_changes::delete),
    user(route::FLAG_MESSAGE, message_changes::flag),
    user(route::INTERACT, message_changes::interact),
    user(route::PIN_MESSAGE, pins::pin),
    user(route::UNPIN_MESSAGE, pins::unpin),
    user(route::SAVE_MESSAGE, pins::save),
    user(route::UNSAVE_MESSAGE, pins::unsave),
    user(route::REACTIONS, reactions::list),
    user(route::REACTIONS_ALIKE, reactions::list),
    user(route::ADD_REACTION, reactions::add),
    user(route::REMOVE_REACTION, reactions::remove),
    user(route::THREAD, message_list::in_thread),
    user(route::USER_MESSAGES, message_list::with_user),
    user(route::GROUP_MESSAGES, message_list::in_group),
    user(route::CONVERSATIONS, conversations::list),
    user(route::USER_CONVERSATION, conversations::show),
    user(route::TAG_USER_CONVERSATION, conversations::tag),
    user(route::DELETE_USER_CONVERSATION, conversations::delete),
    user(route::READ_USER_CONVERSATION, conversations::mark_read),
    user(route::UNREAD_USER_CONVERSATION, conversations::mark_unread),
    user(
        route::DELIVERED_USER_CONVERSATION,
        conversations::mark_delivered,
    ),
    user(route::GROUP_CONVERSATION, conversations::show),
    user(route::TAG_GROUP_CONVERSATION, conversations::tag),
    user(route::DELETE_GROUP_CONVERSATION, conversations::delete),
    user(route::READ_GROUP_CONVERSATION, conversations::mark_read),
    user(route::UNREAD_GROUP_CONVERSATION, conversations::mark_unread),
    user(
        route::DELIVERED_GROUP_CONVERSATION,
        conversations::mark_delivered,
    ),
    user(route::GROUPS, groups::list),
    user(route::CREATE_GROUP, groups::create),
    user(route::GROUP, groups::show),
    user(route::UPDATE_GROUP, groups::update),
    user(route::DELETE_GROUP, groups::delete),
    user(route::TRANSFER_GROUP, groups::transfer),
    user(route::JOIN_GROUP, membership::join),
    user(route::LEAVE_GROUP, membership::leave),
    user(route::MEMBERS, members::list),
    user(route::ADD_MEMBERS, members::add),
    user(route::KICK_MEMBER, members::kick),
    user(route::CHANGE_SCOPE, members::change_scope),
    user(route::BANNED_MEMBERS, members::banned),
    user(route::BAN_MEMBER, members::ban),
    user(route::UNBAN_MEMBER, members::unban),
    user(route::ONLINE_MEMBERS, online::count),
];

const fn open(route: Route, handler: fn(&mut Context<'_>, &Call) -> Reply) -> Endpoint {
    Endpoint {
        route,
        handler: Handler::Open(handler),
    }
}

const fn admin(route: Route, handler: fn(&mut Context<'_>, &Call) -> Reply) -> Endpoint {
    Endpoint {
        route,
        handler: Handler::Admin(handler),
    }
}

const fn user(route: Route, handler: fn(&mut Context<'_>, &Call, &Session) -> Reply) -> Endpoint {
    Endpoint {
        route,
        handler: Handler::User(handler),
    }
}

/// The endpoint at a path below the base, and the values of the path's variable segments.
pub(super) fn find(
    method: &Method,
    path: &str,
) -> Result<(&'static Endpoint, Vec<String>), Refusal> {
    for endpoint in ENDPOINTS {
        if let Some(values) = endpoint.route.matches(method, path) {
            return Ok((endpoint, values));
        }
    }
    let has_path = |endpoint: &Endpoint| {
        let route = &endpoint.route;
        route.matches(&route.method, path).is_some()
    };
    Err(match ENDPOINTS.iter().any(has_path) {
        true => Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            code::METHOD_NOT_ALLOWED,
            format!("The route {path} does not take {method}."),
        ),
        false => Refusal::new(
            StatusCode::NOT_FOUND,
            code::ROUTE_NOT_FOUND,
            format!("The local server has no route {path}."),
        ),
    })
}

impl Endpoint {
    /// Does what the request asks, if it may.
    pub(super) fn serve(&self, context: &mut Context<'_>, call: &Call) -> Reply {
        check_app(context, &call.headers)?;
        match self.handler {
            Handler::Open(handler) => handler(context, call),
            Handler::Admin(handler) => {
                check_key(context, &call.headers)?;
                handler(context, call)
            }
            Handler::User(handler) => {
                let session = match self.route.plane {
                    Plane::Chat => authenticate_by_jwt(context, &call.headers)?,
                    Plane::Admin | Plane::Client => authenticate(context, &call.headers)?,
                };
                context.app.count_request(&session.token.uid)?;
                handler(context, call, &session)
            }
        }
    }
}

fn check_app(context: &Context<'_>, headers: &Headers) -> Result<(), Refusal> {
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

fn check_key(context: &Context<'_>, headers: &Headers) -> Result<(), Refusal> {
    match &headers.api_key {
        None => Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            code::EMPTY_API_KEY,
            "The header apiKey is missing.",
        )),
        Some(key) if *key == context.app.auth_key => Ok(()),
        Some(_) => Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            code::API_KEY_NOT_FOUND,
            "The auth key in the header apiKey is not this app's.",
        )),
    }
}

pub(super) fn authenticate(context: &Context<'_>, headers: &Headers) -> Result<Session, Refusal> {
    // Only a token that was sent may be called unknown: the official SDKs log out on that code (PROTOCOL.md §2.3).
    let token = headers.auth_token.as_ref().ok_or_else(|| {
        Refusal::new(
            StatusCode::UNAUTHORIZED,
            code::EMPTY_AUTH_TOKEN,
            "The header authToken is missing.",
        )
    })?;
    let token = context.database.token(token.expose())?.ok_or_else(|| {
        Refusal::new(
            StatusCode::UNAUTHORIZED,
            code::AUTH_TOKEN_NOT_FOUND,
            "The auth token is not known: log in again.",
        )
    })?;
    Session::new(context, token, headers)
}

fn authenticate_by_jwt(context: &Context<'_>, headers: &Headers) -> Result<Session, Refusal> {
    let token = match &headers.authorization {
        Some(jwt) => context.database.token_of_jwt(jwt.expose())?,
        None => None,
    };
    let token = token.ok_or_else(|| {
        Refusal::new(
            StatusCode::UNAUTHORIZED,
            code::NO_AUTH,
            "The header Authorization does not hold a JWT of this server's.",
        )
    })?;
    Session::new(context, token, headers)
}

impl Session {
    fn new(context: &Context<'_>, token: Token, headers: &Headers) -> Result<Self, Refusal> {
        if context.app.has_expired(&token, context.now) {
            return Err(Refusal::new(
                StatusCode::UNAUTHORIZED,
                code::AUTH_TOKEN_EXPIRED,
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
