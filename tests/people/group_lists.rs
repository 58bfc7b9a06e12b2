use bevy_cometchat::{
    ErrorCode,
    client::{BannedMembersRequest, GroupMembersRequest, GroupsRequest},
    model::{GroupDetails, GroupKind, GroupScope, NewMembers, UserStatus},
};

use super::{
    player::ended,
    scene::{Scene, all, guild, refused},
};

#[test]
fn groups_are_listed_with_every_filter() {
    let scene = Scene::new();
    let (alice, bob) = (scene.logged_in("alice"), scene.logged_in("bob"));
    for (guid, kind) in [
        ("cellar", GroupKind::Private),
        ("guild", GroupKind::Public),
        ("tavern", GroupKind::Public),
    ] {
        let details = GroupDetails::new().with_kind(kind).with_tags([guid]);
        ended(alice.client.create_group(guid, details)).unwrap();
    }
    ended(bob.client.join_group("tavern", None)).unwrap();

    let found = |player, request: GroupsRequest| {
        let groups = all(player, &request.pager());
        let guids: Vec<_> = groups.iter().map(|group| group.guid.as_str()).collect();
        guids.join(" ")
    };
    let groups = GroupsRequest::all;
    assert_eq!(found(&alice, groups().with_limit(2)), "cellar guild tavern");
    assert_eq!(found(&bob, groups()), "guild tavern");
    assert_eq!(found(&bob, groups().only_joined()), "tavern");
    assert_eq!(found(&bob, groups().search("TAV")), "tavern");
    assert_eq!(
        found(
            &bob,
            groups().with_tags(["guild", "cellar"]).including_tags()
        ),
        "guild"
    );
    assert_eq!(found(&alice, groups().with_limit(2).from_page(2)), "tavern");
}

#[test]
fn members_are_listed_with_every_filter_for_members_only() {
    let scene = Scene::new();
    let (alice, dan) = (scene.logged_in("alice"), scene.logged_in("dan"));
    let bob = scene.live("bob");
    guild(&alice, &[&bob]);
    let carol = NewMembers::new().with("carol", GroupScope::Moderator);
    ended(alice.client.add_members_to_group("guild", carol)).unwrap();

    let found = |request: GroupMembersRequest| {
        let members = all(&alice, &request.pager());
        let uids: Vec<_> = members.iter().map(|member| member.uid.as_str()).collect();
        uids.join(" ")
    };
    let members = || GroupMembersRequest::of("guild");
    assert_eq!(found(members().with_limit(2)), "alice bob carol");
    let above = [GroupScope::Admin, GroupScope::Moderator];
    assert_eq!(found(members().with_scopes(above)), "alice carol");
    assert_eq!(found(members().search("BO")), "bob");
    assert_eq!(found(members().with_status(UserStatus::Online)), "bob");
    assert_eq!(
        found(members().with_status(UserStatus::Offline)),
        "alice carol"
    );
    let carol = &all(
        &alice,
        &members().with_scopes([GroupScope::Moderator]).pager(),
    )[0];
    assert_eq!(
        (&*carol.name, carol.scope),
        ("Carol", GroupScope::Moderator)
    );
    assert!(carol.joined_at.0 > 0);

    let list = |guid| {
        dan.client
            .fetch_next(&GroupMembersRequest::of(guid).pager())
    };
    assert_eq!(refused(list("guild")), ErrorCode::GroupNotJoined);
    assert_eq!(refused(list("nowhere")), ErrorCode::GroupNotFound);
}

#[test]
fn who_is_kept_out_is_listed_for_admins_and_moderators_only() {
    let scene = Scene::new();
    let (alice, bob) = (scene.logged_in("alice"), scene.logged_in("bob"));
    guild(&alice, &[&bob]);
    let out = NewMembers::new().banning("carol").banning("dan");
    ended(alice.client.add_members_to_group("guild", out)).unwrap();

    let found = |request: BannedMembersRequest| {
        let users = all(&alice, &request.pager());
        let uids: Vec<_> = users.iter().map(|user| user.uid.as_str()).collect();
        uids.join(" ")
    };
    let banned = || BannedMembersRequest::of("guild");
    assert_eq!(found(banned().with_limit(1)), "carol dan");
    assert_eq!(found(banned().search("CA")), "carol");
    assert_eq!(
        refused(bob.client.fetch_next(&banned().pager())),
        ErrorCode::GroupScopeTooLow
    );
}
