//! Frames from the server, each read as the event that it causes.

mod event;
#[cfg(test)]
mod tests;
mod text_frame;

use serde::{Deserialize, de::Error as _};
use serde_json::value::RawValue;

use super::Event;
use crate::{
    model::{Message, RawJson, ReceiverId, TypingIndicator, Uid, lenient},
    wire::{
        envelope::Malformed,
        interner::Interner,
        json::read_repaired,
        message::{self, BodyJson},
        text::{self, Text},
    },
};

/// A frame from the server.
#[derive(Debug)]
pub(crate) enum ServerFrame {
    /// The answer to the auth frame.
    Auth { accepted: bool, reason: String },
    /// The answer to a ping.
    Pong,
    /// A frame that this device itself sent.
    Echo,
    /// Something happened.
    Event(Event),
}

/// The user and the device that authenticated on a link.
#[derive(Clone, Debug)]
pub(crate) struct OwnDevice {
    pub(crate) uid: Uid,
    pub(crate) id: String,
}

impl OwnDevice {
    /// Whether a frame is from this device of this user. Both are compared, because other users can name any device.
    fn has_sent(&self, device_id: Option<&Text<'_>>, sender: Option<&Text<'_>>) -> bool {
        device_id.is_some_and(|id| id.as_str() == self.id)
            && sender.is_some_and(|sender| self.uid == *sender.as_str())
    }
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
    sender: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "text::optional_id")]
    receiver: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "text::optional")]
    receiver_type: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "lenient::object")]
    body: Option<BodyJson<'a>>,
}

/// Reads a frame that arrived at `own`.
pub(crate) fn decode_frame(
    text: &str,
    own: &OwnDevice,
    interner: &mut Interner,
) -> Result<ServerFrame, Malformed> {
    if let Some(frame) = text_frame::decode(text, own, interner) {
        return Ok(frame);
    }
    let malformed = |Malformed| serde_json::Error::custom("a malformed frame");
    read_repaired(text, |text| {
        decode_once(text, own, interner).map_err(malformed)
    })
    .map_err(|_| Malformed)
}

fn decode_once(
    text: &str,
    own: &OwnDevice,
    interner: &mut Interner,
) -> Result<ServerFrame, Malformed> {
    let frame: FrameJson<'_> = match serde_json::from_str(text) {
        Ok(frame) => frame,
        // The body may be of a kind whose members have other types than a message's.
        Err(_) => return event::decode(text, own, interner),
    };
    if frame
        .action
        .as_ref()
        .is_some_and(|action| action.as_str() == "pong")
    {
        return Ok(ServerFrame::Pong);
    }
    let kind = frame.kind.as_ref().ok_or(Malformed)?.as_str();
    let author = frame.body.as_ref().and_then(|body| body.sender.as_ref());
    let is_echo = own.has_sent(frame.device_id.as_ref(), frame.sender.as_ref())
        && author.is_none_or(|author| own.uid == *author.as_str());
    match kind {
        "auth" => auth(frame.body.ok_or(Malformed)?),
        "message" | "typing_indicator" if is_echo => Ok(ServerFrame::Echo),
        "message" => {
            let message = message(frame.body.ok_or(Malformed)?, text, interner)?;
            let changed = message::changed(&message, interner).map_err(|_| Malformed)?;
            let event = match changed {
                Some(changed) => Event::of_change(changed),
                // A call, or an action that is unknown: no message, as in lists.
                None if message.is_record() => event::raw(kind, Some(&message.sender.uid), text)?,
                None => Event::of_message(message),
            };
            Ok(ServerFrame::Event(event))
        }
        "on_moderation_status_changed" => {
            let message = message(frame.body.ok_or(Malformed)?, text, interner)?;
            Ok(ServerFrame::Event(Event::MessageModerated(message)))
        }
        "typing_indicator" => typing(frame, interner),
        _ => event::decode(text, own, interner),
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
    body.into_message(interner, &|| raw_body_data(frame))
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
        .user(body.user.ok_or(Malformed)?.get())
        .map_err(|_| Malformed)?;
    Ok(ServerFrame::Event(Event::TypingChanged(TypingIndicator {
        user,
        receiver,
        typing,
    })))
}

fn receiver(kind: Option<&Text<'_>>, id: Option<&Text<'_>>) -> Result<ReceiverId, Malformed> {
    let (kind, id) = kind.zip(id).ok_or(Malformed)?;
    ReceiverId::of_kind(kind.as_str(), id.as_str()).ok_or(Malformed)
}
