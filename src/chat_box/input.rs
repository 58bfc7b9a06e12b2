//! The row with the input: the receiver, the typed text, and the number of characters that are left.

mod draft;
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
    text::{EditableText, LineBreak, TextCursorStyle, TextEdit, TextLayout},
    ui_widgets::observe,
};

pub(super) use self::{draft::Draft, draw::needs_draw, sent_lines::SentLines};
use super::{
    drawn_theme::{DrawnTheme, SMALL_FONT_SCALE},
    pacing::gauge,
    parts::{
        BoxOf, Clickable, FontScale, ThemedTextColor, UnfadedTextColor, accessible, background,
        is_primary, themed_text,
    },
    schedules::BoxSchedule,
    state::ChatBoxState,
};

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

/// The rows that do not have such a part. Parts that many players never see are spawned when they are needed.
#[derive(SystemParam)]
pub(super) struct RowsWithout<'w, 's, P: Component> {
    rows: Query<'w, 's, (Entity, &'static Children), With<ChatInputRow>>,
    parts: Query<'w, 's, (), With<P>>,
}

impl<P: Component> RowsWithout<'_, '_, P> {
    pub(super) fn iter(&self) -> impl Iterator<Item = Entity> {
        let has_none =
            |(_, children): &(_, &Children)| children.iter().all(|it| !self.parts.contains(it));
        self.rows.iter().filter(has_none).map(|(row, _)| row)
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
    app.add_plugins((draft::plugin, draw::plugin, sent_lines::plugin))
        .register_type::<ChatInputRow>()
        .register_type::<ChatInputTarget>()
        .register_type::<ChatInput>()
        .register_type::<ChatInputPlaceholder>()
        .register_type::<ChatInputCounter>()
        .add_systems(
            BoxSchedule::Update,
            (wrap, ignore_layout)
                .chain_ignore_deferred()
                .run_if(is_input_changed),
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
                observe(draft::on_edit),
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

/// The position of the caret, in bytes. `None` while an input method composes text.
pub(super) fn caret(input: &EditableText) -> Option<usize> {
    (!input.is_composing()).then(|| input.editor.raw_selection().focus().index())
}

/// Replaces the text in the input, with the caret before the last characters of it.
pub(super) fn replace_with_caret(input: &mut EditableText, text: &str, after: usize) {
    let split = text.char_indices().rev().take(after).last();
    let (before, after) = text.split_at(split.map_or(text.len(), |(at, _)| at));
    replace(input, after);
    input.queue_edit(TextEdit::TextStart(false));
    input.queue_edit(TextEdit::Insert(before.into()));
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
