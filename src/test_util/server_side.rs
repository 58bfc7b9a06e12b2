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
    client::{
        ChangesGap, Event, Gap, Recovery,
        operation::{Call, Reply},
        outbox,
    },
    connection::{Cause, Input, LinkId, LinkLoss},
    model::{
        Group, GroupAction, GroupActionKind, GroupKind, Guid, Message, MessageContent,
        OutgoingMessage, Receiver, ReceiverId, Timestamp, Uid, User,
    },
};

/// A new connection brings nothing: what is sent without one does not arrive at all.
const NOTHING_MISSED: Recovery = Recovery {
    recovered: 0,
    changed: 0,
    gap: None,
    changes_gap: None,
};

impl Script {
    pub(super) fn react(&mut self, happening: Happening) {
        match happening {
            Happening::LinkLive(link) => {
                self.handle(Input::LinkLive(link));
                if self.live_link() == Some(link) {
                    self.emit(Event::MessagesRecovered(NOTHING_MISSED));
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
                self.work_outbox(outbox::Input::LookedUp(attempt, outcome));
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

    /// The message as the server stores it.
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
            content: message.to_content(),
            ..text_message(self.next_message_id(), sender, receiver, "")
        };
        if let Some(muid) = &envelope.muid {
            self.server.stored.insert(muid.clone(), stored.clone());
        }
        stored
    }

    /// Tells the game that a new connection brought nothing, and what is missing.
    pub(super) fn tell_of_gap(
        &mut self,
        gap: Option<Gap>,
        changes_gap: Option<ChangesGap>,
    ) -> bool {
        self.push(Event::MessagesRecovered(Recovery {
            gap,
            changes_gap,
            ..NOTHING_MISSED
        }))
    }

    /// Answers with what the test gave, or as the scripted groups do; what nobody foresaw is refused.
    pub(super) fn answer_call(&mut self, id: u64, call: Call) {
        if !self.server.online {
            let error = no_answer("the script is offline");
            return self.soon(Happening::CallEnded(id, Err(error)));
        }
        if self.server.token_expired && call.key.is_none() {
            return self.park(Parked::Call(id, call));
        }
        let asked = format!("{} {}", call.route.method, call.path);
        let answer = self.server.answers.pop_front();
        let answer = answer.unwrap_or_else(|| {
            let me = self.user.as_ref().map(|user| &user.uid);
            let body = me.and_then(|me| self.server.groups.answer(&call, me));
            Ok(body.unwrap_or_else(|| {
                format!(
                    r#"{{"error":{{"code":"ERR_NOT_SCRIPTED","message":"the script has no answer to {asked}: give one with answer_next_call(…)"}}}}"#
                )
            }))
        });
        self.log.calls.push(asked);
        let reply = answer.map(|body| Reply {
            status: StatusCode::OK,
            body: body.into(),
            retry_after: None,
        });
        self.soon(Happening::CallEnded(id, reply));
    }

    /// Tells the logged-in user that something happened to `uid` in a group, if they are in it and connected.
    pub(super) fn tell_of_member(
        &mut self,
        guid: &Guid,
        kind: GroupActionKind,
        by: &Uid,
        uid: &Uid,
    ) {
        let Some(group) = self.server.groups.group(guid).map(Arc::new) else {
            return;
        };
        let by = named_after_uid(by);
        let action = GroupAction {
            kind,
            by: by.clone(),
            on: named_after_uid(uid),
            group: group.clone(),
        };
        let message = Message {
            sent_at: Timestamp(self.now.as_secs()),
            content: MessageContent::GroupAction(Arc::new(action)),
            ..text_message(self.next_message_id(), by, Receiver::Group(group), "")
        };
        self.push(Event::GroupChanged(message));
    }

    fn next_message_id(&mut self) -> u64 {
        self.server.last_message_id += 1;
        self.server.last_message_id
    }
}

pub(super) fn named_after_uid(uid: &Uid) -> Arc<User> {
    Arc::new(User::new(uid, uid.as_str()))
}
