//! Clicks on parts of a line: a name, a chip, a button.

use std::sync::Arc;

use bevy::{
    ecs::system::SystemParam,
    picking::events::{Click, Pointer},
    prelude::*,
    ui_widgets::Activate,
};

use super::{
    activation::PartPlaces,
    chip::ChatChip,
    line::ChatLineAction,
    main_box::BoxStates,
    menu::{link::AskToOpenLink, message_menu::toggle_reaction},
    messages::{ChatSpan, ChatSpanClicked, JumpToMessage, Rows},
    notes::ChatNotes,
    parts::{BoxOf, is_primary},
    safety::IncomingVerdicts,
};
use crate::{model::Message, plugin::CometChat};

/// The player clicked a chip, such as an item link or an invite.
///
/// ```
/// # use bevy::prelude::*;
/// # use serde::{Deserialize, Serialize};
/// use bevy_cometchat::{chat_box::ChipClicked, prelude::*};
///
/// # #[derive(Serialize, Deserialize)]
/// # struct ItemLink { item: u32 }
/// # impl Payload for ItemLink {
/// #     const KIND: &'static str = "item_link";
/// #     fn fallback_text(&self) -> String { String::new() }
/// # }
/// fn show_item(clicked: On<ChipClicked>) {
///     if let Some(Ok(link)) = clicked.chip.payload::<ItemLink>() {
///         println!("The player wants to see item {}", link.item);
///     }
/// }
///
/// App::new().add_observer(show_item);
/// ```
#[derive(Event, Clone, Debug)]
#[non_exhaustive]
pub struct ChipClicked {
    /// The chip.
    pub chip: ChatChip,
    /// The message that it is, or is in.
    pub message: Arc<Message>,
}

pub(super) fn plugin(app: &mut App) {
    app.add_observer(on_activate);
}

/// Observes the list. The original target of a click is a text span.
pub(super) fn on_click(
    mut click: On<Pointer<Click>>,
    spans: Query<&ChatSpan>,
    mut commands: Commands,
) {
    let entity = click.original_event_target();
    let Ok(span) = spans.get(entity).cloned() else {
        return;
    };
    if span.kind.is_none() || !is_primary(&click) {
        return;
    }
    if span.action.is_some() {
        click.propagate(false);
    }
    trigger(&mut commands, entity, span);
}

/// A span is activated by keys or assistive technology.
fn on_activate(activate: On<Activate>, spans: Query<&ChatSpan>, mut commands: Commands) {
    if let Ok(span) = spans.get(activate.entity) {
        trigger(&mut commands, activate.entity, span.clone());
    }
}

fn trigger(commands: &mut Commands, entity: Entity, span: ChatSpan) {
    commands.queue(move |world: &mut World| -> Result {
        let mut clicked = ChatSpanClicked::new(entity, span);
        world.trigger_ref(&mut clicked);
        match clicked.span.action.filter(|_| !clicked.is_handled) {
            Some(action) => Ok(world.run_system_cached_with(act, (entity, action))?),
            None => Ok(()),
        }
    });
}

/// What a click on a part of a line acts on.
#[derive(SystemParam)]
struct ClickTargets<'w, 's> {
    chat: Option<Res<'w, CometChat>>,
    states: BoxStates<'w, 's>,
    notes: ResMut<'w, ChatNotes>,
    verdicts: ResMut<'w, IncomingVerdicts>,
    commands: Commands<'w, 's>,
}

/// Performs the effect of a click on a span.
fn act(
    In((span, action)): In<(Entity, ChatLineAction)>,
    parents: Query<&ChildOf>,
    box_of: BoxOf,
    places: PartPlaces,
    mut lists: Query<&mut Rows>,
    mut targets: ClickTargets,
) {
    match (action, &targets.chat) {
        (ChatLineAction::Whisper(user), _) => {
            if let Some(mut state) = targets.states.around(span) {
                state.to = Some(user.uid.clone().into());
                state.is_open = true;
            }
        }
        (ChatLineAction::ToggleLong, _) => {
            let row = parents.iter_ancestors(span).nth(1);
            for mut rows in &mut lists {
                row.into_iter().for_each(|row| rows.toggle_row(row));
            }
        }
        (ChatLineAction::NoteButton(number), _) => {
            targets.notes.press_button(number, &mut targets.commands);
        }
        (ChatLineAction::Show(id), _) => targets.verdicts.show(id),
        (ChatLineAction::Chip(chip, message), _) => {
            targets.commands.trigger(ChipClicked { chip, message });
        }
        (ChatLineAction::JumpTo(message), _) => {
            if let Some(chat_box) = box_of.get(span) {
                targets
                    .commands
                    .trigger(JumpToMessage { chat_box, message });
            }
        }
        (ChatLineAction::OpenLink(url), _) => {
            let at = places.menu_at(span);
            targets.commands.trigger(AskToOpenLink { url, at });
        }
        (ChatLineAction::React(message, reaction), _) => {
            let reaction = (message, reaction);
            let mut commands = targets.commands;
            commands.run_system_cached_with(toggle_reaction, reaction);
        }
        (ChatLineAction::Resend(muid), Some(chat)) => {
            chat.resend(muid).ignore_errors();
        }
        (ChatLineAction::Discard(muid), Some(chat)) => {
            chat.discard(muid).ignore_errors();
        }
        (ChatLineAction::Resend(_) | ChatLineAction::Discard(_), None) => {}
    }
}
