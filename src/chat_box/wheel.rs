//! The wheel of phrases: opened by a gamepad, a key or a button, used with the stick, keys or the pointer.

mod button;
mod gamepad;
mod look;

use std::f32::consts::TAU;

use bevy::{
    picking::{
        events::{Click, Move, Pointer},
        pointer::PointerButton,
    },
    prelude::*,
    ui::UiScale,
};

pub use self::button::ChatWheelButton;
pub(super) use self::gamepad::SteerWheel;
use self::look::{HUB, WheelParts};
use super::{
    drawn_theme::{CommonTheme, DrawnTheme},
    quick_phrases::QuickPhrases,
    send::ChatLineEntered,
    state::ChatBoxModes,
};

/// How far the stick has to be moved to select a phrase.
const DEAD_ZONE: f32 = 0.4;
/// The maximum number of phrases on the wheel.
const MAX_PHRASES: usize = 8;

/// An open wheel: a node over the whole window.
#[derive(Component)]
pub(super) struct Wheel {
    /// The gamepad that has opened it. `None` for keys and the pointer.
    gamepad: Option<Entity>,
    count: usize,
    /// The index of the selected phrase.
    selected: Option<usize>,
}

impl Wheel {
    /// Whether keys and the pointer use it.
    pub(super) const fn is_for_keys(&self) -> bool {
        self.gamepad.is_none()
    }
}

/// Opens a wheel for keys and the pointer, unless there is one, or there are no phrases.
#[derive(Event)]
pub(super) struct OpenWheel;

/// What the player does with a wheel.
#[derive(EntityEvent)]
pub(super) struct UseWheel {
    entity: Entity,
    action: WheelAction,
}

#[derive(Clone, Copy)]
pub(super) enum WheelAction {
    Select(Option<usize>),
    /// Selects the phrase that many places clockwise.
    Turn(isize),
    /// Sends the phrase with this index, and closes the wheel.
    Send(usize),
    /// Sends the selected phrase, if any, and closes the wheel.
    SendSelected,
    Close,
}

impl UseWheel {
    pub(super) const fn new(entity: Entity, action: WheelAction) -> Self {
        Self { entity, action }
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<QuickPhrases>()
        .register_type::<QuickPhrases>()
        .add_plugins((button::plugin, gamepad::plugin, look::plugin))
        .add_observer(open)
        .add_observer(on_use)
        .add_observer(|_: On<Add, Wheel>, mut modes: ResMut<ChatBoxModes>| {
            modes.is_wheel_open = true;
        })
        .add_observer(on_closed);
}

fn open(_: On<OpenWheel>, wheels: Query<&Wheel>, mut parts: WheelParts) {
    if !wheels.iter().any(Wheel::is_for_keys) && !parts.phrases.0.is_empty() {
        let wheel = parts.spawn(None);
        let mut wheel = parts.commands.entity(wheel);
        wheel.observe(on_move).observe(on_click);
    }
}

fn on_closed(
    removed: On<Remove, Wheel>,
    wheels: Query<Entity, With<Wheel>>,
    mut modes: ResMut<ChatBoxModes>,
) {
    modes.is_wheel_open = wheels.iter().any(|wheel| wheel != removed.entity);
}

fn on_use(
    used: On<UseWheel>,
    phrases: Res<QuickPhrases>,
    mut wheels: Query<&mut Wheel>,
    mut commands: Commands,
) {
    let Ok(mut wheel) = wheels.get_mut(used.entity) else {
        return;
    };
    let selected = match used.action {
        WheelAction::Select(selected) => selected,
        WheelAction::Turn(step) => turned(wheel.selected, step, wheel.count),
        WheelAction::Send(index) if index >= wheel.count => return,
        WheelAction::Send(_) | WheelAction::SendSelected | WheelAction::Close => {
            let sent = match used.action {
                WheelAction::Send(index) => Some(index),
                WheelAction::SendSelected => wheel.selected,
                _ => None,
            };
            if let Some(line) = sent.and_then(|index| phrases.0.get(index)) {
                commands.trigger(ChatLineEntered::new(line));
            }
            return commands.entity(used.entity).despawn();
        }
    };
    if wheel.selected != selected {
        wheel.selected = selected;
    }
}

/// The index that many places further. Without a selection, the first step selects the first phrase or the last.
fn turned(selected: Option<usize>, step: isize, count: usize) -> Option<usize> {
    let start = selected.unwrap_or(if step > 0 { count.wrapping_sub(1) } else { 0 });
    let start = isize::try_from(start).ok()?;
    let count = isize::try_from(count).ok()?;
    usize::try_from((start + step).checked_rem_euclid(count)?).ok()
}

/// The index of the phrase in a direction: that of a stick, whose length is at most 1.
fn phrase_at(stick: Vec2, count: usize) -> Option<usize> {
    if stick.length() < DEAD_ZONE || count == 0 {
        return None;
    }
    let turn = stick.x.atan2(stick.y).rem_euclid(TAU) / TAU;
    Some((turn * count as f32).round() as usize % count)
}

/// The index of the phrase in whose sector the pointer is, within the wheel or beyond its edge. Returns `None` on the hub.
fn phrase_under(
    pointer: Vec2,
    (node, at): (&ComputedNode, &UiGlobalTransform),
    scale: f32,
    theme: &DrawnTheme,
    count: usize,
) -> Option<usize> {
    let centre = at.translation * node.inverse_scale_factor();
    let from_centre = pointer / scale - centre;
    if from_centre.length() < theme.to_logical(HUB) {
        return None;
    }
    phrase_at(
        (from_centre * Vec2::new(1.0, -1.0)).normalize_or_zero(),
        count,
    )
}

fn on_move(
    moved: On<Pointer<Move>>,
    wheels: Query<(&Wheel, &ComputedNode, &UiGlobalTransform)>,
    theme: Res<CommonTheme>,
    scale: Res<UiScale>,
    mut commands: Commands,
) {
    if let Ok((wheel, node, at)) = wheels.get(moved.entity) {
        let pointer = moved.pointer_location.position;
        let selected = phrase_under(pointer, (node, at), scale.0, &theme, wheel.count);
        let action = WheelAction::Select(selected);
        commands.trigger(UseWheel::new(moved.entity, action));
    }
}

/// The left button sends the phrase under the pointer. On the hub, and with the other buttons, it closes the wheel.
fn on_click(
    mut click: On<Pointer<Click>>,
    wheels: Query<(&Wheel, &ComputedNode, &UiGlobalTransform)>,
    theme: Res<CommonTheme>,
    scale: Res<UiScale>,
    mut commands: Commands,
) {
    let Ok((wheel, node, at)) = wheels.get(click.entity) else {
        return;
    };
    click.propagate(false);
    let pointer = click.pointer_location.position;
    let phrase = phrase_under(pointer, (node, at), scale.0, &theme, wheel.count);
    let phrase = phrase.filter(|_| click.button == PointerButton::Primary);
    let action = phrase.map_or(WheelAction::Close, WheelAction::Send);
    commands.trigger(UseWheel::new(click.entity, action));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stick_chooses_clockwise_from_the_top() {
        assert_eq!(phrase_at(Vec2::new(0.0, 1.0), 8), Some(0));
        assert_eq!(phrase_at(Vec2::new(1.0, 0.0), 8), Some(2));
        assert_eq!(phrase_at(Vec2::new(-0.7, 0.7), 8), Some(7));
        assert_eq!(phrase_at(Vec2::new(0.1, 0.1), 8), None);
        assert_eq!(phrase_at(Vec2::Y, 0), None);
    }

    #[test]
    fn keys_turn_it_from_the_first_phrase_or_the_last() {
        assert_eq!(turned(None, 1, 8), Some(0));
        assert_eq!(turned(None, -1, 8), Some(7));
        assert_eq!(turned(Some(7), 1, 8), Some(0));
        assert_eq!(turned(Some(3), -1, 8), Some(2));
        assert_eq!(turned(None, 1, 0), None);
    }
}
