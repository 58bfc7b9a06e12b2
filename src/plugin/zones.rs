//! Chat that follows the world: entities with a [`ChatZone`] or a [`ChatMember`] make the user a member of groups, and
//! no longer.
//!
//! [`Surroundings`] says where the user is to be, the [`Roster`] what is to be done about it, and a [`Crossing`] does
//! it, one at a time. What comes of it is in [`CurrentChannels`].

mod chat_channel;
mod chat_listener;
mod chat_member;
mod chat_zone;
mod crossing;
mod current_channels;
mod messages;
mod roster;
mod surroundings;
mod zone_shape;

use std::time::Duration;

use bevy::{
    ecs::{entity::EntityHashSet, system::SystemParam},
    prelude::{
        App, DetectChangesMut, IntoScheduleConfigs, MessageReader, MessageWriter, PreUpdate, Real,
        Res, ResMut, Resource, Time,
    },
    window::RequestRedraw,
};
use tracing::warn;

use self::{
    crossing::{Crossed, Crossing},
    roster::{Roster, Task},
    surroundings::Surroundings,
};
use super::{
    CometChat, CometChatSystems, GroupChanged, MessagesRecovered,
    receive::{Inbox, announce},
};

pub use chat_channel::ChatChannel;
pub use chat_listener::ChatListener;
pub use chat_member::ChatMember;
pub use chat_zone::ChatZone;
pub use current_channels::CurrentChannels;
pub use messages::{ChannelFailed, ChannelJoined, ChannelLeft};
pub use zone_shape::ZoneShape;

/// How often it is looked where the user is.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// Costs nothing while there are no zones: the one system is behind a condition.
pub(super) fn build(app: &mut App) {
    app.init_resource::<CurrentChannels>()
        .init_resource::<Guide>()
        .add_message::<ChannelJoined>()
        .add_message::<ChannelLeft>()
        .add_message::<ChannelFailed>()
        .add_systems(
            PreUpdate,
            follow_world
                .in_set(CometChatSystems::Channels)
                .run_if(is_of_use),
        );
}

/// What keeps the user in the groups where they are to be.
#[derive(Resource, Default)]
struct Guide {
    roster: Roster,
    /// The zones that the user was found in the last time.
    inside: EntityHashSet,
    looked_at: Option<Duration>,
    /// The one task under way.
    crossing: Option<Crossing>,
    /// What is under way is a list, and no longer right.
    is_list_outdated: bool,
}

/// Who the user is, and what happened in groups.
#[derive(SystemParam)]
struct Hearsay<'w, 's> {
    chat: Res<'w, CometChat>,
    group_changes: MessageReader<'w, 's, GroupChanged>,
    recoveries: MessageReader<'w, 's, MessagesRecovered>,
}

/// Tells of what changed.
#[derive(SystemParam)]
struct News<'w> {
    joined: MessageWriter<'w, ChannelJoined>,
    left: MessageWriter<'w, ChannelLeft>,
    failed: MessageWriter<'w, ChannelFailed>,
    redraw: MessageWriter<'w, RequestRedraw>,
    inbox: Res<'w, Inbox>,
}

fn is_of_use(surroundings: Surroundings, guide: Res<Guide>) -> bool {
    !surroundings.is_empty() || guide.is_busy()
}

fn follow_world(
    mut guide: ResMut<Guide>,
    mut current: ResMut<CurrentChannels>,
    surroundings: Surroundings,
    mut hearsay: Hearsay,
    mut news: News,
    time: Res<Time<Real>>,
) {
    let now = time.elapsed();
    let guide = &mut *guide;
    guide.hear(&mut hearsay);
    guide.end_crossing(now, &mut news);
    guide.look(&surroundings, now);
    guide.begin_crossing(&hearsay.chat, now);
    guide.tell(&mut current, &mut news);
    if guide.roster.is_settling() {
        // A reactive app must not sleep over it.
        news.redraw.write(RequestRedraw);
    }
    if surroundings.is_empty() && !guide.is_busy() {
        // Nothing is heard until there is a zone again.
        *guide = Guide::default();
    }
}

impl Guide {
    fn is_busy(&self) -> bool {
        self.crossing.is_some() || !self.roster.is_empty()
    }

    fn hear(&mut self, hearsay: &mut Hearsay) {
        for change in hearsay.group_changes.read() {
            if let Some(action) = change.group_action() {
                self.is_list_outdated |= self.roster.note(action);
            }
        }
        if hearsay.recoveries.read().count() > 0 {
            self.roster.doubt();
            self.is_list_outdated = true;
        }
        let user = hearsay.chat.logged_in_user();
        if self.roster.belong_to(user.map(|user| &user.uid)) {
            self.crossing = None;
        }
    }

    fn end_crossing(&mut self, now: Duration, news: &mut News) {
        let Some(crossed) = self.crossing.as_mut().and_then(Crossing::outcome) else {
            return;
        };
        self.crossing = None;
        match &crossed {
            Crossed::Listed(_) if self.is_list_outdated => return,
            Crossed::Listed(Err(error)) => warn!("no chat channels for now: {error}"),
            _ => {}
        }
        if let Some(failed) = self.roster.end(crossed, now) {
            warn!("the chat channel {}: {}", failed.guid, failed.error);
            announce(&mut news.failed, failed, news.inbox.observers());
        }
    }

    fn look(&mut self, surroundings: &Surroundings, now: Duration) {
        let due = |at: Duration| now.saturating_sub(at) >= LOOK_INTERVAL;
        if self.looked_at.is_none_or(due) {
            self.looked_at = Some(now);
            let wishes = surroundings.look(&mut self.inside);
            self.roster.wish(wishes, now);
        }
    }

    fn begin_crossing(&mut self, chat: &CometChat, now: Duration) {
        let Some(user) = chat.logged_in_user().filter(|_| self.crossing.is_none()) else {
            return;
        };
        let Some(task) = self.roster.next(now) else {
            return;
        };
        if task == Task::List {
            self.is_list_outdated = false;
        }
        let client = chat.client().clone();
        self.crossing = Some(Crossing::begin(client, user.uid.clone(), task));
    }

    fn tell(&self, current: &mut ResMut<CurrentChannels>, news: &mut News) {
        let channels = CurrentChannels(self.roster.current());
        let Some(before) = current.replace_if_neq(channels) else {
            return;
        };
        let observers = news.inbox.observers();
        for group in before.iter().filter(|it| !current.contains(&it.guid)) {
            let group = group.clone();
            announce(&mut news.left, ChannelLeft { group }, observers);
        }
        for group in current.iter().filter(|it| !before.contains(&it.guid)) {
            let group = group.clone();
            announce(&mut news.joined, ChannelJoined { group }, observers);
        }
    }
}
