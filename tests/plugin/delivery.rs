//! From the queue into the world: order, bounds, observers (rules D1 and D5).

use std::sync::Arc;

use bevy::prelude::*;
use bevy_cometchat::{
    client::Event,
    model::{self, Receiver},
    prelude::*,
    test_util::{ScriptedChat, text_message},
};

use super::game::*;

/// What observers and callbacks saw, in one list.
#[derive(Resource, Default)]
struct Sequence(Vec<String>);

fn texts(game: &Game) -> usize {
    game.told().len()
}

#[test]
fn messages_arrive_in_order_in_the_frame_after_they_were_sent() {
    let mut game = Game::connected(auto_mode());
    game.forget();
    for text in ["one", "two", "three"] {
        assert!(game.script.receive_text("bob", text).is_some());
    }
    game.script.update(&mut game.app);
    assert_eq!(game.told(), ["one", "two", "three"]);
}

#[test]
fn what_is_sent_over_no_connection_does_not_arrive() {
    let mut game = Game::logged_in(manual());
    game.forget();
    assert_eq!(game.script.receive_text("bob", "lost"), None);
    game.settle();
    assert!(game.told().is_empty());
}

#[test]
fn typing_arrives() {
    let mut game = Game::connected(auto_mode());
    game.forget();
    game.script.receive_typing("bob", true);
    game.script.receive_typing("bob", false);
    game.settle();
    assert_eq!(game.told(), ["bob types: true", "bob types: false"]);
}

#[test]
fn d1_what_came_before_a_close_is_seen_before_it() {
    let mut game = Game::new(auto_mode());
    observe(&mut game);
    game.log_in();
    game.settle();
    game.app.world_mut().resource_mut::<Sequence>().0.clear();
    game.script.receive_text("bob", "last words");
    game.script.close_connection(1001, "going away");
    game.script.update(&mut game.app);
    assert_eq!(
        game.app.world().resource::<Sequence>().0,
        ["message last words", "status disconnected"]
    );
    let change = game.chat().last_change().expect("it closed");
    assert_eq!(change.close_code, Some(1001));
    assert_eq!(change.reason.as_deref(), Some("going away"));
}

#[test]
fn observers_and_callbacks_run_in_the_order_in_which_things_happened() {
    let mut game = Game::new(manual());
    observe(&mut game);
    game.log_in();
    let note =
        |what: &'static str| move |mut sequence: ResMut<Sequence>| sequence.0.push(what.into());
    let note_send = note("sent");
    let note_connect = note("connect succeeded");
    game.chat()
        .send_message(TextMessage::to_user("bob", "hi"))
        .on_success(move |_: In<model::Message>, sequence: ResMut<Sequence>| note_send(sequence));
    game.chat()
        .connect()
        .on_success(move |_: In<()>, sequence: ResMut<Sequence>| note_connect(sequence));
    game.settle();
    assert_eq!(
        game.app.world().resource::<Sequence>().0,
        [
            "login alice",
            "status connecting",
            "sent",
            "status connected",
            "connect succeeded"
        ]
    );
}

#[test]
fn an_observer_hears_what_comes_after_it_was_added_and_before_it_is_gone() {
    let mut game = Game::connected(auto_mode());
    game.script.receive_text("bob", "too early");
    game.settle();
    game.app.init_resource::<Sequence>();
    let observer = game.app.world_mut().spawn(Observer::new(
        |received: On<MessageReceived>, mut sequence: ResMut<Sequence>| {
            let text = received.text().unwrap_or_default();
            sequence.0.push(text.to_owned());
        },
    ));
    let observer = observer.id();
    game.script.receive_text("bob", "in time");
    game.settle();
    game.app.world_mut().despawn(observer);
    game.script.receive_text("bob", "too late");
    game.settle();
    assert_eq!(game.app.world().resource::<Sequence>().0, ["in time"]);
    assert!(game.told().contains(&"too late".to_owned()));
}

fn observe(game: &mut Game) {
    game.app
        .init_resource::<Sequence>()
        .add_observer(|login: On<LoggedIn>, mut sequence: ResMut<Sequence>| {
            sequence.0.push(format!("login {}", login.user.uid));
        })
        .add_observer(
            |received: On<MessageReceived>, mut sequence: ResMut<Sequence>| {
                sequence
                    .0
                    .push(format!("message {}", received.text().unwrap_or_default()));
            },
        )
        .add_observer(
            |change: On<ConnectionChanged>, mut sequence: ResMut<Sequence>| {
                sequence.0.push(format!("status {}", change.to));
            },
        );
}

#[test]
fn d5_a_frame_takes_in_no_more_than_its_budget() {
    let mut game = Game::with(ScriptedChat::new(), auto_mode(), |plugin| {
        plugin.with_event_budget(100)
    });
    game.log_in();
    game.settle();
    game.forget();
    for number in 0..250 {
        game.script.receive_text("bob", &number.to_string());
    }
    for expected in [100, 200, 250, 250] {
        game.script.update(&mut game.app);
        assert_eq!(texts(&game), expected);
    }
    let all: Vec<_> = (0..250).map(|number| number.to_string()).collect();
    assert_eq!(game.told(), all);
}

#[test]
fn d5_a_reactive_app_is_woken_until_everything_is_taken_in() {
    let mut game = Game::with(ScriptedChat::new(), auto_mode(), |plugin| {
        plugin.with_event_budget(10)
    });
    game.log_in();
    game.settle();
    game.forget();
    for number in 0..100 {
        game.script.receive_text("bob", &number.to_string());
    }
    game.sleep(millis(1));
    assert_eq!(texts(&game), 100);
}

#[test]
fn d5_a_flood_sheds_typing_and_no_message() {
    let mut game = Game::connected(auto_mode());
    game.forget();
    for number in 0..20_000 {
        game.script.receive_typing("bob", number % 2 == 0);
        game.script.receive_text("bob", "hi");
    }
    // The game hangs meanwhile, so everything piles up.
    game.freeze(seconds(1));
    for _ in 0..30 {
        game.script.update(&mut game.app);
    }
    let messages = game.told().iter().filter(|told| *told == "hi").count();
    assert_eq!(messages, 20_000);
    let shed = game.chat().counters().shed();
    assert!(shed > 10_000, "{shed}");
    assert_eq!(
        texts(&game) - messages,
        20_000 - usize::try_from(shed).unwrap()
    );
}

#[test]
fn a_received_message_is_small() {
    assert!(
        size_of::<MessageReceived>() <= 200,
        "{}",
        size_of::<MessageReceived>()
    );
}

#[test]
fn two_apps_have_nothing_in_common() {
    let mut first = Game::connected(auto_mode());
    let mut second = Game::connected(auto_mode());
    first.forget();
    second.forget();
    first.script.receive_text("bob", "to the first");
    first.settle();
    second.settle();
    assert_eq!(first.told(), ["to the first"]);
    assert!(second.told().is_empty());
}

#[test]
fn the_resource_changes_only_with_the_user_or_the_status() {
    let mut game = Game::connected(auto_mode());
    game.run(|mut tracker: Local<bool>| *tracker = true);
    game.app
        .add_systems(Update, |chat: Res<CometChat>, mut told: ResMut<Told>| {
            if chat.is_changed() {
                told.0.push("changed".into());
            }
        });
    game.script.update(&mut game.app);
    game.forget();
    game.script.receive_text("bob", "hi");
    game.settle();
    assert_eq!(game.told(), ["hi"]);
    game.script.drop_connection(Cause::ConnectionLost);
    game.script.update(&mut game.app);
    assert!(game.told().contains(&"changed".to_owned()));
}

#[test]
fn d1_what_came_during_a_recovery_that_the_close_cuts_short_is_seen_before_it() {
    let mut game = Game::connected(auto_mode());
    game.script.receive_text("bob", "hi");
    game.settle();
    game.script.drop_connection(Cause::ConnectionLost);
    game.settle();
    game.script.set_latency(seconds(1));
    while game.status() != ConnectionStatus::Connected {
        game.advance(millis(100));
    }
    game.app.init_resource::<Sequence>();
    game.app.add_observer(
        |moderated: On<bevy_cometchat::MessageModerated>, mut sequence: ResMut<Sequence>| {
            let text = moderated.text().unwrap_or_default();
            sequence.0.push(format!("moderated {text}"));
        },
    );
    game.app.add_observer(
        |change: On<ConnectionChanged>, mut sequence: ResMut<Sequence>| {
            sequence.0.push(change.to.to_string());
        },
    );
    game.script.set_latency(seconds(0));
    let [bob, alice] = ["bob", "alice"].map(|uid| Arc::new(User::new(uid, uid)));
    let moderated = text_message(1, bob, Receiver::User(alice), "hi");
    game.script
        .receive_event(Event::MessageModerated(moderated));
    game.script.close_connection(1001, "going away");
    game.script.update(&mut game.app);
    assert_eq!(
        game.app.world().resource::<Sequence>().0,
        ["moderated hi", "disconnected"]
    );
}
