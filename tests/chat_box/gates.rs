//! Gates, and the settings for streamers and minors: which lines pass, in both directions.

use bevy::{a11y::AccessibilityNode, prelude::*};
use bevy_cometchat::{
    chat_box::{
        AddChatGate, ChatBoxSystems, ChatInputTarget, ChatLineEntered, ChatSafety, ChatTabs,
        GateVerdict, GatedLine, IncomingVerdicts, QuickPhrases,
    },
    model::ModerationStatus,
    prelude::*,
};

use crate::stage::Stage;

fn enter(stage: &mut Stage, line: &str) {
    stage.app.world_mut().trigger(ChatLineEntered::new(line));
    stage.frames(4);
}

fn says(stage: &mut Stage, text: &str) -> bool {
    stage.lines().iter().any(|line| line.contains(text))
}

fn click(stage: &mut Stage, text: &str) {
    let at = stage.place_of(text);
    stage.click(at);
    stage.frames(3);
}

fn safety(stage: &mut Stage) -> Mut<'_, ChatSafety> {
    stage.app.world_mut().resource_mut()
}

/// What a gate goes by.
#[derive(Resource, Default)]
struct Words {
    masked: &'static str,
    held: &'static str,
    refused: &'static str,
    /// The lines that came to the gate, with the conversations.
    seen: Vec<(String, ReceiverId)>,
}

fn gate(line: In<GatedLine>, mut words: ResMut<Words>) -> GateVerdict {
    words.seen.push((line.text.clone(), line.with.clone()));
    let has = |word: &str| !word.is_empty() && line.text.contains(word);
    if has(words.refused) {
        GateVerdict::Refuse("not here".into())
    } else if has(words.held) {
        GateVerdict::Hold("are you sure?".trim_end_matches('?').into())
    } else if has(words.masked) {
        GateVerdict::Mask(line.text.replace(words.masked, "***"))
    } else {
        GateVerdict::Allow
    }
}

fn words() -> Words {
    Words {
        masked: "gold",
        held: "secret",
        refused: "evil",
        seen: Vec::new(),
    }
}

#[test]
fn an_outgoing_gate_allows_masks_holds_and_refuses() {
    let mut stage = Stage::new();
    stage.app.insert_resource(words()).add_outgoing_gate(gate);
    enter(&mut stage, "hello");
    enter(&mut stage, "buy gold");
    assert_eq!(stage.sent(), ["hello", "buy ***"]);

    enter(&mut stage, "evil plan");
    assert_eq!(stage.sent().len(), 2);
    assert!(says(&mut stage, "Not sent: not here."));

    enter(&mut stage, "a secret");
    assert_eq!(stage.sent().len(), 2);
    assert!(says(&mut stage, "Not sent yet: are you sure."));
    click(&mut stage, "Send");
    assert_eq!(stage.sent(), ["hello", "buy ***", "a secret"]);
}

#[test]
fn all_ways_to_send_go_through_the_gate() {
    let mut stage = Stage::new();
    stage.chat.receive_text("ana", "hi");
    stage.frames(3);
    stage.app.insert_resource(words()).add_outgoing_gate(gate);
    for line in ["/me is evil", "/w ana evil", "/r evil", "evil"] {
        enter(&mut stage, line);
    }
    assert!(stage.sent().is_empty());
    let seen = &stage.app.world().resource::<Words>().seen;
    assert_eq!(seen.len(), 4);
    assert_eq!(seen[1].1, Uid::from("ana").into());
    enter(&mut stage, "/me waves");
    assert_eq!(&*stage.chat.sent()[0].envelope.tags[0], "emote");
}

#[test]
fn gates_run_in_their_order_and_each_gets_what_the_one_before_made() {
    let mut stage = Stage::new();
    stage
        .app
        .add_outgoing_gate(|line: In<GatedLine>| GateVerdict::Mask(format!("{}1", line.text)))
        .add_outgoing_gate(|line: In<GatedLine>| GateVerdict::Mask(format!("{}2", line.text)))
        .add_outgoing_gate(|_: In<GatedLine>| GateVerdict::Allow);
    enter(&mut stage, "x");
    assert_eq!(stage.sent(), ["x12"]);
    stage
        .app
        .add_outgoing_gate(|_: In<GatedLine>| GateVerdict::Refuse("no".into()))
        .add_outgoing_gate(|_: In<GatedLine>| -> GateVerdict { panic!("the line has ended") });
    enter(&mut stage, "y");
    assert_eq!(stage.sent(), ["x12"]);
}

#[test]
fn an_incoming_gate_allows_masks_holds_and_refuses() {
    let mut stage = Stage::new();
    stage.app.insert_resource(words()).add_incoming_gate(gate);
    for text in ["hello", "buy gold", "a secret", "evil plan"] {
        stage.hear("ana", text);
    }
    stage.frames(4);
    let lines = stage.lines();
    let ends = [
        "ana: hello",
        "ana: buy ***",
        "ana: Message held: are you sure. \u{a0}Show\u{a0}",
        "ana: Message hidden: not here.",
    ];
    for (line, end) in lines.iter().zip(ends) {
        assert!(line.ends_with(end), "{lines:?}");
    }
    let verdicts = stage.app.world().resource::<IncomingVerdicts>();
    assert_eq!(*verdicts.get(MessageId(1)), GateVerdict::Allow);
    click(&mut stage, "Show");
    assert!(stage.lines()[2].ends_with("ana: a secret"));
}

#[test]
fn the_first_frame_of_a_message_is_gated_and_assistive_technology_gets_no_more() {
    let mut stage = Stage::new();
    stage.app.insert_resource(words()).add_incoming_gate(gate);
    for text in ["evil plan", "a secret", "buy gold"] {
        stage.hear("ana", text);
        for _ in 0..4 {
            stage.frames(1);
            let world = stage.app.world_mut();
            let mut spans = world.query::<&TextSpan>();
            let spans: Vec<_> = spans.iter(world).map(|span| span.0.clone()).collect();
            let mut nodes = world.query::<&AccessibilityNode>();
            let labels = nodes.iter(world).filter_map(|node| node.label());
            let all = labels.map(String::from).chain(spans).collect::<Vec<_>>();
            let shown = all.join("\n");
            for word in ["evil", "secret", "gold"] {
                assert!(!shown.contains(word), "{shown}");
            }
        }
    }
}

#[test]
fn an_edit_is_judged_again_and_so_is_everything_when_the_game_says_so() {
    let mut stage = Stage::new();
    stage.app.insert_resource(words()).add_incoming_gate(gate);
    let mut message = stage.message("ana", "hello");
    assert!(stage.chat.receive(message.clone()));
    stage.frames(4);
    message.content = MessageContent::Text("buy gold".into());
    message.details_mut().edited_at = Some(message.sent_at);
    message.updated_at.0 += 1;
    let edited = bevy_cometchat::client::Event::MessageEdited(message);
    assert!(stage.chat.receive_event(edited));
    stage.frames(4);
    assert!(says(&mut stage, "buy ***"));

    stage.app.world_mut().resource_mut::<Words>().masked = "";
    let mut verdicts = stage.app.world_mut().resource_mut::<IncomingVerdicts>();
    verdicts.judge_again();
    stage.frames(3);
    assert!(says(&mut stage, "buy gold"));
}

#[test]
fn a_system_after_the_boxs_keys_finds_the_messages_of_its_frame_judged() {
    #[derive(Resource, Default)]
    struct Heard(Vec<String>);
    fn listen(
        mut received: MessageReader<MessageReceived>,
        verdicts: Res<IncomingVerdicts>,
        mut heard: ResMut<Heard>,
    ) {
        let texts = received.read().filter_map(|it| verdicts.text(it));
        heard.0.extend(texts.map(String::from));
    }
    let mut stage = Stage::new();
    stage
        .app
        .insert_resource(words())
        .init_resource::<Heard>()
        .add_incoming_gate(gate)
        .add_systems(PreUpdate, listen.after(ChatBoxSystems::Keys));
    for text in ["evil plan", "buy gold", "hello"] {
        stage.hear("ana", text);
        stage.frames(1);
    }
    stage.frames(2);
    let heard = &stage.app.world().resource::<Heard>().0;
    assert_eq!(*heard, ["buy ***", "hello"]);
}

#[test]
fn without_links_none_are_sent_and_those_of_others_are_masked() {
    let mut stage = Stage::new();
    safety(&mut stage).no_links = true;
    enter(&mut stage, "see evil.com/x");
    assert!(stage.sent().is_empty());
    assert!(says(&mut stage, "web addresses are not allowed"));
    stage.hear("ana", "see https://evil.com now");
    stage.frames(4);
    assert!(says(&mut stage, "ana: see (web address) now"));
    safety(&mut stage).no_links = false;
    stage.frames(3);
    assert!(says(&mut stage, "ana: see https://evil.com now"));
}

#[test]
fn with_phrases_only_nothing_else_passes() {
    let mut stage = Stage::new();
    stage
        .app
        .insert_resource(QuickPhrases(vec!["Hello!".into()]));
    safety(&mut stage).phrases_only = true;
    stage.hear("ana", "where do you live?");
    stage.hear("ana", "Hello!");
    stage.frames(4);
    assert!(!says(&mut stage, "where do you live"));
    assert!(says(&mut stage, "ana: Hello!"));
    enter(&mut stage, "my address is");
    enter(&mut stage, "hello!");
    assert_eq!(stage.sent(), ["hello!"]);
}

#[test]
fn whispers_of_strangers_are_hidden_and_none_are_sent_to_them() {
    let mut stage = Stage::new();
    safety(&mut stage).whispers_from_friends_only = true;
    safety(&mut stage).friends = ["ana"].map(Into::into).into();
    stage.chat.receive_text("mallory", "psst");
    stage.chat.receive_text("ana", "hi");
    stage.hear("mallory", "hello all");
    stage.frames(4);
    assert!(!says(&mut stage, "psst"));
    assert!(says(&mut stage, "hi") && says(&mut stage, "hello all"));
    enter(&mut stage, "/w mallory who are you");
    assert!(stage.sent().is_empty());
    assert!(says(&mut stage, "whispers go to friends only"));
    enter(&mut stage, "/w ana hi");
    assert_eq!(stage.sent(), ["hi"]);
}

#[test]
fn in_the_streamer_mode_nobody_is_named_and_whispers_are_closed() {
    let mut stage = Stage::new();
    safety(&mut stage).streamer_mode = true;
    stage.hear("ana", "hello");
    stage.hear("ana", "again");
    stage.chat.receive_text("ana", "my number is secret");
    stage.frames(4);
    let lines = stage.lines();
    let all = lines.join("\n");
    assert!(
        !all.contains("ana:") && !all.contains("secret"),
        "{lines:?}"
    );
    let name = |line: &str| {
        let from = line.find("Player ").unwrap();
        line[from..from + "Player 12345".len()].to_owned()
    };
    let names: Vec<_> = lines.iter().map(|line| name(line)).collect();
    assert!(names.iter().all(|it| *it == names[0]), "{lines:?}");
    stage.state().tab = ChatTabs::WHISPERS;
    stage.frames(2);
    stage.enter();
    assert_eq!(stage.says::<ChatInputTarget>(), format!("To {}", names[0]));
    stage.escape();
    let world = stage.app.world_mut();
    let mut nodes = world.query::<&AccessibilityNode>();
    let labels: Vec<_> = nodes.iter(world).filter_map(|node| node.label()).collect();
    assert!(!labels.iter().any(|it| it.contains("secret")), "{labels:?}");

    click(&mut stage, "Show");
    assert!(
        says(&mut stage, "my number is secret"),
        "the player opens it"
    );
    safety(&mut stage).streamer_mode = false;
    stage.state().tab = ChatTabs::ALL;
    stage.frames(3);
    assert!(says(&mut stage, "ana: hello"));
}

#[test]
fn what_moderation_does_is_said() {
    let mut stage = Stage::new();
    let moderated = |stage: &mut Stage, uid: &str, status, reason: Option<&str>| {
        let mut message = stage.message(uid, "some words");
        message.details_mut().moderation = Some(status);
        message.details_mut().moderation_reason = reason.map(Into::into);
        assert!(stage.chat.receive(message));
        stage.frames(4);
        stage.lines().pop().unwrap()
    };
    let line = moderated(&mut stage, "me", ModerationStatus::Pending, None);
    assert!(line.ends_with("some words (being checked)"), "{line}");
    let why = Some("Contains a slur.");
    let line = moderated(&mut stage, "me", ModerationStatus::Disapproved, why);
    assert!(
        line.ends_with("Not shown to others: Contains a slur."),
        "{line}"
    );
    let line = moderated(&mut stage, "me", ModerationStatus::Disapproved, None);
    assert!(
        line.ends_with("Not shown to others: it breaks the rules."),
        "{line}"
    );
    let line = moderated(&mut stage, "ana", ModerationStatus::Disapproved, why);
    assert!(line.ends_with("Removed by a moderator"), "{line}");
    let line = moderated(&mut stage, "ana", ModerationStatus::Approved, None);
    assert!(line.ends_with("some words"), "{line}");
}
