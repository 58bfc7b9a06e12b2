//! The players whom the user has muted.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bevy::prelude::*;
use jiff::Zoned;
use serde::{Deserialize, Serialize};

use crate::{
    chat_box::{
        kept::{Keep, keep},
        parts::now,
        schedules::BoxSchedule,
    },
    model::{Timestamp, Uid, User},
};

/// The players whom the user has muted. The chat box shows nothing that they write, at once and without the server.
/// Their earlier lines are hidden too, and are there again when the mute ends.
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::{chat_box::{MuteDuration, Muted}, model::User};
///
/// fn mute(user: &User, muted: &mut Muted) {
///     muted.mute(user, MuteDuration::Today);
/// }
///
/// /// A game hides what they say elsewhere, such as in speech bubbles.
/// fn speak(uid: &str, muted: Res<Muted>) {
///     if !muted.contains(&uid.into()) {
///         // …
///     }
/// }
/// ```
///
/// It is saved for each user and app, beside the session, with the
/// [`SessionStore`](crate::client::SessionStore) of the settings. A login loads it, a logout empties it.
#[derive(Resource, Reflect, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[reflect(
    opaque,
    Resource,
    Clone,
    Debug,
    Default,
    PartialEq,
    Serialize,
    Deserialize
)]
#[serde(transparent)]
pub struct Muted(BTreeMap<Uid, MutedPlayer>);

/// A muted player.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MutedPlayer {
    /// The name of the player when they were muted.
    pub name: Arc<str>,
    /// The end of the mute. `None` is never.
    pub until: Option<Timestamp>,
    /// Whether the player is muted because the user has blocked them.
    #[serde(default)]
    pub is_blocked: bool,
}

/// The duration of a mute.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Clone, Debug, Default, PartialEq)]
pub enum MuteDuration {
    /// From now on.
    For(Duration),
    /// Until midnight, in the time zone of the machine.
    Today,
    /// Until the user unmutes the player.
    #[default]
    ForGood,
}

impl MuteDuration {
    /// The duration of the shortest mute that the chat box offers.
    pub const SHORT: Self = Self::For(Duration::from_secs(600));

    /// The duration that a player types: a number of minutes, `today`, or nothing.
    pub(in crate::chat_box) fn from_typed(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let minutes = || text.trim_end_matches("min").trim_end_matches('m').trim();
        match text.as_str() {
            "" => Some(Self::ForGood),
            "today" => Some(Self::Today),
            _ => {
                let minutes: u32 = minutes().parse().ok()?;
                Some(Self::For(Duration::from_secs(u64::from(minutes) * 60)))
            }
        }
    }

    /// The time at which a mute ends that starts now.
    fn end(self) -> Option<Timestamp> {
        match self {
            Self::For(duration) => Some(Timestamp(now().0.saturating_add(duration.as_secs()))),
            Self::Today => {
                let midnight = Zoned::now().end_of_day().ok()?.timestamp().as_second();
                Some(Timestamp(u64::try_from(midnight).ok()?.saturating_add(1)))
            }
            Self::ForGood => None,
        }
    }
}

impl Muted {
    /// Mutes a player from now on, in place of an earlier mute.
    pub fn mute(&mut self, user: &User, duration: MuteDuration) {
        self.insert(user, duration.end(), false);
    }

    /// Hides the lines of a player whom the user has blocked.
    pub(in crate::chat_box) fn block(&mut self, user: &User) {
        self.insert(user, None, true);
    }

    fn insert(&mut self, user: &User, until: Option<Timestamp>, is_blocked: bool) {
        let muted = MutedPlayer {
            name: user.name.clone(),
            until,
            is_blocked,
        };
        self.0.insert(user.uid.clone(), muted);
    }

    /// Ends the mute of a player. Returns whether they were muted.
    pub fn unmute(&mut self, uid: &Uid) -> bool {
        self.0.remove(uid).is_some()
    }

    /// Whether a player is muted.
    pub fn contains(&self, uid: &Uid) -> bool {
        self.0.contains_key(uid)
    }

    /// All muted players, in the order of their uids.
    pub fn iter(&self) -> impl Iterator<Item = (&Uid, &MutedPlayer)> {
        self.0.iter()
    }

    /// Whether nobody is muted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends the mutes of players whom the user has no longer blocked.
    pub(in crate::chat_box) fn retain_blocked(&mut self, blocked: &[Arc<User>]) {
        let is_blocked = |uid: &Uid| blocked.iter().any(|user| user.uid == *uid);
        self.0
            .retain(|uid, muted| !muted.is_blocked || is_blocked(uid));
    }

    fn has_ended(&self, now: Timestamp) -> bool {
        self.iter().any(|(_, muted)| muted.has_ended(now))
    }
}

impl MutedPlayer {
    fn has_ended(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until.0 <= now.0)
    }
}

impl Keep for Muted {
    const RECORD: &'static str = "muted";
}

pub(super) fn plugin(app: &mut App) {
    keep::<Muted>(app);
    app.register_type::<Muted>()
        .register_type::<MuteDuration>()
        .add_systems(BoxSchedule::Keys, end_mutes.run_if(has_any_ended));
}

/// A run condition.
fn has_any_ended(muted: Res<Muted>) -> bool {
    let mut muted_players = muted.iter();
    muted_players.any(|(_, muted)| muted.until.is_some()) && muted.has_ended(now())
}

fn end_mutes(mut muted: ResMut<Muted>) {
    let now = now();
    muted.0.retain(|_, muted| !muted.has_ended(now));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mute_ends_when_its_time_is_over() {
        let mut muted = Muted::default();
        muted.mute(&User::new("otis", "Otis"), MuteDuration::SHORT);
        muted.mute(&User::new("ana", "Ana"), MuteDuration::Today);
        muted.mute(&User::new("bob", "Bob"), MuteDuration::ForGood);
        let in_seconds = |seconds: u64| Timestamp(now().0 + seconds);
        assert!(!muted.has_ended(in_seconds(0)));
        let ended = |uid: &str, at| muted.0[&Uid::from(uid)].has_ended(at);
        assert!(!ended("otis", in_seconds(590)) && ended("otis", in_seconds(601)));
        assert!(ended("ana", in_seconds(25 * 3_600)));
        assert!(!ended("bob", in_seconds(1_000_000_000)));
    }

    #[test]
    fn players_type_durations() {
        let minutes = |count: u64| Some(MuteDuration::For(Duration::from_secs(count * 60)));
        for (typed, duration) in [
            ("", Some(MuteDuration::ForGood)),
            (" Today ", Some(MuteDuration::Today)),
            ("10", minutes(10)),
            ("10m", minutes(10)),
            ("5 min", minutes(5)),
            ("smith", None),
            ("-1", None),
            ("99999999999", None),
        ] {
            assert_eq!(MuteDuration::from_typed(typed), duration, "{typed:?}");
        }
    }

    #[test]
    fn mutes_are_saved_as_json() {
        let mut muted = Muted::default();
        muted.mute(&User::new("otis", "Otis"), MuteDuration::SHORT);
        muted.block(&User::new("ana", "Ana"));
        let json = serde_json::to_string(&muted).unwrap();
        assert_eq!(serde_json::from_str::<Muted>(&json).unwrap(), muted);
    }
}
