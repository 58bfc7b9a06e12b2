//! The popup that completes commands, players and emoji.

use accesskit::Role;
use bevy::{a11y::AccessibilityNode, input::keyboard::Key, prelude::*};
use bevy_cometchat::{
    chat_box::{
        AddChatCommand, ChatCommandCall, ChatCompletionPopup, ChatHint, ChatInput, ChatSafety,
        ChatTabs,
    },
    prelude::*,
};

use crate::{
    menus::assert_called,
    stage::{Stage, text_of_node},
};

/// The candidates in the popup, the best one first.
fn candidates(stage: &mut Stage) -> Vec<String> {
    let world = stage.app.world_mut();
    let mut popups = world.query_filtered::<&Children, With<ChatCompletionPopup>>();
    let rows = popups.iter(world).flatten().copied().collect::<Vec<_>>();
    let rows = rows.into_iter();
    rows.map(|row| text_of_node(stage, row)).collect()
}

/// Bob, Ana and Anabel have written.
fn square() -> Stage {
    let mut stage = Stage::new();
    for name in ["bob", "anabel", "ana"] {
        stage.hear(name, "hi");
    }
    stage.frames(3);
    stage.enter();
    stage
}

#[test]
fn a_row_is_as_high_as_its_text() {
    let mut stage = square();
    stage.type_text(":smil");
    stage.frames(2);
    let popup = stage.part::<ChatCompletionPopup>();
    let world = stage.app.world();
    let height = |it: Entity| world.get::<ComputedNode>(it).unwrap().size().y;
    let row = world.get::<Children>(popup).unwrap()[0];
    let text = world.get::<Children>(row).unwrap()[0];
    assert!(
        height(row) < 1.4 * height(text),
        "{} for {}",
        height(row),
        height(text)
    );
}

#[test]
fn players_follow_an_at_sign_and_are_mentioned() {
    let mut stage = square();
    stage.type_text("hello @an");
    assert_eq!(candidates(&mut stage), ["@ana", "@anabel"]);
    stage.tap(Key::ArrowDown, KeyCode::ArrowDown);
    stage.enter();
    stage.frames(2);
    assert!(stage.is_open(), "Enter has chosen");
    assert_eq!(stage.typed(), "hello @anabel ");
    assert!(candidates(&mut stage).is_empty());
    stage.type_text("and @ana");
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.enter();
    assert_eq!(stage.sent(), ["hello <@uid:anabel> and <@uid:ana>"]);
    stage.frames(2);
    let line = stage.lines().pop().unwrap();
    assert!(line.contains("hello @anabel and @ana"), "{line}");
}

#[test]
fn enter_sends_what_is_typed_if_nothing_was_chosen() {
    let mut stage = square();
    stage.type_text("mail me @ana");
    assert!(!candidates(&mut stage).is_empty());
    stage.enter();
    assert_eq!(stage.sent(), ["mail me @ana"]);
    stage.enter();
    stage.type_text("write to x@ana");
    assert!(candidates(&mut stage).is_empty(), "it starts no word");
}

#[test]
fn the_letters_may_be_apart() {
    let mut stage = square();
    stage.type_text("@abl");
    assert_eq!(candidates(&mut stage), ["@anabel"]);
    stage.type_text("x");
    assert!(candidates(&mut stage).is_empty());
}

#[test]
fn emoji_follow_a_colon() {
    let mut stage = square();
    stage.type_text("well met :sm");
    let found = candidates(&mut stage);
    assert!(found[0].contains(":sm"), "{found:?}");
    stage.type_text("ile");
    let found = candidates(&mut stage);
    assert_eq!(found[0], "😄 :smile:", "{found:?}");
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.enter();
    assert_eq!(stage.sent(), ["well met 😄"]);
    stage.enter();
    for text in [":)", " at 10:30", " ::"] {
        stage.type_text(text);
        assert!(candidates(&mut stage).is_empty(), "{text}");
    }
}

#[test]
fn commands_are_listed_with_their_arguments() {
    let mut stage = square();
    stage.type_text("/");
    assert!(!candidates(&mut stage).is_empty());
    stage.type_text("rpt");
    let found = candidates(&mut stage);
    assert_eq!(
        found,
        ["/reportNAME REMARK: report somebody to the moderators"]
    );
    stage.tap(Key::ArrowDown, KeyCode::ArrowDown);
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.frames(1);
    assert_eq!(stage.typed(), "/report ");
    stage.type_text("bo");
    assert_eq!(candidates(&mut stage), ["bob"]);
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.frames(1);
    assert_eq!(stage.typed(), "/report bob ");
}

#[test]
fn a_click_chooses() {
    let mut stage = square();
    stage.type_text("@an");
    stage.frames(2);
    let popup = stage.part::<ChatCompletionPopup>();
    let row = stage.app.world().get::<Children>(popup).unwrap()[1];
    let at = stage.middle(row);
    stage.click(at);
    stage.frames(2);
    assert_eq!(stage.typed(), "@anabel ");
    assert!(stage.is_open());
    stage.enter();
    assert_eq!(stage.sent(), ["<@uid:anabel>"]);
}

#[test]
fn what_is_after_the_caret_stays() {
    let mut stage = square();
    stage.type_text("hi ! ok");
    for _ in 0..4 {
        stage.tap(Key::ArrowLeft, KeyCode::ArrowLeft);
    }
    stage.type_text("@bo");
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.type_text("x");
    stage.frames(2);
    assert_eq!(stage.typed(), "hi @bob x! ok");
}

#[test]
fn escape_closes_the_popup_and_then_the_box() {
    let mut stage = square();
    stage.type_text("@an");
    stage.escape();
    assert!(stage.is_open() && candidates(&mut stage).is_empty());
    stage.frames(4);
    assert!(candidates(&mut stage).is_empty());
    stage.type_text("a");
    assert!(
        !candidates(&mut stage).is_empty(),
        "the text is another one"
    );
    stage.escape();
    stage.escape();
    assert!(!stage.is_open());
    assert!(candidates(&mut stage).is_empty());
}

#[test]
fn the_arrows_recall_lines_when_there_is_no_popup() {
    let mut stage = square();
    for line in ["one", "/help"] {
        stage.type_text(line);
        stage.enter();
        stage.enter();
    }
    for expected in ["/help", "one"] {
        stage.tap(Key::ArrowUp, KeyCode::ArrowUp);
        stage.frames(2);
        assert_eq!(stage.typed(), expected);
        assert!(candidates(&mut stage).is_empty());
    }
}

#[test]
fn streamers_see_and_type_pseudonyms_only() {
    let mut stage = square();
    let mut safety = stage.app.world_mut().resource_mut::<ChatSafety>();
    safety.streamer_mode = true;
    let safety = safety.clone();
    let strings = default();
    let name = |uid: &str| safety.name_of(&User::new(uid, uid), &strings);
    stage.type_text("@ana");
    assert!(candidates(&mut stage).is_empty(), "nobody is called so");
    stage.type_text(" @");
    let mut found = candidates(&mut stage);
    found.sort();
    let mut expected = ["ana", "anabel", "bob"].map(|uid| format!("@{}", name(uid)));
    expected.sort();
    assert_eq!(found, expected);
    stage.escape();
    stage.with_control("a", KeyCode::KeyA);
    stage.type_text("/w ");
    assert!(candidates(&mut stage).is_empty());
    let bob = name("bob");
    stage.type_text(&bob[..bob.len() - 1]);
    assert!(candidates(&mut stage).contains(&bob));
    stage.type_text(&bob[bob.len() - 1..]);
    stage.type_text(" psst");
    stage.enter();
    stage.frames(2);
    assert_eq!(stage.sent(), ["psst"]);
    assert_eq!(
        stage.chat.sent()[0].envelope.receiver,
        Uid::from("bob").into()
    );
    assert_eq!(stage.typed(), "");
}

#[test]
fn assistive_technology_gets_the_candidates_and_the_selected_one() {
    let mut stage = square();
    stage.type_text("@an");
    stage.tap(Key::ArrowDown, KeyCode::ArrowDown);
    stage.frames(1);
    assert_eq!(stage.spoken::<ChatCompletionPopup>().role(), Role::ListBox);
    let active = stage.spoken::<ChatInput>().active_descendant().unwrap();
    let active = Entity::from_bits(active.0);
    let node = stage.app.world().get::<AccessibilityNode>(active).unwrap();
    assert_eq!(node.label(), Some("@anabel"));
    assert_eq!(node.is_selected(), Some(true));
}

/// A page of members of a group.
fn members(users: &[(&str, &str)]) -> String {
    let member = |(uid, name): &(&str, &str)| serde_json::json!({ "uid": uid, "name": name, "scope": "participant", "joinedAt": 1 });
    let members: Vec<_> = users.iter().map(member).collect();
    let pagination = serde_json::json!({ "current_page": 1, "total_pages": 1 });
    serde_json::json!({ "data": members, "meta": { "pagination": pagination } }).to_string()
}

#[test]
fn members_of_the_group_are_mentioned_before_they_have_written() {
    let mut stage = square();
    stage
        .chat
        .answer_next_call(members(&[("z-1", "Zora"), ("me", "me"), ("ana", "ana")]));
    stage.type_text("hello @");
    stage.frames(3);
    stage.type_text("zo");
    assert_eq!(candidates(&mut stage), ["@Zora"]);
    assert_called(&stage, &["groups/zone/members"]);
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.enter();
    stage.frames(2);
    assert_eq!(stage.sent(), ["hello <@uid:z-1>"]);
    let line = stage.lines().pop().unwrap();
    assert!(line.contains("hello @Zora"), "before it is stored: {line}");
    let asked = stage.chat.calls().len();
    stage.enter();
    stage.type_text("@ana");
    assert_eq!(candidates(&mut stage), ["@ana", "@anabel"], "each once");
    assert_eq!(stage.chat.calls().len(), asked, "they are known");
}

#[test]
fn members_of_other_groups_are_not_offered() {
    let mut stage = square();
    let mut tabs = stage.app.world_mut().resource_mut::<ChatTabs>();
    tabs.show(ChatTabs::PARTY, Guid::from("party"));
    stage.chat.answer_next_call(crate::stage::NO_MESSAGES);
    stage.frames(4);
    stage.chat.answer_next_call(members(&[("z-1", "Zora")]));
    stage.type_text("@zo");
    stage.frames(3);
    assert_eq!(candidates(&mut stage), ["@Zora"]);
    // The same line to the party, of whom somebody else is a member.
    stage.chat.answer_next_call(members(&[("z-2", "Zoltan")]));
    stage.state().to = Some(Guid::from("party").into());
    stage.frames(4);
    assert_eq!(candidates(&mut stage), ["@Zoltan"]);
    stage.state().to = None;
    stage.frames(2);
    assert_eq!(candidates(&mut stage), ["@Zora"]);
}

#[test]
fn members_of_a_large_group_are_searched_by_name() {
    let mut stage = square();
    let page: Vec<_> = (0..100)
        .map(|n| (format!("u{n}"), format!("User {n}")))
        .collect();
    let page: Vec<_> = page.iter().map(|(uid, name)| (&**uid, &**name)).collect();
    stage.chat.answer_next_call(members(&page));
    stage.type_text("@");
    stage.frames(3);
    stage.chat.answer_next_call(members(&[("z-1", "Zora")]));
    stage.type_text("z");
    assert!(candidates(&mut stage).is_empty());
    stage.type_text("o");
    stage.frames(3);
    assert_called(&stage, &["groups/zone/members", "searchKey=zo"]);
    assert_eq!(candidates(&mut stage), ["@Zora"]);
}

#[test]
fn the_members_of_a_group_are_forgotten_with_the_user() {
    let mut stage = square();
    stage.chat.answer_next_call(members(&[("z-1", "Zora")]));
    stage.type_text("@zo");
    stage.frames(3);
    assert_eq!(candidates(&mut stage), ["@Zora"]);
    stage.comet().logout();
    stage.frames(6);
    stage.chat.answer_next_call(crate::stage::NO_MESSAGES);
    stage.comet().login(AuthKey::new("you", "key"));
    stage.frames(12);
    stage.state().is_open = true;
    stage.frames(2);
    stage.type_text("@zo");
    assert_eq!(stage.typed(), "@zo");
    assert!(candidates(&mut stage).is_empty());
}

#[test]
fn prefixes_of_channels_are_listed_completed_and_explained() {
    let mut stage = square();
    let mut tabs = stage.app.world_mut().resource_mut::<ChatTabs>();
    tabs.show(ChatTabs::PARTY, Guid::from("party"));
    stage.type_text("/");
    let found = candidates(&mut stage);
    assert_eq!(
        found[..2],
        ["/sTEXT: to Zone", "/pTEXT: to Party"],
        "{found:?}"
    );
    assert!(stage.says::<ChatHint>().starts_with("/s  /p  "));
    stage.type_text("p");
    assert_eq!(candidates(&mut stage)[0], "/pTEXT: to Party");
    stage.tap(Key::Tab, KeyCode::Tab);
    stage.frames(1);
    assert_eq!(stage.typed(), "/p ");
    stage.type_text("hi");
    assert_eq!(stage.says::<ChatHint>(), "/p TEXT: to Party");
    stage.enter();
    let sent = stage.chat.sent().pop().unwrap();
    assert_eq!(sent.envelope.receiver, Guid::from("party").into());
    assert_eq!(stage.sent(), ["hi"]);
}

#[test]
fn a_command_hides_a_prefix_of_the_same_name() {
    let mut stage = square();
    stage
        .app
        .add_chat_command("s", "/s: shout", |_: In<ChatCommandCall>| {});
    stage.type_text("/s");
    let found = candidates(&mut stage);
    assert_eq!(found[0], "/sshout");
    assert!(!found.contains(&"/sTEXT: to Zone".to_owned()), "{found:?}");
}
