//! The row with the input: the receiver, the typed text, and the number of characters that are left.

mod draw;
mod sent_lines;

use accesskit::Role;
use bevy::{
    ecs::system::SystemParam,
    input_focus::{FocusCause, InputFocus},
    picking::{
        Pickable,
        events::{Click, Pointer},
    },
    prelude::*,
    text::{EditableText, LineBreak, TextCursorStyle, TextEdit, TextEditChange, TextLayout},
    ui_widgets::observe,
};

pub(super) use self::{draw::needs_draw, sent_lines::SentLines};
use super::{
    active_tab::{ActiveTabs, FixedTarget},
    box_tabs::ChatBoxTabs,
    drawn_theme::{DrawnTheme, SMALL_FONT_SCALE},
    pacing::gauge,
    parts::{
        BoxOf, ChatBox, Clickable, FontScale, ThemedTextColor, UnfadedTextColor, accessible,
        background, has_changed, is_primary, themed_text,
    },
    safety::Muted,
    schedules::BoxSchedule,
    state::{ChatBoxState, UserLeft},
    tabs::ChatTabs,
};
use crate::plugin::{ChatHistory, CometChat};

/// The maximum number of characters of a line.
pub(super) const MAX_CHARACTERS: usize = 1_000;
/// The maximum number of lines of text that are visible.
const MAX_VISIBLE_LINES: usize = 3;
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

/// The text in the input of a box.
#[derive(Component, Default)]
pub(super) struct Draft(pub(super) String);

/// Finds the inputs of boxes.
#[derive(SystemParam)]
pub(super) struct Inputs<'w, 's> {
    inputs: Query<'w, 's, Entity, With<ChatInput>>,
    box_of: BoxOf<'w, 's>,
}

impl Inputs<'_, '_> {
    /// The input of a box.
    pub(super) fn of(&self, chat_box: Entity) -> Option<Entity> {
        let mut inputs = self.inputs.iter();
        inputs.find(|input| self.box_of.get(*input) == Some(chat_box))
    }

    /// The box that a part is in.
    pub(super) fn box_around(&self, part: Entity) -> Option<Entity> {
        self.box_of.get(part)
    }

    /// The box of an input.
    pub(super) fn box_of(&self, input: Entity) -> Option<Entity> {
        self.box_of
            .get(input)
            .filter(|_| self.inputs.contains(input))
    }
}

/// What is typed in the open box.
#[derive(SystemParam)]
pub(super) struct OpenInput<'w, 's> {
    boxes: Query<'w, 's, (Entity, &'static ChatBoxState, &'static Draft)>,
    texts: Query<'w, 's, &'static EditableText>,
    inputs: Inputs<'w, 's>,
}

impl OpenInput<'_, '_> {
    /// The open box, its draft, and the caret in it, in bytes.
    pub(super) fn get(&self) -> Option<(Entity, &Draft, usize)> {
        let mut boxes = self.boxes.iter();
        let (chat_box, _, draft) = boxes.find(|(_, state, _)| state.is_open)?;
        let input = self.texts.get(self.inputs.of(chat_box)?).ok()?;
        Some((chat_box, draft, caret(input)?))
    }
}

pub(super) fn plugin(app: &mut App) {
    app.register_required_components::<ChatBox, Draft>()
        .add_plugins((draw::plugin, sent_lines::plugin))
        .register_type::<ChatInputRow>()
        .register_type::<ChatInputTarget>()
        .register_type::<ChatInput>()
        .register_type::<ChatInputPlaceholder>()
        .register_type::<ChatInputCounter>()
        .add_observer(clear)
        .add_systems(
            BoxSchedule::Update,
            (
                (wrap, ignore_layout)
                    .chain_ignore_deferred()
                    .run_if(is_input_changed),
                fix_target.run_if(may_change_target),
                stop_typing.run_if(has_changed::<ChatBoxState>),
            )
                .chain_ignore_deferred(),
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
    inputs: Inputs,
    box_of: BoxOf,
    mut focus: ResMut<InputFocus>,
) {
    let input = box_of.get(click.entity).and_then(|it| inputs.of(it));
    if let Some(input) = input.filter(|_| is_primary(&click)) {
        click.propagate(false);
        focus.set(input, FocusCause::Pressed);
    }
}

/// A run condition.
fn is_input_changed(inputs: Query<(), (With<ChatInput>, Changed<EditableText>)>) -> bool {
    !inputs.is_empty()
}

/// The input is as high as its text, up to three lines.
fn wrap(mut inputs: Query<&mut EditableText, With<ChatInput>>) {
    for mut input in &mut inputs {
        let Some(lines) = input.editor.try_layout().map(|layout| layout.len()) else {
            continue;
        };
        let lines = Some(lines.clamp(1, MAX_VISIBLE_LINES) as f32);
        if input.visible_lines != lines {
            input.visible_lines = lines;
        }
    }
}

/// Undoes that the layout of the previous frame marked the input as changed. Bevy would lay out the nodes around it in
/// every frame.
fn ignore_layout(mut inputs: Query<&mut EditableText, With<ChatInput>>, time: Res<Time<Real>>) {
    let frame_start = time.last_changed();
    for mut input in &mut inputs {
        if !input.is_changed_after(frame_start) {
            let added = input.added();
            input.set_last_changed(added);
        }
    }
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
fn on_edit(
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

/// The position of the caret, in bytes. `None` while an input method composes text.
pub(super) fn caret(input: &EditableText) -> Option<usize> {
    (!input.is_composing()).then(|| input.editor.raw_selection().focus().index())
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
