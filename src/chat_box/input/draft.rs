//! The text in the input as a draft of a message: its receiver stays, and learns that the player is typing.

use bevy::{
    prelude::*,
    text::{EditableText, TextEditChange},
};

use super::ChatInput;
use crate::{
    chat_box::{
        active_tab::{ActiveTabs, FixedTarget},
        box_tabs::ChatBoxTabs,
        parts::{ChatBox, has_changed},
        safety::Muted,
        schedules::BoxSchedule,
        state::{ChatBoxState, UserLeft},
        tabs::ChatTabs,
    },
    plugin::{ChatHistory, CometChat},
};

/// The text in the input of a box.
#[derive(Component, Default)]
pub(in crate::chat_box) struct Draft(pub(in crate::chat_box) String);

pub(super) fn plugin(app: &mut App) {
    app.register_required_components::<ChatBox, Draft>()
        .add_observer(clear)
        .add_systems(
            BoxSchedule::Update,
            (
                fix_target.run_if(may_change_target),
                stop_typing.run_if(has_changed::<ChatBoxState>),
            )
                .chain_ignore_deferred(),
        );
}

/// A run condition.
fn may_change_target(active: ActiveTabs, drafts: Query<(), Changed<Draft>>) -> bool {
    active.is_changed() || !drafts.is_empty()
}

/// Fixes the receiver while the player writes: when the input opens, and if there is no receiver then, with the first
/// letter. When the player selects another tab, its receiver is fixed.
fn fix_target(
    tabs: Res<ChatTabs>,
    history: Res<ChatHistory>,
    muted: Res<Muted>,
    mut boxes: Query<(&ChatBoxState, &ChatBoxTabs, &Draft, &mut FixedTarget)>,
) {
    for (state, shown, draft, mut fixed) in &mut boxes {
        if !state.is_open && draft.0.is_empty() {
            fixed.set_if_neq(FixedTarget::default());
            continue;
        }
        let is_fixed = fixed.is_for(&state.tab) && (fixed.is_somebody() || !draft.0.is_empty());
        if !is_fixed {
            let tab = shown.active(&tabs, &state.tab);
            let to = tab.and_then(|tab| tabs.target(tab, &history, &muted));
            fixed.set_if_neq(FixedTarget::new(state.tab.clone(), to));
        }
    }
}

/// Drops what the user has typed.
fn clear(
    _: On<UserLeft>,
    mut drafts: Query<&mut Draft>,
    mut inputs: Query<&mut EditableText, With<ChatInput>>,
) {
    for mut draft in &mut drafts {
        draft.0.clear();
    }
    for mut input in &mut inputs {
        input.pending_edits.clear();
        input.clear();
    }
}

/// Updates the draft, and sends the typing indicator to the receiver.
pub(super) fn on_edit(
    edit: On<TextEditChange>,
    inputs: Query<&EditableText>,
    active: ActiveTabs,
    chat: Option<Res<CometChat>>,
    mut drafts: Query<&mut Draft>,
) {
    let Some(active) = active.around(edit.event_target()) else {
        return;
    };
    let input = inputs.get(edit.event_target());
    let (Ok(input), Ok(mut draft)) = (input, drafts.get_mut(active.chat_box)) else {
        return;
    };
    let text = input.value().to_string();
    if draft.0 == text {
        // An input method composes text, which changes the placeholder but not the draft.
        return draft.set_changed();
    }
    let is_message = |text: &str| !text.is_empty() && !text.starts_with('/');
    let (was_typing, is_typing) = (is_message(&draft.0), is_message(&text));
    draft.0 = text;
    if let (Some(to), Some(chat)) = (active.target(), chat) {
        if is_typing && active.state.is_open {
            chat.start_typing(to).ignore_errors();
        } else if was_typing {
            chat.end_typing(to).ignore_errors();
        }
    }
}

/// Ends the typing indicator when the box is closed with a draft.
fn stop_typing(
    active: ActiveTabs,
    boxes: Query<(Entity, &ChatBoxState, &Draft)>,
    chat: Option<Res<CometChat>>,
    mut last: Local<Option<Entity>>,
) {
    let open = boxes.iter().find(|(_, state, _)| state.is_open);
    let open = open.map(|(chat_box, ..)| chat_box);
    let closed = std::mem::replace(&mut *last, open).filter(|last| Some(*last) != open);
    let closed = closed.and_then(|closed| boxes.get(closed).ok());
    let Some((closed, ..)) = closed.filter(|(_, _, draft)| !draft.0.is_empty()) else {
        return;
    };
    let to = active.of(closed).and_then(|active| active.target());
    if let (Some(to), Some(chat)) = (to, chat) {
        chat.end_typing(to).ignore_errors();
    }
}
