//! Clicks on parts of a line: a name, a chip, a button.

use std::sync::Arc;

use bevy::{
    picking::events::{Click, Pointer},
    prelude::*,
};

use super::rows::{Rows, SpanAction};
use crate::{
    chat_box::{
        line::ChatLineAction, notes::ChatNotes, parts::is_primary, safety::IncomingVerdicts,
        state::ChatBoxState,
    },
    model::Message,
    plugin::CometChat,
};

/// The player clicked a custom message, such as an item link or an invite.
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
///     if let Some(Ok(link)) = clicked.message.payload::<ItemLink>() {
///         println!("The player wants to see item {}", link.item);
///     }
/// }
///
/// App::new().add_observer(show_item);
/// ```
#[derive(Event, Clone, Debug)]
#[non_exhaustive]
pub struct ChipClicked {
    /// The message. [`Message::payload`] reads its content.
    pub message: Arc<Message>,
}

/// Observes the list. The original target of a click is a text span.
pub(super) fn on_click(
    mut click: On<Pointer<Click>>,
    spans: Query<&SpanAction>,
    parents: Query<&ChildOf>,
    mut lists: Query<&mut Rows>,
    chat: Option<Res<CometChat>>,
    mut state: ResMut<ChatBoxState>,
    mut notes: ResMut<ChatNotes>,
    mut verdicts: ResMut<IncomingVerdicts>,
    mut commands: Commands,
) {
    let span = spans.get(click.original_event_target());
    let action = span.ok().and_then(|span| span.action.clone());
    let Some(action) = action.filter(|_| is_primary(&click)) else {
        return;
    };
    click.propagate(false);
    match (action, chat) {
        (ChatLineAction::Whisper(user), _) => {
            state.to = Some(user.uid.clone().into());
            state.is_open = true;
        }
        (ChatLineAction::ToggleLong, _) => {
            let row = parents.iter_ancestors(click.original_event_target()).nth(1);
            for mut rows in &mut lists {
                row.into_iter().for_each(|row| rows.toggle_row(row));
            }
        }
        (ChatLineAction::NoteButton(number), _) => notes.press_button(number, &mut commands),
        (ChatLineAction::Show(id), _) => verdicts.show(id),
        (ChatLineAction::Chip(message), _) => commands.trigger(ChipClicked { message }),
        (ChatLineAction::Resend(muid), Some(chat)) => {
            chat.resend(muid).ignore_errors();
        }
        (ChatLineAction::Discard(muid), Some(chat)) => {
            chat.discard(muid).ignore_errors();
        }
        (ChatLineAction::Resend(_) | ChatLineAction::Discard(_), None) => {}
    }
}
