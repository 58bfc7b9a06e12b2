//! When the box is there to be seen, and what it says of a lost connection.

use std::time::Duration;

use bevy::prelude::*;
use bevy_cometchat::{
    chat_box::{ChatBox, ChatBoxTheme, ChatConnectionLine, ChatLog},
    prelude::*,
};

use crate::stage::{FRAME, Stage};

/// How opaque the box is, of what the theme says.
fn level(stage: &mut Stage) -> f32 {
    let mut boxes = stage
        .app
        .world_mut()
        .query_filtered::<&BackgroundColor, With<ChatBox>>();
    let color = boxes.single(stage.app.world()).unwrap().0;
    color.alpha() / ChatBoxTheme::default().opacity
}

fn wait(stage: &mut Stage, seconds: u64) {
    let chat = stage.chat.clone();
    chat.advance_at(&mut stage.app, Duration::from_secs(seconds), FRAME * 4);
}

#[test]
fn it_fades_out_after_twelve_seconds_and_a_message_brings_it_back() {
    let mut stage = Stage::new();
    wait(&mut stage, 11);
    assert_eq!(level(&mut stage), 1.0);
    wait(&mut stage, 3);
    assert_eq!(level(&mut stage), 0.0);

    stage.hear("ana", "anybody there?");
    stage.frames(2);
    assert_eq!(level(&mut stage), 1.0);
    wait(&mut stage, 11);
    assert_eq!(level(&mut stage), 1.0, "the time starts over");
}

#[test]
fn emoji_which_keep_their_colours_are_gone_when_it_has_faded_out() {
    let mut stage = Stage::new();
    let list = stage.part::<ChatLog>();
    let visibility = |stage: &Stage| *stage.app.world().get::<Visibility>(list).unwrap();
    stage.hear("ana", "🐟");
    wait(&mut stage, 14);
    assert_eq!(visibility(&stage), Visibility::Hidden);
    stage.hear("ana", "🐟");
    stage.frames(2);
    assert_eq!(visibility(&stage), Visibility::Inherited);
}

#[test]
fn a_pointer_over_it_brings_it_back_and_keeps_it() {
    let mut stage = Stage::new();
    wait(&mut stage, 14);
    assert_eq!(level(&mut stage), 0.0);
    let list = stage.part::<ChatLog>();
    let list = stage.middle(list);
    stage.point_at(list);
    stage.frames(2);
    assert_eq!(level(&mut stage), 1.0);
    wait(&mut stage, 20);
    assert_eq!(level(&mut stage), 1.0);

    stage.point_at(Vec2::new(1_200.0, 20.0));
    wait(&mut stage, 14);
    assert_eq!(level(&mut stage), 0.0);
}

#[test]
fn it_never_fades_out_while_it_is_open() {
    let mut stage = Stage::new();
    stage.enter();
    wait(&mut stage, 60);
    assert_eq!(level(&mut stage), 1.0);
    stage.escape();
    wait(&mut stage, 14);
    assert_eq!(level(&mut stage), 0.0);
}

#[test]
fn the_theme_says_when_it_fades_out() {
    let mut stage = Stage::new();
    let set = |stage: &mut Stage, after| {
        let mut theme = stage.app.world_mut().resource_mut::<ChatBoxTheme>();
        theme.fade_after = after;
    };
    set(&mut stage, Some(Duration::from_secs(3)));
    wait(&mut stage, 5);
    assert_eq!(level(&mut stage), 0.0);
    set(&mut stage, None);
    wait(&mut stage, 100);
    assert_eq!(level(&mut stage), 1.0);
}

/// Bevy's clock tells of a sleep only in the frame after the one that ends it.
#[test]
fn a_message_that_wakes_a_sleeping_app_stays() {
    let mut stage = Stage::new();
    wait(&mut stage, 14);
    stage.hear("ana", "wake up");
    let chat = stage.chat.clone();
    chat.update(&mut stage.app);
    assert_eq!(level(&mut stage), 1.0);
    chat.advance_at(
        &mut stage.app,
        Duration::from_secs(60),
        Duration::from_secs(60),
    );
    stage.frames(2);
    assert_eq!(level(&mut stage), 1.0);
}

#[test]
fn the_five_seconds_begin_when_a_sleeping_app_learns_of_the_loss() {
    let mut stage = Stage::new();
    stage.chat.refuse_connections(Cause::Unreachable);
    stage.chat.drop_connection(Cause::ConnectionLost);
    let chat = stage.chat.clone();
    chat.update(&mut stage.app);
    chat.advance_at(
        &mut stage.app,
        Duration::from_secs(60),
        Duration::from_secs(60),
    );
    stage.frames(100);
    assert_eq!(stage.says::<ChatConnectionLine>(), "");
    wait(&mut stage, 5);
    assert!(!stage.says::<ChatConnectionLine>().is_empty());
}

#[test]
fn in_auto_mode_the_line_counts_down_to_the_next_attempt() {
    let mut stage = Stage::new();
    stage.chat.refuse_connections(Cause::Unreachable);
    stage.chat.drop_connection(Cause::ConnectionLost);
    wait(&mut stage, 4);
    assert_eq!(stage.says::<ChatConnectionLine>(), "");
    wait(&mut stage, 1);
    let mut said = Vec::new();
    for _ in 0..40 {
        wait(&mut stage, 1);
        said.push(stage.says::<ChatConnectionLine>());
    }
    let counts = said
        .iter()
        .filter(|it| it.starts_with("No connection. Trying again in "));
    assert!(counts.count() > 10, "{said:?}");
    assert!(
        said.iter()
            .all(|it| it.starts_with("No connection. Trying again"))
    );

    stage.chat.accept_connections();
    wait(&mut stage, 40);
    assert_eq!(stage.says::<ChatConnectionLine>(), "");
}

#[test]
fn in_manual_mode_a_click_on_the_line_connects() {
    let settings = AppSettings::builder()
        .region("us")
        .auto_establish_socket_connection(false)
        .build();
    let mut stage = Stage::begin(settings);
    stage.log_in();
    wait(&mut stage, 10);
    assert_eq!(
        stage.says::<ChatConnectionLine>(),
        "",
        "it never was connected"
    );
    stage.comet().connect();
    stage.frames(10);
    assert!(stage.chat.is_connected());

    stage.comet().disconnect();
    wait(&mut stage, 6);
    let said = stage.says::<ChatConnectionLine>();
    assert_eq!(said, "No connection. Click here to connect.");
    let line = stage.part::<ChatConnectionLine>();
    let line = stage.middle(line);
    stage.click(line);
    stage.frames(10);
    assert!(stage.chat.is_connected());
    assert_eq!(stage.says::<ChatConnectionLine>(), "");
}
