//! Draws the texts of the row with the input.

use bevy::{
    a11y::AccessibilityNode,
    prelude::*,
    text::{EditableText, TextCursorStyle, TextEdit},
};

use super::{
    ChatInput, ChatInputCounter, ChatInputPlaceholder, ChatInputRow, ChatInputTarget, Draft,
    MAX_CHARACTERS, SendButton, cursor_style,
};
use crate::chat_box::{
    active_tab::ActiveTab,
    drawn_theme::DrawnTheme,
    names::conversation_name,
    parts::{ChatBoxSystems, PartText, UnfadedBackground, UnfadedTextColor},
    state::ChatBoxState,
    strings::{ChatBoxStrings, fill},
    tab::is_whisper,
};

/// The number of characters left from which on the counter is shown.
const COUNTER_FROM: usize = 100;
/// The number of characters left from which on the counter warns.
const WARN_FROM: usize = 10;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        PostUpdate,
        (
            (
                draw_row,
                draw_target,
                draw_placeholder,
                draw_counter,
                label_input,
            )
                .run_if(needs_draw),
            draw_cursor.run_if(resource_changed::<DrawnTheme>),
        )
            .in_set(ChatBoxSystems::Draw),
    );
}

/// A run condition: the row or the hint above it may be out of date.
pub(in crate::chat_box) fn needs_draw(
    active: ActiveTab,
    strings: Res<ChatBoxStrings>,
    theme: Res<DrawnTheme>,
    draft: Res<Draft>,
    inputs: Query<(), (With<ChatInput>, Changed<EditableText>)>,
) -> bool {
    active.is_changed()
        || strings.is_changed()
        || theme.is_changed()
        || draft.is_changed()
        || !inputs.is_empty()
}

fn draw_row(
    state: Res<ChatBoxState>,
    theme: Res<DrawnTheme>,
    mut background: Single<&mut UnfadedBackground, With<ChatInputRow>>,
) {
    let color = if state.is_open {
        theme.raised_background
    } else {
        theme.background
    };
    background.set_if_neq(UnfadedBackground(color));
}

fn draw_target(
    active: ActiveTab,
    strings: Res<ChatBoxStrings>,
    mut text: Single<PartText, With<ChatInputTarget>>,
) {
    let Some(to) = active.target().filter(|_| active.state.is_open) else {
        return text.set("");
    };
    let safety = &active.filter.safety;
    let name = conversation_name(&to, &active.tabs, &active.history, safety, &strings);
    if is_whisper(&to) {
        text.set(&fill(&strings.whisper_to, &[("{name}", &name)]));
    } else {
        text.set(&name);
    }
}

fn draw_placeholder(
    active: ActiveTab,
    strings: Res<ChatBoxStrings>,
    draft: Res<Draft>,
    input: Single<&EditableText, With<ChatInput>>,
    mut text: Single<PartText, With<ChatInputPlaceholder>>,
) {
    text.set(if !draft.0.is_empty() || is_receiving_text(&input) {
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
    theme: Res<DrawnTheme>,
    draft: Res<Draft>,
    counter: Single<(PartText, &mut UnfadedTextColor), With<ChatInputCounter>>,
) {
    let (mut text, mut color) = counter.into_inner();
    let left = MAX_CHARACTERS.saturating_sub(draft.0.chars().count());
    if left < COUNTER_FROM {
        text.set(&left.to_string());
    } else {
        text.set("");
    }
    color.set_if_neq(UnfadedTextColor(if left < WARN_FROM {
        theme.warning
    } else {
        theme.dim
    }));
}

fn draw_cursor(theme: Res<DrawnTheme>, mut cursor: Single<&mut TextCursorStyle, With<ChatInput>>) {
    **cursor = cursor_style(&theme);
}

/// Sets the label and the value of the input for assistive technology.
fn label_input(
    strings: Res<ChatBoxStrings>,
    draft: Res<Draft>,
    mut accessible: Single<&mut AccessibilityNode, With<ChatInput>>,
    mut send: Single<&mut AccessibilityNode, (With<SendButton>, Without<ChatInput>)>,
) {
    if send.label() != Some(strings.safety.send.as_str()) {
        send.set_label(strings.safety.send.as_str());
    }
    if accessible.label() != Some(strings.say_something.as_str()) {
        accessible.set_label(strings.say_something.as_str());
    }
    if accessible.value() != Some(draft.0.as_str()) {
        accessible.set_value(draft.0.as_str());
    }
}
