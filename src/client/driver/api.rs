use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Request,
    header::{ACCEPT, CONTENT_TYPE, HeaderValue},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    endpoint::Endpoint,
    http::{Http, Reply},
};
use crate::{
    client::{AppSettings, ChatError, Credentials, ErrorCode, session::Session},
    model::{Message, MessageId, Secret, TextMessage, Uid, User},
    wire::{
        interner::Interner,
        login::{AppInfo, AuthToken, Device, SessionPart},
        message::{self, TextMessageBody},
        reply::{self, ReplyError},
        route::{self, Plane, Route},
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
}

/// What authenticates a request.
enum Authority<'a> {
    Key(&'a Secret),
    Session(&'a Secret, &'a ServerSettings),
}

impl Api {
    /// Logs in (PROTOCOL.md §2.4).
    pub(super) async fn login(&self, credentials: Credentials) -> Result<Session, ChatError> {
        let token = match credentials {
            Credentials::AuthToken(token) => token.0,
            Credentials::AuthKey(with) => self.auth_token(&with.uid, &with.key).await?,
        };
        let settings = ServerSettings::default();
        let authority = Authority::Session(&token, &settings);
        let reply = self
            .call(&route::UPDATE_ME, &[], authority, Some(&self.device()))
            .await?;
        let me = data(&reply)?;
        let user: User = read(me)?;
        let part: SessionPart = read(me)?;
        let mut session = Session {
            user: Arc::new(user),
            auth_token: part.auth_token,
            jwt: part.jwt,
            settings: part.settings,
            last_message: None,
        };
        // From here on nothing is missed (rule D3); without an answer, from the first connection on.
        session.last_message = self.newest_message(&session).await.ok();
        Ok(session)
    }

    async fn auth_token(&self, uid: &Uid, key: &Secret) -> Result<Secret, ChatError> {
        let authority = Authority::Key(key);
        let path = [uid.as_str()];
        let reply = self
            .call(
                &route::CREATE_AUTH_TOKEN,
                &path,
                authority,
                Some(&self.device()),
            )
            .await?;
        let token: AuthToken = read(data(&reply)?)?;
        Ok(token.auth_token)
    }

    /// Tells the server that the session is over.
    pub(super) async fn log_out(&self, session: &Session) -> Result<(), ChatError> {
        let reply = self
            .call(&route::LOG_OUT, &[], session.into(), None::<&()>)
            .await?;
        data(&reply).map(drop)
    }

    /// Sends a text message, and ends with the message as the server stored it.
    pub(super) async fn send_message(
        &self,
        session: &Session,
        message: &TextMessage,
    ) -> Result<Message, ChatError> {
        let muid = message
            .muid
            .clone()
            .unwrap_or_else(|| uuid::Uuid::new_v4().to_string().into());
        let body = TextMessageBody::new(message, &muid);
        let reply = match message.parent_id {
            None => {
                self.call(&route::SEND_MESSAGE, &[], session.into(), Some(&body))
                    .await?
            }
            Some(parent) => {
                let path = [parent.to_string()];
                let path = path.each_ref().map(String::as_str);
                self.call(&route::SEND_REPLY, &path, session.into(), Some(&body))
                    .await?
            }
        };
        message::decode(data(&reply)?, &mut Interner::default()).map_err(unreadable)
    }

    /// The newest message of any conversation; 0 when there is none.
    pub(super) async fn newest_message(&self, session: &Session) -> Result<MessageId, ChatError> {
        let newest = self.messages_before(session, None, 1).await?;
        Ok(newest.last().map_or(MessageId(0), |message| message.id))
    }

    /// The messages next before `before`, or the newest ones, of every conversation, by ascending id
    /// (PROTOCOL.md §2.7).
    pub(super) async fn messages_before(
        &self,
        session: &Session,
        before: Option<MessageId>,
        limit: usize,
    ) -> Result<Vec<Message>, ChatError> {
        let mut query = format!("affix=prepend&per_page={limit}");
        if let Some(before) = before {
            query += &format!("&id={before}");
        }
        let reply = self.query(&route::MESSAGES, &query, session.into()).await?;
        let rows: Vec<&RawValue> = read(data(&reply)?)?;
        let mut interner = Interner::default();
        rows.into_iter()
            .map(|row| message::decode(row, &mut interner).map_err(unreadable))
            .collect()
    }

    async fn call(
        &self,
        route: &Route,
        path: &[&str],
        authority: Authority<'_>,
        body: Option<&impl Serialize>,
    ) -> Result<Reply, ChatError> {
        let body = match body {
            Some(body) => serde_json::to_vec(body).map_err(|error| {
                ChatError::new(
                    ErrorCode::MissingParameters,
                    format!("the request has no JSON form: {error}"),
                )
            })?,
            None => Vec::new(),
        };
        let path = route.path(path);
        self.send(route, &path, authority, body).await
    }

    async fn query(
        &self,
        route: &Route,
        query: &str,
        authority: Authority<'_>,
    ) -> Result<Reply, ChatError> {
        let path = format!("{}?{query}", route.path(&[]));
        self.send(route, &path, authority, Vec::new()).await
    }

    async fn send(
        &self,
        route: &Route,
        path: &str,
        authority: Authority<'_>,
        body: Vec<u8>,
    ) -> Result<Reply, ChatError> {
        let endpoint = self.endpoint(route.plane, &authority)?;
        let (name, secret) = match authority {
            Authority::Key(key) => ("apikey", key),
            Authority::Session(token, _) => ("authtoken", token),
        };
        let request = Request::builder()
            .method(route.method.clone())
            .uri(endpoint.path(path))
            .header("appid", &self.app_id)
            .header(name, secret_header(secret)?)
            .header("resource", &self.resource)
            .header("sdk", SDK)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| ChatError::new(ErrorCode::MissingParameters, error.to_string()))?;
        self.http.send(&endpoint, request).await
    }

    /// Which host serves a plane: what the server said, else what the settings say, else CometChat's cloud
    /// (PROTOCOL.md §2.1).
    fn endpoint(&self, plane: Plane, authority: &Authority<'_>) -> Result<Endpoint, ChatError> {
        let told = match authority {
            Authority::Session(_, settings) => Some(*settings),
            Authority::Key(_) => None,
        };
        let told_host = told.and_then(|settings| match plane {
            Plane::Admin => settings.admin_api_host.as_deref(),
            Plane::Client => settings.client_api_host.as_deref(),
        });
        let (override_host, subdomain) = match plane {
            Plane::Admin => (&self.settings.admin_host, "api"),
            Plane::Client => (&self.settings.client_host, "apiclient"),
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

impl<'a> From<&'a Session> for Authority<'a> {
    fn from(session: &'a Session) -> Self {
        Self::Session(&session.auth_token, &session.settings)
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

fn data(reply: &Reply) -> Result<&RawValue, ChatError> {
    reply::data(&reply.body).map_err(|error| match error {
        ReplyError::Refused(body) => ChatError {
            retry_after: reply.retry_after,
            ..body.into()
        },
        ReplyError::Unreadable => ChatError {
            retry_after: reply.retry_after,
            ..ChatError::new(
                ErrorCode::FailedToFetch,
                "what came back is not a reply of CometChat's: check the region and the hosts in the settings",
            )
        },
    })
}

fn read<'a, T: Deserialize<'a>>(data: &'a RawValue) -> Result<T, ChatError> {
    serde_json::from_str(data.get()).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> ChatError {
    // Where it is wrong, not what it says: that may be a secret.
    ChatError::new(
        ErrorCode::FailedToFetch,
        format!(
            "the server's reply lacks something (line {}, column {})",
            error.line(),
            error.column()
        ),
    )
}

/// Milliseconds since 1970.
pub(super) fn milliseconds_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis().try_into().unwrap_or(u64::MAX))
}
