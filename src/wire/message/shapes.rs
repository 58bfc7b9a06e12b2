//! Messages in undocumented forms that servers send: each must still be read.

use serde_json::{Value, json};

use super::*;
use crate::model::{GroupScope, MessageContent, ModerationStatus};

fn message() -> Value {
    json!({
        "id": "102", "conversationId": "alice_user_bob", "sender": "bob", "receiver": "alice", "receiverType": "user",
        "category": "message", "type": "text", "sentAt": 1_795_448_821, "data": {
            "text": "hi", "entities": {
                "sender": {"entity": {"uid": "bob", "name": "Bob"}, "entityType": "user"},
                "receiver": {"entity": {"uid": "alice", "name": "Alice"}, "entityType": "user"},
            },
        },
    })
}

fn decoded(json: &str) -> serde_json::Result<Message> {
    decode(serde_json::from_str(json)?, &mut Interner::default())
}

/// The message with the member at `pointer` set to `value`, or without it.
fn with(pointer: &str, value: Option<Value>) -> String {
    let mut message = message();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = message
        .pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap();
    match value {
        Some(value) => parent.insert(name.to_owned(), value),
        None => parent.remove(name),
    };
    message.to_string()
}

/// Values of every JSON type, and some that resemble valid ones.
fn odd_values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!(""),
        json!("x"),
        json!("7"),
        json!("-7"),
        json!([]),
        json!([null]),
        json!([[]]),
        json!([{}]),
        json!(["x", 5, null, {"a": []}]),
        json!({}),
        json!({"a": {"b": [1]}}),
        json!({"0": {}}),
        json!([{"uid": "bob"}, {"guid": "guild"}]),
    ]
}

#[test]
fn an_odd_member_costs_nothing_but_itself() {
    let members = [
        "/muid",
        "/conversationId",
        "/sentAt",
        "/updatedAt",
        "/deliveredAt",
        "/readAt",
        "/editedAt",
        "/editedBy",
        "/deletedAt",
        "/deletedBy",
        "/pinnedAt",
        "/pinnedBy",
        "/savedAt",
        "/parentId",
        "/replyCount",
        "/unreadRepliesCount",
        "/tags",
        "/quotedMessage",
        "/myReceipt",
        "/receipts",
        "/action",
        "/code",
        "/status",
        "/user",
        "/resource",
        "/data/metadata",
        "/data/mentions",
        "/data/reactions",
        "/data/moderation",
        "/data/interactions",
        "/data/attachments",
        "/data/customData",
        "/data/interactiveData",
        "/data/resource",
        "/data/url",
        "/data/entities/receiver",
        "/data/entities/by",
        "/data/entities/for",
        "/data/entities/on",
        "/data/entities/sender/entityType",
    ];
    for member in members {
        for value in odd_values() {
            let json = with(member, Some(value));
            let message = decoded(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(message.id, MessageId(102), "{json}");
            assert_eq!(message.text(), Some("hi"), "{json}");
            assert_eq!(&*message.sender.name, "Bob", "{json}");
            assert_eq!(
                message.receiver.uid().map(|uid| uid.as_str()),
                Some("alice"),
                "{json}"
            );
        }
        assert!(decoded(&with(member, None)).is_ok(), "without {member}");
    }
}

#[test]
fn an_odd_text_or_entity_does_not_cost_the_row() {
    for member in [
        "/data/text",
        "/data/entities",
        "/data/entities/sender",
        "/data/entities/sender/entity",
        "/data/entities/receiver/entity",
        "/data/entities/sender/entity/name",
        "/data/entities/sender/entity/avatar",
        "/data/entities/sender/entity/link",
        "/data/entities/sender/entity/role",
        "/data/entities/sender/entity/status",
        "/data/entities/sender/entity/statusMessage",
        "/data/entities/sender/entity/lastActiveAt",
        "/data/entities/sender/entity/createdAt",
        "/data/entities/sender/entity/deactivatedAt",
        "/data/entities/sender/entity/tags",
        "/data/entities/sender/entity/metadata",
        "/data/entities/sender/entity/blockedByMe",
        "/data/entities/sender/entity/hasBlockedMe",
        "/data/entities/sender/entity/uid",
    ] {
        for value in odd_values() {
            let json = with(member, Some(value));
            let message = decoded(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(message.id, MessageId(102), "{json}");
        }
        let json = with(member, None);
        assert!(decoded(&json).is_ok(), "{json}");
    }
}

#[test]
fn a_group_in_any_shape_is_a_group() {
    let group = |name: &str, value: Value| {
        let mut message = message();
        message["receiverType"] = json!("group");
        message["receiver"] = json!("guild");
        message["data"]["entities"]["receiver"] =
            json!({"entity": {"guid": "guild", "name": "Guild", "type": "public"}});
        if !name.is_empty() {
            message["data"]["entities"]["receiver"]["entity"][name] = value;
        }
        decoded(&message.to_string()).unwrap()
    };
    for name in [
        "",
        "name",
        "type",
        "icon",
        "description",
        "owner",
        "metadata",
        "createdAt",
        "updatedAt",
        "membersCount",
        "onlineMembersCount",
        "hasJoined",
        "scope",
        "joinedAt",
        "isBanned",
        "tags",
        "password",
        "conversationId",
    ] {
        for value in odd_values() {
            let message = group(name, value.clone());
            let Receiver::Group(group) = &message.receiver else {
                panic!("{name}: {value}")
            };
            assert_eq!(group.guid, "guild", "{name}: {value}");
        }
    }
    let kept = json!({
        "guid": "guild", "onlineMembersCount": "3", "updatedAt": "7", "joinedAt": 5.0, "isBanned": 1, "scope": "owner",
    });
    let group: Group = serde_json::from_str(&kept.to_string()).unwrap();
    assert_eq!(group.online_members_count, Some(3));
    assert_eq!(
        (group.updated_at, group.joined_at),
        (Some(Timestamp(7)), Some(Timestamp(5)))
    );
    assert_eq!(
        (group.is_banned, group.scope),
        (true, Some(GroupScope::Admin))
    );
}

#[test]
fn a_number_is_read_in_any_shape() {
    for value in [
        json!(7),
        json!("7"),
        json!(" 7 "),
        json!(7.0),
        json!(7.9),
        json!("7.9"),
    ] {
        let message = decoded(&with("/id", Some(value.clone()))).unwrap();
        assert_eq!(message.id, MessageId(7), "{value}");
        let message = decoded(&with("/replyCount", Some(value.clone()))).unwrap();
        assert_eq!(message.reply_count(), 7, "{value}");
        let message = decoded(&with("/parentId", Some(value.clone()))).unwrap();
        assert_eq!(message.parent_id, Some(MessageId(7)), "{value}");
    }
    for value in [json!(-7), json!("x"), json!(null), json!([]), json!(1e300)] {
        assert!(
            decoded(&with("/id", Some(value.clone()))).is_err(),
            "{value}"
        );
        let message = decoded(&with("/replyCount", Some(value.clone()))).unwrap();
        assert_eq!(message.reply_count(), 0, "{value}");
        let message = decoded(&with("/parentId", Some(value.clone()))).unwrap();
        assert_eq!(message.parent_id, None, "{value}");
    }
    let at = |value: Value| decoded(&with("/sentAt", Some(value))).unwrap().sent_at.0;
    assert_eq!(at(json!("1795448821")), 1_795_448_821);
    assert_eq!(at(json!(1_795_448_821.5)), 1_795_448_821);
    assert_eq!(
        at(json!(1_795_448_821_000_u64)),
        1_795_448_821,
        "milliseconds"
    );
    assert_eq!(at(json!(-5)), 0);
}

#[test]
fn a_row_without_what_it_must_have_is_an_error() {
    for (member, value) in [
        ("/id", None),
        ("/id", Some(json!({}))),
        ("/data", None),
        ("/data", Some(json!(null))),
        ("/data", Some(json!(5))),
        ("/data", Some(json!("no JSON"))),
        ("/category", None),
        ("/category", Some(json!([]))),
        ("/type", None),
        ("/receiverType", Some(json!("planet"))),
    ] {
        let json = with(member, value);
        assert!(decoded(&json).is_err(), "{json}");
    }
}

#[test]
fn data_is_read_in_any_shape() {
    let text = |data: Value| {
        let message = decoded(&with("/data", Some(data))).unwrap();
        message.text().map(str::to_owned)
    };
    assert_eq!(text(json!({"text": "x"})).as_deref(), Some("x"));
    assert_eq!(text(json!([{"text": "x"}])).as_deref(), Some("x"));
    assert_eq!(
        text(json!(r#"{"text":"x"}"#)).as_deref(),
        Some("x"),
        "JSON in a string"
    );
    assert_eq!(text(json!([])), None);
    assert_eq!(text(json!({})), None);
    assert_eq!(text(json!("")), None);
    assert_eq!(text(json!({"text": 5})).as_deref(), Some("5"));
    assert_eq!(text(json!({"text": {}})), None);
}

#[test]
fn who_sent_it_is_found_wherever_it_stands() {
    let sender = |change: &dyn Fn(&mut Value)| {
        let mut message = message();
        change(&mut message);
        decoded(&message.to_string())
            .unwrap()
            .sender
            .name
            .to_string()
    };
    assert_eq!(sender(&|it| it["data"]["entities"] = json!([])), "bob");
    assert_eq!(
        sender(&|it| it["data"]["entities"]["sender"]["entity"] = json!([])),
        "bob"
    );
    assert_eq!(sender(&|it| it["sender"] = json!(null)), "Bob");
    assert_eq!(
        sender(&|it| it["data"]["entities"]["sender"] =
            json!([{"entity": {"uid": "bob", "name": "B"}}])),
        "B"
    );
    let of_an_object = sender(&|it| {
        it["sender"] = json!({"name": "Bob", "uid": "bob"});
        it["data"]["entities"] = json!(null);
    });
    assert_eq!(of_an_object, "bob");
}

#[test]
fn what_is_not_quite_json_is_read() {
    let whole = message().to_string();
    for (text, read) in [
        (r#""a\ud800""#, "a\u{FFFD}"),
        (r#""\udc00b""#, "\u{FFFD}b"),
        (r#""\ud83d\ude00""#, "😀"),
        ("\"a\tb\"", "a\tb"),
    ] {
        let json = whole.replace(r#""hi""#, text);
        let raw: Box<RawValue> = match RawValue::from_string(json.clone()) {
            Ok(raw) => raw,
            // A control character: the reply is repaired before its rows are read.
            Err(_) => RawValue::from_string(crate::wire::json::repair(&json)).unwrap(),
        };
        let message = decode(&raw, &mut Interner::default()).unwrap();
        assert_eq!(message.text(), Some(read), "{json}");
    }
    let out_of_range = whole.replace("1795448821", "1e999");
    assert_eq!(decoded(&out_of_range).unwrap().sent_at, Timestamp(0));
    let twice = whole.replacen('{', r#"{"id":"1","muid":"a","muid":"b","#, 1);
    assert!(decoded(&twice).is_ok(), "{twice}");
}

#[test]
fn quotes_inside_quotes_end_somewhere() {
    let mut quoted = message();
    for _ in 0..20 {
        let mut outer = message();
        outer["quotedMessage"] = quoted;
        quoted = outer;
    }
    let message = decoded(&quoted.to_string()).unwrap();
    let depth = std::iter::successors(Some(&message), |message| message.quoted()).count();
    assert_eq!(depth, 4);

    let deep = format!(
        r#"{}{}"#,
        r#"{"quotedMessage":"#.repeat(100_000),
        "}".repeat(100_000)
    );
    let json = with("/quotedMessage", Some(json!("here")))
        .replace(r#""here""#, &deep.replace(":}", ":null}"));
    assert!(decoded(&json).is_ok());
}

#[test]
fn what_a_game_wants_is_kept() {
    let mut message = message();
    message["unreadRepliesCount"] = json!("2");
    message["pinnedAt"] = json!("5");
    message["pinnedBy"] = json!("Alice");
    message["savedAt"] = json!(6);
    message["data"]["moderation"] = json!({"status": "disapproved", "reason": "insult"});
    message["data"]["interactions"] = json!([{"elementId": "yes", "interactedAt": "7"}, {}, null]);
    let message = decoded(&message.to_string()).unwrap();
    let details = message.details();
    assert_eq!(details.unread_replies, 2);
    assert_eq!(details.pinned_at, Some(Timestamp(5)));
    assert_eq!(
        details.pinned_by.as_ref().map(|uid| uid.as_str()),
        Some("alice")
    );
    assert_eq!(details.saved_at, Some(Timestamp(6)));
    assert_eq!(details.moderation, Some(ModerationStatus::Disapproved));
    assert_eq!(details.moderation_reason.as_deref(), Some("insult"));
    assert_eq!(details.interactions, [("yes".into(), Timestamp(7))]);
}

#[test]
fn moderation_and_mentions_and_reactions_are_read_in_any_shape() {
    let details = |member: &str, value: Value| {
        let message = decoded(&with(member, Some(value))).unwrap();
        message.details().clone()
    };
    let moderation = |value| details("/data/moderation", value).moderation;
    for pending in [
        json!("pending"),
        json!({"status": "PENDING"}),
        json!([{"status": "pending"}]),
    ] {
        assert_eq!(moderation(pending), Some(ModerationStatus::Pending));
    }
    for none in [
        json!(null),
        json!([]),
        json!({}),
        json!(""),
        json!({"status": null}),
    ] {
        assert_eq!(moderation(none), None);
    }
    let mentions = |value| details("/data/mentions", value).mentions.len();
    assert_eq!(
        mentions(json!({"carol": {"uid": "carol"}, "dave": null})),
        1
    );
    assert_eq!(mentions(json!([{"uid": "carol"}, 5])), 1);
    let reactions = |value| details("/data/reactions", value).reactions.len();
    assert_eq!(
        reactions(json!([{"reaction": "x", "count": "1", "reactedByMe": 1}, {}, null, 5])),
        1
    );
    assert_eq!(reactions(json!({"reaction": "x", "count": 1})), 1);
    let tags = |value| details("/tags", value).tags.len();
    assert_eq!(tags(json!(["a", 5, null, {}])), 2);
    assert_eq!(tags(json!({"0": "a", "3": "b"})), 2);
    assert_eq!(tags(json!("a")), 1);
}

#[test]
fn the_text_of_cards_and_agents_is_kept() {
    let text = |category: &str, kind: &str, data: Value| {
        let mut message = message();
        message["category"] = json!(category);
        message["type"] = json!(kind);
        message["data"] = data;
        decoded(&message.to_string())
            .unwrap()
            .text()
            .map(str::to_owned)
    };
    let agent = json!({"text": "I am an agent"});
    assert_eq!(
        text("agentic", "assistant", agent).as_deref(),
        Some("I am an agent")
    );
    let card = json!({"interactiveData": {"text": "A card", "imageUrl": "https://h/x.png"}});
    assert_eq!(text("interactive", "card", card).as_deref(), Some("A card"));
    let form = json!({"interactiveData": {"title": "A form"}});
    assert_eq!(text("interactive", "form", form).as_deref(), Some("A form"));
    for card in [
        json!({"text": "A card", "card": {}}),
        json!({"card": {"text": "A card"}}),
        json!({"card": {"fallbackText": "A card"}}),
        json!({"fallbackText": "A card", "card": []}),
    ] {
        assert_eq!(text("card", "card", card).as_deref(), Some("A card"));
    }
    assert_eq!(text("call", "audio", json!([])), None);
}

#[test]
fn files_are_read_in_any_shape() {
    let urls = |data: Value| {
        let mut message = message();
        message["type"] = json!("image");
        message["data"] = data;
        match decoded(&message.to_string()).unwrap().content {
            MessageContent::Media(media) => media
                .attachments
                .iter()
                .map(|file| file.url.to_string())
                .collect(),
            _ => Vec::new(),
        }
    };
    let file = json!({"url": "https://h/x.png", "size": "12.5"});
    for attachments in [
        json!([file]),
        json!(file),
        json!({"0": file}),
        json!(["https://h/x.png"]),
        json!([file, {}, null, 5, {"url": ""}]),
    ] {
        assert_eq!(
            urls(json!({"attachments": attachments})),
            ["https://h/x.png"]
        );
    }
    for attachments in [json!([]), json!({}), json!(null), json!(""), json!(5)] {
        let data = json!({"attachments": attachments, "url": "https://h/y.png"});
        assert_eq!(urls(data), ["https://h/y.png"]);
    }
    assert_eq!(urls(json!({"attachments": []})), [""; 0]);
}

#[test]
fn an_action_names_its_actor_and_its_group() {
    let action = json!({
        "id": 7, "conversationId": "group_guild", "sender": "bob", "receiver": "guild", "receiverType": "group",
        "category": "action", "type": "groupMember", "sentAt": 5, "data": {
            "action": "kicked", "extras": [], "entities": {
                "by": {"entity": {"uid": "bob", "name": "Bob"}, "entityType": "user"},
                "for": {"entity": {"guid": "guild", "name": "Guild"}, "entityType": "group"},
                "on": {"entity": {"uid": "eve", "name": "Eve"}, "entityType": "user"},
            },
        },
    });
    let message = decoded(&action.to_string()).unwrap();
    assert_eq!(&*message.sender.name, "Bob");
    let Receiver::Group(group) = &message.receiver else {
        panic!("{message:?}")
    };
    assert_eq!(&*group.name, "Guild");
    assert_eq!(&*message.group_action().unwrap().on.name, "Eve");
}

#[test]
fn receipts_are_read_in_any_shape() {
    let recipients = |receipts: Value| {
        let json = json!({"id": 1, "receipts": receipts}).to_string();
        let rows = recipients(
            serde_json::from_str(&json).unwrap(),
            &mut Interner::default(),
        );
        rows.unwrap().len()
    };
    let receipt = json!({"recipient": {"uid": "bob"}, "deliveredAt": "1", "readAt": null});
    assert_eq!(recipients(json!({"data": [receipt]})), 1);
    assert_eq!(recipients(json!({"data": receipt})), 1);
    assert_eq!(recipients(json!([receipt])), 1);
    assert_eq!(
        recipients(json!({"data": [receipt, {"deliveredAt": 1}, {"recipient": []}, null]})),
        1
    );
    for none in [
        json!(null),
        json!([]),
        json!({}),
        json!(""),
        json!(5),
        json!({"data": null}),
        json!({"data": []}),
    ] {
        assert_eq!(recipients(none), 0);
    }
}
