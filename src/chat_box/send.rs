//! What becomes of a line that was entered.

use bevy::prelude::*;

use super::{
    chat_box_state::ChatBoxState,
    chat_box_strings::{ChatBoxStrings, fill},
    chat_notes::ChatNotes,
    chat_tabs::ChatTabs,
    command::{ChatCommandCall, ChatCommands},
    commands::text_to,
    input::target,
    message_list::ScrollBack,
};
use crate::{
    client::MessageApi,
    model::ReceiverId,
    plugin::{ChatHistory, CometChat},
};

/// The player has entered a line.
#[derive(Event)]
pub(super) struct LineEntered {
    pub(super) line: String,
    /// Where it goes instead of where the tab says.
    pub(super) to: Option<ReceiverId>,
}

pub(super) fn on_line(
    entered: On<LineEntered>,
    state: Res<ChatBoxState>,
    tabs: Res<ChatTabs>,
    history: Res<ChatHistory>,
    strings: Res<ChatBoxStrings>,
    known: Res<ChatCommands>,
    chat: Option<Res<CometChat>>,
    mut notes: ResMut<ChatNotes>,
    mut scrolls: Query<&mut ScrollBack>,
    mut commands: Commands,
) {
    for mut scroll in &mut scrolls {
        scroll.jump_to_bottom();
    }
    let to = entered.to.clone();
    let to = to.or_else(|| target(&state, &tabs, &history));
    if let Some(command) = entered.line.strip_prefix('/') {
        let (name, arguments) = command
            .split_once(char::is_whitespace)
            .unwrap_or((command, ""));
        match known.get(&name.to_lowercase()) {
            Some(command) => commands.run_system_with(
                command.system,
                ChatCommandCall {
                    arguments: arguments.trim().into(),
                    to,
                },
            ),
            None => notes.push(fill(&strings.unknown_command, &[("{text}", name)])),
        }
        return;
    }
    match (to, chat) {
        (Some(to), Some(chat)) => {
            chat.send_message(text_to(to, &entered.line));
        }
        _ => notes.push(strings.nobody_to_write_to.as_str()),
    }
}
