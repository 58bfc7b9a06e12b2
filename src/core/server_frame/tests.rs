//! A frame of each kind.

mod text_frame;

use super::*;
use crate::{
    model::{
        GroupActionKind, GroupScope, MessageId, ModerationStatus, ReceiptKind, Timestamp, User,
        UserStatus,
    },
    wire::{
        envelope::{Envelope, PONG},
        frame_body::{AuthReply, TypingAction, TypingBody},
    },
};

fn read(frame: &str) -> Result<ServerFrame, Malformed> {
    let own = OwnDevice {
        uid: "alice".into(),
        id: "own".into(),
    };
    decode_frame(frame, &own, &mut Interner::default())
}

/// A frame from bob's device to alice.
fn frame(kind: &str, body: &str) -> String {
    format!(
        r#"{{"appId":"app123","receiver":"alice","receiverType":"user","deviceId":"bobs","type":"{kind}","sender":"bob","body":{body}}}"#
    )
}

/// A message from bob to alice.
fn message(id: u64, category: &str, kind: &str, data: &str) -> String {
    format!(
        r#"{{"id":"{id}","muid":"muid-1","conversationId":"alice_user_bob","sender":"bob","receiver":"alice","receiverType":"user","category":"{category}","type":"{kind}","sentAt":1795448821,"updatedAt":1795448821,"data":{data}}}"#
    )
}

fn bob() -> User {
    User::new("bob", "Bob")
}

#[test]
fn auth_is_accepted_by_exactly_200() {
    let auth = |body| read(&frame("auth", body)).unwrap();
    assert!(matches!(
        auth(r#"{"code":"200","status":"OK"}"#),
        ServerFrame::Auth { accepted: true, .. }
    ));
    assert!(matches!(
        auth(r#"{"code":"401","status":"no"}"#),
        ServerFrame::Auth { accepted: false, reason } if reason == "401 no"
    ));
}

#[test]
fn a_typing_indicator_says_who_and_where() {
    let body = |action| {
        format!(
            r#"{{"action":"{action}","user":{{"uid":"bob","name":"Bob","hasBlockedMe":false,"blockedByMe":false,"deactivatedAt":0,"role":"default","status":"online","tags":[]}},"metadata":{{"x":1}}}}"#
        )
    };
    for (action, expected) in [("started", true), ("ended", false)] {
        let Ok(ServerFrame::Event(Event::TypingChanged(typing))) =
            read(&frame("typing_indicator", &body(action)))
        else {
            panic!("{action}")
        };
        assert_eq!(typing.typing, expected);
        assert_eq!(&*typing.user.name, "Bob");
        assert_eq!(typing.receiver, ReceiverId::User("alice".into()));
    }
    assert!(read(&frame("typing_indicator", &body("paused"))).is_err());
}

#[test]
fn a_receipt_says_what_became_of_which_message() {
    let body = |action| {
        format!(
            r#"{{"action":"{action}","messageId":"101","timestamp":1795449064,"user":{{"uid":"bob","name":"Bob"}}}}"#
        )
    };
    for (action, kind) in [
        ("delivered", ReceiptKind::Delivered),
        ("read", ReceiptKind::Read),
        ("deliveredToAll", ReceiptKind::DeliveredToAll),
        ("readByAll", ReceiptKind::ReadByAll),
    ] {
        let Ok(ServerFrame::Event(Event::ReceiptReceived(receipt))) =
            read(&frame("receipts", &body(action)))
        else {
            panic!("{action}")
        };
        assert_eq!(receipt.kind, kind);
        assert_eq!(receipt.message_id, MessageId(101));
        assert_eq!(*receipt.user, bob());
        assert_eq!(receipt.at, Timestamp(1_795_449_064));
    }
    for broken in [&body("lost"), r#"{"action":"read","messageId":"1"}"#] {
        assert!(read(&frame("receipts", broken)).is_err(), "{broken}");
    }
}

#[test]
fn presence_says_who_came_or_went() {
    for (action, online) in [("online", true), ("available", true), ("offline", false)] {
        let body = format!(
            r#"{{"action":"{action}","timestamp":1795449064,"user":{{"uid":"bob","name":"Bob","status":"available"}}}}"#
        );
        let Ok(ServerFrame::Event(Event::PresenceChanged(presence))) =
            read(&frame("presence", &body))
        else {
            panic!("{action}")
        };
        assert_eq!(presence.online, online);
        assert_eq!(presence.user.status == UserStatus::Online, online);
        assert_eq!(presence.user.last_active_at, Some(Timestamp(1_795_449_064)));
    }
}

#[test]
fn a_transient_message_keeps_its_data() {
    let body = r#"{"user":{"uid":"bob","name":"Bob"},"data":{"LIVE_REACTION":"heart"}}"#;
    let Ok(ServerFrame::Event(Event::TransientReceived(event))) =
        read(&frame("transient_message", body))
    else {
        panic!("not transient")
    };
    assert_eq!(event.data.as_str(), r#"{"LIVE_REACTION":"heart"}"#);
    assert!(read(&frame("transient_message", r#"{"data":1}"#)).is_err());
}

#[test]
fn a_reaction_says_by_whom_with_or_without_their_entity() {
    let body = |action: &str, by: &str| {
        format!(
            r#"{{"action":"{action}","id":"106","messageId":"101","reaction":"😀","uid":"bob","reactedAt":1795449065{by},"conversationId":"alice_user_bob","parentId":"7"}}"#
        )
    };
    let by = r#","reactedBy":{"uid":"bob","name":"Bob"}"#;
    for (action, by, added, name) in [
        ("message_reaction_added", by, true, "Bob"),
        ("message_reaction_removed", "", false, "bob"),
    ] {
        let Ok(ServerFrame::Event(Event::ReactionChanged(event))) =
            read(&frame("reaction", &body(action, by)))
        else {
            panic!("{action}")
        };
        assert_eq!((event.added, &*event.user.name), (added, name));
        assert_eq!((&*event.reaction, event.message_id), ("😀", MessageId(101)));
        assert_eq!(event.parent_id, Some(MessageId(7)));
        assert_eq!(event.conversation_id.unwrap().as_str(), "alice_user_bob");
    }
    assert!(read(&frame("reaction", &body("danced", by))).is_err());
}

#[test]
fn completed_interactions_are_listed() {
    let body = r#"{"messageId":"9","user":{"uid":"bob"},"interactions":[{"elementId":"yes","interactedAt":5}]}"#;
    let Ok(ServerFrame::Event(Event::InteractionCompleted(interaction))) =
        read(&frame("interaction_completed", body))
    else {
        panic!("no interaction")
    };
    assert_eq!(interaction.message_id, MessageId(9));
    assert_eq!(interaction.elements, [("yes".into(), Timestamp(5))]);
}

#[test]
fn moderation_says_what_it_decided() {
    let data = r#"{"text":"hm","moderation":{"status":"disapproved"}}"#;
    let body = message(3, "message", "text", data);
    let Ok(ServerFrame::Event(Event::MessageModerated(message))) =
        read(&frame("on_moderation_status_changed", &body))
    else {
        panic!("not moderated")
    };
    assert_eq!(
        message.details().moderation,
        Some(ModerationStatus::Disapproved)
    );
}

#[test]
fn d2_an_echo_is_one_for_all_kinds_but_two() {
    let echo = |kind: &str, body: &str| {
        let frame = frame(kind, body).replace("bobs", "own");
        read(&frame.replace(r#""sender":"bob""#, r#""sender":"Alice""#)).unwrap()
    };
    let text = message(3, "message", "text", r#"{"text":"x"}"#);
    for (kind, body) in [
        ("message", text.as_str()),
        (
            "typing_indicator",
            r#"{"action":"started","user":{"uid":"bob"}}"#,
        ),
        ("receipts", "{}"),
        ("anything", "7"),
    ] {
        assert!(matches!(echo(kind, body), ServerFrame::Echo), "{kind}");
    }
    assert!(matches!(
        echo("auth", r#"{"code":"200"}"#),
        ServerFrame::Auth { .. }
    ));
    assert!(matches!(
        echo("on_moderation_status_changed", &text),
        ServerFrame::Event(Event::MessageModerated(_))
    ));
}

#[test]
fn d2_a_frame_of_another_user_is_no_echo_whatever_device_it_names() {
    let text = message(3, "message", "text", r#"{"text":"x"}"#);
    for (kind, body) in [
        ("message", text.as_str()),
        (
            "typing_indicator",
            r#"{"action":"started","user":{"uid":"bob"}}"#,
        ),
        (
            "presence",
            r#"{"action":"online","user":{"uid":"bob"},"timestamp":5}"#,
        ),
        ("anything", "7"),
    ] {
        let named = frame(kind, body).replace("bobs", "own");
        let without_sender = named.replacen(r#""sender":"bob","#, "", 1);
        for frame in [named, without_sender] {
            let read = read(&frame).unwrap();
            assert!(matches!(read, ServerFrame::Event(_)), "{frame}");
        }
    }
    let body_of_bob = frame("message", &text).replace("bobs", "own").replacen(
        r#""sender":"bob","body""#,
        r#""sender":"alice","body""#,
        1,
    );
    assert!(matches!(
        read(&body_of_bob),
        Ok(ServerFrame::Event(Event::MessageReceived(_)))
    ));
}

#[test]
fn an_edit_and_a_deletion_tell_the_message_as_it_is_now() {
    let on = message(101, "message", "text", r#"{"text":"edited!"}"#);
    let action = |what: &str| {
        let data = format!(
            r#"{{"action":"{what}","entities":{{"by":{{"entity":{{"uid":"bob"}},"entityType":"user"}},"for":{{"entity":{{"uid":"alice"}},"entityType":"user"}},"on":{{"entity":{on},"entityType":"message"}}}}}}"#
        );
        read(&frame("message", &message(105, "action", "message", &data))).unwrap()
    };
    assert!(matches!(
        action("edited"),
        ServerFrame::Event(Event::MessageEdited(message))
            if message.id == MessageId(101) && message.text() == Some("edited!")
    ));
    assert!(matches!(
        action("deleted"),
        ServerFrame::Event(Event::MessageDeleted(message))
            if message.id == MessageId(101) && message.is_deleted()
    ));
}

#[test]
fn each_group_action_says_who_did_what_to_whom() {
    for (action, kind) in [
        ("joined", GroupActionKind::Joined),
        ("left", GroupActionKind::Left),
        ("kicked", GroupActionKind::Kicked),
        ("banned", GroupActionKind::Banned),
        ("unbanned", GroupActionKind::Unbanned),
        ("added", GroupActionKind::Added),
        (
            "scopeChanged",
            GroupActionKind::ScopeChanged {
                from: GroupScope::Participant,
                to: GroupScope::Moderator,
            },
        ),
    ] {
        let data = format!(
            r#"{{"action":"{action}","entities":{{"by":{{"entity":{{"uid":"bob","name":"Bob"}},"entityType":"user"}},"for":{{"entity":{{"guid":"guild","name":"Guild"}},"entityType":"group"}},"on":{{"entity":{{"uid":"carol","name":"Carol"}},"entityType":"user"}}}},"extras":{{"scope":{{"old":"participant","new":"moderator"}}}}}}"#
        );
        let body = message(7, "action", "groupMember", &data);
        let Ok(ServerFrame::Event(Event::GroupChanged(message))) = read(&frame("message", &body))
        else {
            panic!("{action}")
        };
        let told = message.group_action().expect(action);
        assert_eq!(told.kind, kind);
        assert_eq!((&*told.by.name, &*told.on.name), ("Bob", "Carol"));
        assert_eq!(told.group.guid, "guild");
    }
}

#[test]
fn what_is_not_modelled_comes_as_it_is() {
    for kind in [
        "streamed_message",
        "message_pinned",
        "conversation_pinned",
        "pin",
    ] {
        let text = frame(kind, r#"{"type":"run_started","data":{"timestamp":1}}"#);
        let Ok(ServerFrame::Event(Event::RawReceived(raw))) = read(&text) else {
            panic!("{kind}")
        };
        assert_eq!((&*raw.kind, raw.frame.as_str()), (kind, text.as_str()));
        assert_eq!(raw.sender.unwrap(), "bob");
    }
}

#[test]
fn a_call_and_an_unknown_action_are_no_messages() {
    let call = r#"{"entities":{"on":{"entity":{"sessionid":"s"}}}}"#;
    let records = [
        message(8, "call", "audio", call),
        message(8, "action", "message", r#"{"action":"flown"}"#),
        message(8, "action", "unheardOf", r#"{"action":"edited"}"#),
        message(8, "action", "message", r#"{"action":"edited"}"#),
    ];
    for record in records {
        let text = frame("message", &record);
        let Ok(ServerFrame::Event(Event::RawReceived(raw))) = read(&text) else {
            panic!("{record}")
        };
        assert_eq!((&*raw.kind, raw.frame.as_str()), ("message", text.as_str()));
        assert_eq!(raw.sender.unwrap(), "bob");
    }
}

#[test]
fn an_odd_member_of_an_envelope_costs_nothing_but_itself() {
    let text = message(3, "message", "text", r#"{"text":"x"}"#);
    for kind in ["message", "reaction", "presence"] {
        let body = match kind {
            "message" => text.as_str(),
            "presence" => r#"{"action":"online","timestamp":"soon","user":{"uid":"bob"}}"#,
            _ => {
                r#"{"action":"message_reaction_added","messageId":"1","reaction":"x","uid":"bob","reactedBy":[],"parentId":{}}"#
            }
        };
        for odd in [
            "null", "false", "5", "1.5", "[]", "{}", "\"\"", "[{}]", "1e999",
        ] {
            for member in [
                "appId",
                "deviceId",
                "sender",
                "messageSender",
                "receiver",
                "receiverType",
            ] {
                let frame = format!(r#"{{"type":"{kind}","{member}":{odd},"body":{body}}}"#);
                assert!(read(&frame).is_ok(), "{frame}");
            }
        }
    }
}

#[test]
fn a_body_in_a_list_is_read() {
    let text = message(3, "message", "text", r#"{"text":"x"}"#);
    let is_message = |frame: &str| {
        matches!(
            read(frame),
            Ok(ServerFrame::Event(Event::MessageReceived(_)))
        )
    };
    assert!(is_message(&frame("message", &format!("[{text}]"))));
    let typing = r#"[{"action":"started","user":{"uid":"bob"}}]"#;
    assert!(matches!(
        read(&frame("typing_indicator", typing)),
        Ok(ServerFrame::Event(Event::TypingChanged(_)))
    ));
    let interaction = r#"{"messageId":9,"user":{"uid":"bob"},"interactions":{"elementId":"yes"}}"#;
    let Ok(ServerFrame::Event(Event::InteractionCompleted(interaction))) =
        read(&frame("interaction_completed", interaction))
    else {
        panic!("no interaction")
    };
    assert_eq!(interaction.elements, [("yes".into(), Timestamp(0))]);
    for body in ["[]", "null", "5", "\"\""] {
        assert!(read(&frame("message", body)).is_err(), "{body}");
    }
}

#[test]
fn a_frame_that_is_not_quite_json_is_read() {
    for (text, expected) in [(r#""a\ud800""#, "a\u{FFFD}"), ("\"a\tb\"", "a\tb")] {
        let body = message(3, "message", "text", &format!(r#"{{"text":{text}}}"#));
        let Ok(ServerFrame::Event(Event::MessageReceived(message))) =
            read(&frame("message", &body))
        else {
            panic!("{body}")
        };
        assert_eq!(message.text(), Some(expected));
    }
    let twice = frame(
        "message",
        &message(3, "message", "text", r#"{"text":"a","text":"b"}"#),
    );
    assert!(matches!(
        read(&twice),
        Ok(ServerFrame::Event(Event::MessageReceived(_)))
    ));
}

#[test]
fn what_the_server_writes_the_client_reads() {
    assert!(matches!(read(PONG).unwrap(), ServerFrame::Pong));

    let reply = AuthReply {
        code: "401",
        status: "who are you",
    };
    let frame = Envelope::new("auth", "app", "alice", "own", reply);
    assert!(matches!(
        read(&frame.encode().unwrap()).unwrap(),
        ServerFrame::Auth { accepted: false, reason } if reason == "401 who are you"
    ));

    let user = User::new("alice", "Alice");
    let guild = ReceiverId::Group("guild".into());
    let body = || TypingBody {
        action: TypingAction::Started,
        user: &user,
        metadata: None,
    };
    let frame = Envelope::new("typing_indicator", "app", "alice", "other", body()).to(&guild);
    assert!(matches!(
        read(&frame.encode().unwrap()).unwrap(),
        ServerFrame::Event(Event::TypingChanged(typing))
            if typing.typing && *typing.user == user && typing.receiver == guild
    ));
    let echo = Envelope::new("typing_indicator", "app", "alice", "own", body()).to(&guild);
    assert!(matches!(
        read(&echo.encode().unwrap()).unwrap(),
        ServerFrame::Echo
    ));
}

#[test]
fn lists_within_lists_do_not_overflow_the_stack() {
    let read_all = || {
        for depth in [1, 60, 110, 126, 127, 10_000] {
            for inner in ["", "{}"] {
                let lists = format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth));
                for kind in [
                    "message",
                    "typing_indicator",
                    "receipts",
                    "presence",
                    "reaction",
                ] {
                    let _ = read(&frame(kind, &lists));
                }
                for member in [
                    "id",
                    "muid",
                    "data",
                    "myReceipt",
                    "tags",
                    "quotedMessage",
                    "user",
                    "replyCount",
                ] {
                    let body =
                        format!(r#"{{"{member}":{lists},"category":"message","type":"text"}}"#);
                    let _ = read(&frame("message", &body));
                }
                for member in [
                    "text",
                    "metadata",
                    "entities",
                    "mentions",
                    "reactions",
                    "moderation",
                    "interactions",
                    "attachments",
                    "extras",
                    "customData",
                    "interactiveData",
                ] {
                    for category in ["message", "action", "custom", "interactive"] {
                        let data = format!(r#"{{"{member}":{lists}}}"#);
                        let _ = read(&frame("message", &message(5, category, "image", &data)));
                    }
                }
            }
        }
    };
    // No larger than the stack of a page.
    let thread = std::thread::Builder::new().stack_size(1024 * 1024);
    thread.spawn(read_all).unwrap().join().unwrap();
}
