use serde_json::{Value, json};

use super::{page::Page, stage::Stage};

/// A public group of alice's, with bob in it.
fn guild(alice: &Page<'_>, bob: &Page<'_>) {
    alice.run("CometChat.createGroup(new CometChat.Group('guild', 'The Guild', 'public'))");
    bob.run("CometChat.joinGroup('guild', 'public')");
    alice.next("onGroupMemberJoined");
}

fn members(page: &Page<'_>, calls: &str) -> Vec<Value> {
    let builder = format!("new CometChat.GroupMembersRequestBuilder('guild').setLimit(30){calls}");
    page.pager(&builder).next()
}

fn uids(members: &[Value]) -> Vec<&str> {
    members
        .iter()
        .map(|member| member["uid"].as_str().expect("a uid"))
        .collect()
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_group_is_made_seen_changed_and_deleted() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    let made = alice.run(
        "CometChat.createGroup(having(new CometChat.Group('guild', 'The Guild', 'public', '', 'https://example.com/g.png', 'Heroes'), {
            setTags: ['heroes'],
            setMetadata: { motto: 'Onward' },
        }))",
    );
    assert_eq!(
        (&made["guid"], &made["name"], &made["type"]),
        (&json!("guild"), &json!("The Guild"), &json!("public"))
    );
    assert_eq!(
        (&made["owner"], &made["scope"], &made["hasJoined"]),
        (&json!("alice"), &json!("admin"), &json!(true))
    );
    let seen = bob.run("CometChat.getGroup('guild')");
    assert_eq!(
        (&seen["icon"], &seen["description"]),
        (&json!("https://example.com/g.png"), &json!("Heroes"))
    );
    assert_eq!(seen["metadata"], json!({"motto": "Onward"}));
    assert_eq!(
        (&seen["membersCount"], &seen["hasJoined"]),
        (&json!(1), &json!(false))
    );

    let changed =
        alice.run("CometChat.updateGroup(new CometChat.Group('guild', 'The Old Guild', 'public'))");
    assert_eq!(changed["name"], "The Old Guild");
    let update = "CometChat.updateGroup(new CometChat.Group('guild', 'Mine', 'public'))";
    assert_eq!(bob.refused(update, json!({})), "ERR_GROUP_NOT_JOINED");

    assert_eq!(
        bob.refused("CometChat.deleteGroup('guild')", json!({})),
        "ERR_GROUP_NOT_JOINED"
    );
    assert_eq!(alice.run("CometChat.deleteGroup('guild')"), true);
    assert_eq!(
        bob.refused("CometChat.getGroup('guild')", json!({})),
        "ERR_GUID_NOT_FOUND"
    );
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn groups_are_listed_and_searched() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    for (guid, kind) in [
        ("guild", "public"),
        ("tavern", "public"),
        ("cellar", "private"),
    ] {
        let code = "CometChat.createGroup(having(new CometChat.Group(guid, guid, kind), { setTags: [guid] }))";
        alice.run_with(code, json!({"guid": guid, "kind": kind}));
    }
    bob.run("CometChat.joinGroup('tavern', 'public')");
    let found = |page: &Page<'_>, calls: &str| {
        let groups = page
            .pager(&format!(
                "new CometChat.GroupsRequestBuilder().setLimit(30){calls}"
            ))
            .next();
        let mut guids: Vec<_> = groups
            .iter()
            .map(|it| it["guid"].as_str().unwrap().to_owned())
            .collect();
        guids.sort();
        guids
    };
    assert_eq!(found(&alice, ""), ["cellar", "guild", "tavern"]);
    assert_eq!(found(&bob, ""), ["guild", "tavern"]);
    assert_eq!(found(&bob, ".joinedOnly(true)"), ["tavern"]);
    assert_eq!(found(&bob, ".setSearchKeyword('TAV')"), ["tavern"]);
    assert_eq!(found(&bob, ".setTags(['guild']).withTags(true)"), ["guild"]);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn who_joins_and_leaves_is_told() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    alice.run("CometChat.createGroup(new CometChat.Group('guild', 'The Guild', 'public'))");
    let joined = bob.run("CometChat.joinGroup('guild', 'public')");
    assert_eq!(
        (&joined["guid"], &joined["hasJoined"], &joined["scope"]),
        (&json!("guild"), &json!(true), &json!("participant"))
    );
    assert_eq!(joined["membersCount"], 2);
    let [action, user, group] = alice.next_args("onGroupMemberJoined").try_into().unwrap();
    assert_eq!(
        (&action["action"], &user["uid"], &group["guid"]),
        (&json!("joined"), &json!("bob"), &json!("guild"))
    );
    assert_eq!(group["membersCount"], 2);
    let code = bob.refused("CometChat.joinGroup('guild', 'public')", json!({}));
    assert_eq!(code, "ERR_ALREADY_JOINED");

    assert_eq!(bob.run("CometChat.leaveGroup('guild')"), true);
    let [action, user, group] = alice.next_args("onGroupMemberLeft").try_into().unwrap();
    assert_eq!(
        (&action["action"], &user["uid"], &group["membersCount"]),
        (&json!("left"), &json!("bob"), &json!(1))
    );
    let text = "CometChat.sendMessage(new CometChat.TextMessage('guild', 'Hello?', 'group'))";
    assert_eq!(bob.refused(text, json!({})), "ERR_GROUP_NOT_JOINED");
    assert_eq!(
        bob.refused("CometChat.leaveGroup('guild')", json!({})),
        "ERR_GROUP_NOT_JOINED"
    );
    assert_eq!(
        alice.refused("CometChat.leaveGroup('guild')", json!({})),
        "ERR_OWNER_EXIT_FORBIDDEN"
    );
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_password_opens_a_group_and_nothing_a_private_one() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    alice.run("CometChat.createGroup(new CometChat.Group('vault', 'Vault', 'password', 'sesame'))");
    alice.run("CometChat.createGroup(new CometChat.Group('cellar', 'Cellar', 'private'))");
    let join = "CometChat.joinGroup('vault', 'password', word)";
    assert_eq!(
        bob.refused(join, json!({"word": "open up"})),
        "ERR_WRONG_GROUP_PASS"
    );
    let code = bob.refused("CometChat.joinGroup('vault', 'public')", json!({}));
    assert_eq!(code, "ERR_WRONG_GROUP_PASS");
    assert_eq!(
        bob.run_with(join, json!({"word": "sesame"}))["hasJoined"],
        true
    );
    let code = bob.refused("CometChat.joinGroup('cellar', 'private')", json!({}));
    assert_eq!(code, "ERR_GROUP_JOIN_NOT_ALLOWED");
    assert_eq!(
        bob.refused("CometChat.joinGroup('nowhere', 'public')", json!({})),
        "ERR_GUID_NOT_FOUND"
    );
    let make = "CometChat.createGroup(new CometChat.Group('vault', 'Mine', 'public'))";
    assert_eq!(bob.refused(make, json!({})), "ERR_GUID_ALREADY_EXISTS");
    let make = "CometChat.createGroup(new CometChat.Group('open', 'Open', 'password'))";
    assert_eq!(bob.refused(make, json!({})), "PASSWORD_IS_COMPULSORY");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_group_is_made_with_its_members() {
    let stage = Stage::new();
    let (alice, bob, carol) = (stage.page("alice"), stage.page("bob"), stage.page("carol"));
    let made = alice.run(
        "CometChat.createGroupWithMembers(
            new CometChat.Group('guild', 'The Guild', 'private'),
            [new CometChat.GroupMember('bob', 'moderator'), new CometChat.GroupMember('nobody', 'participant')],
            ['carol'],
        )",
    );
    assert_eq!(made["group"]["guid"], "guild");
    assert_eq!(made["members"]["bob"], "success");
    assert_ne!(made["members"]["nobody"], "success");
    let [action, added, by, group] = bob.next_args("onMemberAddedToGroup").try_into().unwrap();
    assert_eq!(
        (&action["action"], &added["uid"], &by["uid"]),
        (&json!("added"), &json!("bob"), &json!("alice"))
    );
    assert_eq!(group["guid"], "guild");
    assert_eq!(members(&bob, ".setScopes(['moderator'])")[0]["uid"], "bob");
    let code = carol.refused("CometChat.joinGroup('guild', 'private')", json!({}));
    assert_eq!(code, "ERR_BANNED_GROUPMEMBER");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn members_are_added_and_listed() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    guild(&alice, &bob);
    let add = "CometChat.addMembersToGroup('guild', [new CometChat.GroupMember('carol', 'participant')], [])";
    let refused = bob.run(add);
    assert_ne!(refused["carol"], "success");
    let carol = stage.page("carol");
    assert_eq!(alice.run(add), json!({"carol": "success"}));
    let [_, added, by, _] = bob.next_args("onMemberAddedToGroup").try_into().unwrap();
    assert_eq!(
        (&added["uid"], &by["uid"]),
        (&json!("carol"), &json!("alice"))
    );
    assert_eq!(carol.next_args("onMemberAddedToGroup").len(), 4);

    let all = members(&bob, "");
    let mut who = uids(&all);
    who.sort_unstable();
    assert_eq!(who, ["alice", "bob", "carol"]);
    assert!(
        all.iter().all(|it| it["joinedAt"].as_u64() > Some(0)),
        "{all:?}"
    );
    assert_eq!(uids(&members(&bob, ".setScopes(['admin'])")), ["alice"]);
    assert_eq!(uids(&members(&bob, ".setSearchKeyword('car')")), ["carol"]);
    drop(carol);
    alice.next("onUserOffline");
    let online = members(&bob, ".setStatus('online')");
    let mut who = uids(&online);
    who.sort_unstable();
    assert_eq!(who, ["alice", "bob"]);
    let dave =
        "new CometChat.GroupMembersRequestBuilder('nowhere').setLimit(3).build().fetchNext()";
    assert_eq!(bob.refused(dave, json!({})), "ERR_GUID_NOT_FOUND");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_member_is_kicked_and_may_come_back() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    guild(&alice, &bob);
    let code = bob.refused("CometChat.kickGroupMember('guild', 'alice')", json!({}));
    assert_eq!(code, "ERR_GROUP_NO_SCOPE_CLEARANCE");
    assert_eq!(alice.run("CometChat.kickGroupMember('guild', 'bob')"), true);
    let [action, kicked, by, group] = bob.next_args("onGroupMemberKicked").try_into().unwrap();
    assert_eq!(
        (&action["action"], &kicked["uid"], &by["uid"]),
        (&json!("kicked"), &json!("bob"), &json!("alice"))
    );
    assert_eq!(group["guid"], "guild");
    let code = alice.refused("CometChat.kickGroupMember('guild', 'bob')", json!({}));
    assert_eq!(code, "ERR_NOT_A_MEMBER");
    bob.run("CometChat.joinGroup('guild', 'public')");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_member_is_banned_and_unbanned() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    guild(&alice, &bob);
    let banned = |page: &Page<'_>| {
        let users = page
            .pager("new CometChat.BannedMembersRequestBuilder('guild').setLimit(10)")
            .next();
        uids(&users)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(alice.run("CometChat.banGroupMember('guild', 'bob')"), true);
    let [action, whom, by, _] = bob.next_args("onGroupMemberBanned").try_into().unwrap();
    assert_eq!(
        (&action["action"], &whom["uid"], &by["uid"]),
        (&json!("banned"), &json!("bob"), &json!("alice"))
    );
    let join = "CometChat.joinGroup('guild', 'public')";
    assert_eq!(bob.refused(join, json!({})), "ERR_BANNED_GROUPMEMBER");
    assert_eq!(banned(&alice), ["bob"]);

    assert_eq!(
        alice.run("CometChat.unbanGroupMember('guild', 'bob')"),
        true
    );
    assert_eq!(bob.next_args("onGroupMemberUnbanned").len(), 4);
    assert_eq!(banned(&alice), [""; 0]);
    let code = alice.refused("CometChat.unbanGroupMember('guild', 'bob')", json!({}));
    assert_eq!(code, "ERR_NOT_BANNED_GROUPMEMBER");
    bob.run(join);
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn scopes_change_and_so_does_the_owner() {
    let stage = Stage::new();
    let (alice, bob) = (stage.page("alice"), stage.page("bob"));
    guild(&alice, &bob);
    let promote = "CometChat.updateGroupMemberScope('guild', 'bob', 'moderator')";
    assert_eq!(
        bob.refused(promote, json!({})),
        "ERR_GROUP_NO_SCOPE_CLEARANCE"
    );
    assert_eq!(alice.run(promote), true);
    let [action, whom, new, old, group] = bob
        .next_args("onGroupMemberScopeChanged")
        .try_into()
        .unwrap();
    assert_eq!(
        (&action["action"], &whom["uid"]),
        (&json!("scopeChanged"), &json!("bob"))
    );
    assert_eq!(
        (&new, &old, &group["guid"]),
        (&json!("moderator"), &json!("participant"), &json!("guild"))
    );
    assert_eq!(alice.refused(promote, json!({})), "ERR_SAME_SCOPE");

    let transfer = "CometChat.transferGroupOwnership('guild', 'bob')";
    assert_eq!(
        bob.refused(transfer, json!({})),
        "ERR_GROUP_NO_SCOPE_CLEARANCE"
    );
    alice.run(transfer);
    let group = bob.run("CometChat.getGroup('guild')");
    assert_eq!(
        (&group["owner"], &group["scope"]),
        (&json!("bob"), &json!("admin"))
    );
    assert_eq!(alice.run("CometChat.leaveGroup('guild')"), true);
}
