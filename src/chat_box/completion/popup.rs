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
    input::{ChatInput, ChatInputRow, Draft, replace_with_caret},
    parts::{
        ChatBoxSystems, Clickable, FontScale, UnfadedBackground, UnfadedTextColor, accessible,
        background, themed_background,
    },
};

/// The popup with the candidates for the completion of what is typed.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatCompletionPopup;

/// The candidate with this index.
#[derive(Component)]
struct CandidateRow(usize);

pub(super) fn plugin(app: &mut App) {
    app.register_type::<ChatCompletionPopup>()
        .add_observer(add_popup)
        .add_systems(
            PostUpdate,
            draw.in_set(ChatBoxSystems::Draw)
                .run_if(resource_changed::<Completions>.or_else(resource_changed::<DrawnTheme>)),
        );
}

/// Adds the popup to a row with an input.
fn add_popup(row: On<Add, ChatInputRow>, theme: Res<DrawnTheme>, mut commands: Commands) {
    commands.entity(row.entity).with_child(popup(&theme));
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
    theme: Res<DrawnTheme>,
    popup: Single<(Entity, &mut Node), With<ChatCompletionPopup>>,
    mut input: Single<&mut AccessibilityNode, With<ChatInput>>,
    mut commands: Commands,
) {
    let (popup, mut node) = popup.into_inner();
    let display = if completions.is_open() {
        Display::Flex
    } else {
        Display::None
    };
    if node.display != display {
        node.display = display;
    }
    commands.entity(popup).despawn_children();
    input.clear_active_descendant();
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
            children![text(&theme, 1.0, &candidate.label, color)],
        ));
        let row = row.id();
        // An empty text would take a line's height above the baseline.
        if !candidate.detail.is_empty() {
            let detail = text(&theme, SMALL_FONT_SCALE, &candidate.detail, dim);
            commands.entity(row).with_child(detail);
        }
        commands.entity(row).insert(UnfadedBackground(fill));
        if is_selected {
            input.set_active_descendant(NodeId(row.to_bits()));
        }
    }
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
    draft: Res<Draft>,
    mut completer: Completer,
    mut input: Single<&mut EditableText, With<ChatInput>>,
) {
    let row = rows.get(row.entity).ok();
    let completed = row.and_then(|row| completer.accept(&draft.0, row.0));
    if let Some((text, after)) = completed {
        replace_with_caret(&mut input, &text, after);
    }
}
