//! The built-in commands.

use std::{borrow::Cow, sync::Arc};

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    commands::{AddChatCommand, ChatCommandCall, ChatCommands},
    names::{senders, users_named},
    notes::ChatNotes,
    send::{EMOTE_TAG, text_message},
    state::ChatBoxState,
    strings::{ChatBoxStrings, fill},
    tabs::newest_whisper,
};
use crate::{
    client::{ChatError, Page, Request, UserOutcomes, UsersRequest},
    model::{ReceiverId, Secret, User},
    plugin::{ChatHistory, CometChat},
    text::{Sanitizer, display_name, isolate},
};

pub(super) fn plugin(app: &mut App) {
    app.add_chat_command("w", "/w NAME TEXT: whisper to somebody", whisper)
        .add_chat_command("r", "/r TEXT: answer the last whisper", reply)
        .add_chat_command("me", "/me TEXT: say what you do", emote)
        .add_chat_command("join", "/join GROUP PASSWORD: join a group", join)
        .add_chat_command("leave", "/leave GROUP: leave a group", leave)
        .add_chat_command("block", "/block NAME: hear no more of somebody", block)
        .add_chat_command("help", "/help: the commands", help);
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
struct Replies<'w> {
    notes: ResMut<'w, ChatNotes>,
    strings: Res<'w, ChatBoxStrings>,
    commands: Res<'w, ChatCommands>,
}

impl Replies<'_> {
    fn push_usage(&mut self, command: &str) {
        if let Some(command) = self.commands.get(command) {
            self.notes.push(command.help.as_str());
        }
    }

    fn push_unknown_user(&mut self) {
        let reason = self.strings.no_such_user.as_str();
        let note = fill(&self.strings.command_failed, &[("{text}", reason)]);
        self.notes.push(note);
    }

    /// Asks the player which of these users is meant.
    fn push_ambiguous(&mut self, name: &str, users: &[&Arc<User>]) {
        let name = Sanitizer::NAME.clean(name);
        let users = users.iter().map(|user| {
            let uid = Sanitizer::NAME.clean(user.uid.as_str());
            format!("{} ({})", isolate(&display_name(user)), isolate(&uid))
        });
        let users = users.collect::<Vec<_>>().join(", ");
        self.notes.push(fill(
            &self.strings.ambiguous_name,
            &[("{name}", &isolate(&name)), ("{text}", &users)],
        ));
    }
}

/// What a command does with a user.
#[derive(Clone, Copy, PartialEq)]
enum UserCommand {
    /// The name is followed by a text.
    Whisper,
    /// The name is all.
    Block,
}

/// Runs commands on users whom the player names.
#[derive(SystemParam)]
struct UserCommands<'w> {
    chat: Res<'w, CometChat>,
    state: ResMut<'w, ChatBoxState>,
    replies: Replies<'w>,
}

impl UserCommands<'_> {
    /// Runs the command on the user whom the arguments name, if it is one of these. If the name is ambiguous, asks. Returns
    /// whether there is such a user.
    fn run_on<'a>(
        &mut self,
        users: impl IntoIterator<Item = &'a Arc<User>>,
        command: UserCommand,
        arguments: &str,
    ) -> bool {
        let named = users_named(users, arguments);
        let is_whole = |rest: &str| command == UserCommand::Whisper || rest.is_empty();
        let Some(named) = named.filter(|named| is_whole(named.rest)) else {
            return false;
        };
        match (&named.users[..], command) {
            ([user], UserCommand::Whisper) => {
                let to = user.uid.clone().into();
                send_or_address(&self.chat, &mut self.state, to, named.rest);
            }
            ([user], UserCommand::Block) => block_user(&self.chat, user),
            (users, _) => self.replies.push_ambiguous(named.name, users),
        }
        true
    }
}

fn whisper(call: In<ChatCommandCall>, history: Res<ChatHistory>, commands: UserCommands) {
    run_user_command(
        UserCommand::Whisper,
        "w",
        call.0.arguments,
        &history,
        commands,
    );
}

fn block(call: In<ChatCommandCall>, history: Res<ChatHistory>, commands: UserCommands) {
    run_user_command(
        UserCommand::Block,
        "block",
        call.0.arguments,
        &history,
        commands,
    );
}

/// Runs the command on a user who has written something, or else on one whom the server knows.
fn run_user_command(
    command: UserCommand,
    name: &str,
    arguments: String,
    history: &ChatHistory,
    mut commands: UserCommands,
) {
    if arguments.is_empty() {
        return commands.replies.push_usage(name);
    }
    if !commands.run_on(senders(history), command, &arguments) {
        search_users(&commands.chat, &arguments)
            .on_success(
                move |found: In<Page<Arc<User>>>, mut commands: UserCommands| {
                    if !commands.run_on(&found.items, command, &arguments) {
                        commands.replies.push_unknown_user();
                    }
                },
            )
            .on_error(push_failure);
    }
}

/// Asks the server for users with a name that starts with the first word.
fn search_users(chat: &CometChat, arguments: &str) -> Request<Page<Arc<User>>> {
    let (word, _) = first_word(arguments);
    chat.fetch_next(&UsersRequest::all().search(word).pager())
}

fn block_user(chat: &CometChat, user: &User) {
    let name = isolate(&display_name(user)).into_owned();
    chat.block_users([user.uid.clone()])
        .on_success(
            move |_: In<UserOutcomes>,
                  strings: Res<ChatBoxStrings>,
                  mut notes: ResMut<ChatNotes>| {
                notes.push(fill(&strings.blocked, &[("{name}", &name)]));
            },
        )
        .on_error(push_failure);
}

/// Sends the text. Without a text, makes the user the receiver of the next line.
fn send_or_address(chat: &CometChat, state: &mut ChatBoxState, to: ReceiverId, text: &str) {
    if text.is_empty() {
        state.to = Some(to);
        state.is_open = true;
    } else {
        chat.send_message(text_message(to, text)).ignore_errors();
    }
}

fn reply(
    call: In<ChatCommandCall>,
    chat: Res<CometChat>,
    history: Res<ChatHistory>,
    mut state: ResMut<ChatBoxState>,
    mut replies: Replies,
) {
    match newest_whisper(&history) {
        Some(to) => send_or_address(&chat, &mut state, to, &call.arguments),
        None => replies
            .notes
            .push(replies.strings.nobody_to_answer.as_str()),
    }
}

fn emote(call: In<ChatCommandCall>, chat: Res<CometChat>, mut replies: Replies) {
    let ChatCommandCall { arguments, to } = call.0;
    match to {
        _ if arguments.is_empty() => replies.push_usage("me"),
        Some(to) => {
            chat.send_message(text_message(to, &arguments).with_tag(EMOTE_TAG))
                .ignore_errors();
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

/// Tells the player that a command failed.
fn push_failure(error: In<ChatError>, strings: Res<ChatBoxStrings>, mut notes: ResMut<ChatNotes>) {
    tracing::debug!("a command failed: {}", *error);
    let reason = strings.failure_reason(&error.code);
    notes.push(fill(&strings.command_failed, &[("{text}", reason)]));
}

fn help(_: In<ChatCommandCall>, commands: Res<ChatCommands>, mut notes: ResMut<ChatNotes>) {
    for command in commands.iter() {
        notes.push(command.help.as_str());
    }
}

fn first_word(arguments: &str) -> (&str, &str) {
    let (word, rest) = arguments
        .split_once(char::is_whitespace)
        .unwrap_or((arguments, ""));
    (word, rest.trim())
}
