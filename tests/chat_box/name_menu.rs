//! The menu on a name: what opens it, what is in it, and that its keys are its own.

use accesskit::Role;
use bevy::{
    a11y::AccessibilityNode,
    input::keyboard::{Key, KeyboardInput},
    input_focus::InputFocus,
    picking::pointer::PointerButton,
    prelude::*,
};
use bevy_cometchat::{
    chat_box::{
        AddNameAction, ChatInputTarget, Muted, NameActionCall, NameActions, OpenNameMenu,
        PlayerName, chat_has_focus,
    },
    prelude::*,
};

use crate::{
    menus::{assert_called, choose, entries, entry, focused, is_open, open_on, title},
    stage::Stage,
};

/// Otis and Ana talk in the zone.
fn square() -> Stage {
    let mut stage = Stage::new();
    stage.hear("otis", "buy my gold");
    stage.hear("ana", "hello");
    stage.frames(4);
    stage
}

fn has_focus(stage: &mut Stage) -> bool {
    let world = stage.app.world_mut();
    world.run_system_cached(chat_has_focus).unwrap()
}

#[test]
fn the_right_button_on_a_name_opens_the_menu_and_on_anything_else_does_not() {
    let mut stage = square();
    let text = stage.place_of("buy my gold");
    stage.click_with(PointerButton::Secondary, text);
    assert!(!entries(&mut stage).contains(&"Whisper".to_owned()));
    stage.escape();
    stage.frames(2);
    stage.click_with(PointerButton::Secondary, Vec2::new(1_200.0, 40.0));
    assert!(!is_open(&stage));
    open_on(&mut stage, "otis");
    assert!(is_open(&stage) && has_focus(&mut stage));
    let expected = [
        "Whisper",
        "Mute for 10 minutes",
        "Mute for today",
        "Mute",
        "Block",
        "Report…",
        "Whisper in a tab",
        "Copy the name",
    ];
    assert_eq!(entries(&mut stage), expected);
    assert_eq!(focused(&stage), "Whisper");
    assert!(!stage.is_open(), "it is no click on the name");
}

#[test]
fn a_long_press_opens_the_menu_and_a_short_one_whispers() {
    let mut stage = square();
    let at = stage.place_of("otis");
    stage.press_pointer(at);
    stage.frames(20);
    assert!(!is_open(&stage));
    stage.frames(20);
    assert!(is_open(&stage));
    stage.release_pointer(at);
    stage.frames(4);
    assert!(is_open(&stage) && !stage.is_open());
    stage.escape();
    stage.frames(2);

    stage.click(at);
    stage.frames(2);
    assert!(!is_open(&stage) && stage.is_open());
    assert_eq!(stage.says::<ChatInputTarget>(), "To otis");
}

#[test]
fn a_press_that_moves_away_opens_nothing() {
    let mut stage = square();
    let at = stage.place_of("otis");
    stage.press_pointer(at);
    stage.point_at(at + Vec2::new(40.0, 0.0));
    stage.frames(60);
    assert!(!is_open(&stage));
}

#[test]
fn the_entries_do_what_they_say() {
    let mut stage = square();
    open_on(&mut stage, "otis");
    choose(&mut stage, "Mute for today");
    assert!(!is_open(&stage));
    let muted = |stage: &Stage| stage.app.world().resource::<Muted>().clone();
    let until = muted(&stage).iter().next().unwrap().1.until;
    assert!(until.is_some());
    let lines = stage.lines();
    assert!(!lines.iter().any(|line| line.contains("gold")), "{lines:?}");

    stage
        .app
        .world_mut()
        .trigger(OpenNameMenu::new(User::new("otis", "Otis"), Vec2::ZERO));
    stage.frames(3);
    assert_eq!(entries(&mut stage)[1], "Unmute");
    choose(&mut stage, "Unmute");
    assert!(muted(&stage).is_empty());

    open_on(&mut stage, "ana");
    choose(&mut stage, "Copy the name");
    assert!(!is_open(&stage));

    let done = r#"{"data":{"otis":{"success":true,"message":"done"}}}"#;
    stage.chat.answer_next_call(done);
    open_on(&mut stage, "otis");
    choose(&mut stage, "Block");
    assert!(muted(&stage).contains(&"otis".into()));

    open_on(&mut stage, "ana");
    choose(&mut stage, "Whisper");
    stage.type_text("psst");
    stage.enter();
    let receiver = stage.chat.sent()[0].envelope.receiver.clone();
    assert_eq!(receiver, Uid::from("ana").into());
}

#[test]
fn the_menu_has_the_entries_of_the_game() {
    #[derive(Resource, Default)]
    struct Party(Vec<(Uid, Option<MessageId>)>);
    let mut stage = square();
    stage.app.init_resource::<Party>().add_name_action(
        "invite",
        "Invite",
        |call: In<NameActionCall>, mut party: ResMut<Party>| {
            party.0.push((call.user.uid.clone(), call.message));
        },
    );
    let mut actions = stage.app.world_mut().resource_mut::<NameActions>();
    actions.remove("copy");
    open_on(&mut stage, "ana");
    assert_eq!(entries(&mut stage).last().unwrap(), "Invite");
    choose(&mut stage, "Invite");
    let party = &stage.app.world().resource::<Party>().0;
    assert_eq!(*party, [("ana".into(), Some(MessageId(2)))]);
}

#[test]
fn arrows_move_enter_chooses_and_escape_closes() {
    let mut stage = square();
    open_on(&mut stage, "otis");
    stage.tap(Key::ArrowDown, KeyCode::ArrowDown);
    assert_eq!(focused(&stage), "Mute for 10 minutes");
    stage.tap(Key::ArrowUp, KeyCode::ArrowUp);
    stage.tap(Key::ArrowUp, KeyCode::ArrowUp);
    assert_eq!(focused(&stage), "Copy the name");
    stage.tap(Key::Tab, KeyCode::Tab);
    assert_eq!(focused(&stage), "Whisper");
    stage.escape();
    stage.frames(2);
    assert!(!is_open(&stage) && !has_focus(&mut stage));
    assert_eq!(stage.app.world().resource::<InputFocus>().get(), None);

    open_on(&mut stage, "otis");
    for _ in 0..3 {
        stage.tap(Key::ArrowDown, KeyCode::ArrowDown);
    }
    stage.enter();
    stage.frames(2);
    assert!(!is_open(&stage) && !stage.is_open());
    assert!(
        stage
            .app
            .world()
            .resource::<Muted>()
            .contains(&"otis".into())
    );
}

#[test]
fn the_menu_key_opens_it_for_the_newest_line_and_the_arrows_change_the_player() {
    let mut stage = square();
    stage.enter();
    stage.type_text("half a li");
    stage.tap(Key::ContextMenu, KeyCode::ContextMenu);
    stage.frames(2);
    assert!(is_open(&stage));
    assert_eq!(title(&mut stage), "ana");
    stage.tap(Key::ArrowLeft, KeyCode::ArrowLeft);
    stage.frames(2);
    assert_eq!(title(&mut stage), "otis");
    stage.tap(Key::ArrowLeft, KeyCode::ArrowLeft);
    stage.frames(2);
    assert_eq!(title(&mut stage), "otis", "nobody has written before");
    stage.tap(Key::ArrowRight, KeyCode::ArrowRight);
    stage.frames(2);
    assert_eq!(title(&mut stage), "ana");
    stage.escape();
    stage.frames(2);
    assert!(stage.is_open(), "the player goes on writing");
    stage.type_text("ne");
    stage.enter();
    assert_eq!(stage.sent(), ["half a line"]);
}

#[test]
fn assistive_technology_gets_a_menu_with_its_entries() {
    let mut stage = square();
    open_on(&mut stage, "otis");
    assert_eq!(title(&mut stage), "otis");
    let mut nodes = stage.app.world_mut().query::<&AccessibilityNode>();
    let nodes = nodes.iter(stage.app.world());
    let items = nodes.filter(|node| node.role() == Role::MenuItem);
    let labels: Vec<_> = items.filter_map(|node| node.label()).collect();
    assert!(
        labels.contains(&"Report…") && labels.len() == 8,
        "{labels:?}"
    );
}

#[test]
fn a_press_beside_the_menu_closes_it_and_does_nothing_else() {
    let mut stage = square();
    open_on(&mut stage, "otis");
    let name = stage.place_of("ana");
    let far = Vec2::new(1_200.0, 40.0);
    stage.click(far);
    assert!(!is_open(&stage));
    open_on(&mut stage, "otis");
    stage.click(name);
    stage.frames(2);
    assert!(!is_open(&stage) && !stage.is_open());
}

#[test]
fn the_menu_is_inside_the_window() {
    let mut stage = square();
    for at in [Vec2::ZERO, Vec2::new(1_279.0, 719.0), Vec2::new(0.0, 719.0)] {
        let menu = OpenNameMenu::new(User::new("otis", "Otis"), at);
        stage.app.world_mut().trigger(menu);
        stage.frames(3);
        for label in ["Whisper", "Copy the name"] {
            let item = entry(&mut stage, label);
            let middle = stage.middle(item);
            let half = stage.app.world().get::<ComputedNode>(item).unwrap().size() / 2.0;
            let window = Rect::new(0.0, 0.0, 1280.0, 720.0);
            let is_inside = window.contains(middle - half) && window.contains(middle + half);
            assert!(is_inside, "{label} at {middle} of the menu at {at}");
        }
    }
}

#[test]
fn nodes_of_the_game_have_the_menu_too() {
    let mut stage = square();
    let member = stage.app.world_mut().spawn((
        Node {
            position_type: PositionType::Absolute,
            left: Val::Px(600.0),
            top: Val::Px(100.0),
            width: Val::Px(80.0),
            height: Val::Px(20.0),
            ..default()
        },
        PlayerName::new(User::new("mira", "Mira")),
    ));
    let member = member.id();
    stage.frames(2);
    let at = stage.middle(member);
    stage.click_with(PointerButton::Secondary, at);
    stage.frames(2);
    assert_eq!(title(&mut stage), "Mira");
}

#[test]
fn the_own_name_has_no_menu() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text("hello");
    stage.enter();
    stage.frames(4);
    let me = stage.place_of("me");
    stage.click_with(PointerButton::Secondary, me);
    assert!(!is_open(&stage));
    stage.enter();
    stage.tap(Key::ContextMenu, KeyCode::ContextMenu);
    assert!(
        !is_open(&stage) && stage.is_open(),
        "nobody else has written"
    );
}

/// What a game saw of the keys, while the chat does not have the focus.
#[derive(Resource, Default)]
struct Seen {
    pressed: Vec<KeyCode>,
    typed: Vec<KeyCode>,
    buttons: Vec<GamepadButton>,
    bubbled: usize,
}

#[test]
fn no_key_of_the_menu_leaks_into_the_game() {
    let mut stage = square();
    let watch = |keys: Res<ButtonInput<KeyCode>>,
                 mut typed: MessageReader<KeyboardInput>,
                 mut seen: ResMut<Seen>| {
        seen.pressed.extend(keys.get_just_pressed());
        seen.typed.extend(typed.read().map(|key| key.key_code));
    };
    let count = |_: On<bevy::input_focus::FocusedInput<KeyboardInput>>, mut seen: ResMut<Seen>| {
        seen.bubbled += 1;
    };
    let window = stage.window();
    stage.app.world_mut().entity_mut(window).observe(count);
    stage
        .app
        .init_resource::<Seen>()
        .add_systems(Update, watch.run_if(not(chat_has_focus)));
    for close in [KeyCode::Escape, KeyCode::Enter] {
        open_on(&mut stage, "otis");
        stage.app.insert_resource(Seen::default());
        stage.tap(Key::ArrowDown, KeyCode::ArrowDown);
        stage.tap(Key::Character("w".into()), KeyCode::KeyW);
        let key = match close {
            KeyCode::Escape => Key::Escape,
            _ => Key::Enter,
        };
        stage.press(key.clone(), close);
        stage.frames(1);
        assert!(!is_open(&stage) && !stage.is_open());
        let seen = stage.app.world().resource::<Seen>();
        assert!(
            seen.pressed.is_empty() && seen.typed.is_empty(),
            "{close:?}"
        );
        assert_eq!(seen.bubbled, 0, "{close:?}");
        stage.frames(3);
        assert!(stage.app.world().resource::<Seen>().pressed.is_empty());
        stage.release(key, close);
        stage.frames(2);
    }
}

#[test]
fn a_gamepad_opens_and_uses_the_menu_without_leaks() {
    let mut stage = square();
    let watch = |gamepads: Query<&Gamepad>, mut seen: ResMut<Seen>| {
        for gamepad in &gamepads {
            seen.buttons.extend(gamepad.get_just_pressed());
        }
    };
    stage.app.init_resource::<Seen>().add_systems(Update, watch);
    let gamepad = stage.app.world_mut().spawn(Gamepad::default()).id();
    let press = |stage: &mut Stage, button| stage.press_button(gamepad, button);
    press(&mut stage, GamepadButton::Select);
    press(&mut stage, GamepadButton::North);
    assert!(is_open(&stage) && !stage.modes().is_wheel_open());
    assert_eq!(title(&mut stage), "ana");
    press(&mut stage, GamepadButton::DPadLeft);
    assert_eq!(title(&mut stage), "otis");
    press(&mut stage, GamepadButton::DPadDown);
    assert_eq!(focused(&stage), "Mute for 10 minutes");
    press(&mut stage, GamepadButton::South);
    assert!(!is_open(&stage));
    assert!(
        stage
            .app
            .world()
            .resource::<Muted>()
            .contains(&"otis".into())
    );
    assert_eq!(stage.app.world().resource::<Seen>().buttons, []);
    press(&mut stage, GamepadButton::South);
    let seen = &stage.app.world().resource::<Seen>().buttons;
    assert_eq!(*seen, [GamepadButton::South], "it is the game's again");
}

#[test]
fn the_menu_goes_with_the_user() {
    let mut stage = square();
    open_on(&mut stage, "otis");
    stage.comet().logout();
    stage.frames(6);
    assert!(!is_open(&stage) && !has_focus(&mut stage));
}

/// The reasons that the server offers.
const REASONS: &str = r#"{"data":{"settings":{},"flagReasons":[
    {"id":"spam","name":"Spam"},{"id":"abuse","name":"Abuse"}]}}"#;
const DONE: &str = r#"{"data":{"success":true,"message":"The message was flagged."}}"#;

#[test]
fn a_report_names_the_message_a_reason_and_a_remark() {
    let mut stage = square();
    stage.hear("otis", "second line");
    stage.frames(3);
    stage.chat.answer_next_call(REASONS);
    open_on(&mut stage, "otis");
    choose(&mut stage, "Report…");
    stage.frames(3);
    assert_eq!(title(&mut stage), "Report otis");
    assert_eq!(entries(&mut stage), ["Spam", "Abuse", "Cancel"]);
    assert_eq!(focused(&stage), "Cancel", "Enter reports nobody by mistake");
    stage.tap(Key::ArrowUp, KeyCode::ArrowUp);
    stage.type_text("sells gold");
    stage.tap(Key::ArrowUp, KeyCode::ArrowUp);
    assert_eq!(focused(&stage), "Abuse");
    stage.chat.answer_next_call(DONE);
    stage.enter();
    stage.frames(4);
    assert_called(&stage, &["messages/1/flagged", "abuse", "sells gold"]);
    let lines = stage.lines();
    assert!(
        lines.last().unwrap().ends_with("The message was reported."),
        "{lines:?}"
    );
    assert!(stage.sent().is_empty() && !is_open(&stage));
}

#[test]
fn the_command_reports_the_newest_message() {
    let mut stage = square();
    stage.chat.answer_next_call(REASONS);
    stage.enter();
    stage.type_text("/report otis he sells gold");
    stage.enter();
    stage.frames(6);
    assert_eq!(title(&mut stage), "Report otis");
    stage.chat.answer_next_call(DONE);
    choose(&mut stage, "Spam");
    stage.frames(4);
    assert_called(&stage, &["messages/1/flagged", "spam", "he sells gold"]);
}

#[test]
fn a_report_that_is_cancelled_or_refused_says_so_or_nothing() {
    let mut stage = square();
    stage.chat.answer_next_call(REASONS);
    open_on(&mut stage, "otis");
    choose(&mut stage, "Report…");
    stage.frames(3);
    let calls = stage.chat.calls().len();
    choose(&mut stage, "Cancel");
    assert_eq!(stage.chat.calls().len(), calls);
    assert!(!is_open(&stage));

    stage.chat.answer_next_call(REASONS);
    open_on(&mut stage, "otis");
    choose(&mut stage, "Report…");
    stage.frames(3);
    let refused = ErrorCode::Other("ERR_NO".into());
    stage.chat.fail_next_call(refused, "no");
    choose(&mut stage, "Spam");
    let lines = stage.lines();
    assert!(
        lines.last().unwrap().contains("That did not work"),
        "{lines:?}"
    );
}

#[test]
fn who_has_written_nothing_cannot_be_reported() {
    let mut stage = square();
    let menu = OpenNameMenu::new(User::new("mira", "Mira"), Vec2::ZERO);
    stage.app.world_mut().trigger(menu);
    stage.frames(3);
    let calls = stage.chat.calls().len();
    choose(&mut stage, "Report…");
    assert_eq!(stage.chat.calls().len(), calls);
    let lines = stage.lines();
    assert!(
        lines.last().unwrap().contains("Mira has written nothing"),
        "{lines:?}"
    );
}
