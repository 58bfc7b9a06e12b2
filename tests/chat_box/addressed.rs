//! What is said to the user is noticed: events, attention, the line before what is new, and the way to mentions.

use bevy::{prelude::*, window::PrimaryWindow};
use bevy_cometchat::{
    chat_box::{
        AddressedBy, AttentionRequested, ChatMentionButton, ChatTabs, Muted, RequestsAttention,
        UserAddressed,
    },
    prelude::*,
};

use crate::stage::Stage;

#[derive(Resource, Default)]
struct Heard(Vec<(AddressedBy, String)>);

#[derive(Resource, Default)]
struct Asked(usize);

/// A game that listens.
fn game() -> Stage {
    let mut stage = Stage::new();
    stage
        .app
        .init_resource::<Heard>()
        .init_resource::<Asked>()
        .add_observer(|addressed: On<UserAddressed>, mut heard: ResMut<Heard>| {
            let text = addressed.message.text().unwrap_or_default().to_owned();
            heard.0.push((addressed.by, text));
        })
        .add_systems(
            Update,
            |mut requests: MessageReader<AttentionRequested>, mut asked: ResMut<Asked>| {
                asked.0 += requests.read().count();
            },
        );
    stage
}

fn mention(stage: &mut Stage, text: &str) {
    let mut message = stage.message("ana", &format!("<@uid:me> {text}"));
    message.details_mut().mentions = vec![User::new("me", "Me").into()];
    assert!(stage.chat.receive(message));
}

fn focus(stage: &mut Stage, is_focused: bool) {
    let world = stage.app.world_mut();
    let mut windows = world.query_filtered::<&mut Window, With<PrimaryWindow>>();
    windows.single_mut(world).unwrap().focused = is_focused;
}

fn asked(stage: &mut Stage) -> usize {
    stage.frames(3);
    stage.app.world().resource::<Asked>().0
}

#[test]
fn the_game_hears_of_whispers_mentions_and_replies_and_of_nothing_else() {
    let mut stage = game();
    stage.hear("ana", "to all");
    stage.chat.receive_text("bob", "psst");
    mention(&mut stage, "look");
    let mine = stage.message("me", "mine");
    stage.chat.receive(mine.clone());
    let mut reply = stage.message("ana", "indeed");
    reply.details_mut().quoted = Some(mine);
    stage.chat.receive(reply);
    stage.frames(3);
    let heard = &stage.app.world().resource::<Heard>().0;
    let expected = [
        (AddressedBy::Whisper, "psst".to_owned()),
        (AddressedBy::Mention, "<@uid:me> look".to_owned()),
        (AddressedBy::Reply, "indeed".to_owned()),
    ];
    assert_eq!(*heard, expected);
}

#[test]
fn the_muted_are_not_noticed() {
    let mut stage = game();
    let mut muted = stage.app.world_mut().resource_mut::<Muted>();
    muted.mute(&User::new("ana", "ana"), default());
    mention(&mut stage, "look");
    stage.chat.receive_text("ana", "psst");
    stage.frames(3);
    assert!(stage.app.world().resource::<Heard>().0.is_empty());
}

#[test]
fn the_window_asks_for_attention_once_while_it_has_no_focus() {
    let mut stage = game();
    focus(&mut stage, true);
    mention(&mut stage, "one");
    assert_eq!(asked(&mut stage), 0);
    focus(&mut stage, false);
    stage.hear("ana", "to all");
    assert_eq!(asked(&mut stage), 0);
    mention(&mut stage, "two");
    assert_eq!(asked(&mut stage), 1);
    mention(&mut stage, "three");
    assert_eq!(asked(&mut stage), 1);
    focus(&mut stage, true);
    mention(&mut stage, "four");
    focus(&mut stage, true);
    stage.frames(2);
    focus(&mut stage, false);
    mention(&mut stage, "five");
    assert_eq!(asked(&mut stage), 2);
    stage.app.insert_resource(RequestsAttention(false));
    focus(&mut stage, true);
    mention(&mut stage, "six");
    stage.frames(2);
    focus(&mut stage, false);
    mention(&mut stage, "seven");
    assert_eq!(asked(&mut stage), 2);
}

/// The line after the statement that it is new.
fn first_new(stage: &mut Stage) -> Option<String> {
    let lines = stage.lines();
    let new = lines.iter().find(|line| line.contains("— New —"))?;
    Some(new.rsplit(": ").next().unwrap().to_owned())
}

#[test]
fn a_line_says_what_arrived_while_the_player_was_away() {
    let mut stage = game();
    stage.hear("ana", "watched");
    stage.frames(60);
    assert_eq!(first_new(&mut stage), None);
    focus(&mut stage, false);
    for text in ["first", "second"] {
        stage.hear("ana", text);
        stage.frames(60);
    }
    assert_eq!(first_new(&mut stage).as_deref(), Some("first"));
    focus(&mut stage, true);
    stage.frames(60);
    stage.hear("ana", "third");
    stage.frames(60);
    assert_eq!(first_new(&mut stage).as_deref(), Some("first"), "it stays");
    focus(&mut stage, false);
    stage.hear("ana", "fourth");
    stage.frames(60);
    assert_eq!(first_new(&mut stage).as_deref(), Some("fourth"));
    focus(&mut stage, true);
    stage.frames(10);
    stage.enter();
    stage.type_text("hi");
    stage.enter();
    stage.frames(4);
    assert_eq!(first_new(&mut stage), None, "the player has answered");
}

#[test]
fn a_tab_says_what_arrived_while_another_was_active() {
    let mut stage = game();
    stage.state().tab = ChatTabs::WHISPERS;
    stage.frames(3);
    stage.hear("ana", "meanwhile");
    stage.frames(60);
    stage.state().tab = ChatTabs::ZONE;
    stage.frames(6);
    assert_eq!(first_new(&mut stage).as_deref(), Some("meanwhile"));
}

#[test]
fn a_mention_that_was_not_seen_is_a_key_away() {
    let mut stage = game();
    focus(&mut stage, true);
    mention(&mut stage, "seen");
    stage.frames(6);
    assert_eq!(stage.says::<ChatMentionButton>(), "");
    focus(&mut stage, false);
    mention(&mut stage, "look here");
    for number in 0..60 {
        stage.hear("bob", &format!("message {number}"));
    }
    stage.frames(6);
    focus(&mut stage, true);
    stage.frames(6);
    assert_eq!(stage.says::<ChatMentionButton>(), "@ 1");
    let is_shown = |stage: &mut Stage| stage.lines().iter().any(|it| it.contains("look here"));
    assert!(!is_shown(&mut stage));
    stage.enter();
    stage.with_control("j", KeyCode::KeyJ);
    stage.frames(8);
    assert!(is_shown(&mut stage), "{:?}", stage.lines());
    assert_eq!(stage.says::<ChatMentionButton>(), "");
    assert_eq!(stage.typed(), "");
}

#[test]
fn a_click_on_a_quote_and_on_the_button_goes_there() {
    let mut stage = game();
    focus(&mut stage, true);
    mention(&mut stage, "first of all");
    let quoted = stage.message("ana", "the old one");
    stage.chat.receive(quoted.clone());
    for number in 0..60 {
        stage.hear("bob", &format!("message {number}"));
    }
    let mut reply = stage.message("ana", "as I said");
    reply.details_mut().quoted = Some(quoted);
    stage.chat.receive(reply);
    stage.frames(8);
    assert_eq!(stage.says::<ChatMentionButton>(), "@ 1");
    let quote = stage.place_of("[ana: the old one] ");
    stage.click(quote);
    stage.frames(8);
    let lines = stage.lines();
    let is_shown = lines.iter().any(|line| line.ends_with("ana: the old one"));
    assert!(is_shown, "{lines:?}");
}
