//! The wheel of phrases by key and by pointer, and what it looks like. The gamepad has a file of its own.

use bevy::{
    input::keyboard::{Key, KeyboardInput},
    picking::pointer::PointerButton,
    prelude::*,
    ui::{BackgroundGradient, Gradient},
};
use bevy_cometchat::chat_box::{ChatBoxKeys, ChatWheelButton, QuickPhrases, chat_has_focus};

use crate::stage::Stage;

/// What a game saw of the keys.
#[derive(Resource, Default)]
struct Seen {
    pressed: Vec<KeyCode>,
    typed: usize,
    walked: bool,
}

fn watch(
    keys: Res<ButtonInput<KeyCode>>,
    mut typed: MessageReader<KeyboardInput>,
    mut seen: ResMut<Seen>,
) {
    seen.pressed.extend(keys.get_just_pressed());
    seen.typed += typed.read().count();
}

fn walk(mut seen: ResMut<Seen>) {
    seen.walked = true;
}

/// A game in which V opens the wheel.
fn game() -> Stage {
    let mut stage = Stage::new();
    let mut keys = stage.app.world_mut().resource_mut::<ChatBoxKeys>();
    keys.wheel_key = Some(KeyCode::KeyV);
    stage
        .app
        .init_resource::<Seen>()
        .add_systems(Update, (watch, walk.run_if(not(chat_has_focus))));
    stage.frames(2);
    stage
}

fn seen(stage: &mut Stage) -> Seen {
    std::mem::take(&mut *stage.app.world_mut().resource_mut::<Seen>())
}

fn v(stage: &mut Stage) {
    stage.tap(Key::Character("v".into()), KeyCode::KeyV);
}

fn is_open(stage: &mut Stage) -> bool {
    stage.modes().is_wheel_open()
}

/// The middle of the window.
const MIDDLE: Vec2 = Vec2::new(640.0, 360.0);

#[test]
fn a_key_opens_it_and_the_arrows_select_a_phrase_that_enter_sends() {
    let mut stage = game();
    v(&mut stage);
    assert!(is_open(&mut stage) && !stage.is_open());
    for _ in 0..3 {
        stage.tap(Key::ArrowRight, KeyCode::ArrowRight);
    }
    stage.enter();
    assert_eq!(stage.sent(), ["Help!"]);
    assert!(!is_open(&mut stage) && !stage.is_open());
    v(&mut stage);
    stage.tap(Key::ArrowLeft, KeyCode::ArrowLeft);
    stage.enter();
    assert_eq!(
        stage.sent(),
        ["Help!", "Bye!"],
        "the last one is left of the first"
    );
}

#[test]
fn a_digit_sends_its_phrase() {
    let mut stage = game();
    v(&mut stage);
    stage.tap(Key::Character("5".into()), KeyCode::Digit5);
    assert_eq!(stage.sent(), ["Thanks!"]);
    assert!(!is_open(&mut stage));
    stage.app.insert_resource(QuickPhrases(vec!["Hi".into()]));
    v(&mut stage);
    stage.tap(Key::Character("5".into()), KeyCode::Digit5);
    assert!(is_open(&mut stage), "there is no fifth");
}

#[test]
fn escape_and_its_key_close_it_and_enter_without_a_choice_sends_nothing() {
    let mut stage = game();
    for (key, code) in [
        (Key::Escape, KeyCode::Escape),
        (Key::Character("v".into()), KeyCode::KeyV),
        (Key::Enter, KeyCode::Enter),
    ] {
        v(&mut stage);
        assert!(is_open(&mut stage), "{code:?}");
        stage.tap(key, code);
        assert!(!is_open(&mut stage) && !stage.is_open(), "{code:?}");
    }
    assert!(stage.sent().is_empty());
}

#[test]
fn the_game_sees_no_key_of_the_wheel() {
    let mut stage = game();
    stage.press(Key::Character("w".into()), KeyCode::KeyW);
    stage.frames(2);
    seen(&mut stage);
    v(&mut stage);
    for (key, code) in [
        (Key::ArrowRight, KeyCode::ArrowRight),
        (Key::Character("x".into()), KeyCode::KeyX),
    ] {
        stage.tap(key, code);
    }
    assert!(!seen(&mut stage).walked);
    stage.press(Key::Enter, KeyCode::Enter);
    stage.frames(1);
    assert!(!is_open(&mut stage));
    for _ in 0..4 {
        let enter = bevy::input::ButtonState::Pressed;
        stage.key(Key::Enter, KeyCode::Enter, enter, true);
        stage.frames(1);
    }
    let seen = seen(&mut stage);
    assert_eq!(seen.pressed, [], "a held key is not pressed anew");
    assert!(seen.walked);
    let keys = stage.app.world().resource::<ButtonInput<KeyCode>>();
    assert!(
        !keys.pressed(KeyCode::KeyW),
        "it counts after it was released"
    );
    assert!(!stage.is_open());
    stage.release(Key::Enter, KeyCode::Enter);
    stage.frames(2);
    stage.enter();
    assert!(stage.is_open(), "Enter is the box's again");
}

#[test]
fn while_the_player_types_its_key_is_a_letter_and_control_with_p_opens_it() {
    let mut stage = game();
    stage.enter();
    stage.type_text("a");
    stage.tap(Key::Character("v".into()), KeyCode::KeyV);
    stage.frames(2);
    assert!(!is_open(&mut stage));
    assert_eq!(stage.typed(), "av");
    stage.with_control("p", KeyCode::KeyP);
    assert!(is_open(&mut stage));
    stage.tap(Key::Character("1".into()), KeyCode::Digit1);
    stage.frames(2);
    assert_eq!(stage.sent(), ["Hello!"]);
    assert_eq!(stage.typed(), "av", "the draft stays");
}

#[test]
fn the_pointer_opens_it_points_at_a_phrase_and_sends_it() {
    let mut stage = game();
    let button = stage.part::<ChatWheelButton>();
    let at = stage.middle(button);
    stage.click(at);
    stage.frames(2);
    assert!(is_open(&mut stage) && !stage.is_open());
    assert_eq!(stage.spoken::<ChatWheelButton>().label(), Some("Phrases"));
    stage.click(MIDDLE + Vec2::new(120.0, 0.0));
    assert_eq!(
        stage.sent(),
        ["Help!"],
        "the third of eight is on the right"
    );
    assert!(!is_open(&mut stage));

    v(&mut stage);
    stage.frames(2);
    stage.click(MIDDLE + Vec2::new(5.0, 5.0));
    assert!(!is_open(&mut stage), "on the hub, there is no phrase");
    v(&mut stage);
    stage.frames(2);
    stage.click_with(PointerButton::Secondary, MIDDLE + Vec2::new(120.0, 0.0));
    assert!(!is_open(&mut stage));
    assert_eq!(stage.sent().len(), 1);
    stage.app.insert_resource(QuickPhrases(Vec::new()));
    stage.frames(3);
    let node = stage.app.world().get::<Node>(button).unwrap();
    assert_eq!(node.display, Display::None);
    v(&mut stage);
    assert!(!is_open(&mut stage));
}

/// The colours in the middle of the sectors, clockwise from the top.
fn sectors(stage: &mut Stage) -> Vec<Color> {
    let mut discs = stage.app.world_mut().query::<&BackgroundGradient>();
    let disc = discs.single(stage.app.world()).unwrap();
    let [Gradient::Conic(conic)] = &disc.0[..] else {
        panic!("{disc:?}");
    };
    let sectors = conic.stops.chunks(6);
    let fill = |stops: &[bevy::ui::AngularColorStop]| {
        assert_eq!(stops[2].color, stops[3].color);
        stops[2].color
    };
    sectors.map(fill).collect()
}

#[test]
fn it_is_round_with_a_sector_for_each_phrase_and_the_selected_one_stands_out() {
    let mut stage = game();
    v(&mut stage);
    stage.frames(2);
    let plain = sectors(&mut stage);
    assert_eq!(plain.len(), 8);
    assert!(plain.iter().all(|color| *color == plain[0]));
    stage.point_at(MIDDLE + Vec2::new(0.0, 130.0));
    let pointed = sectors(&mut stage);
    let others = pointed.iter().filter(|color| **color == plain[0]).count();
    assert_eq!(others, 7);
    assert_ne!(pointed[4], plain[0], "the fifth of eight is at the bottom");
    let mut texts = stage.app.world_mut().query::<(&Text, &UiGlobalTransform)>();
    let texts = texts.iter(stage.app.world());
    let places: Vec<_> = ["Hello!", "Help!", "Thanks!", "Well played"]
        .map(|phrase| {
            let mut texts = texts.clone();
            let (_, at) = texts.find(|(text, _)| text.0 == phrase).unwrap();
            at.translation - MIDDLE
        })
        .into();
    assert!(
        places.iter().all(|at| (at.length() - 124.0).abs() < 1.0),
        "{places:?}"
    );
    assert!(places[0].y < -120.0 && places[1].x > 120.0 && places[2].y > 120.0);
    assert!(places[3].x < -120.0, "{places:?}");
}
