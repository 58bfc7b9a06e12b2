//! No key that is meant for the chat does anything in the game, and none that is held goes on.

use bevy::{
    input::{
        ButtonState, InputSystems,
        keyboard::{Key, KeyboardInput},
    },
    prelude::*,
};
use bevy_cometchat::chat_box::{ChatBoxSystems, chat_has_focus};

use crate::stage::Stage;

/// What a game saw: of systems that run always, and of those that run only while the chat has no focus.
#[derive(Resource, Default)]
struct Seen {
    pressed: Vec<KeyCode>,
    released: Vec<KeyCode>,
    held: Vec<KeyCode>,
    typed: Vec<KeyCode>,
    walking: bool,
}

fn watch(
    keys: Res<ButtonInput<KeyCode>>,
    mut typed: MessageReader<KeyboardInput>,
    mut seen: ResMut<Seen>,
) {
    seen.pressed.extend(keys.get_just_pressed());
    seen.released.extend(keys.get_just_released());
    seen.held = keys.get_pressed().copied().collect();
    seen.typed.extend(typed.read().map(|key| key.key_code));
}

fn walk(keys: Res<ButtonInput<KeyCode>>, mut seen: ResMut<Seen>) {
    seen.walking |= keys.pressed(KeyCode::KeyW);
}

fn stage() -> Stage {
    let mut stage = Stage::new();
    stage
        .app
        .init_resource::<Seen>()
        .add_systems(Update, (watch, walk.run_if(not(chat_has_focus))));
    stage
}

fn seen(stage: &mut Stage) -> Seen {
    std::mem::take(&mut *stage.app.world_mut().resource_mut::<Seen>())
}

fn is_open(stage: &Stage) -> bool {
    stage.is_open()
}

fn w() -> Key {
    Key::Character("w".into())
}

#[test]
fn the_enter_that_opens_does_nothing_else() {
    let mut stage = stage();
    stage.press(Key::Enter, KeyCode::Enter);
    stage.frames(1);
    assert!(is_open(&stage));
    let seen = seen(&mut stage);
    assert_eq!(
        (seen.pressed, seen.released, seen.typed),
        (vec![], vec![], vec![])
    );
}

#[test]
fn a_system_in_the_same_schedule_sees_the_keys_before_the_box_does_and_not_after_it() {
    #[derive(Resource, Default)]
    struct Pressed([bool; 2]);
    fn note<const AT: usize>(keys: Res<ButtonInput<KeyCode>>, mut pressed: ResMut<Pressed>) {
        pressed.0[AT] |= keys.just_pressed(KeyCode::Enter);
    }
    let mut stage = stage();
    let before = note::<0>.after(InputSystems).before(ChatBoxSystems::Keys);
    let after = note::<1>.after(ChatBoxSystems::Keys);
    stage
        .app
        .init_resource::<Pressed>()
        .add_systems(PreUpdate, (before, after));
    for _ in 0..2 {
        stage.tap(Key::Enter, KeyCode::Enter);
        stage.frames(2);
        let pressed = std::mem::take(&mut *stage.app.world_mut().resource_mut::<Pressed>());
        assert_eq!(pressed.0, [true, false]);
    }
}

#[test]
fn while_typing_the_games_own_input_is_off() {
    let mut stage = stage();
    stage.enter();
    stage.press(w(), KeyCode::KeyW);
    stage.frames(3);
    assert!(!seen(&mut stage).walking);
}

#[test]
fn the_enter_that_sends_does_nothing_else_in_that_frame() {
    let mut stage = stage();
    stage.enter();
    stage.type_text("hi");
    seen(&mut stage);
    stage.press(Key::Enter, KeyCode::Enter);
    stage.frames(1);
    assert!(!is_open(&stage));
    assert_eq!(stage.sent(), ["hi"]);
    let seen = seen(&mut stage);
    assert_eq!(
        (seen.pressed, seen.released, seen.typed),
        (vec![], vec![], vec![])
    );
}

#[test]
fn the_escape_that_closes_is_swallowed_as_long_as_it_is_held() {
    let mut stage = stage();
    stage.enter();
    seen(&mut stage);
    stage.press(Key::Escape, KeyCode::Escape);
    stage.frames(1);
    for _ in 0..5 {
        stage.key(Key::Escape, KeyCode::Escape, ButtonState::Pressed, true);
        stage.frames(1);
    }
    assert!(!is_open(&stage));
    assert_eq!(seen(&mut stage).pressed, []);

    stage.release(Key::Escape, KeyCode::Escape);
    stage.frames(1);
    stage.press(Key::Escape, KeyCode::Escape);
    stage.frames(1);
    assert_eq!(seen(&mut stage).pressed, [KeyCode::Escape]);
}

#[test]
fn keys_held_when_the_box_opens_are_released_and_not_typed() {
    let mut stage = stage();
    stage.press(w(), KeyCode::KeyW);
    stage.frames(1);
    assert!(seen(&mut stage).walking);

    stage.press(Key::Enter, KeyCode::Enter);
    stage.frames(1);
    let opened = seen(&mut stage);
    assert_eq!(opened.released, [KeyCode::KeyW]);
    assert_eq!(opened.held, []);
    stage.release(Key::Enter, KeyCode::Enter);
    for _ in 0..5 {
        stage.key(w(), KeyCode::KeyW, ButtonState::Pressed, true);
        stage.frames(1);
    }
    assert_eq!(seen(&mut stage).held, []);
    stage.type_text("hi");
    stage.enter();
    assert_eq!(stage.sent(), ["hi"]);
}

#[test]
fn keys_held_when_the_box_closes_do_not_walk_on() {
    let mut stage = stage();
    stage.enter();
    stage.press(w(), KeyCode::KeyW);
    stage.frames(1);
    stage.press(Key::Enter, KeyCode::Enter);
    stage.frames(1);
    for _ in 0..5 {
        stage.key(w(), KeyCode::KeyW, ButtonState::Pressed, true);
        stage.frames(1);
    }
    assert_eq!(stage.sent(), ["w"]);
    let after = seen(&mut stage);
    assert!(!after.walking);
    assert_eq!(after.held, []);

    stage.release(w(), KeyCode::KeyW);
    stage.frames(1);
    stage.press(w(), KeyCode::KeyW);
    stage.frames(1);
    assert!(seen(&mut stage).walking);
}

#[test]
fn what_is_typed_in_the_frame_of_enter_but_after_it_is_not_sent() {
    let mut stage = stage();
    stage.enter();
    for (key, code) in [
        (Key::Character("a".into()), KeyCode::KeyA),
        (Key::Enter, KeyCode::Enter),
        (w(), KeyCode::KeyW),
    ] {
        stage.press(key, code);
    }
    stage.frames(1);
    assert_eq!(stage.sent(), ["a"]);
    stage.release(w(), KeyCode::KeyW);
    stage.release(Key::Enter, KeyCode::Enter);
    stage.frames(1);
    stage.enter();
    stage.type_text("b");
    stage.enter();
    assert_eq!(stage.sent(), ["a", "b"]);
}

#[test]
fn enter_belongs_to_another_widget_that_has_the_focus() {
    use bevy::input_focus::{FocusCause, InputFocus};
    let mut stage = stage();
    let button = stage.app.world_mut().spawn(Node::default()).id();
    let mut focus = stage.app.world_mut().resource_mut::<InputFocus>();
    focus.set(button, FocusCause::Navigated);
    stage.enter();
    assert!(!is_open(&stage));
}

#[test]
fn what_is_typed_within_the_frame_that_opens_is_not_lost_and_leaks_nowhere() {
    let mut stage = stage();
    let at_once = |stage: &mut Stage, key: Key, code: KeyCode| {
        stage.key(key.clone(), code, ButtonState::Pressed, false);
        stage.key(key, code, ButtonState::Released, false);
    };
    at_once(&mut stage, w(), KeyCode::KeyW);
    at_once(&mut stage, Key::Enter, KeyCode::Enter);
    at_once(&mut stage, Key::Character("h".into()), KeyCode::KeyH);
    at_once(&mut stage, Key::Character("i".into()), KeyCode::KeyI);
    at_once(&mut stage, Key::Enter, KeyCode::Enter);
    stage.frames(3);
    assert_eq!(stage.sent(), ["hi"]);
    assert!(!is_open(&stage));
    assert_eq!(seen(&mut stage).typed, []);
}
