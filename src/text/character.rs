use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

pub(super) const POP_ISOLATE: char = '\u{2069}';
/// Draws a keycap around the digit before it.
pub(super) const KEYCAP: char = '\u{20E3}';
/// Selects the emoji form of a character.
pub(super) const EMOJI_FORM: char = '\u{FE0F}';
/// Replaces characters without a common meaning.
pub(super) const REPLACEMENT: char = '\u{FFFD}';

/// The role of a character in a line of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Ends a line.
    LineBreak,
    /// White space, or a blank that looks like it.
    Space,
    /// A visible character.
    Visible,
    /// A combining mark on the character before it.
    Mark,
    /// Joins its neighbours into one shape, or separates them.
    Joiner,
    /// Sets the direction of neutral characters beside it.
    DirectionMark,
    /// Starts a run with its own direction. It is replaced by this isolate, which does not affect the text around it.
    Opener(char),
    /// Ends such a run.
    Closer,
    /// Selects a form of the character before it, if it has several.
    Selector,
    /// A private-use character.
    Private,
    /// Unassigned, or not a character. What is shown depends on the font.
    Unassigned,
    /// Invisible, and without effect on other characters.
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
            '\u{FE0E}' | '\u{FE0F}' => Self::Selector,
            _ if is_mongolian_selector(c) => Self::Selector,
            _ if spans_what_follows(c) => Self::Visible,
            _ if is_default_ignorable(c) || is_blank(c) => Self::Needless,
            _ => match c.general_category() {
                GeneralCategory::NonspacingMark
                | GeneralCategory::EnclosingMark
                | GeneralCategory::SpacingMark => Self::Mark,
                GeneralCategory::Control | GeneralCategory::Format => Self::Needless,
                GeneralCategory::PrivateUse => Self::Private,
                GeneralCategory::Unassigned | GeneralCategory::Surrogate => Self::Unassigned,
                _ => Self::Visible,
            },
        }
    }
}

/// Whether a joiner between these two has an effect: it combines emoji, or shapes a script with joining letters.
pub(super) fn join(before: char, joiner: char, after: char) -> bool {
    let is_symbol = |c: char| c.general_category() == GeneralCategory::OtherSymbol;
    let ends_emoji = matches!(before, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}') || is_symbol(before);
    let shapes = |c| matches!(c, '\u{600}'..='\u{1CFF}');
    (joiner == '\u{200D}' && ends_emoji && is_symbol(after)) || (shapes(before) && shapes(after))
}

/// Whether `selector` selects another visible form of `base`: of an emoji, or of a Mongolian letter.
pub(super) fn selects(base: char, selector: char) -> bool {
    if is_mongolian_selector(selector) {
        return matches!(base, '\u{1800}'..='\u{18AF}');
    }
    match base.general_category() {
        GeneralCategory::OtherSymbol => true,
        // Arrows, squares and exclamation marks that are emoji too.
        _ => matches!(
            base,
            '\u{203C}' | '\u{2049}' | '\u{2194}' | '\u{25B6}' | '\u{25C0}' | '\u{25FB}'
                ..='\u{25FE}' | '\u{2934}' | '\u{2935}' | '\u{3030}' | '\u{303D}'
        ),
    }
}

/// Whether this is drawn as a keycap when [`KEYCAP`] follows.
pub(super) const fn is_on_a_key(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*')
}

/// Whether this mark combines with the letters of any script, so that any number can be stacked.
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

const fn is_mongolian_selector(c: char) -> bool {
    matches!(c, '\u{180B}'..='\u{180D}' | '\u{180F}')
}

/// The property `Default_Ignorable_Code_Point` of Unicode 18.0, unassigned code points included: characters
/// that are invisible where they are not supported.
pub(super) const fn is_default_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Invisible signs that are not in the property: a Khitan filler, hieroglyphic blanks, a note without a head.
const fn is_blank(c: char) -> bool {
    matches!(c, '\u{13441}' | '\u{13442}' | '\u{16FE4}' | '\u{1D159}')
}

/// Visible format characters: signs that are drawn around or under the digits after them.
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
