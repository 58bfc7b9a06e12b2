//! For those who hear the game: the messages are a list, and new ones are announced.

use accesskit::{Live, Node as AccessNode, Role};
use bevy::{a11y::AccessibilityNode, prelude::*};

use super::{chat_box_state::ChatBoxState, chat_tabs::ChatTabs, line::Line, spawn::Parts};
use crate::{
    history::{Entry, EntryKey},
    plugin::ChatHistory,
    text::{Sanitizer, display_name},
};

pub(super) fn list_node() -> AccessibilityNode {
    AccessNode::new(Role::List).into()
}

pub(super) fn line_node() -> AccessibilityNode {
    AccessNode::new(Role::ListItem).into()
}

pub(super) fn input_node() -> AccessibilityNode {
    AccessNode::new(Role::TextInput).into()
}

pub(super) fn announcer_node() -> AccessibilityNode {
    let mut node = AccessNode::new(Role::Status);
    node.set_live(Live::Polite);
    node.into()
}

/// The node of a line that says this.
pub(super) fn spoken(line: &Line) -> AccessibilityNode {
    let mut node = AccessNode::new(Role::ListItem);
    node.set_label(line.spoken());
    node.into()
}

/// Says the newest message of others, once. The lines themselves are silent: they change with every scroll.
pub(super) fn announce(
    history: Res<ChatHistory>,
    tabs: Res<ChatTabs>,
    state: Res<ChatBoxState>,
    parts: Single<&Parts>,
    mut nodes: Query<&mut AccessibilityNode>,
    mut announced: Local<Option<EntryKey>>,
) {
    let Some(tab) = tabs.shown(state.tab) else {
        return;
    };
    let conversations = history.conversations().filter(|it| tab.has(it));
    let newest = conversations
        .filter_map(|it| it.last())
        .filter(|entry| !entry.is_own() && entry.text().is_some())
        .max_by_key(|entry| entry.id());
    let Some(entry) = newest.filter(|entry| *announced != Some(entry.key())) else {
        return;
    };
    *announced = Some(entry.key());
    if let Ok(mut node) = nodes.get_mut(parts.announcer) {
        node.set_label(words(entry));
    }
}

fn words(entry: &Entry) -> String {
    let text = Sanitizer::MESSAGE.clean(entry.text().unwrap_or_default());
    format!("{}: {text}", display_name(entry.sender()))
}
