use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    app::App,
    database::{Database, MemberScope, StoredGroup, StoredMessage},
    encoded_frame::EncodedFrame,
    hub::{DeviceKey, Effect, Hub},
    refusal::Refusal,
};
use crate::{
    model::{MessageId, ReceiverId, Timestamp, Uid, User, UserStatus},
    wire::{envelope::Envelope, group::GroupObject, message::conversation_id},
};

/// The context in which a request or a frame is handled.
pub(super) struct RequestContext<'a> {
    pub(super) app: &'a App,
    pub(super) hub: &'a Hub,
    pub(super) database: Database<'a>,
    pub(super) now: Timestamp,
    /// What happens once the work is committed, in this order.
    pub(super) effects: &'a mut Vec<Effect>,
}

impl RequestContext<'_> {
    /// The user, with whether they are connected.
    pub(super) fn user(&self, uid: &str) -> Result<User, Refusal> {
        let mut user = self
            .database
            .user(uid)?
            .ok_or_else(|| Refusal::no_user(uid))?;
        self.add_status(&mut user);
        Ok(user)
    }

    pub(super) fn add_status(&self, user: &mut User) {
        if self.hub.is_online(&user.uid) {
            user.status = UserStatus::Online;
        }
    }

    /// The user as `viewer` sees them: with whether one of the two blocked the other.
    pub(super) fn user_seen_by(&self, uid: &str, viewer: &Uid) -> Result<User, Refusal> {
        let mut user = self.user(uid)?;
        self.add_blocks(&mut user, viewer)?;
        Ok(user)
    }

    pub(super) fn add_blocks(&self, user: &mut User, viewer: &Uid) -> Result<(), Refusal> {
        user.blocked_by_me = self.database.has_blocked(viewer, &user.uid)?;
        user.has_blocked_me = self.database.has_blocked(&user.uid, viewer)?;
        Ok(())
    }

    /// The group as `viewer` sees it.
    pub(super) fn group(&self, guid: &str, viewer: &Uid) -> Result<StoredGroup, Refusal> {
        self.database
            .group(guid, viewer)?
            .ok_or_else(|| Refusal::no_group(guid))
    }

    /// The scope of the user in the group. Refused if there is no such group, or they are no member.
    pub(super) fn scope_of(&self, guid: &str, uid: &Uid) -> Result<MemberScope, Refusal> {
        if let Some(scope) = self.database.scope_of(guid, uid)? {
            return Ok(scope);
        }
        self.group(guid, uid)?;
        Err(Refusal::not_a_member(guid))
    }

    /// The users who receive a message of `sender` to `receiver`, including the sender. Refused if the receiver does
    /// not exist, is a group that the sender is not in, or one of the two blocked the other.
    pub(super) fn audience(
        &self,
        sender: &Uid,
        receiver: &ReceiverId,
    ) -> Result<Vec<Uid>, Refusal> {
        match receiver {
            ReceiverId::User(uid) => {
                self.user(uid.as_str())?;
                if self.is_blocked_between(uid, sender)? {
                    return Err(Refusal::blocked(uid.as_str()));
                }
                Ok(pair(uid, sender))
            }
            ReceiverId::Group(guid) => {
                self.scope_of(guid.as_str(), sender)?;
                self.listening_members(guid.as_str(), sender)
            }
        }
    }

    /// Whether one of the two blocked the other.
    pub(super) fn is_blocked_between(&self, one: &Uid, other: &Uid) -> Result<bool, Refusal> {
        Ok(self.database.has_blocked(one, other)? || self.database.has_blocked(other, one)?)
    }

    /// Everybody who has the message: the two users, or the group's members.
    pub(super) fn participants(&self, message: &StoredMessage) -> Result<Vec<Uid>, Refusal> {
        match &message.receiver {
            ReceiverId::User(uid) => Ok(pair(uid, &message.sender)),
            ReceiverId::Group(guid) => self.listening_members(guid.as_str(), &message.sender),
        }
    }

    /// The users who may read the message, and are notified of what `uid` does with it.
    pub(super) fn followers(
        &self,
        uid: &Uid,
        message: &StoredMessage,
    ) -> Result<Vec<Uid>, Refusal> {
        if !message.is_for_all() {
            return Ok(vec![message.sender.clone()]);
        }
        let mut followers = self.participants(message)?;
        if let ReceiverId::Group(_) = &message.receiver {
            let blockers = self.database.blockers(uid)?;
            followers.retain(|follower| !blockers.contains(follower));
        }
        Ok(followers)
    }

    /// A group's members but those who blocked `sender`.
    fn listening_members(&self, guid: &str, sender: &Uid) -> Result<Vec<Uid>, Refusal> {
        let mut members = self.database.members(guid)?;
        let blockers = self.database.blockers(sender)?;
        members.retain(|member| !blockers.contains(member));
        Ok(members)
    }

    /// The message with this id, if the user may see it.
    pub(super) fn visible_message(&self, id: &str, uid: &Uid) -> Result<StoredMessage, Refusal> {
        let id = id.parse().map_err(|_| Refusal::no_message())?;
        let message = self
            .database
            .message(MessageId(id))?
            .ok_or_else(Refusal::no_message)?;
        let is_of_user = match &message.receiver {
            ReceiverId::User(receiver) => receiver == uid || message.sender == *uid,
            ReceiverId::Group(guid) => self.database.is_member(guid.as_str(), uid)?,
        };
        if is_of_user && message.is_fit_for(uid) && self.is_on_fit_message(&message, uid)? {
            Ok(message)
        } else {
            Err(Refusal::no_message())
        }
    }

    /// Whether the user may read the message that an action is about, if it is an action about one.
    fn is_on_fit_message(&self, action: &StoredMessage, uid: &Uid) -> Result<bool, Refusal> {
        let Some(id) = action.on_message else {
            return Ok(true);
        };
        let message = self.database.message(id)?;
        Ok(message.is_some_and(|message| message.is_fit_for(uid)))
    }

    /// The message with this id, if the user may see it, a user wrote it and nobody deleted it.
    pub(super) fn live_message(&self, id: &str, uid: &Uid) -> Result<StoredMessage, Refusal> {
        let message = self.visible_message(id, uid)?;
        if message.deleted.is_some() || message.category == "action" {
            Err(Refusal::no_message())
        } else {
            Ok(message)
        }
    }

    /// Sends a frame, which the device `cause` caused, to all devices of `to` except that one.
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

    pub(super) fn publish_frame(&mut self, cause: &DeviceKey, to: Vec<Uid>, frame: EncodedFrame) {
        self.effects.push(Effect::Publish {
            to,
            cause: cause.clone(),
            frame,
        });
    }

    /// A frame with the device `cause` as its sender.
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

fn pair(one: &Uid, other: &Uid) -> Vec<Uid> {
    if one == other {
        vec![one.clone()]
    } else {
        vec![one.clone(), other.clone()]
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
