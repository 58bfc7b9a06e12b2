//! The most frequent frame, read in one pass: a text message without rare members.

use super::{OwnDevice, ServerFrame};
use crate::{
    core::Event,
    wire::{
        interner::Interner,
        message::TextMessageJson,
        scanner::{Scanner, set},
        text::Text,
    },
};

/// Reads a text message; `None` if it needs the reader of all frames.
pub(super) fn decode(text: &str, own: &OwnDevice, interner: &mut Interner) -> Option<ServerFrame> {
    let (mut kind, mut device_id, mut sender, mut message) = (None, None, None, None);
    let (mut receiver, mut receiver_type) = (None, None);
    let mut scanner = Scanner::new(text);
    scanner.members(|scanner, name| match name {
        "type" => {
            let is_message = |kind: &&str| *kind == "message";
            set(&mut kind, scanner.plain_text().filter(is_message))
        }
        "deviceId" => set(&mut device_id, scanner.plain_text()),
        "sender" => set(&mut sender, scanner.plain_text()),
        // The receiver in the message decides.
        "receiver" => set(&mut receiver, scanner.plain_text()),
        "receiverType" => set(&mut receiver_type, scanner.plain_text()),
        "body" => set(&mut message, TextMessageJson::scan(scanner, interner)),
        "action" => None,
        _ => scanner.value().map(drop),
    })?;
    scanner.end()?;
    kind?;
    let message = message?;
    let device_id = device_id.map(Text::Borrowed);
    let sender = sender
        .filter(|sender| !sender.is_empty())
        .map(Text::Borrowed);
    if own.has_sent(device_id.as_ref(), sender.as_ref()) && own.uid == *message.sender()? {
        return Some(ServerFrame::Echo);
    }
    let message = message.into_message(interner)?;
    Some(ServerFrame::Event(Event::of_message(message)))
}
