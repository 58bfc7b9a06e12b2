//! Item links: a type of the game in a message.

use bevy_cometchat::prelude::Payload;
use serde::{Deserialize, Serialize};

/// An item that a villager shows.
#[derive(Serialize, Deserialize)]
pub(crate) struct ItemLink {
    pub(crate) name: String,
    /// The description.
    pub(crate) look: String,
}

impl Payload for ItemLink {
    const KIND: &'static str = "item_link";

    fn fallback_text(&self) -> String {
        self.name.clone()
    }
}
