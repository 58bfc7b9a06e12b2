//! What the server and the network do.

use std::sync::Arc;

use hyper::StatusCode;

use super::{
    message::text_message,
    script::{OnConnect, Parked, Script},
    sends::no_answer,
    timeline::Happening,
};
use crate::{
    client::{Event, operation::Reply, outbox},
    lifecycle::{Cause, Input, LinkId, LinkLoss},
    model::{
        CustomContent, Group, GroupKind, InteractiveContent, MediaContent, Message, MessageContent,
        OutgoingContent, OutgoingMessage, Receiver, ReceiverId, Timestamp, Uid, User,
    },
};

impl Script {
    pub(super) fn react(&mut self, happening: Happening) {
        match happening {
            Happening::LinkLive(link) => {
                self.handle(Input::LinkLive(link));
                if self.live_link() == Some(link) {
                    self.work_outbox(outbox::Input::NetworkBack);
                }
            }
            Happening::LinkLost(link, loss) => {
                let needs_token = loss.cause == Cause::TokenExpired;
                self.handle(Input::LinkLost(link, loss));
                if needs_token {
                    self.link_needs_token();
                }
            }
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
                    self.end_call(call, reply);
                }
            }
            Happening::RenewalEnded(outcome) => self.end_renewal(outcome),
            Happening::Posted(attempt, outcome) => self.end_post(attempt, outcome),
            Happening::Looked(attempt, outcome) => {
                self.work_outbox(outbox::Input::Looked(attempt, outcome));
            }
        }
    }

    pub(super) fn answer_attempt(&mut self, link: LinkId) {
        self.log.attempts += 1;
        match &self.server.connections {
            OnConnect::Accept if self.server.token_expired => {
                let loss = LinkLoss::new(Cause::TokenExpired);
                self.soon(Happening::LinkLost(link, loss));
            }
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

    pub(super) fn store(&mut self, sender: Arc<User>, message: &OutgoingMessage) -> Message {
        let envelope = &message.envelope;
        let receiver = match &envelope.receiver {
            ReceiverId::User(uid) => Receiver::User(named_after_uid(uid)),
            ReceiverId::Group(guid) => {
                Receiver::Group(Arc::new(Group::new(guid, guid.as_str(), GroupKind::Public)))
            }
        };
        let now = Timestamp(self.now.as_secs());
        let stored = Message {
            muid: envelope.muid.clone(),
            metadata: envelope.metadata.clone(),
            parent_id: envelope.parent_id,
            sent_at: now,
            updated_at: now,
            content: stored(&message.content),
            ..text_message(self.next_message_id(), sender, receiver, "")
        };
        if let Some(muid) = &envelope.muid {
            self.server.stored.insert(muid.clone(), stored.clone());
        }
        stored
    }

    /// Answers with what the test gave; what it did not foresee is refused.
    pub(super) fn answer_call(&mut self, id: u64, asked: String) {
        if !self.server.online {
            let error = no_answer("the script is offline");
            return self.soon(Happening::CallEnded(id, Err(error)));
        }
        if self.server.token_expired {
            return self.park(Parked::Call(id, asked));
        }
        let answer = self.server.answers.pop_front().unwrap_or_else(|| {
            format!(
                r#"{{"error":{{"code":"ERR_NOT_SCRIPTED","message":"the script has no answer to {asked}: give one with answer_next_call(…)"}}}}"#
            )
        });
        self.log.calls.push(asked);
        let reply = Reply {
            status: StatusCode::OK,
            body: answer.into(),
            retry_after: None,
        };
        self.soon(Happening::CallEnded(id, Ok(reply)));
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
