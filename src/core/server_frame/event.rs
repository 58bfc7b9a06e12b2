//! Frames of the less frequent kinds, read in two steps: the envelope, then the body that its type requires.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{OwnDevice, ServerFrame, receiver};
use crate::{
    core::Event,
    model::{
        Interaction, MessageId, Presence, RawEvent, ReactionEvent, Receipt, ReceiptKind, Timestamp,
        TransientEvent, Uid, User, UserStatus, lenient,
    },
    wire::{
        envelope::Malformed,
        interner::Interner,
        reaction::ReactionJson,
        text::{self, Text},
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EnvelopeJson<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default, deserialize_with = "text::optional")]
    device_id: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "text::optional_id")]
    sender: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "text::optional_id")]
    receiver: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "text::optional")]
    receiver_type: Option<Text<'a>>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

/// Reads a frame that is not one of the most frequent kinds.
pub(super) fn decode(
    text: &str,
    own: &OwnDevice,
    interner: &mut Interner,
) -> Result<ServerFrame, Malformed> {
    let frame: EnvelopeJson<'_> = serde_json::from_str(text).map_err(|_| Malformed)?;
    let is_echo = own.has_sent(frame.device_id.as_ref(), frame.sender.as_ref());
    let event = match frame.kind.as_str() {
        "auth" | "message" | "typing_indicator" | "on_moderation_status_changed" => {
            return Err(Malformed);
        }
        _ if is_echo => return Ok(ServerFrame::Echo),
        "reaction" => Event::ReactionChanged(reaction(&frame, interner)?),
        "receipts" => Event::ReceiptReceived(receipt(&frame, interner)?),
        "presence" => Event::PresenceChanged(presence(&frame, interner)?),
        "transient_message" => Event::TransientReceived(transient(&frame, interner)?),
        "interaction_completed" => Event::InteractionCompleted(interaction(&frame, interner)?),
        kind => {
            let sender = frame.sender.as_ref().map(|uid| Uid::from(uid.as_str()));
            raw(kind, sender.as_ref(), text)?
        }
    };
    Ok(ServerFrame::Event(event))
}

/// The event for a frame that this crate does not model: the frame as it was received.
pub(super) fn raw(kind: &str, sender: Option<&Uid>, text: &str) -> Result<Event, Malformed> {
    Ok(Event::RawReceived(RawEvent {
        kind: kind.into(),
        sender: sender.cloned(),
        frame: serde_json::from_str(text).map_err(|_| Malformed)?,
    }))
}

fn body<'a, T: Deserialize<'a>>(frame: &EnvelopeJson<'a>) -> Result<T, Malformed> {
    let body = frame.body.ok_or(Malformed)?;
    lenient::object(&mut serde_json::Deserializer::from_str(body.get()))
        .ok()
        .flatten()
        .ok_or(Malformed)
}

fn user(json: Option<&RawValue>, interner: &mut Interner) -> Result<Arc<User>, Malformed> {
    let user = json.ok_or(Malformed)?.get();
    interner.user(user).map_err(|_| Malformed)
}

fn reaction(frame: &EnvelopeJson<'_>, interner: &mut Interner) -> Result<ReactionEvent, Malformed> {
    let body: ReactionJson<'_> = body(frame)?;
    let added = match body.action.as_ref().map(Text::as_str) {
        Some("message_reaction_added") => true,
        Some("message_reaction_removed") => false,
        _ => return Err(Malformed),
    };
    Ok(ReactionEvent {
        message_id: body.message_id,
        user: body.user(interner).map_err(|_| Malformed)?,
        conversation_id: body
            .conversation_id
            .map(|id| interner.conversation(id.as_str())),
        reaction: body.reaction.into(),
        added,
        at: body.reacted_at,
        parent_id: body.parent_id,
    })
}

fn receipt(frame: &EnvelopeJson<'_>, interner: &mut Interner) -> Result<Receipt, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        #[serde(borrow)]
        action: Text<'a>,
        message_id: MessageId,
        #[serde(borrow)]
        user: Option<&'a RawValue>,
        #[serde(default)]
        timestamp: Timestamp,
    }
    let body: Body<'_> = body(frame)?;
    Ok(Receipt {
        kind: match body.action.as_str() {
            "delivered" => ReceiptKind::Delivered,
            "read" => ReceiptKind::Read,
            "deliveredToAll" => ReceiptKind::DeliveredToAll,
            "readByAll" => ReceiptKind::ReadByAll,
            _ => return Err(Malformed),
        },
        message_id: body.message_id,
        user: user(body.user, interner)?,
        receiver: receiver(frame.receiver_type.as_ref(), frame.receiver.as_ref())?,
        at: body.timestamp,
    })
}

fn presence(frame: &EnvelopeJson<'_>, interner: &mut Interner) -> Result<Presence, Malformed> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        action: Text<'a>,
        #[serde(default)]
        timestamp: Timestamp,
        #[serde(borrow)]
        user: Option<&'a RawValue>,
    }
    let body: Body<'_> = body(frame)?;
    let online = match body.action.as_str() {
        "online" | "available" => true,
        "offline" => false,
        _ => return Err(Malformed),
    };
    let mut user = User::clone(&*user(body.user, interner)?);
    user.status = if online {
        UserStatus::Online
    } else {
        UserStatus::Offline
    };
    user.last_active_at = Some(body.timestamp);
    Ok(Presence {
        user: Arc::new(user),
        online,
        at: body.timestamp,
    })
}

fn transient(
    frame: &EnvelopeJson<'_>,
    interner: &mut Interner,
) -> Result<TransientEvent, Malformed> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        user: Option<&'a RawValue>,
        #[serde(borrow)]
        data: Option<&'a RawValue>,
    }
    let body: Body<'_> = body(frame)?;
    Ok(TransientEvent {
        user: user(body.user, interner)?,
        receiver: receiver(frame.receiver_type.as_ref(), frame.receiver.as_ref())?,
        data: body.data.unwrap_or(RawValue::NULL).into(),
    })
}

fn interaction(
    frame: &EnvelopeJson<'_>,
    interner: &mut Interner,
) -> Result<Interaction, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        message_id: MessageId,
        #[serde(borrow)]
        user: Option<&'a RawValue>,
        #[serde(default, deserialize_with = "lenient::objects")]
        interactions: Vec<Element>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Element {
        #[serde(deserialize_with = "lenient::filled_text")]
        element_id: Option<Arc<str>>,
        interacted_at: Timestamp,
    }
    let body: Body<'_> = body(frame)?;
    Ok(Interaction {
        message_id: body.message_id,
        user: user(body.user, interner)?,
        elements: body
            .interactions
            .into_iter()
            .filter_map(|element| Some((element.element_id?, element.interacted_at)))
            .collect(),
    })
}
