//! The plugin as a game sees it, in headless apps and virtual time. Tests are named after the rule they prove.

#[path = "plugin/app_state.rs"]
mod app_state;
#[path = "plugin/auto_mode.rs"]
mod auto_mode;
#[path = "plugin/delivery.rs"]
mod delivery;
#[path = "plugin/diagnostics.rs"]
mod diagnostics;
#[path = "plugin/exit.rs"]
mod exit;
#[path = "plugin/game.rs"]
mod game;
#[path = "plugin/history.rs"]
mod history;
#[path = "plugin/keep_alive.rs"]
mod keep_alive;
#[path = "plugin/lists.rs"]
mod lists;
#[path = "plugin/manual_mode.rs"]
mod manual_mode;
#[path = "plugin/outbox.rs"]
mod outbox;
#[path = "plugin/payloads.rs"]
mod payloads;
#[path = "plugin/reflection.rs"]
mod reflection;
#[path = "plugin/requests.rs"]
mod requests;
#[path = "plugin/session.rs"]
mod session;
#[path = "plugin/signals.rs"]
mod signals;
#[path = "plugin/zone_refusals.rs"]
mod zone_refusals;
#[path = "plugin/zone_world.rs"]
mod zone_world;
#[path = "plugin/zones.rs"]
mod zones;
