/// What a message says; later states are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum State {
    /// After so many edits.
    Version(u32),
    Deleted,
}

impl State {
    pub(crate) const FIRST: Self = Self::Version(0);

    pub(crate) fn next(self) -> Self {
        match self {
            Self::Version(edits) => Self::Version(edits + 1),
            Self::Deleted => Self::Deleted,
        }
    }

    /// The text of the message with this number.
    pub(crate) fn text(self, number: u64) -> String {
        match self {
            Self::Version(edits) => format!("message {number} version {edits}"),
            Self::Deleted => format!("message {number} deleted"),
        }
    }

    /// The number and the state that a text tells.
    pub(crate) fn read(text: &str) -> Option<(u64, Self)> {
        let (number, edits) = text.strip_prefix("message ")?.split_once(" version ")?;
        Some((number.parse().ok()?, Self::Version(edits.parse().ok()?)))
    }
}
