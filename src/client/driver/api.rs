use std::time::{SystemTime, UNIX_EPOCH};

use async_channel::Sender;
use http_body_util::Full;
use hyper::{
    Request,
    header::{ACCEPT, CONTENT_TYPE, HeaderValue},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    endpoint::Endpoint,
    happening::Happening,
    http::{Http, Unanswered},
};
use crate::{
    client::{
        AppSettings, ChatError, Credentials, ErrorCode,
        operation::{Call, Reply, no_json, unreadable},
        outbox::Setback,
        session::Session,
    },
    model::{Message, MessageId, OutgoingMessage, Secret, Timestamp, Uid},
    wire::{
        interner::Interner,
        login::{AppInfo, AuthToken, Device},
        message,
        message_list::{Affix, MessageListQuery},
        route::{self, Plane},
        settings::ServerSettings,
    },
};

/// This client's name and version, as it tells them to the server.
pub(super) const PLATFORM: &str = "bevy";
pub(super) const SDK: &str = concat!("bevy_cometchat@", env!("CARGO_PKG_VERSION"));
/// The version of CometChat's API that this client speaks.
pub(super) const API_VERSION: &str = "v3.0";

/// CometChat's HTTP API, as one app on one device uses it (PROTOCOL.md §2).
pub(super) struct Api {
    pub(super) http: Http,
    pub(super) app_id: String,
    pub(super) settings: AppSettings,
    /// The persistent id of this installation.
    pub(super) device_id: String,
    /// The id of this run: the header `resource`, and the socket's `deviceId`.
    pub(super) resource: String,
    /// Where a new token is asked for.
    pub(super) inbox: Sender<Happening>,
}

/// Who asks for something.
pub(super) enum Caller {
    /// The app, by its auth key.
    App(Secret),
    /// The logged-in user.
    User(Box<Session>),
}

/// What authenticates a request.
enum Authority<'a> {
    Key(&'a Secret),
    Token(&'a Secret, &'a ServerSettings),
    Jwt(&'a Secret, &'a ServerSettings),
}

impl Api {
    /// Logs in (PROTOCOL.md §2.4).
    pub(super) async fn login(&self, credentials: Credentials) -> Result<Session, ChatError> {
        let mut session = self.authenticate(credentials).await?;
        // From here on nothing is missed (rule D3); without an answer, from the first connection on.
        let newest = self.messages_before(&session, None, 1).await.ok();
        session.last_message = newest.map(|newest| newest_id(&newest));
        Ok(session)
    }

    /// Finds out whose credentials these are, and what comes with them.
    pub(super) async fn authenticate(
        &self,
        credentials: Credentials,
    ) -> Result<Session, ChatError> {
        let token = match credentials {
            Credentials::AuthToken(token) => token.0,
            Credentials::AuthKey(with) => self.auth_token(&with.uid, &with.key).await?,
        };
        let settings = ServerSettings::default();
        let authority = Authority::Token(&token, &settings);
        let call = Call::new(route::UPDATE_ME, &[]).with_json(&self.device())?;
        let reply = self.send(call, authority).await?;
        Session::read(reply.data()?).map_err(unreadable)
    }

    async fn auth_token(&self, uid: &Uid, key: &Secret) -> Result<Secret, ChatError> {
        let call =
            Call::new(route::CREATE_AUTH_TOKEN, &[uid.as_str()]).with_json(&self.device())?;
        let reply = self.send(call, Authority::Key(key)).await?;
        let token: AuthToken = read(reply.data()?)?;
        Ok(token.auth_token)
    }

    /// Tells the server that the session is over.
    pub(super) async fn log_out(&self, session: &Session) -> Result<(), ChatError> {
        let call = Call::new(route::LOG_OUT, &[]);
        let reply = self.send(call, session.authority(Plane::Client)).await?;
        reply.data().map(drop)
    }

    /// Asks for something in the name of whoever calls.
    pub(super) async fn perform_for(
        &self,
        caller: &Caller,
        call: Call,
    ) -> Result<Reply, Unanswered> {
        match caller {
            Caller::App(key) => self.send(call, Authority::Key(key)).await,
            Caller::User(session) => self.perform(session, call).await,
        }
    }

    /// Asks for something in the name of the logged-in user; once more if a new token has to come first (rule T1).
    pub(super) async fn perform(&self, session: &Session, call: Call) -> Result<Reply, Unanswered> {
        let plane = call.route.plane;
        let reply = self.send(call.clone(), session.authority(plane)).await?;
        if !reply.says_token_expired() {
            return Ok(reply);
        }
        let (renewed, new_session) = async_channel::bounded(1);
        let token = session.auth_token.clone();
        let _ = self.inbox.try_send(Happening::TokenExpired(token, renewed));
        match new_session.recv().await {
            Ok(session) => self.send(call, session.authority(plane)).await,
            Err(_) => Ok(reply),
        }
    }

    /// Sends a message, and ends with the message as the server stored it.
    pub(super) async fn send_message(
        &self,
        session: &Session,
        muid: &str,
        message: &OutgoingMessage,
    ) -> Result<Message, Setback> {
        let mut call = match message.envelope.parent_id {
            None => Call::new(route::SEND_MESSAGE, &[]),
            Some(parent) => Call::new(route::SEND_REPLY, &[&parent.to_string()]),
        };
        call.body = message::message_body(message, muid)
            .map_err(|error| Setback::Refused(no_json(error)))?;
        let reply = self.perform(session, call).await?;
        let stored = reply
            .data()
            .and_then(|data| message::decode(data, &mut Interner::default()).map_err(unreadable));
        stored.map_err(|error| Setback::of_reply(&reply, error))
    }

    /// The messages next before `before`, or the newest ones, of every conversation, by ascending id
    /// (PROTOCOL.md §2.7).
    pub(super) async fn messages_before(
        &self,
        session: &Session,
        before: Option<MessageId>,
        limit: usize,
    ) -> Result<Vec<Message>, ChatError> {
        self.messages(session, &next_before(before, limit)).await
    }

    /// The messages after `after`, of every conversation, that were edited or deleted at `since` or later, by
    /// ascending id (PROTOCOL.md §2.7).
    pub(super) async fn changes_since(
        &self,
        session: &Session,
        since: Timestamp,
        after: MessageId,
        limit: usize,
    ) -> Result<Vec<Message>, ChatError> {
        let query = MessageListQuery {
            affix: Affix::Append,
            per_page: u32::try_from(limit).ok(),
            id: Some(after),
            updated_at: Some(since),
            only_updates: true,
            ..Default::default()
        };
        self.messages(session, &query).await
    }

    async fn messages(
        &self,
        session: &Session,
        query: &MessageListQuery,
    ) -> Result<Vec<Message>, ChatError> {
        let call = Call::new(route::MESSAGES, &[]).with_query(&query.write());
        messages_in(&self.perform(session, call).await?)
    }

    async fn send(&self, call: Call, authority: Authority<'_>) -> Result<Reply, Unanswered> {
        let Call {
            route, path, body, ..
        } = call;
        let endpoint = self.endpoint(route.plane, &authority)?;
        let (name, secret) = match authority {
            Authority::Key(key) => ("apikey", key),
            Authority::Token(token, _) => ("authtoken", token),
            Authority::Jwt(jwt, _) => ("authorization", jwt),
        };
        let request = Request::builder()
            .method(route.method)
            .uri(endpoint.path(&path))
            .header("appid", &self.app_id)
            .header(name, secret_header(secret)?)
            .header("resource", &self.resource)
            .header("sdk", SDK)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, body.content_type)
            .body(Full::new(body.bytes))
            .map_err(|error| ChatError::new(ErrorCode::MissingParameters, error.to_string()))?;
        self.http.send(&endpoint, request).await
    }

    /// Which host serves a plane: what the server said, else what the settings say, else CometChat's cloud
    /// (PROTOCOL.md §2.1).
    fn endpoint(&self, plane: Plane, authority: &Authority<'_>) -> Result<Endpoint, ChatError> {
        let told = match authority {
            Authority::Token(_, settings) | Authority::Jwt(_, settings) => Some(*settings),
            Authority::Key(_) => None,
        };
        let (told_host, override_host, subdomain) = match plane {
            Plane::Admin => (
                told.and_then(|settings| settings.admin_api_host.as_deref()),
                &self.settings.admin_host,
                "api",
            ),
            Plane::Client => (
                told.and_then(|settings| settings.client_api_host.as_deref()),
                &self.settings.client_host,
                "apiclient",
            ),
            Plane::Chat => return chat_endpoint(told),
        };
        let host = match (told_host, override_host) {
            (Some(host), _) => {
                let version = told.and_then(|settings| settings.chat_api_version.as_deref());
                format!("{host}/{}", version.unwrap_or(API_VERSION))
            }
            (None, Some(host)) => host.clone(),
            (None, None) => format!(
                "{}.{subdomain}-{}.cometchat.io/{API_VERSION}",
                self.app_id, self.settings.region
            ),
        };
        Endpoint::parse(&host, self.http.default_port()).ok_or_else(|| {
            ChatError::new(
                ErrorCode::InvalidSettings,
                format!("{host:?} is not a host: it is written host[:port][/path]"),
            )
        })
    }

    fn device(&self) -> Device {
        Device {
            platform: PLATFORM.to_uppercase(),
            device_id: self.device_id.clone(),
            app_info: AppInfo {
                version: env!("CARGO_PKG_VERSION").into(),
                api_version: API_VERSION.into(),
                user_agent: SDK.into(),
            },
        }
    }
}

/// Where the routes beside the WebSocket are.
fn chat_endpoint(told: Option<&ServerSettings>) -> Result<Endpoint, ChatError> {
    let endpoint = told.and_then(|settings| {
        let (host, port) = settings.chat_endpoint()?;
        let version = settings.ws_api_version.as_deref()?;
        Endpoint::parse(&format!("{host}:{port}/api/{version}"), port)
    });
    endpoint.ok_or_else(|| {
        ChatError::new(
            ErrorCode::ServerUnreachable,
            "the server's settings do not say where this is served",
        )
    })
}

impl Session {
    /// What authenticates a request of the user's.
    fn authority(&self, plane: Plane) -> Authority<'_> {
        match plane {
            Plane::Chat => Authority::Jwt(&self.jwt, &self.settings),
            Plane::Admin | Plane::Client => Authority::Token(&self.auth_token, &self.settings),
        }
    }
}

fn secret_header(secret: &Secret) -> Result<HeaderValue, ChatError> {
    let mut value = HeaderValue::from_str(secret.expose()).map_err(|_| {
        ChatError::new(
            ErrorCode::MissingParameters,
            "a key or token has characters that no key or token has",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Asks for the messages next before `before`, or for the newest ones.
pub(super) fn next_before(before: Option<MessageId>, limit: usize) -> MessageListQuery {
    MessageListQuery {
        affix: Affix::Prepend,
        per_page: u32::try_from(limit).ok(),
        id: before,
        ..Default::default()
    }
}

/// The messages of a list.
pub(super) fn messages_in(reply: &Reply) -> Result<Vec<Message>, ChatError> {
    let rows: Vec<&RawValue> = read(reply.data()?)?;
    let mut interner = Interner::default();
    rows.into_iter()
        .map(|row| message::decode(row, &mut interner).map_err(unreadable))
        .collect()
}

/// The id of the newest of these messages; 0 when there is none.
pub(super) fn newest_id(messages: &[Message]) -> MessageId {
    messages.last().map_or(MessageId(0), |message| message.id)
}

fn read<'a, T: Deserialize<'a>>(data: &'a RawValue) -> Result<T, ChatError> {
    serde_json::from_str(data.get()).map_err(unreadable)
}

/// Milliseconds since 1970.
pub(super) fn milliseconds_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis().try_into().unwrap_or(u64::MAX))
}
