//! Messages of each kind, from one client to another.

use bevy_cometchat::model::{
    Attachment, CustomMessage, Guid, InteractiveMessage, MediaKind, MediaMessage, Message,
    MessageContent, OutgoingMessage, Payload, PayloadError, TextMessage, TransientMessage, Uid,
    Upload,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    http::Api,
    stage::{guild, heard, heard_before, live, say, send, server, user},
};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct ItemLink {
    item: u32,
}

impl Payload for ItemLink {
    const KIND: &'static str = "item_link";

    fn fallback_text(&self) -> String {
        format!("[item {}]", self.item)
    }
}

/// The same kind as a newer version of the game writes it.
#[derive(Serialize, Deserialize)]
struct NewItemLink {
    items: Vec<u32>,
}

impl Payload for NewItemLink {
    const KIND: &'static str = "item_link";
    const VERSION: u32 = 2;

    fn fallback_text(&self) -> String {
        "[items]".into()
    }
}

fn to_bob() -> Uid {
    "bob".into()
}

/// One of each kind.
fn messages() -> Vec<OutgoingMessage> {
    let media = |kind: MediaKind| {
        let name = format!("{}.bin", kind.as_str());
        let url = format!("https://files.example/{name}");
        MediaMessage::new(to_bob(), kind)
            .with_attachment(Attachment::new(url, name, "application/octet-stream"))
            .with_caption("look")
    };
    vec![
        TextMessage::new(to_bob(), "plain").into(),
        TextMessage::to_group("guild", "to all").into(),
        TextMessage::new(to_bob(), "with everything, <@uid:carol>")
            .with_metadata(&json!({"colour": "red", "deep": [1, {"er": null}]}))
            .unwrap()
            .with_tag("raid")
            .with_tag("ü ñ, &")
            .with_muid("muid-1")
            .into(),
        media(MediaKind::Image).into(),
        media(MediaKind::Video).into(),
        media(MediaKind::Audio).into(),
        media(MediaKind::File).with_tag("t").into(),
        CustomMessage::new(to_bob(), "trade", &json!({"gold": 5}))
            .unwrap()
            .with_text("5 gold")
            .with_sub_type("offer")
            .updating_conversation(false)
            .sending_notification(false)
            .into(),
        CustomMessage::payload(Guid::from("guild"), &ItemLink { item: 7 })
            .unwrap()
            .into(),
        InteractiveMessage::new(to_bob(), "form", &json!({"title": "Raid?"}))
            .unwrap()
            .with_goal(&json!({"type": "anyAction", "elementIds": ["yes"]}))
            .unwrap()
            .into(),
    ]
}

#[test]
fn each_kind_reaches_the_other_as_the_server_stored_it() {
    let server = server();
    guild(&server);
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    for message in messages() {
        let sent = send(&alice, message.clone());
        let got = heard!(bob, MessageReceived);
        assert_eq!((got.id, &got.muid), (sent.id, &sent.muid));
        assert_eq!(got.content, sent.content);
        assert_eq!(got.metadata, sent.metadata);
        assert_eq!(got.tags(), sent.tags());
        assert_eq!(got.mentions(), sent.mentions());
        assert_eq!(got.conversation_id, sent.conversation_id);
        assert_eq!(got.receiver.to_id(), message.envelope.receiver);
        assert_eq!(got.sender.uid, "alice");

        assert_eq!(got.tags(), message.envelope.tags);
        let metadata = message.envelope.metadata.as_ref();
        assert_eq!(got.metadata.as_ref(), metadata);
        assert!(got.muid.is_some(), "one is made up where there is none");
        if let Some(muid) = &message.envelope.muid {
            assert_eq!(got.muid.as_ref(), Some(muid));
        }
    }
}

#[test]
fn what_is_said_is_what_arrives() {
    let server = server();
    guild(&server);
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    let mut contents = Vec::new();
    for message in messages() {
        send(&alice, message);
        contents.push(heard!(bob, MessageReceived));
    }
    let texts: Vec<_> = contents.iter().map(|message| message.text()).collect();
    assert_eq!(
        texts,
        [
            Some("plain"),
            Some("to all"),
            Some("with everything, <@uid:carol>"),
            Some("look"),
            Some("look"),
            Some("look"),
            Some("look"),
            Some("5 gold"),
            Some("[item 7]"),
            Some("Raid?"),
        ]
    );
    assert!(contents[2].is_mentioned(&"carol".into()));
    let MessageContent::Media(file) = &contents[6].content else {
        panic!("{:?}", contents[6])
    };
    assert_eq!(file.kind, MediaKind::File);
    assert_eq!(&*file.attachments[0].url, "https://files.example/file.bin");
    let MessageContent::Custom(trade) = &contents[7].content else {
        panic!("{:?}", contents[7])
    };
    assert_eq!(
        (&*trade.kind, trade.data.as_str()),
        ("trade", r#"{"gold":5}"#)
    );
    assert_eq!(trade.sub_type.as_deref(), Some("offer"));
    assert_eq!(contents[8].payload(), Some(Ok(ItemLink { item: 7 })));
    assert_eq!(contents[7].payload::<ItemLink>(), None);
    let MessageContent::Interactive(form) = &contents[9].content else {
        panic!("{:?}", contents[9])
    };
    assert_eq!(
        (&*form.kind, form.data.as_str()),
        ("form", r#"{"title":"Raid?"}"#)
    );
    assert!(form.goal.is_some());
}

#[test]
fn a_payload_of_a_newer_game_keeps_its_words() {
    let server = server();
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    let link = NewItemLink { items: vec![1, 2] };
    send(&alice, CustomMessage::payload(to_bob(), &link).unwrap());
    let got = heard!(bob, MessageReceived);
    assert_eq!(got.text(), Some("[items]"));
    assert_eq!(
        got.payload::<ItemLink>(),
        Some(Err(PayloadError::Version { found: 2, known: 1 }))
    );
}

#[test]
fn an_uploaded_file_is_there_for_the_other() {
    let server = server();
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    let bytes = b"\x00\xff--boundary\r\n\r\nnot UTF-8: \xc3".to_vec();
    let message = MediaMessage::new(to_bob(), MediaKind::Image)
        .with_upload(Upload::new("my \"cat\".png", "image/png", bytes.clone()))
        .with_upload(Upload::new("two.txt", "text/plain", b"two".to_vec()))
        .with_caption("two files")
        .with_metadata(&json!({"k": 1}))
        .unwrap()
        .with_tag("t");
    let sent = send(&alice, message);
    let got = heard!(bob, MessageReceived);
    assert_eq!(
        (got.content.clone(), got.tags()),
        (sent.content.clone(), sent.tags())
    );
    assert_eq!(got.metadata.as_ref().unwrap().as_str(), r#"{"k":1}"#);
    let MessageContent::Media(media) = &got.content else {
        panic!("{got:?}")
    };
    assert_eq!(media.caption.as_deref(), Some("two files"));
    let names: Vec<_> = media.attachments.iter().map(|file| &*file.name).collect();
    assert_eq!(names, ["my \"cat\".png", "two.txt"]);
    assert_eq!(media.attachments[0].size, bytes.len() as u64);

    let base = format!("http://{}", server.address());
    let path = media.attachments[1]
        .url
        .strip_prefix(&base)
        .expect("its own URL");
    let file = Api::of(&server).raw("GET", path, &[], "");
    assert_eq!((file.status, &*file.body), (200, "two"));
}

#[test]
fn answers_and_quotations_refer_to_their_message() {
    let server = server();
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    let first = say(&alice, user("bob"), "first");
    let answer = TextMessage::new(user("bob"), "answer").in_thread_of(first.id);
    send(&alice, answer);
    let quoting = TextMessage::new(user("bob"), "quoting").quoting(first.id);
    send(&alice, quoting);
    let [_, answer, quoting] = [(); 3].map(|()| heard!(bob, MessageReceived));
    assert_eq!(answer.parent_id, Some(first.id));
    assert_eq!(quoting.quoted().and_then(Message::text), Some("first"));
    let first = super::stage::done(bob.client.message(first.id));
    assert_eq!(first.reply_count(), 1);
}

#[test]
fn a_message_sent_twice_under_one_muid_is_one() {
    let server = server();
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    let message = || TextMessage::new(user("bob"), "once").with_muid("m");
    assert_eq!(send(&alice, message()).id, send(&alice, message()).id);
    say(&alice, user("bob"), "end");
    assert_eq!(heard!(bob, MessageReceived).text(), Some("once"));
    assert_eq!(heard_before(&mut bob, "end").len(), 0);
}

#[test]
fn transient_data_reaches_who_is_there_and_is_not_kept() {
    let server = server();
    let guild = guild(&server);
    let (alice, mut bob) = (live(&server, "alice"), live(&server, "bob"));
    for receiver in [user("bob"), guild.into()] {
        let wave = TransientMessage::new(receiver.clone(), &json!({"emote": "wave"})).unwrap();
        super::stage::done(alice.client.send_transient_message(wave));
        let event = heard!(bob, TransientReceived);
        assert_eq!(
            (&event.user.uid, &event.receiver),
            (&"alice".into(), &receiver)
        );
        assert_eq!(event.data.as_str(), r#"{"emote":"wave"}"#);
    }
}
