//! What a game changes and replaces: words, looks, parts; and where the box comes and goes.

use std::time::Duration;

use bevy::{a11y::AccessibilityNode, input::keyboard::Key, input_focus::InputFocus, prelude::*};
use bevy_cometchat::{
    chat_box::{
        AddLineStyle, ChatBox, ChatBoxCorner, ChatBoxReadOnly, ChatBoxStrings, ChatBoxTheme,
        ChatConnectionLine, ChatHint, ChatInput, ChatInputCounter, ChatInputPlaceholder,
        ChatInputRow, ChatInputTarget, ChatJumpButton, ChatLineEntered, ChatLinePart,
        ChatLinePartKind, ChatLineStyles, ChatLog, ChatLogRow, ChatNote, ChatNoteKind, ChatNotes,
        ChatScrollbar, ChatSendGauge, ChatTabBar, ChatTabs, HiddenChatPart, StyledLine,
    },
    prelude::*,
};

use crate::stage::{FRAME, Stage, text_of_node};

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
    stage.app.insert_resource(IsPlain(true)).add_line_style(
        |mut styled: InMut<StyledLine>, is_plain: Res<IsPlain>| {
            if !is_plain.0 {
                return;
            }
            let parts = &mut styled.line.parts;
            parts.retain(|part| part.kind == ChatLinePartKind::Text);
            let name = styled.entry.as_ref().map(|it| it.sender().name.clone());
            let name = format!("<{}> ", name.as_deref().unwrap_or("?"));
            let name = ChatLinePart::new(ChatLinePartKind::Name, name, Color::WHITE);
            styled.line.parts.insert(0, name);
        },
    );
    stage.frames(3);
    assert_eq!(stage.lines(), ["<ana> hi"]);
    stage.app.insert_resource(IsPlain(false));
    let world = stage.app.world_mut();
    world.resource_mut::<ChatLineStyles>().restyle();
    stage.frames(3);
    assert!(stage.lines()[0].ends_with("[Zone] ana: hi"));
}

#[derive(Resource)]
struct IsPlain(bool);

#[test]
fn styles_run_in_their_order_each_on_what_the_one_before_made_and_on_notes_too() {
    let mut stage = Stage::new();
    let add = |letter: char| {
        move |mut styled: InMut<StyledLine>| {
            let kind = styled.note;
            let last = styled.line.parts.last_mut().unwrap();
            last.text.push(letter);
            if kind == Some(ChatNoteKind::Warning) {
                last.text.push('!');
            }
        }
    };
    stage.app.add_line_style(add('1')).add_line_style(add('2'));
    let note = ChatNote::new("careful").with_kind(ChatNoteKind::Warning);
    stage.app.world_mut().resource_mut::<ChatNotes>().push(note);
    stage.hear("ana", "hi");
    stage.frames(1);
    let spans = spoken_lines(&mut stage);
    assert!(spans.iter().all(|line| !line.ends_with("hi")), "{spans:?}");
    stage.frames(3);
    let lines = stage.lines();
    for end in ["careful1!2!", "ana: hi12"] {
        assert!(lines.iter().any(|line| line.ends_with(end)), "{lines:?}");
    }
}

/// What assistive technology gets of the lines.
fn spoken_lines(stage: &mut Stage) -> Vec<String> {
    let world = stage.app.world_mut();
    let mut rows = world.query_filtered::<&AccessibilityNode, With<ChatLogRow>>();
    let labels = rows.iter(world).filter_map(|row| row.label());
    labels.map(str::to_owned).collect()
}

#[test]
fn a_part_that_the_game_hides_stays_hidden_and_comes_back() {
    let mut stage = Stage::new();
    let parts = [
        stage.part::<ChatTabBar>(),
        stage.part::<ChatHint>(),
        stage.part::<ChatConnectionLine>(),
        stage.part::<ChatInputRow>(),
        stage.part::<ChatInputTarget>(),
        stage.part::<ChatInputPlaceholder>(),
        stage.part::<ChatInputCounter>(),
        stage.part::<ChatJumpButton>(),
        stage.part::<ChatScrollbar>(),
        stage.part::<ChatSendGauge>(),
        stage.part::<ChatLog>(),
    ];
    let is_shown = |stage: &Stage, part: Entity| {
        let node = stage.app.world().get::<ComputedNode>(part).unwrap();
        let display = stage.app.world().get::<Node>(part).unwrap().display;
        display != Display::None || node.size().y > 0.0
    };
    for part in parts {
        stage
            .app
            .world_mut()
            .entity_mut(part)
            .insert(HiddenChatPart);
    }
    stage.frames(2);
    for number in 0..30 {
        stage.hear("ana", &format!("message {number}"));
    }
    stage.enter();
    stage.type_text(&"x".repeat(940));
    stage.tap(Key::PageUp, KeyCode::PageUp);
    let mut theme = stage.app.world_mut().resource_mut::<ChatBoxTheme>();
    theme.text_scale = 1.5;
    stage.frames(2);
    stage.escape();
    let chat = stage.chat.clone();
    chat.advance_at(&mut stage.app, Duration::from_secs(14), FRAME * 4);
    stage.hear("ana", "news");
    for _ in 0..4 {
        stage.frames(1);
        for part in parts {
            assert!(!is_shown(&stage, part), "{part}");
        }
    }
    for part in parts {
        let mut part = stage.app.world_mut().entity_mut(part);
        part.remove::<HiddenChatPart>();
    }
    stage.frames(3);
    assert_eq!(stage.says::<ChatInputCounter>(), "60");
    let [bar, hint, line, .., log] = parts;
    assert!(is_shown(&stage, bar) && is_shown(&stage, log));
    assert!(
        !is_shown(&stage, hint) && !is_shown(&stage, line),
        "they have nothing to say"
    );
}

#[test]
fn a_note_has_a_kind_a_color_and_a_button_that_triggers_an_event() {
    #[derive(Event, Clone)]
    struct JoinRaid(u32);
    #[derive(Resource, Default)]
    struct Joined(Vec<u32>);

    let mut stage = Stage::new();
    stage
        .app
        .init_resource::<Joined>()
        .add_observer(|join: On<JoinRaid>, mut joined: ResMut<Joined>| joined.0.push(join.0));
    let mut notes = stage.app.world_mut().resource_mut::<ChatNotes>();
    notes.push("plain");
    notes.push(ChatNote::new("hot").with_kind(ChatNoteKind::Warning));
    notes.push(ChatNote::new("green").with_color(Color::srgb(0.2, 0.9, 0.2)));
    let raid = ChatNote::new("raid").with_kind(ChatNoteKind::Highlight);
    notes.push(raid.with_event("Join", JoinRaid(7)));
    stage.frames(4);
    stage.enter();
    let of_part = |stage: &Stage, part: Entity| stage.app.world().get::<TextColor>(part).unwrap().0;
    let placeholder = stage.part::<ChatInputPlaceholder>();
    let (target, line) = (
        stage.part::<ChatInputTarget>(),
        stage.part::<ChatConnectionLine>(),
    );
    let dim = of_part(&stage, placeholder);
    let (accent, warning) = (of_part(&stage, target), of_part(&stage, line));
    let color = |stage: &mut Stage, text: &str| {
        let mut spans = stage.app.world_mut().query::<(&TextSpan, &TextColor)>();
        let mut spans = spans.iter(stage.app.world());
        spans.find(|(span, _)| span.0 == text).unwrap().1.0
    };
    assert_eq!(color(&mut stage, "plain"), dim);
    assert_eq!(color(&mut stage, "hot"), warning);
    let green = color(&mut stage, "green").to_srgba();
    assert!(green.green > green.red.max(green.blue) + 0.3, "{green:?}");
    assert_eq!(color(&mut stage, "raid"), accent);
    let button = stage.place_of("Join");
    stage.click(button);
    assert_eq!(stage.app.world().resource::<Joined>().0, [7]);
    stage.frames(2);
    assert!(stage.lines().iter().all(|line| !line.contains("Join")));
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
        .map(|tab| (&*tab.id, tab.unread(history)))
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
fn a_box_without_an_input_holds_no_keys_whoever_opens_it() {
    let mut stage = Stage::new();
    let first = root(&mut stage);
    stage.app.world_mut().entity_mut(first).despawn();
    stage.app.world_mut().spawn((ChatBox, ChatBoxReadOnly));
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
