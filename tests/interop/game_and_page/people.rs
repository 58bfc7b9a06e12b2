//! Users and groups, as one side changes them and the other sees them.

use bevy_cometchat::{
    client::{
        BannedMembersRequest, BlockDirection, BlockedUsersRequest, GroupMembersRequest,
        GroupsRequest, UsersRequest,
    },
    model::{GroupActionKind, GroupScope, NewMembers, UserDetails, UserStatus},
    prelude::*,
};
use serde_json::json;

use super::{bob, game_and_page, say};
use crate::{game::Game, stage::Stage};

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn each_finds_the_other_as_they_are() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    page.run(
        "CometChat.updateCurrentUserDetails(having(new CometChat.User('bob'), {
            setName: 'Bob the Bold', setStatusMessage: 'Away', setMetadata: { level: 3 },
        }))",
    );
    let online = UsersRequest::all()
        .with_status(UserStatus::Online)
        .search("bold")
        .pager();
    let found = game.does(|chat| chat.fetch_next(&online)).items;
    let names: Vec<_> = found.iter().map(|user| &*user.name).collect();
    assert_eq!(names, ["Bob the Bold"]);
    let seen = game.does(|chat| chat.user(bob()));
    assert_eq!(
        (seen.status_message.as_deref(), seen.status),
        (Some("Away"), UserStatus::Online)
    );
    assert_eq!(seen.metadata.as_ref().unwrap().as_str(), r#"{"level":3}"#);

    let details = UserDetails::new()
        .with_name("Alice the Brave")
        .with_avatar("https://example.com/brave.png")
        .with_status_message("In a dungeon");
    game.does(|chat| chat.update_current_user_details(details));
    let seen = page.run("CometChat.getUser('alice')");
    assert_eq!(
        (&seen["name"], &seen["statusMessage"], &seen["avatar"]),
        (
            &json!("Alice the Brave"),
            &json!("In a dungeon"),
            &json!("https://example.com/brave.png")
        )
    );
    let users =
        page.pager("new CometChat.UsersRequestBuilder().setLimit(9).setSearchKeyword('brave')");
    assert_eq!(users.next()[0]["uid"], "alice");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn who_is_blocked_is_heard_no_more() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    let outcomes = game.does(|chat| chat.block_users([bob()]));
    assert_eq!(outcomes[&bob()], Ok(()));
    assert_eq!(page.run("CometChat.getUser('alice')")["hasBlockedMe"], true);
    assert!(game.does(|chat| chat.user(bob())).blocked_by_me);
    let text = "CometChat.sendMessage(new CometChat.TextMessage('alice', 'Hello?', 'user'))";
    assert_eq!(page.refused(text, json!({})), "ERR_BLOCKED_USER");
    page.run("CometChat.startTyping(new CometChat.TypingIndicator('alice', 'user'))");
    let blocked = BlockedUsersRequest::all()
        .with_direction(BlockDirection::BlockedByMe)
        .pager();
    assert_eq!(game.does(|chat| chat.fetch_next(&blocked)).items.len(), 1);
    game.does(|chat| chat.unblock_users([bob()]));
    say(&page, "alice", "user", "And now?");
    assert_eq!(game.next::<MessageReceived>().text(), Some("And now?"));
    game.heard_no::<TypingChanged>();

    page.run("CometChat.blockUsers(['alice'])");
    let text = TextMessage::to_user("bob", "Hello?");
    assert_eq!(
        game.refused(|chat| chat.send_message(text)),
        ErrorCode::UserBlocked
    );
    assert!(game.does(|chat| chat.user(bob())).has_blocked_me);
}

fn members(game: &mut Game) -> Vec<(String, GroupScope)> {
    let members = GroupMembersRequest::of("vault").pager();
    let members = game.does(|chat| chat.fetch_next(&members)).items;
    let mut members: Vec<_> = members
        .iter()
        .map(|member| (member.user.uid.to_string(), member.scope))
        .collect();
    members.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    members
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_group_of_the_games_is_open_to_the_page() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    let details = GroupDetails::new()
        .with_name("The Vault")
        .with_password("sesame")
        .with_description("Gold");
    game.does(|chat| chat.create_group("vault", details));
    let listed = page
        .pager("new CometChat.GroupsRequestBuilder().setLimit(9)")
        .next();
    assert_eq!(
        (
            &listed[0]["guid"],
            &listed[0]["description"],
            &listed[0]["type"]
        ),
        (&json!("vault"), &json!("Gold"), &json!("password"))
    );
    let join = "CometChat.joinGroup('vault', 'password', word)";
    assert_eq!(
        page.refused(join, json!({"word": "open up"})),
        "ERR_WRONG_GROUP_PASS"
    );
    page.run_with(join, json!({"word": "sesame"}));
    let joined = game.next::<GroupChanged>();
    let action = joined.group_action().expect("an action");
    assert_eq!(
        (action.kind, action.on.uid.as_str()),
        (GroupActionKind::Joined, "bob")
    );
    let scoped = |scope| {
        [
            ("alice".to_owned(), GroupScope::Admin),
            ("bob".to_owned(), scope),
        ]
    };
    assert_eq!(members(&mut game), scoped(GroupScope::Participant));

    game.does(|chat| chat.update_group_member_scope("vault", "bob", GroupScope::Moderator));
    let [_, whom, new, old, _] = page
        .next_args("onGroupMemberScopeChanged")
        .try_into()
        .unwrap();
    assert_eq!(
        (&whom["uid"], &new, &old),
        (&json!("bob"), &json!("moderator"), &json!("participant"))
    );
    assert_eq!(members(&mut game), scoped(GroupScope::Moderator));

    game.does(|chat| chat.update_group("vault", GroupDetails::new().with_name("The Old Vault")));
    assert_eq!(
        page.run("CometChat.getGroup('vault')")["name"],
        "The Old Vault"
    );
    game.does(|chat| chat.ban_group_member("vault", "bob"));
    page.next("onGroupMemberBanned");
    assert_eq!(
        page.refused(join, json!({"word": "sesame"})),
        "ERR_BANNED_GROUPMEMBER"
    );
    let banned = BannedMembersRequest::of("vault").pager();
    let banned = game.does(|chat| chat.fetch_next(&banned)).items;
    assert_eq!(banned[0].uid, "bob");
    game.does(|chat| chat.unban_group_member("vault", "bob"));
    page.next("onGroupMemberUnbanned");
    page.run_with(join, json!({"word": "sesame"}));
    game.does(|chat| chat.delete_group("vault"));
    let get = "CometChat.getGroup('vault')";
    assert_eq!(page.refused(get, json!({})), "ERR_GUID_NOT_FOUND");
}

#[test]
#[ignore = "needs npm and Chromium: tests/interop/run"]
fn a_group_of_the_pages_is_open_to_the_game() {
    let stage = Stage::new();
    let (mut game, page) = game_and_page(&stage);
    page.run("CometChat.createGroup(new CometChat.Group('guild', 'Guild', 'public'))");
    let listed = GroupsRequest::all().search("gui").pager();
    let listed = game.does(|chat| chat.fetch_next(&listed)).items;
    assert_eq!((&*listed[0].name, listed[0].has_joined), ("Guild", false));
    game.does(|chat| chat.join_group("guild", None));
    let [_, user, _] = page.next_args("onGroupMemberJoined").try_into().unwrap();
    assert_eq!(user["uid"], "alice");
    page.run("CometChat.transferGroupOwnership('guild', 'alice')");
    assert_eq!(
        game.does(|chat| chat.group("guild")).owner,
        Some("alice".into())
    );
    let carol = NewMembers::new().with("carol", GroupScope::Participant);
    game.does(|chat| chat.add_members_to_group("guild", carol));
    let [_, added, by, _] = page.next_args("onMemberAddedToGroup").try_into().unwrap();
    assert_eq!(
        (&added["uid"], &by["uid"]),
        (&json!("carol"), &json!("alice"))
    );
    game.does(|chat| chat.kick_group_member("guild", "carol"));
    page.next("onGroupMemberKicked");
    assert_eq!(
        game.refused(|chat| chat.leave_group("guild")),
        ErrorCode::OwnerCannotLeave
    );
    game.does(|chat| chat.transfer_group_ownership("guild", "bob"));
    game.does(|chat| chat.leave_group("guild"));
    let [_, left, _] = page.next_args("onGroupMemberLeft").try_into().unwrap();
    assert_eq!(left["uid"], "alice");
}
