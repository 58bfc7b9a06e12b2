use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

pub(super) const POP_ISOLATE: char = '\u{2069}';
/// Stands for a character that means something else on each machine, or nothing.
pub(super) const REPLACEMENT: char = '\u{FFFD}';

/// What a character is to a line of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Ends a line.
    LineBreak,
    /// White space, or as good as.
    Space,
    /// Something to see.
    Visible,
    /// Sits on, under or around the character before it.
    Mark,
    /// Joins its neighbours into one shape, or keeps them apart.
    Joiner,
    /// Turns what has no direction of its own, beside it.
    DirectionMark,
    /// Begins a run with a direction of its own: becomes this isolate, which leaves what is around it alone.
    Opener(char),
    /// Ends such a run.
    Closer,
    /// For use by agreement only.
    Private,
    /// Cannot be seen, and text is the same without it.
    Needless,
}

impl Kind {
    pub(super) fn of(c: char) -> Self {
        match c {
            ' '..='~' if c != ' ' => Self::Visible,
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Self::LineBreak,
            // The second is a Braille cell without dots.
            _ if c.is_whitespace() || c == '\u{2800}' => Self::Space,
            '\u{200C}' | '\u{200D}' => Self::Joiner,
            '\u{200E}' | '\u{200F}' | '\u{61C}' => Self::DirectionMark,
            // Embeddings and overrides.
            '\u{202A}' | '\u{202D}' => Self::Opener('\u{2066}'),
            '\u{202B}' | '\u{202E}' => Self::Opener('\u{2067}'),
            '\u{2066}'..='\u{2068}' => Self::Opener(c),
            '\u{202C}' | POP_ISOLATE => Self::Closer,
            // Letters and marks that are blank: Hangul fillers, Khmer inherent vowels, the grapheme joiner.
            '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' => Self::Needless,
            '\u{17B4}' | '\u{17B5}' | '\u{34F}' => Self::Needless,
            _ if spans_what_follows(c) => Self::Visible,
            _ => match c.general_category() {
                GeneralCategory::NonspacingMark
                | GeneralCategory::EnclosingMark
                | GeneralCategory::SpacingMark => Self::Mark,
                GeneralCategory::Control | GeneralCategory::Format => Self::Needless,
                GeneralCategory::PrivateUse => Self::Private,
                _ => Self::Visible,
            },
        }
    }
}

/// Whether a joiner between these two does what it is for: it makes one emoji of several, or shapes a script whose
/// letters join.
pub(super) fn join(before: char, joiner: char, after: char) -> bool {
    let is_symbol = |c: char| c.general_category() == GeneralCategory::OtherSymbol;
    let ends_emoji = matches!(before, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}') || is_symbol(before);
    let shapes = |c| matches!(c, '\u{600}'..='\u{1CFF}');
    (joiner == '\u{200D}' && ends_emoji && is_symbol(after)) || (shapes(before) && shapes(after))
}

/// Whether this mark goes with the letters of any script, so that nothing but taste limits how many are stacked.
pub(super) fn is_general_mark(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36F}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
            | '\u{20D0}'..='\u{20FF}'
            | '\u{FE20}'..='\u{FE2F}'
    )
}

/// Format characters that can be seen: signs that are drawn around or under the digits that follow.
fn spans_what_follows(c: char) -> bool {
    matches!(
        c,
        '\u{600}'
            ..='\u{605}'
                | '\u{6DD}'
                | '\u{70F}'
                | '\u{890}'
                | '\u{891}'
                | '\u{8E2}'
                | '\u{110BD}'
                | '\u{110CD}'
    )
}
