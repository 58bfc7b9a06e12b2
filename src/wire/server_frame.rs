//! Frames from the server.

mod event;
#[cfg(test)]
mod tests;

use serde::{Deserialize, de::Error as _};
use serde_json::value::RawValue;

use super::{
    interner::Interner,
    json::read_repaired,
    message::{self, BodyJson, MessageNews},
    text::{self, Text},
};
use crate::model::{
    Interaction, Message, Presence, RawEvent, RawJson, ReactionEvent, Receipt, ReceiverId,
    TransientEvent, TypingIndicator, lenient,
};

/// A frame from the server.
#[derive(Debug)]
pub(crate) enum ServerFrame {
    /// The answer to the auth frame.
    Auth { accepted: bool, reason: String },
    /// The answer to a ping.
    Pong,
    /// A message, new or changed.
    Message(MessageNews),
    /// Moderation has decided on a message.
    Moderated(Message),
    /// Somebody types.
    Typing(TypingIndicator),
    /// Somebody reacted to a message.
    Reaction(ReactionEvent),
    /// A message was delivered or read.
    Receipt(Receipt),
    /// A user came or went.
    Presence(Presence),
    /// Data that is not stored.
    Transient(TransientEvent),
    /// Elements of an interactive message were used.
    Interaction(Interaction),
    /// A frame that this device itself sent.
    Echo,
    /// A frame of a kind that this crate does not model.
    Raw(RawEvent),
}

/// Every member that a frame of any kind can have, so that one pass reads the most frequent ones whichever they turn
/// out to be.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FrameJson<'a> {
    #[serde(default, borrow, deserialize_with = "text::optional")]
    action: Option<Text<'a>>,
    #[serde(default, borrow, rename = "type", deserialize_with = "text::optional")]
    kind: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "text::optional")]
    device_id: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "text::optional_id")]
    receiver: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "text::optional")]
    receiver_type: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "lenient::object")]
    body: Option<BodyJson<'a>>,
}

/// A frame that is not JSON, or lacks what its kind must have: it is dropped and counted.
#[derive(Debug)]
pub(crate) struct Malformed;

/// Reads a frame. `own_device` is the id under which this client authenticated.
pub(crate) fn decode(
    text: &str,
    own_device: &str,
    interner: &mut Interner,
) -> Result<ServerFrame, Malformed> {
    let malformed = |Malformed| serde_json::Error::custom("a malformed frame");
    read_repaired(text, |text| {
        decode_once(text, own_device, interner).map_err(malformed)
    })
    .map_err(|_| Malformed)
}

fn decode_once(
    text: &str,
    own_device: &str,
    interner: &mut Interner,
) -> Result<ServerFrame, Malformed> {
    let frame: FrameJson<'_> = match serde_json::from_str(text) {
        Ok(frame) => frame,
        // The body may be of a kind whose members have other types than a message's.
        Err(_) => return event::decode(text, own_device, interner),
    };
    if frame
        .action
        .as_ref()
        .is_some_and(|action| action.as_str() == "pong")
    {
        return Ok(ServerFrame::Pong);
    }
    let kind = frame.kind.as_ref().ok_or(Malformed)?.as_str();
    let is_echo = frame
        .device_id
        .as_ref()
        .is_some_and(|id| id.as_str() == own_device);
    match kind {
        "auth" => auth(frame.body.ok_or(Malformed)?),
        "message" | "typing_indicator" if is_echo => Ok(ServerFrame::Echo),
        "message" => {
            let message = message(frame.body.ok_or(Malformed)?, text, interner)?;
            MessageNews::of(message, interner)
                .map(ServerFrame::Message)
                .map_err(|_| Malformed)
        }
        "on_moderation_status_changed" => {
            message(frame.body.ok_or(Malformed)?, text, interner).map(ServerFrame::Moderated)
        }
        "typing_indicator" => typing(frame, interner),
        _ => event::decode(text, own_device, interner),
    }
}

fn auth(body: BodyJson<'_>) -> Result<ServerFrame, Malformed> {
    let code = body.code.ok_or(Malformed)?;
    let status = body.status.as_ref().map_or("", Text::as_str);
    Ok(ServerFrame::Auth {
        accepted: code.as_str() == "200",
        reason: format!("{} {status}", code.as_str()).trim_end().to_owned(),
    })
}

fn message(body: BodyJson<'_>, frame: &str, interner: &mut Interner) -> Result<Message, Malformed> {
    body.into_message(interner, || raw_body_data(frame))
        .map_err(|_| Malformed)
}

fn raw_body_data(frame: &str) -> Option<RawJson> {
    #[derive(Deserialize)]
    struct OnlyBody<'a> {
        #[serde(borrow)]
        body: &'a RawValue,
    }
    let OnlyBody { body } = serde_json::from_str(frame).ok()?;
    message::raw_data(body.get())
}

fn typing(frame: FrameJson<'_>, interner: &mut Interner) -> Result<ServerFrame, Malformed> {
    let body = frame.body.ok_or(Malformed)?;
    let receiver = receiver(frame.receiver_type.as_ref(), frame.receiver.as_ref())?;
    let typing = match body.action.as_ref().map(Text::as_str) {
        Some("started") => true,
        Some("ended") => false,
        _ => return Err(Malformed),
    };
    let user = interner
        .user(body.user.ok_or(Malformed)?)
        .map_err(|_| Malformed)?;
    Ok(ServerFrame::Typing(TypingIndicator {
        user,
        receiver,
        typing,
    }))
}

fn receiver(kind: Option<&Text<'_>>, id: Option<&Text<'_>>) -> Result<ReceiverId, Malformed> {
    let (kind, id) = kind.zip(id).ok_or(Malformed)?;
    ReceiverId::of_kind(kind.as_str(), id.as_str()).ok_or(Malformed)
}
