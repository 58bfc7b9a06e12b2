//! That messages were delivered and read, told by one side to the other.

use bevy_cometchat::{
    client::Client,
    model::{ReceiptKind, ReceiverId},
    prelude::*,
};
use serde_json::json;

use super::{bob, game_and_page, guild, say};
use crate::{page::Page, stage::Stage};

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn receipts_of_a_moment_are_one() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    let texts = ["One", "Two", "Three"];
    let sent = texts.map(|text| say(&page, "alice", "user", text));
    let got = texts.map(|_| game.next::<MessageReceived>());
    for (mark, listener) in [
        (Client::mark_as_delivered as Mark, "onMessagesDelivered"),
        (Client::mark_as_read, "onMessagesRead"),
    ] {
        game.does(|chat| {
            let [_, _, last] = [0, 1, 2].map(|at| mark(chat, &got[at]));
            last
        });
        let receipt = page.next(listener);
        assert_eq!(
            (&receipt["messageId"], &receipt["sender"]["uid"]),
            (&sent[2]["id"], &json!("alice"))
        );
    }
    game.does(|chat| chat.send_message(TextMessage::to_user("bob", "Read")));
    page.next("onTextMessageReceived");
    page.heard_no("onMessagesDelivered");
    page.heard_no("onMessagesRead");
    // The one stands for those before it.
    let first = page.run_with(
        "CometChat.getMessageDetails(id)",
        json!({"id": sent[0]["id"]}),
    );
    assert!(first["readAt"].as_u64() > Some(0), "{first}");

    let unread = game.does(|chat| chat.mark_as_unread(&got[1]));
    assert_eq!(unread.unread_count, 2);
}

type Mark = fn(&Client, &ChatMessage) -> Request<()>;

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn in_a_group_the_game_hears_of_each_and_of_all() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    guild(&mut game, &page);
    let carol = stage.page("carol");
    let sent = game.does(|chat| chat.send_message(TextMessage::to_group("guild", "Ready?")));
    let read = |page: &Page<'_>| {
        page.next("onTextMessageReceived");
        let mark =
            "CometChat.getMessageDetails(id).then((message) => CometChat.markAsRead(message))";
        page.run_with(mark, json!({"id": sent.id.to_string()}));
    };
    let mut hears = |kind: ReceiptKind| {
        loop {
            let receipt = game.next::<ReceiptReceived>();
            assert_eq!(
                (receipt.message_id, &receipt.receiver),
                (sent.id, &ReceiverId::Group("guild".into()))
            );
            if receipt.kind == kind {
                return receipt.0.user.uid.to_string();
            }
        }
    };
    read(&page);
    assert_eq!(hears(ReceiptKind::Read), "bob");
    read(&carol);
    assert_eq!(hears(ReceiptKind::Read), "carol");
    hears(ReceiptKind::ReadByAll);

    let mut recipients = game.does(|chat| chat.message_receipts(sent.id));
    recipients.sort_by(|one, other| one.user.uid.cmp(&other.user.uid));
    let who: Vec<_> = recipients.iter().map(|it| it.user.uid.as_str()).collect();
    assert_eq!(who, ["bob", "carol"]);
    assert!(recipients.iter().all(|it| it.read_at.is_some()));
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_whole_conversation_is_read_at_once_both_ways() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    say(&page, "alice", "user", "One");
    let last = say(&page, "alice", "user", "Two");
    game.does(|chat| chat.mark_conversation_as_delivered(bob()));
    assert_eq!(page.next("onMessagesDelivered")["messageId"], last["id"]);
    game.does(|chat| chat.mark_conversation_as_read(bob()));
    assert_eq!(page.next("onMessagesRead")["messageId"], last["id"]);

    let sent = game.does(|chat| chat.send_message(TextMessage::to_user("bob", "Three")));
    page.run("CometChat.markConversationAsRead('alice', 'user')");
    let receipt = game.next::<ReceiptReceived>();
    assert_eq!(
        (receipt.kind, receipt.message_id),
        (ReceiptKind::Read, sent.id)
    );
}
