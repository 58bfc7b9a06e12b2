//! Draws the chips in the inputs, behind their words.

use bevy::{
    prelude::*,
    text::{EditableText, EditableTextGeneration},
    ui::widget::TextScroll,
};
use parley::{Affinity, BoundingBox, Cursor, Selection};

use super::DraftChips;
use crate::chat_box::{
    drawn_theme::DrawnTheme,
    input::ChatInput,
    parts::{is_added, themed_background},
    schedules::BoxSchedule,
    theming::Themes,
};

/// How far a chip reaches beyond its words at the sides, in theme pixels.
const OVERHANG: f32 = 2.0;
/// The radius of its corners, in theme pixels.
const RADIUS: f32 = 3.0;

/// The background of a chip in the input: a node behind its words. A chip that is wrapped has one in each line.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatInputChip;

/// The node around the chips of this input.
#[derive(Component)]
struct ChipLayer {
    input: Entity,
}

pub(super) fn plugin(app: &mut App) {
    app.register_type::<ChatInputChip>().add_systems(
        BoxSchedule::Draw,
        (
            add_layers.run_if(has_chips),
            draw.run_if(needs_draw.or_else(is_added::<ChipLayer>)),
        )
            .chain(),
    );
}

/// A run condition.
fn has_chips(chips: Res<DraftChips>) -> bool {
    !chips.0.is_empty()
}

/// Puts a layer behind each input that has none.
fn add_layers(
    inputs: Query<(Entity, &ChildOf), With<ChatInput>>,
    layers: Query<&ChipLayer>,
    mut commands: Commands,
) {
    for (input, child_of) in &inputs {
        if layers.iter().any(|layer| layer.input == input) {
            continue;
        }
        let layer = (
            ChipLayer { input },
            Node {
                position_type: PositionType::Absolute,
                ..default()
            },
            Pickable::IGNORE,
        );
        let layer = commands.spawn(layer).id();
        let mut field = commands.entity(child_of.parent());
        field.insert_children(0, &[layer]);
    }
}

/// Filters inputs whose chips may be elsewhere.
type MayHaveMoved = (
    With<ChatInput>,
    Or<(
        Changed<EditableText>,
        Changed<EditableTextGeneration>,
        Changed<TextScroll>,
        Changed<ComputedNode>,
    )>,
);

/// A run condition.
fn needs_draw(
    chips: Res<DraftChips>,
    drawn: Query<(), With<ChatInputChip>>,
    inputs: Query<(), MayHaveMoved>,
    themes: Themes,
) -> bool {
    let has_chips = !chips.0.is_empty() || !drawn.is_empty();
    has_chips && (!inputs.is_empty() || themes.is_changed())
}

fn draw(
    chips: Res<DraftChips>,
    inputs: Query<(&EditableText, &TextScroll, &ComputedNode), With<ChatInput>>,
    layers: Query<(Entity, &ChipLayer, Option<&Children>)>,
    mut nodes: Query<&mut Node, With<ChatInputChip>>,
    themes: Themes,
    mut commands: Commands,
) {
    for (layer, of, drawn) in &layers {
        let Ok((input, scroll, computed)) = inputs.get(of.input) else {
            continue;
        };
        let Some(boxes) = boxes(&chips, input) else {
            continue;
        };
        let theme = themes.of(layer);
        let scale = computed.inverse_scale_factor();
        let width = computed.size().x * scale;
        let mut drawn = drawn.into_iter().flatten();
        for area in boxes {
            let corner = |x: f64, y: f64| (Vec2::new(x as f32, y as f32) - scroll.0) * scale;
            let words = Rect {
                min: corner(area.x0, area.y0),
                max: corner(area.x1, area.y1),
            };
            let node = node(theme, words, width);
            match drawn.next().and_then(|it| nodes.get_mut(*it).ok()) {
                Some(mut known) => {
                    known.set_if_neq(node);
                }
                None => {
                    let background = themed_background(theme, background);
                    let chip = (ChildOf(layer), ChatInputChip, node, background);
                    commands.spawn((chip, Pickable::IGNORE));
                }
            }
        }
        for left in drawn {
            commands.entity(*left).despawn();
        }
    }
}

/// Where the words of chips are in the text, in physical pixels. `None` while the text is not laid out.
fn boxes(chips: &DraftChips, input: &EditableText) -> Option<Vec<BoundingBox>> {
    let layout = input.editor.try_layout()?;
    let text = input.value().to_string();
    let places = chips.places(&text).into_iter();
    let boxes = places.flat_map(|(place, _)| {
        // What an input method composes is in the layout, but not in the text.
        let composed = input.editor.raw_compose().clone();
        let composed = composed.filter(|composed| composed.start <= place.start);
        let shift = composed.map_or(0, |composed| composed.len());
        let words = Selection::new(
            Cursor::from_byte_index(layout, place.start + shift, Affinity::Downstream),
            Cursor::from_byte_index(layout, place.end + shift, Affinity::Upstream),
        );
        words.geometry(layout)
    });
    Some(boxes.map(|(area, _)| area).collect())
}

/// The colour of chips in lines, on which the text of the input is legible.
fn background(theme: &DrawnTheme) -> Color {
    theme.legible_on(theme.text, theme.tinted_background(theme.accent))
}

/// The node behind words in an input of this width, in logical pixels.
fn node(theme: &DrawnTheme, words: Rect, width: f32) -> Node {
    let overhang = theme.to_logical(OVERHANG);
    let left = (words.min.x - overhang).max(0.0);
    let right = (words.max.x + overhang).min(width);
    Node {
        position_type: PositionType::Absolute,
        left: Val::Px(left),
        top: Val::Px(words.min.y),
        width: Val::Px(right - left),
        height: Val::Px(words.height()),
        border_radius: BorderRadius::all(theme.length(RADIUS)),
        ..default()
    }
}
