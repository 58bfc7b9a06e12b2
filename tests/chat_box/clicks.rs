//! What clicks do, from the pointer on.

use bevy::{
    input::keyboard::Key,
    picking::pointer::PointerButton,
    prelude::*,
    text::Underline,
    window::{CursorIcon, SystemCursorIcon},
};
use bevy_cometchat::{
    chat_box::{
        ChatInputRow, ChatInputTarget, ChatJumpButton, ChatLinePartKind, ChatLogRow,
        ChatSpanClicked, ChatSpanHovered, ChatTabBar, ChatTabs, ChipClicked, NameMenuRequested,
    },
    model::CustomMessage,
    prelude::*,
};
use serde::{Deserialize, Serialize};

use crate::stage::{Stage, zone};

#[derive(Serialize, Deserialize)]
struct ItemLink {
    item: u32,
}

impl Payload for ItemLink {
    const KIND: &'static str = "item_link";

    fn fallback_text(&self) -> String {
        "Rusty Key".into()
    }
}

#[test]
fn a_click_on_a_name_addresses_a_whisper_and_opens_the_box() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi all");
    stage.frames(3);
    let name = stage.place_of("ana");
    stage.click(name);
    assert!(stage.is_open());
    assert_eq!(stage.says::<ChatInputTarget>(), "To ana");

    stage.type_text("psst");
    stage.enter();
    let sent = stage.chat.sent();
    assert_eq!(sent[0].envelope.receiver, Uid::from("ana").into());
    assert_eq!(stage.state().to, None, "the next line is no whisper");
}

#[test]
fn what_can_be_clicked_is_underlined_and_the_pointer_is_a_hand() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi all");
    stage.frames(3);
    let window = stage.window();
    let icon = |stage: &Stage| stage.app.world().get::<CursorIcon>(window).cloned();
    let own: CursorIcon = SystemCursorIcon::Crosshair.into();
    stage.app.world_mut().entity_mut(window).insert(own.clone());
    let underlined = |stage: &mut Stage| {
        let mut spans = stage
            .app
            .world_mut()
            .query_filtered::<&TextSpan, With<Underline>>();
        let spans = spans.iter(stage.app.world());
        spans.map(|span| span.0.clone()).collect::<Vec<_>>()
    };
    let (name, text) = (stage.place_of("ana"), stage.place_of("hi all"));
    stage.point_at(name);
    assert_eq!(underlined(&mut stage), ["ana"]);
    assert_eq!(icon(&stage), Some(SystemCursorIcon::Pointer.into()));
    stage.point_at(text);
    assert!(underlined(&mut stage).is_empty());
    assert_eq!(icon(&stage), Some(own), "the game's own icon is back");
}

#[test]
fn only_the_left_button_acts() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi all");
    stage.chat.receive_text("bob", "psst");
    stage.frames(3);
    let name = stage.place_of("ana");
    let bar = stage.part::<ChatTabBar>();
    let buttons = stage.app.world().get::<Children>(bar).unwrap();
    let tab = stage.middle(buttons[1]);
    for button in [PointerButton::Secondary, PointerButton::Middle] {
        stage.click_with(button, name);
        assert!(!stage.is_open());
        stage.click_with(button, tab);
        assert_eq!(stage.state().tab, ChatTabs::ALL);
    }
    stage.click(tab);
    assert_eq!(stage.state().tab, ChatTabs::ZONE);
}

#[test]
fn a_click_on_what_was_said_does_nothing() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi all");
    stage.frames(3);
    let text = stage.place_of("hi all");
    stage.click(text);
    assert!(!stage.is_open());
}

#[test]
fn a_click_on_a_chip_tells_the_game_what_it_holds() {
    #[derive(Resource, Default)]
    struct Clicked(Vec<u32>);
    let mut stage = Stage::new();
    stage.app.init_resource::<Clicked>().add_observer(
        |clicked: On<ChipClicked>, mut items: ResMut<Clicked>| {
            let link = clicked.chip.payload::<ItemLink>();
            items.0.push(link.unwrap().unwrap().item);
        },
    );
    let link = CustomMessage::payload(Guid::from("zone"), &ItemLink { item: 7 }).unwrap();
    stage.chat.receive_from("ana", link);
    stage.frames(3);
    let chip = stage.place_of("Rusty Key");
    stage.click(chip);
    assert_eq!(stage.app.world().resource::<Clicked>().0, [7]);
    assert!(!stage.is_open());
}

/// A stage on which a line of the player's was refused.
fn refused() -> Stage {
    let mut stage = Stage::new();
    let spam = ErrorCode::Other("ERR_SPAM".into());
    stage.chat.fail_next_send(spam, "no");
    stage.enter();
    stage.type_text("hello");
    stage.enter();
    stage.frames(4);
    let lines = stage.lines();
    let why = "Not sent: the server refused it";
    assert!(lines[0].contains(why), "{lines:?}");
    stage
}

#[derive(Resource, Default)]
struct Seen {
    clicks: Vec<ChatLinePartKind>,
    areas: Vec<Option<Rect>>,
    menus: Vec<String>,
}

#[test]
fn lines_names_and_chips_report_clicks_hovers_and_menus_and_the_game_may_handle_them() {
    let mut stage = Stage::new();
    stage
        .app
        .init_resource::<Seen>()
        .add_observer(|mut clicked: On<ChatSpanClicked>, mut seen: ResMut<Seen>| {
            seen.clicks.push(clicked.span.kind.unwrap());
            clicked.is_handled = true;
        })
        .add_observer(|hovered: On<ChatSpanHovered>, mut seen: ResMut<Seen>| {
            seen.areas.push(hovered.area);
        })
        .add_observer(|mut menu: On<NameMenuRequested>, mut seen: ResMut<Seen>| {
            seen.menus.push(menu.name.user.name.to_string());
            menu.is_handled = true;
        });
    stage.hear("ana", "hi all");
    let link = CustomMessage::payload(Guid::from("zone"), &ItemLink { item: 7 }).unwrap();
    let link = stage.chat.receive_from("bob", link).unwrap();
    stage.frames(4);
    let (name, text) = (stage.place_of("ana"), stage.place_of("hi all"));
    let chip = stage.place_of("Rusty Key");
    for at in [name, text, chip] {
        stage.click(at);
    }
    stage.click_with(PointerButton::Secondary, name);
    stage.point_at(text);
    assert!(!stage.is_open() && !stage.modes().is_menu_open());
    let seen = stage.app.world().resource::<Seen>();
    let kinds = [
        ChatLinePartKind::Name,
        ChatLinePartKind::Text,
        ChatLinePartKind::Chip,
    ];
    assert_eq!(seen.clicks, kinds);
    assert_eq!(seen.menus, ["ana"]);
    let areas = &seen.areas;
    assert_eq!(
        areas.len(),
        6,
        "over and out of the name, the chip, the name: {areas:?}"
    );
    assert!(areas[0].unwrap().contains(name) && areas[2].unwrap().contains(chip));
    assert!(!areas[0].unwrap().contains(text), "{areas:?}");
    assert!([1, 3, 5].iter().all(|at| areas[*at].is_none()), "{areas:?}");

    let mut rows = stage.app.world_mut().query::<&ChatLogRow>();
    let rows = rows.iter(stage.app.world());
    let shown: Vec<_> = rows.filter_map(|row| row.message).collect();
    assert!(
        shown.contains(&MessageId(1)) && shown.contains(&link),
        "{shown:?}"
    );
}

#[test]
fn a_click_sends_again_what_was_not_sent() {
    let mut stage = refused();
    let button = stage.place_of("Try again");
    stage.click(button);
    stage.frames(4);
    let lines = stage.lines();
    assert!(lines[0].ends_with("me: hello"), "{lines:?}");
    assert_eq!(stage.sent(), ["hello", "hello"]);
    assert_eq!(stage.chat.sent()[1].envelope.receiver, zone());
}

#[test]
fn a_click_gives_up_what_was_not_sent() {
    let mut stage = refused();
    let button = stage.place_of("Give up");
    stage.click(button);
    stage.frames(4);
    assert_eq!(stage.lines(), [""; 0]);
    assert_eq!(stage.sent(), ["hello"]);
}

#[test]
fn a_click_on_the_button_jumps_down_to_the_new_messages() {
    let mut stage = Stage::new();
    for number in 0..60 {
        stage.hear("ana", &format!("message {number}"));
    }
    stage.frames(6);
    stage.enter();
    for _ in 0..2 {
        stage.tap(Key::PageUp, KeyCode::PageUp);
    }
    stage.hear("bob", "news");
    stage.frames(4);
    assert_eq!(stage.says::<ChatJumpButton>(), "1 new");
    let button = stage.part::<ChatJumpButton>();
    let button = stage.middle(button);
    stage.click(button);
    stage.frames(3);
    assert!(stage.lines().last().unwrap().ends_with("news"));
}

#[test]
fn a_click_on_a_tab_shows_it_and_forgets_whom_a_whisper_was_for() {
    let mut stage = Stage::new();
    stage.state().to = Some(Uid::from("ana").into());
    stage.frames(1);
    let bar = stage.part::<ChatTabBar>();
    let buttons = stage.app.world().get::<Children>(bar).unwrap();
    let zone_tab = stage.middle(buttons[1]);
    stage.click(zone_tab);
    assert_eq!(stage.state().tab, "zone");
    assert_eq!(stage.state().to, None);
}

#[test]
fn a_click_on_the_input_opens_the_box() {
    let mut stage = Stage::new();
    let row = stage.part::<ChatInputRow>();
    let row = stage.middle(row);
    stage.click(row);
    assert!(stage.is_open());
    stage.type_text("hi");
    stage.enter();
    assert_eq!(stage.sent(), ["hi"]);
}
