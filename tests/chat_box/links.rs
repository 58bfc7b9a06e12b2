//! Web addresses: they are marked, and the game opens them when the player has confirmed.

use bevy::{clipboard::Clipboard, prelude::*};
use bevy_cometchat::chat_box::{ChatSafety, LinkOpened};

use crate::{
    menus::{choose, entries, focused, is_open},
    stage::Stage,
};

#[derive(Resource, Default)]
struct Opened(Vec<String>);

fn game(offers_links: bool) -> Stage {
    let mut stage = Stage::new();
    stage.app.init_resource::<Opened>().add_observer(
        |link: On<LinkOpened>, mut opened: ResMut<Opened>| {
            opened.0.push(link.url.to_string());
        },
    );
    stage
        .app
        .world_mut()
        .resource_mut::<ChatSafety>()
        .offers_links = offers_links;
    stage.hear("ana", "see https://bevy.org/learn, or example.com. Bye");
    stage.frames(4);
    stage
}

fn opened(stage: &Stage) -> &[String] {
    &stage.app.world().resource::<Opened>().0
}

#[test]
fn an_address_is_opened_when_the_player_has_confirmed_it() {
    let mut stage = game(true);
    let line = stage.lines().pop().unwrap();
    assert!(
        line.ends_with("see https://bevy.org/learn, or example.com. Bye"),
        "{line}"
    );
    let at = stage.place_of("https://bevy.org/learn");
    stage.click(at);
    stage.frames(2);
    assert!(is_open(&stage) && opened(&stage).is_empty());
    assert_eq!(entries(&mut stage), ["Cancel", "Copy the address", "Open"]);
    assert_eq!(focused(&stage), "Cancel", "Enter opens nothing by mistake");
    choose(&mut stage, "Open");
    assert_eq!(opened(&stage), ["https://bevy.org/learn"]);

    let at = stage.place_of("example.com");
    stage.click(at);
    stage.frames(2);
    choose(&mut stage, "Cancel");
    assert_eq!(opened(&stage).len(), 1);
}

#[test]
#[ignore = "needs a display for its clipboard: tests/window/run"]
fn an_address_is_copied_instead() {
    let mut stage = game(true);
    let at = stage.place_of("example.com");
    stage.click(at);
    stage.frames(2);
    choose(&mut stage, "Copy the address");
    let mut clipboard = stage.app.world_mut().resource_mut::<Clipboard>();
    let copied = clipboard.fetch_text().poll_result().unwrap().unwrap();
    assert_eq!(copied, "https://example.com");
}

#[test]
fn without_the_games_leave_an_address_is_text() {
    let mut stage = game(false);
    let at = stage.place_of("https://bevy.org/learn");
    stage.click(at);
    stage.frames(2);
    assert!(!is_open(&stage) && opened(&stage).is_empty());
}
