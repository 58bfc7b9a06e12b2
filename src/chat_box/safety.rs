//! What a player can do about others who annoy them.

mod actions;
mod kept;
mod line_filter;
mod muted;
mod report;

use bevy::prelude::*;

pub use self::muted::{MuteDuration, Muted, MutedPlayer};
pub(super) use self::{
    actions::{PlayerActions, push_failure},
    line_filter::LineFilter,
    report::report,
};

pub(super) fn plugin(app: &mut App) {
    app.add_plugins((kept::plugin, muted::plugin));
}
