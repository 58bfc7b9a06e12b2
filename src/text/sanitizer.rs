use std::{borrow::Cow, sync::Arc};

use unicode_segmentation::UnicodeSegmentation;

use super::{
    Segment,
    character::{Kind, POP_ISOLATE},
    filter::{Filter, Passes},
    segment,
};
use crate::model::User;

/// The end of text that was cut.
const ELLIPSIS: char = '…';
/// The maximum number of characters that count as one grapheme: a family of four with skin tones has eleven.
const CHARS_PER_GRAPHEME: usize = 16;
/// The maximum number of characters that are examined for each grapheme of the limit.
const CHARS_LOOKED_AT: usize = 64;

/// Makes text safe for display.
///
/// - Control characters and invisible characters are removed: every default-ignorable code point of Unicode. Joiners
///   and variation selectors stay where they make an emoji or shape letters.
/// - Private-use characters, for which a game's font may have its own pictures, and unassigned ones become `�`.
/// - Direction overrides and embeddings become isolates, all of them closed: they affect only the text inside. In names
///   they are removed.
/// - A character has at most eight marks, four of them general marks, each once.
/// - White space is collapsed: runs become one space, and there is at most one empty line in a row.
/// - Text beyond the limits of graphemes or lines is cut, and ends in `…`.
///
/// Other text is returned unchanged. Cleaning clean text changes nothing.
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

    /// Sets the maximum number of graphemes (user-perceived characters): at least 1. White space and direction controls
    /// count.
    #[must_use]
    pub const fn with_max_graphemes(mut self, graphemes: usize) -> Self {
        self.max_graphemes = if graphemes == 0 { 1 } else { graphemes };
        self
    }

    /// Sets the maximum number of lines: at least 1. If it is 1, line breaks become spaces.
    #[must_use]
    pub const fn with_max_lines(mut self, lines: usize) -> Self {
        self.max_lines = if lines == 0 { 1 } else { lines };
        self
    }

    /// The text, safe for display.
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

    /// The text of a message, safe for display. Each `<@uid:…>` of a user in `mentions` becomes a [`Segment::Mention`].
    /// A mention counts as one grapheme.
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

    /// The text with the names of mentioned users after an at sign, as one may type it.
    #[cfg(feature = "chat-box")]
    pub(crate) fn with_names(
        &self,
        text: &str,
        mentions: &[Arc<User>],
        name_of: impl Fn(&User) -> String,
    ) -> String {
        let segments = self.segments(text, mentions).into_iter();
        let texts = segments.map(|segment| match segment {
            Segment::Text(text) => text,
            Segment::Mention { user, .. } => format!("@{}", name_of(user)).into(),
        });
        texts.collect()
    }

    /// A fast check that most text passes.
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

    /// The position to cut at so that an ellipsis fits. `None` if all of the text fits.
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

/// The number of graphemes that a grapheme counts as. An isolate counts when it is opened, so that it can always be
/// closed.
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

/// Ends the text with an ellipsis after a visible character, and closes open isolates.
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

/// Whether the ellipsis would become part of this grapheme.
fn swallows_what_follows(grapheme: &str) -> bool {
    format!("{grapheme}{ELLIPSIS}").graphemes(true).count() == 1
}
