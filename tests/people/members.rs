use bevy_cometchat::{
    ErrorCode,
    model::{GroupActionKind::*, GroupScope::*, NewMembers},
};

use super::{
    player::{Player, ended},
    scene::{Scene, code, guild, refused},
};

fn add(player: &Player, members: NewMembers) -> bevy_cometchat::client::MemberOutcomes {
    ended(player.client.add_members_to_group("guild", members)).expect("outcomes")
}

#[test]
fn members_are_added_each_with_its_outcome_and_all_are_told() {
    let scene = Scene::new();
    let alice = scene.logged_in("alice");
    let (mut bob, mut carol) = (scene.live("bob"), scene.live("carol"));
    guild(&alice, &[&bob]);
    let members = NewMembers::new()
        .with("carol", Moderator)
        .with("bob", Participant)
        .with("nobody", Admin)
        .banning("dan")
        .banning("nobody");
    let outcomes = add(&alice, members);
    assert_eq!(outcomes.added["carol"], Ok(()));
    assert_eq!(code(&outcomes.added["bob"]), Some(ErrorCode::AlreadyJoined));
    assert_eq!(
        code(&outcomes.added["nobody"]),
        Some(ErrorCode::UserNotFound)
    );
    assert_eq!(outcomes.banned["dan"], Ok(()));
    assert_eq!(
        code(&outcomes.banned["nobody"]),
        Some(ErrorCode::UserNotFound)
    );

    for player in [&mut bob, &mut carol] {
        assert_eq!(
            player.wait_for_news(),
            (Added, "alice".into(), "carol".into())
        );
        assert_eq!(
            player.wait_for_news(),
            (Banned, "alice".into(), "dan".into())
        );
    }
    let dan = add(&alice, NewMembers::new().with("dan", Participant));
    assert_eq!(code(&dan.added["dan"]), Some(ErrorCode::BannedFromGroup));
}

#[test]
fn who_may_not_add_members_is_refused_for_each_or_as_a_whole() {
    let scene = Scene::new();
    let alice = scene.logged_in("alice");
    let (bob, carol) = (scene.logged_in("bob"), scene.logged_in("carol"));
    guild(&alice, &[&bob]);
    let dan = || NewMembers::new().with("dan", Participant);
    let outcomes = add(&bob, dan());
    assert_eq!(
        code(&outcomes.added["dan"]),
        Some(ErrorCode::GroupScopeTooLow)
    );
    let whole = |guid: &str| carol.client.add_members_to_group(guid, dan());
    assert_eq!(refused(whole("guild")), ErrorCode::GroupNotJoined);
    assert_eq!(refused(whole("nowhere")), ErrorCode::GroupNotFound);

    ended(
        alice
            .client
            .update_group_member_scope("guild", "bob", Moderator),
    )
    .unwrap();
    let admin = NewMembers::new().with("carol", Admin);
    let outcomes = add(&bob, admin);
    assert_eq!(
        code(&outcomes.added["carol"]),
        Some(ErrorCode::GroupScopeTooLow)
    );
    assert_eq!(add(&bob, dan()).added["dan"], Ok(()));
}

#[test]
fn members_are_kicked_by_those_above_them_and_may_come_back() {
    let scene = Scene::new();
    let alice = scene.logged_in("alice");
    let (mut bob, mut carol) = (scene.live("bob"), scene.live("carol"));
    guild(&alice, &[&bob, &carol]);
    assert_eq!(
        bob.wait_for_news(),
        (Joined, "carol".into(), "carol".into())
    );

    let kick = |by: &Player, uid: &str| by.client.kick_group_member("guild", uid);
    assert_eq!(refused(kick(&bob, "carol")), ErrorCode::GroupScopeTooLow);
    assert_eq!(refused(kick(&bob, "alice")), ErrorCode::GroupScopeTooLow);
    assert_eq!(refused(kick(&alice, "dan")), ErrorCode::NotAGroupMember);
    assert_eq!(refused(kick(&alice, "nobody")), ErrorCode::UserNotFound);

    ended(kick(&alice, "carol")).unwrap();
    let kicked = (Kicked, "alice".to_owned(), "carol".to_owned());
    assert_eq!(bob.wait_for_news(), kicked);
    assert_eq!(carol.wait_for_news(), kicked);
    assert!(!ended(carol.client.group("guild")).unwrap().has_joined);
    assert_eq!(refused(kick(&carol, "bob")), ErrorCode::GroupNotJoined);
    ended(carol.client.join_group("guild", None)).unwrap();
}

#[test]
fn who_is_banned_stays_out_until_unbanned() {
    let scene = Scene::new();
    let alice = scene.logged_in("alice");
    let (mut bob, mut carol) = (scene.live("bob"), scene.live("carol"));
    guild(&alice, &[&bob, &carol]);
    assert_eq!(
        bob.wait_for_news(),
        (Joined, "carol".into(), "carol".into())
    );

    let ban = |by: &Player, uid: &str| by.client.ban_group_member("guild", uid);
    assert_eq!(refused(ban(&bob, "carol")), ErrorCode::GroupScopeTooLow);
    assert_eq!(refused(ban(&bob, "dan")), ErrorCode::GroupScopeTooLow);
    assert_eq!(refused(ban(&alice, "nobody")), ErrorCode::UserNotFound);

    ended(ban(&alice, "carol")).unwrap();
    let banned = (Banned, "alice".to_owned(), "carol".to_owned());
    assert_eq!(bob.wait_for_news(), banned);
    assert_eq!(carol.wait_for_news(), banned);
    assert_eq!(refused(ban(&alice, "carol")), ErrorCode::BannedFromGroup);
    assert_eq!(
        refused(carol.client.join_group("guild", None)),
        ErrorCode::BannedFromGroup
    );

    let unban = |by: &Player, uid: &str| by.client.unban_group_member("guild", uid);
    assert_eq!(refused(unban(&bob, "carol")), ErrorCode::GroupScopeTooLow);
    assert_eq!(refused(unban(&alice, "dan")), ErrorCode::NotBannedFromGroup);
    ended(unban(&alice, "carol")).unwrap();
    let unbanned = (Unbanned, "alice".to_owned(), "carol".to_owned());
    assert_eq!(bob.wait_for_news(), unbanned);
    assert_eq!(carol.wait_for_news(), unbanned);
    ended(carol.client.join_group("guild", None)).unwrap();
}

#[test]
fn scopes_are_changed_by_admins_and_all_are_told() {
    let scene = Scene::new();
    let alice = scene.logged_in("alice");
    let (mut bob, carol) = (scene.live("bob"), scene.logged_in("carol"));
    guild(&alice, &[&bob, &carol]);
    assert_eq!(
        bob.wait_for_news(),
        (Joined, "carol".into(), "carol".into())
    );

    let make =
        |by: &Player, uid: &str, scope| by.client.update_group_member_scope("guild", uid, scope);
    assert_eq!(
        refused(make(&bob, "carol", Moderator)),
        ErrorCode::GroupScopeTooLow
    );
    assert_eq!(
        refused(make(&alice, "carol", Participant)),
        ErrorCode::SameGroupScope
    );
    assert_eq!(
        refused(make(&alice, "dan", Moderator)),
        ErrorCode::NotAGroupMember
    );

    ended(make(&alice, "carol", Moderator)).unwrap();
    let change = ScopeChanged {
        from: Participant,
        to: Moderator,
    };
    assert_eq!(
        bob.wait_for_news(),
        (change, "alice".into(), "carol".into())
    );
    ended(carol.client.kick_group_member("guild", "bob")).expect("a moderator may");
}
