//! Draws the texts of the row with the input.

use bevy::{
    a11y::AccessibilityNode,
    prelude::*,
    text::{EditableText, TextCursorStyle, TextEdit},
};

use super::{
    ChatInput, ChatInputCounter, ChatInputPlaceholder, ChatInputRow, ChatInputTarget, Draft,
    Inputs, MAX_CHARACTERS, SendButton, cursor_style,
};
use crate::chat_box::{
    active_tab::ActiveTabs,
    drawn_theme::DrawnTheme,
    names::conversation_name,
    parts::{BoxOf, PartText, UnfadedBackground, UnfadedTextColor, has_changed},
    schedules::BoxSchedule,
    strings::{ChatBoxStrings, fill},
    tab::is_whisper,
    theming::Themes,
};

/// The number of characters left from which on the counter is shown.
const COUNTER_FROM: usize = 100;
/// The number of characters left from which on the counter warns.
const WARN_FROM: usize = 10;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        BoxSchedule::Draw,
        (
            (
                draw_row,
                draw_target,
                draw_placeholder,
                draw_counter,
                label_input,
            )
                .run_if(needs_draw),
            draw_cursor.run_if(has_changed::<DrawnTheme>),
        ),
    );
}

/// A run condition: the row or the hint above it may be out of date.
pub(in crate::chat_box) fn needs_draw(
    active: ActiveTabs,
    strings: Res<ChatBoxStrings>,
    themes: Themes,
    drafts: Query<(), Changed<Draft>>,
    inputs: Query<(), (With<ChatInput>, Changed<EditableText>)>,
) -> bool {
    active.is_changed()
        || strings.is_changed()
        || themes.is_changed()
        || !drafts.is_empty()
        || !inputs.is_empty()
}

fn draw_row(
    active: ActiveTabs,
    themes: Themes,
    mut rows: Query<(Entity, &mut UnfadedBackground), With<ChatInputRow>>,
) {
    for (row, mut background) in &mut rows {
        let theme = themes.of(row);
        let color = if active.around(row).is_some_and(|it| it.state.is_open) {
            theme.raised_background
        } else {
            theme.background
        };
        background.set_if_neq(UnfadedBackground(color));
    }
}

fn draw_target(
    active: ActiveTabs,
    strings: Res<ChatBoxStrings>,
    mut texts: Query<(Entity, PartText), With<ChatInputTarget>>,
) {
    for (part, mut text) in &mut texts {
        let active = active.around(part).filter(|it| it.state.is_open);
        let Some((active, to)) = active.and_then(|it| it.target().map(|to| (it, to))) else {
            text.set("");
            continue;
        };
        let safety = &active.filter.safety;
        let name = conversation_name(&to, active.tabs, active.history, safety, &strings);
        if is_whisper(&to) {
            text.set(&fill(&strings.whisper_to, &[("{name}", &name)]));
        } else {
            text.set(&name);
        }
    }
}

fn draw_placeholder(
    active: ActiveTabs,
    strings: Res<ChatBoxStrings>,
    drafts: Query<&Draft>,
    inputs: Query<&EditableText, With<ChatInput>>,
    own_inputs: Inputs,
    mut texts: Query<(Entity, PartText), With<ChatInputPlaceholder>>,
) {
    for (part, mut text) in &mut texts {
        let Some(active) = active.around(part) else {
            continue;
        };
        let has_draft = drafts.get(active.chat_box).is_ok_and(|it| !it.0.is_empty());
        let input = own_inputs.of(active.chat_box);
        let input = input.and_then(|input| inputs.get(input).ok());
        text.set(if has_draft || input.is_some_and(is_receiving_text) {
            ""
        } else if !active.state.is_open {
            &strings.press_to_chat
        } else if active.history.user().is_none() {
            &strings.logged_out
        } else if active.target().is_none() {
            &strings.nobody_to_write_to
        } else {
            &strings.say_something
        });
    }
}

/// Whether an input method composes text, or text was typed in this frame. It is visible in this frame, and part of the
/// draft in the next.
fn is_receiving_text(input: &EditableText) -> bool {
    let mut edits = input.pending_edits.iter();
    let brings_text = |edit: &TextEdit| match edit {
        TextEdit::Insert(_) | TextEdit::Paste => true,
        TextEdit::ImeSetCompose { value, .. } | TextEdit::ImeCommit { value } => !value.is_empty(),
        _ => false,
    };
    input.is_composing() || edits.any(brings_text)
}

fn draw_counter(
    themes: Themes,
    box_of: BoxOf,
    drafts: Query<&Draft>,
    mut counters: Query<(Entity, PartText, &mut UnfadedTextColor), With<ChatInputCounter>>,
) {
    for (part, mut text, mut color) in &mut counters {
        let draft = box_of.get(part).and_then(|it| drafts.get(it).ok());
        let typed = draft.map_or(0, |draft| draft.0.chars().count());
        let left = MAX_CHARACTERS.saturating_sub(typed);
        if left < COUNTER_FROM {
            text.set(&left.to_string());
        } else {
            text.set("");
        }
        let theme = themes.of(part);
        color.set_if_neq(UnfadedTextColor(if left < WARN_FROM {
            theme.warning
        } else {
            theme.dim
        }));
    }
}

fn draw_cursor(
    themes: Themes,
    mut cursors: Query<(Entity, &mut TextCursorStyle), With<ChatInput>>,
) {
    for (part, mut cursor) in &mut cursors {
        *cursor = cursor_style(themes.of(part));
    }
}

/// Sets the labels and the values of the inputs for assistive technology.
fn label_input(
    strings: Res<ChatBoxStrings>,
    box_of: BoxOf,
    drafts: Query<&Draft>,
    mut inputs: Query<(Entity, &mut AccessibilityNode), With<ChatInput>>,
    mut buttons: Query<&mut AccessibilityNode, (With<SendButton>, Without<ChatInput>)>,
) {
    for mut send in &mut buttons {
        if send.label() != Some(strings.safety.send.as_str()) {
            send.set_label(strings.safety.send.as_str());
        }
    }
    for (input, mut accessible) in &mut inputs {
        if accessible.label() != Some(strings.say_something.as_str()) {
            accessible.set_label(strings.say_something.as_str());
        }
        let draft = box_of.get(input).and_then(|it| drafts.get(it).ok());
        let draft = draft.map_or("", |draft| draft.0.as_str());
        if accessible.value() != Some(draft) {
            accessible.set_value(draft);
        }
    }
}
