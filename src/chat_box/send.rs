//! What becomes of a line that was entered.

use bevy::prelude::*;

use super::{
    chat_box_strings::{ChatBoxStrings, fill},
    chat_notes::ChatNotes,
    command::{ChatCommandCall, ChatCommands},
    commands::text_to,
    talk::Talk,
};
use crate::{client::MessageApi, model::ReceiverId, plugin::CometChat};

/// The player has entered a line.
#[derive(Event)]
pub(super) struct LineEntered {
    pub(super) line: String,
    /// Where it goes instead of where the tab says.
    pub(super) to: Option<ReceiverId>,
}

pub(super) fn on_line(
    entered: On<LineEntered>,
    talk: Talk,
    strings: Res<ChatBoxStrings>,
    known: Res<ChatCommands>,
    chat: Option<Res<CometChat>>,
    mut notes: ResMut<ChatNotes>,
    mut commands: Commands,
) {
    let to = entered.to.clone();
    let to = to.or_else(|| talk.target());
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
    let is_logged_out = talk.history.user().is_none();
    match (to, chat) {
        (Some(to), Some(chat)) if !is_logged_out => {
            chat.send_message(text_to(to, &entered.line));
        }
        _ if is_logged_out => notes.push(strings.logged_out.as_str()),
        _ => notes.push(strings.nobody_to_write_to.as_str()),
    }
}
