//! Receipts: batched, over the connection or without one.

use bevy_cometchat::{
    client::Event,
    model::{Message, ReceiptKind, ReceiverId},
};

use super::{
    player::{Player, ended},
    stage::{done, guild, heard, heard_before, live, offline, refused, say, server, user},
};

fn say_many(player: &Player, to: &ReceiverId, count: usize) -> Vec<Message> {
    let say = |n| say(player, to.clone(), &format!("line {n}"));
    (0..count).map(say).collect()
}

/// Marks all of them at once, and waits until that is told.
fn mark_all(player: &Player, messages: &[Message]) {
    let marks: Vec<_> = messages
        .iter()
        .map(|message| player.client.mark_as_read(message))
        .collect();
    for mark in marks {
        done(mark);
    }
}

#[test]
fn many_marks_become_one_receipt_with_the_newest_message() {
    let server = server();
    let (mut alice, bob) = (live(&server, "alice"), live(&server, "bob"));
    let said = say_many(&alice, &user("bob"), 20);
    mark_all(&bob, &said);
    let receipt = heard!(alice, ReceiptReceived);
    assert_eq!(
        (receipt.kind, receipt.message_id),
        (ReceiptKind::Read, said[19].id)
    );
    assert_eq!(receipt.user.uid, "bob");
    say(&bob, user("alice"), "end");
    assert_eq!(heard_before(&mut alice, "end").len(), 0, "one receipt");
    assert_eq!(done(bob.client.unread_count(user("alice"))), 0);
}

#[test]
fn a_delivered_message_is_told_apart_from_a_read_one() {
    let server = server();
    let (mut alice, bob) = (live(&server, "alice"), live(&server, "bob"));
    let message = say(&alice, user("bob"), "hi");
    for (mark, kind) in [
        (
            bob.client.mark_as_delivered(&message),
            ReceiptKind::Delivered,
        ),
        (bob.client.mark_as_read(&message), ReceiptKind::Read),
    ] {
        done(mark);
        let receipt = heard!(alice, ReceiptReceived);
        assert_eq!((receipt.kind, receipt.message_id), (kind, message.id));
    }
}

#[test]
fn a_group_s_last_reader_makes_it_read_by_all() {
    let server = server();
    let guild: ReceiverId = guild(&server).into();
    let (mut alice, bob) = (live(&server, "alice"), live(&server, "bob"));
    let said = say_many(&alice, &guild, 3);
    mark_all(&bob, &said);
    let mut kinds = Vec::new();
    while kinds.last() != Some(&ReceiptKind::ReadByAll) {
        let receipt = heard!(alice, ReceiptReceived);
        assert_eq!(
            (receipt.message_id, &receipt.receiver),
            (said[2].id, &guild)
        );
        kinds.push(receipt.kind);
    }
    assert_eq!(kinds, [ReceiptKind::Read, ReceiptKind::ReadByAll]);
}

#[test]
fn without_a_connection_receipts_go_over_http() {
    let server = server();
    let (mut alice, bob) = (live(&server, "alice"), offline(&server, "bob"));
    let said = say_many(&alice, &user("bob"), 5);
    mark_all(&bob, &said[..3]);
    let receipt = heard!(alice, ReceiptReceived);
    assert_eq!(
        (receipt.kind, receipt.message_id),
        (ReceiptKind::Read, said[2].id)
    );
    assert_eq!(done(bob.client.unread_count(user("alice"))), 2);
    done(bob.client.mark_as_delivered(&said[4]));
    assert_eq!(heard!(alice, ReceiptReceived).kind, ReceiptKind::Delivered);
}

#[test]
fn what_the_server_refuses_over_http_every_mark_is_told() {
    let server = server();
    let (alice, carol) = (offline(&server, "alice"), offline(&server, "carol"));
    let said = say_many(&alice, &user("bob"), 2);
    let marks = [0, 1].map(|n| carol.client.mark_as_read(&said[n]));
    for mark in marks {
        assert_eq!(refused(mark), "ERR_CONVERSATION_NOT_ACCESSIBLE");
    }
}

#[test]
fn an_own_message_needs_no_mark() {
    let server = server();
    let alice = offline(&server, "alice");
    let message = say(&alice, user("bob"), "hi");
    done(alice.client.mark_as_read(&message));
}

#[test]
fn a_mark_made_just_before_leaving_is_told() {
    let server = server();
    let (mut alice, bob) = (live(&server, "alice"), live(&server, "bob"));
    let message = say(&alice, user("bob"), "hi");
    let mark = bob.client.mark_as_read(&message);
    done(bob.client.logout());
    done(mark);
    assert_eq!(heard!(alice, ReceiptReceived).message_id, message.id);

    let bob = live(&server, "bob");
    let message = say(&alice, user("bob"), "again");
    let mark = bob.client.mark_as_read(&message);
    bob.client.shut_down();
    done(mark);
    assert_eq!(heard!(alice, ReceiptReceived).message_id, message.id);
}

#[test]
fn s5_without_a_connection_a_mark_ends_with_its_session() {
    let server = server();
    let (alice, bob) = (offline(&server, "alice"), offline(&server, "bob"));
    let message = say(&alice, user("bob"), "hi");
    let mark = bob.client.mark_as_read(&message);
    done(bob.client.logout());
    assert_eq!(refused(mark), "REQUEST_CANCELLED");
    let late = ended(bob.client.mark_as_read(&message));
    assert_eq!(late.unwrap_err().code.as_str(), "ERROR_USER_NOT_LOGGED_IN");
}

#[test]
fn a_receipt_is_no_news_to_the_one_who_gave_it() {
    let server = server();
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    let message = say(&alice, user("bob"), "hi");
    done(bob.client.mark_as_read(&message));
    say(&alice, user("bob"), "end");
    let heard = heard_before(&mut bob, "end");
    let is_receipt = |event: &Event| matches!(event, Event::ReceiptReceived(_));
    assert!(!heard.iter().any(is_receipt), "{heard:?}");
}
