use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use http::StatusCode;
use serde_json::{Value, json};

use super::{groups::Groups, log::Log, message::text_message, timeline::Happening};
use crate::{
    connection::{Cause, LinkId, LinkLoss},
    core::{
        Caller, Credentials, Done, LinkPlan, MessagePage, PageQuery, PageScope, PageSide,
        ServerFrame, Session, Task,
        operation::{Call, Reply},
    },
    error::{ChatError, ErrorCode},
    model::{
        Group, GroupAction, GroupActionKind, GroupKind, Guid, Message, MessageContent, MessageId,
        OutgoingMessage, Receiver, ReceiverId, Timestamp, Uid, User,
    },
    outbox::SendError,
    wire::{error::code, route},
};

/// How the server and the network behave.
pub(crate) struct Server {
    pub(crate) latency: Duration,
    pub(crate) connections: OnConnect,
    pub(crate) answers_pings: bool,
    pub(crate) login_errors: VecDeque<ChatError>,
    /// Whether requests over HTTP reach it.
    pub(crate) online: bool,
    /// The number of expired tokens. A session has the count in its JWT.
    pub(crate) expired_tokens: u64,
    pub(crate) fates: VecDeque<Fate>,
    pub(crate) answers: VecDeque<Result<String, ChatError>>,
    /// The answer to every list of conversations.
    pub(crate) conversations: Option<String>,
    pub(crate) groups: Groups,
    /// All messages, with the times of their last changes.
    messages: BTreeMap<MessageId, (Message, Option<Timestamp>)>,
    last_message_id: u64,
}

/// The outcome of an attempt to connect.
pub(crate) enum OnConnect {
    Accept,
    Refuse(LinkLoss),
    Ignore,
}

/// The outcome of sending a message, other than that it is stored.
pub(crate) enum Fate {
    Fails(SendError),
    ReplyLost { stored: bool },
}

impl Default for Server {
    fn default() -> Self {
        Self {
            latency: Duration::ZERO,
            connections: OnConnect::Accept,
            answers_pings: true,
            login_errors: VecDeque::new(),
            online: true,
            expired_tokens: 0,
            fates: VecDeque::new(),
            answers: VecDeque::new(),
            conversations: None,
            groups: Groups::default(),
            messages: BTreeMap::new(),
            last_message_id: 0,
        }
    }
}

/// # Connections
impl Server {
    pub(super) fn answer_attempt(&self, link: LinkId, plan: &LinkPlan) -> Option<Happening> {
        let auth = |accepted, reason: &str| {
            let reason = reason.to_owned();
            Happening::Frame(link, ServerFrame::Auth { accepted, reason })
        };
        match &self.connections {
            OnConnect::Accept if plan.auth_frame.contains(&self.jwt()) => Some(auth(true, "")),
            OnConnect::Accept => Some(auth(false, code::AUTH_TOKEN_NOT_FOUND)),
            OnConnect::Refuse(loss) => Some(Happening::Lost(link, loss.clone())),
            OnConnect::Ignore => None,
        }
    }

    /// The JWT of a session whose token has not expired.
    fn jwt(&self) -> String {
        format!("jwt-{}-", self.expired_tokens)
    }

    /// The session of a user. Every user of the scripted server has the token that is their id.
    pub(super) fn session(&self, uid: &Uid) -> Box<Session> {
        let me = self.with_session(json!({"uid": uid.as_str(), "name": uid.as_str()}), uid);
        let session = serde_json::value::to_raw_value(&me).and_then(|me| Session::read(&me));
        let mut session = session.expect("the script writes what the client reads");
        session.sync.last_message = Some(self.newest(uid));
        Box::new(session)
    }

    /// Adds the session's credentials to the profile of a user.
    fn with_session(&self, mut me: Value, uid: &Uid) -> Value {
        if let Value::Object(members) = &mut me {
            let mut add = |name: &str, value: Value| {
                members.entry(name).or_insert(value);
            };
            add("authToken", uid.as_str().into());
            add("jwt", self.jwt().into());
            add(
                "settings",
                json!({"CHAT_HOST": "script", "CHAT_WSS_PORT": 443}),
            );
        }
        me
    }
}

/// # Requests
impl Server {
    /// Answers a request of the client's.
    pub(super) fn answer(&mut self, task: Task, now: Duration, log: &mut Log) -> Done {
        match task {
            Task::Authenticate(credentials) => Done::Session(self.authenticate(&credentials, log)),
            Task::LogOut(_) => Done::LoggedOut(self.reach(None)),
            Task::Post(session, _, message) => {
                Done::Posted(self.post(&session, &message, now, log))
            }
            Task::Page(session, query) => Done::Page(match self.reach(Some(&session)) {
                Ok(()) => match self.refusal(&session.user.uid, &query.scope) {
                    Some(code) => Err(SendError::Refused(ChatError::new(code, "not for you"))),
                    None => Ok(self.page(&session.user.uid, &query)),
                },
                Err(error) => Err(send_error(error)),
            }),
            Task::Call(caller, call) => Done::Call(self.call(&caller, &call, now, log)),
        }
    }

    /// Fails unless the request reaches the server with a valid token.
    fn reach(&self, session: Option<&Session>) -> Result<(), ChatError> {
        if !self.online {
            return Err(no_answer("the script is offline"));
        }
        match session {
            Some(session) if session.jwt.expose() != self.jwt() => Err(ChatError::new(
                ErrorCode::AuthTokenNotFound,
                "the script says that the token is unknown or has expired",
            )),
            _ => Ok(()),
        }
    }

    fn authenticate(
        &mut self,
        credentials: &Credentials,
        log: &mut Log,
    ) -> Result<Box<Session>, ChatError> {
        let uid = match credentials {
            Credentials::AuthKey(key) => key.uid.clone(),
            Credentials::AuthToken(token) => token.0.expose().into(),
        };
        log.logins.push(uid.clone());
        match self.login_errors.pop_front() {
            Some(error) => Err(error),
            None => Ok(self.session(&uid)),
        }
    }

    fn post(
        &mut self,
        session: &Session,
        message: &OutgoingMessage,
        now: Duration,
        log: &mut Log,
    ) -> Result<Message, SendError> {
        self.reach(Some(session)).map_err(send_error)?;
        let fate = self.fates.pop_front();
        if let Some(Fate::Fails(error @ SendError::NeverLeft(_))) = fate {
            return Err(error);
        }
        log.sent.push(message.clone());
        let sender = session.user.clone();
        match fate {
            Some(Fate::Fails(error)) => Err(error),
            Some(Fate::ReplyLost { stored }) => {
                if stored {
                    self.store(sender, message, now);
                }
                Err(SendError::Lost(no_answer("the reply was lost")))
            }
            None => Ok(self.store(sender, message, now)),
        }
    }

    /// Answers with the reply that the test has set, or as the scripted groups do. Any other call is refused.
    fn call(
        &mut self,
        caller: &Caller,
        call: &Call,
        now: Duration,
        log: &mut Log,
    ) -> Result<Reply, ChatError> {
        let session = match caller {
            Caller::App(_) => None,
            Caller::User(session) => Some(&**session),
        };
        if !self.online {
            return Err(no_answer("the script is offline"));
        }
        if let Err(error) = self.reach(session) {
            let error = json!({"error": {"code": error.code.as_str(), "message": &*error.message}});
            return Ok(reply(error.to_string()));
        }
        let asked = format!("{} {}", call.route.method, call.path);
        let (path, _) = call.path.split_once('?').unwrap_or((&call.path, ""));
        let is_list = path == route::CONVERSATIONS.path(&[]) && call.route.method == "GET";
        let conversations = self.conversations.clone().filter(|_| is_list).map(Ok);
        let answer = conversations.or_else(|| self.answers.pop_front());
        let answer = answer.unwrap_or_else(|| {
            let body = session.and_then(|session| self.answer_about_groups(call, session, now));
            Ok(body.unwrap_or_else(|| {
                let message = format!(
                    "the script has no answer to {asked}: give one with answer_next_call(…)"
                );
                json!({"error": {"code": "ERR_NOT_SCRIPTED", "message": message}}).to_string()
            }))
        });
        log.calls.push(asked);
        let body = String::from_utf8_lossy(&call.body.bytes);
        log.call_bodies.push(body.into_owned());
        let body = answer?;
        Ok(reply(match session {
            Some(session)
                if call.path == route::UPDATE_ME.path(&[]) && call.route.method == "PUT" =>
            {
                self.own_user(&body, session)
            }
            _ => body,
        }))
    }

    /// The action of joining is stored before later messages, where the user who joins finds it.
    fn answer_about_groups(
        &mut self,
        call: &Call,
        session: &Session,
        now: Duration,
    ) -> Option<String> {
        let uid = &session.user.uid;
        let joined = route::JOIN_GROUP.matches(&call.route.method, &call.path);
        let joined = joined.map(|values| Guid::from(values[0].as_str()));
        let was_shown = joined
            .as_ref()
            .is_none_or(|guid| self.groups.shows(guid, uid));
        let body = self.groups.answer(call, uid)?;
        let joined = joined.filter(|guid| !was_shown && self.groups.shows(guid, uid));
        let kind = GroupActionKind::Joined;
        if let Some(action) = joined.and_then(|it| self.group_action(&it, kind, uid, uid, now)) {
            self.keep(action);
        }
        Some(body)
    }

    /// The answer to a change of the own user, which has the session's tokens too.
    fn own_user(&self, body: &str, session: &Session) -> String {
        let Ok(mut answer) = serde_json::from_str::<Value>(body) else {
            return body.to_owned();
        };
        if let Some(me) = answer.get_mut("data") {
            *me = self.with_session(me.take(), &session.user.uid);
        }
        answer.to_string()
    }
}

/// # Messages
impl Server {
    /// Stores a message of any user.
    pub(crate) fn store(
        &mut self,
        sender: Arc<User>,
        message: &OutgoingMessage,
        now: Duration,
    ) -> Message {
        let envelope = &message.envelope;
        let receiver = match &envelope.receiver {
            ReceiverId::User(uid) => Receiver::User(named_after_uid(uid)),
            ReceiverId::Group(guid) => {
                Receiver::Group(Arc::new(Group::new(guid, guid.as_str(), GroupKind::Public)))
            }
        };
        let now = Timestamp(now.as_secs());
        let stored = Message {
            muid: envelope.muid.clone(),
            metadata: envelope.metadata.clone(),
            parent_id: envelope.parent_id,
            sent_at: now,
            updated_at: now,
            content: message.to_content(),
            ..text_message(self.next_message_id(), sender, receiver, "")
        };
        self.keep(stored.clone());
        stored
    }

    /// Stores a message as its newest state.
    pub(super) fn keep(&mut self, message: Message) {
        self.last_message_id = self.last_message_id.max(message.id.0);
        self.messages.insert(message.id, (message, None));
    }

    /// Stores the changed state of a message.
    pub(crate) fn keep_change(&mut self, message: Message, now: Duration) {
        let changed_at = Timestamp(now.as_secs());
        self.messages
            .insert(message.id, (message, Some(changed_at)));
    }

    /// A change of a group's members, as a message.
    pub(crate) fn group_action(
        &mut self,
        guid: &Guid,
        kind: GroupActionKind,
        by: &Uid,
        uid: &Uid,
        now: Duration,
    ) -> Option<Message> {
        let group = self.groups.group(guid).map(Arc::new)?;
        let by = named_after_uid(by);
        let action = GroupAction {
            kind,
            by: by.clone(),
            on: named_after_uid(uid),
            group: group.clone(),
        };
        Some(Message {
            sent_at: Timestamp(now.as_secs()),
            updated_at: Timestamp(now.as_secs()),
            content: MessageContent::GroupAction(Arc::new(action)),
            ..text_message(self.next_message_id(), by, Receiver::Group(group), "")
        })
    }

    /// The refusal if the user may see none of these messages.
    fn refusal(&self, user: &Uid, scope: &PageScope) -> Option<ErrorCode> {
        match scope {
            PageScope::Conversation(ReceiverId::Group(guid)) => {
                let is_hidden = !self.groups.shows(guid, user);
                is_hidden.then(|| ErrorCode::from_text("ERR_GROUP_NOT_JOINED"))
            }
            PageScope::Message(id) => {
                let message = self.messages.get(id).map(|(message, _)| message);
                let is_seen = message.is_some_and(|message| self.is_for(message, user));
                (!is_seen).then_some(ErrorCode::MessageNotFound)
            }
            PageScope::Everywhere | PageScope::Conversation(_) => None,
        }
    }

    fn page(&self, user: &Uid, query: &PageQuery) -> MessagePage {
        let visible = self.messages.values().filter(|(message, _)| {
            self.is_for(message, user) && is_in(message, user, &query.scope)
        });
        let mut messages: Vec<Message> = match query.side {
            PageSide::Before(before) => {
                let is_before = |message: &Message| before.is_none_or(|before| message.id < before);
                let messages = visible.rev().map(|(message, _)| message);
                let page = messages.filter(|message| is_before(message));
                page.take(query.limit).cloned().collect()
            }
            PageSide::ChangedSince { since, after } => {
                let is_changed = |(message, changed_at): &&(Message, Option<Timestamp>)| {
                    let told = message.deleted_at().max(message.edited_at());
                    message.id > after && told.max(*changed_at) >= Some(since)
                };
                let changed = visible.filter(is_changed).map(|(message, _)| message);
                changed.take(query.limit).cloned().collect()
            }
        };
        messages.sort_by_key(|message| message.id);
        let ends = messages.first().zip(messages.last());
        MessagePage {
            rows: messages.len(),
            unreadable: 0,
            ids: ends.map(|(first, last)| (first.id, last.id)),
            changes: Vec::new(),
            messages,
        }
    }

    fn newest(&self, user: &Uid) -> MessageId {
        let mut messages = self.messages.values().rev();
        let newest = messages.find(|(message, _)| self.is_for(message, user));
        newest.map_or(MessageId(0), |(message, _)| message.id)
    }

    /// Whether a user receives a message. The messages of a group reach its members. Those of a group that the script
    /// has not added reach everybody.
    fn is_for(&self, message: &Message, user: &Uid) -> bool {
        match &message.receiver {
            Receiver::User(receiver) => receiver.uid == *user || message.sender.uid == *user,
            Receiver::Group(group) => self.groups.shows(&group.guid, user),
        }
    }

    fn next_message_id(&mut self) -> u64 {
        self.last_message_id += 1;
        self.last_message_id
    }
}

fn is_in(message: &Message, user: &Uid, scope: &PageScope) -> bool {
    match scope {
        PageScope::Everywhere => true,
        PageScope::Message(id) => message.id == *id,
        PageScope::Conversation(with) => {
            let receiver = message.receiver.to_id();
            let is_from = |uid: &Uid| message.sender.uid == *uid;
            receiver == *with
                || matches!(with, ReceiverId::User(uid) if is_from(uid))
                    && receiver == ReceiverId::User(user.clone())
        }
    }
}

fn reply(body: String) -> Reply {
    Reply {
        status: StatusCode::OK,
        body: body.into(),
        retry_after: None,
    }
}

fn send_error(error: ChatError) -> SendError {
    match error.code {
        ErrorCode::ServerUnreachable => SendError::NeverLeft(error),
        _ => SendError::Refused(error),
    }
}

/// The error of a request without an answer.
fn no_answer(why: &str) -> ChatError {
    ChatError {
        cause: Some(Cause::Unreachable),
        ..ChatError::new(ErrorCode::ServerUnreachable, why)
    }
}

/// A user whose name is their id.
pub(crate) fn named_after_uid(uid: &Uid) -> Arc<User> {
    Arc::new(User::new(uid, uid.as_str()))
}
