//! The commands that every chat box has.

use bevy::prelude::*;

use super::{
    chat_box_state::ChatBoxState,
    chat_box_strings::{ChatBoxStrings, fill},
    chat_notes::ChatNotes,
    chat_tabs::newest_whisper,
    command::{AddChatCommand, ChatCommandCall, ChatCommands, EMOTE_TAG},
    completion::find_user,
};
use crate::{
    client::MessageApi,
    model::{ReceiverId, TextMessage, Uid},
    plugin::{ChatHistory, CometChat},
};

pub(super) fn plugin(app: &mut App) {
    app.add_chat_command("w", "/w NAME TEXT: whisper to somebody", whisper)
        .add_chat_command("r", "/r TEXT: answer the last whisper", answer)
        .add_chat_command("me", "/me TEXT: say what you do", emote)
        .add_chat_command("help", "/help: the commands", help);
}

fn whisper(
    call: In<ChatCommandCall>,
    chat: Res<CometChat>,
    history: Res<ChatHistory>,
    strings: Res<ChatBoxStrings>,
    commands: Res<ChatCommands>,
    mut state: ResMut<ChatBoxState>,
    mut notes: ResMut<ChatNotes>,
) {
    let (name, text) = call
        .arguments
        .split_once(char::is_whitespace)
        .unwrap_or((&call.arguments, ""));
    if name.is_empty() {
        let help = commands.get("w").map_or("", |command| &command.help);
        return notes.push(fill(&strings.usage, &[("{text}", help)]));
    }
    // A name that nobody here has may be a uid.
    let uid = find_user(&history, name).map_or_else(|| Uid::from(name), |user| user.uid.clone());
    match text.trim() {
        "" => {
            state.to = Some(uid.into());
            state.is_open = true;
        }
        text => {
            chat.send_message(TextMessage::to_user(uid, text));
        }
    }
}

fn answer(
    call: In<ChatCommandCall>,
    chat: Res<CometChat>,
    history: Res<ChatHistory>,
    strings: Res<ChatBoxStrings>,
    mut state: ResMut<ChatBoxState>,
    mut notes: ResMut<ChatNotes>,
) {
    let Some(to) = newest_whisper(&history) else {
        return notes.push(strings.nobody_to_answer.as_str());
    };
    match call.arguments.as_str() {
        "" => {
            state.to = Some(to);
            state.is_open = true;
        }
        text => {
            chat.send_message(text_to(to, text));
        }
    }
}

fn emote(
    call: In<ChatCommandCall>,
    chat: Res<CometChat>,
    strings: Res<ChatBoxStrings>,
    mut notes: ResMut<ChatNotes>,
) {
    match call.0.to {
        Some(_) if call.0.arguments.is_empty() => {}
        Some(to) => {
            chat.send_message(text_to(to, &call.0.arguments).with_tag(EMOTE_TAG));
        }
        None => notes.push(strings.nobody_to_write_to.as_str()),
    }
}

fn help(_: In<ChatCommandCall>, commands: Res<ChatCommands>, mut notes: ResMut<ChatNotes>) {
    for command in commands.iter() {
        notes.push(command.help.as_str());
    }
}

pub(super) fn text_to(to: ReceiverId, text: &str) -> TextMessage {
    match to {
        ReceiverId::User(uid) => TextMessage::to_user(uid, text),
        ReceiverId::Group(guid) => TextMessage::to_group(guid, text),
    }
}
