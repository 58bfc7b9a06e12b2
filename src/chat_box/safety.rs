//! Protection against unwanted messages: mutes, blocks, gates, and settings for streamers and minors.

mod actions;
mod gated_line;
mod gates;
mod incoming;
mod line_filter;
pub(super) mod muted;
mod settings;
mod settings_gate;

use bevy::prelude::*;

pub(super) use self::{
    actions::{PlayerActions, push_failure},
    gates::judge,
    line_filter::LineFilter,
};
pub use self::{
    gated_line::{GateVerdict, GatedLine},
    gates::AddChatGate,
    incoming::IncomingVerdicts,
    muted::{MuteDuration, Muted, MutedPlayer},
    settings::ChatSafety,
};

pub(super) fn plugin(app: &mut App) {
    app.add_plugins((
        gates::plugin,
        incoming::plugin,
        muted::plugin,
        settings::plugin,
    ));
}
