//! What a player can do about others who annoy them.

mod actions;
mod gates;
mod incoming;
mod kept;
mod line_filter;
mod muted;
mod report;
mod settings;

use bevy::prelude::*;

pub(super) use self::{
    actions::{PlayerActions, push_failure},
    gates::judge,
    line_filter::LineFilter,
    report::report,
};
pub use self::{
    gates::{AddChatGate, GateVerdict, GatedLine},
    incoming::IncomingVerdicts,
    muted::{MuteDuration, Muted, MutedPlayer},
    settings::ChatSafety,
};

pub(super) fn plugin(app: &mut App) {
    app.add_plugins((
        gates::plugin,
        incoming::plugin,
        kept::plugin,
        muted::plugin,
        settings::plugin,
    ));
}
