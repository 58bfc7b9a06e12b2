use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use super::{
    ChannelFailed, ChatChannel,
    crossing::{Crossed, Departure},
    surroundings::{Wish, Wishes},
};
use crate::{
    client::{ChatError, ErrorCode},
    model::{Group, GroupAction, GroupActionKind, Guid, Uid},
};

/// The first pause before something that failed is tried again, doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The longest pause that the server can ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// Which groups the user is to be in and is in, and what is to be done about the difference. It knows no clock, no
/// network and no world.
#[derive(Debug, Default)]
pub(super) struct Roster {
    user: Option<Uid>,
    joined: HashMap<Guid, Arc<Group>>,
    /// Whether `joined` is what the server says, so that it can be acted on.
    list: List,
    places: BTreeMap<Guid, Place>,
}

/// What is to be asked of the server next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Task {
    /// The groups that the user is in.
    List,
    /// That the user is in this one.
    Join(ChatChannel),
    /// That the user is not in this one.
    Leave(Guid),
}

/// What is known of the list of groups that the user is in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum List {
    #[default]
    Unknown,
    Failed(Pause),
    Known,
}

/// A group that the world speaks of, or that the user is still to leave.
#[derive(Debug)]
struct Place {
    wish: Wish,
    /// Whether the world wishes the user there, now.
    is_wished: bool,
    /// Whether the user is to be there: what the world has wished for long enough.
    is_wanted: bool,
    /// Since when the two differ.
    differ_since: Option<Duration>,
    hold: Option<Hold>,
}

/// Why nothing is done about a place, although something should be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    /// It failed and is tried again, or it is not urgent.
    Until(Pause),
    /// It failed for good, until the user is no longer wanted there.
    Refused,
    /// The user owns the group and is alone in it.
    OnlyMember,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Pause {
    times: u32,
    until: Duration,
}

impl Roster {
    /// Says whose it is. Another user's is another.
    pub(super) fn belong_to(&mut self, user: Option<&Uid>) -> bool {
        let is_other = self.user.as_ref() != user;
        if is_other {
            self.user = user.cloned();
            self.joined.clear();
            self.doubt();
            for place in self.places.values_mut() {
                place.hold = None;
            }
        }
        is_other
    }

    /// What the server says has to be asked for again, and what failed is worth another try.
    pub(super) fn doubt(&mut self) {
        self.list = List::Unknown;
        for place in self.places.values_mut() {
            place.hold = place.hold.filter(|hold| *hold == Hold::Refused);
        }
    }

    /// Takes note of what the world wishes.
    pub(super) fn wish(&mut self, wishes: Wishes, now: Duration) {
        for place in self.places.values_mut() {
            place.is_wished = false;
        }
        for (guid, wish) in wishes.channels {
            let place = self.place(&guid);
            place.wish = wish;
            place.is_wished = true;
        }
        for (guid, leave_after) in wishes.zones {
            if self.joined.contains_key(&guid) {
                self.places.entry(guid).or_insert_with_key(|guid| {
                    Place::left_over(guid, now.saturating_add(leave_after))
                });
            }
        }
        let joined = &self.joined;
        self.places.retain(|guid, place| {
            place.settle(now);
            place.is_wished || place.is_wanted || joined.contains_key(guid)
        });
    }

    /// Takes note of what happened to the members of a group. Says whether that makes a list that was asked for
    /// before worthless.
    pub(super) fn note(&mut self, action: &GroupAction) -> bool {
        let guid = &action.group.guid;
        let is_in = match action.kind {
            GroupActionKind::Joined | GroupActionKind::Added => true,
            GroupActionKind::Left | GroupActionKind::Kicked | GroupActionKind::Banned => false,
            _ => return false,
        };
        let place = self.places.get_mut(guid);
        if self.user.as_ref() != Some(&action.on.uid) {
            if let Some(place) = place.filter(|place| is_in && place.hold == Some(Hold::OnlyMember))
            {
                place.hold = None;
            }
            return false;
        }
        if let Some(place) = place {
            // Whoever was put out is not to be back at once.
            place.hold = (!is_in && action.kind != GroupActionKind::Left).then_some(Hold::Refused);
        }
        match is_in {
            true => self.joined.insert(guid.clone(), action.group.clone()),
            false => self.joined.remove(guid),
        };
        true
    }

    /// What is to be done now.
    pub(super) fn next(&self, now: Duration) -> Option<Task> {
        self.user.as_ref()?;
        match self.list {
            List::Failed(pause) if now < pause.until => return None,
            List::Failed(_) | List::Unknown => return Some(Task::List),
            List::Known => {}
        }
        let free = |place: &Place| match place.hold {
            Some(Hold::Until(pause)) => pause.until <= now,
            Some(Hold::Refused | Hold::OnlyMember) => false,
            None => true,
        };
        let is_in = |guid: &Guid| self.joined.contains_key(guid);
        let mut places = self.places.iter().filter(|(_, place)| free(place));
        if let Some((_, place)) = places
            .clone()
            .find(|(guid, it)| it.is_wanted && !is_in(guid))
        {
            return Some(Task::Join(place.wish.channel.clone()));
        }
        // Whoever is about to be wanted there again stays.
        let leaves = |place: &Place| !place.is_wanted && !place.is_wished;
        let left = places.find(|(guid, place)| leaves(place) && is_in(guid));
        left.map(|(guid, _)| Task::Leave(guid.clone()))
    }

    /// Takes note of how a task ended; says what failed.
    pub(super) fn end(&mut self, crossed: Crossed, now: Duration) -> Option<ChannelFailed> {
        match crossed {
            Crossed::Listed(Ok(groups)) => {
                let groups = groups.into_iter();
                self.joined = groups.map(|group| (group.guid.clone(), group)).collect();
                self.list = List::Known;
                None
            }
            Crossed::Listed(Err(error)) => {
                let before = match self.list {
                    List::Failed(pause) => Some(pause),
                    List::Unknown | List::Known => None,
                };
                self.list = List::Failed(Pause::after(before, &error, now));
                None
            }
            Crossed::Joined(guid, Ok(group)) => {
                // By now nobody may wish it any more; then it is to be left.
                self.place(&guid).hold = None;
                self.joined.insert(guid, group);
                None
            }
            Crossed::Left(guid, Ok(Departure::Gone)) => {
                self.place(&guid).hold = None;
                self.joined.remove(&guid);
                None
            }
            Crossed::Left(guid, Ok(Departure::OnlyMember)) => {
                self.place(&guid).hold = Some(Hold::OnlyMember);
                None
            }
            Crossed::Joined(guid, Err(error)) => self.hold(guid, true, error, now),
            Crossed::Left(guid, Err(error)) => self.hold(guid, false, error, now),
        }
    }

    /// The groups that the user is in and is to be in.
    pub(super) fn current(&self) -> BTreeMap<Guid, Arc<Group>> {
        self.places
            .iter()
            .filter(|(_, place)| place.is_wanted)
            .filter_map(|(guid, _)| Some((guid.clone(), self.joined.get(guid)?.clone())))
            .collect()
    }

    /// Whether there is nothing to be done and nothing to be undone.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether only time passes until something is to be done, and not much of it.
    pub(super) fn is_settling(&self) -> bool {
        let mut places = self.places.values();
        places.any(|place| place.differ_since.is_some())
    }

    fn place(&mut self, guid: &Guid) -> &mut Place {
        self.places
            .entry(guid.clone())
            .or_insert_with_key(Place::new)
    }

    fn hold(
        &mut self,
        guid: Guid,
        joining: bool,
        error: ChatError,
        now: Duration,
    ) -> Option<ChannelFailed> {
        let place = self.places.get_mut(&guid)?;
        // By now it may be the other way round that is wanted.
        if place.is_wanted != joining {
            return None;
        }
        let retry_in = match is_final(&error) {
            true => {
                place.hold = Some(Hold::Refused);
                None
            }
            false => {
                let before = match place.hold {
                    Some(Hold::Until(pause)) => Some(pause),
                    _ => None,
                };
                let pause = Pause::after(before, &error, now);
                place.hold = Some(Hold::Until(pause));
                Some(pause.until - now)
            }
        };
        Some(ChannelFailed {
            guid,
            joining,
            error,
            retry_in,
        })
    }
}

impl Place {
    /// A place that nobody wishes to be in.
    fn new(guid: &Guid) -> Self {
        Self {
            wish: Wish {
                channel: ChatChannel::new(guid),
                join_after: Duration::ZERO,
                leave_after: Duration::ZERO,
            },
            is_wished: false,
            is_wanted: false,
            differ_since: None,
            hold: None,
        }
    }

    /// A place where the user is from an earlier run of the game, and to which they may come back soon.
    fn left_over(guid: &Guid, until: Duration) -> Self {
        Self {
            hold: Some(Hold::Until(Pause { times: 0, until })),
            ..Self::new(guid)
        }
    }

    /// Wants what has been wished for long enough.
    fn settle(&mut self, now: Duration) {
        if self.is_wished == self.is_wanted {
            self.differ_since = None;
            return;
        }
        let since = *self.differ_since.get_or_insert(now);
        let delay = match self.is_wished {
            true => self.wish.join_after,
            false => self.wish.leave_after,
        };
        if now.saturating_sub(since) >= delay {
            self.is_wanted = self.is_wished;
            self.differ_since = None;
            self.hold = None;
        }
    }
}

impl Pause {
    /// Later each time, by chance a bit more or less, and not before the server wishes.
    fn after(before: Option<Self>, error: &ChatError, now: Duration) -> Self {
        let times = before.map_or(0, |before| before.times + 1);
        let pause = FIRST_PAUSE
            .saturating_mul(1 << times.min(16))
            .min(LONGEST_PAUSE);
        let pause = pause.mul_f64(0.8 + 0.4 * fastrand::f64());
        let asked = error.retry_after.unwrap_or_default();
        let pause = pause.max(asked.min(LONGEST_WAIT));
        Self {
            times,
            until: now.saturating_add(pause),
        }
    }
}

/// Whether trying again makes no sense.
fn is_final(error: &ChatError) -> bool {
    matches!(
        error.code,
        ErrorCode::BannedFromGroup
            | ErrorCode::WrongGroupPassword
            | ErrorCode::EmptyGroupPassword
            | ErrorCode::GroupJoinNotAllowed
            | ErrorCode::MissingParameters
    )
}
