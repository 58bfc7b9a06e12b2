use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use serde_json::value::{RawValue, to_raw_value};

use super::{
    database::{Change, StoredMessage},
    hub::DeviceKey,
    refusal::Refusal,
    request_context::{RequestContext, group_json},
};
use crate::{
    model::{MessageId, ReceiverId, Timestamp, Uid},
    wire::{
        frame_body::{InteractionObject, ReceiptAction},
        message::{
            Changes, DataObject, EntityObject, MessageObject, ReactionCountObject, ReceiptList,
            ReceiptTimes, RecipientObject,
        },
    },
};

/// The viewer of a message object: the group in it differs for each member.
#[derive(Clone, Copy)]
pub(super) enum Viewer<'a> {
    /// One user: the object has their scope in the group, and what they did with the message.
    User(&'a Uid),
    /// All receivers of a frame.
    AnyMember,
}

/// Makes message objects for one viewer. A user or group in several of them is looked up once.
pub(super) struct MessageView<'c, 'a> {
    context: &'c RequestContext<'a>,
    viewer: Viewer<'c>,
    entities: HashMap<String, Rc<RawValue>>,
    received_by_all: HashMap<(String, ReceiptAction), Option<(MessageId, Timestamp)>>,
    /// The message up to which each user has received each conversation.
    delivered_up_to: HashMap<(String, Uid), MessageId>,
}

impl RequestContext<'_> {
    /// The message object as `viewer` sees it.
    pub(super) fn message_json(
        &self,
        message: &StoredMessage,
        viewer: Viewer<'_>,
    ) -> Result<Box<RawValue>, Refusal> {
        MessageView::new(self, viewer).json(message)
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

    /// Sends an action about a message to all devices of `to` but the one that caused it.
    pub(super) fn publish_change(
        &mut self,
        cause: &DeviceKey,
        action: &StoredMessage,
        message: MessageId,
        mut to: Vec<Uid>,
    ) -> Result<(), Refusal> {
        // Users who reacted to it see their own reaction in it.
        let mut reactors = self.database.reactors(message)?;
        reactors.retain(|reactor| to.contains(reactor));
        to.retain(|uid| !reactors.contains(uid));
        for reactor in reactors {
            let body = self.message_json(action, Viewer::User(&reactor))?;
            self.publish("message", cause, &action.receiver, vec![reactor], body)?;
        }
        self.publish_message(cause, action, Viewer::AnyMember, to)
    }
}

impl<'c, 'a> MessageView<'c, 'a> {
    pub(super) fn new(context: &'c RequestContext<'a>, viewer: Viewer<'c>) -> Self {
        Self {
            context,
            viewer,
            entities: HashMap::new(),
            received_by_all: HashMap::new(),
            delivered_up_to: HashMap::new(),
        }
    }

    /// The message, with the one that it quotes or is about.
    pub(super) fn json(&mut self, message: &StoredMessage) -> Result<Box<RawValue>, Refusal> {
        Ok(to_raw_value(&self.complete_object(message)?)?)
    }

    /// The message, with its receipts.
    pub(super) fn json_with_receipts(
        &mut self,
        message: &StoredMessage,
    ) -> Result<Box<RawValue>, Refusal> {
        let mut data = Vec::new();
        for uid in self.context.participants(message)? {
            let times = self.receipt_times(message, &uid)?;
            if uid != message.sender && !times.is_empty() {
                data.push(RecipientObject {
                    recipient: to_raw_value(&self.context.user(uid.as_str())?)?,
                    times,
                });
            }
        }
        let mut object = self.complete_object(message)?;
        object.receipts = Some(ReceiptList { data });
        Ok(to_raw_value(&object)?)
    }

    fn complete_object<'m>(
        &mut self,
        message: &'m StoredMessage,
    ) -> Result<MessageObject<'m, Rc<RawValue>>, Refusal> {
        let mut object = self.object(message)?;
        if let Some(quoted) = self.referred(message.quoted_id)?
            && self.is_fit_for_viewer(&quoted)
        {
            object.quoted_message = Some(to_raw_value(&self.object(&quoted)?)?);
        }
        // A user who may not read it does not receive the action, either.
        if let Some(on) = self.referred(message.on_message)? {
            let on = EntityObject::message(self.json(&on)?.into());
            object.data.entities.insert("on", on);
        }
        Ok(object)
    }

    fn referred(&self, id: Option<MessageId>) -> Result<Option<StoredMessage>, Refusal> {
        match id {
            Some(id) => Ok(self.context.database.message(id)?),
            None => Ok(None),
        }
    }

    fn is_fit_for_viewer(&self, message: &StoredMessage) -> bool {
        match self.viewer {
            Viewer::User(uid) => message.is_fit_for(uid),
            Viewer::AnyMember => message.is_for_all(),
        }
    }

    fn object<'m>(
        &mut self,
        message: &'m StoredMessage,
    ) -> Result<MessageObject<'m, Rc<RawValue>>, Refusal> {
        let is_action = message.category == "action";
        let sender = EntityObject::user(self.user(&message.sender)?);
        let receiver = match &message.receiver {
            ReceiverId::User(uid) => EntityObject::user(self.user(uid)?),
            ReceiverId::Group(_) => EntityObject::group(self.group(message)?),
        };
        let mut entities = if is_action {
            BTreeMap::from([("by", sender), ("for", receiver)])
        } else {
            BTreeMap::from([("sender", sender), ("receiver", receiver)])
        };
        if let Some(uid) = &message.action_on {
            entities.insert("on", EntityObject::user(self.user(uid)?));
        }
        let mentions = message
            .mentions
            .iter()
            .map(|uid| Ok((uid.as_str(), self.user(uid)?)))
            .collect::<Result<_, Refusal>>()?;
        let is_live = !is_action && message.deleted.is_none();
        let receipt = if is_live {
            self.receipt(message)?
        } else {
            ReceiptTimes::default()
        };
        let saved_at = match self.viewer {
            Viewer::User(uid) if is_live => self.context.database.saved_at(message.id, uid)?,
            _ => None,
        };
        let my_receipt = match self.viewer {
            Viewer::User(uid) if is_live && *uid != message.sender => {
                let times = self.receipt_times(message, uid)?;
                (!times.is_empty()).then_some(times)
            }
            _ => None,
        };
        Ok(MessageObject {
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
            changes: Changes {
                edited_at: message.edited.as_ref().map(|edit| edit.at),
                edited_by: message.edited.as_ref().map(Change::by),
                deleted_at: message.deleted.as_ref().map(|deletion| deletion.at),
                pinned_at: message.pinned.as_ref().map(|pin| pin.at),
                pinned_by: message.pinned.as_ref().map(Change::by),
                saved_at,
                deleted_by: message.deleted.as_ref().map(Change::by),
                receipt,
            },
            parent_id: message.parent_id,
            reply_count: message.reply_count,
            tags: &message.tags,
            data: DataObject {
                members: &message.data,
                resource: &message.resource,
                mentions,
                reactions: self.reactions(message)?,
                interactions: self.interactions(message)?,
                entities,
            },
            quoted_message: None,
            my_receipt,
            receipts: None,
        })
    }

    fn user(&mut self, uid: &Uid) -> Result<Rc<RawValue>, Refusal> {
        let key = format!("user {uid}");
        if let Some(known) = self.entities.get(&key) {
            return Ok(known.clone());
        }
        let json: Rc<RawValue> = to_raw_value(&self.context.user(uid.as_str())?)?.into();
        self.entities.insert(key, json.clone());
        Ok(json)
    }

    fn group(&mut self, message: &StoredMessage) -> Result<Rc<RawValue>, Refusal> {
        let guid = message.receiver.as_str();
        let key = format!("group {guid}");
        if let Some(known) = self.entities.get(&key) {
            return Ok(known.clone());
        }
        let json: Rc<RawValue> = match self.viewer {
            Viewer::User(uid) => group_json(&self.context.group(guid, uid)?)?,
            Viewer::AnyMember => {
                let mut group = self.context.group(guid, &message.sender)?;
                group.membership = None;
                group.group.has_joined = true;
                group_json(&group)?
            }
        }
        .into();
        self.entities.insert(key, json.clone());
        Ok(json)
    }

    fn reactions(&self, message: &StoredMessage) -> Result<Vec<ReactionCountObject>, Refusal> {
        let viewer = match self.viewer {
            Viewer::User(uid) => uid.as_str(),
            Viewer::AnyMember => "",
        };
        let counts = self.context.database.reaction_counts(message.id, viewer)?;
        Ok(counts
            .into_iter()
            .map(|count| ReactionCountObject {
                reaction: count.reaction,
                count: count.count,
                reacted_by_me: count.by_viewer,
            })
            .collect())
    }

    fn interactions(&self, message: &StoredMessage) -> Result<Vec<InteractionObject>, Refusal> {
        let Viewer::User(viewer) = self.viewer else {
            return Ok(Vec::new());
        };
        if message.category != "interactive" {
            return Ok(Vec::new());
        }
        let interactions = self.context.database.interactions(message.id, viewer)?;
        Ok(interactions
            .into_iter()
            .map(|(element_id, interacted_at)| InteractionObject {
                element_id,
                interacted_at,
            })
            .collect())
    }

    /// When all receivers had received and read the message, if the viewer is its sender.
    fn receipt(&mut self, message: &StoredMessage) -> Result<ReceiptTimes, Refusal> {
        match (self.viewer, &message.receiver) {
            (Viewer::User(uid), ReceiverId::User(receiver)) if *uid == message.sender => {
                self.receipt_times(message, receiver)
            }
            (Viewer::User(uid), ReceiverId::Group(guid)) if *uid == message.sender => {
                let mut at = |action| {
                    let up_to = self.received_by_all(guid.as_str(), uid, action)?;
                    Ok::<_, Refusal>(
                        up_to.and_then(|(up_to, at)| (message.id <= up_to).then_some(at)),
                    )
                };
                Ok(ReceiptTimes {
                    delivered_at: at(ReceiptAction::Delivered)?,
                    read_at: at(ReceiptAction::Read)?,
                })
            }
            _ => Ok(ReceiptTimes::default()),
        }
    }

    fn received_by_all(
        &mut self,
        guid: &str,
        author: &Uid,
        action: ReceiptAction,
    ) -> Result<Option<(MessageId, Timestamp)>, Refusal> {
        let key = (guid.to_owned(), action);
        if let Some(known) = self.received_by_all.get(&key) {
            return Ok(*known);
        }
        let up_to = self
            .context
            .database
            .received_by_all(guid, author, action)?;
        self.received_by_all.insert(key, up_to);
        Ok(up_to)
    }

    fn receipt_times(
        &mut self,
        message: &StoredMessage,
        uid: &Uid,
    ) -> Result<ReceiptTimes, Refusal> {
        // What is read was delivered, so beyond that there is nothing to look for.
        if message.id > self.delivered_up_to(&message.conversation_key, uid)? {
            return Ok(ReceiptTimes::default());
        }
        let at = |action| {
            self.context
                .database
                .receipt_at(&message.conversation_key, uid, action, message.id)
        };
        Ok(ReceiptTimes {
            delivered_at: at(ReceiptAction::Delivered)?,
            read_at: at(ReceiptAction::Read)?,
        })
    }

    fn delivered_up_to(&mut self, conversation: &str, uid: &Uid) -> Result<MessageId, Refusal> {
        let key = (conversation.to_owned(), uid.clone());
        if let Some(known) = self.delivered_up_to.get(&key) {
            return Ok(*known);
        }
        let action = ReceiptAction::Delivered;
        let up_to = self
            .context
            .database
            .received_up_to(conversation, uid, action)?;
        self.delivered_up_to.insert(key, up_to);
        Ok(up_to)
    }
}
