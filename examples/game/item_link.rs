//! Item links: a type of the game in a message, shown as a chip that can be clicked.

use bevy::prelude::*;
use bevy_cometchat::{chat_box::ChipClicked, prelude::*};
use serde::{Deserialize, Serialize};

use crate::notices::Notice;

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

pub(crate) fn plugin(app: &mut App) {
    app.add_observer(look_at);
}

fn look_at(clicked: On<ChipClicked>, mut notices: MessageWriter<Notice>) {
    if let Some(Ok(item)) = clicked.chip.payload::<ItemLink>() {
        notices.write(Notice(format!(
            "You look at the {}. {}",
            item.name, item.look
        )));
    }
}
