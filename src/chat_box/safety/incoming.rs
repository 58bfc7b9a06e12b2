//! What the gates have decided on the messages of others.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bevy::prelude::*;

use super::{
    gated_line::{GateVerdict, GatedLine},
    gates::{ChatGates, judge},
    settings::ChatSafety,
};
use crate::{
    chat_box::{schedules::BoxSchedule, state::UserLeft},
    history::{ConversationHistory, Entry, History},
    model::{Message, MessageId},
    plugin::ChatHistory,
};

/// The number of decisions from which on decisions on messages that the history does not hold are dropped.
const PRUNE_FROM: usize = 512;

/// What the incoming gates have decided, message by message: see [`AddChatGate`](super::AddChatGate).
///
/// A game that shows messages elsewhere, such as in speech bubbles, shows the texts that are left:
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::{chat_box::IncomingVerdicts, prelude::*};
///
/// fn speak(mut received: MessageReader<MessageReceived>, verdicts: Res<IncomingVerdicts>) {
///     for message in received.read() {
///         if let Some(text) = verdicts.text(message) {
///             println!("{}: {text}", message.sender.name);
///         }
///     }
/// }
/// # bevy::ecs::system::assert_is_system(speak);
/// ```
#[derive(Resource, Debug, Default)]
pub struct IncomingVerdicts {
    /// The decisions. Allowed messages have none.
    verdicts: BTreeMap<MessageId, GateVerdict>,
    /// The held messages that the player wants to see.
    shown: BTreeSet<MessageId>,
    /// The version of the history that is judged.
    judged: u64,
    prune_at: usize,
}

impl IncomingVerdicts {
    /// The decision on a message.
    pub fn get(&self, id: MessageId) -> &GateVerdict {
        match self.verdicts.get(&id) {
            Some(GateVerdict::Hold(_)) if self.is_shown(id) => &GateVerdict::Allow,
            Some(verdict) => verdict,
            None => &GateVerdict::Allow,
        }
    }

    /// The text of a message that the player may see: as it is, or masked. `None` if it is held or refused, or has no
    /// text.
    pub fn text<'a>(&'a self, message: &'a Message) -> Option<Cow<'a, str>> {
        match self.get(message.id) {
            GateVerdict::Allow => message.text().map(Cow::from),
            GateVerdict::Mask(text) => Some(text.into()),
            GateVerdict::Hold(_) | GateVerdict::Refuse(_) => None,
        }
    }

    /// Judges all messages again. Call it when something that the gates depend on has changed.
    pub fn judge_again(&mut self) {
        self.judged = 0;
    }

    /// Shows a held message.
    pub(in crate::chat_box) fn show(&mut self, id: MessageId) {
        self.shown.insert(id);
    }

    /// Whether the player wants to see a held message.
    pub(in crate::chat_box) fn is_shown(&self, id: MessageId) -> bool {
        self.shown.contains(&id)
    }

    fn prune(&mut self, history: &History) {
        let is_held = |id: &MessageId| {
            let mut conversations = history.conversations();
            conversations.any(|it| it.position_of(*id).is_some())
        };
        self.verdicts.retain(|id, _| is_held(id));
        self.shown.retain(is_held);
        self.prune_at = PRUNE_FROM.max(self.verdicts.len() * 2);
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<IncomingVerdicts>()
        .add_observer(clear)
        .add_systems(BoxSchedule::Keys, judge_incoming.run_if(may_be_unjudged));
}

fn clear(_: On<UserLeft>, mut verdicts: ResMut<IncomingVerdicts>) {
    *verdicts = IncomingVerdicts::default();
}

/// A run condition: messages have arrived or changed, or the settings have changed.
fn may_be_unjudged(
    history: Res<ChatHistory>,
    verdicts: Res<IncomingVerdicts>,
    gates: Res<ChatGates>,
    settings: Res<ChatSafety>,
) -> bool {
    let is_gated = gates.has_incoming() || settings.forbids_incoming();
    (is_gated && history.version() != verdicts.judged)
        || (settings.is_changed() && (is_gated || !verdicts.verdicts.is_empty()))
}

/// Judges the messages that have arrived or changed.
fn judge_incoming(world: &mut World) {
    let settings = world.get_resource_ref::<ChatSafety>();
    let has_changed = settings.is_some_and(|settings| settings.is_changed());
    let verdicts = world.resource::<IncomingVerdicts>();
    let since = if has_changed { 0 } else { verdicts.judged };
    let history = world.resource::<ChatHistory>();
    let version = history.version();
    let changed = history.conversations().filter(|it| it.version() > since);
    let lines: Vec<_> = changed.flat_map(|it| lines(it, since)).collect();
    let mut decisions = Vec::with_capacity(lines.len());
    for (id, line) in lines {
        decisions.push((id, judge(world, line)));
    }
    world.resource_scope(|world, mut verdicts: Mut<IncomingVerdicts>| {
        verdicts.bypass_change_detection().judged = version;
        for (id, verdict) in decisions {
            if *verdicts.verdicts.get(&id).unwrap_or(&GateVerdict::Allow) == verdict {
                continue;
            }
            if verdict == GateVerdict::Allow {
                verdicts.verdicts.remove(&id);
            } else {
                verdicts.verdicts.insert(id, verdict);
            }
        }
        if verdicts.verdicts.len() > verdicts.prune_at.max(PRUNE_FROM) {
            verdicts.prune(world.resource::<ChatHistory>());
        }
    });
}

/// The lines of others in a conversation that have changed since that version of the history.
fn lines(
    conversation: &ConversationHistory,
    since: u64,
) -> impl Iterator<Item = (MessageId, GatedLine)> {
    let line = move |entry: &Entry| {
        let is_new = !entry.is_own() && entry.version() > since;
        let message = entry.message().filter(|_| is_new)?;
        let line = GatedLine {
            text: entry.text()?.into(),
            with: conversation.id().clone(),
            message: Some(Arc::new(message.clone())),
        };
        Some((message.id, line))
    };
    conversation.iter().filter_map(line)
}
