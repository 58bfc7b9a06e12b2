//! Gates: systems that decide which lines pass, in both directions.

use bevy::{
    ecs::system::{IntoSystem, SystemId},
    prelude::*,
};

use super::{
    gated_line::{GateVerdict, GatedLine},
    settings_gate::check_settings,
};
use crate::chat_box::strings::ChatBoxStrings;

/// Adds gates: systems that decide which lines pass.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::chat_box::{AddChatGate, GateVerdict, GatedLine};
///
/// #[derive(Resource, Default)]
/// struct Spoilers(Vec<String>);
///
/// fn hold_spoilers(line: In<GatedLine>, spoilers: Res<Spoilers>) -> GateVerdict {
///     match spoilers.0.iter().any(|spoiler| line.text.contains(spoiler)) {
///         true => GateVerdict::Hold("a spoiler".into()),
///         false => GateVerdict::Allow,
///     }
/// }
///
/// App::new().init_resource::<Spoilers>().add_incoming_gate(hold_spoilers);
/// ```
///
/// Each line passes the gates of its direction in the order in which they were added. A later gate gets the text that an
/// earlier one has masked. The first gate that holds or refuses a line ends its way. A gate that fails refuses the line.
///
/// Incoming gates run before the systems of [`Update`], once for each message of others and again when it was edited.
/// [`IncomingVerdicts`](super::IncomingVerdicts) holds what they decided. They decide what the chat box shows, and change
/// no message: [`MessageReceived`](crate::MessageReceived) is not filtered.
pub trait AddChatGate {
    /// Adds a gate for the lines that the user writes in the chat box, without commands.
    fn add_outgoing_gate<M>(
        &mut self,
        system: impl IntoSystem<In<GatedLine>, GateVerdict, M> + 'static,
    ) -> &mut Self;

    /// Adds a gate for the messages of others.
    fn add_incoming_gate<M>(
        &mut self,
        system: impl IntoSystem<In<GatedLine>, GateVerdict, M> + 'static,
    ) -> &mut Self;
}

/// A registered gate.
type Gate = SystemId<In<GatedLine>, GateVerdict>;

/// The gates, in their order.
#[derive(Resource, Default)]
pub(super) struct ChatGates {
    outgoing: Vec<Gate>,
    incoming: Vec<Gate>,
}

impl ChatGates {
    pub(super) fn has_incoming(&self) -> bool {
        !self.incoming.is_empty()
    }
}

impl AddChatGate for App {
    fn add_outgoing_gate<M>(
        &mut self,
        system: impl IntoSystem<In<GatedLine>, GateVerdict, M> + 'static,
    ) -> &mut Self {
        let gate = self.register_system(system);
        gates(self).outgoing.push(gate);
        self
    }

    fn add_incoming_gate<M>(
        &mut self,
        system: impl IntoSystem<In<GatedLine>, GateVerdict, M> + 'static,
    ) -> &mut Self {
        let gate = self.register_system(system);
        gates(self).incoming.push(gate);
        self
    }
}

fn gates(app: &mut App) -> &mut ChatGates {
    app.world_mut()
        .get_resource_or_init::<ChatGates>()
        .into_inner()
}

/// The decision on a line: of the settings, and of the gates of its direction.
pub(in crate::chat_box) fn judge(world: &mut World, mut line: GatedLine) -> GateVerdict {
    let mut verdict = check_settings(world, &line);
    let gates = world.resource::<ChatGates>();
    let gates = if line.message.is_some() {
        gates.incoming.clone()
    } else {
        gates.outgoing.clone()
    };
    for gate in gates {
        match verdict {
            GateVerdict::Hold(_) | GateVerdict::Refuse(_) => break,
            GateVerdict::Mask(ref text) => line.text.clone_from(text),
            GateVerdict::Allow => {}
        }
        match world.run_system_with(gate, line.clone()) {
            Ok(GateVerdict::Allow) => {}
            Ok(decision) => verdict = decision,
            Err(error) => {
                tracing::error!("a gate failed: {error}");
                let strings = world.resource::<ChatBoxStrings>();
                verdict = GateVerdict::Refuse(strings.safety.gate_failed.clone());
            }
        }
    }
    verdict
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<ChatGates>();
}
