//! CometChat's REST API: performs a task of the core as a request, and ends the task with the reply.

use http::{
    Request,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{endpoint::Endpoint, failure::Unanswered, platform::Http};
use crate::{
    app_settings::AppSettings,
    core::{
        API_VERSION, Caller, Credentials, Done, MessagePage, PLATFORM, PageQuery, PageScope,
        PageSide, SDK, Session, Task,
        operation::{Call, Reply, no_json, unreadable},
    },
    error::{ChatError, ErrorCode},
    model::{Message, OutgoingMessage, Secret, Uid},
    outbox::SendError,
    wire::{
        interner::Interner,
        login::{AppInfo, AuthToken, Device},
        message,
        message_list::{Affix, MessageListQuery},
        route::{self, Plane},
        rows::Rows,
        settings::ServerSettings,
    },
};

// Constants, because reading a name takes a table of all names.
const APP_ID: HeaderName = HeaderName::from_static("appid");
const API_KEY: HeaderName = HeaderName::from_static("apikey");
const AUTH_TOKEN: HeaderName = HeaderName::from_static("authtoken");
const RESOURCE: HeaderName = HeaderName::from_static("resource");
const SDK_NAME: HeaderName = HeaderName::from_static("sdk");

/// CometChat's HTTP API, as one app on one device uses it.
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
    Token(&'a Secret, &'a ServerSettings),
    Jwt(&'a Secret, &'a ServerSettings),
}

impl Api {
    /// Performs a task.
    pub(super) async fn perform(&self, task: Task) -> Done {
        match task {
            Task::Authenticate(credentials) => {
                Done::Session(self.authenticate(credentials).await.map(Box::new))
            }
            Task::LogOut(session) => Done::LoggedOut(self.log_out(&session).await),
            Task::Post(session, muid, message) => {
                Done::Posted(self.send_message(&session, &muid, &message).await)
            }
            Task::Page(session, query) => Done::Page(self.page(&session, &query).await),
            Task::Call(caller, call) => {
                let reply = match &caller {
                    Caller::App(key) => self.send(call, Authority::Key(key)).await,
                    Caller::User(session) => self.send_for(session, call).await,
                };
                Done::Call(reply.map_err(ChatError::from))
            }
        }
    }

    /// Authenticates with credentials, and fetches the session that belongs to them.
    async fn authenticate(&self, credentials: Credentials) -> Result<Session, ChatError> {
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

    /// Notifies the server of the end of the session.
    async fn log_out(&self, session: &Session) -> Result<(), ChatError> {
        let call = Call::new(route::LOG_OUT, &[]);
        let reply = self.send(call, session.authority(Plane::Client)).await?;
        reply.data().map(drop)
    }

    /// Makes a request as the logged-in user.
    async fn send_for(&self, session: &Session, call: Call) -> Result<Reply, Unanswered> {
        let plane = call.route.plane;
        self.send(call, session.authority(plane)).await
    }

    /// Sends a message, and ends with the message as the server stored it.
    async fn send_message(
        &self,
        session: &Session,
        muid: &str,
        message: &OutgoingMessage,
    ) -> Result<Message, SendError> {
        let mut call = match message.envelope.parent_id {
            None => Call::new(route::SEND_MESSAGE, &[]),
            Some(parent) => Call::new(route::SEND_REPLY, &[&parent.to_string()]),
        };
        call.body = message::message_body(message, muid)
            .map_err(|error| SendError::Refused(no_json(error)))?;
        let reply = self.send_for(session, call).await?;
        let stored = reply
            .data()
            .and_then(|data| message::decode(data, &mut Interner::default()).map_err(unreadable));
        stored.map_err(|error| SendError::of_reply(&reply, error))
    }

    /// Fetches a page of messages: a shorter one if the whole one is longer than the maximum reply.
    async fn page(&self, session: &Session, query: &PageQuery) -> Result<MessagePage, SendError> {
        let mut shorter = query.clone();
        loop {
            let reply = self.page_reply(session, &shorter).await;
            if matches!(reply, Err(Unanswered::TooLong(_))) && shorter.limit > 1 {
                shorter.limit /= 2;
                continue;
            }
            let reply = reply?;
            let page = reply
                .data()
                .and_then(|data| read_page(data).map_err(unreadable));
            let mut page = page.map_err(|error| SendError::of_reply(&reply, error))?;
            // A full page is not the last one, even if it had to be shorter.
            if page.rows >= shorter.limit {
                page.rows = page.rows.max(query.limit);
            }
            return Ok(page);
        }
    }

    async fn page_reply(&self, session: &Session, query: &PageQuery) -> Result<Reply, Unanswered> {
        let call = match &query.scope {
            PageScope::Message(id) => {
                let call = Call::new(route::MESSAGE, &[&id.to_string()]);
                return self.send_for(session, call).await;
            }
            PageScope::Everywhere => Call::new(route::MESSAGES, &[]),
            PageScope::Conversation(with) => {
                Call::about(with, route::USER_MESSAGES, route::GROUP_MESSAGES)
            }
        };
        let call = call.with_query(&query.list_query().write());
        self.send_for(session, call).await
    }

    async fn send(&self, call: Call, authority: Authority<'_>) -> Result<Reply, Unanswered> {
        let Call {
            route, path, body, ..
        } = call;
        let endpoint = self.endpoint(route.plane, &authority)?;
        let (name, secret) = match authority {
            Authority::Key(key) => (API_KEY, key),
            Authority::Token(token, _) => (AUTH_TOKEN, token),
            Authority::Jwt(jwt, _) => (AUTHORIZATION, jwt),
        };
        let request = Request::builder()
            .method(&route.method)
            .uri(endpoint.path(&path))
            .header(APP_ID, &self.app_id)
            .header(name, secret_header(secret)?)
            .header(RESOURCE, &self.resource)
            .header(SDK_NAME, SDK)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, body.content_type)
            .body(body.bytes)
            .map_err(|error| ChatError::new(ErrorCode::MissingParameters, error.to_string()))?;
        self.http
            .send(&endpoint, request, route.is_idempotent())
            .await
    }

    /// The host of a plane: the one that the server named, or else the one in the settings, or else CometChat's cloud.
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
            platform: PLATFORM.to_ascii_uppercase(),
            device_id: self.device_id.clone(),
            app_info: AppInfo {
                version: env!("CARGO_PKG_VERSION").into(),
                api_version: API_VERSION.into(),
                user_agent: SDK.into(),
            },
        }
    }
}

/// The endpoint of the routes on the chat host.
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

impl PageQuery {
    fn list_query(&self) -> MessageListQuery {
        let per_page = u32::try_from(self.limit).ok();
        match self.side {
            PageSide::Before(before) => MessageListQuery {
                affix: Affix::Prepend,
                per_page,
                id: before,
                ..Default::default()
            },
            PageSide::ChangedSince { since, after } => MessageListQuery {
                affix: Affix::Append,
                per_page,
                id: Some(after),
                updated_at: Some(since),
                only_updates: true,
                ..Default::default()
            },
        }
    }
}

/// Reads a page of messages. A row that can't be read is counted and skipped.
fn read_page(data: &RawValue) -> serde_json::Result<MessagePage> {
    let mut page = MessagePage::default();
    let mut interner = Interner::default();
    let rows = Rows::read(data, |row| {
        if let Some((id, _)) = message::position(row) {
            let (oldest, newest) = page.ids.unwrap_or((id, id));
            page.ids = Some((oldest.min(id), newest.max(id)));
        }
        let message = message::decode(row, &mut interner)?;
        match message::changed(&message, &mut interner)? {
            Some(changed) => page.changes.push(changed),
            None if message.is_record() => {}
            None => page.messages.push(message),
        }
        Ok(())
    })?;
    page.rows = rows.count;
    page.unreadable = rows.skipped();
    page.messages.sort_by_key(|message| message.id);
    Ok(page)
}

fn read<'a, T: Deserialize<'a>>(data: &'a RawValue) -> Result<T, ChatError> {
    serde_json::from_str(data.get()).map_err(unreadable)
}
