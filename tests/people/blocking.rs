use bevy_cometchat::{
    ErrorCode,
    client::{BlockDirection, BlockedUsersRequest},
    model::TextMessage,
};

use super::{
    player::{Player, ended},
    scene::{Scene, all, refused},
};

fn blocked(player: &Player, request: BlockedUsersRequest) -> Vec<String> {
    let users = all(player, &request.pager());
    users.iter().map(|user| user.uid.to_string()).collect()
}

#[test]
fn who_is_blocked_neither_writes_nor_is_written_to() {
    let scene = Scene::new();
    let (alice, bob) = (scene.logged_in("alice"), scene.logged_in("bob"));
    let outcomes = ended(alice.client.block_users(["bob", "nobody", "alice"])).unwrap();
    assert_eq!(outcomes["bob"], Ok(()));
    assert!(outcomes["nobody"].is_err() && outcomes["alice"].is_err());

    let text = |to: &str| TextMessage::to_user(to, "hello?");
    assert_eq!(
        refused(bob.client.send_message(text("alice"))),
        ErrorCode::UserBlocked
    );
    assert_eq!(
        refused(alice.client.send_message(text("bob"))),
        ErrorCode::UserBlocked
    );
    assert!(ended(alice.client.user("bob")).unwrap().blocked_by_me);
    assert!(ended(bob.client.user("alice")).unwrap().has_blocked_me);

    let outcomes = ended(alice.client.unblock_users(["bob", "nobody"])).unwrap();
    assert_eq!(outcomes["bob"], Ok(()));
    assert!(outcomes["nobody"].is_err());
    ended(bob.client.send_message(text("alice"))).unwrap();
}

#[test]
fn blocked_users_are_listed_by_direction() {
    let scene = Scene::new();
    let (alice, bob) = (scene.logged_in("alice"), scene.logged_in("bob"));
    ended(alice.client.block_users(["carol", "dan"])).unwrap();
    ended(bob.client.block_users(["alice"])).unwrap();

    let all = BlockedUsersRequest::all;
    assert_eq!(
        blocked(&alice, all().with_limit(1)),
        ["bob", "carol", "dan"]
    );
    let by_me = all().with_direction(BlockDirection::BlockedByMe);
    assert_eq!(blocked(&alice, by_me), ["carol", "dan"]);
    let of_me = all().with_direction(BlockDirection::HasBlockedMe);
    assert_eq!(blocked(&alice, of_me), ["bob"]);
    assert_eq!(blocked(&alice, all().search("DAN")), ["dan"]);
    assert_eq!(blocked(&alice, all().from_page(2)), [""; 0]);
}
