//! What is being typed, and what was.

use std::collections::VecDeque;

use bevy::{
    prelude::*,
    text::{EditableText, TextEdit, TextEditChange},
};

use super::{
    chat_box_strings::{ChatBoxStrings, fill},
    chat_box_theme::ChatBoxTheme,
    chat_tabs::{is_whisper, name_of},
    look::{Fill, Ink},
    spawn::{ChatBoxPart, LONGEST, Parts, Texts},
    talk::Talk,
};
use crate::plugin::CometChat;

/// More sent lines are not remembered.
const MAX_SENT: usize = 50;
/// From so few characters left on, they are counted.
const COUNTED: usize = 100;

/// What is in the input.
#[derive(Resource, Default)]
pub(super) struct Draft(pub(super) String);

/// The lines that were sent, the newest last.
#[derive(Resource, Default)]
pub(super) struct SentLines {
    lines: VecDeque<String>,
    /// Which one is shown; `None` for what is being typed.
    at: Option<usize>,
    /// What was being typed before.
    draft: String,
}

impl SentLines {
    pub(super) fn push(&mut self, line: &str) {
        self.at = None;
        if self.lines.back().is_some_and(|last| last == line) {
            return;
        }
        if self.lines.len() == MAX_SENT {
            self.lines.pop_front();
        }
        self.lines.push_back(line.into());
    }

    pub(super) fn older(&mut self, typed: &str) -> Option<String> {
        let at = match self.at {
            Some(at) => at.checked_sub(1)?,
            None => {
                self.draft = typed.into();
                self.lines.len().checked_sub(1)?
            }
        };
        self.at = Some(at);
        self.lines.get(at).cloned()
    }

    pub(super) fn newer(&mut self) -> Option<String> {
        let at = self.at? + 1;
        self.at = (at < self.lines.len()).then_some(at);
        Some(match self.at {
            Some(at) => self.lines[at].clone(),
            None => std::mem::take(&mut self.draft),
        })
    }
}

/// Takes back that the input counts as changed by its own layout of the frame before: Bevy would lay out all that is
/// around it anew, frame by frame.
pub(super) fn ignore_layout(
    mut input: Single<&mut EditableText, With<ChatBoxPart>>,
    time: Res<Time<Real>>,
) {
    let frame_began = time.last_changed();
    if !input.is_changed_after(frame_began) {
        let added = input.added();
        input.set_last_changed(added);
    }
}

/// Notes what is typed, and lets the receiver know that something is.
pub(super) fn on_edit(
    edit: On<TextEditChange>,
    inputs: Query<&EditableText>,
    parts: Single<&Parts>,
    talk: Talk,
    chat: Option<Res<CometChat>>,
    mut draft: ResMut<Draft>,
) {
    let Some(input) = inputs
        .get(edit.event_target())
        .ok()
        .filter(|_| edit.event_target() == parts.input)
    else {
        return;
    };
    let text = input.value().to_string();
    if draft.0 == text {
        // What is composed changes nothing of it, and takes the place of what stands there else.
        return draft.set_changed();
    }
    let is_said = |text: &str| !text.is_empty() && !text.starts_with('/');
    let (was, is) = (is_said(&draft.0), is_said(&text));
    draft.0 = text;
    if let (Some(to), Some(chat)) = (talk.target(), chat) {
        if is && talk.state.is_open {
            chat.start_typing(to).ignore_errors();
        } else if was {
            chat.end_typing(to).ignore_errors();
        }
    }
}

/// Lets the receiver know that nothing more is typed, when the box is closed without sending.
pub(super) fn stop_typing(
    talk: Talk,
    draft: Res<Draft>,
    chat: Option<Res<CometChat>>,
    mut was_open: Local<bool>,
) {
    let has_closed = *was_open && !talk.state.is_open;
    *was_open = talk.state.is_open;
    let to = talk.target();
    if let (true, false, Some(to), Some(chat)) = (has_closed, draft.0.is_empty(), to, chat) {
        chat.end_typing(to).ignore_errors();
    }
}

/// Says what can be typed, while nothing is.
pub(super) fn show_placeholder(
    talk: Talk,
    strings: Res<ChatBoxStrings>,
    draft: Res<Draft>,
    parts: Single<&Parts>,
    inputs: Query<&EditableText>,
    mut texts: Texts,
) {
    let is_blank = draft.0.is_empty() && !inputs.get(parts.input).is_ok_and(gets_text);
    let placeholder = match (talk.target(), is_blank, talk.state.is_open) {
        (_, false, _) => "",
        (_, true, false) => &strings.press_to_chat,
        _ if talk.history.user().is_none() => &strings.logged_out,
        (Some(_), true, true) => &strings.say_something,
        (None, true, true) => &strings.nobody_to_write_to,
    };
    texts.say(parts.placeholder, placeholder);
}

/// Says whom the line goes to, and how much more can be typed.
pub(super) fn show(
    talk: Talk,
    strings: Res<ChatBoxStrings>,
    theme: Res<ChatBoxTheme>,
    draft: Res<Draft>,
    parts: Single<&Parts>,
    mut texts: Texts,
    mut looks: Query<(Option<&mut Ink>, Option<&mut Fill>)>,
) {
    let theme = theme.seen();
    let target = match talk.target().filter(|_| talk.state.is_open) {
        Some(to) => {
            let name = name_of(&to, &talk.tabs, &talk.history);
            match is_whisper(&to) {
                true => fill(&strings.whisper_to, &[("{name}", &name)]),
                false => name,
            }
        }
        None => String::new(),
    };
    texts.say(parts.target, &target);
    let left = LONGEST.saturating_sub(draft.0.chars().count());
    let counter = match left < COUNTED {
        true => left.to_string(),
        false => String::new(),
    };
    texts.say(parts.counter, &counter);
    if let Ok((Some(mut ink), _)) = looks.get_mut(parts.counter) {
        ink.set_if_neq(Ink(if left < 10 { theme.warning } else { theme.dim }));
    }
    if let Ok((_, Some(mut fill))) = looks.get_mut(parts.row) {
        let alpha = if talk.state.is_open { 0.13 } else { 0.05 };
        fill.set_if_neq(Fill(theme.text.with_alpha(alpha)));
    }
}

/// Whether something is composed, or typed in this frame: it is seen in this frame, and becomes part of the draft in the
/// next.
fn gets_text(input: &EditableText) -> bool {
    let mut edits = input.pending_edits.iter();
    let brings_text = |edit: &TextEdit| match edit {
        TextEdit::Insert(_) | TextEdit::Paste => true,
        TextEdit::ImeSetCompose { value, .. } | TextEdit::ImeCommit { value } => !value.is_empty(),
        _ => false,
    };
    input.is_composing() || edits.any(brings_text)
}

/// A run condition: the row with the input may be out of date.
pub(super) fn is_out_of_date(
    talk: Talk,
    strings: Res<ChatBoxStrings>,
    theme: Res<ChatBoxTheme>,
    draft: Res<Draft>,
    inputs: Query<(), (With<ChatBoxPart>, Changed<EditableText>)>,
) -> bool {
    talk.is_changed()
        || strings.is_changed()
        || theme.is_changed()
        || draft.is_changed()
        || !inputs.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_through_what_was_sent_and_back_to_what_is_typed() {
        let mut sent = SentLines::default();
        assert_eq!(sent.older("typed"), None);
        sent.push("one");
        sent.push("two");
        sent.push("two");
        assert_eq!(sent.older("typed").as_deref(), Some("two"));
        assert_eq!(sent.older("two").as_deref(), Some("one"));
        assert_eq!(sent.older("one"), None);
        assert_eq!(sent.newer().as_deref(), Some("two"));
        assert_eq!(sent.newer().as_deref(), Some("typed"));
        assert_eq!(sent.newer(), None);
    }
}
