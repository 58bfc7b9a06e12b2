//! The gamepad in the menu, and the change to the menu of another player.

use bevy::{
    input_focus::{InputFocus, tab_navigation::TabNavigation},
    prelude::*,
    ui_widgets::{Activate, MenuItem},
};

use super::{
    opening::{MenuStep, OpenNameMenu, recent},
    popup::{Menu, MenuOf, move_focus},
};
use crate::chat_box::{
    active_tab::ActiveTabs, notes::ChatNotes, schedules::BoxSchedule, wheel::SteerWheel,
};

pub(super) fn plugin(app: &mut App) {
    app.add_observer(change_player).add_systems(
        BoxSchedule::Keys,
        steer
            .before(SteerWheel)
            .run_if(any_with_component::<Menu>.and_then(any_with_component::<Gamepad>)),
    );
}

fn change_player(
    step: On<MenuStep>,
    menu: Single<&MenuOf>,
    active: ActiveTabs,
    notes: Res<ChatNotes>,
    mut commands: Commands,
) {
    let Some(active) = active.of_or_main(menu.0.chat_box) else {
        return;
    };
    let players = recent(&active, &notes);
    let current = players
        .iter()
        .position(|player| player.user.uid == menu.0.user.uid);
    let next = current.unwrap_or(0).checked_add_signed(step.0);
    if let Some(player) = next.and_then(|next| players.get(next)) {
        commands.trigger(OpenNameMenu {
            user: player.user.clone(),
            message: player.message,
            at: menu.0.at,
            chat_box: menu.0.chat_box,
        });
    }
}

/// Up and down select an entry, left and right another player or message, South chooses, East closes. The buttons are reset for the
/// game.
fn steer(
    mut gamepads: Query<&mut Gamepad>,
    mut focus: ResMut<InputFocus>,
    navigation: TabNavigation,
    items: Query<(), With<MenuItem>>,
    menus: Query<Entity, With<Menu>>,
    mut commands: Commands,
) {
    for mut gamepad in &mut gamepads {
        let pressed = |button| gamepad.just_pressed(button);
        if pressed(GamepadButton::DPadUp) {
            move_focus(true, &navigation, &mut focus);
        }
        if pressed(GamepadButton::DPadDown) {
            move_focus(false, &navigation, &mut focus);
        }
        if pressed(GamepadButton::DPadLeft) {
            commands.trigger(MenuStep(1));
        }
        if pressed(GamepadButton::DPadRight) {
            commands.trigger(MenuStep(-1));
        }
        let chosen = focus.get().filter(|item| items.contains(*item));
        let chosen = chosen.filter(|_| pressed(GamepadButton::South));
        if let Some(entity) = chosen {
            commands.trigger(Activate { entity });
        }
        if chosen.is_some() || pressed(GamepadButton::East) {
            for menu in &menus {
                commands.entity(menu).try_despawn();
            }
        }
        gamepad.digital_mut().reset_all();
    }
}
