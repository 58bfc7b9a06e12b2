use bevy_cometchat::{
    ErrorCode,
    model::{GroupActionKind::*, GroupDetails, GroupKind, GroupScope, TextMessage},
};

use super::{
    player::ended,
    scene::{Scene, guild, refused},
};

#[test]
fn who_joins_and_leaves_is_told_to_the_others() {
    let scene = Scene::new();
    let mut alice = scene.live("alice");
    let bob = scene.logged_in("bob");
    guild(&alice, &[]);
    let joined = ended(bob.client.join_group("guild", None)).unwrap();
    assert_eq!((joined.guid.as_str(), joined.has_joined), ("guild", true));
    assert_eq!(joined.scope, Some(GroupScope::Participant));
    assert_eq!(joined.members_count, Some(2));
    assert_eq!(alice.wait_for_news(), (Joined, "bob".into(), "bob".into()));

    let text = || TextMessage::to_group("guild", "hi");
    ended(bob.client.send_message(text())).unwrap();
    ended(bob.client.leave_group("guild")).unwrap();
    assert_eq!(alice.wait_for_news(), (Left, "bob".into(), "bob".into()));
    assert_eq!(
        refused(bob.client.send_message(text())),
        ErrorCode::GroupNotJoined
    );
}

#[test]
fn a_password_opens_a_group_and_nothing_a_private_one() {
    let scene = Scene::new();
    let (alice, bob) = (scene.logged_in("alice"), scene.logged_in("bob"));
    let create = |guid: &str, details| ended(alice.client.create_group(guid, details)).unwrap();
    create("vault", GroupDetails::new().with_password("sesame"));
    create("cellar", GroupDetails::new().with_kind(GroupKind::Private));

    let join =
        |guid: &str, password: Option<&str>| bob.client.join_group(guid, password.map(Into::into));
    assert_eq!(
        refused(join("vault", Some("open up"))),
        ErrorCode::WrongGroupPassword
    );
    assert_eq!(refused(join("vault", None)), ErrorCode::WrongGroupPassword);
    assert!(ended(join("vault", Some("sesame"))).unwrap().has_joined);
    assert_eq!(
        refused(join("vault", Some("sesame"))),
        ErrorCode::AlreadyJoined
    );
    assert_eq!(
        refused(join("cellar", None)),
        ErrorCode::GroupJoinNotAllowed
    );
    assert_eq!(
        refused(bob.client.group("cellar")),
        ErrorCode::GroupNotJoined
    );
    assert_eq!(refused(join("nowhere", None)), ErrorCode::GroupNotFound);

    let other_lock = GroupDetails::new().with_password("mellon");
    ended(alice.client.update_group("vault", other_lock)).unwrap();
    let carol = scene.logged_in("carol");
    let join = |password: &str| carol.client.join_group("vault", Some(password.into()));
    assert_eq!(refused(join("sesame")), ErrorCode::WrongGroupPassword);
    assert!(ended(join("mellon")).unwrap().has_joined);
}

#[test]
fn who_is_not_in_a_group_does_not_leave_it() {
    let scene = Scene::new();
    let (alice, bob) = (scene.logged_in("alice"), scene.logged_in("bob"));
    guild(&alice, &[]);
    assert_eq!(
        refused(bob.client.leave_group("guild")),
        ErrorCode::GroupNotJoined
    );
    assert_eq!(
        refused(bob.client.leave_group("nowhere")),
        ErrorCode::GroupNotFound
    );
    assert_eq!(
        refused(alice.client.leave_group("guild")),
        ErrorCode::OwnerCannotLeave
    );
}

#[test]
fn d3_what_the_user_did_is_not_recovered_as_missed() {
    let scene = Scene::new();
    let alice = scene.logged_in("alice");
    let mut bob = scene.live("bob");
    guild(&alice, &[&bob]);
    ended(bob.client.leave_group("guild")).unwrap();
    ended(bob.client.join_group("guild", None)).unwrap();
    ended(bob.client.disconnect()).unwrap();
    ended(
        alice
            .client
            .send_message(TextMessage::to_group("guild", "bob?")),
    )
    .unwrap();
    ended(bob.client.connect()).unwrap();
    assert_eq!(bob.wait_for_recovery(), 1, "the text");
}
