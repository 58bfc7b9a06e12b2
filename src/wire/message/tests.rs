//! A message of each kind, as documented.

use super::*;
use crate::model::{ConversationId, MediaKind, MessageContent, ModerationStatus, Reaction, Uid};

fn read(category: &str, kind: &str, data: &str) -> Message {
    read_with(category, kind, data, "")
}

fn read_with(category: &str, kind: &str, data: &str, members: &str) -> Message {
    let json = format!(
        r#"{{"id":"102","conversationId":"alice_user_bob","sender":"bob","receiver":"alice","receiverType":"user","category":"{category}","type":"{kind}","sentAt":1795448821,"data":{data}{members}}}"#
    );
    decode(
        serde_json::from_str(&json).unwrap(),
        &mut Interner::default(),
    )
    .expect(&json)
}

#[test]
fn a_text_with_everything_that_one_can_have() {
    let message = read_with(
        "message",
        "text",
        r#"{"text":"hi <@uid:carol>","metadata":{"k":1},"mentions":{"carol":{"uid":"carol","name":"Carol"}},
            "reactions":[{"reaction":"😀","count":1,"reactedByMe":true}],"moderation":{"status":"approved"},
            "resource":"s","entities":{"sender":{"entity":{"uid":"bob","name":"Bob"},"entityType":"user"},
            "receiver":{"entity":{"uid":"alice","name":"Alice"},"entityType":"user"}}}"#,
        r#","muid":"muid-1","updatedAt":1795448830,"deliveredAt":5,"readAt":6,"editedAt":7,"editedBy":"bob",
            "parentId":"101","replyCount":2,"unreadRepliesCount":0,"tags":["t"],
            "myReceipt":{"deliveredAt":1,"readAt":2},
            "quotedMessage":{"id":"100","sender":"alice","receiver":"bob","receiverType":"user",
                "category":"message","type":"text","data":{"text":"quoted"}}"#,
    );
    assert_eq!(message.text(), Some("hi <@uid:carol>"));
    assert_eq!(
        (&*message.sender.name, message.muid.as_deref()),
        ("Bob", Some("muid-1"))
    );
    assert_eq!(message.metadata.as_ref().unwrap().as_str(), r#"{"k":1}"#);
    assert_eq!(message.updated_at, Timestamp(1_795_448_830));
    assert_eq!(message.parent_id, Some(MessageId(101)));
    assert!(message.is_mentioned(&Uid::from("carol")));
    assert_eq!(message.reactions(), [Reaction::new("😀", 1, true)]);
    assert_eq!(
        message.details().moderation,
        Some(ModerationStatus::Approved)
    );
    assert_eq!(message.tags(), ["t".into()]);
    assert_eq!(message.reply_count(), 2);
    assert_eq!(message.edited_at(), Some(Timestamp(7)));
    assert_eq!(message.delivered_at(), Some(Timestamp(5)));
    assert_eq!(message.read_at(), Some(Timestamp(6)));
    assert_eq!(message.details().my_read_at, Some(Timestamp(2)));
    assert_eq!(message.quoted().and_then(Message::text), Some("quoted"));
}

#[test]
fn a_message_with_nothing_optional() {
    let message = read("message", "text", r#"{"text":"hi"}"#);
    assert_eq!(message.details, None);
    assert_eq!((message.muid.as_deref(), message.parent_id), (None, None));
    assert_eq!(
        message.conversation_id,
        ConversationId::from("alice_user_bob")
    );
    assert_eq!(&*message.sender.name, "bob", "all that is known");
}

#[test]
fn a_file_by_attachment_and_by_url() {
    for kind in ["image", "video", "audio", "file"] {
        let data = r#"{"url":"","attachments":[{"extension":"png","mimeType":"image/png","name":"x","url":"https://h/x.png","size":"12"}],"text":"cap"}"#;
        let MessageContent::Media(media) = read("message", kind, data).content else {
            panic!("{kind}")
        };
        assert_eq!(
            (media.kind.as_str(), media.caption.as_deref()),
            (kind, Some("cap"))
        );
        let attachment = &media.attachments[0];
        assert_eq!((&*attachment.url, attachment.size), ("https://h/x.png", 12));
    }
    let MessageContent::Media(media) = read(
        "message",
        "audio",
        r#"{"url":"https://h/a/song.OGG?fat=1"}"#,
    )
    .content
    else {
        panic!("not a file")
    };
    assert_eq!(media.kind, MediaKind::Audio);
    assert_eq!(&*media.attachments[0].name, "song.OGG");
}

#[test]
fn custom_data_of_either_category() {
    for (category, kind) in [("custom", "location"), ("message", "custom")] {
        let data = r#"{"customData":{"lat":1},"subType":"sub","updateConversation":true,"sendNotification":false,"text":"📍"}"#;
        let MessageContent::Custom(custom) = read(category, kind, data).content else {
            panic!("{category}")
        };
        assert_eq!(
            (&*custom.kind, custom.data.as_str()),
            (kind, r#"{"lat":1}"#)
        );
        assert_eq!(
            (custom.text.as_deref(), custom.sub_type.as_deref()),
            (Some("📍"), Some("sub"))
        );
    }
}

#[test]
fn a_thing_to_interact_with() {
    let data = r#"{"interactiveData":{"title":"Raid?"},"interactionGoal":{"type":"anyAction","elementIds":["yes"]}}"#;
    let MessageContent::Interactive(form) = read("interactive", "form", data).content else {
        panic!("not interactive")
    };
    assert_eq!(
        (&*form.kind, form.data.as_str()),
        ("form", r#"{"title":"Raid?"}"#)
    );
    assert!(form.goal.is_some());
}

#[test]
fn what_lacks_what_its_kind_must_have_comes_as_it_is() {
    for (category, kind, data) in [
        ("message", "text", r#"{"metadata":{}}"#),
        ("message", "image", r#"{"url":"","attachments":[]}"#),
        ("message", "hologram", r#"{"url":"https://h/x"}"#),
        ("custom", "location", r#"{"text":"no data"}"#),
        ("interactive", "form", "{}"),
        (
            "action",
            "groupMember",
            r#"{"action":"danced","entities":{}}"#,
        ),
        ("call", "video", "{}"),
    ] {
        let message = read(category, kind, data);
        let MessageContent::Unmodelled(content) = &message.content else {
            panic!("{message:?}")
        };
        assert_eq!((&*content.category, &*content.kind), (category, kind));
        assert_eq!(content.data.as_ref().unwrap().as_str(), data);
    }
}

#[test]
fn who_got_a_message_is_read() {
    let recipients = |receipts: &str| {
        let json = format!(r#"{{"id":"1"{receipts}}}"#);
        recipients(
            serde_json::from_str(&json).unwrap(),
            &mut Interner::default(),
        )
    };
    let read = recipients(
        r#","receipts":{"data":[{"recipient":{"uid":"bob","name":"Bob"},"deliveredAt":1,"readAt":"2"},{"recipient":{"uid":"carol"},"deliveredAt":3}]}"#,
    )
    .unwrap();
    assert_eq!(&*read[0].user.name, "Bob");
    assert_eq!(
        (read[0].delivered_at, read[0].read_at),
        (Some(Timestamp(1)), Some(Timestamp(2)))
    );
    assert_eq!(
        (read[1].delivered_at, read[1].read_at),
        (Some(Timestamp(3)), None)
    );
    assert_eq!(recipients("").unwrap(), []);
    // A receipt without a user does not affect the others.
    assert_eq!(
        recipients(r#","receipts":{"data":[{"deliveredAt":1}]}"#).unwrap(),
        []
    );
}

#[test]
fn both_sides_of_a_conversation_call_it_the_same() {
    let to = |uid: &str| ReceiverId::User(uid.into());
    assert_eq!(conversation_id("bob", &to("alice")), "alice_user_bob");
    assert_eq!(conversation_id("alice", &to("bob")), "alice_user_bob");
    let guild = ReceiverId::Group("guild".into());
    assert_eq!(conversation_id("alice", &guild), "group_guild");
}
