//! The start of a long message: as much as fits into a few lines.

use bevy::text::ComputedTextBlock;

use crate::chat_box::line::{ChatLinePart, ChatLinePartKind as Kind};

/// The maximum number of lines of a message that is not opened.
pub(super) const MAX_LINES: usize = 6;
/// The number of characters for which there is room in the last line: those of the button.
const BUTTON_CHARACTERS: f32 = 9.0;
/// The width of a character, as a factor of the height of the line.
const CHARACTER_WIDTH: f32 = 0.5;

/// Where the text of a line is cut: after this many bytes of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Excerpt(usize);

/// The excerpt of a text that has more lines than are shown. `width` is that of the text, in physical pixels.
pub(super) fn of(block: &ComputedTextBlock, width: f32) -> Option<Excerpt> {
    let layout = block.buffer();
    let last = layout
        .get(MAX_LINES - 1)
        .filter(|_| layout.len() > MAX_LINES)?;
    let (metrics, range) = (last.metrics(), last.text_range());
    let button = BUTTON_CHARACTERS * CHARACTER_WIDTH * metrics.line_height;
    let excess = (metrics.advance + button - width).max(0.0);
    let bytes_per_pixel = range.len() as f32 / metrics.advance.max(1.0);
    let dropped = ((excess * bytes_per_pixel).ceil() as usize).min(range.len());
    Some(Excerpt(range.end - dropped))
}

impl Excerpt {
    /// Cuts the text, and adds a button. Reactions, and what was not sent, stay.
    pub(super) fn cut(self, parts: Vec<ChatLinePart>, button: ChatLinePart) -> Vec<ChatLinePart> {
        let mut button = Some(button);
        let mut kept = Vec::with_capacity(parts.len() + 1);
        let mut start = 0;
        for mut part in parts {
            let end = start + part.text.len();
            let is_content = matches!(
                part.kind,
                Kind::Text | Kind::Mention | Kind::Link | Kind::Chip | Kind::Notice
            );
            if !is_content || end <= self.0 {
                kept.push(part);
            } else {
                let fits = floor_boundary(&part.text, self.0.saturating_sub(start));
                part.text.truncate(fits);
                part.text.truncate(part.text.trim_end().len());
                if !part.text.is_empty() {
                    part.text.push('…');
                    kept.push(part);
                }
                kept.extend(button.take());
            }
            start = end;
        }
        kept
    }
}

/// The last boundary of a character up to an index.
fn floor_boundary(text: &str, index: usize) -> usize {
    let index = index.min(text.len());
    (0..=index)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use bevy::prelude::Color;

    use super::*;

    fn part(kind: Kind, text: &str) -> ChatLinePart {
        ChatLinePart::new(kind, text, Color::WHITE)
    }

    fn cut(at: usize, parts: Vec<ChatLinePart>) -> String {
        let kept = Excerpt(at).cut(parts, part(Kind::Button, "[more]"));
        kept.iter().map(|part| part.text.as_str()).collect()
    }

    #[test]
    fn text_is_cut_and_what_belongs_to_the_message_stays() {
        let parts = || {
            vec![
                part(Kind::Name, "Ana"),
                part(Kind::Separator, ": "),
                part(Kind::Text, "one two "),
                part(Kind::Mention, "@Bob"),
                part(Kind::Text, " three"),
                part(Kind::Failure, " Not sent."),
            ]
        };
        assert_eq!(cut(9, parts()), "Ana: one…[more] Not sent.");
        assert_eq!(cut(100, parts()), "Ana: one two @Bob three Not sent.");
    }

    #[test]
    fn a_character_is_not_cut() {
        assert_eq!(cut(2, vec![part(Kind::Text, "žluť")]), "ž…[more]");
        assert_eq!(cut(1, vec![part(Kind::Text, "žluť")]), "[more]");
    }
}
