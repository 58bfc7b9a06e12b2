//! Activation of clickable parts: with the left button or a touch, by keys, or by assistive technology.

use bevy::{
    ecs::system::SystemParam,
    picking::events::{Click, Pointer},
    prelude::*,
    text::{ComputedTextBlock, TextLayoutInfo},
    ui::UiScale,
    ui_widgets::{Activate, Button},
};

use super::{
    messages::ChatSpan,
    parts::{Clickable, is_primary},
};

pub(super) fn plugin(app: &mut App) {
    app.add_observer(activate_on_click);
}

/// Activates the clicked part. Spans of lines have their own events, and Bevy activates its buttons itself.
fn activate_on_click(
    mut click: On<Pointer<Click>>,
    parts: Query<&Clickable, (Without<ChatSpan>, Without<Button>)>,
    mut commands: Commands,
) {
    let entity = click.entity;
    if is_primary(&click) && parts.get(entity).is_ok_and(|part| part.0) {
        click.propagate(false);
        commands.trigger(Activate { entity });
    }
}

/// Where parts of the box are: nodes, and spans of texts.
#[derive(SystemParam)]
pub(super) struct PartPlaces<'w, 's> {
    nodes: Query<'w, 's, (&'static ComputedNode, &'static UiGlobalTransform)>,
    blocks: Query<'w, 's, (&'static ComputedTextBlock, &'static TextLayoutInfo)>,
    parents: Query<'w, 's, &'static ChildOf>,
    scale: Res<'w, UiScale>,
}

impl PartPlaces<'_, '_> {
    /// The rectangle of a part, in the pixels of [`Val::Px`]. `None` before it is laid out, and for a hidden part.
    pub(super) fn rect(&self, part: Entity) -> Option<Rect> {
        let node = self.nodes.get(part).ok();
        let rect = match node {
            Some((node, at)) => {
                let rect = Rect::from_center_size(at.translation, node.size());
                Some((rect, node.inverse_scale_factor()))
            }
            None => self.span_rect(part),
        };
        let (rect, scale) = rect.filter(|(rect, _)| !rect.is_empty())?;
        Some(Rect::from_corners(rect.min * scale, rect.max * scale))
    }

    fn span_rect(&self, span: Entity) -> Option<(Rect, f32)> {
        let text = self.parents.get(span).ok()?.parent();
        let (block, layout) = self.blocks.get(text).ok()?;
        let (node, at) = self.nodes.get(text).ok()?;
        let section = block.entities().iter().position(|it| it.entity == span)?;
        let runs = layout.run_geometry.iter();
        let runs = runs.filter(|run| run.section_index == section);
        let rect = runs
            .map(|run| run.bounds)
            .reduce(|one, other| one.union(other))?;
        let offset = at.translation + node.content_box().min;
        let rect = Rect::from_corners(rect.min + offset, rect.max + offset);
        Some((rect, node.inverse_scale_factor()))
    }

    /// The position in the window at which a menu on a part opens, in logical pixels.
    pub(super) fn menu_at(&self, part: Entity) -> Vec2 {
        let rect = self.rect(part).unwrap_or_default();
        Vec2::new(rect.min.x, rect.max.y) * self.scale.0
    }
}
