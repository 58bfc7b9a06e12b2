//! A line of the chat box as data, which a game can restyle before it is drawn.

use std::sync::Arc;

use bevy::prelude::*;

use super::{chip::ChatChip, player_name::PlayerName};
use crate::model::{Message, MessageId, User};

/// A line before it is drawn: its parts, in order.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ChatLine {
    /// The parts. A part with an empty text is not drawn.
    pub parts: Vec<ChatLinePart>,
}

/// A part of a line, with one style.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChatLinePart {
    /// The kind of the part.
    pub kind: ChatLinePartKind,
    /// The text. Texts of users are sanitized.
    pub text: String,
    /// The text colour.
    pub color: Color,
    /// The background colour. Default: none.
    pub background: Color,
    /// The effect of a click. Default: none.
    pub action: Option<ChatLineAction>,
    /// The player whose name it is, for the menu on the name. Default: none.
    pub name: Option<PlayerName>,
}

/// The kind of a part of a line.
#[derive(Reflect, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[reflect(Clone, Debug, PartialEq, Hash)]
#[non_exhaustive]
pub enum ChatLinePartKind {
    /// The statement that messages before this one are missing.
    Gap,
    /// The statement that this message and later ones arrived while the player did not look.
    New,
    /// The time at which the message was sent.
    Time,
    /// The name of the conversation, in a tab that shows several.
    Channel,
    /// The name of the sender.
    Name,
    /// A separator between other parts.
    Separator,
    /// The start of the message that this one replies to.
    Quote,
    /// Text of the message.
    Text,
    /// The name of a mentioned user, in the text.
    Mention,
    /// A web address, in the text.
    Link,
    /// An item link or another [`ChatChip`], in the text or in its place.
    Chip,
    /// A statement in place of content that is not shown, or after an edited text.
    Remark,
    /// A reaction, with its count.
    Reaction,
    /// The statement that the message is not sent yet.
    Pending,
    /// The reason why the message was not sent.
    Failure,
    /// The number of equal messages that are folded into the line.
    Count,
    /// A button after the failure, or after the start of a long message.
    Button,
    /// A line without a sender: a member who joined or left, or one of the [`ChatNotes`](super::ChatNotes).
    Notice,
}

/// The effect of a click on a part of a line.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ChatLineAction {
    /// Opens the box. The next line is a whisper to this user.
    Whisper(Arc<User>),
    /// Sends a failed message again. The value is its muid.
    Resend(Arc<str>),
    /// Discards a failed message. The value is its muid.
    Discard(Arc<str>),
    /// Shows the whole of a long message, or only its start again.
    ToggleLong,
    /// Presses the button of the note with this number: see [`ChatNote`](super::ChatNote).
    NoteButton(u64),
    /// Shows a message that a gate holds, or a whisper in the streamer mode.
    Show(MessageId),
    /// Triggers [`ChipClicked`](super::ChipClicked). The values are the chip and its message.
    Chip(ChatChip, Arc<Message>),
    /// Adds the reaction of the user to a message, or removes it.
    React(MessageId, Arc<str>),
    /// Scrolls to a message.
    JumpTo(MessageId),
    /// Asks the player whether to open a web address: see [`LinkOpened`](super::LinkOpened).
    OpenLink(Arc<str>),
}

impl ChatLine {
    pub(super) fn push(&mut self, kind: ChatLinePartKind, text: impl Into<String>, color: Color) {
        self.parts.push(ChatLinePart::new(kind, text, color));
    }

    /// The whole text, for assistive technology.
    pub(super) fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }
}

impl ChatLinePart {
    /// A part without a background and without an effect of a click.
    pub fn new(kind: ChatLinePartKind, text: impl Into<String>, color: Color) -> Self {
        Self {
            kind,
            text: text.into(),
            color,
            background: Color::NONE,
            action: None,
            name: None,
        }
    }
}
