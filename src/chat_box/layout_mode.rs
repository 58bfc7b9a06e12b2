//! The layout mode: the player drags the box, changes its size at the corners, and the rest with buttons.

mod controls;
mod drag;
mod keys;

use accesskit::Role;
use bevy::{
    input_focus::tab_navigation::TabGroup,
    picking::{PickingSystems, backend::PointerHits},
    prelude::*,
};

use self::{controls::reset, drag::HANDLE};
use super::{
    commands::{AddChatCommand, ChatCommandCall},
    drawn_theme::DrawnTheme,
    parts::{ChatBox, ChatBoxSystems, accessible, background},
    player_layout::{ChatLayout, DraftArea},
    state::ChatBoxState,
};

/// The part over the box in the layout mode. The player drags it.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatLayoutOverlay;

pub(super) fn plugin(app: &mut App) {
    app.add_plugins((controls::plugin, drag::plugin, keys::plugin))
        .register_type::<ChatLayoutOverlay>()
        .add_chat_command(
            "layout",
            "/layout: move and change the chat box, /layout reset: as it was",
            run_command,
        )
        .add_systems(
            PreUpdate,
            let_clicks_through
                .after(PickingSystems::Backend)
                .before(PickingSystems::Hover)
                .run_if(is_click_through),
        )
        .add_systems(
            PostUpdate,
            sync.before(ChatBoxSystems::Update)
                .run_if(resource_changed::<ChatBoxState>),
        );
}

fn run_command(
    call: In<ChatCommandCall>,
    mut state: ResMut<ChatBoxState>,
    mut layout: ResMut<ChatLayout>,
    mut draft: ResMut<DraftArea>,
) {
    if call.arguments.eq_ignore_ascii_case("reset") {
        reset(&mut layout, &mut draft);
    } else {
        state.is_layout_mode = !state.is_layout_mode;
    }
}

/// A run condition.
fn is_click_through(layout: Res<ChatLayout>, state: Res<ChatBoxState>) -> bool {
    let is_used = state.is_open || state.is_layout_mode || state.is_menu_open;
    layout.is_click_through && !is_used
}

/// Removes the box from what is under the pointers.
fn let_clicks_through(
    mut hits: MessageMutator<PointerHits>,
    boxes: Query<(), With<ChatBox>>,
    parents: Query<&ChildOf>,
) {
    for hit in hits.read() {
        hit.picks.retain(|(entity, _)| {
            let mut ancestors = parents.iter_ancestors(*entity);
            !boxes.contains(*entity) && !ancestors.any(|ancestor| boxes.contains(ancestor))
        });
    }
}

/// Spawns and despawns the overlay.
fn sync(
    state: Res<ChatBoxState>,
    theme: Res<DrawnTheme>,
    boxes: Query<Entity, (With<ChatBox>, With<Children>)>,
    overlays: Query<Entity, With<ChatLayoutOverlay>>,
    mut draft: ResMut<DraftArea>,
    mut commands: Commands,
) {
    if !state.is_layout_mode {
        draft.set_if_neq(DraftArea::default());
        for overlay in &overlays {
            commands.entity(overlay).despawn();
        }
    } else if overlays.is_empty() {
        for chat_box in &boxes {
            spawn(&mut commands, chat_box, &theme);
        }
    }
}

fn spawn(commands: &mut Commands, chat_box: Entity, theme: &DrawnTheme) {
    let overlay = (
        ChildOf(chat_box),
        ChatLayoutOverlay,
        TabGroup::default(),
        accessible(Role::Group),
        Node {
            position_type: PositionType::Absolute,
            left: Val::ZERO,
            right: Val::ZERO,
            top: Val::ZERO,
            bottom: Val::ZERO,
            align_items: AlignItems::FlexStart,
            padding: UiRect::all(theme.length(HANDLE + 2.0)),
            overflow: Overflow::clip(),
            ..default()
        },
        ZIndex(5),
        background(),
    );
    let overlay = commands.spawn(overlay).id();
    controls::spawn(commands, overlay, theme);
    drag::spawn(commands, overlay, theme);
}
