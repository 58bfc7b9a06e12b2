use bevy_cometchat::{
    AuthKey, ErrorCode,
    client::{Event, PresenceSubscription},
    model::{GroupDetails, GroupKind, Presence, TextMessage, UserDetails, UserStatus},
};

use super::{
    player::{KEY, Player, ended, settings},
    scene::{Scene, guild, refused},
};

impl Player {
    fn wait_for_presence(&mut self) -> Presence {
        self.wait_for("presence", |event| match event {
            Event::PresenceChanged(presence) => Some(presence),
            _ => None,
        })
    }
}

fn watching(scene: &Scene, uid: &str, presence: PresenceSubscription) -> Player {
    Player::live(
        uid,
        settings(scene.server.address()).subscribe_presence(presence),
    )
}

#[test]
fn whoever_subscribed_to_all_hears_who_comes_and_goes() {
    let scene = Scene::new();
    let mut alice = watching(&scene, "alice", PresenceSubscription::AllUsers);
    let mut bob = scene.live("bob");
    let came = alice.wait_for_presence();
    assert_eq!((came.user.uid.as_str(), came.online), ("bob", true));
    assert_eq!(came.user.status, UserStatus::Online);
    assert!(came.at.0 > 0);

    bob.client.shut_down();
    bob.rest();
    let went = alice.wait_for_presence();
    assert_eq!((went.user.uid.as_str(), went.online), ("bob", false));
    assert_eq!(went.user.last_active_at, Some(went.at));
}

#[test]
fn whoever_subscribed_to_roles_hears_of_those_only() {
    let scene = Scene::new();
    let knight = UserDetails::new().with_role("knight");
    let game = scene.logged_in("dan");
    ended(game.client.update_user(AuthKey::new("carol", KEY), knight)).unwrap();
    let roles = PresenceSubscription::Roles(vec!["knight".to_owned()]);
    let mut alice = watching(&scene, "alice", roles);
    let _bob = scene.live("bob");
    let _carol = scene.live("carol");
    assert_eq!(
        alice.wait_for_presence().user.uid,
        "carol",
        "bob is no knight"
    );
}

#[test]
fn those_who_are_connected_are_counted() {
    let scene = Scene::new();
    let alice = scene.logged_in("alice");
    let (bob, carol) = (scene.live("bob"), scene.live("carol"));
    guild(&alice, &[&bob]);
    let private = GroupDetails::new().with_kind(GroupKind::Private);
    ended(carol.client.create_group("cellar", private)).unwrap();
    assert_eq!(ended(alice.client.online_user_count()), Ok(2));
    let count = |player: &Player| {
        let groups = ["guild", "cellar", "nowhere"];
        let counts = ended(player.client.online_group_member_count(groups)).unwrap();
        counts
            .into_iter()
            .map(|(guid, count)| (guid.to_string(), count))
            .collect::<Vec<_>>()
    };
    assert_eq!(count(&alice), [("guild".to_owned(), 1)]);
    assert_eq!(
        count(&carol),
        [("cellar".to_owned(), 1), ("guild".to_owned(), 1)]
    );
    ended(bob.client.logout()).unwrap();
    let refused = refused(bob.client.online_user_count());
    assert_eq!(refused, ErrorCode::UserNotLoggedIn);
}

#[test]
fn whoever_did_not_subscribe_hears_nothing() {
    let scene = Scene::new();
    // The local server knows no friends.
    for presence in [PresenceSubscription::None, PresenceSubscription::Friends] {
        let mut alice = watching(&scene, "alice", presence);
        let bob = scene.live("bob");
        ended(
            bob.client
                .send_message(TextMessage::to_user("alice", "here")),
        )
        .unwrap();
        let told = std::iter::from_fn(|| {
            alice.wait_for("the message or presence", |event| match event {
                Event::MessageReceived(_) => Some(None),
                Event::PresenceChanged(presence) => Some(Some(presence)),
                _ => None,
            })
        });
        assert_eq!(told.collect::<Vec<_>>(), []);
    }
}
