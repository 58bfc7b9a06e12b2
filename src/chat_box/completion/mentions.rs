//! The players who are mentioned in what the user types: their names become mentions when the line is sent.

use std::collections::VecDeque;

use bevy::prelude::*;

use crate::{chat_box::state::UserLeft, model::Uid};

/// The maximum number of names that are kept.
const MAX_NAMES: usize = 50;

/// The names that the player has chosen for mentions, each with an at sign.
#[derive(Resource, Default)]
pub(in crate::chat_box) struct DraftMentions(VecDeque<(String, Uid)>);

impl DraftMentions {
    /// Makes the name mean this user from now on.
    pub(in crate::chat_box) fn add(&mut self, name: &str, uid: &Uid) {
        self.0.retain(|(known, _)| known != name);
        self.0.truncate(MAX_NAMES - 1);
        self.0.push_front((name.into(), uid.clone()));
    }

    /// The line as it is sent: with mentions in the places of names.
    pub(in crate::chat_box) fn encode(&self, line: &str) -> String {
        let mut names: Vec<_> = self.0.iter().collect();
        names.sort_unstable_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let mut encoded = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(at) = rest.find('@') {
            let (before, name_on) = rest.split_at(at);
            encoded.push_str(before);
            let named = names.iter().find(|(name, _)| {
                let after = name_on.strip_prefix(name.as_str());
                after.is_some_and(|after| !after.starts_with(char::is_alphanumeric))
            });
            let length = match named {
                Some((name, uid)) => {
                    encoded.push_str(&format!("<@uid:{uid}>"));
                    name.len()
                }
                None => {
                    encoded.push('@');
                    1
                }
            };
            rest = &name_on[length..];
        }
        encoded.push_str(rest);
        encoded
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<DraftMentions>()
        .add_observer(|_: On<UserLeft>, mut mentions: ResMut<DraftMentions>| mentions.0.clear());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_is_mentioned_and_nothing_else() {
        let mut mentions = DraftMentions::default();
        for (name, uid) in [
            ("@Ana", "ana"),
            ("@Ana Lee", "lee"),
            ("@Bob", "old"),
            ("@Bob", "bob"),
        ] {
            mentions.add(name, &uid.into());
        }
        let line = "a@b @Ana Lee, @Ana! @Anabel @Bob";
        let expected = "a@b <@uid:lee>, <@uid:ana>! @Anabel <@uid:bob>";
        assert_eq!(mentions.encode(line), expected);
    }
}
