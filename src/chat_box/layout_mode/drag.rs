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
    parts::{ChatBox, UnfadedBackground},
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

/// The area when the drag began.
#[derive(Resource, Default)]
struct DragOrigin(Option<Rect>);

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

/// The box as it is now, at its full height.
#[derive(SystemParam)]
pub(super) struct BoxArea<'w, 's> {
    theme: Res<'w, DrawnTheme>,
    boxes: Query<'w, 's, (&'static ComputedNode, &'static UiGlobalTransform), With<ChatBox>>,
    lists: Query<'w, 's, &'static ComputedNode, With<ChatLog>>,
}

impl BoxArea<'_, '_> {
    /// Whether the player can move the box.
    pub(super) fn is_movable(&self, layout: &ChatLayout) -> bool {
        !layout.is_locked && self.theme.corner != ChatBoxCorner::InParent
    }

    /// The size of the window, in logical pixels.
    pub(super) fn window(&self) -> Vec2 {
        self.theme.window
    }

    pub(super) fn get(&self) -> Option<Rect> {
        if let Some(area) = self.theme.area {
            return Some(area);
        }
        let (node, at) = self.boxes.iter().next()?;
        let scale = node.inverse_scale_factor();
        let mut area = Rect::from_center_size(at.translation * scale, node.size() * scale);
        let list = self
            .lists
            .iter()
            .next()
            .map_or(0.0, |list| list.size().y * scale);
        let more = (self.theme.to_logical(self.theme.list_height()) - list).max(0.0);
        if area.center().y >= self.theme.window.y / 2.0 {
            area.min.y -= more;
        } else {
            area.max.y += more;
        }
        Some(fit(area, self.theme.window))
    }
}

fn on_drag_start(
    start: On<Pointer<DragStart>>,
    layout: Res<ChatLayout>,
    area: BoxArea,
    mut origin: ResMut<DragOrigin>,
) {
    let is_dragged = start.button == PointerButton::Primary && area.is_movable(&layout);
    origin.0 = area.get().filter(|_| is_dragged);
}

/// Moves the box, or one of its corners.
fn on_drag(
    mut drag: On<Pointer<Drag>>,
    handles: Query<&Handle>,
    controls: Query<(), With<Button>>,
    origin: Res<DragOrigin>,
    theme: Res<DrawnTheme>,
    scale: Res<UiScale>,
    mut draft: ResMut<DraftArea>,
) {
    let target = drag.original_event_target();
    drag.propagate(false);
    let Some(area) = origin.0.filter(|_| !controls.contains(target)) else {
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
    theme: Res<DrawnTheme>,
    mut origin: ResMut<DragOrigin>,
    mut draft: ResMut<DraftArea>,
    mut layout: ResMut<ChatLayout>,
) {
    end.propagate(false);
    origin.0 = None;
    if let Some(area) = draft.0.take() {
        layout.set_area(theme.window, area);
    }
}
