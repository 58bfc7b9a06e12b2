//! What a game changes and replaces: words, looks, parts; and where the box comes and goes.

use bevy::{input_focus::InputFocus, prelude::*};
use bevy_cometchat::{
    chat_box::{
        ChatBox, ChatBoxCorner, ChatBoxStrings, ChatBoxTheme, ChatInput, ChatInputPlaceholder,
        ChatLineEntered, ChatLinePart, ChatLinePartKind, ChatLineStyle, ChatTabBar, ChatTabs,
    },
    prelude::*,
};

use crate::stage::{Stage, text_of_node};

fn root(stage: &mut Stage) -> Entity {
    let mut boxes = stage
        .app
        .world_mut()
        .query_filtered::<Entity, (With<ChatBox>, With<Children>)>();
    boxes.single(stage.app.world()).unwrap()
}

#[test]
fn words_change_while_the_game_runs() {
    let mut stage = Stage::new();
    stage.chat.receive_text("bob", "psst");
    stage.frames(3);
    let mut strings = stage.app.world_mut().resource_mut::<ChatBoxStrings>();
    strings.whisper_from = "{name} flüstert".into();
    strings.press_to_chat = "Eingabe drücken".into();
    stage.frames(3);
    assert!(stage.lines()[0].ends_with("bob flüstert: psst"));
    assert_eq!(stage.says::<ChatInputPlaceholder>(), "Eingabe drücken");
}

#[test]
fn the_theme_changes_while_the_game_runs() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi");
    stage.frames(3);
    let root = root(&mut stage);
    let (x, width) = place(&stage, root);
    let mut theme = stage.app.world_mut().resource_mut::<ChatBoxTheme>();
    theme.corner = ChatBoxCorner::TopRight;
    theme.width = 300.0;
    theme.text_scale = 2.0;
    theme.high_contrast = true;
    stage.frames(4);
    let (x_after, width_after) = place(&stage, root);
    assert!(x_after > x && width_after < width);
    let background = stage.app.world().get::<BackgroundColor>(root).unwrap();
    assert_eq!(background.0, Color::BLACK);
    assert!(stage.lines()[0].ends_with("ana: hi"));
    let fonts = font_sizes(&mut stage);
    assert!(fonts.iter().any(|size| *size > 24.0), "{fonts:?}");
}

fn place(stage: &Stage, root: Entity) -> (f32, f32) {
    let size = stage.app.world().get::<ComputedNode>(root).unwrap().size();
    (stage.middle(root).x, size.x)
}

/// In pixels of a window 720 pixels high.
fn font_sizes(stage: &mut Stage) -> Vec<f32> {
    let mut fonts = stage
        .app
        .world_mut()
        .query_filtered::<&TextFont, With<TextSpan>>();
    let fonts = fonts.iter(stage.app.world());
    fonts
        .map(|font| match font.font_size {
            bevy::text::FontSize::Vh(percent) => percent * 7.2,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_style_changes_lines_and_makes_others() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi");
    stage.frames(3);
    stage.app.insert_resource(ChatLineStyle::new(|line, entry| {
        line.parts
            .retain(|part| part.kind == ChatLinePartKind::Text);
        let name = entry.map_or("?", |entry| &entry.sender().name);
        let name = ChatLinePart::new(ChatLinePartKind::Name, format!("<{name}> "), Color::WHITE);
        line.parts.insert(0, name);
    }));
    stage.frames(3);
    assert_eq!(stage.lines(), ["<ana> hi"]);
    stage.app.insert_resource(ChatLineStyle::default());
    stage.frames(3);
    assert!(stage.lines()[0].ends_with("[Zone] ana: hi"));
}

#[test]
fn an_input_of_the_games_own_sends_and_runs_commands() {
    let mut stage = Stage::new();
    stage.app.world_mut().trigger(ChatLineEntered::new("hello"));
    stage.app.world_mut().trigger(ChatLineEntered::new("/help"));
    stage.frames(3);
    assert_eq!(stage.sent(), ["hello"]);
    assert!(stage.lines().iter().any(|line| line.contains("/help")));
}

#[test]
fn a_bar_of_tabs_of_the_games_own_knows_what_is_there_and_unread() {
    let mut stage = Stage::new();
    let bar = stage.part::<ChatTabBar>();
    stage.app.world_mut().get_mut::<Node>(bar).unwrap().display = Display::None;
    stage.state().tab = ChatTabs::ZONE;
    stage.chat.receive_text("bob", "psst");
    stage.frames(3);
    let (tabs, history) = (
        stage.app.world().resource::<ChatTabs>(),
        stage.app.world().resource::<ChatHistory>(),
    );
    let there: Vec<_> = tabs
        .iter()
        .filter(|tab| tab.is_visible())
        .map(|tab| (tab.id, tab.unread(history)))
        .collect();
    assert_eq!(
        there,
        [("all", 0), ("zone", 0), ("whispers", 1), ("system", 0)]
    );
    assert_eq!(
        stage.app.world().get::<ComputedNode>(bar).unwrap().size(),
        Vec2::ZERO
    );
}

#[test]
fn a_second_box_stays_empty_and_the_first_one_works() {
    let mut stage = Stage::new();
    stage.app.world_mut().spawn(ChatBox);
    stage.frames(3);
    stage.enter();
    stage.type_text("still here");
    stage.enter();
    assert_eq!(stage.sent(), ["still here"]);
}

#[test]
fn a_box_that_goes_while_the_player_types_gives_the_keys_back() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text("hal");
    let first = root(&mut stage);
    stage.app.world_mut().entity_mut(first).despawn();
    stage.frames(2);
    assert!(!stage.is_open());
    assert_eq!(stage.app.world().resource::<InputFocus>().get(), None);
    stage.hear("ana", "hi");
    stage.enter();
    stage.frames(3);
    assert!(!stage.is_open(), "there is nothing to type into");

    stage.app.world_mut().spawn(ChatBox);
    stage.frames(3);
    assert!(stage.lines()[0].ends_with("ana: hi"));
    assert_eq!(stage.says::<ChatInputPlaceholder>(), "Press Enter to chat");
    let bar = stage.part::<ChatTabBar>();
    let tabs = stage.app.world().get::<Children>(bar).unwrap();
    assert_eq!(tabs.len(), 4, "the tabs are there again");
    let input = stage.spoken::<ChatInput>();
    assert_eq!(input.label(), Some("Say something, or /help"));
    stage.enter();
    stage.type_text("back");
    stage.enter();
    assert_eq!(stage.sent(), ["back"]);
}

#[test]
fn without_a_box_whoever_opens_it_holds_no_keys() {
    let mut stage = Stage::new();
    let first = root(&mut stage);
    stage.app.world_mut().entity_mut(first).despawn();
    stage.state().is_open = true;
    stage.frames(2);
    assert!(!stage.is_open());
}

#[test]
fn a_window_that_closes_while_the_player_types_is_no_trouble() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text("hal");
    let window = stage.window();
    stage.app.world_mut().entity_mut(window).despawn();
    stage.hear("ana", "hi");
    stage.frames(10);
    let input = stage.part::<ChatInput>();
    assert_eq!(text_of_node(&stage, input), "");
}

#[test]
fn no_tabs_at_all_are_no_trouble() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi");
    stage.app.insert_resource(ChatTabs::new([]));
    stage.frames(4);
    assert!(stage.lines().is_empty());
    stage.enter();
    stage.type_text("hello?");
    stage.enter();
    stage.frames(3);
    assert!(stage.sent().is_empty());
}
