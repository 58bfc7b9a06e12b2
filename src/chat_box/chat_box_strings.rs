use bevy::prelude::Resource;

use crate::{
    client::ErrorCode,
    connection::Retry,
    model::{GroupAction, GroupActionKind},
    text::{display_name, isolate},
};

/// The words of the chat box, in English by default. A translated game replaces them.
///
/// What stands in braces is filled in: `{name}` and `{by}` with users' names, `{n}` with a number, `{text}` with
/// what the field says.
#[derive(Resource, Clone, Debug)]
#[non_exhaustive]
pub struct ChatBoxStrings {
    /// In the input, while the box is closed.
    pub press_to_chat: String,
    /// In the input, while it is empty.
    pub say_something: String,
    /// In the input, when nobody is logged in.
    pub logged_out: String,
    /// In the input, when there is nobody to write to.
    pub nobody_to_write_to: String,
    /// In a tab without messages.
    pub nothing_yet: String,
    /// In the tab of whispers, while there are none.
    pub no_whispers: String,
    /// Before a whisper to the user.
    pub whisper_from: String,
    /// Before a whisper by the user.
    pub whisper_to: String,
    /// After a text that was changed.
    pub edited: String,
    /// Instead of a deleted message.
    pub deleted: String,
    /// Instead of a message of a kind that cannot be shown.
    pub unknown_content: String,
    /// Instead of a file without a caption; `{text}` is its name.
    pub file: String,
    /// After a message that is not sent yet.
    pub pending: String,
    /// After a message that could not be sent; `{text}` is why.
    pub failed: String,
    /// The button that sends it again.
    pub try_again: String,
    /// The button that gives it up.
    pub give_up: String,
    /// Why: the server did not take it.
    pub refused: String,
    /// Why: the server could not be reached.
    pub unreachable: String,
    /// Why: too many messages were sent.
    pub too_fast: String,
    /// Why: nobody has that name.
    pub no_such_user: String,
    /// Why: no group has that name.
    pub no_such_group: String,
    /// Why: the user is no member of the group.
    pub not_a_member: String,
    /// A user joined a group.
    pub joined: String,
    /// A member left.
    pub left: String,
    /// A user was added to a group.
    pub added: String,
    /// A member was removed.
    pub kicked: String,
    /// A member was banned.
    pub banned: String,
    /// A user is banned no more.
    pub unbanned: String,
    /// What a member may do changed.
    pub scope_changed: String,
    /// One user is typing.
    pub is_typing: String,
    /// Two users are typing.
    pub two_are_typing: String,
    /// More are typing.
    pub many_are_typing: String,
    /// Above a message before which others may be missing, until they are fetched.
    pub missing: String,
    /// After a reconnect: not all that was edited and deleted meanwhile is known.
    pub missing_changes: String,
    /// On the button that jumps down to new messages.
    pub new_messages: String,
    /// On the button that jumps down when there are none.
    pub to_newest: String,
    /// The connection is lost, and the next attempt starts in `{n}` s.
    pub reconnecting_in: String,
    /// An attempt to connect is under way.
    pub reconnecting: String,
    /// The connection is lost, and nothing happens by itself.
    pub disconnected: String,
    /// A command is not known; `{text}` is its name.
    pub unknown_command: String,
    /// A command came to nothing; `{text}` is why.
    pub command_failed: String,
    /// The user blocked somebody.
    pub blocked: String,
    /// Nobody whispered yet.
    pub nobody_to_answer: String,
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
            whisper_from: "{name} whispers".into(),
            whisper_to: "To {name}".into(),
            edited: "(edited)".into(),
            deleted: "Message deleted".into(),
            unknown_content: "A message that this version of the game cannot show".into(),
            file: "File: {text}".into(),
            pending: "…".into(),
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
            blocked: "You will hear no more of {name}.".into(),
            nobody_to_answer: "Nobody has whispered to you yet.".into(),
        }
    }
}

impl ChatBoxStrings {
    pub(super) fn of_action(&self, action: &GroupAction) -> String {
        let template = match action.kind {
            GroupActionKind::Joined => &self.joined,
            GroupActionKind::Left => &self.left,
            GroupActionKind::Added => &self.added,
            GroupActionKind::Kicked => &self.kicked,
            GroupActionKind::Banned => &self.banned,
            GroupActionKind::Unbanned => &self.unbanned,
            GroupActionKind::ScopeChanged { .. } => &self.scope_changed,
        };
        let (name, by) = (display_name(&action.on), display_name(&action.by));
        fill(
            template,
            &[("{name}", &isolate(&name)), ("{by}", &isolate(&by))],
        )
    }

    /// Why a message could not be sent, for the player.
    pub(super) fn of_failure(&self, code: &ErrorCode) -> &str {
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

    /// What happens next to a lost connection, `wait` being the whole seconds until the next attempt.
    pub(super) fn of_retry(&self, retry: Retry, wait: u64) -> String {
        match retry {
            Retry::After(_) if wait > 0 => {
                fill(&self.reconnecting_in, &[("{n}", &wait.to_string())])
            }
            Retry::After(_) | Retry::NotNeeded | Retry::OnForeground => self.reconnecting.clone(),
            Retry::Never => self.disconnected.clone(),
        }
    }
}

/// Fills a template in. What is filled in is not looked at again.
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
