use bevy::{
    diagnostic::{Diagnostic, DiagnosticPath, Diagnostics, RegisterDiagnostic},
    prelude::{App, IntoScheduleConfigs, Local, Plugin, PreUpdate, Res},
};

use super::{CometChat, CometChatSystems};
use crate::client::Client;

/// Adds the counters and queues of the client to Bevy's diagnostics, under [`CometChatDiagnosticsPlugin`]'s paths. They
/// are measured in the updates in which one of them changes.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy::diagnostic::DiagnosticsStore;
/// use bevy_cometchat::{CometChatDiagnosticsPlugin, prelude::*};
///
/// fn show_queue(diagnostics: Res<DiagnosticsStore>) {
///     let waiting = diagnostics.get_measurement(&CometChatDiagnosticsPlugin::OUTBOX);
///     println!("messages not sent yet: {:?}", waiting.map(|waiting| waiting.value));
/// }
///
/// App::new().add_plugins((CometChatPlugin::uninitialized(), CometChatDiagnosticsPlugin));
/// # bevy::ecs::system::assert_is_system(show_queue);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CometChatDiagnosticsPlugin;

impl CometChatDiagnosticsPlugin {
    /// Frames that were malformed.
    pub const MALFORMED: DiagnosticPath = DiagnosticPath::const_new("chat/malformed");
    /// Frames of kinds that this crate does not model.
    pub const UNMODELLED: DiagnosticPath = DiagnosticPath::const_new("chat/unmodelled");
    /// Frames that this device itself had sent.
    pub const ECHOES: DiagnosticPath = DiagnosticPath::const_new("chat/echoes");
    /// Ephemeral events that were dropped because the game did not keep up.
    pub const SHED: DiagnosticPath = DiagnosticPath::const_new("chat/shed");
    /// Messages and changes that had arrived before.
    pub const DUPLICATES: DiagnosticPath = DiagnosticPath::const_new("chat/duplicates");
    /// Ephemeral messages that were not sent because the server's settings forbid them.
    pub const WITHHELD: DiagnosticPath = DiagnosticPath::const_new("chat/withheld");
    /// Events that the game has not taken in yet.
    pub const EVENTS: DiagnosticPath = DiagnosticPath::const_new("chat/events");
    /// Requests under way.
    pub const REQUESTS: DiagnosticPath = DiagnosticPath::const_new("chat/requests");
    /// Messages in the outbox.
    pub const OUTBOX: DiagnosticPath = DiagnosticPath::const_new("chat/outbox");
}

const PATHS: [DiagnosticPath; 9] = [
    CometChatDiagnosticsPlugin::MALFORMED,
    CometChatDiagnosticsPlugin::UNMODELLED,
    CometChatDiagnosticsPlugin::ECHOES,
    CometChatDiagnosticsPlugin::SHED,
    CometChatDiagnosticsPlugin::DUPLICATES,
    CometChatDiagnosticsPlugin::WITHHELD,
    CometChatDiagnosticsPlugin::EVENTS,
    CometChatDiagnosticsPlugin::REQUESTS,
    CometChatDiagnosticsPlugin::OUTBOX,
];

/// The value of each path, in their order.
type Values = [u64; 9];

impl Plugin for CometChatDiagnosticsPlugin {
    fn build(&self, app: &mut App) {
        for path in PATHS {
            app.register_diagnostic(Diagnostic::new(path).with_smoothing_factor(0.0));
        }
        app.add_systems(
            PreUpdate,
            measure.after(CometChatSystems::Receive).run_if(has_changed),
        );
    }
}

fn has_changed(chat: Option<Res<CometChat>>, mut last: Local<Option<Values>>) -> bool {
    let Some(values) = chat.map(|chat| values(&chat)) else {
        return false;
    };
    last.replace(values) != Some(values)
}

fn measure(chat: Res<CometChat>, mut diagnostics: Diagnostics) {
    for (path, value) in PATHS.iter().zip(values(&chat)) {
        diagnostics.add_measurement(path, || value as f64);
    }
}

fn values(client: &Client) -> Values {
    let counters = client.counters();
    let depths = client.queue_depths();
    [
        counters.malformed(),
        counters.unmodelled(),
        counters.echoes(),
        counters.shed(),
        counters.duplicates(),
        counters.withheld(),
        depths.events as u64,
        depths.requests as u64,
        depths.outbox as u64,
    ]
}
