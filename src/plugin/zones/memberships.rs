use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use super::{
    ChatGroup,
    desired_groups::{DesiredGroup, DesiredGroups},
};
use crate::{
    client::{ChatError, ErrorCode},
    model::{Group, GroupAction, GroupActionKind, Guid, Uid},
};

/// The pause before the first retry. It doubles with each retry.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The maximum pause that the server can ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(600);
/// The number of attempts to join a group that does not exist, over about three minutes: another user may create it.
const MAX_LOOKUPS: u32 = 8;

/// The groups that the user should be in and is in, and the tasks that reconcile the two, as a pure state machine.
#[derive(Debug, Default)]
pub(super) struct Memberships {
    user: Option<Uid>,
    joined: HashMap<Guid, Arc<Group>>,
    /// Whether `joined` is up to date.
    list: List,
    memberships: BTreeMap<Guid, Membership>,
}

/// A request to the server.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Task {
    /// List the groups that the user is in.
    List,
    /// Join a group.
    Join(ChatGroup),
    /// Leave a group.
    Leave(Guid),
}

/// The result of a task.
#[derive(Debug)]
pub(super) enum TaskResult {
    /// The groups that the user is in.
    Listed(Result<Vec<Arc<Group>>, ChatError>),
    /// The user tried to join.
    Joined(Guid, Result<Arc<Group>, ChatError>),
    /// The user tried to leave.
    Left(Guid, Result<Departure, ChatError>),
}

/// The outcome of leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Departure {
    /// The user is no longer a member.
    Gone,
    /// The user owns the group, and there is nobody to transfer it to.
    OnlyMember,
}

/// A task that failed.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) guid: Guid,
    /// Whether the user was to join (`true`) or to leave (`false`).
    pub(super) joining: bool,
    pub(super) error: ChatError,
    pub(super) retry_in: Option<Duration>,
}

/// The state of the list of groups that the user is in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum List {
    #[default]
    Unknown,
    Failed(Pause),
    Known,
}

/// A group that is desired, or that the user still has to leave.
#[derive(Debug)]
struct Membership {
    desired: DesiredGroup,
    /// Whether the group is desired at this moment.
    is_desired: bool,
    /// Whether the user should be in the group: it has been desired for long enough.
    should_be_in: bool,
    /// Since when the two differ.
    differ_since: Option<Duration>,
    hold: Option<Hold>,
}

/// The reason for which a membership is not reconciled now.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    /// It is retried after a failure, or delayed.
    Until(Pause),
    /// It failed for good. The user must leave the zone first.
    Refused,
    /// The user owns the group and is alone in it.
    OnlyMember,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Pause {
    times: u32,
    until: Duration,
}

impl Memberships {
    /// Sets the user. Returns whether that changed.
    pub(super) fn set_user(&mut self, user: Option<&Uid>) -> bool {
        let is_other = self.user.as_ref() != user;
        if is_other {
            self.user = user.cloned();
            self.joined.clear();
            self.invalidate();
            for membership in self.memberships.values_mut() {
                membership.hold = None;
            }
        }
        is_other
    }

    /// Lists the groups again, and retries failed tasks.
    pub(super) fn invalidate(&mut self) {
        self.list = List::Unknown;
        for membership in self.memberships.values_mut() {
            membership.hold = membership.hold.filter(|hold| *hold == Hold::Refused);
        }
    }

    /// Sets the groups that are desired now.
    pub(super) fn set_desired(&mut self, desired: DesiredGroups, now: Duration) {
        for membership in self.memberships.values_mut() {
            membership.is_desired = false;
        }
        for (guid, group) in desired.groups {
            let membership = self.membership(&guid);
            membership.desired = group;
            membership.is_desired = true;
        }
        for (guid, leave_after) in desired.zones {
            if self.joined.contains_key(&guid) {
                self.memberships.entry(guid).or_insert_with_key(|guid| {
                    Membership::left_over(guid, now.saturating_add(leave_after))
                });
            }
        }
        let joined = &self.joined;
        self.memberships.retain(|guid, membership| {
            membership.settle(now);
            membership.is_desired || membership.should_be_in || joined.contains_key(guid)
        });
    }

    /// Applies a change of the members of a group. Returns whether it outdates a list that was requested before.
    pub(super) fn apply_action(&mut self, action: &GroupAction) -> bool {
        let guid = &action.group.guid;
        let is_in = match action.kind {
            GroupActionKind::Joined | GroupActionKind::Added => true,
            GroupActionKind::Left | GroupActionKind::Kicked | GroupActionKind::Banned => false,
            _ => return false,
        };
        let membership = self.memberships.get_mut(guid);
        if self.user.as_ref() != Some(&action.on.uid) {
            if let Some(membership) =
                membership.filter(|membership| is_in && membership.hold == Some(Hold::OnlyMember))
            {
                membership.hold = None;
            }
            return false;
        }
        if let Some(membership) = membership {
            // A user who was removed does not join again at once.
            membership.hold =
                (!is_in && action.kind != GroupActionKind::Left).then_some(Hold::Refused);
        }
        if is_in {
            self.joined.insert(guid.clone(), action.group.clone());
        } else {
            self.joined.remove(guid);
        }
        true
    }

    /// Applies the failure of the user's message to a group. Returns whether the user is not in the group, which
    /// outdates a list that was requested before.
    pub(super) fn apply_send_error(&mut self, guid: &Guid, code: &ErrorCode) -> bool {
        let is_out = matches!(
            code,
            ErrorCode::GroupNotFound | ErrorCode::GroupNotJoined | ErrorCode::BannedFromGroup
        );
        if !is_out || self.joined.remove(guid).is_none() {
            return false;
        }
        if let Some(membership) = self.memberships.get_mut(guid) {
            let is_banned = *code == ErrorCode::BannedFromGroup;
            membership.hold = is_banned.then_some(Hold::Refused);
        }
        true
    }

    /// The next task.
    pub(super) fn next_task(&self, now: Duration) -> Option<Task> {
        self.user.as_ref()?;
        match self.list {
            List::Failed(pause) if now < pause.until => return None,
            List::Failed(_) | List::Unknown => return Some(Task::List),
            List::Known => {}
        }
        let free = |membership: &Membership| match membership.hold {
            Some(Hold::Until(pause)) => pause.until <= now,
            Some(Hold::Refused | Hold::OnlyMember) => false,
            None => true,
        };
        let is_in = |guid: &Guid| self.joined.contains_key(guid);
        let mut memberships = self
            .memberships
            .iter()
            .filter(|(_, membership)| free(membership));
        if let Some((_, membership)) = memberships
            .clone()
            .find(|(guid, it)| it.should_be_in && !is_in(guid))
        {
            return Some(Task::Join(membership.desired.group.clone()));
        }
        // A group that is desired again is not left.
        let leaves = |membership: &Membership| !membership.should_be_in && !membership.is_desired;
        let left = memberships.find(|(guid, membership)| leaves(membership) && is_in(guid));
        left.map(|(guid, _)| Task::Leave(guid.clone()))
    }

    /// Applies the result of a task; returns what failed.
    pub(super) fn apply_result(&mut self, result: TaskResult, now: Duration) -> Option<Failed> {
        match result {
            TaskResult::Listed(Ok(groups)) => {
                let groups = groups.into_iter();
                self.joined = groups.map(|group| (group.guid.clone(), group)).collect();
                self.list = List::Known;
                None
            }
            TaskResult::Listed(Err(error)) => {
                let before = match self.list {
                    List::Failed(pause) => Some(pause),
                    List::Unknown | List::Known => None,
                };
                self.list = List::Failed(Pause::after(before, &error, now));
                None
            }
            TaskResult::Joined(guid, Ok(group)) => {
                // It may not be desired any more; then it is left next.
                self.membership(&guid).hold = None;
                self.joined.insert(guid, group);
                None
            }
            TaskResult::Left(guid, Ok(Departure::Gone)) => {
                self.membership(&guid).hold = None;
                self.joined.remove(&guid);
                None
            }
            TaskResult::Left(guid, Ok(Departure::OnlyMember)) => {
                self.membership(&guid).hold = Some(Hold::OnlyMember);
                None
            }
            TaskResult::Joined(guid, Err(error)) => self.hold(guid, true, error, now),
            TaskResult::Left(guid, Err(error)) => self.hold(guid, false, error, now),
        }
    }

    /// The groups that the user is in and should be in.
    pub(super) fn current(&self) -> BTreeMap<Guid, Arc<Group>> {
        let mut current = BTreeMap::new();
        for (guid, membership) in &self.memberships {
            if membership.should_be_in
                && let Some(group) = self.joined.get(guid)
            {
                current.insert(guid.clone(), group.clone());
            }
        }
        current
    }

    /// Whether there are no groups to join or leave.
    pub(super) fn is_empty(&self) -> bool {
        self.memberships.is_empty()
    }

    /// Whether a group will be joined or left after a delay.
    pub(super) fn is_waiting(&self) -> bool {
        let mut memberships = self.memberships.values();
        memberships.any(|membership| membership.differ_since.is_some())
    }

    fn membership(&mut self, guid: &Guid) -> &mut Membership {
        self.memberships
            .entry(guid.clone())
            .or_insert_with_key(Membership::new)
    }

    fn hold(
        &mut self,
        guid: Guid,
        joining: bool,
        error: ChatError,
        now: Duration,
    ) -> Option<Failed> {
        let membership = self.memberships.get_mut(&guid)?;
        // The opposite may be desired now.
        if membership.should_be_in != joining {
            return None;
        }
        let before = match membership.hold {
            Some(Hold::Until(pause)) => Some(pause),
            _ => None,
        };
        let pause = Pause::after(before, &error, now);
        let is_in_vain = error.code == ErrorCode::GroupNotFound && pause.times + 1 >= MAX_LOOKUPS;
        let is_given_up = is_final(&error) || is_in_vain;
        membership.hold = Some(if is_given_up {
            Hold::Refused
        } else {
            Hold::Until(pause)
        });
        let retry_in = (!is_given_up).then(|| pause.until.saturating_sub(now));
        Some(Failed {
            guid,
            joining,
            error,
            retry_in,
        })
    }
}

impl Membership {
    /// A group that is not desired.
    fn new(guid: &Guid) -> Self {
        Self {
            desired: DesiredGroup {
                group: ChatGroup::new(guid),
                join_after: Duration::ZERO,
                leave_after: Duration::ZERO,
            },
            is_desired: false,
            should_be_in: false,
            differ_since: None,
            hold: None,
        }
    }

    /// A group that the user is in from an earlier run of the game. It is left after a delay.
    fn left_over(guid: &Guid, until: Duration) -> Self {
        Self {
            hold: Some(Hold::Until(Pause { times: 0, until })),
            ..Self::new(guid)
        }
    }

    /// Updates `should_be_in` after the delay.
    fn settle(&mut self, now: Duration) {
        if self.is_desired == self.should_be_in {
            self.differ_since = None;
            return;
        }
        let since = *self.differ_since.get_or_insert(now);
        let delay = if self.is_desired {
            self.desired.join_after
        } else {
            self.desired.leave_after
        };
        if now.saturating_sub(since) >= delay {
            self.should_be_in = self.is_desired;
            self.differ_since = None;
            self.hold = None;
        }
    }
}

impl Pause {
    /// The next pause: longer each time, with jitter, and at least as long as the server asks for.
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

/// Whether a retry is pointless.
fn is_final(error: &ChatError) -> bool {
    matches!(
        error.code,
        ErrorCode::BannedFromGroup
            | ErrorCode::WrongGroupPassword
            | ErrorCode::EmptyGroupPassword
            | ErrorCode::GroupJoinNotAllowed
            | ErrorCode::GroupFull
            | ErrorCode::GroupScopeTooLow
            | ErrorCode::NoGroupClearance
            | ErrorCode::MissingParameters
    )
}
