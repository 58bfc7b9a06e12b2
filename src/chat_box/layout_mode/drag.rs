//! The box is dragged, and its corners.

use bevy::{
    ecs::system::SystemParam,
    picking::{
        events::{Drag, DragEnd, DragStart, Pointer},
        pointer::PointerButton,
    },
    prelude::*,
    ui::UiScale,
    ui_widgets::Button,
};

use crate::chat_box::{
    drawn_theme::DrawnTheme,
    messages::ChatLog,
    parts::{BoxOf, ChatBox, UnfadedBackground},
    player_layout::{ChatLayout, DraftArea, fit},
    theme::ChatBoxCorner,
};

/// The size of the corners at which the box is resized, in theme pixels.
pub(super) const HANDLE: f32 = 14.0;
/// The corners: -1 is left or top, 1 is right or bottom.
const CORNERS: [Vec2; 4] = [
    Vec2::NEG_ONE,
    Vec2::new(1.0, -1.0),
    Vec2::new(-1.0, 1.0),
    Vec2::ONE,
];
/// A corner at which the box is resized.
#[derive(Component, Clone, Copy)]
struct Handle(Vec2);

/// The box that is dragged, and its area when the drag began.
#[derive(Resource, Default)]
struct DragOrigin(Option<(Entity, Rect)>);

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<DragOrigin>();
}

/// Makes the overlay draggable, and spawns the corners at which the box is resized.
pub(super) fn spawn(commands: &mut Commands, overlay: Entity, theme: &DrawnTheme) {
    commands
        .entity(overlay)
        .observe(on_drag_start)
        .observe(on_drag)
        .observe(on_drag_end);
    for corner in CORNERS {
        let at = |is_here| if is_here { Val::ZERO } else { Val::Auto };
        let handle = Node {
            position_type: PositionType::Absolute,
            left: at(corner.x < 0.0),
            right: at(corner.x > 0.0),
            top: at(corner.y < 0.0),
            bottom: at(corner.y > 0.0),
            width: theme.length(HANDLE),
            height: theme.length(HANDLE),
            border_radius: BorderRadius::all(theme.length(4.0)),
            ..default()
        };
        let color = UnfadedBackground(theme.accent);
        let parts = (Handle(corner), handle, color, BackgroundColor(theme.accent));
        commands.spawn((ChildOf(overlay), parts));
    }
}

/// The boxes as they are now.
#[derive(SystemParam)]
pub(super) struct BoxAreas<'w, 's> {
    boxes: Query<'w, 's, PlacedBox, With<ChatBox>>,
    lists: Query<'w, 's, (&'static ComputedNode, &'static ChildOf), With<ChatLog>>,
}

/// The components of a box on which its place depends.
type PlacedBox = (
    &'static ChatLayout,
    &'static DrawnTheme,
    &'static ComputedNode,
    &'static UiGlobalTransform,
);

impl BoxAreas<'_, '_> {
    /// Whether the player can move a box.
    pub(super) fn is_movable(&self, chat_box: Entity) -> bool {
        let found = self.boxes.get(chat_box);
        found.is_ok_and(|(layout, theme, ..)| {
            !layout.is_locked && theme.corner != ChatBoxCorner::InParent
        })
    }

    /// The area of a box at its full height, and the size of the window, in logical pixels.
    pub(super) fn get(&self, chat_box: Entity) -> Option<(Rect, Vec2)> {
        let (_, theme, ..) = self.boxes.get(chat_box).ok()?;
        if let Some(area) = theme.area {
            return Some((area, theme.window));
        }
        let mut area = self.drawn(chat_box)?;
        let mut lists = self.lists.iter();
        let list = lists.find(|(_, child_of)| child_of.parent() == chat_box);
        let list = list.map_or(0.0, |(list, _)| list.size().y * list.inverse_scale_factor());
        let more = (theme.to_logical(theme.list_height()) - list).max(0.0);
        if area.center().y >= theme.window.y / 2.0 {
            area.min.y -= more;
        } else {
            area.max.y += more;
        }
        Some((fit(area, theme.window), theme.window))
    }

    /// The part of the window that a box fills now.
    fn drawn(&self, chat_box: Entity) -> Option<Rect> {
        let (.., node, at) = self.boxes.get(chat_box).ok()?;
        let scale = node.inverse_scale_factor();
        Some(Rect::from_center_size(
            at.translation * scale,
            node.size() * scale,
        ))
    }

    /// The box at a position of the window.
    pub(super) fn at(&self, position: Vec2, boxes: impl Iterator<Item = Entity>) -> Option<Entity> {
        let is_at = |chat_box: &Entity| {
            self.drawn(*chat_box)
                .is_some_and(|it| it.contains(position))
        };
        let mut boxes = boxes;
        boxes.find(is_at)
    }
}

fn on_drag_start(
    start: On<Pointer<DragStart>>,
    box_of: BoxOf,
    areas: BoxAreas,
    mut origin: ResMut<DragOrigin>,
) {
    let chat_box = box_of.get(start.entity);
    let chat_box = chat_box.filter(|_| start.button == PointerButton::Primary);
    let chat_box = chat_box.filter(|chat_box| areas.is_movable(*chat_box));
    let area = chat_box.and_then(|chat_box| areas.get(chat_box));
    origin.0 = chat_box.zip(area.map(|(area, _)| area));
}

/// Moves the box, or one of its corners.
fn on_drag(
    mut drag: On<Pointer<Drag>>,
    handles: Query<&Handle>,
    controls: Query<(), With<Button>>,
    origin: Res<DragOrigin>,
    scale: Res<UiScale>,
    mut boxes: Query<(&DrawnTheme, &mut DraftArea)>,
) {
    let target = drag.original_event_target();
    drag.propagate(false);
    let Some((chat_box, area)) = origin.0.filter(|_| !controls.contains(target)) else {
        return;
    };
    let Ok((theme, mut draft)) = boxes.get_mut(chat_box) else {
        return;
    };
    let distance = drag.distance / scale.0;
    let area = match handles.get(target) {
        Ok(Handle(corner)) => resized(area, *corner, distance, theme.window),
        Err(_) => Rect {
            min: area.min + distance,
            max: area.max + distance,
        },
    };
    draft.set_if_neq(DraftArea(Some(fit(area, theme.window))));
}

/// The area with a corner that is moved, no farther than the other corner and the edges of the window allow.
pub(super) fn resized(area: Rect, corner: Vec2, distance: Vec2, window: Vec2) -> Rect {
    let least = fit(Rect::default(), window).size();
    let axis = |from: f32, to: f32, corner: f32, distance: f32, least: f32, room: f32| {
        if corner < 0.0 {
            ((from + distance).min(to - least).max(0.0), to)
        } else {
            (from, (to + distance).max(from + least).min(room))
        }
    };
    let Rect { min, max } = area;
    let (left, right) = axis(min.x, max.x, corner.x, distance.x, least.x, window.x);
    let (top, bottom) = axis(min.y, max.y, corner.y, distance.y, least.y, window.y);
    Rect {
        min: Vec2::new(left, top),
        max: Vec2::new(right, bottom),
    }
}

/// Stores the place for windows of this size.
fn on_drag_end(
    mut end: On<Pointer<DragEnd>>,
    mut origin: ResMut<DragOrigin>,
    mut boxes: Query<(&DrawnTheme, &mut DraftArea, &mut ChatLayout)>,
) {
    end.propagate(false);
    let Some((chat_box, _)) = origin.0.take() else {
        return;
    };
    if let Ok((theme, mut draft, mut layout)) = boxes.get_mut(chat_box)
        && let Some(area) = draft.0.take()
    {
        layout.set_area(theme.window, area);
    }
}
