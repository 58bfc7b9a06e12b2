//! The orderly end (rule X1).

use bevy::prelude::*;
use bevy_cometchat::prelude::*;

use super::game::*;

#[test]
fn x1_the_exit_of_the_app_closes_the_connection() {
    let mut game = Game::connected(auto_mode());
    game.app.world_mut().write_message(AppExit::Success);
    game.script.update(&mut game.app);
    assert!(game.script.is_shut_down());
    assert_eq!(game.script.closes(), 1);
    let last = game
        .script
        .status_changes()
        .pop()
        .expect("it was connected");
    assert_eq!(last.cause, Cause::Exiting);
}

#[test]
fn x1_so_does_an_exit_that_is_decided_in_the_last_schedule() {
    let mut game = Game::connected(auto_mode());
    game.app.add_systems(
        Last,
        (|mut exits: MessageWriter<AppExit>| {
            exits.write(AppExit::Success);
        })
        .in_set(bevy::window::ExitSystems),
    );
    game.script.update(&mut game.app);
    assert!(game.script.is_shut_down());
}

#[test]
fn x1_so_does_the_end_of_the_world() {
    let mut game = Game::connected(auto_mode());
    game.app.world_mut().clear_all();
    assert!(game.script.is_shut_down());
    assert_eq!(game.script.closes(), 1);

    let game = Game::connected(auto_mode());
    let script = game.script.clone();
    drop(game);
    assert!(script.is_shut_down());
}

#[test]
fn x1_requests_under_way_end_and_later_ones_fail() {
    let mut game = Game::connected(auto_mode());
    game.script.set_latency(seconds(1));
    let under_way = game.chat().ping();
    game.script.update(&mut game.app);
    let client = game.chat().client().clone();
    drop(game);
    let later = client.connect();
    let error = |outcome: Option<Result<(), ChatError>>| {
        outcome.expect("it ended").expect_err("it failed").code
    };
    assert_eq!(error(later.outcome()), ErrorCode::Cancelled);
    assert!(under_way.outcome().is_some_and(|outcome| outcome.is_err()));
}

/// With the real thread: nothing is asked of the network before a login.
#[test]
fn x1_the_thread_ends_with_the_app() {
    let settings = AppSettings::builder().session_in_memory().build();
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, CometChatPlugin::new("app", settings)));
    app.update();
    let client = app.world().resource::<CometChat>().client().clone();
    app.world_mut().write_message(AppExit::Success);
    app.update();
    let refused = client
        .connect()
        .outcome()
        .expect("nobody is there")
        .expect_err("it failed");
    assert_eq!(refused.code, ErrorCode::Cancelled);
}
