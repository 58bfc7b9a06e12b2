//! The menu on a message: reply, react, copy, edit, delete and report.

use bevy::{
    clipboard::Clipboard, input::keyboard::Key, picking::pointer::PointerButton, prelude::*,
};
use bevy_cometchat::{
    chat_box::{ChatInputContext, ChatInputTarget, ChatTabs, Muted, QuickReactions, ShownMessage},
    model::{Reaction, ReceiverId},
    prelude::*,
};

use crate::{
    menus::{
        assert_called, assert_not_called, choose, entries, focused, is_open, menu, open_on, title,
    },
    stage::{Stage, zone},
};

/// Otis, Ana and the user talk in the zone.
fn square() -> Stage {
    let mut stage = Stage::new();
    stage.hear("otis", "buy my gold");
    stage.hear("me", "no thanks");
    stage.hear("ana", "hello");
    stage.frames(4);
    stage
}

#[test]
fn the_right_button_on_a_text_opens_the_menu_on_the_message() {
    let mut stage = square();
    open_on(&mut stage, "buy my gold");
    assert!(is_open(&stage));
    assert_eq!(title(&mut stage), "otis");
    let all = entries(&mut stage);
    let reactions = QuickReactions::default().0;
    for label in ["Reply", "Copy the text", "Report…"] {
        assert!(all.contains(&label.to_owned()), "{all:?}");
    }
    assert!(reactions.iter().all(|it| all.contains(it)), "{all:?}");
    assert!(!all.contains(&"Edit".to_owned()) && !all.contains(&"Delete".to_owned()));
    assert_eq!(focused(&stage), "Reply");
    stage.escape();
    stage.frames(2);

    open_on(&mut stage, "no thanks");
    let all = entries(&mut stage);
    for label in ["Reply", "Edit", "Copy the text", "Delete"] {
        assert!(all.contains(&label.to_owned()), "{all:?}");
    }
    assert!(!all.contains(&"Report…".to_owned()), "{all:?}");
}

/// The height of a node in logical pixels.
fn height(stage: &Stage, entity: Entity) -> f32 {
    let node = stage.app.world().get::<ComputedNode>(entity).unwrap();
    node.size().y * node.inverse_scale_factor()
}

#[test]
fn a_menu_with_a_long_quote_is_no_higher_than_its_entries() {
    let mut stage = square();
    stage.hear(
        "ana",
        "Watch your feet, there is thyme growing between the stones",
    );
    stage.frames(4);
    open_on(&mut stage, "Watch your");
    stage.frames(2);
    let menu = menu(&mut stage);
    let entries = stage.app.world().get::<Children>(menu).unwrap().iter();
    let sum: f32 = entries.map(|entry| height(&stage, entry)).sum();
    let whole = height(&stage, menu);
    assert!(whole - sum < 16.0, "{whole} for {sum}");
}

#[test]
fn a_long_press_on_a_text_opens_it_and_a_short_one_does_nothing() {
    let mut stage = square();
    let at = stage.place_of("buy my gold");
    stage.click(at);
    stage.frames(40);
    assert!(!is_open(&stage) && !stage.is_open());
    stage.press_pointer(at);
    stage.frames(40);
    assert!(is_open(&stage));
    stage.release_pointer(at);
}

#[test]
fn a_key_opens_it_for_the_newest_message_and_the_arrows_change_the_message() {
    let mut stage = square();
    stage.enter();
    stage.type_text("half a li");
    stage.with_control("m", KeyCode::KeyM);
    stage.frames(2);
    assert_eq!(title(&mut stage), "ana");
    for sender in ["me", "otis", "otis"] {
        stage.tap(Key::ArrowLeft, KeyCode::ArrowLeft);
        stage.frames(2);
        assert_eq!(title(&mut stage), sender);
    }
    stage.tap(Key::ArrowRight, KeyCode::ArrowRight);
    stage.frames(2);
    assert_eq!(title(&mut stage), "me");
    stage.escape();
    stage.frames(2);
    stage.type_text("ne");
    assert_eq!(stage.typed(), "half a line");
}

#[test]
fn a_gamepad_opens_it() {
    let mut stage = square();
    let gamepad = stage.app.world_mut().spawn(Gamepad::default()).id();
    for button in [
        GamepadButton::Select,
        GamepadButton::DPadUp,
        GamepadButton::DPadLeft,
    ] {
        stage.press_button(gamepad, button);
    }
    assert!(is_open(&stage));
    assert_eq!(title(&mut stage), "me");
}

#[test]
fn a_reply_shows_its_context_and_quotes_the_message() {
    let mut stage = square();
    open_on(&mut stage, "buy my gold");
    choose(&mut stage, "Reply");
    assert!(stage.is_open());
    let context = stage.says::<ChatInputContext>();
    assert!(
        context.contains("otis") && context.contains("buy my gold"),
        "{context}"
    );
    stage.type_text("how much?");
    stage.enter();
    stage.frames(2);
    let sent = stage.chat.sent();
    assert_eq!(sent[0].envelope.quoted_id, Some(MessageId(1)));
    assert_eq!(sent[0].envelope.receiver, zone());
    assert_eq!(stage.says::<ChatInputContext>(), "");
    stage.enter();
    stage.type_text("anyone?");
    stage.enter();
    assert_eq!(stage.chat.sent()[1].envelope.quoted_id, None);

    stage.chat.set_online(false);
    stage.frames(4);
    open_on(&mut stage, "buy my gold");
    choose(&mut stage, "Reply");
    stage.type_text("hello?");
    stage.enter();
    stage.frames(2);
    let line = stage.lines().pop().unwrap();
    assert!(line.contains("[otis: buy my gold] hello?"), "{line}");
}
#[test]
fn a_reply_in_a_thread_stays_in_it() {
    let mut stage = Stage::new();
    let mut message = stage.message("otis", "second");
    message.parent_id = Some(MessageId(70));
    stage.chat.receive(message);
    stage.frames(3);
    open_on(&mut stage, "second");
    choose(&mut stage, "Reply");
    stage.type_text("third");
    stage.enter();
    let envelope = stage.chat.sent()[0].envelope.clone();
    assert_eq!(envelope.parent_id, Some(MessageId(70)));
    assert_eq!(envelope.quoted_id, Some(MessageId(1)));
}

#[test]
fn a_reply_to_a_whisper_is_a_whisper_and_never_goes_elsewhere() {
    let mut stage = Stage::new();
    stage.chat.receive_text("ana", "psst");
    stage.frames(3);
    open_on(&mut stage, "psst");
    choose(&mut stage, "Reply");
    assert_eq!(stage.says::<ChatInputTarget>(), "To ana");
    stage.type_text("yes?");
    // The player selects another tab: the line would be seen by all.
    stage.press(Key::Control, KeyCode::ControlLeft);
    stage.frames(1);
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.release(Key::Control, KeyCode::ControlLeft);
    stage.frames(2);
    assert_eq!(stage.says::<ChatInputContext>(), "");
    stage.enter();
    let sent = stage.chat.sent();
    assert!(sent.iter().all(|it| it.envelope.quoted_id.is_none()));
    stage.state().tab = ChatTabs::ALL;
    stage.frames(2);

    open_on(&mut stage, "psst");
    choose(&mut stage, "Reply");
    stage.type_text("now");
    stage.enter();
    let envelope = stage.chat.sent().pop().unwrap().envelope;
    assert!(envelope.quoted_id.is_some());
    assert_eq!(envelope.receiver, Uid::from("ana").into());
}

#[test]
fn escape_ends_a_reply_first_and_a_click_on_its_context_does_too() {
    let mut stage = square();
    open_on(&mut stage, "buy my gold");
    choose(&mut stage, "Reply");
    stage.escape();
    assert!(stage.is_open());
    assert_eq!(stage.says::<ChatInputContext>(), "");
    stage.escape();
    assert!(!stage.is_open());

    open_on(&mut stage, "buy my gold");
    choose(&mut stage, "Reply");
    let context = stage.part::<ChatInputContext>();
    let at = stage.middle(context);
    stage.click(at);
    stage.type_text("to all");
    stage.enter();
    assert_eq!(stage.chat.sent()[0].envelope.quoted_id, None);
}

#[test]
fn an_edit_starts_with_the_text_and_gives_the_draft_back() {
    let mut stage = square();
    stage.enter();
    stage.type_text("a draft");
    open_on(&mut stage, "no thanks");
    choose(&mut stage, "Edit");
    stage.frames(2);
    assert_eq!(stage.typed(), "no thanks");
    stage.type_text(", Otis");
    stage.chat.answer_next_call("{}");
    stage.enter();
    stage.frames(3);
    assert_called(&stage, &["PUT", "messages/2"]);
    let bodies = stage.chat.call_bodies().join("\n");
    assert!(bodies.contains("no thanks, Otis"), "{bodies}");
    assert!(stage.sent().is_empty());
    assert_eq!(stage.typed(), "a draft");
}

#[test]
fn an_edit_that_is_cancelled_gives_the_draft_back() {
    let mut stage = square();
    stage.enter();
    stage.type_text("a draft");
    open_on(&mut stage, "no thanks");
    choose(&mut stage, "Edit");
    stage.frames(2);
    stage.escape();
    stage.frames(2);
    assert_eq!(stage.typed(), "a draft");
    assert!(stage.is_open());
    assert_not_called(&stage, "messages/2");
}

#[test]
fn a_message_is_deleted_when_the_player_says_so_twice() {
    let mut stage = square();
    open_on(&mut stage, "no thanks");
    choose(&mut stage, "Delete");
    assert_eq!(title(&mut stage), "Delete this message?");
    assert_eq!(
        focused(&stage),
        "Cancel",
        "Enter deletes nothing by mistake"
    );
    assert_not_called(&stage, "messages/2");
    stage.chat.answer_next_call("{}");
    choose(&mut stage, "Delete");
    stage.frames(3);
    assert_called(&stage, &["DELETE", "messages/2"]);
}

#[test]
fn a_reaction_is_added_and_a_click_on_it_removes_it() {
    let mut stage = Stage::new();
    let mut message = stage.message("ana", "cake?");
    message.details_mut().reactions = vec![Reaction::new("👍", 2, true)];
    stage.chat.receive(message);
    stage.frames(3);
    stage.chat.answer_next_call("{}");
    open_on(&mut stage, "cake?");
    choose(&mut stage, "😂");
    stage.frames(3);
    assert_called(&stage, &["POST", "messages/1/reactions"]);
    stage.chat.answer_next_call("{}");
    let at = stage.place_of("👍");
    stage.click(at);
    stage.frames(3);
    assert_called(&stage, &["DELETE", "messages/1/reactions"]);
}

#[test]
#[ignore = "needs a display for its clipboard: tests/window/run"]
fn the_text_is_copied_as_the_player_sees_it() {
    let mut stage = Stage::new();
    let mut message = stage.message("ana", "ask <@uid:bob> about\u{202e} it");
    message.details_mut().mentions = vec![User::new("bob", "Bob").into()];
    stage.chat.receive(message);
    stage.frames(3);
    open_on(&mut stage, "ask ");
    choose(&mut stage, "Copy the text");
    let mut clipboard = stage.app.world_mut().resource_mut::<Clipboard>();
    let copied = clipboard.fetch_text().poll_result().unwrap().unwrap();
    assert!(copied.starts_with("ask @Bob about"), "{copied:?}");
    assert!(!copied.contains('\u{202e}'), "{copied:?}");
}

#[test]
fn a_message_is_reported_from_its_menu() {
    let mut stage = square();
    let reasons = r#"{"data":{"settings":{},"flagReasons":[{"id":"spam","name":"Spam"}]}}"#;
    stage.chat.answer_next_call(reasons);
    open_on(&mut stage, "buy my gold");
    choose(&mut stage, "Report…");
    stage.frames(3);
    assert_eq!(title(&mut stage), "Report otis");
    stage
        .chat
        .answer_next_call(r#"{"data":{"success":true,"message":"done"}}"#);
    choose(&mut stage, "Spam");
    stage.frames(3);
    assert_called(&stage, &["messages/1/flagged"]);
}

#[test]
fn nothing_is_quoted_of_who_is_muted() {
    let mut stage = Stage::new();
    let quoted = stage.message("otis", "buy my gold");
    let mut message = stage.message("ana", "never");
    message.details_mut().quoted = Some(quoted);
    stage.chat.receive(message);
    stage.frames(3);
    assert!(stage.lines().pop().unwrap().contains("buy my gold"));
    let mut muted = stage.app.world_mut().resource_mut::<Muted>();
    muted.mute(&User::new("otis", "otis"), Default::default());
    stage.frames(3);
    let line = stage.lines().pop().unwrap();
    assert!(line.ends_with("ana: never"), "{line}");
}

#[test]
fn bubbles_of_the_game_have_the_menu_too() {
    let mut stage = square();
    let node = Node {
        position_type: PositionType::Absolute,
        left: Val::Px(600.0),
        top: Val::Px(100.0),
        width: Val::Px(80.0),
        height: Val::Px(20.0),
        ..default()
    };
    let bubble = stage
        .app
        .world_mut()
        .spawn((node, ShownMessage(MessageId(3))));
    let bubble = bubble.id();
    stage.frames(2);
    let at = stage.middle(bubble);
    stage.click_with(PointerButton::Secondary, at);
    stage.frames(2);
    assert_eq!(title(&mut stage), "ana");
}

/// An open box with a whisper to ana that is not sent yet.
fn whispering() -> Stage {
    let mut stage = square();
    stage.state().to = Some(Uid::from("ana").into());
    stage.enter();
    stage.type_text("the code is 1234");
    stage
}

/// Sends what is in the input. Returns who gets it.
fn receiver_of_draft(stage: &mut Stage) -> ReceiverId {
    stage.frames(2);
    assert_eq!(stage.typed(), "the code is 1234");
    if !stage.is_open() {
        stage.enter();
    }
    stage.enter();
    stage.chat.sent().pop().unwrap().envelope.receiver
}

#[test]
fn a_draft_that_an_edit_gives_back_goes_where_it_was_to_go() {
    for ends in [Stage::enter, Stage::escape] {
        let mut stage = whispering();
        open_on(&mut stage, "no thanks");
        choose(&mut stage, "Edit");
        stage.frames(2);
        stage.chat.answer_next_call("{}");
        ends(&mut stage);
        assert_eq!(receiver_of_draft(&mut stage), Uid::from("ana").into());
    }
}

#[test]
fn a_draft_of_a_reply_that_is_cancelled_goes_where_it_was_to_go() {
    let mut stage = whispering();
    open_on(&mut stage, "buy my gold");
    choose(&mut stage, "Reply");
    stage.escape();
    assert_eq!(receiver_of_draft(&mut stage), Uid::from("ana").into());

    let mut stage = whispering();
    open_on(&mut stage, "buy my gold");
    choose(&mut stage, "Reply");
    let context = stage.part::<ChatInputContext>();
    let at = stage.middle(context);
    stage.click(at);
    assert_eq!(receiver_of_draft(&mut stage), Uid::from("ana").into());
}

#[test]
fn a_reply_without_a_line_leaves_no_receiver() {
    let mut stage = Stage::new();
    stage.chat.receive_text("ana", "psst");
    stage.frames(4);
    open_on(&mut stage, "psst");
    choose(&mut stage, "Reply");
    stage.enter();
    assert!(!stage.is_open());
    stage.enter();
    stage.type_text("hello all");
    stage.enter();
    let sent = stage.chat.sent().pop().unwrap().envelope;
    assert_eq!(sent.receiver, zone());
}
