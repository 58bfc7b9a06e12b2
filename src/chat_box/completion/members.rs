//! The members of the groups that the player writes to: they can be mentioned before they have written anything.

use std::{sync::Arc, time::Duration};

use bevy::{
    platform::collections::{HashMap, HashSet},
    prelude::*,
};

use super::rank::word_after;
use crate::{
    chat_box::{
        active_tab::ActiveTabs,
        input::{Draft, OpenInput},
        parts::has_changed,
        schedules::BoxSchedule,
        state::{ChatBoxState, UserLeft},
    },
    client::{ChatError, GroupMembersRequest, Page},
    model::{GroupMember, Guid, ReceiverId, User},
    plugin::CometChat,
};

/// The number of members that are fetched at a time.
const PAGE: u32 = 100;
/// The maximum number of members of a group that are kept.
const MAX_MEMBERS: usize = 1_000;
/// The number of letters from which on the members of a large group are searched by name.
const MIN_SEARCHED: usize = 2;
/// The time after which members are fetched again.
const MAX_AGE: Duration = Duration::from_secs(60);
/// The time after which they are fetched again if that failed.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// The known members of groups.
#[derive(Resource, Default)]
pub(in crate::chat_box) struct GroupMembers {
    groups: HashMap<Guid, Members>,
    /// The group that the line in the open box goes to.
    addressed: Option<Guid>,
}

#[derive(Default)]
struct Members {
    users: Vec<Arc<User>>,
    /// The keywords for which members were fetched. The empty one is for the first page.
    fetched: HashSet<String>,
    /// Whether the group has more members than the first page.
    has_more: bool,
    /// The time until which they are not fetched again.
    until: Duration,
}

impl GroupMembers {
    /// All known members of all groups. A user can occur several times.
    pub(in crate::chat_box) fn iter(&self) -> impl Iterator<Item = &Arc<User>> {
        self.groups.values().flat_map(|members| &members.users)
    }

    /// The known members of the group that the line in the open box goes to.
    pub(super) fn addressed(&self) -> impl Iterator<Item = &Arc<User>> {
        let group = self.addressed.as_ref();
        let members = group.and_then(|group| self.groups.get(group));
        members.into_iter().flat_map(|members| &members.users)
    }

    /// The keyword for which members of a group are to be fetched, if they are not known.
    fn due(&mut self, guid: &Guid, typed: &str, now: Duration) -> Option<String> {
        let members = self.groups.entry(guid.clone()).or_default();
        if members.until <= now {
            members.fetched.clear();
            members.has_more = false;
            members.until = now + MAX_AGE;
        }
        let keyword = typed.split_whitespace().next().unwrap_or_default();
        let keyword = if members.has_more {
            keyword.to_lowercase()
        } else {
            String::new()
        };
        let is_known = members.fetched.contains(&keyword);
        let is_short = members.has_more && keyword.chars().count() < MIN_SEARCHED;
        if is_known || is_short {
            return None;
        }
        members.fetched.insert(keyword.clone());
        Some(keyword)
    }

    fn insert(&mut self, guid: &Guid, keyword: &str, page: Page<GroupMember>) {
        let Some(members) = self.groups.get_mut(guid) else {
            return;
        };
        if keyword.is_empty() {
            members.users.clear();
            members.has_more = !page.is_last;
        }
        for member in page.items {
            let is_known = members.users.iter().any(|user| user.uid == member.user.uid);
            if !is_known && members.users.len() < MAX_MEMBERS {
                members.users.push(member.user);
            }
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<GroupMembers>()
        .add_observer(|_: On<UserLeft>, mut members: ResMut<GroupMembers>| {
            *members = GroupMembers::default();
        })
        .add_systems(
            BoxSchedule::Update,
            fetch.run_if(
                has_changed::<Draft>
                    .or_else(has_changed::<ChatBoxState>)
                    .or_else(resource_changed::<GroupMembers>),
            ),
        );
}

/// Notices the group that the line goes to, and fetches its members when the player types an at sign.
pub(super) fn fetch(
    active: ActiveTabs,
    open: OpenInput,
    chat: Option<Res<CometChat>>,
    time: Res<Time<Real>>,
    mut members: ResMut<GroupMembers>,
) {
    let open = open.get();
    let to = open
        .as_ref()
        .and_then(|(chat_box, ..)| active.of(*chat_box)?.target());
    let members = members.bypass_change_detection();
    members.addressed = match to {
        Some(ReceiverId::Group(guid)) => Some(guid),
        _ => None,
    };
    let Some((_, draft, caret)) = open else {
        return;
    };
    let before = draft.0.get(..caret);
    let Some(typed) = before.and_then(|before| word_after(before, '@')) else {
        return;
    };
    let (Some(guid), Some(chat)) = (members.addressed.clone(), chat) else {
        return;
    };
    let now = time.elapsed();
    let Some(keyword) = members.due(&guid, typed, now) else {
        return;
    };
    let mut request = GroupMembersRequest::of(guid.clone()).with_limit(PAGE);
    if !keyword.is_empty() {
        request = request.search(keyword.clone());
    }
    let of = guid.clone();
    let insert = move |page: In<Page<GroupMember>>, mut members: ResMut<GroupMembers>| {
        members.insert(&of, &keyword, page.0);
    };
    let retry =
        move |error: In<ChatError>, time: Res<Time<Real>>, mut members: ResMut<GroupMembers>| {
            tracing::debug!("the members of a group could not be fetched: {}", *error);
            let members = members.bypass_change_detection();
            if let Some(members) = members.groups.get_mut(&guid) {
                members.until = time.elapsed() + RETRY_AFTER;
            }
        };
    chat.fetch_next(&request.pager())
        .on_success(insert)
        .on_error(retry);
}
