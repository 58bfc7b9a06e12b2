//! The commands on a user whom the player names.

use std::sync::Arc;

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    built_in_commands::first_word,
    commands::{AddChatCommand, ChatCommandCall, ChatCommands},
    main_box::BoxStates,
    menu::NameActionCall,
    names::{senders, users_named},
    safety::{MuteDuration, PlayerActions, push_failure},
    send::send_or_address,
    strings::fill,
};
use crate::{
    client::{BlockDirection, BlockedUsersRequest, Page, Request, UsersRequest},
    model::User,
    plugin::{ChatHistory, CometChat},
    text::{Sanitizer, display_name, isolate},
};

/// The maximum number of blocked users that are fetched.
const MAX_BLOCKED: u32 = 100;

pub(super) fn plugin(app: &mut App) {
    use UserCommand::{Block, Mute, Report, Unblock, Unmute, Whisper};
    app.add_chat_command(
        "w",
        "/w NAME TEXT: whisper to somebody",
        run_command(Whisper),
    )
    .add_chat_command(
        "mute",
        "/mute NAME MINUTES, or /mute NAME today, or /mute NAME: see nothing of somebody",
        run_command(Mute),
    )
    .add_chat_command(
        "unmute",
        "/unmute NAME: see somebody again",
        run_command(Unmute),
    )
    .add_chat_command(
        "block",
        "/block NAME: hear no more of somebody",
        run_command(Block),
    )
    .add_chat_command(
        "unblock",
        "/unblock NAME: hear somebody again",
        run_command(Unblock),
    )
    .add_chat_command(
        "report",
        "/report NAME REMARK: report somebody to the moderators",
        run_command(Report),
    )
    .add_chat_command("muted", "/muted: who is muted or blocked", list)
    .add_chat_command("blocked", "/blocked: who is muted or blocked", list);
}

/// A command on a user.
#[derive(Clone, Copy, PartialEq)]
enum UserCommand {
    /// The name is followed by a text.
    Whisper,
    /// The name can be followed by a duration.
    Mute,
    Unmute,
    Block,
    Unblock,
    /// The name can be followed by a remark.
    Report,
}

impl UserCommand {
    const fn name(self) -> &'static str {
        match self {
            Self::Whisper => "w",
            Self::Mute => "mute",
            Self::Unmute => "unmute",
            Self::Block => "block",
            Self::Unblock => "unblock",
            Self::Report => "report",
        }
    }

    /// Whether the text after a name can be what the command expects.
    fn takes(self, rest: &str) -> bool {
        match self {
            Self::Whisper | Self::Report => true,
            Self::Mute => MuteDuration::from_typed(rest).is_some(),
            Self::Unmute | Self::Block | Self::Unblock => rest.is_empty(),
        }
    }
}

/// Runs commands on users whom the player names.
#[derive(SystemParam)]
struct UserCommands<'w, 's> {
    chat: Res<'w, CometChat>,
    states: BoxStates<'w, 's>,
    known: Res<'w, ChatCommands>,
    history: Res<'w, ChatHistory>,
    actions: PlayerActions<'w>,
    commands: Commands<'w, 's>,
}

impl UserCommands<'_, '_> {
    /// Runs the command on the user whom the arguments name, if it is one of these. If the name is ambiguous, asks. Returns
    /// whether there is such a user.
    fn run_on<'a>(
        &mut self,
        users: impl IntoIterator<Item = &'a Arc<User>>,
        command: UserCommand,
        arguments: &str,
    ) -> bool {
        let (safety, strings) = (&self.actions.safety, &self.actions.strings);
        let named = users_named(users, arguments, safety, strings);
        let Some(named) = named.filter(|named| command.takes(named.rest)) else {
            return false;
        };
        match &named.users[..] {
            [user] => self.run(command, user, named.rest),
            users => self.push_ambiguous(named.name, users),
        }
        true
    }

    fn run(&mut self, command: UserCommand, user: &Arc<User>, rest: &str) {
        match command {
            UserCommand::Whisper => {
                let to = user.uid.clone().into();
                send_or_address(&mut self.commands, &mut self.states, to, rest);
            }
            UserCommand::Mute => {
                let duration = MuteDuration::from_typed(rest).unwrap_or_default();
                self.actions.mute(user, duration);
            }
            UserCommand::Unmute => self.actions.unmute(user),
            UserCommand::Block => self.actions.block(user),
            UserCommand::Unblock => self.actions.unblock(user),
            UserCommand::Report => {
                let call = NameActionCall::new(user.clone(), None);
                self.actions.report(&self.history, &call, rest);
            }
        }
    }

    fn push_usage(&mut self, command: UserCommand) {
        if let Some(command) = self.known.get(command.name()) {
            self.actions.notes.push(command.help.as_str());
        }
    }

    fn push_unknown_user(&mut self) {
        let strings = &self.actions.strings;
        let reason = strings.no_such_user.as_str();
        let note = fill(&strings.command_failed, &[("{text}", reason)]);
        self.actions.notes.push(note);
    }

    /// Asks the player which of these users is meant.
    fn push_ambiguous(&mut self, name: &str, users: &[&Arc<User>]) {
        let name = Sanitizer::NAME.clean(name);
        let users = users.iter().map(|user| {
            if self.actions.safety.streamer_mode {
                return self.actions.name(user);
            }
            let uid = Sanitizer::NAME.clean(user.uid.as_str());
            format!("{} ({})", isolate(&display_name(user)), isolate(&uid))
        });
        let users = users.collect::<Vec<_>>().join(", ");
        let note = fill(
            &self.actions.strings.ambiguous_name,
            &[("{name}", &isolate(&name)), ("{text}", &users)],
        );
        self.actions.notes.push(note);
    }
}

/// The system of a command.
fn run_command(
    command: UserCommand,
) -> impl Fn(In<ChatCommandCall>, Res<ChatHistory>, UserCommands) {
    move |call, history, mut commands| {
        let arguments = call.0.arguments;
        if arguments.is_empty() {
            return commands.push_usage(command);
        }
        match command {
            UserCommand::Unmute => {
                let muted = muted_users(&commands.actions, |_| true);
                if !commands.run_on(&muted, command, &arguments) {
                    commands.push_unknown_user();
                }
            }
            UserCommand::Unblock => run_on_found(fetch_blocked(&commands.chat), command, arguments),
            _ if commands.run_on(senders(&history), command, &arguments) => {}
            _ => run_on_found(search_users(&commands.chat, &arguments), command, arguments),
        }
    }
}

/// Runs the command on one of the users whom the server returns.
fn run_on_found(found: Request<Page<Arc<User>>>, command: UserCommand, arguments: String) {
    found
        .on_success(
            move |found: In<Page<Arc<User>>>, mut commands: UserCommands| {
                if !commands.run_on(&found.items, command, &arguments) {
                    commands.push_unknown_user();
                }
            },
        )
        .on_error(push_failure);
}

/// Asks the server for users with a name that starts with the first word.
fn search_users(chat: &CometChat, arguments: &str) -> Request<Page<Arc<User>>> {
    let (word, _) = first_word(arguments);
    chat.fetch_next(&UsersRequest::all().search(word).pager())
}

fn fetch_blocked(chat: &CometChat) -> Request<Page<Arc<User>>> {
    let request = BlockedUsersRequest::all().with_direction(BlockDirection::BlockedByMe);
    chat.fetch_next(&request.with_limit(MAX_BLOCKED).pager())
}

fn muted_users(actions: &PlayerActions, is_listed: impl Fn(bool) -> bool) -> Vec<Arc<User>> {
    let muted = actions.muted.iter();
    let listed = muted.filter(|(_, muted)| is_listed(muted.is_blocked));
    let users = listed.map(|(uid, muted)| User::new(uid, &*muted.name).into());
    users.collect()
}

/// Lists the muted players, and those whom the server says are blocked.
fn list(_: In<ChatCommandCall>, commands: UserCommands) {
    fetch_blocked(&commands.chat)
        .on_success(|blocked: In<Page<Arc<User>>>, mut actions: PlayerActions| {
            if blocked.items.len() < MAX_BLOCKED as usize {
                actions.forget_unblocked(&blocked.items);
            }
            let muted = muted_users(&actions, |is_blocked| !is_blocked);
            if muted.is_empty() && blocked.items.is_empty() {
                let note = actions.strings.safety.nobody_muted.as_str();
                actions.notes.push(note);
            }
            for user in &muted {
                actions.list_muted(user);
            }
            for user in &blocked.items {
                actions.list_blocked(user);
            }
        })
        .on_error(|_: In<_>, mut actions: PlayerActions| {
            for user in muted_users(&actions, |_| true) {
                actions.list_muted(&user);
            }
        })
        .on_error(push_failure);
}
