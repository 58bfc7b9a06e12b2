//! What is refused, and by which code: here by the client, there by the server.

use bevy_cometchat::model::{
    Attachment, CustomMessage, Guid, MediaKind, MediaMessage, MessageId, OutgoingMessage,
    TextMessage, TransientMessage, Upload,
};
use serde_json::json;

use super::{
    player::{Player, settings},
    stage::{by_hand, done, guild, heard_before, live, offline, refused, say, server, user},
};

fn text(to: &str, text: &str) -> TextMessage {
    TextMessage::new(user(to), text)
}

#[test]
fn what_cannot_be_a_message_is_not_sent() {
    let server = server();
    let alice = offline(&server, "alice");
    let attachment = || Attachment::new("https://h/x", "x", "image/png");
    let media = || MediaMessage::new(user("bob"), MediaKind::Image);
    let both = media()
        .with_attachment(attachment())
        .with_upload(Upload::new("x", "image/png", vec![1]));
    let refusals: [(OutgoingMessage, &str); 7] = [
        (text("bob", "").into(), "INVALID_MESSAGE_TEXT"),
        (text("bob", " \n\t").into(), "INVALID_MESSAGE_TEXT"),
        (text("", "hi").into(), "INVALID_RECEIVER"),
        (TextMessage::to_group("", "hi").into(), "INVALID_RECEIVER"),
        (media().into(), "MISSING_PARAMETERS"),
        (both.into(), "MISSING_PARAMETERS"),
        (
            CustomMessage::new(user("bob"), "", &1).unwrap().into(),
            "MISSING_PARAMETERS",
        ),
    ];
    for (message, code) in refusals {
        assert_eq!(
            refused(alice.client.send_message(message.clone())),
            code,
            "{message:?}"
        );
        let edit = alice.client.edit_message(MessageId(1), message);
        assert_eq!(refused(edit), code);
    }
}

#[test]
fn the_server_refuses_a_message_to_whom_it_may_not_go() {
    let server = server();
    guild(&server);
    let carol = offline(&server, "carol");
    let bobs = say(
        &offline(&server, "bob"),
        Guid::from("guild"),
        "in the guild",
    );
    let too_long = "x".repeat(65_537);
    for (message, code) in [
        (text("nobody", "hi"), "ERR_UID_NOT_FOUND"),
        (TextMessage::to_group("nowhere", "hi"), "ERR_GUID_NOT_FOUND"),
        (TextMessage::to_group("guild", "hi"), "ERR_GROUP_NOT_JOINED"),
        (text("bob", &too_long), "ERR_MESSAGE_TEXT_TOO_LONG"),
        (
            text("bob", "hi").in_thread_of(MessageId(99)),
            "ERR_MESSAGE_ID_NOT_FOUND",
        ),
        (
            text("bob", "hi").in_thread_of(bobs.id),
            "ERR_MESSAGE_ID_NOT_FOUND",
        ),
        (
            text("bob", "hi").quoting(bobs.id),
            "ERR_MESSAGE_ID_NOT_FOUND",
        ),
    ] {
        let refusal = refused(carol.client.send_message(message.clone()));
        assert_eq!(refusal, code, "{:?}", message.envelope);
    }
}

#[test]
fn who_is_blocked_is_neither_written_to_nor_heard() {
    let server = server();
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    let before = say(&alice, user("bob"), "before");
    heard_before(&mut bob, "before");
    let by_hand = by_hand(&server, "bob");
    let blocked = json!({"blockedUids": ["alice"]});
    by_hand.request("POST", "blockedusers", &blocked).data();
    assert_eq!(
        refused(alice.client.send_message(text("bob", "hi"))),
        "ERR_BLOCKED_USER"
    );
    assert_eq!(
        refused(bob.client.send_message(text("alice", "hi"))),
        "ERR_BLOCKED_USER"
    );
    let edit = alice.client.edit_message(before.id, text("bob", "after"));
    assert_eq!(refused(edit), "ERR_BLOCKED_USER");

    // Over the socket nothing comes back, and nothing arrives.
    done(alice.client.start_typing(user("bob")));
    let wave = TransientMessage::new(user("bob"), &json!("wave")).unwrap();
    done(alice.client.send_transient_message(wave));
    done(alice.client.ping());
    by_hand.request("DELETE", "blockedusers", &blocked).data();
    say(&alice, user("bob"), "after");
    assert_eq!(heard_before(&mut bob, "after").len(), 0);
}

#[test]
fn a_message_is_changed_by_who_may() {
    let server = server();
    let guild = guild(&server);
    let (alice, bob) = (offline(&server, "alice"), offline(&server, "bob"));
    let to_bob = say(&alice, user("bob"), "to bob");
    let in_guild = say(&alice, guild, "in the guild");
    for message in [&to_bob, &in_guild] {
        let edit = bob.client.edit_message(message.id, text("bob", "mine now"));
        assert_eq!(refused(edit), "ERR_MESSAGE_NOT_A_SENDER");
        let deletion = bob.client.delete_message(message.id);
        assert_eq!(refused(deletion), "ERR_MESSAGE_NOT_A_SENDER");
    }
    done(alice.client.delete_message(to_bob.id));
    let edit = alice
        .client
        .edit_message(to_bob.id, text("bob", "too late"));
    assert_eq!(refused(edit), "ERR_MESSAGE_ID_NOT_FOUND");
    let reaction = bob.client.add_reaction(to_bob.id, "👍");
    assert_eq!(refused(reaction), "ERR_MESSAGE_ID_NOT_FOUND");
}

#[test]
fn a_message_that_is_not_there_or_not_for_the_user_is_not_found() {
    let server = server();
    let (alice, carol) = (offline(&server, "alice"), offline(&server, "carol"));
    let foreign = say(&alice, user("bob"), "not for carol").id;
    let chat = &carol.client;
    for id in [MessageId(0), MessageId(99), MessageId(u64::MAX), foreign] {
        let refusals = [
            refused(chat.message(id)),
            refused(chat.message_receipts(id)),
            refused(chat.edit_message(id, text("bob", "x"))),
            refused(chat.delete_message(id)),
            refused(chat.add_reaction(id, "👍")),
            refused(chat.remove_reaction(id, "👍")),
            refused(chat.flag_message(id, "spam", None)),
            refused(chat.mark_as_interacted(id, "yes")),
        ];
        assert_eq!(refusals, ["ERR_MESSAGE_ID_NOT_FOUND"; 8], "{id}");
    }
}

#[test]
fn a_reaction_is_given_once_and_taken_back_once() {
    let server = server();
    let alice = offline(&server, "alice");
    let message = say(&alice, user("bob"), "hi").id;
    done(alice.client.add_reaction(message, "👍"));
    assert_eq!(
        refused(alice.client.add_reaction(message, "👍")),
        "ERR_ALREADY_REACTED"
    );
    done(alice.client.remove_reaction(message, "👍"));
    assert_eq!(
        refused(alice.client.remove_reaction(message, "👍")),
        "ERR_REACTION_NOT_FOUND"
    );
    assert_eq!(
        refused(alice.client.add_reaction(message, "x".repeat(65))),
        "ERR_BAD_REQUEST"
    );
}

#[test]
fn whoever_is_not_logged_in_can_do_none_of_it() {
    let server = server();
    let message = say(&offline(&server, "alice"), user("bob"), "hi");
    let nobody = Player::new(settings(server.address()));
    let chat = &nobody.client;
    let wave = TransientMessage::new(user("bob"), &json!(1)).unwrap();
    let refusals = [
        refused(chat.send_message(text("bob", "hi"))),
        refused(chat.message(message.id)),
        refused(chat.start_typing(user("bob"))),
        refused(chat.send_transient_message(wave)),
        refused(chat.mark_as_read(&message)),
        refused(chat.mark_as_unread(&message)),
        refused(chat.unread_counts()),
        refused(chat.flag_reasons()),
        refused(chat.conversation(user("bob"))),
    ];
    assert_eq!(refusals, ["ERROR_USER_NOT_LOGGED_IN"; 9]);
}
