use std::sync::Arc;

use bevy_cometchat::{
    AuthKey, ErrorCode,
    client::{Event, SearchField, UserOrder, UsersRequest},
    connection::SessionOrigin,
    model::{User, UserDetails, UserStatus},
};

use super::{
    player::{KEY, Player, ended, settings},
    scene::{Scene, all, refused},
};

fn uids(users: &[Arc<User>]) -> Vec<&str> {
    users.iter().map(|user| user.uid.as_str()).collect()
}

#[test]
fn users_are_looked_up() {
    let scene = Scene::new();
    let alice = scene.logged_in("alice");
    let bob = ended(alice.client.user("bob")).unwrap();
    assert_eq!((&*bob.name, bob.status), ("Bob", UserStatus::Offline));
    assert_eq!(
        refused(alice.client.user("nobody")),
        ErrorCode::UserNotFound
    );
    assert_eq!(refused(alice.client.user("")), ErrorCode::MissingParameters);
}

#[test]
fn users_are_listed_with_every_filter() {
    let scene = Scene::new();
    let alice = scene.logged_in("alice");
    let _carol = scene.live("carol");
    let knight = UserDetails::new().with_name("Sir Eve").with_role("knight");
    let knight = knight.with_tags(["armoured"]);
    ended(alice.client.create_user(AuthKey::new("eve", KEY), knight)).unwrap();
    ended(alice.client.block_users(["dan"])).unwrap();

    let list = |request: UsersRequest| all(&alice, &request.pager());
    let found = |request| uids(&list(request)).join(" ");
    let users = UsersRequest::all;
    assert_eq!(found(users()), "bob carol dan eve");
    assert_eq!(found(users().with_limit(1)), "bob carol dan eve");
    assert_eq!(found(users().with_limit(3).from_page(2)), "eve");
    assert_eq!(found(users().descending()), "eve dan carol bob");
    assert_eq!(
        found(users().ordered_by(UserOrder::Status)),
        "carol bob dan eve"
    );
    assert_eq!(found(users().search("CAR")), "carol");
    assert_eq!(found(users().search("sir")), "eve");
    let by_uid = |keyword| users().search(keyword).searching_in([SearchField::Uid]);
    assert_eq!(found(by_uid("eve")), "eve");
    assert_eq!(found(by_uid("sir")), "");
    assert_eq!(found(users().with_status(UserStatus::Online)), "carol");
    assert_eq!(
        found(users().with_status(UserStatus::Offline)),
        "bob dan eve"
    );
    assert_eq!(found(users().with_roles(["knight", "king"])), "eve");
    assert_eq!(found(users().only_uids(["dan", "nobody"])), "dan");
    assert_eq!(found(users().hiding_blocked_users()), "bob carol eve");
    assert_eq!(found(users().only_friends()), "");

    let tagged = list(users().with_tags(["armoured"]).including_tags());
    assert_eq!(uids(&tagged), ["eve"]);
    assert_eq!(tagged[0].tags, ["armoured".into()]);
    assert_eq!(tagged[0].role.as_deref(), Some("knight"));
    assert_eq!(
        refused(alice.client.fetch_next(&users().with_limit(101).pager())),
        ErrorCode::PageLimitTooLarge
    );
}

#[test]
fn a_profile_is_changed_for_others_and_in_the_saved_session() {
    let scene = Scene::new();
    let directory = tempfile::tempdir().unwrap();
    let settings = || settings(scene.server.address()).session_directory(directory.path());
    let bob = scene.logged_in("bob");
    let mut alice = Player::live("alice", settings());

    let details = UserDetails::new()
        .with_name("Alice the Brave")
        .with_avatar("https://example.com/a.png")
        .with_status_message("slaying")
        .with_role("king")
        .with_metadata(&("level", 3))
        .unwrap();
    let changed = ended(alice.client.update_current_user_details(details)).unwrap();
    assert_eq!(&*changed.name, "Alice the Brave");
    assert_eq!(
        changed.role.as_deref(),
        Some("default"),
        "not hers to change"
    );
    let told = alice.wait_for("the change", |event| match event {
        Event::OwnUserChanged(user) => Some(user),
        _ => None,
    });
    assert_eq!(told, changed);

    let seen = ended(bob.client.user("alice")).unwrap();
    assert_eq!(seen.avatar.as_deref(), Some("https://example.com/a.png"));
    assert_eq!(seen.status_message.as_deref(), Some("slaying"));
    let level = seen.metadata.as_ref().unwrap().parse();
    assert_eq!(level.ok(), Some(("level".to_owned(), 3)));

    let again = UserDetails::new().with_avatar("");
    let changed = ended(alice.client.update_current_user_details(again)).unwrap();
    assert_eq!(
        (&*changed.name, &changed.avatar),
        ("Alice the Brave", &None)
    );

    alice.client.shut_down();
    alice.rest();
    let mut restarted = Player::new(settings());
    let user = restarted.wait_for("the restored user", |event| match event {
        Event::LoggedIn {
            user,
            origin: SessionOrigin::Restored,
        } => Some(user),
        _ => None,
    });
    assert_eq!((&*user.name, &user.avatar), ("Alice the Brave", &None));
    // The saved token is still the session's.
    ended(restarted.client.user("bob")).unwrap();
}

#[test]
fn the_app_creates_and_changes_users_by_its_key_without_a_login() {
    let scene = Scene::new();
    let game = Player::new(settings(scene.server.address()));
    assert_eq!(refused(game.client.user("bob")), ErrorCode::UserNotLoggedIn);

    let eve = AuthKey::new("eve", KEY);
    let created = ended(game.client.create_user(eve.clone(), UserDetails::new())).unwrap();
    assert_eq!((created.uid.as_str(), &*created.name), ("eve", "eve"));
    let again = game.client.create_user(eve.clone(), UserDetails::new());
    assert_eq!(refused(again), ErrorCode::UserAlreadyExists);

    let details = UserDetails::new().with_name("Eve").with_role("knight");
    let changed = ended(game.client.update_user(eve.clone(), details)).unwrap();
    assert_eq!(
        (&*changed.name, changed.role.as_deref()),
        ("Eve", Some("knight"))
    );
    let nobody = AuthKey::new("nobody", KEY);
    assert_eq!(
        refused(game.client.update_user(nobody, UserDetails::new())),
        ErrorCode::UserNotFound
    );
    for (key, code) in [
        ("not the key", ErrorCode::WrongApiKey),
        ("", ErrorCode::Other("AUTH_ERR_EMPTY_APIKEY".into())),
    ] {
        let refusal = refused(
            game.client
                .create_user(AuthKey::new("mallory", key), UserDetails::new()),
        );
        assert_eq!(refusal, code);
    }

    let logged_in = ended(game.client.login(eve)).unwrap();
    assert_eq!(&*logged_in.name, "Eve");
    assert_eq!(
        refused(
            game.client
                .create_user(AuthKey::new("bob", KEY), UserDetails::new())
        ),
        ErrorCode::UserAlreadyExists,
        "by the key, also when somebody is logged in"
    );
}
