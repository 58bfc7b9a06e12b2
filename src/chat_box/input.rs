//! The row with the input: the receiver, the typed text, and the number of characters that are left.

use std::collections::VecDeque;

use accesskit::Role;
use bevy::{
    a11y::AccessibilityNode,
    input_focus::{FocusCause, InputFocus},
    picking::{
        Pickable,
        events::{Click, Pointer},
    },
    prelude::*,
    text::{EditableText, LineBreak, TextCursorStyle, TextEdit, TextEditChange, TextLayout},
    ui_widgets::observe,
};

use super::{
    active_tab::{ActiveTab, FixedTarget},
    drawn_theme::{DrawnTheme, SMALL_FONT_SCALE},
    names::conversation_name,
    pacing::gauge,
    parts::{
        ChatBoxSystems, Clickable, FontScale, PartText, ThemedTextColor, UnfadedBackground,
        UnfadedTextColor, accessible, background, is_primary, themed_text,
    },
    safety::Muted,
    state::{ChatBoxState, UserLeft},
    strings::{ChatBoxStrings, fill},
    tabs::{ChatTabs, is_whisper},
};
use crate::plugin::{ChatHistory, CometChat};

/// The maximum number of characters of a line.
pub(super) const MAX_CHARACTERS: usize = 1_000;
/// The maximum number of lines of text that are visible.
const MAX_VISIBLE_LINES: usize = 3;
/// The maximum number of sent lines that are kept.
const MAX_SENT: usize = 50;
/// The number of characters left from which on the counter is shown.
const COUNTER_FROM: usize = 100;
/// The number of characters left from which on the counter warns.
const WARN_FROM: usize = 10;
/// The size of the counter's text.
const COUNTER_FONT_SCALE: f32 = SMALL_FONT_SCALE;
/// The opacity of the selection.
const SELECTION_ALPHA: f32 = 0.2;

/// The row with the input.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatInputRow;

/// The text that shows the receiver of the line, while the box is open.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatInputTarget;

/// The input: an [`EditableText`].
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatInput;

/// The text in the place of the empty input.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatInputPlaceholder;

/// The text that shows how many characters are left.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatInputCounter;

/// A button without a picture, with which assistive technology sends the line.
#[derive(Component)]
pub(super) struct SendButton;

/// The text in the input.
#[derive(Resource, Default)]
pub(super) struct Draft(pub(super) String);

/// The lines that were sent, the newest last.
#[derive(Resource, Default)]
pub(super) struct SentLines {
    lines: VecDeque<String>,
    /// The index of the recalled line, or `None` for the text that was typed before.
    recalled: Option<usize>,
    /// The text that was typed before a line was recalled.
    draft: String,
}

impl SentLines {
    pub(super) fn push(&mut self, line: &str) {
        self.recalled = None;
        if self.lines.back().is_some_and(|last| last == line) {
            return;
        }
        if self.lines.len() == MAX_SENT {
            self.lines.pop_front();
        }
        self.lines.push_back(line.into());
    }

    /// Recalls the line before the current one. `typed` is the text in the input.
    pub(super) fn older(&mut self, typed: &str) -> Option<String> {
        let index = match self.recalled {
            Some(index) => index.checked_sub(1)?,
            None => {
                self.draft = typed.into();
                self.lines.len().checked_sub(1)?
            }
        };
        self.recalled = Some(index);
        self.lines.get(index).cloned()
    }

    /// Recalls the line after the current one, at the end the text that was typed before.
    pub(super) fn newer(&mut self) -> Option<String> {
        let index = self.recalled? + 1;
        self.recalled = (index < self.lines.len()).then_some(index);
        match self.recalled {
            Some(index) => self.lines.get(index).cloned(),
            None => Some(std::mem::take(&mut self.draft)),
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Draft>()
        .init_resource::<SentLines>()
        .register_type::<ChatInputRow>()
        .register_type::<ChatInputTarget>()
        .register_type::<ChatInput>()
        .register_type::<ChatInputPlaceholder>()
        .register_type::<ChatInputCounter>()
        .add_observer(clear)
        .add_systems(
            PostUpdate,
            (
                (wrap, ignore_layout)
                    .chain_ignore_deferred()
                    .run_if(is_input_changed),
                fix_target.run_if(may_change_target),
                stop_typing.run_if(resource_changed::<ChatBoxState>),
            )
                .chain_ignore_deferred()
                .in_set(ChatBoxSystems::Update),
        )
        .add_systems(
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

pub(super) fn input_row(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatInputRow,
        Node {
            column_gap: theme.length(6.0),
            // The context of a reply is a line of its own.
            flex_wrap: FlexWrap::Wrap,
            align_items: AlignItems::Center,
            padding: UiRect::axes(theme.length(7.0), theme.length(4.0)),
            border_radius: BorderRadius::all(theme.length(5.0)),
            ..default()
        },
        background(),
        observe(on_click),
        children![
            target(theme),
            field(theme),
            counter(theme),
            gauge(theme),
            (
                SendButton,
                Clickable(true),
                accessible(Role::Button),
                Node {
                    position_type: PositionType::Absolute,
                    ..default()
                },
                Pickable::IGNORE,
            )
        ],
    )
}

fn target(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatInputTarget,
        themed_text(theme, 1.0, |theme| theme.accent),
        Node {
            flex_shrink: 0.0,
            ..default()
        },
    )
}

/// The input, and the placeholder over it.
fn field(theme: &DrawnTheme) -> impl Bundle {
    (
        Node {
            flex_grow: 1.0,
            flex_basis: Val::ZERO,
            min_width: Val::ZERO,
            overflow: Overflow::clip(),
            ..default()
        },
        children![
            (
                ChatInput,
                EditableText {
                    max_characters: Some(MAX_CHARACTERS),
                    ..default()
                },
                TextLayout::linebreak(LineBreak::WordOrCharacter),
                theme.text_font(1.0),
                FontScale(1.0),
                ThemedTextColor(|theme| theme.text),
                UnfadedTextColor(theme.text),
                cursor_style(theme),
                Node {
                    width: Val::Percent(100.0),
                    ..default()
                },
                accessible(Role::TextInput),
                observe(on_edit),
            ),
            (
                ChatInputPlaceholder,
                themed_text(theme, 1.0, |theme| theme.dim),
                TextLayout::linebreak(LineBreak::NoWrap),
                Node {
                    position_type: PositionType::Absolute,
                    left: Val::ZERO,
                    top: Val::ZERO,
                    ..default()
                },
                Pickable::IGNORE,
            ),
        ],
    )
}

/// The colour is set when the counter is drawn.
fn counter(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatInputCounter,
        Text::default(),
        theme.text_font(COUNTER_FONT_SCALE),
        FontScale(COUNTER_FONT_SCALE),
        UnfadedTextColor(theme.dim),
    )
}

fn cursor_style(theme: &DrawnTheme) -> TextCursorStyle {
    TextCursorStyle {
        color: theme.text,
        selection_color: theme.accent.with_alpha(SELECTION_ALPHA),
        unfocused_selection_color: Color::NONE,
        selected_text_color: None,
    }
}

/// A click anywhere in the row focuses the input.
fn on_click(
    mut click: On<Pointer<Click>>,
    input: Single<Entity, With<ChatInput>>,
    mut focus: ResMut<InputFocus>,
) {
    if is_primary(&click) {
        click.propagate(false);
        focus.set(*input, FocusCause::Pressed);
    }
}

/// A run condition.
fn is_input_changed(inputs: Query<(), (With<ChatInput>, Changed<EditableText>)>) -> bool {
    !inputs.is_empty()
}

/// The input is as high as its text, up to three lines.
fn wrap(mut input: Single<&mut EditableText, With<ChatInput>>) {
    let Some(lines) = input.editor.try_layout().map(|layout| layout.len()) else {
        return;
    };
    let lines = Some(lines.clamp(1, MAX_VISIBLE_LINES) as f32);
    if input.visible_lines != lines {
        input.visible_lines = lines;
    }
}

/// Undoes that the layout of the previous frame marked the input as changed. Bevy would lay out the nodes around it in
/// every frame.
fn ignore_layout(mut input: Single<&mut EditableText, With<ChatInput>>, time: Res<Time<Real>>) {
    let frame_start = time.last_changed();
    if !input.is_changed_after(frame_start) {
        let added = input.added();
        input.set_last_changed(added);
    }
}

/// A run condition.
fn may_change_target(active: ActiveTab, draft: Res<Draft>) -> bool {
    active.is_changed() || draft.is_changed()
}

/// Fixes the receiver while the player writes: when the input opens, and if there is no receiver then, with the first
/// letter. When the player selects another tab, its receiver is fixed.
fn fix_target(
    state: Res<ChatBoxState>,
    tabs: Res<ChatTabs>,
    history: Res<ChatHistory>,
    muted: Res<Muted>,
    draft: Res<Draft>,
    mut fixed: ResMut<FixedTarget>,
) {
    if !state.is_open && draft.0.is_empty() {
        fixed.set_if_neq(FixedTarget::default());
        return;
    }
    let is_fixed = fixed.is_for(&state.tab) && (fixed.is_somebody() || !draft.0.is_empty());
    if !is_fixed {
        let tab = tabs.active(&state.tab);
        let to = tab.and_then(|tab| tabs.target(tab, &history, &muted));
        fixed.set_if_neq(FixedTarget::new(state.tab.clone(), to));
    }
}

/// Drops what the user has typed.
fn clear(
    _: On<UserLeft>,
    mut draft: ResMut<Draft>,
    mut sent: ResMut<SentLines>,
    mut inputs: Query<&mut EditableText, With<ChatInput>>,
) {
    draft.0.clear();
    *sent = SentLines::default();
    for mut input in &mut inputs {
        input.pending_edits.clear();
        input.clear();
    }
}

/// Updates the draft, and sends the typing indicator to the receiver.
fn on_edit(
    edit: On<TextEditChange>,
    inputs: Query<&EditableText>,
    active: ActiveTab,
    chat: Option<Res<CometChat>>,
    mut draft: ResMut<Draft>,
) {
    let Ok(input) = inputs.get(edit.event_target()) else {
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
    active: ActiveTab,
    draft: Res<Draft>,
    chat: Option<Res<CometChat>>,
    mut was_open: Local<bool>,
) {
    let is_open = active.state.is_open;
    let has_closed = std::mem::replace(&mut *was_open, is_open) && !is_open;
    if !has_closed || draft.0.is_empty() {
        return;
    }
    if let (Some(to), Some(chat)) = (active.target(), chat) {
        chat.end_typing(to).ignore_errors();
    }
}

/// A run condition: the row or the hint above it may be out of date.
pub(super) fn needs_draw(
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

/// Replaces the text in the input, with the caret before the last characters of it.
pub(super) fn replace_with_caret(input: &mut EditableText, text: &str, after: usize) {
    replace(input, text);
    for _ in 0..after {
        input.queue_edit(TextEdit::Left(false));
    }
}

/// Replaces the text in the input.
pub(super) fn replace(input: &mut EditableText, text: &str) {
    input.queue_edit(TextEdit::SelectAll);
    if text.is_empty() {
        input.queue_edit(TextEdit::Delete);
    } else {
        input.queue_edit(TextEdit::Insert(text.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_through_what_was_sent_and_back_to_what_is_typed() {
        let mut sent = SentLines::default();
        assert_eq!(sent.older("typed"), None);
        sent.push("one");
        sent.push("two");
        sent.push("two");
        assert_eq!(sent.older("typed").as_deref(), Some("two"));
        assert_eq!(sent.older("two").as_deref(), Some("one"));
        assert_eq!(sent.older("one"), None);
        assert_eq!(sent.newer().as_deref(), Some("two"));
        assert_eq!(sent.newer().as_deref(), Some("typed"));
        assert_eq!(sent.newer(), None);
    }
}
