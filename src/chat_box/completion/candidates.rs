//! The candidates of the completion: commands, players and emoji.

use std::{ops::Range, sync::Arc};

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    members::GroupMembers,
    rank::{Rank, rank, word_after},
};
use crate::{
    chat_box::{
        commands::ChatCommands,
        names::{senders, users_named},
        safety::LineFilter,
        strings::{ChatBoxStrings, fill},
        tabs::ChatTabs,
    },
    history::ConversationHistory,
    model::{Receiver, Uid, User},
    plugin::ChatHistory,
};

/// The maximum number of candidates.
const MAX_CANDIDATES: usize = 8;
/// The minimum length of what is typed of the name of an emoji.
const MIN_EMOJI: usize = 2;

/// A candidate of the completion.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) label: String,
    /// What comes after the label: how a command is used.
    pub(super) detail: String,
    /// The text that replaces the typed one.
    pub(super) insert: String,
    /// The user whom it mentions.
    pub(super) mentions: Option<Uid>,
}

/// The players whom the user may mean. In the streamer mode, they have pseudonyms.
#[derive(SystemParam)]
pub(in crate::chat_box) struct Players<'w> {
    pub(in crate::chat_box) history: Res<'w, ChatHistory>,
    members: Res<'w, GroupMembers>,
    filter: LineFilter<'w>,
    strings: Res<'w, ChatBoxStrings>,
}

impl Players<'_> {
    /// The players whose name matches, the best match first, each with the name.
    fn matching(&self, typed: &str) -> Vec<(String, &Arc<User>)> {
        let safety = &self.filter.safety;
        let me = self.history.user().map(|user| &user.uid);
        let with = self.history.conversations().map(ConversationHistory::with);
        let with = with.filter_map(|with| match with {
            Receiver::User(user) => Some(user),
            Receiver::Group(_) => None,
        });
        let mut known: Vec<&Arc<User>> = Vec::new();
        let members = self.members.addressed();
        for user in senders(&self.history).chain(with).chain(members) {
            let is_other = me != Some(&user.uid) && !self.filter.hides_user(user);
            if is_other && known.iter().all(|known| known.uid != user.uid) {
                known.push(user);
            }
        }
        let ranked = known.into_iter().filter_map(|user| {
            let name = safety.name_of(user, &self.strings);
            let by_uid = rank(user.uid.as_str(), typed).filter(|_| !safety.streamer_mode);
            let rank = [rank(&name, typed), by_uid].into_iter().flatten().min()?;
            // A name of several words has to be typed as it is.
            let is_close = rank <= Rank::Prefix || !typed.contains(char::is_whitespace);
            is_close.then_some((rank, (name, user)))
        });
        best(ranked)
    }

    /// The text for a player in a command: the name, or if it does not mean this player alone, the uid.
    fn argument(&self, name: String, user: &User) -> String {
        let safety = &self.filter.safety;
        let named = users_named(senders(&self.history), &name, safety, &self.strings);
        let is_unique = named.is_none_or(|it| {
            it.rest.is_empty() && matches!(it.users[..], [only] if only.uid == user.uid)
        });
        if is_unique || safety.streamer_mode {
            name
        } else {
            user.uid.to_string()
        }
    }
}

/// What can be typed after a slash: commands, and the prefixes of channels.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) commands: &'a ChatCommands,
    pub(super) tabs: &'a ChatTabs,
}

impl<'a> Known<'a> {
    /// The prefixes with the labels of their channels, without those that a command hides.
    fn prefixes(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let is_hidden = move |prefix: &str| self.commands.get(&prefix.to_lowercase()).is_some();
        let prefixes = self.tabs.prefixes();
        prefixes.filter(move |(prefix, _)| !is_hidden(prefix))
    }

    /// Completes the typed text as far as all that match agree. If only one matches, a space follows.
    pub(super) fn complete(self, typed: &str) -> Option<String> {
        let prefixes = self.prefixes().map(|(prefix, _)| prefix);
        self.commands.complete(typed, prefixes)
    }

    fn matching(self, typed: &str, strings: &ChatBoxStrings) -> Vec<Candidate> {
        let prefixes = self.prefixes().filter_map(|(prefix, label)| {
            let candidate = Candidate {
                label: format!("/{prefix}"),
                detail: fill(&strings.talk.prefix, &[("{name}", label)]),
                insert: format!("/{prefix} "),
                mentions: None,
            };
            Some((rank(prefix, typed)?, candidate))
        });
        let commands = self.commands.iter().filter_map(|command| {
            let label = format!("/{}", command.name);
            let detail = command.help.trim_start_matches(&label);
            let candidate = Candidate {
                insert: format!("{label} "),
                detail: detail.trim_start_matches(':').trim().into(),
                label,
                mentions: None,
            };
            Some((rank(&command.name, typed)?, candidate))
        });
        best(prefixes.chain(commands))
    }
}

/// The candidates for a text with the caret at a byte of it, and the bytes that they replace.
pub(super) fn find(
    text: &str,
    caret: usize,
    known: Known,
    players: &Players,
) -> (Range<usize>, Vec<Candidate>) {
    let Some(before) = text.get(..caret) else {
        return default();
    };
    if let Some(typed) = before.strip_prefix('/') {
        let Some((_, argument)) = typed.split_once(' ') else {
            return (0..caret, known.matching(typed, &players.strings));
        };
        let name = argument.strip_prefix('@').unwrap_or(argument);
        let named = if name.is_empty() && name == argument {
            Vec::new()
        } else {
            players.matching(name)
        };
        if !named.is_empty() {
            let named = named.into_iter().map(|(name, user)| {
                let argument = players.argument(name.clone(), user);
                Candidate {
                    insert: format!("{argument} "),
                    detail: String::new(),
                    label: name,
                    mentions: None,
                }
            });
            return (caret - argument.len()..caret, named.collect());
        }
    }
    if let Some(typed) = word_after(before, '@') {
        let named = players.matching(typed).into_iter();
        let named = named.map(|(name, user)| Candidate {
            insert: format!("@{name} "),
            label: format!("@{name}"),
            detail: String::new(),
            mentions: Some(user.uid.clone()),
        });
        return (caret - typed.len() - 1..caret, named.collect());
    }
    match word_after(before, ':').filter(|typed| typed.len() >= MIN_EMOJI && is_shortcode(typed)) {
        Some(typed) => (caret - typed.len() - 1..caret, matching_emoji(typed)),
        None => default(),
    }
}

fn is_shortcode(typed: &str) -> bool {
    let mut characters = typed.chars();
    characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-'))
}

fn matching_emoji(typed: &str) -> Vec<Candidate> {
    let ranked = emojis::iter().filter_map(|emoji| {
        let ranked = emoji
            .shortcodes()
            .filter_map(|code| Some((rank(code, typed)?, code)));
        let (rank, code) = ranked.min_by_key(|(rank, _)| *rank)?;
        let candidate = Candidate {
            label: format!("{emoji} :{code}:"),
            detail: String::new(),
            insert: format!("{emoji} "),
            mentions: None,
        };
        Some((rank, candidate))
    });
    best(ranked)
}

/// The best candidates, the best one first. Of equal ones, the earlier is better.
fn best<T>(ranked: impl Iterator<Item = (Rank, T)>) -> Vec<T> {
    let mut ranked: Vec<_> = ranked.collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let best = ranked.into_iter().take(MAX_CANDIDATES);
    best.map(|(_, candidate)| candidate).collect()
}
