//! The popup with the candidates, above the input. The input keeps the focus.

use accesskit::{NodeId, Role};
use bevy::{
    a11y::AccessibilityNode,
    prelude::*,
    text::{EditableText, TextLayout},
    ui_widgets::{Activate, observe},
};

use super::{Completer, Completions};
use crate::chat_box::{
    drawn_theme::{DrawnTheme, SMALL_FONT_SCALE},
    input::{ChatInput, Draft, Inputs, RowsWithout, replace_with_caret},
    parts::{
        Clickable, FontScale, UnfadedBackground, UnfadedTextColor, accessible, background,
        has_changed, themed_background,
    },
    schedules::BoxSchedule,
    state::ChatBoxState,
    theming::Themes,
};

/// The popup with the candidates for the completion of what is typed. Spawned when there are some for the first time.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatCompletionPopup;

/// The candidate with this index.
#[derive(Component)]
struct CandidateRow(usize);

pub(super) fn plugin(app: &mut App) {
    app.register_type::<ChatCompletionPopup>().add_systems(
        BoxSchedule::Draw,
        (add_popups.run_if(is_open), draw)
            .chain()
            .run_if(resource_changed::<Completions>.or_else(has_changed::<DrawnTheme>)),
    );
}

/// A run condition.
fn is_open(completions: Res<Completions>) -> bool {
    completions.is_open()
}

fn add_popups(rows: RowsWithout<ChatCompletionPopup>, themes: Themes, mut commands: Commands) {
    for row in rows.iter() {
        let popup = popup(themes.of(row));
        commands.entity(row).with_child(popup);
    }
}

fn popup(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatCompletionPopup,
        accessible(Role::ListBox),
        Node {
            position_type: PositionType::Absolute,
            display: Display::None,
            left: Val::ZERO,
            bottom: Val::Percent(100.0),
            max_width: Val::Percent(100.0),
            flex_direction: FlexDirection::Column,
            padding: UiRect::all(theme.length(4.0)),
            border: UiRect::all(theme.length(1.0)),
            border_radius: BorderRadius::all(theme.length(6.0)),
            overflow: Overflow::clip(),
            ..default()
        },
        BorderColor::all(theme.dim),
        themed_background(theme, |theme| theme.background.with_alpha(1.0)),
        ZIndex(2),
    )
}

fn draw(
    completions: Res<Completions>,
    themes: Themes,
    boxes: Query<&ChatBoxState>,
    own_inputs: Inputs,
    mut popups: Query<(Entity, &mut Node), With<ChatCompletionPopup>>,
    mut inputs: Query<&mut AccessibilityNode, With<ChatInput>>,
    mut commands: Commands,
) {
    for (popup, mut node) in &mut popups {
        let chat_box = own_inputs.box_around(popup);
        let state = chat_box.and_then(|chat_box| boxes.get(chat_box).ok());
        let is_open = completions.is_open() && state.is_some_and(|state| state.is_open);
        let display = if is_open {
            Display::Flex
        } else {
            Display::None
        };
        if node.display != display {
            node.display = display;
        }
        commands.entity(popup).despawn_children();
        let input = chat_box.and_then(|chat_box| own_inputs.of(chat_box));
        let Some(mut input) = input.and_then(|input| inputs.get_mut(input).ok()) else {
            continue;
        };
        input.clear_active_descendant();
        if is_open {
            let selected = spawn_rows(popup, &completions, themes.of(popup), &mut commands);
            if let Some(row) = selected {
                input.set_active_descendant(NodeId(row.to_bits()));
            }
        }
    }
}

/// Spawns a row for each candidate. Returns that of the selected one.
fn spawn_rows(
    popup: Entity,
    completions: &Completions,
    theme: &DrawnTheme,
    commands: &mut Commands,
) -> Option<Entity> {
    let mut selected = None;
    for (index, candidate) in completions.candidates.iter().enumerate() {
        let is_selected = index == completions.selected;
        let (color, dim, fill) = if is_selected {
            let color = theme.legible_on(theme.accent, theme.background);
            (color, color, theme.accent)
        } else {
            (theme.text, theme.dim, Color::NONE)
        };
        let mut role = accessible(Role::ListBoxOption);
        role.set_label(format!("{} {}", candidate.label, candidate.detail).trim_end());
        role.set_selected(is_selected);
        let row = commands.spawn((
            ChildOf(popup),
            CandidateRow(index),
            Clickable(true),
            role,
            background(),
            Node {
                column_gap: theme.length(8.0),
                align_items: AlignItems::Baseline,
                padding: UiRect::axes(theme.length(8.0), theme.length(2.0)),
                border_radius: BorderRadius::all(theme.length(4.0)),
                ..default()
            },
            observe(on_activate),
            children![text(theme, 1.0, &candidate.label, color)],
        ));
        let row = row.id();
        // An empty text would take a line's height above the baseline.
        if !candidate.detail.is_empty() {
            let detail = text(theme, SMALL_FONT_SCALE, &candidate.detail, dim);
            commands.entity(row).with_child(detail);
        }
        commands.entity(row).insert(UnfadedBackground(fill));
        if is_selected {
            selected = Some(row);
        }
    }
    selected
}

fn text(theme: &DrawnTheme, scale: f32, text: &str, color: Color) -> impl Bundle {
    (
        Text::new(text),
        TextLayout::no_wrap(),
        theme.text_font(scale),
        FontScale(scale),
        UnfadedTextColor(color),
        Pickable::IGNORE,
    )
}

fn on_activate(
    row: On<Activate>,
    rows: Query<&CandidateRow>,
    drafts: Query<&Draft>,
    own_inputs: Inputs,
    mut completer: Completer,
    mut inputs: Query<&mut EditableText, With<ChatInput>>,
) {
    let Some(chat_box) = own_inputs.box_around(row.entity) else {
        return;
    };
    let (Ok(row), Ok(draft)) = (rows.get(row.entity), drafts.get(chat_box)) else {
        return;
    };
    let completed = completer.accept(&draft.0, row.0);
    let input = own_inputs.of(chat_box);
    let input = input.and_then(|input| inputs.get_mut(input).ok());
    if let (Some((text, after)), Some(mut input)) = (completed, input) {
        replace_with_caret(&mut input, &text, after);
    }
}
