//! What the player sees of the rate limit, and where lines stand that are not sent.

use std::time::Duration;

use bevy::prelude::*;
use bevy_cometchat::{chat_box::ChatSendGauge, model::TextMessage, prelude::*};

use crate::stage::{FRAME, Stage};

fn say(stage: &mut Stage, count: usize) {
    for number in 0..count {
        let text = format!("mine {number}");
        stage
            .comet()
            .send_message(TextMessage::to_group("zone", text))
            .ignore_errors();
        stage.frames(2);
    }
    stage.frames(4);
}

fn wait(stage: &mut Stage, seconds: u64) {
    let chat = stage.chat.clone();
    chat.advance_at(&mut stage.app, Duration::from_secs(seconds), FRAME * 4);
}

/// How full the gauge is drawn, from 0 to 1.
fn gauge(stage: &mut Stage) -> f32 {
    let gauge = stage.part::<ChatSendGauge>();
    let world = stage.app.world();
    if world.get::<Node>(gauge).unwrap().display == Display::None {
        return 1.0;
    }
    let width = |entity| world.get::<ComputedNode>(entity).unwrap().size().x;
    let level = world.get::<Children>(gauge).unwrap()[0];
    width(level) / width(gauge)
}

/// The seconds that the last held line says.
fn seconds(stage: &mut Stage) -> u64 {
    let lines = stage.lines();
    let line = lines.last().unwrap();
    let seconds = line
        .rsplit_once(" in ")
        .and_then(|(_, it)| it.strip_suffix(" s"));
    seconds
        .unwrap_or_else(|| panic!("{lines:?}"))
        .parse()
        .unwrap()
}

#[test]
fn the_gauge_drains_as_lines_are_sent_and_refills_after_a_minute() {
    let mut stage = Stage::new();
    assert_eq!(gauge(&mut stage), 1.0);
    say(&mut stage, 15);
    let half = gauge(&mut stage);
    assert!((half - 0.5).abs() < 0.05, "{half}");
    say(&mut stage, 15);
    assert!(gauge(&mut stage) < 0.01);
    assert_eq!(stage.spoken::<ChatSendGauge>().numeric_value(), Some(0.0));
    wait(&mut stage, 62);
    assert_eq!(gauge(&mut stage), 1.0);
}

#[test]
fn a_held_line_says_when_it_is_sent_and_counts_down() {
    let mut stage = Stage::new();
    say(&mut stage, 31);
    let first = seconds(&mut stage);
    assert!((50..=60).contains(&first), "{first}");
    wait(&mut stage, 10);
    let later = seconds(&mut stage);
    assert!((first - 11..=first - 9).contains(&later), "{first} {later}");
    wait(&mut stage, 55);
    let lines = stage.lines();
    assert!(lines.last().unwrap().ends_with("me: mine 30"), "{lines:?}");
}

#[test]
fn a_server_that_asks_to_wait_empties_the_gauge_which_refills_meanwhile() {
    let mut stage = Stage::new();
    stage.chat.throttle_next_send(Duration::from_secs(20));
    say(&mut stage, 1);
    assert!(gauge(&mut stage) < 0.1);
    assert!(seconds(&mut stage) > 15);
    wait(&mut stage, 10);
    let half = gauge(&mut stage);
    assert!((0.4..0.6).contains(&half), "{half}");
    wait(&mut stage, 12);
    let lines = stage.lines();
    assert!(lines.last().unwrap().ends_with("me: mine 0"), "{lines:?}");
}

#[test]
fn unsent_lines_do_not_push_what_arrives_out_of_view() {
    let mut stage = Stage::new();
    stage.hear("ana", "before");
    stage.frames(3);
    stage.chat.set_online(false);
    say(&mut stage, 20);
    stage.hear("ana", "news");
    stage.frames(4);
    let lines = stage.lines();
    assert!(lines.last().unwrap().ends_with("ana: news"), "{lines:?}");

    stage.chat.set_online(true);
    wait(&mut stage, 20);
    let lines = stage.lines();
    assert!(lines.last().unwrap().ends_with("me: mine 19"), "{lines:?}");
}

#[test]
fn a_failed_line_stands_where_it_belongs_in_time_until_it_is_sent_again() {
    let mut stage = Stage::new();
    stage.hear("ana", "one");
    stage.frames(3);
    let spam = ErrorCode::Other("ERR_SPAM".into());
    stage.chat.fail_next_send(spam, "no");
    say(&mut stage, 1);
    wait(&mut stage, 2);
    stage.hear("ana", "two");
    stage.frames(4);
    let lines = stage.lines();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[1].contains("me: mine 0") && lines[1].contains("Not sent"));
    assert!(lines[2].ends_with("ana: two"), "{lines:?}");

    let button = stage.place_of("Try again");
    stage.click(button);
    stage.frames(4);
    let lines = stage.lines();
    assert!(lines[2].ends_with("me: mine 0"), "{lines:?}");
}
