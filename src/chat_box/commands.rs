//! The commands that every chat box has.

use std::sync::Arc;

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    chat_box_state::ChatBoxState,
    chat_box_strings::{ChatBoxStrings, fill},
    chat_notes::ChatNotes,
    chat_tabs::newest_whisper,
    command::{AddChatCommand, ChatCommandCall, ChatCommands, EMOTE_TAG},
    completion::{find_user, has_name},
};
use crate::{
    client::{ChatError, Page, UserOutcomes, UsersRequest},
    model::{ReceiverId, Secret, TextMessage, Uid, User},
    plugin::{ChatHistory, CometChat},
    text::display_name,
};

pub(super) fn plugin(app: &mut App) {
    app.add_chat_command("w", "/w NAME TEXT: whisper to somebody", whisper)
        .add_chat_command("r", "/r TEXT: answer the last whisper", answer)
        .add_chat_command("me", "/me TEXT: say what you do", emote)
        .add_chat_command("join", "/join GROUP PASSWORD: join a group", join)
        .add_chat_command("leave", "/leave GROUP: leave a group", leave)
        .add_chat_command("block", "/block NAME: hear no more of somebody", block)
        .add_chat_command("help", "/help: the commands", help);
}

/// What a command answers.
#[derive(SystemParam)]
struct Notes<'w> {
    notes: ResMut<'w, ChatNotes>,
    strings: Res<'w, ChatBoxStrings>,
    commands: Res<'w, ChatCommands>,
}

impl Notes<'_> {
    fn usage(&mut self, command: &str) {
        if let Some(command) = self.commands.get(command) {
            self.notes.push(command.help.as_str());
        }
    }
}

fn whisper(
    call: In<ChatCommandCall>,
    chat: Res<CometChat>,
    history: Res<ChatHistory>,
    mut state: ResMut<ChatBoxState>,
    mut notes: Notes,
) {
    let (name, text) = first_word(&call.arguments);
    if name.is_empty() {
        return notes.usage("w");
    }
    match find_user(&history, name) {
        Some(user) => say_or_address(&chat, &mut state, user.uid.clone().into(), text),
        None => whisper_to_stranger(&chat, name.into(), text.into()),
    }
}

/// Whispers to somebody who has not been heard of yet: the server knows who has that name. Where it knows nobody, the
/// name may be a uid.
fn whisper_to_stranger(chat: &CometChat, name: String, text: String) {
    let named = UsersRequest::all().search(name.as_str()).pager();
    chat.fetch_next(&named)
        .on_success(
            move |found: In<Page<Arc<User>>>,
                  chat: Res<CometChat>,
                  mut state: ResMut<ChatBoxState>| {
                let user = found.items.iter().find(|user| has_name(user, &name));
                let uid = user.map_or_else(|| Uid::from(name.as_str()), |user| user.uid.clone());
                say_or_address(&chat, &mut state, uid.into(), &text);
            },
        )
        .on_error(tell);
}

fn answer(
    call: In<ChatCommandCall>,
    chat: Res<CometChat>,
    history: Res<ChatHistory>,
    mut state: ResMut<ChatBoxState>,
    mut notes: Notes,
) {
    match newest_whisper(&history) {
        Some(to) => say_or_address(&chat, &mut state, to, &call.arguments),
        None => notes.notes.push(notes.strings.nobody_to_answer.as_str()),
    }
}

/// Sends the text; where there is none, whatever is typed next goes there.
fn say_or_address(chat: &CometChat, state: &mut ChatBoxState, to: ReceiverId, text: &str) {
    if text.is_empty() {
        state.to = Some(to);
        state.is_open = true;
    } else {
        chat.send_message(text_to(to, text)).ignore_errors();
    }
}

fn first_word(arguments: &str) -> (&str, &str) {
    let (word, rest) = arguments
        .split_once(char::is_whitespace)
        .unwrap_or((arguments, ""));
    (word, rest.trim())
}

/// The user whom the player means, and their name. A name that nobody here has may be a uid.
fn meant(history: &ChatHistory, name: &str) -> (Uid, String) {
    match find_user(history, name) {
        Some(user) => (user.uid.clone(), display_name(user).into_owned()),
        None => (Uid::from(name), name.into()),
    }
}

fn emote(call: In<ChatCommandCall>, chat: Res<CometChat>, mut notes: Notes) {
    let ChatCommandCall { arguments, to } = call.0;
    match to {
        _ if arguments.is_empty() => notes.usage("me"),
        Some(to) => {
            chat.send_message(text_to(to, &arguments).with_tag(EMOTE_TAG))
                .ignore_errors();
        }
        None => notes.notes.push(notes.strings.nobody_to_write_to.as_str()),
    }
}

fn join(call: In<ChatCommandCall>, chat: Res<CometChat>, mut notes: Notes) {
    let (guid, password) = first_word(&call.arguments);
    if guid.is_empty() {
        return notes.usage("join");
    }
    let password = (!password.is_empty()).then(|| Secret::from(password));
    chat.join_group(guid, password).on_error(tell);
}

/// Leaves the group that is named, or the one that would hear what is typed.
fn leave(call: In<ChatCommandCall>, chat: Res<CometChat>, mut notes: Notes) {
    let guid = match (call.arguments.as_str(), &call.to) {
        ("", Some(ReceiverId::Group(guid))) => guid.clone(),
        ("", _) => return notes.usage("leave"),
        (guid, _) => guid.into(),
    };
    chat.leave_group(guid).on_error(tell);
}

fn block(
    call: In<ChatCommandCall>,
    chat: Res<CometChat>,
    history: Res<ChatHistory>,
    mut notes: Notes,
) {
    let name = call.arguments.as_str();
    if name.is_empty() {
        return notes.usage("block");
    }
    let (uid, name) = meant(&history, name);
    chat.block_users([uid])
        .on_success(
            move |_: In<UserOutcomes>,
                  strings: Res<ChatBoxStrings>,
                  mut notes: ResMut<ChatNotes>| {
                notes.push(fill(&strings.blocked, &[("{name}", &name)]));
            },
        )
        .on_error(tell);
}

/// Tells the player that a command came to nothing.
fn tell(error: In<ChatError>, strings: Res<ChatBoxStrings>, mut notes: ResMut<ChatNotes>) {
    tracing::debug!("a command failed: {}", *error);
    let why = strings.of_failure(&error.code);
    notes.push(fill(&strings.command_failed, &[("{text}", why)]));
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
