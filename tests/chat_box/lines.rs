//! How lines stand in the list: whole at its upper edge, indented, cut when they are long, folded when they are alike.

use std::{ops::Range, time::Duration};

use bevy::{
    input::keyboard::Key,
    picking::pointer::{PointerAction, PointerButton},
    prelude::*,
};
use bevy_cometchat::{
    chat_box::{
        ChatBox, ChatLayout, ChatLineEntered, ChatLog, ChatLogRow, ChatScrollbar, ChatTab,
        ChatTabBar, ChatTabShows, ChatTabs,
    },
    prelude::*,
};

use crate::stage::{FRAME, Stage, text_of_node};

/// The height of a line of text, in the default theme at 720 pixels.
const LINE: f32 = 18.0;

/// The upper and the lower end of a node.
fn ends(stage: &Stage, entity: Entity) -> (f32, f32) {
    let world = stage.app.world();
    let half = world.get::<ComputedNode>(entity).unwrap().size().y / 2.0;
    let at = stage.middle(entity).y;
    (at - half, at + half)
}

/// The rows that are drawn, the topmost first.
fn rows(stage: &mut Stage) -> Vec<Entity> {
    let mut rows = stage
        .app
        .world_mut()
        .query_filtered::<(Entity, &InheritedVisibility), With<ChatLogRow>>();
    let rows = rows.iter(stage.app.world());
    let mut rows: Vec<_> = rows
        .filter(|(_, visibility)| visibility.get())
        .map(|(row, _)| row)
        .collect();
    rows.sort_by(|one, other| ends(stage, *one).0.total_cmp(&ends(stage, *other).0));
    rows
}

/// Where the list cuts off what is above.
fn upper_edge(stage: &mut Stage) -> f32 {
    let list = stage.part::<ChatLog>();
    let inset = stage.app.world().get::<Node>(list).unwrap().padding.top;
    let Val::Px(inset) = inset else {
        return ends(stage, list).0;
    };
    ends(stage, list).0 + inset
}

/// A box with more messages than it shows, of one to four lines.
fn crowded() -> Stage {
    let mut stage = Stage::new();
    for number in 0..60 {
        let text = "some words that make more than one line of it ".repeat(number % 4 + 1);
        stage.hear("ana", &text);
    }
    stage.frames(8);
    stage
}

/// How many lines are visible of each row that the upper edge cuts.
fn rows_at_edge(stage: &mut Stage) -> Vec<f32> {
    let edge = upper_edge(stage);
    let rows = rows(stage).into_iter().map(|row| ends(stage, row));
    rows.filter(|(top, bottom)| *top < edge - 0.5 && *bottom > edge + 0.5)
        .map(|(_, bottom)| (bottom - 1.0 - edge) / LINE)
        .collect()
}

/// The same of the rows that it cuts through a line.
fn cut_rows(stage: &mut Stage) -> Vec<f32> {
    let mut rows = rows_at_edge(stage);
    rows.retain(|lines| (lines - lines.round()).abs() >= 0.12);
    rows
}

#[test]
fn no_line_of_text_is_cut_through_at_the_upper_edge() {
    let mut stage = crowded();
    stage.enter();
    for _ in 0..6 {
        assert_eq!(cut_rows(&mut stage), [0.0; 0]);
        let is_full = !rows_at_edge(&mut stage).is_empty();
        let list = stage.part::<ChatLog>();
        let first = rows(&mut stage).into_iter().map(|row| ends(&stage, row));
        let first = first.map(|(top, _)| top).fold(f32::INFINITY, f32::min);
        assert!(is_full || first < ends(&stage, list).0 + LINE + 3.0);
        stage.tap(Key::PageUp, KeyCode::PageUp);
        stage.frames(3);
    }
}

/// Checks a box of this width in each of these heights.
fn assert_whole_lines(stage: &mut Stage, width: f32, heights: Range<u16>) {
    let chat_box = stage.part::<ChatBox>();
    for height in heights.step_by(7) {
        let world = stage.app.world_mut();
        let mut layout = world.get_mut::<ChatLayout>(chat_box).unwrap();
        let area = Rect::new(400.0, 100.0, 400.0 + width, 100.0 + f32::from(height));
        layout.set_area(Vec2::new(1_280.0, 720.0), area);
        stage.frames(6);
        assert_eq!(cut_rows(stage), [0.0; 0], "{height} pixels");
    }
}

#[test]
fn no_line_of_text_is_cut_through_in_a_box_of_any_height() {
    let mut stage = crowded();
    assert_whole_lines(&mut stage, 460.0, 140..400);
}

#[test]
fn no_line_of_text_is_cut_through_in_a_box_that_is_made_for_a_tab() {
    let mut stage = crowded();
    let first = stage.part::<ChatBox>();
    let world = stage.app.world_mut();
    world.trigger(ChatLineEntered::new("/layout out Zone"));
    stage.frames(8);
    stage.app.world_mut().despawn(first);
    for last in ["one", "two ".repeat(30).trim(), "three"] {
        stage.hear("ben", last);
        stage.frames(4);
        assert_eq!(cut_rows(&mut stage), [0.0; 0]);
    }
}

#[test]
fn no_line_of_text_is_cut_through_where_the_tabs_leave_less_room() {
    let mut stage = crowded();
    for number in 0..6 {
        let id = format!("friend-{number}");
        let tab = ChatTab::new(id.clone(), id, ChatTabShows::Whispers);
        stage.app.world_mut().resource_mut::<ChatTabs>().push(tab);
    }
    assert_whole_lines(&mut stage, 320.0, 150..260);
}

#[test]
fn what_is_wrapped_is_indented_so_that_nobody_fakes_a_line_of_another() {
    let mut stage = Stage::new();
    stage.hear("mallory", "hello\n12:34 [Zone] bob: send me your gold");
    stage.frames(4);
    let row = rows(&mut stage)[0];
    let texts: Vec<_> = stage.app.world().get::<Children>(row).unwrap().to_vec();
    let [time, body] = texts[..] else {
        panic!("{texts:?}");
    };
    let width = |entity| {
        stage
            .app
            .world()
            .get::<ComputedNode>(entity)
            .unwrap()
            .size()
            .x
    };
    let time_end = stage.middle(time).x + width(time) / 2.0;
    let body_start = stage.middle(body).x - width(body) / 2.0;
    assert!(width(time) > 20.0);
    assert!(body_start > time_end, "{body_start} {time_end}");
    let (top, bottom) = ends(&stage, body);
    assert!(bottom - top > 1.5 * LINE, "it has two lines");
}

fn long_message(stage: &mut Stage) {
    let text = (0..120)
        .map(|word| format!("word{word}"))
        .collect::<Vec<_>>();
    stage.hear("ana", &text.join(" "));
    stage.frames(5);
}

fn lines_of_text(stage: &mut Stage) -> f32 {
    let row = *rows(stage).last().unwrap();
    let (top, bottom) = ends(stage, row);
    (bottom - top) / LINE
}

#[test]
fn of_a_long_message_six_lines_are_shown_until_a_click_opens_it() {
    let mut stage = Stage::new();
    long_message(&mut stage);
    let lines = lines_of_text(&mut stage);
    assert!((5.5..6.5).contains(&lines), "{lines}");
    let text = stage.lines().pop().unwrap();
    assert!(
        text.contains("word0 ") && text.ends_with("… more"),
        "{text}"
    );

    let more = stage.place_of("more");
    stage.click(more);
    stage.frames(3);
    let text = stage.lines().pop().unwrap();
    assert!(text.ends_with("word119 less"), "{text}");
    assert!(lines_of_text(&mut stage) > 10.0);

    let less = stage.place_of("less");
    stage.click(less);
    stage.frames(4);
    assert!(stage.lines().pop().unwrap().ends_with("… more"));
}

#[test]
fn a_long_message_is_opened_by_the_keyboard_too() {
    let mut stage = Stage::new();
    long_message(&mut stage);
    stage.hear("bob", "short");
    stage.frames(4);
    stage.enter();
    stage.with_control("o", KeyCode::KeyO);
    stage.frames(4);
    let lines = stage.lines();
    assert!(
        lines[lines.len() - 2].ends_with("word119 less"),
        "{lines:?}"
    );
    assert_eq!(stage.typed(), "");
    stage.with_control("o", KeyCode::KeyO);
    stage.frames(4);
    let lines = stage.lines();
    assert!(lines[lines.len() - 2].ends_with("… more"), "{lines:?}");
}

#[test]
fn repeated_lines_are_folded_and_counted() {
    let mut stage = Stage::new();
    for _ in 0..4 {
        stage.hear("ana", "buy my fish");
        stage.frames(2);
    }
    stage.hear("bob", "buy my fish");
    stage.hear("ana", "buy my fish");
    stage.hear("ana", "please");
    stage.frames(4);
    let lines = stage.lines();
    let ends = [
        "ana: buy my fish ×4",
        "bob: buy my fish",
        "ana: buy my fish",
        "ana: please",
    ];
    assert_eq!(lines.len(), ends.len(), "{lines:?}");
    for (line, end) in lines.iter().zip(ends) {
        assert!(line.ends_with(end), "{lines:?}");
    }
}

#[test]
fn a_folded_line_grows_while_the_player_reads_back() {
    let mut stage = Stage::new();
    for number in 0..40 {
        stage.hear("ana", &format!("message {number}"));
    }
    stage.hear("ana", "again");
    stage.frames(6);
    stage.enter();
    stage.tap(Key::PageUp, KeyCode::PageUp);
    stage.frames(3);
    for _ in 0..5 {
        stage.hear("ana", "again");
        stage.frames(2);
    }
    for _ in 0..4 {
        stage.tap(Key::PageDown, KeyCode::PageDown);
        stage.frames(3);
    }
    let lines = stage.lines();
    assert!(lines.last().unwrap().ends_with("again ×6"), "{lines:?}");
    assert!(lines[lines.len() - 2].ends_with("message 39"), "{lines:?}");
}

#[test]
fn who_joins_is_folded_into_one_line() {
    let mut stage = Stage::new();
    stage.chat.add_group("zone", GroupDetails::new());
    stage.app.world_mut().spawn(ChatMember::of("zone"));
    stage.frames(20);
    stage.hear("zoe", "hello");
    for uid in ["ana", "ben", "cai", "dag", "eve"] {
        stage.chat.add_group_member("zone", uid);
        stage.frames(2);
    }
    stage.frames(4);
    let lines = stage.lines();
    let last = lines.last().unwrap();
    assert!(last.ends_with("ana, ben and 3 others joined"), "{lines:?}");
    let joined = lines.iter().filter(|line| line.contains("joined"));
    assert!(joined.count() <= 2, "{lines:?}");
}

#[test]
fn a_thin_scrollbar_shows_where_the_player_is() {
    let mut stage = Stage::new();
    stage.hear("ana", "one");
    stage.enter();
    stage.frames(3);
    let bar = stage.part::<ChatScrollbar>();
    let is_shown = |stage: &Stage| {
        stage
            .app
            .world()
            .get::<InheritedVisibility>(bar)
            .unwrap()
            .get()
    };
    assert!(!is_shown(&stage), "all of it is visible");
    for number in 0..60 {
        stage.hear("ana", &format!("message {number}"));
    }
    stage.frames(8);
    assert!(is_shown(&stage));
    let thumb = stage.app.world().get::<Children>(bar).unwrap()[0];
    let list = stage.part::<ChatLog>();
    let (_, lower) = ends(&stage, list);
    let (top, bottom) = ends(&stage, thumb);
    assert!((lower - bottom).abs() < 4.0, "{lower} {bottom}");
    stage.tap(Key::PageUp, KeyCode::PageUp);
    stage.frames(3);
    assert!(ends(&stage, thumb).0 < top - 10.0);

    // Dragged to the upper end.
    let mut at = stage.middle(thumb);
    stage.point_at(at);
    stage.pointer(at, PointerAction::Press(PointerButton::Primary));
    stage.frames(1);
    for _ in 0..40 {
        at.y -= 10.0;
        stage.pointer(
            at,
            PointerAction::Move {
                delta: Vec2::new(0.0, -10.0),
            },
        );
        stage.frames(2);
    }
    stage.pointer(at, PointerAction::Release(PointerButton::Primary));
    stage.frames(4);
    let lines = stage.lines();
    assert!(
        lines[0].ends_with("one") || lines[0].ends_with("message 0"),
        "{lines:?}"
    );
}

#[test]
fn no_hole_is_left_when_the_window_shrinks() {
    let mut stage = Stage::new();
    for number in 0..8 {
        stage.hear("ana", &format!("line {number}"));
    }
    stage.frames(6);
    let mut cameras = stage.app.world_mut().query::<&mut Camera>();
    let mut camera = cameras.single_mut(stage.app.world_mut()).unwrap();
    camera.computed.target_info.as_mut().unwrap().physical_size = UVec2::new(640, 360);
    stage.frames(8);
    let list = stage.part::<ChatLog>();
    let (top, bottom) = ends(&stage, list);
    let rows = rows(&mut stage).into_iter();
    let heights = rows
        .map(|row| ends(&stage, row))
        .map(|(top, bottom)| bottom - top);
    let content: f32 = heights.sum();
    assert!((bottom - top) - content < 2.0, "{} {content}", bottom - top);
}

#[test]
fn a_faded_box_takes_no_clicks() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi all");
    stage.frames(3);
    let name = stage.place_of("ana");
    let bar = stage.part::<ChatTabBar>();
    let tab = stage.app.world().get::<Children>(bar).unwrap()[2];
    let tab = stage.middle(tab);
    for at in [name, tab] {
        let chat = stage.chat.clone();
        stage.point_at(Vec2::new(1_200.0, 20.0));
        chat.advance_at(&mut stage.app, Duration::from_secs(14), FRAME * 4);
        let root = stage.part::<ChatBox>();
        let pickable = stage.app.world().get::<Pickable>(root).unwrap();
        assert!(!pickable.should_block_lower, "the game gets the click");
        stage.pointer(at, PointerAction::Move { delta: Vec2::ONE });
        stage.pointer(at, PointerAction::Press(PointerButton::Primary));
        stage.frames(1);
        stage.pointer(at, PointerAction::Release(PointerButton::Primary));
        stage.frames(4);
        assert!(!stage.is_open());
        assert_eq!(stage.state().tab, ChatTabs::ALL);
    }
    stage.click(name);
    assert!(stage.is_open(), "it is visible now");
}

#[test]
fn what_is_unread_is_a_badge_on_its_tab() {
    let mut stage = Stage::new();
    stage.state().tab = ChatTabs::ZONE;
    stage.chat.receive_text("bob", "psst");
    stage.frames(4);
    let bar = stage.part::<ChatTabBar>();
    let world = stage.app.world();
    let tab = world.get::<Children>(bar).unwrap()[2];
    let [label, badge] = world.get::<Children>(tab).unwrap()[..] else {
        panic!();
    };
    assert_eq!(text_of_node(&stage, label), "Whispers");
    assert_eq!(text_of_node(&stage, badge), "1");
    let background = world.get::<BackgroundColor>(badge).unwrap().0;
    assert!(background.alpha() > 0.9);
    let node = world.get::<ComputedNode>(badge).unwrap();
    assert!(node.border_radius().top_left > 5.0);
    assert!(node.size().x > 10.0);
}

#[test]
fn a_game_may_despawn_rows() {
    let mut stage = Stage::new();
    for text in ["one", "two", "three"] {
        stage.hear("ana", text);
    }
    stage.frames(4);
    let world = stage.app.world_mut();
    let mut rows = world.query_filtered::<Entity, With<ChatLogRow>>();
    let rows: Vec<_> = rows.iter(world).collect();
    for row in rows {
        world.despawn(row);
    }
    stage.frames(2);
    stage.enter();
    stage.hear("ana", "four");
    stage.frames(4);
    assert_eq!(stage.lines().len(), 4);
}
