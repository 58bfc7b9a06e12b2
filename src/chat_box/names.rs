//! Users as players see and type them: users by name, and the names of conversations.

use std::sync::Arc;

use super::{safety::ChatSafety, strings::ChatBoxStrings, tabs::ChatTabs};
use crate::{
    history::{ConversationHistory, History},
    model::{Receiver, ReceiverId, User},
    text::{Sanitizer, display_name, isolate},
};

/// The maximum number of words of a name.
const MAX_NAME_WORDS: usize = 12;
/// The number of newest messages of each conversation that are searched for a user.
const SEARCHED: usize = 100;

/// The users whom the start of a text names, and the text after the name.
pub(super) struct Named<'a, 't> {
    /// Several, if the name is ambiguous. Only the one whose uid it is exactly, if there is one: nobody can be meant by a
    /// uid but its user, whatever others call themselves.
    pub(super) users: Vec<&'a Arc<User>>,
    pub(super) name: &'t str,
    pub(super) rest: &'t str,
}

/// Finds the users whom the start of a text names: by uid, by display name, in the streamer mode by pseudonym. A name can
/// have several words. The longest name that a user has is taken, and of users with that name the one whose uid it is. An
/// at sign may precede it.
pub(super) fn users_named<'a, 't>(
    users: impl IntoIterator<Item = &'a Arc<User>>,
    text: &'t str,
    safety: &ChatSafety,
    strings: &ChatBoxStrings,
) -> Option<Named<'a, 't>> {
    let users: Vec<_> = users.into_iter().collect();
    let word_ends = text.match_indices(char::is_whitespace).map(|(at, _)| at);
    let mut ends: Vec<_> = word_ends.take(MAX_NAME_WORDS).collect();
    if ends.len() < MAX_NAME_WORDS {
        ends.push(text.len());
    }
    ends.into_iter().rev().find_map(|end| {
        let (name, rest) = text.split_at_checked(end)?;
        let bare = name.strip_prefix('@').unwrap_or(name);
        let is_named = |user: &User| {
            has_name(user, name)
                || has_name(user, bare)
                || name == format!("<@uid:{}>", user.uid)
                || safety.streamer_mode && safety.pseudonym(&user.uid, strings) == bare
        };
        let mut named: Vec<&Arc<User>> = Vec::new();
        for user in users.iter().filter(|user| is_named(user)) {
            if named.iter().all(|known| known.uid != user.uid) {
                named.push(user);
            }
        }
        if let Some(&owner) = named.iter().find(|user| user.uid.as_str() == bare) {
            named = vec![owner];
        }
        let rest = rest.trim_start();
        (!named.is_empty()).then_some(Named {
            users: named,
            name,
            rest,
        })
    })
}

/// Whether `name` is the user's uid or display name. Upper and lower case are equal in both.
fn has_name(user: &User, name: &str) -> bool {
    user.uid == *name || display_name(user).to_lowercase() == name.to_lowercase()
}

/// The other users who have written something: in each conversation, the one with the newest message first. A user can
/// occur several times.
pub(super) fn senders(history: &History) -> impl Iterator<Item = &Arc<User>> {
    let me = history.user();
    history
        .conversations()
        .flat_map(|conversation| conversation.iter().rev().take(SEARCHED))
        .map(|entry| entry.sender())
        .filter(move |user| me.is_none_or(|me| me.uid != user.uid))
}

fn is_with(conversation: &ReceiverId, user: &User) -> bool {
    matches!(conversation, ReceiverId::User(uid) if *uid == user.uid)
}

/// The name of a conversation: the label of its tab, or the name of the user or group.
pub(super) fn conversation_name(
    with: &ReceiverId,
    tabs: &ChatTabs,
    history: &History,
    safety: &ChatSafety,
    strings: &ChatBoxStrings,
) -> String {
    if let ReceiverId::User(uid) = with
        && safety.streamer_mode
    {
        return safety.pseudonym(uid, strings);
    }
    if let Some(label) = tabs.label_of(with) {
        return label.into();
    }
    let name = match history.conversation(with).map(ConversationHistory::with) {
        Some(Receiver::User(user)) => display_name(user).into_owned(),
        Some(Receiver::Group(group)) => Sanitizer::NAME.clean(&group.name).into_owned(),
        // The user may have written in another conversation.
        None => match senders(history).find(|user| is_with(with, user)) {
            Some(user) => display_name(user).into_owned(),
            None => Sanitizer::NAME.clean(with.as_str()).into_owned(),
        },
    };
    isolate(&name).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_and_lower_case_are_equal_in_a_uid_and_in_a_display_name() {
        let bob = User::new("bob-7", "Robert");
        for name in ["bob-7", "Bob-7", "Robert", "ROBERT"] {
            assert!(has_name(&bob, name), "{name}");
        }
        assert!(!has_name(&bob, "bob"));
    }
}
