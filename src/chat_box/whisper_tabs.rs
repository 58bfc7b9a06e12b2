//! The tabs for single users, which are opened when somebody whispers.

use bevy::prelude::*;

use super::{
    parts::ChatBoxSystems, safety::LineFilter, state::UserLeft, tab::is_whisper, tabs::ChatTabs,
};
use crate::{
    history::ConversationHistory,
    model::{Receiver, Uid},
    plugin::ChatHistory,
    text::display_name,
};

pub(super) fn plugin(app: &mut App) {
    app.add_observer(close).add_systems(
        PostUpdate,
        open.before(ChatBoxSystems::Update).run_if(
            opens_tabs
                .and_then(resource_changed::<ChatHistory>.or_else(resource_changed::<ChatTabs>)),
        ),
    );
}

fn close(_: On<UserLeft>, mut tabs: ResMut<ChatTabs>) {
    if tabs.iter().any(|tab| tab.is_whisper_tab()) {
        tabs.close_whispers();
    }
}

/// A run condition.
fn opens_tabs(tabs: Res<ChatTabs>) -> bool {
    tabs.opens_whisper_tabs
}

/// Opens tabs for the users who whisper with the player, and are not hidden.
fn open(history: Res<ChatHistory>, filter: LineFilter, mut tabs: ResMut<ChatTabs>) {
    let is_new = |it: &&ConversationHistory| {
        is_whisper(it.id()) && !it.is_empty() && !tabs.has_conversation(it.id())
    };
    let new = history.conversations().filter(is_new);
    let users: Vec<(Uid, String)> = new
        .filter_map(|it| match it.with() {
            Receiver::User(user) => Some((user.uid.clone(), display_name(user).into_owned())),
            Receiver::Group(_) => None,
        })
        .filter(|(uid, _)| {
            let is_forbidden = filter.safety.forbids_whispers_with(&uid.clone().into());
            !filter.muted.contains(uid) && !is_forbidden
        })
        .collect();
    for (uid, name) in users {
        tabs.open_whispers(&uid, &name);
    }
}
