//! The menu on a player's name: what the user can do about the player.

mod built_in_actions;
mod keys;
mod name_actions;
pub(super) mod opening;
mod popup;
mod report;

use bevy::prelude::*;

pub use self::{
    name_actions::{AddNameAction, NameActionCall, NameActions},
    opening::{NameMenuRequested, OpenNameMenu},
};

pub(super) fn plugin(app: &mut App) {
    app.add_plugins((
        keys::plugin,
        built_in_actions::plugin,
        opening::plugin,
        popup::plugin,
    ));
}
