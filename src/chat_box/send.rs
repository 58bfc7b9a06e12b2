//! Entered lines: sent as messages, or run as commands.

use std::sync::Arc;

use bevy::prelude::*;

use super::{
    active_tab::ActiveTabs,
    chip::to_metadata,
    commands::{ChatCommandCall, ChatCommands},
    draft_chips::DraftChips,
    main_box::BoxStates,
    notes::{ChatNote, ChatNotes},
    safety::{GateVerdict, GatedLine, judge, push_failure},
    strings::{ChatBoxStrings, fill},
};
use crate::{
    history::History,
    model::{Message, MessageId, RawJson, ReceiverId, TextMessage},
    plugin::CometChat,
};

/// The tag of a message that describes an action of its sender, as `/me` sends it.
pub(super) const EMOTE_TAG: &str = "emote";

/// The player has entered a line: in the input, on the wheel, or in an input of the game, which triggers this event.
/// The chat box sends the line, or runs it as a command.
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
#[derive(Event, Clone, Debug)]
#[non_exhaustive]
pub struct ChatLineEntered {
    /// The line. A line that starts with a slash is a command.
    pub line: String,
    /// The receiver, or `None` for the one of [`ChatBoxState::to`](super::ChatBoxState::to) or the active tab.
    pub to: Option<ReceiverId>,
    /// The message that the line replies to.
    pub replies_to: Option<MessageId>,
    /// The message of the user's own that the line replaces.
    pub edits: Option<MessageId>,
}

impl ChatLineEntered {
    /// A line for the receiver of the active tab.
    pub fn new(line: impl Into<String>) -> Self {
        Self {
            line: line.into(),
            to: None,
            replies_to: None,
            edits: None,
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    app.add_observer(on_line_entered);
}

fn on_line_entered(
    entered: On<ChatLineEntered>,
    active: ActiveTabs,
    strings: Res<ChatBoxStrings>,
    known: Res<ChatCommands>,
    chat: Option<Res<CometChat>>,
    mut notes: ResMut<ChatNotes>,
    mut commands: Commands,
) {
    let main = active.main();
    let is_edit = entered.edits.is_some();
    let mut line = entered.line.as_str();
    let mut to = entered.to.clone().or_else(|| main.as_ref()?.target());
    let mut replies_to = entered.replies_to;
    if let Some(command) = entered.line.strip_prefix('/').filter(|_| !is_edit) {
        let (name, arguments) = command
            .split_once(char::is_whitespace)
            .unwrap_or((command, ""));
        let arguments = arguments.trim();
        if let Some(command) = known.get(&name.to_lowercase()) {
            let arguments = arguments.into();
            commands.run_system_with(command.system, ChatCommandCall { arguments, to });
            return;
        }
        let Some(channel) = active.tabs.with_prefix(name).cloned() else {
            return notes.push(fill(&strings.unknown_command, &[("{text}", name)]));
        };
        if arguments.is_empty() {
            return commands.run_system_cached_with(address, channel);
        }
        // A reply does not leave its conversation.
        replies_to = replies_to.filter(|_| to.as_ref() == Some(&channel));
        line = arguments;
        to = Some(channel);
    }
    let is_logged_out = active.history.user().is_none();
    match (to, chat) {
        _ if is_logged_out => notes.push(strings.logged_out.as_str()),
        (Some(to), Some(_)) => {
            let message = entered.edits.or(replies_to);
            let message = message.and_then(|id| held(&active.history, id));
            let is_emote = is_edit && message.is_some_and(|it| it.tags().iter().any(is_emote_tag));
            commands.queue(send(OutgoingLine {
                is_emote,
                edits: entered.edits,
                replies_to,
                thread: message.and_then(|message| message.parent_id),
                ..OutgoingLine::new(to, line)
            }));
        }
        _ => notes.push(strings.nobody_to_write_to.as_str()),
    }
}

fn address(to: In<ReceiverId>, mut states: BoxStates) {
    states.address(to.0);
}

fn held(history: &History, id: MessageId) -> Option<&Message> {
    let mut conversations = history.conversations();
    let entry = conversations.find_map(|held| held.get(held.position_of(id)?))?;
    entry.message()
}

/// Whether a tag marks a message that describes an action of its sender.
pub(super) fn is_emote_tag(tag: &Arc<str>) -> bool {
    **tag == *EMOTE_TAG
}

/// Sends the text. Without a text, makes the user the receiver of the next line.
pub(super) fn send_or_address(
    commands: &mut Commands,
    states: &mut BoxStates,
    to: ReceiverId,
    text: &str,
) {
    if text.is_empty() {
        states.address(to);
    } else {
        commands.queue(send(OutgoingLine::new(to, text)));
    }
}

/// A line that the user has written, on its way through the gates.
#[derive(Clone)]
pub(super) struct OutgoingLine {
    to: ReceiverId,
    text: String,
    is_emote: bool,
    edits: Option<MessageId>,
    replies_to: Option<MessageId>,
    /// The first message of the thread that it belongs to.
    thread: Option<MessageId>,
    /// The data of its chips.
    metadata: Option<RawJson>,
}

impl OutgoingLine {
    pub(super) fn new(to: ReceiverId, text: impl Into<String>) -> Self {
        Self {
            to,
            text: text.into(),
            is_emote: false,
            edits: None,
            replies_to: None,
            thread: None,
            metadata: None,
        }
    }

    pub(super) fn emote(to: ReceiverId, text: impl Into<String>) -> Self {
        Self {
            is_emote: true,
            ..Self::new(to, text)
        }
    }
}

/// A command that sends a line, if the gates allow it.
pub(super) fn send(mut line: OutgoingLine) -> impl Command {
    move |world: &mut World| {
        line.metadata = to_metadata(&world.resource::<DraftChips>().of_line(&line.text));
        let verdict = judge(world, GatedLine::outgoing(&line.text, &line.to));
        let strings = &world.resource::<ChatBoxStrings>().safety;
        let note: ChatNote = match verdict {
            GateVerdict::Allow => return submit(world, line),
            GateVerdict::Mask(text) => return submit(world, OutgoingLine { text, ..line }),
            GateVerdict::Refuse(reason) => fill(&strings.refused, &[("{text}", &reason)]).into(),
            GateVerdict::Hold(reason) => {
                let note = ChatNote::new(fill(&strings.held, &[("{text}", &reason)]));
                note.with_button(strings.send.as_str(), move |commands| {
                    let line = line.clone();
                    commands.queue(move |world: &mut World| submit(world, line));
                })
            }
        };
        world.resource_mut::<ChatNotes>().push(note);
    }
}

/// Sends a line that the gates have allowed.
fn submit(world: &mut World, line: OutgoingLine) {
    let mut message = TextMessage::new(line.to, line.text);
    if line.is_emote {
        message = message.with_tag(EMOTE_TAG);
    }
    let Some(chat) = world.get_resource::<CometChat>() else {
        return;
    };
    message.envelope.metadata = line.metadata;
    if let Some(id) = line.edits {
        chat.edit_message(id, message).on_error(push_failure);
        return;
    }
    message.envelope.quoted_id = line.replies_to;
    message.envelope.parent_id = line.thread;
    chat.send_message(message).ignore_errors();
}
