//! Settings for streamers and minors.

use std::{collections::BTreeSet, hash::BuildHasher};

use bevy::prelude::*;
use foldhash::quality::FixedState;

use crate::{
    chat_box::strings::{ChatBoxStrings, fill},
    history::Entry,
    model::{ReceiverId, Uid, User},
    text::display_name,
};

/// The number of different pseudonyms.
const PSEUDONYMS: u64 = 90_000;

/// Settings for streamers, and for minors. The game sets them, and may let the player or a parent do so. All are off by
/// default.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::chat_box::ChatSafety;
///
/// fn protect(mut safety: ResMut<ChatSafety>) {
///     safety.whispers_from_friends_only = true;
///     safety.friends = ["ana", "bob"].map(Into::into).into();
///     safety.no_links = true;
/// }
/// # bevy::ecs::system::assert_is_system(protect);
/// ```
#[derive(Resource, Reflect, Clone, Debug)]
#[reflect(Resource, Clone, Debug, Default)]
pub struct ChatSafety {
    /// Hides who writes, and whispers, from those who watch the screen. The names of others are pseudonyms: always the
    /// same for a player, until the game ends. Whispers are shown when the user clicks them.
    pub streamer_mode: bool,
    /// Hides whispers of users who are not [friends](Self::friends), and sends them none.
    pub whispers_from_friends_only: bool,
    /// The friends of the user: with [`UsersRequest::only_friends`](crate::client::UsersRequest::only_friends), or of the game's own.
    #[reflect(ignore)]
    pub friends: BTreeSet<Uid>,
    /// Whether web addresses can be clicked. The game opens them then: see [`LinkOpened`](crate::chat_box::LinkOpened).
    pub offers_links: bool,
    /// Sends no web addresses, and hides those in the messages of others.
    pub no_links: bool,
    /// Sends nothing but the [`QuickPhrases`](crate::chat_box::QuickPhrases), and hides all other messages of others.
    pub phrases_only: bool,
    /// The seed of the pseudonyms. Without it, nobody can tell the player from a pseudonym. Default: a random number.
    pub pseudonym_seed: u64,
}

impl Default for ChatSafety {
    fn default() -> Self {
        Self {
            streamer_mode: false,
            whispers_from_friends_only: false,
            friends: BTreeSet::new(),
            offers_links: false,
            no_links: false,
            phrases_only: false,
            pseudonym_seed: fastrand::u64(..),
        }
    }
}

impl ChatSafety {
    /// The name to show for another user: the display name, or in the streamer mode a pseudonym.
    pub fn name_of(&self, user: &User, strings: &ChatBoxStrings) -> String {
        if self.streamer_mode {
            self.pseudonym(&user.uid, strings)
        } else {
            display_name(user).into_owned()
        }
    }

    pub(in crate::chat_box) fn pseudonym(&self, uid: &Uid, strings: &ChatBoxStrings) -> String {
        let number = 10_000 + FixedState::with_seed(self.pseudonym_seed).hash_one(uid) % PSEUDONYMS;
        fill(&strings.safety.pseudonym, &[("{n}", &number.to_string())])
    }

    pub(super) fn forbids_incoming(&self) -> bool {
        self.no_links || self.phrases_only
    }

    /// Whether whispers with this user are hidden, and none are sent.
    pub(in crate::chat_box) fn forbids_whispers_with(&self, with: &ReceiverId) -> bool {
        let is_friend = |uid: &Uid| self.friends.contains(uid);
        self.whispers_from_friends_only && matches!(with, ReceiverId::User(uid) if !is_friend(uid))
    }

    /// Whether the streamer mode hides a line until the user clicks it.
    pub(in crate::chat_box) fn seals(&self, entry: &Entry, with: &ReceiverId) -> bool {
        self.streamer_mode && matches!(with, ReceiverId::User(_)) && entry.group_action().is_none()
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<ChatSafety>()
        .register_type::<ChatSafety>();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_stays_and_tells_nothing_without_the_seed() {
        let (one, other) = (ChatSafety::default(), ChatSafety::default());
        let strings = ChatBoxStrings::default();
        let name = |settings: &ChatSafety| settings.pseudonym(&"ana".into(), &strings);
        assert_eq!(name(&one), name(&one.clone()));
        assert!(name(&one) != name(&other) || one.pseudonym_seed == other.pseudonym_seed);
    }
}
