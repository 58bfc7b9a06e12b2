//! Groups that can't be joined or left, and groups that are gone.

use bevy::prelude::*;
use bevy_cometchat::prelude::*;

use crate::{
    game::{millis, seconds},
    zone_world::{INSIDE, OUTSIDE, World, square},
};

#[test]
fn a_group_that_does_not_exist_is_created_if_the_zone_says_so() {
    let mut world = World::without_groups();
    let group = ChatGroup::new("square").with_password("sesame");
    let group = group.or_create(GroupDetails::new().with_name("The square"));
    world.spawn(ChatZone::new(group, Circle::new(10.0)));
    world.be(INSIDE, seconds(2));
    assert!(world.is_member());
    let groups = world.game.app.world().resource::<CurrentGroups>();
    let group = groups.get("square").expect("it is joined");
    assert_eq!(
        (&*group.name, group.kind),
        ("The square", GroupKind::Password)
    );
}

#[test]
fn of_two_players_who_create_a_group_at_once_the_slower_one_joins() {
    let mut world = World::without_groups();
    let group = ChatGroup::new("square").or_create(GroupDetails::new());
    world.spawn(ChatZone::new(group, Circle::new(10.0)));
    let script = &world.game.script;
    script.answer_next_call(
        r#"{"data":[],"meta":{"pagination":{"current_page":1,"total_pages":1}}}"#,
    );
    for code in ["ERR_GUID_NOT_FOUND", "ERR_GUID_ALREADY_EXISTS"] {
        script.answer_next_call(format!(r#"{{"error":{{"code":"{code}","message":""}}}}"#));
    }
    script.add_group("square", GroupDetails::new());
    world.be(INSIDE, seconds(2));
    assert!(world.is_member());
    assert_eq!(world.news(), ["joined square"]);
}

#[test]
fn without_a_group_to_create_it_is_tried_again_until_there_is_one() {
    let mut world = World::without_groups();
    world.spawn(square());
    world.be(INSIDE, seconds(2));
    assert_eq!(
        world.news(),
        ["could not join square: ERR_GUID_NOT_FOUND (again)"]
    );
    world.game.script.add_group("square", GroupDetails::new());
    world.game.advance(seconds(3));
    assert!(world.is_member());
}

#[test]
fn whoever_owns_the_group_gives_it_away_on_leaving() {
    let mut world = World::without_groups();
    let group = ChatGroup::new("square").or_create(GroupDetails::new());
    world.spawn(ChatZone::new(group, Circle::new(10.0)));
    world.be(INSIDE, seconds(2));
    world.game.script.add_group_member("square", "bob");
    world.be(OUTSIDE, seconds(7));
    assert_eq!(world.members(), ["bob"]);
    assert_eq!(world.news(), ["joined square", "left square"]);
}

#[test]
fn whoever_owns_the_group_and_is_alone_stays_until_somebody_comes() {
    let mut world = World::without_groups();
    let group = ChatGroup::new("square").or_create(GroupDetails::new());
    world.spawn(ChatZone::new(group, Circle::new(10.0)));
    world.be(INSIDE, seconds(2));
    world.be(OUTSIDE, seconds(60));
    assert!(world.is_member() && !world.is_in());
    assert_eq!(world.leaves(), 1, "asking again would be of no use");
    world.game.script.add_group_member("square", "bob");
    world.game.advance(seconds(1));
    assert_eq!(world.members(), ["bob"]);
    assert_eq!(world.news(), ["joined square", "left square"]);
}

#[test]
fn what_fails_is_tried_again_more_and_more_seldom_and_told() {
    let mut world = World::with(square());
    world.game.settle();
    world.game.advance(millis(200));
    for _ in 0..5 {
        world
            .game
            .script
            .fail_next_call(ErrorCode::ServerUnreachable, "no network");
    }
    world.be(INSIDE, seconds(14));
    // At 1 s, and after about 2, 4 and 8 s more.
    let tries = world.joins();
    assert!((3..=4).contains(&tries), "{tries}");
    world.game.advance_at(seconds(100), millis(50));
    assert_eq!(world.joins(), 6);
    assert!(world.is_in());
    let news = world.news();
    let (last, failures) = news.split_last().unwrap();
    assert_eq!(last, "joined square");
    assert_eq!(
        failures,
        vec!["could not join square: FAILED_TO_FETCH (again)"; 5]
    );
}

#[test]
fn a_server_that_asks_for_patience_gets_it_and_a_list_that_fails_too() {
    let mut world = World::new();
    world
        .game
        .script
        .fail_next_call(ErrorCode::ServerUnreachable, "no network");
    world.spawn(square());
    world.be(INSIDE, millis(1_400));
    assert_eq!((world.lists(), world.joins()), (1, 0));
    world.game.advance(seconds(2));
    assert_eq!((world.lists(), world.joins()), (2, 1));
}

#[test]
fn what_is_forbidden_is_not_tried_again_until_the_player_comes_back() {
    let mut world = World::with(square());
    world.game.advance(millis(200));
    world
        .game
        .script
        .fail_next_call(ErrorCode::BannedFromGroup, "no");
    world.be(INSIDE, seconds(100));
    assert_eq!(world.joins(), 1);
    assert_eq!(
        world.news(),
        ["could not join square: ERR_BANNED_GROUPMEMBER (given up)"]
    );
    world.be(OUTSIDE, seconds(6));
    world.be(INSIDE, seconds(2));
    assert!(world.is_member(), "the ban is over");
}

#[test]
fn a_full_group_is_given_up_until_the_player_comes_back() {
    for code in [ErrorCode::GroupFull, ErrorCode::NoGroupClearance] {
        let mut world = World::with(square());
        world.game.advance(millis(200));
        world.game.script.fail_next_call(code.clone(), "no");
        world.be(INSIDE, seconds(100));
        assert_eq!(world.joins(), 1, "{code}");
        let failure = format!("could not join square: {code} (given up)");
        assert_eq!(world.news(), [failure]);
        world.be(OUTSIDE, seconds(6));
        world.be(INSIDE, seconds(2));
        assert!(world.is_member(), "{code}");
    }
}

#[test]
fn a_group_that_does_not_exist_is_not_looked_for_for_ever() {
    let mut world = World::without_groups();
    world.spawn(square());
    world.be(INSIDE, seconds(600));
    assert_eq!(world.joins(), 8);
    assert_eq!(
        world.news().last().expect("failures"),
        "could not join square: ERR_GUID_NOT_FOUND (given up)"
    );
    world.game.script.add_group("square", GroupDetails::new());
    world.be(OUTSIDE, seconds(6));
    world.be(INSIDE, seconds(2));
    assert!(world.is_member() && world.is_in());
}

#[test]
fn a_deleted_group_is_left_and_created_again_when_a_message_finds_out() {
    let mut world = World::without_groups();
    let group = ChatGroup::new("square").or_create(GroupDetails::new());
    world.spawn(ChatZone::new(group, Circle::new(10.0)));
    world.be(INSIDE, seconds(2));
    assert_eq!(world.news(), ["joined square"]);
    world.game.script.remove_group("square");
    world.say_in_vain(ErrorCode::GroupNotFound);
    world.game.advance(seconds(2));
    assert_eq!(world.news(), ["left square", "joined square"]);
    assert!(world.is_member() && world.is_in());
}

#[test]
fn a_user_who_was_put_out_unheard_is_no_longer_shown_as_joined() {
    for (code, comes_back) in [
        (ErrorCode::GroupNotJoined, true),
        (ErrorCode::BannedFromGroup, false),
    ] {
        let mut world = World::with(square());
        world.be(INSIDE, seconds(2));
        world.game.script.remove_group("square");
        world.game.script.add_group("square", GroupDetails::new());
        world.say_in_vain(code.clone());
        world.game.advance(seconds(100));
        let news = world.news();
        assert_eq!(news[..2], ["joined square", "left square"], "{code}");
        assert_eq!(news.len(), if comes_back { 3 } else { 2 }, "{news:?}");
        assert_eq!(world.is_in(), comes_back, "{code}");
        assert_eq!(world.joins(), if comes_back { 2 } else { 1 }, "{code}");
    }
}

#[test]
fn a_group_that_is_deleted_while_its_owner_leaves_is_left() {
    let mut world = World::without_groups();
    let group = ChatGroup::new("square").or_create(GroupDetails::new());
    world.spawn(ChatZone::new(group, Circle::new(10.0)));
    world.be(INSIDE, seconds(2));
    world
        .game
        .script
        .fail_next_call(ErrorCode::OwnerCannotLeave, "you own it");
    world
        .game
        .script
        .fail_next_call(ErrorCode::GroupNotFound, "deleted");
    world.be(OUTSIDE, seconds(60));
    assert_eq!(world.news(), ["joined square", "left square"]);
    assert_eq!(world.leaves(), 1);
}
