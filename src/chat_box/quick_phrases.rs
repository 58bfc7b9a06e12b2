//! For those who play with a gamepad: a wheel of phrases.

use std::f32::consts::TAU;

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    chat_box_keys::ChatBoxKeys, chat_box_state::ChatBoxState, chat_box_theme::ChatBoxTheme,
    chat_tabs::ChatTabs, look::Sized, send::ChatLineEntered,
};

/// How far the stick must be moved to choose.
const DEAD_ZONE: f32 = 0.4;
/// How far the phrases are from the middle, in a window 720 pixels high.
const RADIUS: Vec2 = Vec2::new(170.0, 130.0);
/// How far the wheel reaches beyond their middles.
const RIM: Vec2 = Vec2::new(75.0, 45.0);
/// More phrases are not on the wheel.
const MAX_PHRASES: usize = 8;

/// What a gamepad's wheel offers to say, at most eight phrases, clockwise from the top. While it is empty, there is
/// no wheel.
#[derive(Resource, Clone, Debug)]
pub struct QuickPhrases(pub Vec<String>);

impl Default for QuickPhrases {
    fn default() -> Self {
        let phrases = [
            "Hello!",
            "Follow me",
            "Help!",
            "Wait",
            "Thanks!",
            "Sorry",
            "Well played",
            "Bye!",
        ];
        Self(phrases.map(String::from).into())
    }
}

/// The wheel, while it is open.
#[derive(Component)]
pub(super) struct Wheel {
    gamepad: Entity,
    chosen: Option<usize>,
}

#[derive(Component)]
pub(super) struct Phrase(usize);

/// What is on the wheel, and how it gets there.
#[derive(SystemParam)]
pub(super) struct Offer<'w> {
    keys: Res<'w, ChatBoxKeys>,
    phrases: Res<'w, QuickPhrases>,
    theme: Res<'w, ChatBoxTheme>,
}

/// Opens and closes the wheel, and follows the stick on it. What the buttons do on it they do for nobody else.
pub(super) fn steer(
    offer: Offer,
    tabs: Res<ChatTabs>,
    mut state: ResMut<ChatBoxState>,
    mut gamepads: Query<(Entity, &mut Gamepad)>,
    mut wheels: Query<(Entity, &mut Wheel)>,
    mut commands: Commands,
) {
    let mut is_open = false;
    for (entity, mut gamepad) in &mut gamepads {
        let wheel = wheels.iter_mut().find(|(_, wheel)| wheel.gamepad == entity);
        let opens = offer
            .keys
            .wheel
            .is_some_and(|button| gamepad.just_pressed(button));
        let Some((node, mut wheel)) = wheel else {
            if opens && !offer.phrases.0.is_empty() {
                spawn(&mut commands, entity, &offer.phrases, &offer.theme.seen());
                gamepad.digital_mut().reset_all();
                is_open = true;
            }
            continue;
        };
        let count = offer.phrases.0.len().min(MAX_PHRASES);
        let chosen = chosen(gamepad.left_stick(), count).or(wheel.chosen);
        if wheel.chosen != chosen {
            wheel.chosen = chosen;
        }
        let step = isize::from(gamepad.just_pressed(GamepadButton::RightTrigger))
            - isize::from(gamepad.just_pressed(GamepadButton::LeftTrigger));
        if let Some(tab) = tabs.beside(state.tab, step).filter(|_| step != 0) {
            state.tab = tab;
        }
        let sends = gamepad.just_pressed(GamepadButton::South);
        if sends && let Some(line) = chosen.and_then(|index| offer.phrases.0.get(index)) {
            commands.trigger(ChatLineEntered::new(line));
        }
        match sends || opens || gamepad.just_pressed(GamepadButton::East) {
            true => commands.entity(node).despawn(),
            false => is_open = true,
        }
        gamepad.digital_mut().reset_all();
    }
    for (node, wheel) in &wheels {
        if !gamepads.contains(wheel.gamepad) {
            commands.entity(node).despawn();
        }
    }
    if state.is_wheel_open != is_open {
        state.is_wheel_open = is_open;
    }
}

/// The phrase in the direction of the stick.
fn chosen(stick: Vec2, count: usize) -> Option<usize> {
    if stick.length() < DEAD_ZONE || count == 0 {
        return None;
    }
    let turn = stick.x.atan2(stick.y).rem_euclid(TAU) / TAU;
    Some((turn * count as f32).round() as usize % count)
}

fn spawn(commands: &mut Commands, gamepad: Entity, phrases: &QuickPhrases, theme: &ChatBoxTheme) {
    let size = (RADIUS + RIM) * 2.0;
    let wheel = commands
        .spawn((
            Wheel {
                gamepad,
                chosen: None,
            },
            Node {
                position_type: PositionType::Absolute,
                left: Val::Vw(50.0),
                top: Val::Vh(50.0),
                width: theme.length(size.x),
                height: theme.length(size.y),
                border_radius: BorderRadius::MAX,
                ..default()
            },
            UiTransform::from_translation(Val2::percent(-50.0, -50.0)),
            BackgroundColor(theme.backdrop.with_alpha(0.45)),
            GlobalZIndex(11),
        ))
        .id();
    let count = phrases.0.len().min(MAX_PHRASES);
    for (index, phrase) in phrases.0.iter().take(count).enumerate() {
        let (x, y) = (index as f32 / count as f32 * TAU).sin_cos();
        let at = RADIUS + RIM + RADIUS * Vec2::new(x, -y);
        commands
            .spawn((ChildOf(wheel), middle(theme, at)))
            .with_child((
                Phrase(index),
                Text::new(phrase),
                TextLayout::no_wrap(),
                theme.text_font(1.0),
                Sized(1.0),
                TextColor(theme.text),
                BackgroundColor(theme.backdrop_color()),
                Node {
                    padding: UiRect::axes(theme.length(12.0), theme.length(5.0)),
                    border_radius: BorderRadius::MAX,
                    flex_shrink: 0.0,
                    ..default()
                },
            ));
    }
}

/// A point around which its child is centred.
fn middle(theme: &ChatBoxTheme, at: Vec2) -> Node {
    Node {
        position_type: PositionType::Absolute,
        left: theme.length(at.x),
        top: theme.length(at.y),
        width: Val::ZERO,
        height: Val::ZERO,
        justify_content: JustifyContent::Center,
        align_items: AlignItems::Center,
        ..default()
    }
}

/// Shows which phrase is chosen.
pub(super) fn show(
    theme: Res<ChatBoxTheme>,
    wheels: Query<(Entity, &Wheel), Changed<Wheel>>,
    children: Query<&Children>,
    mut phrases: Query<(&Phrase, &mut TextColor, &mut BackgroundColor)>,
) {
    let theme = theme.seen();
    for (entity, wheel) in &wheels {
        for part in children.iter_descendants(entity) {
            if let Ok((phrase, mut text, mut background)) = phrases.get_mut(part) {
                let (color, behind) = match wheel.chosen == Some(phrase.0) {
                    true => (theme.backdrop, theme.accent),
                    false => (theme.text, theme.backdrop_color()),
                };
                text.set_if_neq(TextColor(color));
                background.set_if_neq(BackgroundColor(behind));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stick_chooses_clockwise_from_the_top() {
        assert_eq!(chosen(Vec2::new(0.0, 1.0), 8), Some(0));
        assert_eq!(chosen(Vec2::new(1.0, 0.0), 8), Some(2));
        assert_eq!(chosen(Vec2::new(-0.7, 0.7), 8), Some(7));
        assert_eq!(chosen(Vec2::new(0.1, 0.1), 8), None);
        assert_eq!(chosen(Vec2::Y, 0), None);
    }
}
