//! The built-in commands that are not about a user.

use std::borrow::Cow;

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    commands::{AddChatCommand, ChatCommandCall, ChatCommands},
    main_box::BoxStates,
    notes::ChatNotes,
    safety::{Muted, push_failure},
    send::{OutgoingLine, send, send_or_address},
    strings::ChatBoxStrings,
    tabs::{ChatTabs, newest_whisper},
};
use crate::{
    model::{ReceiverId, Secret},
    plugin::{ChatHistory, CometChat},
};

pub(super) fn plugin(app: &mut App) {
    app.add_chat_command("r", "/r TEXT: answer the last whisper", reply)
        .add_chat_command("me", "/me TEXT: say what you do", emote)
        .add_chat_command("join", "/join GROUP PASSWORD: join a group", join)
        .add_chat_command("leave", "/leave GROUP: leave a group", leave)
        .add_chat_command(
            "help",
            "/help: the commands, /help COMMAND: how one is used",
            help,
        );
}

/// The line as it may be recalled: without the password of `/join`.
pub(super) fn without_password(line: &str) -> Cow<'_, str> {
    let mut words = line.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(join), Some(group), Some(_)) if join.eq_ignore_ascii_case("/join") => {
            format!("{join} {group}").into()
        }
        _ => line.into(),
    }
}

/// The replies of a command.
#[derive(SystemParam)]
pub(super) struct Replies<'w> {
    pub(super) notes: ResMut<'w, ChatNotes>,
    pub(super) strings: Res<'w, ChatBoxStrings>,
    commands: Res<'w, ChatCommands>,
}

impl Replies<'_> {
    pub(super) fn push_usage(&mut self, command: &str) {
        if let Some(command) = self.commands.get(command) {
            self.notes.push(command.help.as_str());
        }
    }
}

fn reply(
    call: In<ChatCommandCall>,
    history: Res<ChatHistory>,
    muted: Res<Muted>,
    mut states: BoxStates,
    mut replies: Replies,
    mut commands: Commands,
) {
    match newest_whisper(&history, &muted) {
        Some(to) => send_or_address(&mut commands, &mut states, to, &call.arguments),
        None => replies
            .notes
            .push(replies.strings.nobody_to_answer.as_str()),
    }
}

fn emote(call: In<ChatCommandCall>, mut replies: Replies, mut commands: Commands) {
    let ChatCommandCall { arguments, to } = call.0;
    match to {
        _ if arguments.is_empty() => replies.push_usage("me"),
        Some(to) => {
            commands.queue(send(OutgoingLine::emote(to, arguments)));
        }
        None => replies
            .notes
            .push(replies.strings.nobody_to_write_to.as_str()),
    }
}

fn join(call: In<ChatCommandCall>, chat: Res<CometChat>, mut replies: Replies) {
    let (guid, password) = first_word(&call.arguments);
    if guid.is_empty() {
        return replies.push_usage("join");
    }
    let password = (!password.is_empty()).then(|| Secret::from(password));
    chat.join_group(guid, password).on_error(push_failure);
}

/// Leaves the named group, or the group that would receive a message.
fn leave(call: In<ChatCommandCall>, chat: Res<CometChat>, mut replies: Replies) {
    let guid = match (call.arguments.as_str(), &call.to) {
        ("", Some(ReceiverId::Group(guid))) => guid.clone(),
        ("", _) => return replies.push_usage("leave"),
        (guid, _) => guid.into(),
    };
    chat.leave_group(guid).on_error(push_failure);
}

/// Lists the commands, or says how one is used.
fn help(call: In<ChatCommandCall>, tabs: Res<ChatTabs>, mut replies: Replies) {
    let name = call.arguments.trim_start_matches('/').to_lowercase();
    if replies.commands.get(&name).is_some() {
        return replies.push_usage(&name);
    }
    let names = replies.commands.iter().map(|it| format!("/{}", it.name));
    let prefixes = tabs.prefixes();
    let names = names.chain(prefixes.map(|(prefix, label)| format!("/{prefix} ({label})")));
    let names = names.collect::<Vec<_>>().join("  ");
    replies.notes.push(names);
    replies.push_usage("help");
}

pub(super) fn first_word(arguments: &str) -> (&str, &str) {
    let (word, rest) = arguments
        .split_once(char::is_whitespace)
        .unwrap_or((arguments, ""));
    (word, rest.trim())
}
