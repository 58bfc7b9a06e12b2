mod layout;
mod safety;
mod talk;

use bevy::prelude::*;

pub use self::{layout::LayoutStrings, safety::SafetyStrings, talk::TalkStrings};

use crate::{
    client::ErrorCode,
    connection::Retry,
    model::{GroupAction, GroupActionKind, User},
    text::isolate,
};

/// The texts of the chat box. The default is English. A translated game replaces them.
///
/// Placeholders in braces are replaced: `{name}` and `{by}` by names of users, `{n}` by a number, `{text}` as each field
/// describes.
#[derive(Resource, Reflect, Clone, Debug)]
#[reflect(Resource, Clone, Debug, Default)]
pub struct ChatBoxStrings {
    /// The placeholder of the input while the box is closed.
    pub press_to_chat: String,
    /// The placeholder of the empty input.
    pub say_something: String,
    /// The placeholder of the input, and a note, when no user is logged in.
    pub logged_out: String,
    /// The placeholder of the input, and a note, when lines have no receiver.
    pub nobody_to_write_to: String,
    /// The text of a tab without messages.
    pub nothing_yet: String,
    /// The text of the whispers tab without messages.
    pub no_whispers: String,
    /// The text of a tab while its messages are loaded.
    pub loading: String,
    /// The text of a tab whose messages could not be loaded.
    pub not_loaded: String,
    /// The note that the receiver of a whisper is offline.
    pub receiver_offline: String,
    /// The name before a whisper to the user.
    pub whisper_from: String,
    /// The name before a whisper by the user.
    pub whisper_to: String,
    /// The remark after an edited text.
    pub edited: String,
    /// The remark in place of a deleted message.
    pub deleted: String,
    /// The remark in place of content that cannot be shown.
    pub unknown_content: String,
    /// The remark in place of a file without a caption. `{text}` is the file name.
    pub file: String,
    /// The text after a message that is not sent yet.
    pub pending: String,
    /// The text after a message that waits for the rate limit: it is sent in `{n}` seconds.
    pub held: String,
    /// The text after a message that was not sent. `{text}` is the reason.
    pub failed: String,
    /// The button that sends a failed message again.
    pub try_again: String,
    /// The button that discards a failed message.
    pub give_up: String,
    /// A reason: the server refused the request.
    pub refused: String,
    /// A reason: the server cannot be reached.
    pub unreachable: String,
    /// A reason: the rate limit is exceeded, or the outbox is full.
    pub too_fast: String,
    /// A reason: no user has this name.
    pub no_such_user: String,
    /// A reason: no group has this name.
    pub no_such_group: String,
    /// A reason: the user is not a member of the group.
    pub not_a_member: String,
    /// The notice that a user joined a group.
    pub joined: String,
    /// The names of two users who joined or left.
    pub two_names: String,
    /// The names of three users who joined or left. `{text}` is the third.
    pub three_names: String,
    /// The names of two of the users who joined or left, and the number of the others.
    pub many_names: String,
    /// The number of equal messages that are folded into one line.
    pub repeated: String,
    /// The button after the start of a long message.
    pub more: String,
    /// The button after a long message that is opened.
    pub less: String,
    /// The notice that a member left.
    pub left: String,
    /// The notice that a member added a user.
    pub added: String,
    /// The notice that a member was removed.
    pub kicked: String,
    /// The notice that a member was banned.
    pub banned: String,
    /// The notice that the ban of a user was lifted.
    pub unbanned: String,
    /// The notice that the scope of a member changed.
    pub scope_changed: String,
    /// The hint that one user is typing.
    pub is_typing: String,
    /// The hint that two users are typing.
    pub two_are_typing: String,
    /// The hint that more than two users are typing.
    pub many_are_typing: String,
    /// The statement before a message that earlier ones may be missing, until they are fetched.
    pub missing: String,
    /// The note after a reconnect that edits and deletions may be missing.
    pub missing_changes: String,
    /// The button that scrolls down to new messages.
    pub new_messages: String,
    /// The button that scrolls down if there are no new messages.
    pub to_newest: String,
    /// The connection line: the next attempt to connect starts in `{n}` seconds.
    pub reconnecting_in: String,
    /// The connection line: an attempt to connect is under way.
    pub reconnecting: String,
    /// The connection line: no attempt to connect will be made.
    pub disconnected: String,
    /// The note that a command is unknown. `{text}` is its name.
    pub unknown_command: String,
    /// The note that a command failed. `{text}` is the reason.
    pub command_failed: String,
    /// The note that several users may be meant by `{name}`. `{text}` lists them.
    pub ambiguous_name: String,
    /// The note that the user blocked another user.
    pub blocked: String,
    /// The note that there is no whisper to reply to.
    pub nobody_to_answer: String,
    /// The texts about muted, blocked and reported players.
    pub safety: SafetyStrings,
    /// The texts of the layout mode.
    pub layout: LayoutStrings,
    /// The texts of what the player does with messages.
    pub talk: TalkStrings,
}

impl Default for ChatBoxStrings {
    fn default() -> Self {
        Self {
            press_to_chat: "Press Enter to chat".into(),
            say_something: "Say something, or /help".into(),
            logged_out: "You are not in the chat".into(),
            nobody_to_write_to: "Whisper with /w NAME TEXT".into(),
            nothing_yet: "Nothing has been said here yet.".into(),
            no_whispers: "No whispers yet. Click a name, or type /w NAME TEXT.".into(),
            loading: "Loading…".into(),
            not_loaded: "This could not be loaded. Trying again…".into(),
            receiver_offline: "{name} is offline, and will find your whisper later.".into(),
            whisper_from: "{name} whispers".into(),
            whisper_to: "To {name}".into(),
            edited: "(edited)".into(),
            deleted: "Message deleted".into(),
            unknown_content: "A message that this version of the game cannot show".into(),
            file: "File: {text}".into(),
            pending: "…".into(),
            held: "in {n} s".into(),
            failed: "Not sent: {text}.".into(),
            try_again: "Try again".into(),
            give_up: "Give up".into(),
            refused: "the server refused it".into(),
            unreachable: "no connection".into(),
            too_fast: "too many messages".into(),
            no_such_user: "nobody has that name".into(),
            no_such_group: "there is no such group".into(),
            not_a_member: "you are not in that group".into(),
            joined: "{name} joined".into(),
            two_names: "{name} and {by}".into(),
            three_names: "{name}, {by} and {text}".into(),
            many_names: "{name}, {by} and {n} others".into(),
            repeated: "×{n}".into(),
            more: "more".into(),
            less: "less".into(),
            left: "{name} left".into(),
            added: "{by} added {name}".into(),
            kicked: "{by} removed {name}".into(),
            banned: "{by} banned {name}".into(),
            unbanned: "{by} allowed {name} to come back".into(),
            scope_changed: "{by} changed what {name} may do".into(),
            is_typing: "{name} is typing…".into(),
            two_are_typing: "{name} and {by} are typing…".into(),
            many_are_typing: "{n} people are typing…".into(),
            missing: "Some messages are missing here…".into(),
            missing_changes:
                "Messages edited or deleted while you were away may show as they were.".into(),
            new_messages: "{n} new".into(),
            to_newest: "Newest".into(),
            reconnecting_in: "No connection. Trying again in {n} s.".into(),
            reconnecting: "No connection. Trying again…".into(),
            disconnected: "No connection. Click here to connect.".into(),
            unknown_command: "There is no command /{text}. /help lists them.".into(),
            command_failed: "That did not work: {text}.".into(),
            ambiguous_name: "{name} may be {text}. Click the name, or use what is in brackets."
                .into(),
            blocked: "You will hear no more of {name}.".into(),
            nobody_to_answer: "Nobody has whispered to you yet.".into(),
            safety: SafetyStrings::default(),
            layout: LayoutStrings::default(),
            talk: TalkStrings::default(),
        }
    }
}

impl ChatBoxStrings {
    /// The notice of a group action.
    pub(super) fn group_action(
        &self,
        action: &GroupAction,
        name_of: impl Fn(&User) -> String,
    ) -> String {
        let template = match action.kind {
            GroupActionKind::Joined => &self.joined,
            GroupActionKind::Left => &self.left,
            GroupActionKind::Added => &self.added,
            GroupActionKind::Kicked => &self.kicked,
            GroupActionKind::Banned => &self.banned,
            GroupActionKind::Unbanned => &self.unbanned,
            GroupActionKind::ScopeChanged { .. } => &self.scope_changed,
        };
        let (name, by) = (name_of(&action.on), name_of(&action.by));
        fill(
            template,
            &[("{name}", &isolate(&name)), ("{by}", &isolate(&by))],
        )
    }

    /// The notice of several users who joined and left. Of each, the last action counts.
    pub(super) fn memberships(
        &self,
        actions: &[&GroupAction],
        name_of: impl Fn(&User) -> String,
    ) -> String {
        let kinds = [
            (GroupActionKind::Joined, &self.joined),
            (GroupActionKind::Left, &self.left),
        ];
        let notices = kinds.into_iter().filter_map(|(kind, template)| {
            let is_last = |at: usize| {
                let mut later = actions[at + 1..].iter();
                later.all(|later| later.on.uid != actions[at].on.uid)
            };
            let of_kind = actions.iter().enumerate();
            let of_kind = of_kind.filter(|(at, action)| action.kind == kind && is_last(*at));
            let names: Vec<_> = of_kind
                .map(|(_, action)| isolate(&name_of(&action.on)).into_owned())
                .collect();
            let names = self.names(&names)?;
            Some(fill(template, &[("{name}", &names)]))
        });
        notices.collect::<Vec<_>>().join("; ")
    }

    fn names(&self, names: &[String]) -> Option<String> {
        Some(match names {
            [] => return None,
            [one] => one.clone(),
            [one, two] => fill(&self.two_names, &[("{name}", one), ("{by}", two)]),
            [one, two, three] => fill(
                &self.three_names,
                &[("{name}", one), ("{by}", two), ("{text}", three)],
            ),
            [one, two, others @ ..] => {
                let count = others.len().to_string();
                fill(
                    &self.many_names,
                    &[("{name}", one), ("{by}", two), ("{n}", &count)],
                )
            }
        })
    }

    /// The reason of a failure, for the player.
    pub(super) fn failure_reason(&self, code: &ErrorCode) -> &str {
        match code {
            ErrorCode::ServerUnreachable
            | ErrorCode::NotConnected
            | ErrorCode::OutboxExpired
            | ErrorCode::OutboxUnconfirmed
            | ErrorCode::Cancelled => &self.unreachable,
            ErrorCode::TooManyRequests | ErrorCode::OutboxFull => &self.too_fast,
            ErrorCode::UserNotFound => &self.no_such_user,
            ErrorCode::GroupNotFound => &self.no_such_group,
            ErrorCode::GroupNotJoined => &self.not_a_member,
            _ => &self.refused,
        }
    }

    /// The connection line. `wait` is the time until the next attempt, in seconds.
    pub(super) fn connection_line(&self, retry: Retry, wait: u64) -> String {
        match retry {
            Retry::After(_) if wait > 0 => {
                fill(&self.reconnecting_in, &[("{n}", &wait.to_string())])
            }
            Retry::After(_) | Retry::NotNeeded | Retry::OnForeground => self.reconnecting.clone(),
            Retry::Never => self.disconnected.clone(),
        }
    }
}

/// Replaces the placeholders of a template. Values are not searched for placeholders.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        let value = values.iter().find(|(name, _)| rest.starts_with(name));
        let (written, length) = value.map_or(("{", 1), |(name, value)| (*value, name.len()));
        filled.push_str(written);
        rest = &rest[length..];
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_filled_in_again() {
        let filled = fill("{by}: {name}{", &[("{name}", "{by}"), ("{by}", "Ana")]);
        assert_eq!(filled, "Ana: {by}{");
    }
}
