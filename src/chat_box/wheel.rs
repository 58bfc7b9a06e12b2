//! The wheel of phrases for gamepads.

use std::f32::consts::TAU;

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    drawn_theme::DrawnTheme,
    menu::{message_menu::OpenNewestMessageMenu, opening::OpenNewestNameMenu},
    parts::{ChatBoxSystems, FontScale},
    quick_phrases::QuickPhrases,
    send::ChatLineEntered,
    state::{ChatBoxKeys, ChatBoxState},
    tabs::ChatTabs,
};

/// How far the stick has to be moved to select a phrase.
const DEAD_ZONE: f32 = 0.4;
/// The distance of the phrases from the centre, in theme pixels.
const RADIUS: Vec2 = Vec2::new(170.0, 130.0);
/// How far the wheel reaches beyond the centres of the phrases, in theme pixels.
const RIM: Vec2 = Vec2::new(75.0, 45.0);
/// The maximum number of phrases on the wheel.
const MAX_PHRASES: usize = 8;

/// Handles the gamepad on the wheel, and the button that opens it.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SteerWheel;

/// An open wheel.
#[derive(Component)]
struct Wheel {
    gamepad: Entity,
    /// The index of the selected phrase.
    selected: Option<usize>,
}

/// The phrase with this index.
#[derive(Component)]
struct Phrase(usize);

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<QuickPhrases>()
        .register_type::<QuickPhrases>()
        .add_systems(
            PreUpdate,
            steer
                .in_set(SteerWheel)
                .in_set(ChatBoxSystems::Keys)
                .run_if(any_with_component::<Gamepad>.or_else(any_with_component::<Wheel>)),
        )
        .add_systems(
            PostUpdate,
            draw.in_set(ChatBoxSystems::Draw)
                .run_if(any_with_component::<Wheel>),
        );
}

/// The settings of the wheel.
#[derive(SystemParam)]
struct WheelSettings<'w> {
    keys: Res<'w, ChatBoxKeys>,
    phrases: Res<'w, QuickPhrases>,
    theme: Res<'w, DrawnTheme>,
}

/// Opens and closes the wheel, and follows the stick. Buttons that are used on the wheel are reset for the game.
fn steer(
    settings: WheelSettings,
    tabs: Res<ChatTabs>,
    mut state: ResMut<ChatBoxState>,
    mut gamepads: Query<(Entity, &mut Gamepad)>,
    mut wheels: Query<(Entity, &mut Wheel)>,
    mut commands: Commands,
) {
    let mut is_open = false;
    for (entity, mut gamepad) in &mut gamepads {
        let wheel = wheels.iter_mut().find(|(_, wheel)| wheel.gamepad == entity);
        let opens = settings
            .keys
            .wheel
            .is_some_and(|button| gamepad.just_pressed(button));
        let Some((node, mut wheel)) = wheel else {
            if opens && !settings.phrases.0.is_empty() {
                spawn(&mut commands, entity, &settings.phrases, &settings.theme);
                gamepad.digital_mut().reset_all();
                is_open = true;
            }
            continue;
        };
        let count = settings.phrases.0.len().min(MAX_PHRASES);
        let selected = phrase_at(gamepad.left_stick(), count).or(wheel.selected);
        if wheel.selected != selected {
            wheel.selected = selected;
        }
        let step = isize::from(gamepad.just_pressed(GamepadButton::RightTrigger))
            - isize::from(gamepad.just_pressed(GamepadButton::LeftTrigger));
        if let Some(tab) = tabs.neighbor(&state.tab, step).filter(|_| step != 0) {
            state.tab = tab;
        }
        let sends = gamepad.just_pressed(GamepadButton::South);
        if sends && let Some(line) = selected.and_then(|index| settings.phrases.0.get(index)) {
            commands.trigger(ChatLineEntered::new(line));
        }
        let opens_name_menu = gamepad.just_pressed(GamepadButton::North);
        let opens_menu = opens_name_menu || gamepad.just_pressed(GamepadButton::DPadUp);
        if opens_name_menu {
            commands.trigger(OpenNewestNameMenu);
        } else if opens_menu {
            commands.trigger(OpenNewestMessageMenu);
        }
        if sends || opens || opens_menu || gamepad.just_pressed(GamepadButton::East) {
            commands.entity(node).despawn();
        } else {
            is_open = true;
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

/// The index of the phrase in the direction of the stick.
fn phrase_at(stick: Vec2, count: usize) -> Option<usize> {
    if stick.length() < DEAD_ZONE || count == 0 {
        return None;
    }
    let turn = stick.x.atan2(stick.y).rem_euclid(TAU) / TAU;
    Some((turn * count as f32).round() as usize % count)
}

fn spawn(commands: &mut Commands, gamepad: Entity, phrases: &QuickPhrases, theme: &DrawnTheme) {
    let size = (RADIUS + RIM) * 2.0;
    let wheel = commands
        .spawn((
            Wheel {
                gamepad,
                selected: None,
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
            BackgroundColor(theme.background.with_alpha(0.45)),
            GlobalZIndex(11),
        ))
        .id();
    let count = phrases.0.len().min(MAX_PHRASES);
    for (index, phrase) in phrases.0.iter().take(count).enumerate() {
        let (x, y) = (index as f32 / count as f32 * TAU).sin_cos();
        let at = RADIUS + RIM + RADIUS * Vec2::new(x, -y);
        commands
            .spawn((ChildOf(wheel), centre(theme, at)))
            .with_child((
                Phrase(index),
                Text::new(phrase),
                TextLayout::no_wrap(),
                theme.text_font(1.0),
                FontScale(1.0),
                TextColor(theme.text),
                BackgroundColor(theme.translucent_background()),
                Node {
                    padding: UiRect::axes(theme.length(12.0), theme.length(5.0)),
                    border_radius: BorderRadius::MAX,
                    flex_shrink: 0.0,
                    ..default()
                },
            ));
    }
}

/// A point on which its child is centred.
fn centre(theme: &DrawnTheme, at: Vec2) -> Node {
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

/// Highlights the selected phrase.
fn draw(
    theme: Res<DrawnTheme>,
    wheels: Query<(Entity, &Wheel), Changed<Wheel>>,
    children: Query<&Children>,
    mut phrases: Query<(&Phrase, &mut TextColor, &mut BackgroundColor)>,
) {
    for (entity, wheel) in &wheels {
        for part in children.iter_descendants(entity) {
            if let Ok((phrase, mut text, mut background)) = phrases.get_mut(part) {
                let (text_color, background_color) = if wheel.selected == Some(phrase.0) {
                    (theme.background, theme.accent)
                } else {
                    (theme.text, theme.translucent_background())
                };
                text.set_if_neq(TextColor(text_color));
                background.set_if_neq(BackgroundColor(background_color));
            }
        }
    }
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
}
