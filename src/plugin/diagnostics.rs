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
    /// Frames, and rows of fetched pages, that can't be read.
    pub const MALFORMED: DiagnosticPath = DiagnosticPath::const_new("chat/malformed");
    /// Frames of kinds that this crate does not model.
    pub const UNMODELLED: DiagnosticPath = DiagnosticPath::const_new("chat/unmodelled");
    /// Frames that this device had sent itself.
    pub const ECHOES: DiagnosticPath = DiagnosticPath::const_new("chat/echoes");
    /// Ephemeral events that were dropped because the queue was full.
    pub const SHED: DiagnosticPath = DiagnosticPath::const_new("chat/shed");
    /// Messages and changes that had arrived before.
    pub const DUPLICATES: DiagnosticPath = DiagnosticPath::const_new("chat/duplicates");
    /// Ephemeral messages that were not sent because the server's settings disable them.
    pub const WITHHELD: DiagnosticPath = DiagnosticPath::const_new("chat/withheld");
    /// Events that the game has not received yet.
    pub const EVENTS: DiagnosticPath = DiagnosticPath::const_new("chat/events");
    /// Requests under way.
    pub const REQUESTS: DiagnosticPath = DiagnosticPath::const_new("chat/requests");
    /// Messages in the outbox.
    pub const OUTBOX: DiagnosticPath = DiagnosticPath::const_new("chat/outbox");
}

/// Reads a value.
type Value = fn(&Client) -> u64;

/// Each diagnostic's path, and how its value is read.
static DIAGNOSTICS: [(DiagnosticPath, Value); 9] = [
    (CometChatDiagnosticsPlugin::MALFORMED, |client| {
        client.counters().malformed()
    }),
    (CometChatDiagnosticsPlugin::UNMODELLED, |client| {
        client.counters().unmodelled()
    }),
    (CometChatDiagnosticsPlugin::ECHOES, |client| {
        client.counters().echoes()
    }),
    (CometChatDiagnosticsPlugin::SHED, |client| {
        client.counters().shed()
    }),
    (CometChatDiagnosticsPlugin::DUPLICATES, |client| {
        client.counters().duplicates()
    }),
    (CometChatDiagnosticsPlugin::WITHHELD, |client| {
        client.counters().withheld()
    }),
    (CometChatDiagnosticsPlugin::EVENTS, |client| {
        client.queue_depths().events as u64
    }),
    (CometChatDiagnosticsPlugin::REQUESTS, |client| {
        client.queue_depths().requests as u64
    }),
    (CometChatDiagnosticsPlugin::OUTBOX, |client| {
        client.queue_depths().outbox as u64
    }),
];

impl Plugin for CometChatDiagnosticsPlugin {
    fn build(&self, app: &mut App) {
        for (path, _) in &DIAGNOSTICS {
            app.register_diagnostic(Diagnostic::new(path.clone()).with_smoothing_factor(0.0));
        }
        app.add_systems(
            PreUpdate,
            measure.after(CometChatSystems::Receive).run_if(has_changed),
        );
    }
}

fn has_changed(
    chat: Option<Res<CometChat>>,
    mut last: Local<Option<[u64; DIAGNOSTICS.len()]>>,
) -> bool {
    let Some(chat) = chat else {
        return false;
    };
    let values = DIAGNOSTICS.each_ref().map(|(_, value)| value(&chat));
    last.replace(values) != Some(values)
}

fn measure(chat: Res<CometChat>, mut diagnostics: Diagnostics) {
    for (path, value) in &DIAGNOSTICS {
        diagnostics.add_measurement(path, || value(&chat) as f64);
    }
}
