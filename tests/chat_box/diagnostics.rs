//! The overlay for developers.

use std::time::Duration;

use bevy::{input::keyboard::Key, prelude::*};
use bevy_cometchat::{chat_box::ChatDiagnosticsPlugin, prelude::*};

use crate::stage::{FRAME, Stage};

fn stage() -> Stage {
    let mut stage = Stage::new();
    stage.app.add_plugins(ChatDiagnosticsPlugin::default());
    stage
}

fn toggle(stage: &mut Stage) {
    stage.press(Key::F10, KeyCode::F10);
    stage.frames(2);
    stage.release(Key::F10, KeyCode::F10);
    stage.frames(20);
}

/// What it says; `None` while it is not shown.
fn report(stage: &mut Stage) -> Option<String> {
    let mut texts = stage.app.world_mut().query::<&Text>();
    let mut texts = texts.iter(stage.app.world());
    texts
        .find(|text| text.0.contains("dropped:"))
        .map(|text| text.0.clone())
}

fn wait(stage: &mut Stage, seconds: u64) {
    let chat = stage.chat.clone();
    chat.advance_at(&mut stage.app, Duration::from_secs(seconds), FRAME * 4);
}

#[test]
fn its_key_shows_and_hides_it() {
    let mut stage = stage();
    assert_eq!(report(&mut stage), None);
    toggle(&mut stage);
    assert!(
        report(&mut stage)
            .unwrap()
            .starts_with("connected as me, in the foreground")
    );
    toggle(&mut stage);
    assert_eq!(report(&mut stage), None);
}

#[test]
fn its_key_types_nothing_and_closes_nothing() {
    let mut stage = stage();
    stage.enter();
    stage.type_text("hi");
    toggle(&mut stage);
    assert!(report(&mut stage).is_some());
    assert_eq!(stage.typed(), "hi");
    assert!(stage.is_open());
}

#[test]
fn it_tells_the_round_trip_and_pings_only_while_it_is_shown() {
    let mut stage = stage();
    let before = stage.chat.pings();
    wait(&mut stage, 20);
    assert_eq!(stage.chat.pings(), before);
    stage.chat.set_latency(Duration::from_millis(40));
    toggle(&mut stage);
    wait(&mut stage, 1);
    let report = report(&mut stage).unwrap();
    assert!(report.contains("round trip 40.0 ms"), "{report}");
}

#[test]
fn it_tells_what_waits() {
    let mut stage = stage();
    toggle(&mut stage);
    assert!(report(&mut stage).unwrap().contains("outbox 0"));
    stage.chat.set_online(false);
    stage.enter();
    stage.type_text("later");
    stage.enter();
    stage.frames(30);
    let waiting = stage.comet().queue_depths();
    assert_eq!((waiting.requests, waiting.outbox), (1, 1));
    let report = report(&mut stage).unwrap();
    assert!(
        report.contains("waiting: events 0, requests 1, outbox 1"),
        "{report}"
    );
}

#[test]
fn it_tells_why_there_is_no_connection_and_when_the_next_attempt_is() {
    let mut stage = stage();
    toggle(&mut stage);
    stage.chat.refuse_connections(Cause::Unreachable);
    stage.chat.drop_connection(Cause::ConnectionLost);
    wait(&mut stage, 30);
    let report = report(&mut stage).unwrap();
    assert!(report.contains("next attempt: in "), "{report}");
    let transitions = report.lines().filter(|line| line.contains(" s ago  "));
    assert_eq!(transitions.count(), 10, "the last ten: {report}");
    assert!(report.contains(&Cause::Unreachable.to_string()), "{report}");
}

#[test]
fn it_tells_what_was_dropped() {
    let mut stage = stage();
    toggle(&mut stage);
    let report = report(&mut stage).unwrap();
    let dropped = report.lines().find(|line| line.starts_with("dropped: "));
    let kinds = [
        "shed",
        "duplicate",
        "own echoes",
        "malformed",
        "unmodelled",
        "withheld",
    ];
    let none = kinds.map(|kind| format!("{kind} 0")).join(", ");
    assert_eq!(dropped, Some(&*format!("dropped: {none}")), "{report}");
}
