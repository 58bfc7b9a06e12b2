//! The wheel of quick phrases.

use bevy::{
    input::gamepad::{RawGamepadAxisChangedEvent, RawGamepadEvent},
    prelude::*,
};
use bevy_cometchat::{
    chat_box::{ChatTabs, QuickPhrases, chat_has_focus},
    prelude::*,
};

use crate::stage::{Stage, zone};

/// What a game saw of the gamepad.
#[derive(Resource, Default)]
struct Seen {
    pressed: Vec<GamepadButton>,
    walked: bool,
}

fn watch(gamepads: Query<&Gamepad>, mut seen: ResMut<Seen>) {
    for gamepad in &gamepads {
        seen.pressed.extend(gamepad.get_just_pressed());
    }
}

fn walk(gamepads: Query<&Gamepad>, mut seen: ResMut<Seen>) {
    seen.walked |= gamepads.iter().any(|it| it.left_stick().length() > 0.5);
}

struct Pad {
    stage: Stage,
    gamepad: Entity,
}

impl Pad {
    fn new() -> Self {
        let mut stage = Stage::new();
        stage
            .app
            .init_resource::<Seen>()
            .add_systems(Update, (watch, walk.run_if(not(chat_has_focus))));
        let gamepad = stage.app.world_mut().spawn(Gamepad::default()).id();
        Self { stage, gamepad }
    }

    fn press(&mut self, button: GamepadButton) {
        self.stage.press_button(self.gamepad, button);
    }

    fn stick(&mut self, x: f32, y: f32) {
        for (axis, value) in [(GamepadAxis::LeftStickX, x), (GamepadAxis::LeftStickY, y)] {
            let raw = RawGamepadAxisChangedEvent::new(self.gamepad, axis, value);
            let world = self.stage.app.world_mut();
            world.write_message(RawGamepadEvent::Axis(raw));
        }
        self.stage.frames(2);
    }

    fn seen(&mut self) -> Seen {
        std::mem::take(&mut *self.stage.app.world_mut().resource_mut::<Seen>())
    }

    fn is_open(&mut self) -> bool {
        self.stage.modes().is_wheel_open()
    }
}

#[test]
fn a_phrase_is_chosen_with_the_stick_and_sent() {
    let mut pad = Pad::new();
    pad.press(GamepadButton::Select);
    assert!(pad.is_open());
    pad.stick(1.0, 0.0);
    pad.press(GamepadButton::South);
    assert_eq!(
        pad.stage.sent(),
        ["Help!"],
        "the third of eight is on the right"
    );
    assert!(!pad.is_open());
}

#[test]
fn without_a_choice_nothing_is_sent() {
    let mut pad = Pad::new();
    pad.press(GamepadButton::Select);
    pad.press(GamepadButton::South);
    assert!(pad.stage.sent().is_empty());
    assert!(!pad.is_open());
}

#[test]
fn east_and_the_button_that_opens_the_wheel_close_it() {
    for button in [GamepadButton::East, GamepadButton::Select] {
        let mut pad = Pad::new();
        pad.press(GamepadButton::Select);
        pad.stick(0.0, 1.0);
        pad.press(button);
        assert!(!pad.is_open());
        pad.press(GamepadButton::South);
        assert!(pad.stage.sent().is_empty());
    }
}

#[test]
fn the_shoulder_buttons_go_through_the_tabs() {
    let mut pad = Pad::new();
    pad.press(GamepadButton::Select);
    pad.press(GamepadButton::RightTrigger);
    assert_eq!(pad.stage.state().tab, ChatTabs::ZONE);
    pad.press(GamepadButton::LeftTrigger);
    pad.press(GamepadButton::LeftTrigger);
    assert_eq!(pad.stage.state().tab, ChatTabs::SYSTEM);
}

#[test]
fn while_the_wheel_is_open_the_game_sees_nothing_of_the_gamepad() {
    let mut pad = Pad::new();
    pad.stick(1.0, 0.0);
    assert!(pad.seen().walked);
    pad.press(GamepadButton::Select);
    pad.seen();
    pad.stick(0.0, 1.0);
    for button in [
        GamepadButton::West,
        GamepadButton::RightTrigger,
        GamepadButton::South,
    ] {
        pad.press(button);
    }
    let seen = pad.seen();
    assert_eq!(seen.pressed, []);
    assert_eq!(pad.stage.sent().len(), 1);

    pad.stick(1.0, 0.0);
    pad.press(GamepadButton::South);
    let seen = pad.seen();
    assert_eq!(seen.pressed, [GamepadButton::South]);
    assert!(seen.walked);
}

#[test]
fn the_stick_does_not_walk_while_the_wheel_is_open() {
    let mut pad = Pad::new();
    pad.press(GamepadButton::Select);
    pad.seen();
    pad.stick(0.0, 1.0);
    assert!(!pad.seen().walked);
}

#[test]
fn a_gamepad_that_is_unplugged_takes_its_wheel_along() {
    let mut pad = Pad::new();
    pad.press(GamepadButton::Select);
    let gamepad = pad.gamepad;
    pad.stage
        .app
        .world_mut()
        .entity_mut(gamepad)
        .remove::<Gamepad>();
    pad.stage.frames(3);
    assert!(!pad.is_open());
    let mut texts = pad.stage.app.world_mut().query::<&Text>();
    let mut texts = texts.iter(pad.stage.app.world());
    assert!(!texts.any(|text| text.0 == "Well played"));
}

#[test]
fn without_phrases_there_is_no_wheel() {
    let mut pad = Pad::new();
    pad.stage.app.insert_resource(QuickPhrases(Vec::new()));
    pad.press(GamepadButton::Select);
    assert!(!pad.is_open());
    assert_eq!(
        pad.seen().pressed,
        [GamepadButton::Select],
        "the button is the game's"
    );
}

#[test]
fn another_tab_is_another_receiver() {
    let mut pad = Pad::new();
    pad.stage.state().to = Some(Uid::from("ana").into());
    pad.press(GamepadButton::Select);
    pad.press(GamepadButton::RightTrigger);
    pad.stick(1.0, 0.0);
    pad.press(GamepadButton::South);
    let sent = pad.stage.chat.sent().pop().expect("a phrase");
    assert_eq!(sent.envelope.receiver, zone());
}

#[test]
fn the_wheel_says_who_hears_the_phrase_also_after_a_change_of_the_tab() {
    let mut pad = Pad::new();
    let mut tabs = pad.stage.app.world_mut().resource_mut::<ChatTabs>();
    tabs.show(ChatTabs::PARTY, Guid::from("party"));
    pad.stage.state().tab = ChatTabs::ZONE;
    pad.press(GamepadButton::Select);
    let count = |pad: &mut Pad, name: &str| {
        let world = pad.stage.app.world_mut();
        let mut texts = world.query::<&Text>();
        texts.iter(world).filter(|text| text.0 == name).count()
    };
    let [zone, party] = ["Zone", "Party"].map(|name| count(&mut pad, name));
    pad.press(GamepadButton::RightTrigger);
    assert_eq!(count(&mut pad, "Zone"), zone - 1);
    assert_eq!(count(&mut pad, "Party"), party + 1);
}
