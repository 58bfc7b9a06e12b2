//! What is drawn of the messages, and how much of it exists.

use bevy::{input::keyboard::Key, prelude::*};
use bevy_cometchat::{
    chat_box::{
        ChatBoxTheme, ChatConnectionLine, ChatJumpButton, ChatLog, ChatNotes, ChatTabBar, ChatTabs,
    },
    client::Event,
    prelude::*,
};

use crate::stage::Stage;

fn nodes(stage: &mut Stage) -> usize {
    let mut nodes = stage.app.world_mut().query::<&Node>();
    nodes.iter(stage.app.world()).count()
}

fn hear(stage: &mut Stage, count: usize) {
    for number in 0..count {
        stage.hear("ana", &format!("message {number}"));
        if number % 200 == 199 {
            stage.frames(1);
        }
    }
    stage.frames(6);
}

#[test]
fn a_line_says_when_who_and_what() {
    let mut stage = Stage::new();
    stage.hear("ana", "well met");
    stage.frames(3);
    let lines = stage.lines();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].ends_with("[Zone] ana: well met"), "{lines:?}");
}

#[test]
fn the_number_of_nodes_does_not_grow_with_the_history() {
    let mut stage = Stage::new();
    hear(&mut stage, 100);
    let few = nodes(&mut stage);
    hear(&mut stage, 9_900);
    assert_eq!(nodes(&mut stage), few);
    let lines = stage.lines();
    assert!(lines.last().unwrap().ends_with("message 9899"), "{lines:?}");
}

#[test]
fn scrolled_back_it_stays_put_while_lines_arrive_and_tells_how_many() {
    let mut stage = Stage::new();
    hear(&mut stage, 200);
    stage.enter();
    for _ in 0..3 {
        stage.tap(Key::PageUp, KeyCode::PageUp);
    }
    stage.frames(4);
    let seen = stage.lines();
    assert!(!seen.last().unwrap().ends_with("message 199"));
    for text in ["one", "two", "three"] {
        stage.hear("bob", text);
        stage.frames(3);
        assert_eq!(stage.lines(), seen);
    }
    assert_eq!(stage.says::<ChatJumpButton>(), "3 new");

    for _ in 0..8 {
        stage.tap(Key::PageDown, KeyCode::PageDown);
        stage.frames(3);
    }
    assert!(stage.lines().last().unwrap().ends_with("three"));
    stage.hear("bob", "four");
    stage.frames(3);
    assert!(stage.lines().last().unwrap().ends_with("four"));
}

#[test]
fn scrolling_up_reaches_the_first_line_and_stops_there() {
    let mut stage = Stage::new();
    hear(&mut stage, 120);
    stage.enter();
    for _ in 0..40 {
        stage.tap(Key::PageUp, KeyCode::PageUp);
        stage.frames(2);
    }
    let lines = stage.lines();
    assert!(lines[0].ends_with("message 0"), "{lines:?}");
    assert!(lines.len() > 5);
}

#[test]
fn hostile_text_is_shown_safely() {
    let mut stage = Stage::new();
    let texts = [
        "\u{202E}drawkcab\u{202C} \u{2066}never closed".to_owned(),
        format!("Z{}", "\u{0335}\u{0300}\u{0316}".repeat(400)),
        "a".repeat(10_000),
        "👩‍👩‍👧‍👦🏳️‍🌈👋🏽".repeat(300),
        "汉字かなカナ한국어".repeat(80),
        "السلام عليكم ".repeat(60),
        "one\n\n\n\n\n\ntwo\r\n\u{2028}three\u{0}\u{7}".to_owned(),
        "\u{200B}\u{200B}".to_owned(),
    ];
    for text in &texts {
        stage.hear("mallory\u{202E}", text);
        stage.frames(4);
    }
    let lines = stage.lines();
    for line in &lines {
        assert!(line.chars().count() < 2_200, "{}", line.chars().count());
        assert!(!line.contains(['\u{202E}', '\u{0}', '\u{7}']), "{line:?}");
    }
    assert!(lines.last().unwrap().contains("cannot show"), "{lines:?}");
}

#[test]
fn long_text_wraps() {
    let mut stage = Stage::new();
    stage.hear("ana", "short");
    stage.frames(3);
    stage.hear("ana", &"W".repeat(300));
    stage.frames(4);
    let list = stage.part::<ChatLog>();
    let world = stage.app.world();
    let width = world.get::<ComputedNode>(list).unwrap().size().x;
    let heights: Vec<_> = world
        .get::<Children>(list)
        .unwrap()
        .iter()
        .filter_map(|row| world.get::<ComputedNode>(row))
        .inspect(|row| assert!(row.size().x <= width + 0.5))
        .map(|row| row.size().y)
        .collect();
    let highest = heights.iter().copied().fold(0.0, f32::max);
    assert!(highest > 60.0, "{heights:?}");
}

#[test]
fn tabs_show_their_own_and_count_what_is_unread() {
    let mut stage = Stage::new();
    stage.state().tab = ChatTabs::ZONE;
    stage.hear("ana", "in the zone");
    stage.chat.receive_text("bob", "in your ear");
    stage.frames(4);
    let lines = stage.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].ends_with("ana: in the zone"));
    assert!(tab_labels(&mut stage).contains(&"Whispers 1".to_owned()));

    stage.state().tab = ChatTabs::WHISPERS;
    stage.frames(4);
    let lines = stage.lines();
    assert!(lines[0].ends_with("bob whispers: in your ear"), "{lines:?}");
    assert!(tab_labels(&mut stage).contains(&"Whispers".to_owned()));
}

fn tab_labels(stage: &mut Stage) -> Vec<String> {
    let bar = stage.part::<ChatTabBar>();
    let world = stage.app.world();
    let buttons = world.get::<Children>(bar).unwrap();
    let label = |button| {
        let texts = world.get::<Children>(button).unwrap().iter();
        let texts: Vec<_> = texts
            .map(|it| world.get::<Text>(it).unwrap().0.as_str())
            .collect();
        texts.join(" ").trim_end().to_owned()
    };
    buttons.iter().map(label).collect()
}

#[test]
fn an_edit_and_a_deletion_change_the_line_in_place() {
    let mut stage = Stage::new();
    let mut message = stage.message("ana", "teh fox");
    assert!(stage.chat.receive(message.clone()));
    stage.hear("bob", "what?");
    stage.frames(4);
    let count = stage.lines().len();

    message.content = MessageContent::Text("the fox".into());
    message.details_mut().edited_at = Some(bevy_cometchat::model::Timestamp(5));
    let edited = Event::MessageEdited(message.clone());
    assert!(stage.chat.receive_event(edited));
    stage.frames(4);
    let lines = stage.lines();
    assert!(lines[0].ends_with("ana: the fox (edited)"), "{lines:?}");

    message.details_mut().deleted_at = Some(bevy_cometchat::model::Timestamp(6));
    assert!(stage.chat.receive_event(Event::MessageDeleted(message)));
    stage.frames(4);
    let lines = stage.lines();
    assert!(lines[0].ends_with("ana: Message deleted"), "{lines:?}");
    assert_eq!(lines.len(), count);
}

#[test]
fn notes_of_the_game_stand_among_the_messages() {
    let mut stage = Stage::new();
    stage.hear("ana", "before");
    stage.frames(3);
    stage
        .app
        .world_mut()
        .resource_mut::<ChatNotes>()
        .push("The bell tolls.");
    stage.frames(3);
    stage.hear("ana", "after");
    stage.frames(4);
    let lines = stage.lines();
    let ends = ["before", "The bell tolls.", "after"];
    for (line, end) in lines.iter().zip(ends) {
        assert!(line.ends_with(end), "{lines:?}");
    }
}

#[test]
fn nothing_is_said_of_a_lost_connection_for_five_seconds() {
    let mut stage = Stage::new();
    stage.chat.refuse_connections(Cause::Unreachable);
    stage.chat.drop_connection(Cause::ConnectionLost);
    stage.frames(200);
    assert_eq!(stage.says::<ChatConnectionLine>(), "");
    stage.frames(200);
    let said = stage.says::<ChatConnectionLine>();
    assert!(said.starts_with("No connection. Trying again"), "{said}");

    stage.chat.accept_connections();
    stage.frames(1_500);
    assert_eq!(stage.says::<ChatConnectionLine>(), "");
}

#[test]
fn the_own_name_is_louder_than_that_of_others() {
    let mut stage = Stage::new();
    let mut message = stage.message("ana", "<@uid:me> ask <@uid:bob>");
    message.details_mut().mentions =
        vec![User::new("me", "Me").into(), User::new("bob", "Bob").into()];
    assert!(stage.chat.receive(message));
    stage.frames(4);
    assert!(stage.lines()[0].ends_with("ana: @Me ask @Bob"));
    let own = ChatBoxTheme::default().own_mention;
    assert_eq!(background_of(&mut stage, "@Me"), own);
    assert_eq!(background_of(&mut stage, "@Bob"), Color::NONE);
}

fn background_of(stage: &mut Stage, text: &str) -> Color {
    let mut spans = stage
        .app
        .world_mut()
        .query::<(&TextSpan, &bevy::text::TextBackgroundColor)>();
    let mut spans = spans.iter(stage.app.world());
    spans.find(|(span, _)| span.0 == text).unwrap().1.0
}

#[test]
fn reactions_are_counted_behind_the_text() {
    let mut stage = Stage::new();
    let mut message = stage.message("ana", "we won");
    let reaction = |emoji: &str, count| bevy_cometchat::model::Reaction::new(emoji, count, false);
    message.details_mut().reactions = vec![reaction("❤", 2), reaction("👍", 1)];
    assert!(stage.chat.receive(message));
    stage.frames(4);
    let line = stage.lines()[0].replace('\u{a0}', " ");
    assert!(line.ends_with("we won  ❤ 2   👍 1 "), "{line:?}");
}

#[test]
fn what_this_version_does_not_know_has_a_placeholder() {
    let mut stage = Stage::new();
    let mut message = stage.message("ana", "");
    message.content = MessageContent::Text("".into());
    assert!(stage.chat.receive(message));
    stage.frames(4);
    let lines = stage.lines();
    assert!(
        lines[0].ends_with("this version of the game cannot show"),
        "{lines:?}"
    );
}

#[test]
fn an_own_message_is_dim_until_it_is_sent() {
    let mut stage = Stage::new();
    stage.chat.set_online(false);
    stage.enter();
    stage.type_text("hello");
    stage.enter();
    stage.frames(4);
    assert!(stage.lines()[0].ends_with("me: hello …"));
    let theme = ChatBoxTheme::default();
    assert_ne!(color_of(&mut stage, "hello"), theme.text);
    stage.chat.set_online(true);
    stage.frames(1_000);
    assert_eq!(color_of(&mut stage, "hello").with_alpha(1.0), theme.text);
    let lines = stage.lines();
    assert!(
        lines.len() == 1 && lines[0].ends_with("me: hello"),
        "{lines:?}"
    );
}

fn color_of(stage: &mut Stage, text: &str) -> Color {
    let mut spans = stage.app.world_mut().query::<(&TextSpan, &TextColor)>();
    let mut spans = spans.iter(stage.app.world());
    spans.find(|(span, _)| span.0 == text).unwrap().1.0
}

fn unread(stage: &Stage) -> u64 {
    let history = stage.app.world().resource::<ChatHistory>();
    let unread = history.conversations().map(|it| it.unread());
    unread.sum()
}

#[test]
fn what_a_tab_shows_is_read_as_soon_as_it_is_shown() {
    let mut stage = Stage::new();
    stage.state().tab = ChatTabs::ZONE;
    stage.chat.receive_text("bob", "psst");
    stage.frames(3);
    assert_eq!(unread(&stage), 1);
    stage.state().tab = ChatTabs::WHISPERS;
    stage.frames(3);
    assert_eq!(unread(&stage), 0);
    stage.state().tab = ChatTabs::ZONE;
    stage.frames(3);
    assert!(tab_labels(&mut stage).contains(&"Whispers".to_owned()));
}

#[test]
fn what_arrives_while_the_window_has_no_focus_is_read_when_it_has_it_again() {
    let mut stage = Stage::new();
    let focus = |stage: &mut Stage, focused| {
        let window = stage.window();
        stage
            .app
            .world_mut()
            .get_mut::<Window>(window)
            .unwrap()
            .focused = focused;
        stage.frames(2);
    };
    focus(&mut stage, false);
    stage.hear("ana", "look at me");
    stage.frames(3);
    assert_eq!(unread(&stage), 1);
    focus(&mut stage, true);
    assert_eq!(unread(&stage), 0);
}

#[test]
fn what_arrives_while_the_player_reads_back_is_read_at_the_bottom() {
    let mut stage = Stage::new();
    hear(&mut stage, 60);
    stage.enter();
    for _ in 0..2 {
        stage.tap(Key::PageUp, KeyCode::PageUp);
    }
    stage.hear("bob", "news");
    stage.frames(3);
    assert_eq!(unread(&stage), 1);
    for _ in 0..4 {
        stage.tap(Key::PageDown, KeyCode::PageDown);
        stage.frames(3);
    }
    assert_eq!(unread(&stage), 0);
}
