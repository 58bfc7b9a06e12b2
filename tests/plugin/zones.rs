//! Chat that follows the world. Players cross borders, and the server hears little of it.

use bevy::prelude::*;
use bevy_cometchat::{prelude::*, test_util::ScriptedChat};

use crate::{
    game::{Game, auto_mode, manual, millis, seconds},
    zone_world::{IN_MARGIN, INSIDE, OUTSIDE, World, square},
};

#[test]
fn whoever_stays_in_a_zone_is_in_its_group_and_whoever_stays_away_is_not() {
    let mut world = World::with(square());
    world.be(INSIDE, millis(900));
    assert!(!world.is_member(), "passing through is not staying");
    world.be(INSIDE, millis(500));
    assert!(world.is_member() && world.is_in());
    assert_eq!(world.news(), ["joined square"]);

    world.be(OUTSIDE, millis(4_800));
    assert!(world.is_member() && world.is_in());
    world.be(OUTSIDE, millis(500));
    assert!(!world.is_member() && !world.is_in());
    assert_eq!(world.news(), ["left square"]);
    assert_eq!((world.joins(), world.leaves()), (1, 1));
}

#[test]
fn a_border_crossed_back_and_forth_costs_no_request() {
    let mut world = World::with(square());
    for _ in 0..50 {
        world.be(INSIDE, millis(500));
        world.be(OUTSIDE, millis(500));
    }
    assert_eq!(world.joins(), 0, "never there for long");
    world.be(INSIDE, seconds(2));
    for _ in 0..50 {
        world.be(OUTSIDE, seconds(3));
        world.be(INSIDE, millis(300));
    }
    assert_eq!(
        (world.joins(), world.leaves()),
        (1, 0),
        "never away for long"
    );
    world.be(IN_MARGIN, seconds(60));
    assert_eq!(world.leaves(), 0, "not well outside");
    world.be(OUTSIDE, seconds(60));
    world.be(IN_MARGIN, seconds(60));
    assert_eq!((world.joins(), world.leaves()), (1, 1), "not yet inside");
}

#[test]
fn margins_and_delays_are_the_zones_own() {
    let zone = square()
        .with_margin(0.0)
        .with_delays(millis(100), millis(100));
    let mut world = World::with(zone);
    world.be(INSIDE, millis(400));
    assert!(world.is_in());
    world.be(IN_MARGIN, millis(400));
    assert!(!world.is_member());
}

#[test]
fn a_zone_is_where_its_entity_is_turned_and_carried_whatever_its_scale() {
    let mut world = World::new();
    let ship = world.spawn(Transform::from_xyz(50.0, 0.0, 0.0));
    let quarter = Quat::from_rotation_z(std::f32::consts::FRAC_PI_2);
    world.spawn((
        ChatZone::new("square", Rectangle::new(20.0, 2.0)),
        Transform::from_rotation(quarter).with_scale(Vec3::splat(100.0)),
        ChildOf(ship),
    ));
    world.be(Vec3::new(58.0, 0.0, 0.0), seconds(3));
    assert!(!world.is_member(), "it is turned away");
    world.be(Vec3::new(50.0, 8.0, 0.0), seconds(3));
    assert!(world.is_member());

    let mut entity = world.game.app.world_mut().entity_mut(ship);
    entity.insert(Transform::from_xyz(500.0, 0.0, 0.0));
    world.game.advance(seconds(7));
    assert!(!world.is_member(), "it sailed away");
}

#[test]
fn one_group_may_have_several_zones_and_listeners() {
    let mut world = World::with(square());
    world.spawn((square(), Transform::from_xyz(100.0, 0.0, 0.0)));
    world.be(INSIDE, seconds(2));
    world.be(OUTSIDE, seconds(20));
    assert_eq!(
        (world.joins(), world.leaves()),
        (1, 0),
        "there is the other zone"
    );
    let other = world.spawn((ChatListener, Transform::from_translation(INSIDE)));
    world.be(Vec3::splat(1e6), seconds(20));
    assert!(world.is_member(), "the other listener is there");
    world.game.app.world_mut().despawn(other);
    world.game.advance(seconds(6));
    assert!(!world.is_member());
}

#[test]
fn a_zone_or_listener_that_is_gone_ends_the_membership() {
    let mut world = World::new();
    let zone = world.spawn(square());
    world.be(INSIDE, seconds(2));
    world.game.app.world_mut().despawn(zone);
    world.game.advance(millis(4_500));
    assert!(
        world.is_member(),
        "a reload of the level is no reason to leave"
    );
    world.game.advance(seconds(1));
    assert!(!world.is_member() && !world.is_in());

    world.spawn(square());
    world.be(INSIDE, seconds(2));
    assert!(world.is_member());
    let player = world.player;
    world.game.app.world_mut().despawn(player);
    world.game.advance(seconds(6));
    assert!(!world.is_member());
}

#[test]
fn nothing_is_asked_without_zones_nor_without_a_user() {
    let mut world = World::new();
    world.game.advance(seconds(30));
    assert_eq!(world.game.script.calls(), [""; 0]);

    let mut game = Game::new(auto_mode());
    game.app.world_mut().spawn(square());
    game.app.world_mut().spawn(ChatListener);
    game.advance(seconds(30));
    assert_eq!(game.script.calls(), [""; 0]);
}

#[test]
fn a_zone_works_without_a_connection_too() {
    let mut game = Game::logged_in(manual());
    game.script.add_group("square", GroupDetails::new());
    game.app.world_mut().spawn(square());
    game.app.world_mut().spawn(ChatListener);
    game.advance(seconds(2));
    assert_eq!(game.script.group_members("square"), ["alice"]);
}

#[test]
fn whoever_is_put_out_stays_out_until_they_come_back() {
    let mut world = World::with(square());
    world.be(INSIDE, seconds(2));
    world.game.script.kick_group_member("square", "alice");
    world.game.advance_at(seconds(60), millis(50));
    assert!(!world.is_member() && !world.is_in());
    assert_eq!(world.news(), ["joined square", "left square"]);
    world.be(OUTSIDE, seconds(6));
    world.be(INSIDE, seconds(2));
    assert!(world.is_in());
}

#[test]
fn another_login_is_another_membership() {
    let mut world = World::with(square());
    world.be(INSIDE, seconds(2));
    world.game.chat().logout();
    world.game.advance(seconds(1));
    assert!(!world.is_in());
    assert_eq!(world.news(), ["joined square", "left square"]);

    world.game.chat().login(AuthKey::new("bob", "key"));
    world.game.advance(seconds(1));
    assert_eq!(world.members(), ["alice", "bob"]);
    assert_eq!(world.news(), ["joined square"]);
}

#[test]
fn after_a_reconnect_the_user_is_where_they_should_be() {
    let mut world = World::with(square());
    world.be(INSIDE, seconds(2));
    assert!(world.is_in());
    world.game.script.refuse_connections(Cause::Unreachable);
    world.game.script.drop_connection(Cause::ConnectionLost);
    world.game.advance(seconds(1));
    world.game.script.kick_group_member("square", "alice");
    world.game.advance(seconds(5));
    assert!(world.is_in(), "not heard of");
    world.game.script.accept_connections();
    world.game.advance_at(seconds(60), millis(50));
    assert!(world.is_member() && world.is_in());
    assert_eq!((world.joins(), world.leaves()), (2, 0));
    assert!(world.lists() <= 3, "{:?}", world.game.script.calls());
}

#[test]
fn what_an_earlier_run_left_is_put_in_order() {
    for (at, stays) in [(INSIDE, true), (OUTSIDE, false)] {
        let script = ScriptedChat::new();
        script.add_group("square", GroupDetails::new());
        script.add_group_member("square", "alice");
        script.add_group("guild", GroupDetails::new());
        script.add_group_member("guild", "alice");
        let mut game = Game::with(script, auto_mode(), |plugin| plugin);
        game.app.world_mut().spawn(square());
        game.log_in();
        game.advance(seconds(1));
        let player = (ChatListener, Transform::from_translation(at));
        game.app.world_mut().spawn(player);
        game.advance(seconds(3));
        assert_eq!(
            game.script.group_members("square").len(),
            1,
            "the level may still load"
        );
        game.advance(seconds(10));
        assert_eq!(
            game.script.group_members("square").len(),
            usize::from(stays)
        );
        let groups = game.app.world().resource::<CurrentGroups>();
        assert_eq!(groups.contains("square"), stays);
        let calls = game.script.calls();
        assert!(
            !calls.iter().any(|call| call.starts_with("POST")),
            "{calls:?}"
        );
        assert_eq!(
            game.script.group_members("guild").len(),
            1,
            "no zone's business"
        );
    }
}

#[test]
fn a_component_makes_a_member_at_once_and_no_longer() {
    let mut world = World::new();
    world.game.script.add_group("red", GroupDetails::new());
    let player = world.player;
    let change = |world: &mut World, guid: &str| {
        let mut player = world.game.app.world_mut().entity_mut(player);
        player.insert(ChatMember::of(guid));
        world.game.advance(millis(300));
    };
    change(&mut world, "square");
    assert!(world.is_member() && world.is_in());
    change(&mut world, "red");
    assert!(!world.is_member());
    assert_eq!(world.game.script.group_members("red"), ["alice"]);

    let mut entity = world.game.app.world_mut().entity_mut(player);
    entity.remove::<ChatMember>();
    world.game.advance(millis(300));
    assert_eq!(world.game.script.group_members("red"), [""; 0]);
    assert_eq!(
        world.news(),
        ["joined square", "left square", "joined red", "left red"]
    );
}

#[test]
fn a_wish_that_ends_while_it_is_granted_is_taken_back() {
    let mut world = World::new();
    world.game.script.set_latency(millis(300));
    let player = world.player;
    let mut entity = world.game.app.world_mut().entity_mut(player);
    entity.insert(ChatMember::of("square"));
    world.game.advance(millis(400));
    assert_eq!((world.joins(), world.is_in()), (1, false), "on its way");
    let mut entity = world.game.app.world_mut().entity_mut(player);
    entity.remove::<ChatMember>();
    world.game.advance(seconds(2));
    assert!(!world.is_member());
    assert_eq!(world.leaves(), 1);
    assert_eq!(world.news(), [""; 0]);
}

#[test]
fn a_reactive_game_is_kept_awake_until_the_user_has_joined() {
    #[derive(Resource, Default)]
    struct Redraws(usize);

    let mut world = World::with(square());
    world.game.app.init_resource::<Redraws>().add_systems(
        Update,
        |mut redraws: MessageReader<bevy::window::RequestRedraw>, mut count: ResMut<Redraws>| {
            count.0 += redraws.read().count();
        },
    );
    world.be(INSIDE, millis(500));
    assert!(world.game.app.world().resource::<Redraws>().0 > 5);
    world.game.advance(seconds(1));
    world.game.app.world_mut().resource_mut::<Redraws>().0 = 0;
    world.game.advance(seconds(10));
    assert_eq!(world.game.app.world().resource::<Redraws>().0, 0, "settled");
}

#[test]
fn observers_hear_of_groups_too() {
    #[derive(Resource, Default)]
    struct Heard(Vec<Guid>);

    let script = ScriptedChat::new();
    script.add_group("square", GroupDetails::new());
    let mut game = Game::with(script, auto_mode(), |plugin| plugin);
    game.app.init_resource::<Heard>().add_observer(
        |joined: On<GroupJoined>, mut heard: ResMut<Heard>| {
            heard.0.push(joined.group.guid.clone());
        },
    );
    game.log_in();
    game.app.world_mut().spawn(ChatMember::of("square"));
    game.advance(seconds(1));
    assert_eq!(game.app.world().resource::<Heard>().0, ["square"]);
}

#[test]
fn the_zones_and_members_of_a_group_hear_of_it_themselves() {
    #[derive(Resource, Default)]
    struct Heard(Vec<(Entity, &'static str)>);

    fn observe(mut entity: EntityWorldMut) -> Entity {
        entity
            .observe(|joined: On<GroupJoined>, mut heard: ResMut<Heard>| {
                heard.0.push((joined.entity, "joined"));
            })
            .observe(|left: On<GroupLeft>, mut heard: ResMut<Heard>| {
                heard.0.push((left.entity, "left"));
            })
            .observe(|failed: On<GroupFailed>, mut heard: ResMut<Heard>| {
                heard.0.push((failed.entity, "failed"));
            });
        entity.id()
    }

    let mut world = World::new();
    world.game.app.init_resource::<Heard>();
    let app_world = world.game.app.world_mut();
    let inside = observe(app_world.spawn(square()));
    let far = observe(app_world.spawn((square(), Transform::from_xyz(500.0, 0.0, 0.0))));
    let member = observe(app_world.spawn(ChatMember::of("nowhere")));
    world.be(INSIDE, seconds(2));
    world.be(OUTSIDE, seconds(6));
    let heard = &mut world.game.app.world_mut().resource_mut::<Heard>().0;
    heard.retain(|(entity, what)| *entity != member || *what != "failed");
    assert_eq!(
        *heard,
        [
            (inside, "joined"),
            (far, "joined"),
            (inside, "left"),
            (far, "left")
        ]
    );
    let written: Vec<_> = world.news();
    let joined = written.iter().filter(|it| *it == "joined square");
    assert_eq!(joined.count(), 1, "one message for the group: {written:?}");
    assert!(
        written
            .iter()
            .any(|it| it.starts_with("could not join nowhere"))
    );
}
