//! The menu on a player's name: what the user can do about the player.

mod keys;
mod name_actions;
mod opening;
mod popup;

use bevy::prelude::*;

pub use self::{
    name_actions::{AddNameAction, NameActionCall, NameActions},
    opening::{OpenNameMenu, PlayerName},
};
pub(super) use self::{
    opening::{LogCorner, OpenNewestNameMenu},
    popup::{PopupParts, move_focus},
};

pub(super) fn plugin(app: &mut App) {
    app.add_plugins((
        keys::plugin,
        name_actions::plugin,
        opening::plugin,
        popup::plugin,
    ));
}
