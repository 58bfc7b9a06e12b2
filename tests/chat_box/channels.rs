//! Tabs of the game's own, and the ways to a channel: prefixes, colours, keys.

use bevy::{input::keyboard::Key, prelude::*};
use bevy_cometchat::{
    chat_box::{
        ChatBoxKeys, ChatInput, ChatInputTarget, ChatLineEntered, ChatSafety, ChatTab, ChatTabBar,
        ChatTabCloseButton, ChatTabShows, ChatTabs,
    },
    model::{Group, GroupKind, Receiver},
    prelude::*,
    test_util::text_message,
};

use crate::{
    menus::{choose, open_on},
    stage::{NO_MESSAGES, Stage, text_of_node, zone},
};

fn tabs(stage: &mut Stage) -> Mut<'_, ChatTabs> {
    stage.app.world_mut().resource_mut()
}

fn enter(stage: &mut Stage, line: &str) {
    stage.app.world_mut().trigger(ChatLineEntered::new(line));
    stage.frames(3);
}

/// The texts that were sent, with their receivers.
fn sent(stage: &Stage) -> Vec<(String, ReceiverId)> {
    let receivers = stage.chat.sent();
    let receivers = receivers.iter().map(|it| it.envelope.receiver.clone());
    stage.sent().into_iter().zip(receivers).collect()
}

fn hear_in(stage: &mut Stage, id: u64, guid: &str, text: &str) {
    let group = Receiver::Group(Group::new(guid, guid, GroupKind::Public).into());
    let message = text_message(1_000 + id, User::new("ana", "ana").into(), group, text);
    assert!(stage.chat.receive(message));
    stage.frames(3);
}

fn party() -> ReceiverId {
    Guid::from("party-1").into()
}

/// A stage with a zone and a party.
fn in_party() -> Stage {
    let mut stage = Stage::new();
    tabs(&mut stage).show(ChatTabs::PARTY, party());
    stage.frames(3);
    stage
}

fn labels(stage: &mut Stage) -> Vec<String> {
    let bar = stage.part::<ChatTabBar>();
    let buttons = stage.app.world().get::<Children>(bar).unwrap().to_vec();
    let text = |button: &Entity| text_of_node(stage, *button);
    let labels = buttons.iter().map(text);
    labels
        .map(|label| label.trim_end_matches('×').into())
        .collect()
}

#[test]
fn a_tab_shows_chosen_conversations_or_those_that_match() {
    let mut stage = Stage::new();
    for number in 1..=3 {
        hear_in(
            &mut stage,
            number,
            &format!("raid-{number}"),
            &format!("hello {number}"),
        );
    }
    stage.hear("bob", "in the zone");
    let chosen = ["raid-2", "raid-1"].map(|it| Guid::from(it).into());
    let chosen = ChatTabShows::Conversations(chosen.into());
    let matching = ChatTabShows::matching(|it| it.id().as_str() >= "raid-2");
    for (id, shows) in [("chosen", chosen), ("matching", matching)] {
        tabs(&mut stage).push(ChatTab::new(id.to_owned(), id, shows));
    }
    stage.state().tab = "chosen".into();
    stage.frames(4);
    let lines = stage.lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].ends_with("ana: hello 1") && lines[1].ends_with("ana: hello 2"));
    assert!(
        lines[0].contains("[raid-1]"),
        "which one is said: {lines:?}"
    );

    stage.state().tab = "matching".into();
    stage.frames(4);
    let lines = stage.lines();
    let has = |text: &str| lines.iter().any(|line| line.ends_with(text));
    assert!(
        has("hello 2") && has("hello 3") && has("in the zone"),
        "{lines:?}"
    );
    assert!(!has("hello 1"), "{lines:?}");
    enter(&mut stage, "to the newest");
    stage.state().tab = "chosen".into();
    enter(&mut stage, "to the first");
    let [newest, first] = ["raid-3", "raid-2"].map(|it| Guid::from(it).into());
    let expected = [
        ("to the newest".into(), newest),
        ("to the first".into(), first),
    ];
    assert_eq!(sent(&stage), expected);
}

#[test]
fn whoever_whispers_has_a_tab_which_is_no_target_of_others() {
    let mut stage = Stage::new();
    tabs(&mut stage).opens_whisper_tabs = true;
    stage.chat.receive_text("ana", "psst");
    stage.chat.receive_text("bob", "hey");
    stage.frames(4);
    assert_eq!(labels(&mut stage)[4..], ["ana", "bob"]);
    stage.state().tab = "whisper:ana".into();
    stage.frames(4);
    let lines = stage.lines();
    assert!(lines.len() == 1 && lines[0].ends_with("psst"), "{lines:?}");
    enter(&mut stage, "what?");
    tabs(&mut stage).hide(ChatTabs::ZONE);
    stage.state().tab = ChatTabs::ALL;
    stage.frames(3);
    enter(&mut stage, "hello all");
    assert_eq!(sent(&stage), [("what?".into(), Uid::from("ana").into())]);

    let mut safety = stage.app.world_mut().resource_mut::<ChatSafety>();
    safety.streamer_mode = true;
    stage.frames(3);
    let shown = labels(&mut stage).join(" ");
    assert!(!shown.contains("ana") && !shown.contains("bob"), "{shown}");

    stage.comet().logout();
    stage.frames(6);
    let tabs = tabs(&mut stage);
    assert!(tabs.iter().all(|tab| !tab.id.starts_with("whisper:")));
}

#[test]
fn prefixes_send_to_what_the_game_names_or_address_it() {
    let mut stage = in_party();
    enter(&mut stage, "/p to the party");
    enter(&mut stage, "/S to the zone");
    assert_eq!(
        sent(&stage),
        [
            ("to the party".into(), party()),
            ("to the zone".into(), zone())
        ]
    );
    enter(&mut stage, "/g nobody hears this");
    assert_eq!(stage.sent().len(), 2, "there is no guild");
    assert!(
        stage
            .lines()
            .iter()
            .any(|line| line.contains("no command /g"))
    );

    enter(&mut stage, "/p");
    assert!(stage.is_open());
    assert_eq!(stage.says::<ChatInputTarget>(), "Party");
    stage.type_text("again");
    stage.enter();
    assert_eq!(sent(&stage)[2], ("again".into(), party()));
    enter(&mut stage, "/help");
    assert!(stage.lines().iter().any(|line| line.contains("/p (Party)")));
}

#[test]
fn lines_have_the_color_of_their_channel() {
    let mut stage = in_party();
    hear_in(&mut stage, 1, "party-1", "party talk");
    stage.hear("bob", "zone talk");
    stage.frames(3);
    let mut color = |text: &str| {
        let mut spans = stage.app.world_mut().query::<(&TextSpan, &TextColor)>();
        let mut spans = spans.iter(stage.app.world());
        spans.find(|(span, _)| span.0 == text).unwrap().1.0
    };
    assert_ne!(color("party talk"), color("zone talk"));
    assert_eq!(color("party talk"), color("[Party] "));
}

#[test]
fn tab_cycles_the_channels_when_there_is_nothing_to_complete() {
    let mut stage = in_party();
    stage.enter();
    stage.type_text("hello");
    for target in ["Party", "Zone", "Party"] {
        stage.tap(Key::Tab, KeyCode::Tab);
        assert_eq!(stage.says::<ChatInputTarget>(), target);
    }
    assert_eq!(stage.typed(), "hello");
    stage.enter();
    assert_eq!(sent(&stage), [("hello".into(), party())]);
    stage.enter();
    stage.type_text("/pa");
    stage.tap(Key::Tab, KeyCode::Tab);
    assert_eq!(stage.says::<ChatInputTarget>(), "Zone");
}

#[derive(Resource, Default)]
struct Pressed(Vec<KeyCode>);

#[test]
fn keys_open_the_box_for_a_reply_or_a_channel_and_do_nothing_else() {
    let mut stage = in_party();
    stage.app.init_resource::<Pressed>().add_systems(
        Update,
        |keys: Res<ButtonInput<KeyCode>>, mut pressed: ResMut<Pressed>| {
            pressed.0.extend(keys.get_just_pressed());
        },
    );
    let mut keys = stage.app.world_mut().resource_mut::<ChatBoxKeys>();
    keys.reply = Some(KeyCode::KeyR);
    tabs(&mut stage).get_mut(ChatTabs::PARTY).unwrap().key = Some(KeyCode::KeyP);
    let key = |letter: &str| Key::Character(letter.into());
    stage.tap(key("r"), KeyCode::KeyR);
    assert!(!stage.is_open(), "nobody has whispered");
    assert_eq!(stage.app.world().resource::<Pressed>().0, [KeyCode::KeyR]);

    stage.chat.receive_text("ana", "psst");
    stage.frames(3);
    for (letter, code, target) in [
        ("r", KeyCode::KeyR, "To ana"),
        ("p", KeyCode::KeyP, "Party"),
    ] {
        stage.app.world_mut().resource_mut::<Pressed>().0.clear();
        stage.tap(key(letter), code);
        assert!(stage.is_open());
        assert_eq!(stage.says::<ChatInputTarget>(), target);
        assert_eq!(stage.typed(), "", "the key is not typed");
        let pressed = &stage.app.world().resource::<Pressed>().0;
        assert!(pressed.is_empty(), "the game sees none of it");
        stage.type_text(letter);
        stage.enter();
    }
    assert_eq!(
        sent(&stage),
        [("r".into(), Uid::from("ana").into()), ("p".into(), party())]
    );

    stage.enter();
    stage.type_text("a draft for the zone");
    stage.escape();
    stage.tap(key("r"), KeyCode::KeyR);
    assert_eq!(
        stage.says::<ChatInputTarget>(),
        "Zone",
        "its receiver stays"
    );
}

fn ids(stage: &mut Stage) -> Vec<String> {
    let tabs = tabs(stage);
    tabs.iter().map(|tab| tab.id.to_string()).collect()
}

#[test]
fn a_player_opens_a_tab_for_whispers_and_closes_it() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi");
    stage.frames(3);
    open_on(&mut stage, "ana");
    choose(&mut stage, "Whisper in a tab");
    stage.frames(3);
    assert!(stage.is_open());
    assert_eq!(labels(&mut stage).last().unwrap(), "ana");
    assert_eq!(stage.says::<ChatInputTarget>(), "To ana");
    stage.type_text("psst");
    stage.enter();
    stage.frames(3);
    assert_eq!(sent(&stage), [("psst".into(), Uid::from("ana").into())]);
    assert!(stage.lines().last().unwrap().ends_with("psst"));

    let button = stage.part::<ChatTabCloseButton>();
    let at = stage.middle(button);
    stage.click(at);
    stage.frames(3);
    assert!(!ids(&mut stage).contains(&"whisper:ana".into()));
    assert_eq!(stage.state().tab, ChatTabs::SYSTEM, "the one beside it");
}

#[test]
fn a_tab_that_was_closed_before_the_first_whisper_opens_with_it() {
    let stage = Stage::new();
    stage.chat.answer_conversations(NO_MESSAGES);
    let mut stage = stage.restart();
    tabs(&mut stage).opens_whisper_tabs = true;
    stage.log_in();
    stage.hear("ana", "hi");
    stage.frames(6);
    open_on(&mut stage, "ana");
    choose(&mut stage, "Whisper in a tab");
    stage.frames(3);
    let button = stage.part::<ChatTabCloseButton>();
    let at = stage.middle(button);
    stage.click(at);
    stage.frames(3);
    assert!(!ids(&mut stage).contains(&"whisper:ana".into()));
    stage.chat.receive_text("ana", "psst");
    stage.frames(4);
    assert!(ids(&mut stage).contains(&"whisper:ana".into()));
}

#[test]
fn a_closed_tab_comes_back_with_the_next_whisper() {
    let mut stage = Stage::new();
    tabs(&mut stage).opens_whisper_tabs = true;
    stage.chat.receive_text("ana", "psst");
    stage.frames(4);
    let button = stage.part::<ChatTabCloseButton>();
    assert_eq!(
        stage.spoken::<ChatTabCloseButton>().label(),
        Some("Close the tab of ana")
    );
    let at = stage.middle(button);
    stage.click(at);
    stage.frames(4);
    stage.hear("bob", "in the zone");
    stage.frames(4);
    assert!(!ids(&mut stage).contains(&"whisper:ana".into()));
    stage.chat.receive_text("ana", "are you there?");
    stage.frames(4);
    assert!(ids(&mut stage).contains(&"whisper:ana".into()));
}

#[test]
fn a_key_closes_the_tab_of_a_user_and_no_other() {
    let mut stage = Stage::new();
    tabs(&mut stage).opens_whisper_tabs = true;
    stage.chat.receive_text("ana", "psst");
    stage.frames(4);
    let delete = |stage: &mut Stage, tab: &'static str| {
        stage.state().tab = tab.into();
        stage.frames(2);
        stage.enter();
        stage.press(Key::Shift, KeyCode::ShiftLeft);
        stage.frames(1);
        // To the connection line, if it is shown, the newest line and the tabs.
        while stage.is_open() {
            stage.tap(Key::Tab, KeyCode::Tab);
            let input = stage.spoken::<ChatInput>();
            let at = input.active_descendant().map(|it| Entity::from_bits(it.0));
            let bar = stage.part::<ChatTabBar>();
            let parent = at.and_then(|at| stage.app.world().get::<ChildOf>(at));
            if parent.is_some_and(|it| it.parent() == bar) {
                break;
            }
        }
        stage.release(Key::Shift, KeyCode::ShiftLeft);
        stage.frames(1);
        stage.tap(Key::Delete, KeyCode::Delete);
        stage.frames(2);
        stage.escape();
        stage.escape();
    };
    delete(&mut stage, "zone");
    assert!(ids(&mut stage).contains(&"zone".into()));
    delete(&mut stage, "whisper:ana");
    assert!(!ids(&mut stage).contains(&"whisper:ana".into()));
}
