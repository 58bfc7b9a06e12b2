//! Clickable parts are underlined under the pointer, and the pointer becomes a hand.

use std::sync::Arc;

use bevy::{
    ecs::system::SystemParam,
    picking::hover::HoverMap,
    prelude::*,
    text::{ComputedTextBlock, TextLayoutInfo, Underline},
    ui::UiScale,
    window::{CursorIcon, PrimaryWindow, SystemCursorIcon},
};

use super::{
    chip::ChatChip,
    line::ChatLineAction,
    messages::{ChatSpan, ChatSpanHovered},
    parts::Clickable,
    schedules::BoxSchedule,
};
use crate::model::Message;

/// The pointer has moved over a chip, or has left it. A game shows a tooltip beside it.
#[derive(Event, Clone, Debug)]
#[non_exhaustive]
pub struct ChipHovered {
    /// The chip.
    pub chip: ChatChip,
    /// The message that it is, or is in.
    pub message: Arc<Message>,
    /// The part of the window in which the chip is, in logical pixels. `None` when the pointer has left.
    pub area: Option<Rect>,
}

/// The part under the pointer that can be clicked.
#[derive(Resource, Default)]
struct HoveredPart {
    part: Option<Entity>,
    /// The text that is underlined.
    text: Option<Entity>,
    /// The pointer's icon before it became a hand. `None` if the window had none.
    icon: Option<CursorIcon>,
}

/// Filters nodes and spans with a text.
type HasText = Or<(With<Text>, With<TextSpan>)>;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<HoveredPart>()
        .add_systems(BoxSchedule::Update, update.run_if(has_changed));
}

/// The part that can be clicked under any pointer.
fn find(hovers: &HoverMap, parts: &Query<&Clickable>) -> Option<Entity> {
    let mut hovered = hovers.values().flat_map(|hits| hits.keys().copied());
    hovered.find(|entity| parts.get(*entity).is_ok_and(|part| part.0))
}

/// A run condition.
fn has_changed(
    hovers: Option<Res<HoverMap>>,
    parts: Query<&Clickable>,
    hovered: Res<HoveredPart>,
) -> bool {
    hovers.is_some_and(|hovers| find(&hovers, &parts) != hovered.part)
}

/// The spans of lines, and where they are.
#[derive(SystemParam)]
struct Spans<'w, 's> {
    spans: Query<'w, 's, (&'static ChatSpan, &'static ChildOf)>,
    texts: Query<
        'w,
        's,
        (
            &'static ComputedTextBlock,
            &'static TextLayoutInfo,
            &'static ComputedNode,
            &'static UiGlobalTransform,
        ),
    >,
    scale: Res<'w, UiScale>,
    commands: Commands<'w, 's>,
}

impl Spans<'_, '_> {
    /// The part of the window in which a span is, in logical pixels.
    fn area(&self, span: Entity, text: Entity) -> Option<Rect> {
        let (block, layout, node, at) = self.texts.get(text).ok()?;
        let mut sections = block.entities().iter();
        let section = sections.position(|section| section.entity == span)?;
        let runs = layout.run_geometry.iter();
        let runs = runs.filter(|run| run.section_index == section);
        let area = runs
            .map(|run| run.bounds)
            .reduce(|one, other| one.union(other))?;
        let factor = node.inverse_scale_factor() * self.scale.0;
        let place = |corner: Vec2| at.transform_point2(corner + node.content_box().min) * factor;
        Some(Rect::from_corners(place(area.min), place(area.max)))
    }

    fn trigger(&mut self, span: Option<Entity>, is_over: bool) {
        let Some((entity, (span, text))) = span.and_then(|it| Some((it, self.spans.get(it).ok()?)))
        else {
            return;
        };
        let area = is_over.then(|| self.area(entity, text.parent()));
        let area = area.flatten();
        if let Some(ChatLineAction::Chip(chip, message)) = span.action.clone() {
            let hovered = ChipHovered {
                chip,
                message,
                area,
            };
            self.commands.trigger(hovered);
        }
        let hovered = ChatSpanHovered::new(entity, span.clone(), area);
        self.commands.trigger(hovered);
    }
}

fn update(
    hovers: Res<HoverMap>,
    parts: Query<&Clickable>,
    windows: Query<(Entity, Option<&CursorIcon>), With<PrimaryWindow>>,
    texts: Query<(), HasText>,
    children: Query<&Children>,
    mut spans: Spans,
    mut hovered: ResMut<HoveredPart>,
) {
    let part = find(&hovers, &parts);
    let last = std::mem::replace(&mut hovered.part, part);
    spans.trigger(last, false);
    spans.trigger(part, true);
    let text = part.and_then(|part| {
        let mut own = std::iter::once(part).chain(children.iter_descendants(part));
        own.find(|entity| texts.contains(*entity))
    });
    let last_text = std::mem::replace(&mut hovered.text, text);
    if let Some(Ok(mut last)) = last_text.map(|last| spans.commands.get_entity(last)) {
        last.try_remove::<Underline>();
    }
    if let Some(text) = text {
        spans.commands.entity(text).try_insert(Underline);
    }
    let Ok((window, icon)) = windows.single() else {
        return;
    };
    let mut window = spans.commands.entity(window);
    match (last, part) {
        (None, Some(_)) => {
            hovered.icon = icon.cloned();
            window.insert(CursorIcon::from(SystemCursorIcon::Pointer));
        }
        (Some(_), None) => match hovered.icon.take() {
            Some(icon) => drop(window.insert(icon)),
            None => drop(window.remove::<CursorIcon>()),
        },
        _ => {}
    }
}
