//! The reader of text messages, compared with the reader of all kinds.

use serde_json::{Map, Value, json};

use super::{super::text_frame, *};
use crate::wire::scanner::ODD_VALUES;

/// Stands for the value that is tried.
const MARK: &str = "\"~\"";

fn members<'v>(value: &'v mut Value, pointer: &str) -> &'v mut Map<String, Value> {
    value.pointer_mut(pointer).unwrap().as_object_mut().unwrap()
}

/// The frame with [`MARK`] as the value of a member.
fn with_mark(frame: &Value, parent: &str, name: &str) -> String {
    let mut frame = frame.clone();
    members(&mut frame, parent).insert(name.to_owned(), "~".into());
    frame.to_string()
}

/// Every place in a JSON value, by its pointer.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    if let Some(object) = value.as_object() {
        for (name, member) in object {
            let pointer = format!("{at}/{name}");
            pointers(member, &pointer, all);
            all.push(pointer);
        }
    }
}

#[test]
fn a_text_message_is_the_same_whichever_reader_reads_it() {
    let user = |uid: &str| {
        json!({
            "uid": uid, "name": "Bob \u{1f600}", "avatar": "https://a", "link": "https://l", "role": "default",
            "status": "online", "statusMessage": "hi", "lastActiveAt": 1_795_448_820, "createdAt": 7, "deactivatedAt": 0,
            "tags": ["a", ""], "metadata": {"level": 3}, "blockedByMe": true, "hasBlockedMe": false, "other": [1.5, {}],
        })
    };
    let frame = json!({
        "appId": "app", "receiver": "alice", "receiverType": "user", "deviceId": "bobs", "type": "message", "sender": "Bob",
        "body": {
            "id": "102", "muid": "m", "conversationId": "c", "sender": "bob", "receiver": "alice", "receiverType": "user",
            "category": "message", "type": "text", "sentAt": 1_795_448_821_000_u64, "updatedAt": 1_795_448_822,
            "parentId": "7", "resource": null, "data": {
                "text": "\"quoted\" \u{e9}\n", "metadata": {"level": 12}, "resource": "x", "entities": {
                    "sender": {"entity": user("Bob"), "entityType": "user"},
                    "receiver": {"entity": user("alice"), "entityType": "user"},
                },
            },
        },
    });
    let mut places = Vec::new();
    pointers(&frame, "", &mut places);
    let mut frames = vec![
        frame.to_string(),
        serde_json::to_string_pretty(&frame).unwrap(),
    ];
    for pointer in &places {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut without = frame.clone();
        members(&mut without, parent).remove(name);
        frames.push(without.to_string());
        let changed = with_mark(&frame, parent, name);
        frames.extend(ODD_VALUES.iter().map(|odd| changed.replace(MARK, odd)));
        // The member twice.
        let original = frame.pointer(pointer).unwrap();
        frames.push(changed.replace(MARK, &format!("{original},\"{name}\":{original}")));
    }
    for rare in [
        "action",
        "code",
        "status",
        "user",
        "editedAt",
        "editedBy",
        "deletedAt",
        "deletedBy",
        "deliveredAt",
        "readAt",
        "pinnedAt",
        "pinnedBy",
        "savedAt",
        "replyCount",
        "unreadRepliesCount",
        "tags",
        "quotedMessage",
        "myReceipt",
        "mentions",
        "reactions",
        "moderation",
        "interactions",
        "by",
        "for",
        "on",
        "anything",
    ] {
        for parent in [
            "",
            "/body",
            "/body/data",
            "/body/data/entities",
            "/body/data/entities/sender",
        ] {
            let changed = with_mark(&frame, parent, rare);
            frames.extend(ODD_VALUES.iter().map(|odd| changed.replace(MARK, odd)));
        }
    }
    let own = OwnDevice {
        uid: "alice".into(),
        id: "own".into(),
    };
    let (mut interner, mut other_interner) = (Interner::default(), Interner::default());
    let mut read_in_one_pass = 0;
    for frame in &frames {
        let Some(read) = text_frame::decode(frame, &own, &mut interner) else {
            continue;
        };
        read_in_one_pass += 1;
        let other = decode_once(frame, &own, &mut other_interner);
        assert_eq!(
            format!("{:?}", Ok::<_, Malformed>(read)),
            format!("{other:?}"),
            "{frame}"
        );
    }
    assert!(text_frame::decode(&frames[0], &own, &mut Interner::default()).is_some());
    assert!(text_frame::decode(&frames[1], &own, &mut Interner::default()).is_some());
    assert!(
        read_in_one_pass > frames.len() / 8,
        "{read_in_one_pass} of {}",
        frames.len()
    );
}

#[test]
fn the_own_text_message_is_an_echo() {
    let frame = frame(
        "message",
        &message(1, "message", "text", r#"{"text":"hi"}"#),
    );
    let own = frame
        .replace("\"bob\"", "\"alice\"")
        .replace("\"bobs\"", "\"own\"");
    assert!(matches!(read(&own), Ok(ServerFrame::Echo)));
    let other_user = frame.replace("\"bobs\"", "\"own\"");
    assert!(matches!(
        read(&other_user),
        Ok(ServerFrame::Event(Event::MessageReceived(_)))
    ));
}
