//! Chat that follows the world. Players cross borders, and the server hears little of it.

use std::time::Duration;

use bevy::prelude::*;
use bevy_cometchat::{prelude::*, test_util::ScriptedChat};

use crate::game::{Game, auto_mode, manual, millis, seconds};

const INSIDE: Vec3 = Vec3::ZERO;
/// The zone's radius is 10, its margin 1.
const IN_MARGIN: Vec3 = Vec3::new(10.5, 0.0, 0.0);
const OUTSIDE: Vec3 = Vec3::new(100.0, 0.0, 0.0);

fn square() -> ChatZone {
    ChatZone::new("square", Circle::new(10.0))
}

/// Alice, logged in and connected, in a world with a group `square`.
struct World {
    game: Game,
    player: Entity,
}

impl World {
    fn new() -> Self {
        let world = Self::without_groups();
        world.game.script.add_group("square", GroupDetails::new());
        world
    }

    fn without_groups() -> Self {
        let mut game = Game::connected(auto_mode());
        game.app
            .init_resource::<News>()
            .add_systems(Update, keep_news);
        let player = game.app.world_mut().spawn(ChatListener).id();
        Self { game, player }
    }

    fn with(zone: ChatZone) -> Self {
        let mut world = Self::new();
        world.spawn(zone);
        world
    }

    fn spawn(&mut self, bundle: impl Bundle) -> Entity {
        self.game.app.world_mut().spawn(bundle).id()
    }

    fn go(&mut self, to: Vec3) {
        let mut player = self.game.app.world_mut().entity_mut(self.player);
        player.insert(Transform::from_translation(to));
    }

    /// Goes there and stays for so long.
    fn be(&mut self, at: Vec3, duration: Duration) {
        self.go(at);
        self.game.advance_at(duration, millis(50));
    }

    fn members(&self) -> Vec<Uid> {
        self.game.script.group_members("square")
    }

    fn is_member(&self) -> bool {
        self.members().contains(&"alice".into())
    }

    /// What the game sees; it must be what the server has.
    fn is_in(&self) -> bool {
        let groups = self.game.app.world().resource::<CurrentGroups>();
        groups.contains("square")
    }

    fn count(&self, call: &str) -> usize {
        let calls = self.game.script.calls();
        calls.iter().filter(|made| made.as_str() == call).count()
    }

    fn joins(&self) -> usize {
        self.count("POST groups/square/members")
    }

    fn leaves(&self) -> usize {
        self.count("DELETE groups/square/members")
    }

    fn lists(&self) -> usize {
        let calls = self.game.script.calls();
        calls
            .iter()
            .filter(|call| call.starts_with("GET groups?"))
            .count()
    }

    /// Sends a message to the group, which the server refuses.
    fn say_in_vain(&mut self, code: ErrorCode) {
        self.game.script.fail_next_send(code, "no");
        let message = TextMessage::to_group("square", "hello?");
        self.game.chat().send_message(message);
        self.game.settle();
    }

    fn news(&mut self) -> Vec<String> {
        std::mem::take(&mut self.game.app.world_mut().resource_mut::<News>().0)
    }
}

#[derive(Resource, Default)]
struct News(Vec<String>);

fn keep_news(
    mut news: ResMut<News>,
    mut joined: MessageReader<GroupJoined>,
    mut left: MessageReader<GroupLeft>,
    mut failed: MessageReader<GroupFailed>,
) {
    let news = &mut news.0;
    news.extend(joined.read().map(|it| format!("joined {}", it.group.guid)));
    news.extend(left.read().map(|it| format!("left {}", it.group.guid)));
    news.extend(failed.read().map(|it| {
        let verb = if it.joining { "join" } else { "leave" };
        let again = if it.retry_in.is_some() {
            "again"
        } else {
            "given up"
        };
        format!("could not {verb} {}: {} ({again})", it.guid, it.error.code)
    }));
}

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
