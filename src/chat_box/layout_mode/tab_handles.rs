//! The tabs as they are dragged in the layout mode: to another box, or out of all boxes.

use accesskit::Role;
use bevy::{
    picking::{
        events::{Drag, DragEnd, DragStart, Pointer},
        pointer::PointerButton,
    },
    prelude::*,
    ui::UiScale,
    ui_widgets::{Activate, observe},
};

use super::{
    drag::{BoxAreas, HANDLE},
    small_button::{small_button, small_button_node},
    tab_moves::{MoveTab, ReturnTab, TabPlace},
};
use crate::chat_box::{
    active_tab::ActiveTabs,
    box_tabs::ChatBoxTabs,
    drawn_theme::DrawnTheme,
    parts::{BoxOf, ChatBox, UnfadedBackground, accessible, has_changed, is_added},
    saved_boxes::PlayerChatBox,
    schedules::BoxSchedule,
    tab::ChatTab,
    tab_id::ChatTabId,
    tabs::ChatTabs,
    theming::Themes,
};

/// The row of the handles in an overlay.
#[derive(Component)]
struct TabHandles;

/// The handle of the tab with this id. Dragged out of its box, the tab moves to the box under the pointer, or into a new
/// one. Activated by keys, the tab moves into a new box, or back.
#[derive(Component, Clone, Debug)]
pub struct ChatTabHandle(pub ChatTabId);

pub(super) fn plugin(app: &mut App) {
    app.add_systems(
        BoxSchedule::Update,
        fill.run_if(
            is_added::<TabHandles>
                .or_else(has_changed::<ChatBoxTabs>)
                .or_else(resource_changed::<ChatTabs>),
        ),
    );
}

/// Spawns the row of the handles.
pub(super) fn spawn(commands: &mut Commands, overlay: Entity, theme: &DrawnTheme) {
    let row = Node {
        width: Val::Percent(100.0),
        // Over the tab bar, beside the corners.
        margin: UiRect::top(theme.length(-HANDLE)),
        // A small box keeps room at which it can be dragged.
        overflow: Overflow::clip(),
        column_gap: theme.length(4.0),
        padding: UiRect::axes(Val::ZERO, theme.length(2.0)),
        ..default()
    };
    let background = theme.background.with_alpha(1.0);
    commands.spawn((
        ChildOf(overlay),
        TabHandles,
        row,
        UnfadedBackground(background),
        BackgroundColor(background),
    ));
}

/// Spawns a handle for each visible tab of the box.
fn fill(
    rows: Query<Entity, With<TabHandles>>,
    active: ActiveTabs,
    themes: Themes,
    mut commands: Commands,
) {
    for row in &rows {
        commands.entity(row).despawn_children();
        let Some(active) = active.around(row) else {
            continue;
        };
        for tab in active.shown.visible(active.tabs) {
            commands.spawn((ChildOf(row), handle(tab, themes.of(row))));
        }
    }
}

fn handle(tab: &ChatTab, theme: &DrawnTheme) -> impl Bundle {
    let mut role = accessible(Role::Button);
    role.set_label(tab.label.as_str());
    (
        ChatTabHandle(tab.id.clone()),
        role,
        Text::new(tab.label.as_str()),
        small_button(theme, theme.own_mention),
        Node {
            flex_shrink: 0.0,
            ..small_button_node(theme)
        },
        (
            // The box is not dragged.
            observe(|mut start: On<Pointer<DragStart>>| start.propagate(false)),
            observe(|mut drag: On<Pointer<Drag>>| drag.propagate(false)),
            observe(on_drag_end),
            observe(on_activate),
        ),
    )
}

fn on_drag_end(
    mut end: On<Pointer<DragEnd>>,
    handles: Query<&ChatTabHandle>,
    boxes: Query<Entity, With<ChatBox>>,
    box_of: BoxOf,
    areas: BoxAreas,
    scale: Res<UiScale>,
    mut commands: Commands,
) {
    end.propagate(false);
    let (Ok(handle), Some(from)) = (handles.get(end.entity), box_of.get(end.entity)) else {
        return;
    };
    if end.button != PointerButton::Primary {
        return;
    }
    let position = end.pointer_location.position / scale.0;
    let to = match areas.at(position, boxes.iter()) {
        Some(chat_box) => TabPlace::Box(chat_box),
        None => TabPlace::NewBox(Some(position)),
    };
    let tab = handle.0.clone();
    commands.trigger(MoveTab { tab, from, to });
}

/// A tab of a box of the player's own goes back, another one gets a box of its own.
fn on_activate(
    activate: On<Activate>,
    handles: Query<&ChatTabHandle>,
    players: Query<(), With<PlayerChatBox>>,
    box_of: BoxOf,
    mut commands: Commands,
) {
    let (Ok(handle), Some(from)) = (handles.get(activate.entity), box_of.get(activate.entity))
    else {
        return;
    };
    let tab = handle.0.clone();
    if players.contains(from) {
        commands.trigger(ReturnTab(tab));
    } else {
        let to = TabPlace::NewBox(None);
        commands.trigger(MoveTab { tab, from, to });
    }
}
