//! What clicks do.

use std::sync::Arc;

use bevy::{
    input_focus::{FocusCause, InputFocus},
    picking::events::{Click, Pointer},
    prelude::*,
};

use super::{
    chat_box_state::ChatBoxState,
    chat_box_strings::{ChatBoxStrings, fill},
    chat_line::ChatLineAction,
    look::Ink,
    message_list::{OnClick, ScrollBack},
    spawn::{Parts, Texts},
};
use crate::{model::Message, plugin::CometChat};

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
    /// The message; [`Message::payload`] reads it.
    pub message: Arc<Message>,
}

/// A click on a part of a line: a name, a chip, a message that was not sent.
pub(super) fn on_part(
    mut click: On<Pointer<Click>>,
    parts: Query<&OnClick>,
    chat: Option<Res<CometChat>>,
    mut state: ResMut<ChatBoxState>,
    mut commands: Commands,
) {
    let action = parts.get(click.entity).ok().and_then(|it| it.0.clone());
    let Some(action) = action else { return };
    click.propagate(false);
    match action {
        ChatLineAction::Whisper(user) => {
            state.to = Some(user.uid.clone().into());
            state.is_open = true;
        }
        ChatLineAction::Chip(message) => commands.trigger(ChipClicked { message }),
        ChatLineAction::Resend(muid) => {
            if let Some(chat) = chat {
                chat.resend(muid).ignore_errors();
            }
        }
        ChatLineAction::Discard(muid) => {
            if let Some(chat) = chat {
                chat.discard(muid).ignore_errors();
            }
        }
    }
}

/// Jumps down to the newest message.
pub(super) fn on_jump(mut click: On<Pointer<Click>>, mut scrolls: Query<&mut ScrollBack>) {
    click.propagate(false);
    for mut scroll in &mut scrolls {
        scroll.jump_to_bottom();
    }
}

/// Shows the button that jumps down, while the player looks back.
pub(super) fn show_jump(
    strings: Res<ChatBoxStrings>,
    parts: Single<&Parts>,
    scrolls: Query<&ScrollBack>,
    mut texts: Texts,
    mut shown: Query<&mut Visibility, With<Ink>>,
) {
    let (Ok(scroll), Ok(mut visibility)) = (scrolls.get(parts.list), shown.get_mut(parts.jump))
    else {
        return;
    };
    visibility.set_if_neq(match scroll.is_at_bottom() {
        true => Visibility::Hidden,
        false => Visibility::Inherited,
    });
    if scroll.is_at_bottom() {
        return;
    }
    let words = match scroll.new_lines {
        0 => strings.to_newest.clone(),
        lines => fill(&strings.new_messages, &[("{n}", &lines.to_string())]),
    };
    texts.say(parts.jump, &words);
}

/// A click beside the text of the input is meant for it, too.
pub(super) fn on_input_row(
    mut click: On<Pointer<Click>>,
    parts: Single<&Parts>,
    mut focus: ResMut<InputFocus>,
) {
    click.propagate(false);
    focus.set(parts.input, FocusCause::Pressed);
}
