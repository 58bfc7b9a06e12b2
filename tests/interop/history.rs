use serde_json::{Value, json};

use super::{messages::texts, page::Page, stage::Stage};

fn say(page: &Page<'_>, to: &str, text: &str) -> Value {
    let code = "CometChat.sendMessage(new CometChat.TextMessage(to, text, 'user'))";
    page.run_with(code, json!({"to": to, "text": text}))
}

/// The messages with alice that a builder's calls select, from the newest back.
#[track_caller]
fn found(bob: &Page<'_>, calls: &str) -> Vec<Value> {
    let builder =
        format!("new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(50).{calls}");
    bob.pager(&builder).previous()
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn history_is_read_backwards_to_its_beginning() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    for number in 0..10 {
        let (from, to) = if number % 2 == 0 {
            (&alice, "bob")
        } else {
            (&bob, "alice")
        };
        say(from, to, &number.to_string());
    }
    let pager = bob.pager("new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(4)");
    assert_eq!(texts(&pager.previous()), ["6", "7", "8", "9"]);
    assert_eq!(texts(&pager.previous()), ["2", "3", "4", "5"]);
    assert_eq!(texts(&pager.previous()), ["0", "1"]);
    assert_eq!(pager.previous(), Vec::<Value>::new());
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn history_is_read_forwards_from_a_message_and_goes_on() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let sent: Vec<_> = (0..6)
        .map(|number| say(&alice, "bob", &number.to_string()))
        .collect();
    let after = json!({"id": sent[1]["id"]});
    let pager = bob.pager_with(
        "new CometChat.MessagesRequestBuilder().setUID('alice').setMessageId(id).setLimit(3)",
        after,
    );
    assert_eq!(texts(&pager.next()), ["2", "3", "4"]);
    assert_eq!(texts(&pager.next()), ["5"]);
    assert_eq!(pager.next(), Vec::<Value>::new());
    say(&alice, "bob", "6");
    assert_eq!(texts(&pager.next()), ["6"]);

    let code =
        "new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(3).build().fetchNext()";
    assert_eq!(bob.refused(code, json!({})), "NOT_ENOUGH_PARAMETERS");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn history_is_read_around_a_time() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let sent = say(&alice, "bob", "Long ago");
    let at = sent["sentAt"].as_u64().unwrap();
    let before = |time: u64| found(&bob, &format!("setTimestamp({time})"));
    assert_eq!(texts(&before(at + 10)), ["Long ago"]);
    assert_eq!(texts(&before(at - 10)), [""; 0]);
    let builder = format!(
        "new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(5).setTimestamp({})",
        at - 10
    );
    assert_eq!(texts(&bob.pager(&builder).next()), ["Long ago"]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn history_of_a_group_and_of_everything() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    alice.run("CometChat.createGroup(new CometChat.Group('guild', 'Guild', 'public'))");
    bob.run("CometChat.joinGroup('guild', 'public')");
    alice.run("CometChat.sendMessage(new CometChat.TextMessage('guild', 'In the group', 'group'))");
    say(&alice, "bob", "To Bob");
    let group = bob
        .pager("new CometChat.MessagesRequestBuilder().setGUID('guild').setLimit(30)")
        .previous();
    // That bob joined stands in the history, too.
    assert_eq!(
        group.iter().filter(|it| it["category"] == "action").count(),
        1,
        "{group:?}"
    );
    assert_eq!(group[0]["action"], "joined");
    assert_eq!(group[0]["actionBy"]["uid"], "bob");
    assert_eq!(group[1]["text"], "In the group");

    let only_texts =
        "new CometChat.MessagesRequestBuilder().setLimit(30).setCategories(['message'])";
    assert_eq!(
        texts(&bob.pager(only_texts).previous()),
        ["In the group", "To Bob"]
    );
    let carol = stage.page("carol");
    assert_eq!(carol.pager(only_texts).previous(), Vec::<Value>::new());
    let code = "new CometChat.MessagesRequestBuilder().setGUID('guild').setLimit(30).build().fetchPrevious()";
    assert_eq!(carol.refused(code, json!({})), "ERR_GROUP_NOT_JOINED");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn history_is_filtered_by_what_the_builder_knows() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    say(&alice, "bob", "plain");
    say(&alice, "bob", "see https://example.com/map for the way");
    let reacted = say(&alice, "bob", "funny");
    say(&alice, "bob", "hey <@uid:bob>");
    alice.run(
        "CometChat.sendMessage(having(new CometChat.TextMessage('bob', 'tagged', 'user'), {
            setTags: ['gold', 'rare'],
        }))",
    );
    alice.run("CometChat.sendCustomMessage(new CometChat.CustomMessage('bob', 'user', 'dice', { rolled: 6 }))");
    alice.run(
        "CometChat.sendMediaMessage(having(new CometChat.MediaMessage('bob', '', 'image', 'user'), {
            setAttachments: [new CometChat.Attachment({
                name: 'map', extension: 'png', mimeType: 'image/png', url: 'https://example.com/map.png',
            })],
        }))",
    );
    bob.run_with(
        "CometChat.addReaction(id, '😂')",
        json!({"id": reacted["id"]}),
    );
    let parent = json!({"parent": reacted["id"]});
    alice.run_with(
        "CometChat.sendMessage(having(new CometChat.TextMessage('bob', 'reply', 'user'), {
            setParentMessageId: parent,
        }))",
        parent,
    );
    let quote = json!({"quoted": reacted["id"]});
    alice.run_with(
        "CometChat.sendMessage(having(new CometChat.TextMessage('bob', 'quoting', 'user'), {
            setQuotedMessageId: quoted,
        }))",
        quote,
    );

    let of = |calls: &str| found(&bob, calls);
    assert_eq!(
        texts(&of("hasLinks(true)")),
        ["see https://example.com/map for the way"]
    );
    assert_eq!(texts(&of("hasReactions(true)")), ["funny"]);
    assert_eq!(texts(&of("hasMentions(true)")), ["hey <@uid:bob>"]);
    assert_eq!(texts(&of("setMentionedUIDs(['bob'])")), ["hey <@uid:bob>"]);
    assert_eq!(texts(&of("setMentionedUIDs(['carol'])")), [""; 0]);
    assert_eq!(texts(&of("setTags(['gold'])")), ["tagged"]);
    assert_eq!(
        texts(&of("setSearchKeyword('FOR THE')")),
        ["see https://example.com/map for the way"]
    );
    assert_eq!(texts(&of("setSearchKeyword('100%_')")), [""; 0]);
    let dice = of("setCategory('custom').setType('dice')");
    assert_eq!(
        (dice.len(), &dice[0]["customData"]),
        (1, &json!({"rolled": 6}))
    );
    let media = of("hasAttachments(true)");
    assert_eq!((media.len(), &media[0]["type"]), (1, &json!("image")));
    let pictures = of("setAttachmentTypes([CometChat.AttachmentType.IMAGE])");
    assert_eq!((pictures.len(), &pictures[0]["type"]), (1, &json!("image")));
    assert_eq!(
        of("setAttachmentTypes([CometChat.AttachmentType.VIDEO])").len(),
        0
    );
    let kinds = of("setCategories(['message', 'custom']).setTypes(['image', 'dice'])");
    assert_eq!(kinds.len(), 2);
    assert_eq!(of("hideReplies(true)").len(), 8);
    assert_eq!(of("hideQuotedMessages(true)").len(), 8);
    assert_eq!(
        of("withTags(true).setTags(['rare'])")[0]["tags"],
        json!(["gold", "rare"])
    );
    // A reply in a thread is not counted as unread.
    assert_eq!(of("setUnread(true)").len(), 8);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn what_was_interacted_with_as_it_was_meant_is_found() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let form = "CometChat.sendInteractiveMessage(new CometChat.InteractiveMessage(
        'bob', 'user', goal, { title: goal }, new CometChat.InteractionGoal(goal, ['yes', 'no']),
    ))";
    let [any_action, any_of, all_of, none] = ["anyAction", "anyOf", "allOf", "none"]
        .map(|goal| alice.run_with(form, json!({"goal": goal}))["id"].clone());
    let interact = |form: &Value, element: &str| {
        let args = json!({"id": form, "element": element});
        bob.run_with("CometChat.markAsInteracted(id, element)", args);
    };
    let completed = |page: &Page<'_>, with: &str| {
        let builder = format!(
            "new CometChat.MessagesRequestBuilder().setUID('{with}').setLimit(10).setInteractionGoalCompletedOnly(true)"
        );
        let found = page.pager(&builder).previous();
        let goals = found
            .iter()
            .map(|form| form["type"].as_str().unwrap().to_owned());
        goals.collect::<Vec<_>>()
    };
    assert_eq!(completed(&bob, "alice"), [""; 0]);
    for form in [&any_action, &any_of, &all_of, &none] {
        interact(form, "help");
    }
    assert_eq!(completed(&bob, "alice"), ["anyAction"]);
    for form in [&any_of, &all_of, &none] {
        interact(form, "yes");
    }
    assert_eq!(completed(&bob, "alice"), ["anyAction", "anyOf"]);
    interact(&all_of, "no");
    assert_eq!(completed(&bob, "alice"), ["anyAction", "anyOf", "allOf"]);
    assert_eq!(completed(&alice, "bob"), [""; 0]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn what_changed_is_read_by_the_time_of_the_change() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let first = say(&alice, "bob", "first");
    say(&alice, "bob", "second");
    let id = json!({"id": first["id"]});
    let code = "CometChat.editMessage(having(new CometChat.TextMessage('bob', 'corrected', 'user'), { setId: id }))";
    alice.run_with(code, id);
    let since = first["sentAt"].as_u64().unwrap() - 1;
    let builder = format!(
        "new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(10).setUpdatedAfter({since}).updatesOnly(true)"
    );
    let changed = bob.pager(&builder).next();
    assert_eq!(texts(&changed), ["corrected"]);
    let all = format!(
        "new CometChat.MessagesRequestBuilder().setUID('alice').setLimit(10).setUpdatedAfter({since})"
    );
    let mut all = bob.pager(&all).next();
    all.sort_by_key(|message| message["id"].to_string());
    assert_eq!(texts(&all), ["corrected", "second"]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn who_is_blocked_can_be_left_out() {
    let stage = Stage::new();
    let (alice, bob, carol) = (stage.page("alice"), stage.page("bob"), stage.page("carol"));
    alice.run(
        "CometChat.createGroupWithMembers(new CometChat.Group('guild', 'Guild', 'public'), [
            new CometChat.GroupMember('bob', 'participant'), new CometChat.GroupMember('carol', 'participant'),
        ], [])",
    );
    for (page, text) in [(&alice, "from alice"), (&carol, "from carol")] {
        let code = "CometChat.sendMessage(new CometChat.TextMessage('guild', text, 'group'))";
        page.run_with(code, json!({"text": text}));
    }
    bob.run("CometChat.blockUsers(['carol'])");
    let builder = "new CometChat.MessagesRequestBuilder().setGUID('guild').setLimit(10).setCategories(['message'])";
    assert_eq!(
        texts(&bob.pager(builder).previous()),
        ["from alice", "from carol"]
    );
    let builder = format!("{builder}.hideMessagesFromBlockedUsers(true)");
    assert_eq!(texts(&bob.pager(&builder).previous()), ["from alice"]);
}
