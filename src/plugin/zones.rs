//! Chat zones: entities with a [`ChatZone`] or a [`ChatMember`] make the user a member of groups.
//!
//! [`Places`] determines the desired groups. [`Memberships`] determines the next task that reconciles them with the
//! groups that the user is in. A [`MembershipTask`] runs it, one at a time. The result is in [`CurrentGroups`].

mod chat_group;
mod chat_member;
mod chat_zone;
mod current_groups;
mod desired_groups;
mod events;
mod membership_task;
mod memberships;
mod zone_shape;

use std::{collections::BTreeMap, mem, time::Duration};

use bevy::{
    ecs::{entity::EntityHashSet, system::SystemParam},
    prelude::{
        App, Commands, DetectChangesMut, Entity, EntityEvent, Event, IntoScheduleConfigs, Message,
        MessageReader, MessageWriter, PreUpdate, Real, Res, ResMut, Resource, Time,
    },
    window::RequestRedraw,
};
use tracing::warn;

use self::{
    desired_groups::Places,
    membership_task::MembershipTask,
    memberships::{Memberships, Task, TaskResult},
};
use super::{CometChat, CometChatSystems, GroupChanged, MessagesRecovered, OutboxChanged};
use crate::{
    client::OutboxState,
    model::{Guid, ReceiverId},
};

pub use chat_group::ChatGroup;
pub use chat_member::ChatMember;
pub use chat_zone::{ChatListener, ChatZone};
pub use current_groups::CurrentGroups;
pub use events::{GroupFailed, GroupJoined, GroupLeft};
pub use zone_shape::ZoneShape;

/// The interval at which the desired groups are determined.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// Adds the system that reconciles groups. Its run condition is false while there are no zones.
pub(super) fn build(app: &mut App) {
    app.init_resource::<CurrentGroups>()
        .init_resource::<Reconciler>()
        .register_type::<ChatGroup>()
        .register_type::<ChatListener>()
        .register_type::<ChatMember>()
        .register_type::<ChatZone>()
        .register_type::<CurrentGroups>()
        .add_message::<GroupJoined>()
        .add_message::<GroupLeft>()
        .add_message::<GroupFailed>()
        .add_systems(
            PreUpdate,
            reconcile.in_set(CometChatSystems::Groups).run_if(is_of_use),
        );
}

/// Reconciles the groups that the user is in with the desired groups.
#[derive(Resource, Default)]
struct Reconciler {
    memberships: Memberships,
    /// The zones in which the user was at the last check.
    inside: EntityHashSet,
    looked_at: Option<Duration>,
    /// The one task under way.
    task: Option<MembershipTask>,
    /// The task under way is a list, and changes have outdated it.
    is_list_outdated: bool,
    /// The entities with a zone or a member of each group, including despawned ones.
    entities: BTreeMap<Guid, Vec<Entity>>,
}

/// The user, and the changes of groups.
#[derive(SystemParam)]
struct Changes<'w, 's> {
    chat: Res<'w, CometChat>,
    group_changes: MessageReader<'w, 's, GroupChanged>,
    recoveries: MessageReader<'w, 's, MessagesRecovered>,
    outbox: MessageReader<'w, 's, OutboxChanged>,
}

/// Writes messages, and triggers them on the entities.
#[derive(SystemParam)]
struct Notices<'w, 's> {
    joined: MessageWriter<'w, GroupJoined>,
    left: MessageWriter<'w, GroupLeft>,
    failed: MessageWriter<'w, GroupFailed>,
    redraw: MessageWriter<'w, RequestRedraw>,
    commands: Commands<'w, 's>,
}

fn is_of_use(places: Places, reconciler: Res<Reconciler>) -> bool {
    !places.is_empty() || reconciler.is_busy()
}

fn reconcile(
    mut reconciler: ResMut<Reconciler>,
    mut current: ResMut<CurrentGroups>,
    places: Places,
    mut changes: Changes,
    mut notices: Notices,
    time: Res<Time<Real>>,
) {
    let now = time.elapsed();
    let reconciler = &mut *reconciler;
    reconciler.apply_changes(&mut changes);
    reconciler.finish_task(now, &mut notices);
    reconciler.update_desired(&places, now);
    reconciler.start_task(&changes.chat, now);
    reconciler.publish(&mut current, &mut notices);
    if reconciler.memberships.is_waiting() {
        // A reactive app must not sleep over it.
        notices.redraw.write(RequestRedraw);
    }
    if places.is_empty() && !reconciler.is_busy() {
        // The messages are not read until there is a zone again.
        *reconciler = Reconciler::default();
    }
}

impl Reconciler {
    fn is_busy(&self) -> bool {
        self.task.is_some() || !self.memberships.is_empty()
    }

    fn apply_changes(&mut self, changes: &mut Changes) {
        for change in changes.group_changes.read() {
            if let Some(action) = change.group_action() {
                self.is_list_outdated |= self.memberships.apply_action(action);
            }
        }
        for change in changes.outbox.read() {
            if let (OutboxState::Failed(error), ReceiverId::Group(guid)) =
                (&change.state, &change.message.envelope.receiver)
            {
                // The server sends no event when a group is deleted.
                self.is_list_outdated |= self.memberships.apply_send_error(guid, &error.code);
            }
        }
        if changes.recoveries.read().count() > 0 {
            self.memberships.invalidate();
            self.is_list_outdated = true;
        }
        let user = changes.chat.logged_in_user();
        if self.memberships.set_user(user.map(|user| &user.uid)) {
            self.task = None;
        }
    }

    fn finish_task(&mut self, now: Duration, notices: &mut Notices) {
        let Some(result) = self.task.as_mut().and_then(MembershipTask::poll_result) else {
            return;
        };
        self.task = None;
        match &result {
            TaskResult::Listed(_) if self.is_list_outdated => return,
            TaskResult::Listed(Err(error)) => warn!("no groups can be joined for now: {error}"),
            _ => {}
        }
        if let Some(failed) = self.memberships.apply_result(result, now) {
            warn!("the chat group {}: {}", failed.guid, failed.error);
            let event = |entity| GroupFailed {
                entity,
                guid: failed.guid.clone(),
                joining: failed.joining,
                error: failed.error.clone(),
                retry_in: failed.retry_in,
            };
            self.announce(
                &failed.guid,
                &mut notices.failed,
                &mut notices.commands,
                event,
            );
        }
    }

    fn update_desired(&mut self, places: &Places, now: Duration) {
        let is_due = |at: Duration| now.saturating_sub(at) >= LOOK_INTERVAL;
        if self.looked_at.is_none_or(is_due) {
            self.looked_at = Some(now);
            let mut desired = places.desired_groups(&mut self.inside);
            // `append` would add its code for merging sorted lists to every page.
            self.entities.extend(mem::take(&mut desired.entities));
            self.memberships.set_desired(desired, now);
        }
    }

    fn start_task(&mut self, chat: &CometChat, now: Duration) {
        let Some(user) = chat.logged_in_user().filter(|_| self.task.is_none()) else {
            return;
        };
        let Some(task) = self.memberships.next_task(now) else {
            return;
        };
        if task == Task::List {
            self.is_list_outdated = false;
        }
        let client = chat.client().clone();
        self.task = Some(MembershipTask::start(client, user.uid.clone(), task));
    }

    fn publish(&self, current: &mut ResMut<CurrentGroups>, notices: &mut Notices) {
        let groups = CurrentGroups(self.memberships.current());
        let Some(before) = current.replace_if_neq(groups) else {
            return;
        };
        let Notices {
            joined,
            left,
            commands,
            ..
        } = notices;
        for group in before.iter().filter(|it| !current.contains(&it.guid)) {
            self.announce(&group.guid, left, commands, |entity| GroupLeft {
                entity,
                group: group.clone(),
            });
        }
        for group in current.iter().filter(|it| !before.contains(&it.guid)) {
            self.announce(&group.guid, joined, commands, |entity| GroupJoined {
                entity,
                group: group.clone(),
            });
        }
    }

    /// Writes a message once, and triggers it on each entity of the group.
    fn announce<M>(
        &self,
        guid: &Guid,
        writer: &mut MessageWriter<M>,
        commands: &mut Commands,
        message: impl Fn(Entity) -> M,
    ) where
        M: Message + EntityEvent + for<'a> Event<Trigger<'a>: Default>,
    {
        let entities = self.entities.get(guid).map_or(&[][..], Vec::as_slice);
        let first = entities.first().copied();
        writer.write(message(first.unwrap_or(Entity::PLACEHOLDER)));
        for &entity in entities {
            commands.trigger(message(entity));
        }
    }
}
