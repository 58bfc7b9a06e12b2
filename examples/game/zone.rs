//! The zones of the village: plain data.

use bevy_cometchat::prelude::Guid;

/// A zone. Its players talk to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Zone {
    Square,
    Tavern,
}

impl Zone {
    pub(crate) const ALL: [Self; 2] = [Self::Square, Self::Tavern];

    /// The id of the group that is the zone's chat.
    pub(crate) const fn guid(self) -> &'static str {
        match self {
            Self::Square => "square",
            Self::Tavern => "tavern",
        }
    }

    /// The zone whose chat is the group of this id.
    pub(crate) fn by(guid: &Guid) -> Option<Self> {
        Self::ALL.into_iter().find(|it| *guid == *it.guid())
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Square => "Fountain Square",
            Self::Tavern => "The Gilded Mug",
        }
    }

    /// The short name.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Square => "Square",
            Self::Tavern => "Tavern",
        }
    }

    pub(crate) const fn subtitle(self) -> &'static str {
        match self {
            Self::Square => "the heart of the village",
            Self::Tavern => "warm stew, cold ale, tall tales",
        }
    }
}
