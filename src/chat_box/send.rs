//! What becomes of a line that was entered.

use bevy::prelude::*;

use super::{
    chat_box_strings::{ChatBoxStrings, fill},
    chat_notes::ChatNotes,
    command::{ChatCommandCall, ChatCommands},
    commands::text_to,
    talk::Talk,
};
use crate::{model::ReceiverId, plugin::CometChat};

/// The player has entered a line: in the input, on the wheel, or in an input of the game's own, which triggers this.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::chat_box::ChatLineEntered;
///
/// fn greet(mut commands: Commands) {
///     commands.trigger(ChatLineEntered::new("Hello!"));
/// }
/// # bevy::ecs::system::assert_is_system(greet);
/// ```
///
/// The chat box sends it, or runs the command that it is.
#[derive(Event, Clone, Debug)]
#[non_exhaustive]
pub struct ChatLineEntered {
    /// The line; with a slash at its beginning, it is a command.
    pub line: String,
    /// Where it goes instead of where the tab says.
    pub to: Option<ReceiverId>,
}

impl ChatLineEntered {
    /// A line that goes where the tab says.
    pub fn new(line: impl Into<String>) -> Self {
        Self {
            line: line.into(),
            to: None,
        }
    }
}

pub(super) fn on_line(
    entered: On<ChatLineEntered>,
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
            chat.send_message(text_to(to, &entered.line))
                .ignore_errors();
        }
        _ if is_logged_out => notes.push(strings.logged_out.as_str()),
        _ => notes.push(strings.nobody_to_write_to.as_str()),
    }
}
