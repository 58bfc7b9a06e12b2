//! Where the player types, and the word that they have begun.

use bevy::text::EditableText;

/// The position of the caret, in bytes. `None` while an input method composes text.
pub(in crate::chat_box) fn caret(input: &EditableText) -> Option<usize> {
    (!input.is_composing()).then(|| input.editor.raw_selection().focus().index())
}

/// The text after the last `sign`, if that starts a word.
pub(super) fn word_after(before: &str, sign: char) -> Option<&str> {
    let (start, typed) = before.rsplit_once(sign)?;
    let starts_word = !start.ends_with(char::is_alphanumeric) && !start.ends_with(sign);
    (starts_word && !typed.starts_with(char::is_whitespace)).then_some(typed)
}
