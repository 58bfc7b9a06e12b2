use std::borrow::Cow;

use super::character::POP_ISOLATE;

/// Wraps the text so that it does not change the direction of text beside it in the same line. Use it for names and
/// other texts that are combined with texts of the game. Text without right-to-left characters is returned unchanged.
///
/// ```
/// use bevy_cometchat::text::isolate;
///
/// assert_eq!(isolate("Ana"), "Ana");
/// assert_eq!(isolate("מאיה"), "\u{2068}מאיה\u{2069}");
/// ```
pub fn isolate(text: &str) -> Cow<'_, str> {
    if text.chars().any(may_turn) {
        format!("\u{2068}{text}{POP_ISOLATE}").into()
    } else {
        text.into()
    }
}

/// Whether a character is in a block of right-to-left scripts, or in one that is reserved for them.
fn may_turn(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{8FF}'
            | '\u{200F}'
            | '\u{202B}'
            | '\u{202E}'
            | '\u{2067}'
            | '\u{2068}'
            | '\u{FB1D}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFF}'
            | '\u{10800}'..='\u{10FFF}'
            | '\u{1E800}'..='\u{1EFFF}'
    )
}
