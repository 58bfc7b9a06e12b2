use std::{borrow::Cow, sync::Arc};

use unicode_segmentation::UnicodeSegmentation;

use super::{
    Segment,
    character::{Kind, POP_ISOLATE},
    filter::{Filter, Passes},
    segment,
};
use crate::model::User;

/// Stands at the end of text that was cut.
const ELLIPSIS: char = '…';
/// The characters that count as one grapheme: a family of four, each with a skin tone, has eleven.
const CHARS_PER_GRAPHEME: usize = 16;
/// How many characters are looked at, for each grapheme that may be shown.
const CHARS_LOOKED_AT: usize = 64;

/// Makes text safe to show.
///
/// - Control characters and what cannot be seen are removed: every default-ignorable code point of Unicode. Joiners and
///   variation selectors stay where they make an emoji or shape letters.
/// - Private characters, for which a game's font may have its own pictures, and unassigned ones become `�`.
/// - Overrides and embeddings of direction become isolates, all of them closed: they turn nothing but what is inside,
///   and letters run their own way. Names have none at all.
/// - A character carries at most eight marks, four of them of the kind that stacks up, each once.
/// - White space is as on a web page: runs become one space, and no more than one empty line is between others.
/// - What is too long, in graphemes or in lines, ends in `…`.
///
/// Other text is returned as it is. Cleaning clean text changes nothing.
///
/// ```
/// use bevy_cometchat::text::Sanitizer;
///
/// let headline = Sanitizer::MESSAGE.with_max_lines(1).with_max_graphemes(12);
/// assert_eq!(headline.clean("The dragon\nis awake"), "The dragon…");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sanitizer {
    max_graphemes: usize,
    max_lines: usize,
    keeps_directions: bool,
}

impl Sanitizer {
    /// For names: 32 graphemes in one line.
    pub const NAME: Self = Self {
        max_graphemes: 32,
        max_lines: 1,
        keeps_directions: false,
    };

    /// For messages: 1,000 graphemes in 20 lines.
    pub const MESSAGE: Self = Self {
        max_graphemes: 1_000,
        max_lines: 20,
        keeps_directions: true,
    };

    /// Sets how many graphemes, what readers take for characters, the text may have: at least 1. White space and
    /// direction controls count.
    #[must_use]
    pub const fn with_max_graphemes(mut self, graphemes: usize) -> Self {
        self.max_graphemes = if graphemes == 0 { 1 } else { graphemes };
        self
    }

    /// Sets how many lines the text may have: at least 1. Where it is 1, a line break is a space.
    #[must_use]
    pub const fn with_max_lines(mut self, lines: usize) -> Self {
        self.max_lines = if lines == 0 { 1 } else { lines };
        self
    }

    /// The text, safe to show.
    pub fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.is_plain(text) {
            return text.into();
        }
        let cleaned = self.filter(text, false);
        if cleaned == text {
            text.into()
        } else {
            cleaned.into()
        }
    }

    /// The text of a message, safe to show, with `<@uid:…>` replaced by the name of that user where they are among
    /// `mentions`. A mention counts as one grapheme.
    ///
    /// ```
    /// use bevy_cometchat::{model::User, text::{Sanitizer, Segment}};
    ///
    /// let bob = std::sync::Arc::new(User::new("bob", "Bob"));
    /// let segments = Sanitizer::MESSAGE.segments("Go, <@uid:bob>!", std::slice::from_ref(&bob));
    /// assert!(matches!(
    ///     &segments[..],
    ///     [Segment::Text(go), Segment::Mention { name, .. }, Segment::Text(mark)]
    ///         if go == "Go, " && name == "Bob" && mark == "!"
    /// ));
    /// ```
    pub fn segments<'a>(&self, text: &'a str, mentions: &'a [Arc<User>]) -> Vec<Segment<'a>> {
        let Some(marked) = segment::mark_mentions(text, mentions) else {
            return segment::only_text(self.clean(text));
        };
        segment::split(&self.filter(&marked, true), mentions)
    }

    /// Most text is, and need not be looked at closely.
    fn is_plain(&self, text: &str) -> bool {
        text.len() <= self.max_graphemes
            && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
            && !text.starts_with(' ')
            && !text.ends_with(' ')
            && !text.contains("  ")
    }

    fn filter(&self, text: &str, has_placeholders: bool) -> String {
        let passes = Passes {
            line_breaks: self.max_lines > 1,
            directions: self.keeps_directions,
            private: has_placeholders,
        };
        let looked_at = self.max_graphemes.saturating_mul(CHARS_LOOKED_AT);
        let mut chars = text.chars();
        let filtered = Filter::new(passes).run(chars.by_ref().take(looked_at));
        let has_more = chars.next().is_some();
        match self.end_of_what_fits(&filtered, has_more) {
            Some(end) => cut(&filtered[..end]),
            None => filtered,
        }
    }

    /// Where to cut so that an ellipsis fits in; `None` when all of it fits.
    fn end_of_what_fits(&self, text: &str, has_more: bool) -> Option<usize> {
        let (mut used, mut lines, mut end) = (0, 1, 0);
        for (at, grapheme) in text.grapheme_indices(true) {
            if used < self.max_graphemes {
                end = at;
            }
            lines += usize::from(grapheme == "\n");
            used += cost(grapheme);
            if used > self.max_graphemes || lines > self.max_lines {
                return Some(end);
            }
        }
        let end = if used < self.max_graphemes {
            text.len()
        } else {
            end
        };
        has_more.then_some(end)
    }
}

/// An isolate is paid for when it is opened, so that it can always be closed.
fn cost(grapheme: &str) -> usize {
    match kind_of(grapheme) {
        Some(Kind::Opener(_)) => 2,
        Some(Kind::Closer) => 0,
        _ => grapheme.chars().count().div_ceil(CHARS_PER_GRAPHEME),
    }
}

fn kind_of(grapheme: &str) -> Option<Kind> {
    grapheme.chars().next().map(Kind::of)
}

/// Ends the text in an ellipsis, right after something visible, with everything closed.
fn cut(text: &str) -> String {
    let mut kept = text;
    while let Some(last) = kept.graphemes(true).next_back() {
        let shown = last.trim_end_matches(|c| Kind::of(c) == Kind::Joiner);
        kept = &kept[..kept.len() - last.len() + shown.len()];
        let is_visible = matches!(
            kind_of(last),
            Some(Kind::Visible | Kind::Private | Kind::Closer)
        );
        if is_visible && !swallows_what_follows(shown) {
            break;
        }
        kept = &kept[..kept.len() - shown.len()];
    }
    let open = kept.chars().fold(0_usize, |open, c| match Kind::of(c) {
        Kind::Opener(_) => open + 1,
        Kind::Closer => open.saturating_sub(1),
        _ => open,
    });
    let mut cut = String::from(kept);
    cut.push(ELLIPSIS);
    cut.extend(std::iter::repeat_n(POP_ISOLATE, open));
    cut
}

/// Whether the ellipsis would become part of this grapheme, and be hidden in it.
fn swallows_what_follows(grapheme: &str) -> bool {
    format!("{grapheme}{ELLIPSIS}").graphemes(true).count() == 1
}
