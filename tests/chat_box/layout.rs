//! The layout of the box, as the player sets it.

use std::time::Duration;

use bevy::{
    input::{ButtonState, keyboard::Key},
    input_focus::{FocusCause, InputFocus},
    picking::pointer::PointerAction,
    prelude::*,
    ui_widgets::Activate,
};
use bevy_cometchat::{
    chat_box::{
        ChatBox, ChatBoxCorner, ChatBoxPlace, ChatBoxTheme, ChatFade, ChatLayout,
        ChatLayoutOverlay, ChatLineEntered, ChatLog,
    },
    prelude::*,
};

use crate::stage::{FRAME, Stage};

fn layout(stage: &mut Stage) -> Mut<'_, ChatLayout> {
    let chat_box = stage.part::<ChatBox>();
    stage.app.world_mut().get_mut(chat_box).unwrap()
}

/// Where the box is.
fn area(stage: &mut Stage) -> Rect {
    let root = stage.part::<ChatBox>();
    let size = stage.app.world().get::<ComputedNode>(root).unwrap().size();
    Rect::from_center_size(stage.middle(root), size)
}

fn resize_window(stage: &mut Stage, size: UVec2) {
    let mut cameras = stage.app.world_mut().query::<&mut Camera>();
    let mut camera = cameras.single_mut(stage.app.world_mut()).unwrap();
    camera.computed.target_info.as_mut().unwrap().physical_size = size;
    stage.frames(4);
}

fn drag(stage: &mut Stage, from: Vec2, distance: Vec2) {
    stage.press_pointer(from);
    for step in 1..=4 {
        let delta = distance / 4.0;
        let at = from + delta * step as f32;
        stage.pointer(at, PointerAction::Move { delta });
        stage.frames(1);
    }
    stage.release_pointer(from + distance);
    stage.frames(3);
}

fn enter(stage: &mut Stage, line: &str) {
    stage.app.world_mut().trigger(ChatLineEntered::new(line));
    stage.frames(3);
}

fn is_near(one: Rect, other: Rect) -> bool {
    (one.min - other.min).abs().max_element() < 1.5
        && (one.max - other.max).abs().max_element() < 1.5
}

/// A stage in the layout mode, with more messages than the list shows.
fn moving() -> Stage {
    let mut stage = Stage::new();
    for number in 0..40 {
        stage.hear("ana", &format!("message {number}"));
    }
    stage.frames(6);
    enter(&mut stage, "/layout");
    assert!(stage.modes().is_layout_mode);
    stage
}

#[test]
fn the_player_drags_the_box_and_its_corners_but_not_out_of_the_window() {
    let mut stage = moving();
    let before = area(&mut stage);
    let grip = Vec2::new(before.center().x, before.max.y - 30.0);
    drag(&mut stage, grip, Vec2::new(200.0, -100.0));
    let moved = area(&mut stage);
    let distance = Vec2::new(200.0, -100.0);
    let expected = Rect::from_corners(before.min + distance, before.max + distance);
    assert!(is_near(moved, expected), "{before:?} {moved:?}");
    assert_eq!(layout(&mut stage).places.len(), 1);

    let corner = moved.max - 4.0;
    drag(&mut stage, corner, Vec2::new(120.0, 60.0));
    let larger = area(&mut stage);
    let expected = Rect::from_corners(moved.min, moved.max + Vec2::new(120.0, 60.0));
    assert!(is_near(larger, expected), "{moved:?} {larger:?}");

    let corner = larger.min + 4.0;
    drag(&mut stage, corner, Vec2::splat(5_000.0));
    let least = area(&mut stage);
    assert!(
        least.width() >= 170.0 && least.height() >= 100.0,
        "{least:?}"
    );
    assert!(is_near(
        Rect::from_corners(least.max, larger.max),
        Rect::from_corners(larger.max, larger.max)
    ));

    let grip = least.center();
    drag(&mut stage, grip, Vec2::new(9_000.0, -9_000.0));
    let cornered = area(&mut stage);
    assert!(
        cornered.min.y >= -0.5 && cornered.max.x <= 1_280.5,
        "{cornered:?}"
    );

    layout(&mut stage).is_locked = true;
    stage.frames(2);
    let grip = cornered.center();
    drag(&mut stage, grip, Vec2::new(-300.0, 300.0));
    assert!(is_near(area(&mut stage), cornered), "it is locked");

    enter(&mut stage, "/layout");
    assert!(!stage.modes().is_layout_mode);
    assert!(is_near(area(&mut stage), cornered));
    enter(&mut stage, "/layout reset");
    assert!(is_near(area(&mut stage), before));
}

#[test]
fn escape_ends_it_and_does_not_reach_the_game() {
    let mut stage = moving();
    assert!(stage.modes().is_layout_mode);
    stage.enter();
    stage.escape();
    assert!(stage.modes().is_layout_mode, "it closed the input");
    stage.press(Key::Escape, KeyCode::Escape);
    let keys = stage.app.world().resource::<ButtonInput<KeyCode>>();
    assert!(!keys.pressed(KeyCode::Escape) && !keys.just_pressed(KeyCode::Escape));
    stage.frames(2);
    assert!(!stage.modes().is_layout_mode);
}

#[test]
fn buttons_change_what_dragging_does_not() {
    let mut stage = moving();
    layout(&mut stage).set_area(
        Vec2::new(1_280.0, 720.0),
        Rect::new(300.0, 100.0, 1_000.0, 600.0),
    );
    stage.frames(4);
    let texts = |stage: &mut Stage| {
        let overlay = stage.part::<ChatLayoutOverlay>();
        let world = stage.app.world();
        let parts = world.get::<Children>(overlay).unwrap().iter();
        let controls = parts.filter_map(|it| world.get::<Children>(it)).flatten();
        let texts = controls.filter_map(|it| Some((*it, world.get::<Text>(*it)?.0.clone())));
        texts.collect::<Vec<_>>()
    };
    let press = |stage: &mut Stage, after: &str, label: &str| {
        let texts = texts(stage);
        let start = texts
            .iter()
            .position(|(_, text)| text.starts_with(after))
            .unwrap();
        let button = texts[start..]
            .iter()
            .find(|(_, text)| text == label)
            .unwrap();
        let at = stage.middle(button.0);
        stage.click(at);
        stage.frames(2);
    };
    press(&mut stage, "Size", "+");
    press(&mut stage, "Text", "+");
    press(&mut stage, "Text", "+");
    press(&mut stage, "Fades", "+");
    press(&mut stage, "−", "Lock");
    press(&mut stage, "−", "Let clicks through");
    let set = layout(&mut stage).clone();
    assert!(
        (set.scale - 1.1).abs() < 1e-4 && (set.text_scale - 1.2).abs() < 1e-4,
        "{set:?}"
    );
    assert_eq!(set.fade, ChatFade::After(Duration::from_secs(20)));
    assert!(set.is_locked && set.is_click_through);
    let shown: Vec<_> = texts(&mut stage)
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    for text in [
        "Size 110 %",
        "Text 120 %",
        "Background 92 %",
        "Fades after 20 s",
        "Unlock",
    ] {
        assert!(shown.iter().any(|it| it == text), "{text}: {shown:?}");
    }
    let texts = texts(&mut stage);
    let done = texts.iter().find(|(_, text)| text == "Done").unwrap().0;
    let mut focus = stage.app.world_mut().resource_mut::<InputFocus>();
    focus.set(done, FocusCause::Navigated);
    stage.app.world_mut().trigger(Activate { entity: done });
    stage.frames(3);
    assert!(!stage.modes().is_layout_mode);
    stage.enter();
    assert!(stage.is_open(), "the button has lost the focus");
}

#[test]
fn sizes_opacity_and_fade_time_follow_what_is_set() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi");
    stage.frames(3);
    let before = area(&mut stage);
    let root = stage.part::<ChatBox>();
    layout(&mut stage).scale = 1.5;
    layout(&mut stage).opacity = Some(0.25);
    stage.frames(3);
    assert!((area(&mut stage).width() - before.width() * 1.5).abs() < 2.0);
    let alpha = |stage: &Stage| {
        let color = stage.app.world().get::<BackgroundColor>(root).unwrap();
        color.0.alpha()
    };
    assert!((alpha(&stage) - 0.25).abs() < 0.01);
    let wait = |stage: &mut Stage, seconds| {
        let chat = stage.chat.clone();
        chat.advance_at(&mut stage.app, Duration::from_secs(seconds), FRAME * 4);
    };
    layout(&mut stage).fade = ChatFade::Never;
    wait(&mut stage, 30);
    assert!(alpha(&stage) > 0.2);
    layout(&mut stage).fade = ChatFade::After(Duration::from_secs(2));
    wait(&mut stage, 5);
    assert_eq!(alpha(&stage), 0.0);
}

#[test]
fn a_box_that_lets_clicks_through_takes_them_when_it_is_open() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi all");
    layout(&mut stage).is_click_through = true;
    stage.frames(3);
    let name = stage.place_of("ana");
    stage.click(name);
    assert!(!stage.is_open());
    stage.enter();
    stage.click(name);
    assert_eq!(stage.state().to, Some(Uid::from("ana").into()));
    stage.state().to = None;
    stage.escape();
    layout(&mut stage).is_click_through = false;
    stage.frames(2);
    stage.click(name);
    assert!(stage.is_open());
}

#[test]
fn each_size_of_the_window_has_its_place_again() {
    let mut stage = Stage::new();
    let sizes = [
        UVec2::new(1_280, 720),
        UVec2::new(640, 480),
        UVec2::new(2_560, 1_080),
    ];
    for (number, size) in sizes.into_iter().enumerate() {
        let at = Vec2::new(40.0 + 30.0 * number as f32, 50.0);
        let area = Rect::from_corners(at, at + Vec2::new(400.0, 300.0));
        layout(&mut stage).set_area(size.as_vec2(), area);
    }
    for number in 0..40 {
        stage.hear("ana", &format!("message {number}"));
    }
    for (number, size) in sizes.into_iter().enumerate() {
        resize_window(&mut stage, size);
        let area = area(&mut stage);
        let left = 40.0 + 30.0 * number as f32;
        assert!(
            (area.min - Vec2::new(left, 50.0)).abs().max_element() < 1.5,
            "{area:?}"
        );
        assert!(
            (area.width() - 400.0).abs() < 1.5 && area.height() <= 301.5,
            "{area:?}"
        );
        assert!(area.height() > 240.0, "the list uses the room: {area:?}");
    }
}

#[test]
fn whatever_was_saved_all_of_the_box_is_inside_the_window() {
    let mut stage = Stage::new();
    for number in 0..40 {
        stage.hear("ana", &format!("message {number}"));
    }
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..40 {
        let special = [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            0.0,
            -1.0e9,
            1.0e9,
        ];
        let number = |random: &mut fastrand::Rng| match random.usize(..12) {
            it if it < special.len() => special[it],
            _ => random.f32() * 4_000.0 - 1_000.0,
        };
        let corner = |random: &mut fastrand::Rng| Vec2::new(number(random), number(random));
        let place = ChatBoxPlace {
            window: corner(&mut random),
            area: Rect {
                min: corner(&mut random),
                max: corner(&mut random),
            },
        };
        let scale = corner(&mut random).x;
        *layout(&mut stage) = ChatLayout {
            places: vec![place],
            scale,
            ..default()
        };
        let size = UVec2::new(random.u32(120..3_000), random.u32(100..2_000));
        resize_window(&mut stage, size);
        let Rect { min, max } = area(&mut stage);
        let window = size.as_vec2();
        let is_inside = min.min_element() > -0.6 && (window - max).min_element() > -0.6;
        assert!(
            is_inside,
            "round {round}: {min} {max} in {window}, {place:?}"
        );
        assert!(
            (max - min).min_element() > 40.0,
            "round {round}: {min} {max}"
        );
    }
}

#[test]
fn the_layout_is_kept_for_the_next_run() {
    let mut stage = Stage::new();
    let window = Vec2::new(1_280.0, 720.0);
    layout(&mut stage).set_area(window, Rect::new(500.0, 40.0, 900.0, 300.0));
    layout(&mut stage).fade = ChatFade::Never;
    stage.frames(3);
    let set = layout(&mut stage).clone();
    let mut stage = stage.restart();
    stage.log_in();
    assert_eq!(*layout(&mut stage), set);
    stage.frames(2);
    let area = area(&mut stage);
    assert!(
        (area.min - Vec2::new(500.0, 40.0)).abs().max_element() < 1.5,
        "{area:?}"
    );
}

#[test]
fn a_box_in_a_node_of_the_games_own_is_where_that_node_is() {
    let mut stage = Stage::new();
    let root = stage.part::<ChatBox>();
    stage.app.world_mut().entity_mut(root).despawn();
    let mut theme = stage.app.world_mut().resource_mut::<ChatBoxTheme>();
    theme.corner = ChatBoxCorner::InParent;
    let node = Node {
        position_type: PositionType::Absolute,
        left: Val::Px(700.0),
        top: Val::Px(30.0),
        width: Val::Px(333.0),
        ..default()
    };
    let parent = stage.app.world_mut().spawn(node).id();
    stage.app.world_mut().spawn((ChatBox, ChildOf(parent)));
    layout(&mut stage).set_area(Vec2::new(1_280.0, 720.0), Rect::new(0.0, 0.0, 400.0, 300.0));
    stage.hear("ana", "hi");
    stage.frames(4);
    let area = area(&mut stage);
    assert_eq!((area.min, area.width()), (Vec2::new(700.0, 30.0), 333.0));
    assert!(stage.lines()[0].ends_with("ana: hi"));
    let _ = stage.part::<ChatLog>();
}

/// Taps an arrow while other keys are held.
fn arrow(stage: &mut Stage, held: &[(Key, KeyCode)], key: Key, code: KeyCode) {
    for (key, code) in held {
        stage.press(key.clone(), *code);
    }
    stage.frames(1);
    stage.press(key.clone(), code);
    stage.frames(1);
    let keys = stage.app.world().resource::<ButtonInput<KeyCode>>();
    let is_seen = keys.pressed(code) || keys.just_pressed(code);
    assert!(!is_seen, "the game sees {code:?}");
    stage.release(key, code);
    for (key, code) in held {
        stage.release(key.clone(), *code);
    }
    stage.frames(3);
}

#[test]
fn the_arrows_move_the_box_and_with_shift_they_resize_it() {
    let mut stage = moving();
    let before = area(&mut stage);
    arrow(&mut stage, &[], Key::ArrowRight, KeyCode::ArrowRight);
    arrow(&mut stage, &[], Key::ArrowUp, KeyCode::ArrowUp);
    let control = [(Key::Control, KeyCode::ControlLeft)];
    arrow(&mut stage, &control, Key::ArrowRight, KeyCode::ArrowRight);
    let moved = area(&mut stage);
    let distance = Vec2::new(11.0, -10.0);
    let expected = Rect::from_corners(before.min + distance, before.max + distance);
    assert!(is_near(moved, expected), "{before:?} {moved:?}");
    assert_eq!(layout(&mut stage).places.len(), 1, "it is kept");

    let shift = [(Key::Shift, KeyCode::ShiftLeft)];
    arrow(&mut stage, &shift, Key::ArrowRight, KeyCode::ArrowRight);
    arrow(&mut stage, &shift, Key::ArrowUp, KeyCode::ArrowUp);
    let resized = area(&mut stage);
    let expected = Rect::from_corners(moved.min, moved.max + Vec2::new(10.0, -10.0));
    assert!(is_near(resized, expected), "{moved:?} {resized:?}");

    // A slow frame contains the whole chord.
    stage.press(Key::Shift, KeyCode::ShiftLeft);
    stage.press(Key::ArrowLeft, KeyCode::ArrowLeft);
    stage.release(Key::ArrowLeft, KeyCode::ArrowLeft);
    stage.release(Key::Shift, KeyCode::ShiftLeft);
    stage.frames(3);
    let smaller = area(&mut stage);
    let expected = Rect::from_corners(resized.min, resized.max - Vec2::new(10.0, 0.0));
    assert!(is_near(smaller, expected), "{resized:?} {smaller:?}");

    stage.press(Key::ArrowRight, KeyCode::ArrowRight);
    for _ in 0..200 {
        stage.key(
            Key::ArrowRight,
            KeyCode::ArrowRight,
            ButtonState::Pressed,
            true,
        );
        stage.frames(1);
    }
    stage.release(Key::ArrowRight, KeyCode::ArrowRight);
    stage.frames(3);
    let cornered = area(&mut stage);
    assert!((cornered.max.x - 1_280.0).abs() < 1.0, "{cornered:?}");

    layout(&mut stage).is_locked = true;
    arrow(&mut stage, &[], Key::ArrowLeft, KeyCode::ArrowLeft);
    assert!(is_near(area(&mut stage), cornered), "it is locked");
    layout(&mut stage).is_locked = false;
    stage.escape();
    stage.frames(2);
    stage.press(Key::ArrowLeft, KeyCode::ArrowLeft);
    stage.frames(1);
    let keys = stage.app.world().resource::<ButtonInput<KeyCode>>();
    assert!(
        keys.just_pressed(KeyCode::ArrowLeft),
        "it is the game's again"
    );
    assert!(is_near(area(&mut stage), cornered));
}
