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
    /// What the part shows, if it is a span of a line. It may be despawned or show another line when the pointer leaves it.
    span: Option<ChatSpan>,
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
    spans: Query<Ref<ChatSpan>>,
    hovered: Res<HoveredPart>,
) -> bool {
    let shows_another = || {
        let span = hovered.part.and_then(|part| spans.get(part).ok());
        let span = span.filter(|span| span.is_changed());
        span.is_some_and(|span| {
            !hovered
                .span
                .as_ref()
                .is_some_and(|last| is_same(last, &span))
        })
    };
    hovers.is_some_and(|hovers| find(&hovers, &parts) != hovered.part) || shows_another()
}

/// Whether a span shows the same, though its line may have been written anew.
fn is_same(last: &ChatSpan, now: &ChatSpan) -> bool {
    let chip = |span: &ChatSpan| match &span.action {
        Some(ChatLineAction::Chip(chip, message)) => Some((chip.clone(), message.id)),
        _ => None,
    };
    last.kind == now.kind && chip(last) == chip(now)
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

    /// The pointer has moved over a part. Returns what it shows, if it is a span.
    fn enter(&mut self, part: Entity) -> Option<ChatSpan> {
        let (span, text) = self.spans.get(part).ok()?;
        let span = span.clone();
        let area = self.area(part, text.parent());
        self.trigger(part, span.clone(), area);
        Some(span)
    }

    fn trigger(&mut self, entity: Entity, span: ChatSpan, area: Option<Rect>) {
        if let Some(ChatLineAction::Chip(chip, message)) = span.action.clone() {
            let hovered = ChipHovered {
                chip,
                message,
                area,
            };
            self.commands.trigger(hovered);
        }
        let hovered = ChatSpanHovered::new(entity, span, area);
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
    if let Some((last, span)) = last.zip(hovered.span.take()) {
        spans.trigger(last, span, None);
    }
    hovered.span = part.and_then(|part| spans.enter(part));
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
