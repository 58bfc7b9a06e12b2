//! For those who hear the game: the messages are a list, the tabs are tabs, and new messages are announced.

use accesskit::{Live, Node as AccessNode, Role};
use bevy::{a11y::AccessibilityNode, prelude::*};

use super::{
    chat_box_strings::ChatBoxStrings, chat_line::ChatLine, input::Draft, spawn::Parts, talk::Talk,
};
use crate::{
    model::Message,
    plugin::MessageReceived,
    text::{Sanitizer, display_name},
};

/// More new messages are not announced at once.
const MAX_ANNOUNCED: usize = 3;

pub(super) fn list_node() -> AccessibilityNode {
    AccessNode::new(Role::List).into()
}

pub(super) fn line_node() -> AccessibilityNode {
    AccessNode::new(Role::ListItem).into()
}

pub(super) fn input_node() -> AccessibilityNode {
    AccessNode::new(Role::TextInput).into()
}

/// The node of what is said without being asked for.
pub(super) fn status_node() -> AccessibilityNode {
    let mut node = AccessNode::new(Role::Status);
    node.set_live(Live::Polite);
    node.into()
}

pub(super) fn button_node() -> AccessibilityNode {
    AccessNode::new(Role::Button).into()
}

pub(super) fn tab_list_node() -> AccessibilityNode {
    AccessNode::new(Role::TabList).into()
}

pub(super) fn tab_node() -> AccessibilityNode {
    AccessNode::new(Role::Tab).into()
}

/// The node of a line that says this.
pub(super) fn spoken(line: &ChatLine) -> AccessibilityNode {
    let mut node = AccessNode::new(Role::ListItem);
    node.set_label(line.spoken());
    node.into()
}

/// Says what has just arrived in the tab that is shown. The lines themselves are silent: they change with every scroll.
pub(super) fn announce(
    mut received: MessageReader<MessageReceived>,
    talk: Talk,
    parts: Single<&Parts>,
    mut nodes: Query<&mut AccessibilityNode>,
) {
    let (Some(tab), Some(me)) = (talk.tab(), talk.history.user()) else {
        return received.clear();
    };
    let is_shown = |message: &&MessageReceived| {
        let held = talk.history.conversation(&message.answer_to(&me.uid));
        message.sender.uid != me.uid && held.is_some_and(|held| tab.has(held))
    };
    let shown: Vec<_> = received.read().filter(is_shown).collect();
    let newest = &shown[shown.len().saturating_sub(MAX_ANNOUNCED)..];
    let words: Vec<_> = newest.iter().filter_map(|message| words(message)).collect();
    if let Ok(mut node) = nodes.get_mut(parts.announcer)
        && !words.is_empty()
    {
        node.set_label(words.join("\n"));
    }
}

fn words(message: &Message) -> Option<String> {
    let text = Sanitizer::MESSAGE.clean(message.text()?);
    Some(format!("{}: {text}", display_name(&message.sender)))
}

/// Says what the input is for, and what is in it.
pub(super) fn name_input(
    strings: Res<ChatBoxStrings>,
    draft: Res<Draft>,
    parts: Single<&Parts>,
    mut nodes: Query<&mut AccessibilityNode>,
) {
    if let Ok(mut node) = nodes.get_mut(parts.input) {
        node.set_label(strings.say_something.as_str());
        node.set_value(draft.0.as_str());
    }
}
