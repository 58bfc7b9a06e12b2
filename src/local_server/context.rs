use async_tungstenite::tungstenite::Utf8Bytes;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    App,
    database::{Database, StoredGroup, StoredMessage},
    hub::{DeviceKey, Effect, Hub},
    refusal::Refusal,
};
use crate::{
    model::{ReceiverId, Timestamp, Uid, User, UserStatus},
    wire::{
        envelope::Envelope,
        group::GroupObject,
        message::{DataObject, EntityObject, MessageObject, conversation_id},
    },
};

/// What handling a request or a frame has to work with.
pub(super) struct Context<'a> {
    pub(super) app: &'a App,
    pub(super) hub: &'a Hub,
    pub(super) database: Database<'a>,
    pub(super) now: Timestamp,
    /// What happens once the work is committed, in this order.
    pub(super) effects: &'a mut Vec<Effect>,
}

/// Whom a message object is for: the group in it is told differently to each member.
#[derive(Clone, Copy)]
pub(super) enum Viewer<'a> {
    /// One user, who is told what they are in the group.
    User(&'a Uid),
    /// Everybody whom a frame goes to.
    AnyMember,
}

impl Context<'_> {
    /// The user, with whether they are connected.
    pub(super) fn user(&self, uid: &str) -> Result<User, Refusal> {
        let mut user = self
            .database
            .user(uid)?
            .ok_or_else(|| Refusal::no_user(uid))?;
        if self.hub.is_online(&user.uid) {
            user.status = UserStatus::Online;
        }
        Ok(user)
    }

    /// The group as `viewer` sees it.
    pub(super) fn group(&self, guid: &str, viewer: &Uid) -> Result<StoredGroup, Refusal> {
        self.database
            .group(guid, viewer)?
            .ok_or_else(|| Refusal::no_group(guid))
    }

    /// Everybody who is to hear what `sender` says to `receiver`, the sender's own devices included. Refused if the
    /// receiver does not exist, or is a group that the sender is not in.
    pub(super) fn audience(
        &self,
        sender: &Uid,
        receiver: &ReceiverId,
    ) -> Result<Vec<Uid>, Refusal> {
        match receiver {
            ReceiverId::User(uid) => {
                self.user(uid.as_str())?;
                Ok(match uid == sender {
                    true => vec![sender.clone()],
                    false => vec![uid.clone(), sender.clone()],
                })
            }
            ReceiverId::Group(guid) => {
                let group = self.group(guid.as_str(), sender)?;
                match group.membership {
                    Some(_) => Ok(self.database.members(guid.as_str())?),
                    None => Err(Refusal::not_a_member(guid.as_str())),
                }
            }
        }
    }

    /// The message object as `viewer` sees it (PROTOCOL.md §3.5, for actions §3.6).
    pub(super) fn message_json(
        &self,
        message: &StoredMessage,
        viewer: Viewer<'_>,
    ) -> Result<Box<RawValue>, Refusal> {
        let sender = to_raw_value(&self.user(message.sender.as_str())?)?;
        let receiver = match &message.receiver {
            ReceiverId::User(uid) => to_raw_value(&self.user(uid.as_str())?)?,
            ReceiverId::Group(guid) => match viewer {
                Viewer::User(uid) => group_json(&self.group(guid.as_str(), uid)?)?,
                Viewer::AnyMember => {
                    let mut group = self.group(guid.as_str(), &message.sender)?;
                    group.membership = None;
                    group.group.has_joined = true;
                    group_json(&group)?
                }
            },
        };
        let sender = EntityObject::user(&sender);
        let receiver = match &message.receiver {
            ReceiverId::User(_) => EntityObject::user(&receiver),
            ReceiverId::Group(_) => EntityObject::group(&receiver),
        };
        let mut entities =
            std::collections::BTreeMap::from([("sender", sender), ("receiver", receiver)]);
        if message.category == "action" {
            entities.extend([("by", sender), ("for", receiver)]);
        }
        Ok(to_raw_value(&MessageObject {
            id: message.id,
            muid: message.muid.as_deref(),
            conversation_id: &message.conversation_id,
            sender: message.sender.as_str(),
            receiver: message.receiver.as_str(),
            receiver_type: message.receiver.kind(),
            category: &message.category,
            kind: &message.kind,
            sent_at: message.sent_at,
            updated_at: message.updated_at,
            parent_id: message.parent_id,
            reply_count: message.reply_count,
            tags: &message.tags,
            data: DataObject {
                members: &message.data,
                resource: &message.resource,
                entities,
            },
        })?)
    }

    /// Sends a frame about what the device `cause` did to all devices of `to` but that one.
    pub(super) fn publish(
        &mut self,
        kind: &'static str,
        cause: &DeviceKey,
        receiver: &ReceiverId,
        to: Vec<Uid>,
        body: impl Serialize,
    ) -> Result<(), Refusal> {
        let frame = self.frame(kind, cause, body).to(receiver).encode()?;
        self.publish_frame(cause, to, frame.into());
        Ok(())
    }

    /// Sends a message that was stored to all devices of `to` but the one that sent it.
    pub(super) fn publish_message(
        &mut self,
        cause: &DeviceKey,
        message: &StoredMessage,
        viewer: Viewer<'_>,
        to: Vec<Uid>,
    ) -> Result<(), Refusal> {
        let body = self.message_json(message, viewer)?;
        self.publish("message", cause, &message.receiver, to, body)
    }

    pub(super) fn publish_frame(&mut self, cause: &DeviceKey, to: Vec<Uid>, frame: Utf8Bytes) {
        self.effects.push(Effect::Publish {
            to,
            cause: cause.clone(),
            frame,
        });
    }

    /// A frame that bears the device `cause` as its sender.
    pub(super) fn frame<'b, B: Serialize>(
        &'b self,
        kind: &'static str,
        cause: &'b DeviceKey,
        body: B,
    ) -> Envelope<'b, B> {
        Envelope::new(
            kind,
            &self.app.app_id,
            cause.uid.as_str(),
            &cause.session,
            body,
        )
    }
}

/// The group object.
pub(super) fn group_json(stored: &StoredGroup) -> Result<Box<RawValue>, Refusal> {
    Ok(to_raw_value(&GroupObject {
        group: &stored.group,
        updated_at: stored.updated_at,
        conversation_id: conversation_id("", &stored.group.guid.clone().into()),
        membership: stored.membership.as_ref(),
    })?)
}
