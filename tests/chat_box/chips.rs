//! Items between the words of a line.

use bevy::{input::keyboard::Key, prelude::*};
use bevy_cometchat::{
    chat_box::{
        AddChatGate, ChatTabs, ChipClicked, ChipHovered, GateVerdict, GatedLine, InsertChip,
    },
    client::Event,
    model::{Message, RawJson, Timestamp},
    prelude::*,
};
use serde::{Deserialize, Serialize};

use crate::{
    menus::{choose, open_on},
    stage::Stage,
};

#[derive(Serialize, Deserialize)]
struct Item {
    number: u32,
    name: String,
}

impl Payload for Item {
    const KIND: &'static str = "item";

    fn fallback_text(&self) -> String {
        format!("[{}]", self.name)
    }
}

pub(crate) fn insert(stage: &mut Stage, number: u32, name: &str) {
    let name = name.into();
    let chip = InsertChip::new(&Item { number, name }).unwrap();
    stage.app.world_mut().trigger(chip);
    stage.frames(2);
}

/// The metadata of a message with these items.
fn metadata(items: &[(u32, &str)]) -> RawJson {
    let chip = |(number, name): &(u32, &str)| {
        serde_json::json!({
            "kind": "item",
            "text": format!("[{name}]"),
            "data": { "version": 1, "payload": { "number": number, "name": name } },
        })
    };
    let chips: Vec<_> = items.iter().map(chip).collect();
    RawJson::new(&serde_json::json!({ "chips": chips })).unwrap()
}

/// A line in the zone with these items.
fn line(stage: &mut Stage, uid: &str, text: &str, items: &[(u32, &str)]) -> Message {
    let mut message = stage.message(uid, text);
    message.metadata = Some(metadata(items));
    message
}

/// The numbers of the items in the metadata of the newest line that was sent.
pub(crate) fn sent_items(stage: &Stage) -> Vec<u64> {
    let sent = stage.chat.sent().pop().unwrap();
    let Some(metadata) = sent.envelope.metadata.clone() else {
        return Vec::new();
    };
    let metadata: serde_json::Value = serde_json::from_str(metadata.as_str()).unwrap();
    let chips = metadata["chips"].as_array().unwrap().iter();
    chips
        .map(|chip| chip["data"]["payload"]["number"].as_u64().unwrap())
        .collect()
}

#[derive(Resource, Default)]
struct Seen {
    clicked: Vec<u32>,
    hovered: Vec<(u32, Option<Rect>)>,
}

fn watched() -> Stage {
    let mut stage = Stage::new();
    stage
        .app
        .init_resource::<Seen>()
        .add_observer(|clicked: On<ChipClicked>, mut seen: ResMut<Seen>| {
            let item = clicked.chip.payload::<Item>().unwrap().unwrap();
            seen.clicked.push(item.number);
        })
        .add_observer(|hovered: On<ChipHovered>, mut seen: ResMut<Seen>| {
            let item = hovered.chip.payload::<Item>().unwrap().unwrap();
            seen.hovered.push((item.number, hovered.area));
        });
    stage
}

#[test]
fn one_call_puts_an_item_at_the_caret_and_it_is_sent_as_words_with_its_data() {
    let mut stage = Stage::new();
    stage.enter();
    stage.type_text("see? now");
    for _ in 0..4 {
        stage.tap(Key::ArrowLeft, KeyCode::ArrowLeft);
    }
    insert(&mut stage, 7, "Rusty Key");
    assert_eq!(stage.typed(), "see? [Rusty Key]  now");
    stage.type_text("x");
    assert_eq!(stage.typed(), "see? [Rusty Key] x now", "it goes on there");
    stage.enter();
    stage.frames(2);
    assert_eq!(stage.sent(), ["see? [Rusty Key] x now"]);
    assert_eq!(sent_items(&stage), [7]);
    let line = stage.lines().pop().unwrap();
    assert!(
        line.contains("see? \u{a0}[Rusty Key]\u{a0} x now"),
        "{line}"
    );
}

#[test]
fn an_item_opens_a_closed_box() {
    let mut stage = Stage::new();
    insert(&mut stage, 7, "Rusty Key");
    assert!(stage.is_open());
    assert_eq!(stage.typed(), "[Rusty Key] ");
}

#[test]
fn others_see_it_as_a_part_of_the_sentence_that_can_be_clicked() {
    let mut stage = watched();
    let items = [(7, "Rusty Key"), (8, "Rope")];
    let text = "Trade [Rusty Key] for [Rope], or [Rusty Key] for free";
    let message = line(&mut stage, "ana", text, &items);
    assert_eq!(
        message.text(),
        Some(text),
        "who does not know items reads this"
    );
    stage.chat.receive(message);
    stage.frames(4);
    let shown = stage.lines().pop().unwrap();
    let expected = "Trade \u{a0}[Rusty Key]\u{a0} for \u{a0}[Rope]\u{a0}, or [Rusty Key] for free";
    assert!(shown.ends_with(expected), "{shown}");
    for name in ["[Rope]", "[Rusty Key]"] {
        let at = stage.place_of(&format!("\u{a0}{name}\u{a0}"));
        stage.click(at);
    }
    assert_eq!(stage.app.world().resource::<Seen>().clicked, [8, 7]);
    assert!(!stage.is_open());
}

/// The pointer is on the item 8. Returns where.
fn pointing_at_an_item() -> (Stage, Vec2) {
    let mut stage = watched();
    let message = line(&mut stage, "ana", "a [Rope] here", &[(8, "Rope")]);
    stage.chat.receive(message);
    stage.frames(4);
    let at = stage.place_of("\u{a0}[Rope]\u{a0}");
    stage.point_at(at);
    (stage, at)
}

#[test]
fn the_game_learns_where_the_item_under_the_pointer_is() {
    let (mut stage, at) = pointing_at_an_item();
    stage.point_at(Vec2::new(1_200.0, 40.0));
    let seen = stage.app.world().resource::<Seen>();
    let [(8, Some(area)), (8, None)] = seen.hovered[..] else {
        panic!("{:?}", seen.hovered);
    };
    assert!(area.contains(at), "{area:?} {at}");
    assert!(area.width() < 120.0 && area.height() < 40.0, "{area:?}");
}

#[test]
fn two_items_of_one_name_are_told_apart() {
    let mut stage = Stage::new();
    insert(&mut stage, 2, "Sword");
    stage.tap(Key::Home, KeyCode::Home);
    insert(&mut stage, 1, "Sword");
    stage.enter();
    stage.frames(2);
    assert_eq!(sent_items(&stage), [1, 2]);
    insert(&mut stage, 3, "Sword");
    stage.enter();
    stage.frames(2);
    assert_eq!(sent_items(&stage), [3]);
}

#[test]
fn items_go_with_commands_prefixes_and_recalled_lines() {
    let mut stage = Stage::new();
    stage.hear("ana", "hi");
    let mut tabs = stage.app.world_mut().resource_mut::<ChatTabs>();
    tabs.show(ChatTabs::PARTY, Guid::from("party"));
    stage.frames(3);
    for command in ["/me shows ", "/w ana ", "/p take "] {
        stage.enter();
        stage.type_text(command);
        insert(&mut stage, 7, "Rusty Key");
        stage.enter();
        stage.frames(2);
        assert_eq!(sent_items(&stage), [7], "{command}");
    }
    stage.enter();
    stage.tap(Key::ArrowUp, KeyCode::ArrowUp);
    stage.frames(2);
    assert_eq!(stage.typed(), "/p take [Rusty Key]");
    stage.enter();
    stage.frames(2);
    assert_eq!(stage.sent().len(), 4);
    assert_eq!(sent_items(&stage), [7]);
}

#[test]
fn an_edit_keeps_the_items() {
    let mut stage = Stage::new();
    let message = line(&mut stage, "me", "my [Rope]", &[(8, "Rope")]);
    stage.chat.receive(message);
    stage.frames(4);
    open_on(&mut stage, "my ");
    choose(&mut stage, "Edit");
    stage.frames(2);
    assert_eq!(stage.typed(), "my [Rope]");
    stage.type_text("s!");
    stage.chat.answer_next_call("{}");
    stage.enter();
    stage.frames(3);
    let body = stage.chat.call_bodies().pop().unwrap();
    assert!(
        body.contains("my [Rope]s!") && body.contains("\"number\":8"),
        "{body}"
    );
}

#[test]
fn what_a_gate_masks_is_no_item() {
    let mut stage = watched();
    stage.app.add_incoming_gate(|line: In<GatedLine>| {
        GateVerdict::Mask(line.text.replace("[Curse]", "***"))
    });
    let items = [(9, "Curse"), (8, "Rope")];
    let message = line(&mut stage, "ana", "a [Curse] and a [Rope]", &items);
    stage.chat.receive(message);
    stage.frames(4);
    let shown = stage.lines().pop().unwrap();
    assert!(shown.ends_with("a *** and a \u{a0}[Rope]\u{a0}"), "{shown}");
}

#[test]
fn the_items_of_a_user_are_gone_with_them() {
    let mut stage = Stage::new();
    insert(&mut stage, 7, "Rusty Key");
    stage.enter();
    stage.frames(2);
    stage.comet().logout();
    stage.frames(6);
    stage.chat.answer_next_call(crate::stage::NO_MESSAGES);
    stage.comet().login(AuthKey::new("you", "key"));
    stage.frames(12);
    stage.enter();
    stage.type_text("a [Rusty Key]");
    stage.enter();
    stage.frames(3);
    assert_eq!(stage.sent().last().unwrap(), "a [Rusty Key]");
    assert!(sent_items(&stage).is_empty());
}

/// Replaces the line by an item.
fn insert_alone(stage: &mut Stage, number: u32) {
    stage.with_control("a", KeyCode::KeyA);
    stage.tap(Key::Backspace, KeyCode::Backspace);
    insert(stage, number, &format!("Rune {number}"));
}

#[test]
fn the_newest_items_are_kept() {
    let mut stage = Stage::new();
    for number in 1..=60 {
        insert_alone(&mut stage, number);
    }
    stage.enter();
    stage.frames(2);
    assert_eq!(sent_items(&stage), [60]);
}

#[test]
fn an_item_that_goes_away_under_the_pointer_is_left() {
    let ways: [fn(&mut Stage); 3] = [
        |stage| stage.state().tab = ChatTabs::SYSTEM,
        |stage| {
            let mut deleted = stage.message("ana", "");
            deleted.id = MessageId(1);
            deleted.details_mut().deleted_at = Some(Timestamp(9));
            stage.chat.receive_event(Event::MessageDeleted(deleted));
        },
        |stage| drop(stage.comet().logout()),
    ];
    for go_away in ways {
        let (mut stage, _) = pointing_at_an_item();
        go_away(&mut stage);
        stage.frames(4);
        let seen = stage.app.world().resource::<Seen>();
        assert!(
            matches!(seen.hovered[..], [(8, Some(_)), (8, None)]),
            "{:?}",
            seen.hovered
        );
    }
}

#[test]
fn an_old_item_that_is_inserted_once_more_is_new() {
    let mut stage = Stage::new();
    for number in 1..=50 {
        insert_alone(&mut stage, number);
    }
    insert_alone(&mut stage, 1);
    insert(&mut stage, 1, "Rune 1");
    stage.enter();
    stage.frames(2);
    assert_eq!(sent_items(&stage), [1, 1]);
}
