//! What is pasted: read from the clipboard, and made one line.

use bevy::{
    clipboard::{Clipboard, ClipboardRead},
    prelude::*,
};

/// What is read from the clipboard, to be inserted. A browser answers later, and only if the player allows it.
#[derive(Resource, Default)]
pub(super) struct Pasting(Option<ClipboardRead>);

/// A run condition.
pub(super) fn is_pasting(pasting: Res<Pasting>) -> bool {
    pasting.0.is_some()
}

impl Pasting {
    pub(super) fn read(&mut self, clipboard: &mut Clipboard) {
        self.0 = Some(clipboard.fetch_text());
    }

    /// The text, once the clipboard has answered.
    pub(super) fn poll(&mut self) -> Option<String> {
        let outcome = self.0.as_mut()?.poll_result()?;
        self.0 = None;
        outcome.ok()
    }

    pub(super) fn cancel(&mut self) {
        self.0 = None;
    }
}

/// The text as one line of at most `max_characters`. Line breaks and tabs become spaces, other control characters are
/// removed.
pub(super) fn one_line(text: &str, max_characters: usize) -> String {
    let blank = |character| matches!(character, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}');
    let words = text.trim().split(blank).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    let shown = line.chars().filter(|character| !character.is_control());
    shown.take(max_characters).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bevy::platform::sync::Mutex;

    use super::*;

    #[test]
    fn what_is_pasted_is_one_line_and_no_longer_than_there_is_room() {
        assert_eq!(
            one_line("one\r\n\n\ttwo\u{2028}three \n", 100),
            "one two three"
        );
        assert_eq!(one_line("a\u{0}b\u{7}c\u{1b}", 100), "abc");
        assert_eq!(one_line("žluťoučký", 4), "žluť");
        assert_eq!(one_line("\n", 4), "");
    }

    #[test]
    fn what_a_clipboard_answers_later_is_pasted_once() {
        let answer = Arc::new(Mutex::new(None));
        let mut pasting = Pasting(Some(ClipboardRead::Pending(answer.clone())));
        assert_eq!(pasting.poll(), None);
        *answer.lock().unwrap() = Some(Ok("late".into()));
        assert_eq!(pasting.poll(), Some("late".into()));
        assert_eq!(pasting.poll(), None);
    }
}
