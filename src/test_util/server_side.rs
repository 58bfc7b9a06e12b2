//! What the server and the network do.

use std::sync::Arc;

use super::{
    message::text_message,
    script::{OnConnect, Script},
    timeline::Happening,
};
use crate::{
    client::{
        ErrorCode, Event,
        operation::{Call, Reply},
    },
    lifecycle::{Cause, Input, LinkId},
    model::{
        CustomContent, Group, GroupKind, InteractiveContent, MediaContent, Message, MessageContent,
        OutgoingContent, OutgoingMessage, Receiver, ReceiverId, Timestamp, Uid, User,
    },
};

impl Script {
    pub(super) fn react(&mut self, happening: Happening) {
        match happening {
            Happening::LinkLive(link) => self.handle(Input::LinkLive(link)),
            Happening::LinkLost(link, loss) => self.handle(Input::LinkLost(link, loss)),
            Happening::Pong(link) => {
                self.handle(Input::Inbound(link));
                self.handle(Input::Pong(link));
            }
            Happening::Frame(link, event) => {
                if self.live_link() == Some(link) {
                    self.take_in(event);
                    self.handle(Input::Inbound(link));
                }
            }
            Happening::LoginEnded(outcome) => self.end_login(outcome),
            Happening::LogoutEnded(done) => self.settle(done, Ok(())),
            Happening::CallEnded(id, reply) => {
                if let Some(call) = self.calls.remove(&id) {
                    self.end_call(call, Ok(reply));
                }
            }
            Happening::SendEnded(id, outcome) => {
                let Some(done) = self.sends.remove(&id) else {
                    return;
                };
                let token_unknown = matches!(
                    &outcome,
                    Err(error) if error.code == ErrorCode::AuthTokenNotFound
                );
                self.settle(done, outcome);
                if token_unknown {
                    self.end_session(Cause::TokenUnknown);
                }
            }
        }
    }

    pub(super) fn answer_attempt(&mut self, link: LinkId) {
        self.log.attempts += 1;
        match &self.server.connections {
            OnConnect::Accept => self.soon(Happening::LinkLive(link)),
            OnConnect::Refuse(loss) => {
                let loss = loss.clone();
                self.soon(Happening::LinkLost(link, loss));
            }
            OnConnect::Ignore => {}
        }
    }

    pub(super) fn answer_ping(&mut self, link: LinkId) {
        self.log.ping_frames += 1;
        if self.server.answers_pings {
            self.soon(Happening::Pong(link));
        }
    }

    pub(super) fn answer_login(&mut self, uid: Uid) {
        let outcome = match self.server.login_errors.pop_front() {
            Some(error) => Err(error),
            None => Ok(named_after_uid(&uid)),
        };
        self.log.logins.push(uid);
        self.soon(Happening::LoginEnded(outcome));
    }

    pub(super) fn answer_send(&mut self, id: u64, sender: Arc<User>, message: OutgoingMessage) {
        let outcome = match self.server.send_errors.pop_front() {
            Some(error) => Err(error),
            None => Ok(self.store(sender, &message)),
        };
        self.log.sent.push(message);
        self.soon(Happening::SendEnded(id, outcome));
    }

    /// Sends a frame over the live link, if there is one.
    pub(super) fn push(&mut self, event: Event) -> bool {
        let link = self.live_link();
        if let Some(link) = link {
            self.soon(Happening::Frame(link, event));
        }
        link.is_some()
    }

    /// A message from `from` to the logged-in user.
    pub(super) fn message_from(&mut self, from: &Uid, text: &str) -> Option<Message> {
        let receiver = Receiver::User(self.user.clone()?);
        Some(Message {
            sent_at: Timestamp(self.now.as_secs()),
            ..text_message(
                self.next_message_id(),
                named_after_uid(from),
                receiver,
                text,
            )
        })
    }

    fn store(&mut self, sender: Arc<User>, message: &OutgoingMessage) -> Message {
        let envelope = &message.envelope;
        let receiver = match &envelope.receiver {
            ReceiverId::User(uid) => Receiver::User(named_after_uid(uid)),
            ReceiverId::Group(guid) => {
                Receiver::Group(Arc::new(Group::new(guid, guid.as_str(), GroupKind::Public)))
            }
        };
        let now = Timestamp(self.now.as_secs());
        Message {
            muid: envelope.muid.clone(),
            metadata: envelope.metadata.clone(),
            parent_id: envelope.parent_id,
            sent_at: now,
            updated_at: now,
            content: stored(&message.content),
            ..text_message(self.next_message_id(), sender, receiver, "")
        }
    }

    /// Answers with what the test gave; what it did not foresee is refused.
    pub(super) fn answer_call(&mut self, id: u64, call: &Call) {
        let asked = format!("{} {}", call.route.method, call.path);
        let answer = self.server.answers.pop_front().unwrap_or_else(|| {
            format!(
                r#"{{"error":{{"code":"ERR_NOT_SCRIPTED","message":"the script has no answer to {asked}: give one with answer_next_call(…)"}}}}"#
            )
        });
        self.log.calls.push(asked);
        self.soon(Happening::CallEnded(
            id,
            Reply {
                body: answer.into(),
                retry_after: None,
            },
        ));
    }

    fn next_message_id(&mut self) -> u64 {
        self.server.last_message_id += 1;
        self.server.last_message_id
    }
}

pub(super) fn named_after_uid(uid: &Uid) -> Arc<User> {
    Arc::new(User::new(uid, uid.as_str()))
}

/// What a message says once it was sent.
fn stored(content: &OutgoingContent) -> MessageContent {
    match content.clone() {
        OutgoingContent::Text(text) => MessageContent::Text(text),
        OutgoingContent::Media {
            kind,
            attachments,
            caption,
            ..
        } => MessageContent::Media(Arc::new(MediaContent {
            kind,
            attachments,
            caption,
        })),
        OutgoingContent::Custom {
            kind,
            data,
            text,
            sub_type,
            ..
        } => MessageContent::Custom(Arc::new(CustomContent {
            kind,
            data,
            text,
            sub_type,
        })),
        OutgoingContent::Interactive { kind, data, goal } => {
            MessageContent::Interactive(Arc::new(InteractiveContent { kind, data, goal }))
        }
    }
}
