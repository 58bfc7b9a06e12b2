//! The HTTP API: the handler of each route.

mod authentication;
mod blocking;
mod conversations;
mod fetch_messages;
mod form;
mod groups;
mod members;
mod membership;
mod message_changes;
mod online;
mod page;
mod pins;
mod presigned;
mod reactions;
mod request;
mod send_message;
mod session;
mod upload;
mod users;

use hyper::{Method, StatusCode};

pub(super) use form::{Form, FormFile};
pub(super) use presigned::{awaited as awaited_upload, receive as receive_upload};
pub(super) use request::{Call, Headers};
pub(super) use upload::{ServedFile, file};

use authentication::{Session, authenticate, authenticate_by_jwt, check_app, check_key};
use request::Reply;

use super::{refusal::Refusal, request_context::RequestContext};
use crate::{
    model::Uid,
    wire::{
        error::code,
        route::{self, Plane, Route},
    },
};

/// A route and its handler.
pub(super) struct Endpoint {
    route: Route,
    handler: Handler,
    body: BodyKind,
}

/// The kind of a request's body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BodyKind {
    /// Small JSON.
    Small,
    /// A message, in JSON.
    Message,
    /// A message, in JSON or as a form with files.
    MessageWithFiles,
}

/// How large a body may be.
const MAX_SMALL_BODY: usize = 64 << 10;
const MAX_MESSAGE_BODY: usize = 1 << 20;

/// The handler of a route, by the credentials that it requires.
enum Handler {
    /// Nothing but the app's id.
    Open(fn(&mut RequestContext<'_>, &Call) -> Reply),
    /// The app's auth key.
    Admin(fn(&mut RequestContext<'_>, &Call) -> Reply),
    /// A user's token, or on the chat host the credential of the socket.
    User(fn(&mut RequestContext<'_>, &Call, &Session) -> Reply),
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
    user(route::SEND_MESSAGE, send_message::send).taking(BodyKind::MessageWithFiles),
    user(route::SEND_REPLY, send_message::reply).taking(BodyKind::MessageWithFiles),
    user(route::ANNOUNCE_UPLOADS, presigned::announce),
    user(route::MESSAGES, fetch_messages::everything),
    user(route::MESSAGE, fetch_messages::show),
    user(route::EDIT_MESSAGE, message_changes::edit).taking(BodyKind::Message),
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
    user(route::THREAD, fetch_messages::in_thread),
    user(route::USER_MESSAGES, fetch_messages::with_user),
    user(route::GROUP_MESSAGES, fetch_messages::in_group),
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

const fn open(route: Route, handler: fn(&mut RequestContext<'_>, &Call) -> Reply) -> Endpoint {
    Endpoint {
        route,
        handler: Handler::Open(handler),
        body: BodyKind::Small,
    }
}

const fn admin(route: Route, handler: fn(&mut RequestContext<'_>, &Call) -> Reply) -> Endpoint {
    Endpoint {
        route,
        handler: Handler::Admin(handler),
        body: BodyKind::Small,
    }
}

const fn user(
    route: Route,
    handler: fn(&mut RequestContext<'_>, &Call, &Session) -> Reply,
) -> Endpoint {
    Endpoint {
        route,
        handler: Handler::User(handler),
        body: BodyKind::Small,
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
    Err(if ENDPOINTS.iter().any(has_path) {
        Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            code::METHOD_NOT_ALLOWED,
            format!("The route {path} does not take {method}."),
        )
    } else {
        Refusal::new(
            StatusCode::NOT_FOUND,
            code::ROUTE_NOT_FOUND,
            format!("The local server has no route {path}."),
        )
    })
}

impl Endpoint {
    const fn taking(mut self, body: BodyKind) -> Self {
        self.body = body;
        self
    }

    /// The maximum size of the JSON body, in bytes.
    pub(super) fn max_body(&self) -> usize {
        match self.body {
            BodyKind::Small => MAX_SMALL_BODY,
            BodyKind::Message | BodyKind::MessageWithFiles => MAX_MESSAGE_BODY,
        }
    }

    /// Whether the route takes a form with files.
    pub(super) fn takes_files(&self) -> bool {
        self.body == BodyKind::MessageWithFiles
    }

    /// Reads the message in the body, if the route takes one.
    pub(super) fn parse(&self, call: &mut Call) {
        if self.body != BodyKind::Small {
            call.message = Some(upload::message(call));
        }
    }

    /// Refuses a request that may not be made, before its body is read. Returns the user who makes it, if the route is
    /// for users.
    pub(super) fn admit(
        &self,
        context: &RequestContext<'_>,
        headers: &Headers,
    ) -> Result<Option<Uid>, Refusal> {
        check_app(context, headers)?;
        match self.handler {
            Handler::Open(_) => Ok(None),
            Handler::Admin(_) => check_key(context, headers).map(|()| None),
            Handler::User(_) => {
                let session = self.session(context, headers)?;
                Ok(Some(session.token.uid))
            }
        }
    }

    fn session(&self, context: &RequestContext<'_>, headers: &Headers) -> Result<Session, Refusal> {
        match self.route.plane {
            Plane::Chat => authenticate_by_jwt(context, headers),
            Plane::Admin | Plane::Client => authenticate(context, headers),
        }
    }

    /// Handles a request that is permitted. Returns `None` if it was handled in part, and has to be handled again for
    /// the rest.
    pub(super) fn serve(
        &self,
        context: &mut RequestContext<'_>,
        call: &Call,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        check_app(context, &call.headers)?;
        let body = match self.handler {
            Handler::Open(handler) => handler(context, call),
            Handler::Admin(handler) => {
                check_key(context, &call.headers)?;
                handler(context, call)
            }
            Handler::User(handler) => {
                let session = self.session(context, &call.headers)?;
                context.app.count_request(&session.token.uid)?;
                handler(context, call, &session)
            }
        }?;
        Ok((!body.is_empty()).then_some(body))
    }
}
