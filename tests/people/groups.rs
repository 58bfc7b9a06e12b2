use std::sync::Arc;

use bevy_cometchat::{
    ErrorCode,
    model::{GroupDetails, GroupKind, GroupScope, NewMembers},
};

use super::{
    player::ended,
    scene::{Scene, code, guild, refused},
};

#[test]
fn a_group_is_created_seen_changed_and_deleted() {
    let scene = Scene::new();
    let (alice, bob) = (scene.logged_in("alice"), scene.logged_in("bob"));
    let details = GroupDetails::new()
        .with_name("The Guild")
        .with_icon("https://example.com/g.png")
        .with_description("Heroes")
        .with_tags(["heroes"])
        .with_metadata(&["motto"])
        .unwrap();
    let created = ended(alice.client.create_group("guild", details)).unwrap();
    assert_eq!(
        (created.guid.as_str(), &*created.name),
        ("guild", "The Guild")
    );
    assert_eq!(
        (created.kind, created.has_joined),
        (GroupKind::Public, true)
    );
    assert_eq!(created.owner.as_ref().unwrap(), &"alice");
    assert_eq!(created.scope, Some(GroupScope::Admin));

    let seen = ended(bob.client.group("guild")).unwrap();
    assert_eq!((seen.has_joined, seen.members_count), (false, Some(1)));
    assert_eq!(seen.description.as_deref(), Some("Heroes"));
    assert_eq!(seen.icon.as_deref(), Some("https://example.com/g.png"));
    assert_eq!(seen.tags, [Arc::from("heroes")]);
    assert_eq!(seen.metadata.as_ref().unwrap().as_str(), r#"["motto"]"#);

    let change = GroupDetails::new().with_name("The Old Guild").with_icon("");
    let changed = ended(alice.client.update_group("guild", change.clone())).unwrap();
    assert_eq!((&*changed.name, &changed.icon), ("The Old Guild", &None));
    assert_eq!(
        changed.description.as_deref(),
        Some("Heroes"),
        "not told, not changed"
    );

    assert_eq!(
        refused(bob.client.update_group("guild", change.clone())),
        ErrorCode::GroupNotJoined
    );
    assert_eq!(
        refused(bob.client.delete_group("guild")),
        ErrorCode::GroupNotJoined
    );
    ended(bob.client.join_group("guild", None)).unwrap();
    assert_eq!(
        refused(bob.client.update_group("guild", change)),
        ErrorCode::GroupScopeTooLow
    );
    assert_eq!(
        refused(bob.client.delete_group("guild")),
        ErrorCode::GroupScopeTooLow
    );

    ended(alice.client.delete_group("guild")).unwrap();
    assert_eq!(
        refused(alice.client.delete_group("guild")),
        ErrorCode::GroupNotFound
    );
    assert_eq!(refused(bob.client.group("guild")), ErrorCode::GroupNotFound);
}

#[test]
fn a_group_that_cannot_be_is_refused() {
    let scene = Scene::new();
    let alice = scene.logged_in("alice");
    guild(&alice, &[]);
    let create = |guid: &str, details| refused(alice.client.create_group(guid, details));
    assert_eq!(
        create("guild", GroupDetails::new()),
        ErrorCode::GroupAlreadyExists
    );
    let unlocked = GroupDetails::new().with_kind(GroupKind::Password);
    assert_eq!(
        create("vault", unlocked.clone()),
        ErrorCode::EmptyGroupPassword
    );
    assert_eq!(
        create("vault", GroupDetails::new().with_password("")),
        ErrorCode::EmptyGroupPassword
    );
    assert_eq!(
        refused(alice.client.update_group("guild", unlocked)),
        ErrorCode::EmptyGroupPassword
    );
    assert!(matches!(
        create("", GroupDetails::new()),
        ErrorCode::Other(_) | ErrorCode::BadRequest
    ));
    for refusal in [
        refused(alice.client.group("")),
        refused(alice.client.join_group("", None)),
    ] {
        assert_eq!(refusal, ErrorCode::MissingParameters);
    }
    for refusal in [
        refused(alice.client.leave_group("")),
        refused(alice.client.delete_group("")),
        refused(alice.client.kick_group_member("guild", "")),
    ] {
        assert_eq!(refusal, ErrorCode::MissingParameters);
    }
}

#[test]
fn a_group_is_created_with_its_members() {
    let scene = Scene::new();
    let alice = scene.logged_in("alice");
    let mut bob = scene.live("bob");
    let carol = scene.logged_in("carol");
    let members = NewMembers::new()
        .with("bob", GroupScope::Moderator)
        .with("nobody", GroupScope::Participant)
        .banning("carol");
    let details = GroupDetails::new().with_name("Guild");
    let created = ended(
        alice
            .client
            .create_group_with_members("guild", details, members),
    )
    .unwrap();
    assert_eq!(&*created.group.name, "Guild");
    assert_eq!(created.group.members_count, Some(2));
    let added = &created.members.added;
    assert_eq!(added["bob"], Ok(()));
    assert_eq!(code(&added["nobody"]), Some(ErrorCode::UserNotFound));
    assert_eq!(created.members.banned["carol"], Ok(()));

    assert_eq!(bob.wait_for_action().group.guid, "guild");
    assert_eq!(
        ended(bob.client.group("guild")).unwrap().scope,
        Some(GroupScope::Moderator)
    );
    assert_eq!(
        refused(carol.client.join_group("guild", None)),
        ErrorCode::BannedFromGroup
    );
}

#[test]
fn ownership_is_given_to_another_member_only_by_the_owner() {
    let scene = Scene::new();
    let (alice, bob) = (scene.logged_in("alice"), scene.logged_in("bob"));
    guild(&alice, &[&bob]);
    let give =
        |by: &super::player::Player, to: &str| by.client.transfer_group_ownership("guild", to);
    assert_eq!(refused(give(&bob, "bob")), ErrorCode::GroupScopeTooLow);
    assert_eq!(refused(give(&alice, "carol")), ErrorCode::NotAGroupMember);
    assert_eq!(refused(give(&alice, "nobody")), ErrorCode::UserNotFound);
    assert_eq!(
        refused(alice.client.leave_group("guild")),
        ErrorCode::OwnerCannotLeave
    );

    ended(give(&alice, "bob")).unwrap();
    let group = ended(bob.client.group("guild")).unwrap();
    assert_eq!(group.owner.as_ref().unwrap(), &"bob");
    assert_eq!(group.scope, Some(GroupScope::Admin));
    ended(alice.client.leave_group("guild")).unwrap();
}
