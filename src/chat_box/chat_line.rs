//! A line of the chat box as data, for those who want it to look otherwise.

use std::{fmt, sync::Arc};

use bevy::prelude::{Color, Resource};

use crate::{
    history::Entry,
    model::{Message, User},
};

/// What a line says, before it is drawn: its parts, in order.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ChatLine {
    /// The parts. A part whose text is empty is not seen.
    pub parts: Vec<ChatLinePart>,
}

/// A part of a line, in one look.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChatLinePart {
    /// What it is.
    pub kind: ChatLinePartKind,
    /// What it says. What users wrote has been made safe to show.
    pub text: String,
    /// The colour of the text.
    pub color: Color,
    /// The colour behind the text: none, unless something else is said.
    pub background: Color,
    /// What a click on it does: nothing, unless something else is said.
    pub action: Option<ChatLineAction>,
}

/// What a part of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatLinePartKind {
    /// That messages before this one are missing.
    Gap,
    /// When it was said.
    Time,
    /// In which conversation, in a tab that shows several.
    Channel,
    /// Who said it.
    Name,
    /// What stands between the other parts.
    Separator,
    /// What was said.
    Text,
    /// The name of somebody in it.
    Mention,
    /// A custom message, such as an item link.
    Chip,
    /// What stands instead of something that is not shown, or after something that was edited.
    Remark,
    /// What others think of it.
    Reaction,
    /// That it is not sent yet.
    Pending,
    /// Why it was not sent.
    Failure,
    /// What can be done about that.
    Button,
    /// What no user said: who came and went, and [`ChatNotes`](super::ChatNotes).
    Notice,
}

/// What a click on a part of a line does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ChatLineAction {
    /// What is typed next goes to this user.
    Whisper(Arc<User>),
    /// A message that was not sent is sent again. This is its muid.
    Resend(Arc<str>),
    /// A message that was not sent is dropped. This is its muid.
    Discard(Arc<str>),
    /// [`ChipClicked`](super::ChipClicked) tells of it.
    Chip(Arc<Message>),
}

impl ChatLine {
    pub(super) fn say(&mut self, kind: ChatLinePartKind, text: impl Into<String>, color: Color) {
        self.parts.push(ChatLinePart::new(kind, text, color));
    }

    /// All of it, for those who hear it.
    pub(super) fn spoken(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }
}

impl ChatLinePart {
    /// A part that can't be clicked.
    pub fn new(kind: ChatLinePartKind, text: impl Into<String>, color: Color) -> Self {
        Self {
            kind,
            text: text.into(),
            color,
            background: Color::NONE,
            action: None,
        }
    }
}

/// Changes lines before they are drawn. By default they stay as they are.
///
/// ```
/// use bevy_cometchat::chat_box::{ChatLinePartKind, ChatLineStyle};
///
/// /// Leaves the time out, and puts names in brackets.
/// let style = ChatLineStyle::new(|line, _| {
///     line.parts.retain(|part| part.kind != ChatLinePartKind::Time);
///     for part in &mut line.parts {
///         if part.kind == ChatLinePartKind::Name {
///             part.text = format!("<{}>", part.text);
///         }
///     }
/// });
/// # let _ = style;
/// ```
///
/// Insert it as a resource, at any time: all lines are made anew then.
#[derive(Resource, Clone, Default)]
pub struct ChatLineStyle(Option<Arc<Restyle>>);

type Restyle = dyn Fn(&mut ChatLine, Option<&Entry>) + Send + Sync;

impl ChatLineStyle {
    /// `restyle` is given each line as the chat box would draw it, with the entry of the history that it shows; `None`
    /// for a note. It runs for lines that come into view and for those that change.
    pub fn new(restyle: impl Fn(&mut ChatLine, Option<&Entry>) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(restyle)))
    }

    pub(super) fn apply(&self, line: &mut ChatLine, entry: Option<&Entry>) {
        if let Some(restyle) = &self.0 {
            restyle(line, entry);
        }
    }
}

impl fmt::Debug for ChatLineStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChatLineStyle")
    }
}
