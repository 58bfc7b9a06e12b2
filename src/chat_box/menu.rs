//! The menus on a player's name and on a message: what the user can do about them.

mod built_in_actions;
mod keys;
pub(super) mod link;
pub(super) mod message_menu;
mod name_actions;
pub(super) mod opening;
mod popup;
mod report;

use bevy::prelude::*;

pub use self::{
    link::LinkOpened,
    message_menu::QuickReactions,
    name_actions::{AddNameAction, NameActionCall, NameActions},
    opening::{NameMenuRequested, OpenMessageMenu, OpenNameMenu},
};

pub(super) fn plugin(app: &mut App) {
    app.add_plugins((
        keys::plugin,
        built_in_actions::plugin,
        link::plugin,
        message_menu::plugin,
        opening::plugin,
        popup::plugin,
    ));
}
