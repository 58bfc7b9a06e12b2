use bevy_cometchat::RawReceived;
use serde_json::{Value, json};

use super::{messages::texts, page::Page, stage::Stage};

fn with_id(page: &Page<'_>, method: &str, id: &Value) -> Value {
    page.run_with("CometChat[method](id)", json!({"method": method, "id": id}))
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_message_is_pinned_for_all_who_have_it() {
    let stage = Stage::new();
    let (alice, bob, mut game) = (stage.page("alice"), stage.page("bob"), stage.game("carol"));
    assert_eq!(alice.run("CometChat.isPinMessageEnabled()"), true);
    alice.run(
        "CometChat.createGroupWithMembers(new CometChat.Group('guild', 'Guild', 'public'), [
            new CometChat.GroupMember('bob', 'participant'), new CometChat.GroupMember('carol', 'participant'),
        ], [])",
    );
    let say = |text: &str| {
        let code = "CometChat.sendMessage(new CometChat.TextMessage('guild', text, 'group'))";
        alice.run_with(code, json!({"text": text}))["id"].clone()
    };
    let rules = say("The rules");
    say("Any questions?");
    assert_eq!(with_id(&alice, "pinMessage", &rules)["pinnedBy"], "alice");
    let heard = bob.next("onMessagePinned");
    assert_eq!(
        (&heard["id"], &heard["pinnedBy"]),
        (&rules, &json!("alice"))
    );
    assert!(heard["pinnedAt"].as_u64() > Some(0), "{heard}");
    assert_eq!(&*game.next::<RawReceived>().kind, "message_pinned");
    let pin = "CometChat.pinMessage(id)";
    assert_eq!(
        bob.refused(pin, json!({"id": rules})),
        "ERR_ACTION_NOT_ALLOWED"
    );
    let pinned = || {
        let builder =
            "new CometChat.MessagesRequestBuilder().setGUID('guild').setPinned(true).setLimit(100)";
        let pinned = bob.pager(builder).previous();
        texts(&pinned)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(pinned(), ["The rules"]);

    with_id(&alice, "unpinMessage", &rules);
    assert_eq!(bob.next("onMessageUnpinned")["id"], rules);
    assert_eq!(pinned(), [""; 0]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_message_is_saved_by_one_for_themselves() {
    let stage = Stage::new();
    let (alice, bob, phone) = (stage.page("alice"), stage.page("bob"), stage.page("bob"));
    assert_eq!(bob.run("CometChat.isSaveMessageEnabled()"), true);
    let said = "CometChat.sendMessage(new CometChat.TextMessage('bob', 'Meet at noon', 'user'))";
    let id = &alice.run(said)["id"];
    assert!(with_id(&bob, "saveMessage", id)["savedAt"].as_u64() > Some(0));
    assert_eq!(&phone.next("onMessageSaved")["id"], id);
    let saved = |page: &Page<'_>| {
        page.pager("new CometChat.MessagesRequestBuilder().setSaved(true).setLimit(100)")
            .previous()
    };
    assert_eq!(texts(&saved(&phone)), ["Meet at noon"]);
    assert_eq!(saved(&alice), Vec::<Value>::new());

    with_id(&phone, "unsaveMessage", id);
    assert_eq!(&bob.next("onMessageUnsaved")["id"], id);
    assert_eq!(saved(&bob), Vec::<Value>::new());
    bob.run("CometChat.sendMessage(new CometChat.TextMessage('alice', 'I will', 'user'))");
    alice.next("onTextMessageReceived");
    alice.heard_no("onMessageSaved");
}
