use std::time::Duration;

use crate::client::{
    ErrorCode,
    outbox::{
        Input,
        tests::harness::{Fate, World, millis, secs},
    },
};

fn posts(world: &World) -> Vec<Duration> {
    let is_post = |(_, what): &&(Duration, String)| what.starts_with("post");
    world
        .log
        .iter()
        .filter(is_post)
        .map(|(at, _)| *at)
        .collect()
}

#[test]
fn o9_no_minute_has_more_than_thirty_messages() {
    let mut world = World::new();
    for n in 0..100 {
        world.send(["bob", "carol", "dave"][n % 3], &n.to_string());
        world.run_for(millis(300));
    }
    world.run_for(secs(270));
    let posts = posts(&world);
    assert_eq!(posts.len(), 100);
    for window in posts.windows(31) {
        assert!(window[30] - window[0] >= secs(60), "{window:?}");
    }
    assert!(posts[29] < secs(10), "thirty go at once");
}

#[test]
fn o9_the_game_is_told_how_long_it_takes_and_those_who_send_meanwhile_too() {
    let mut world = World::with(|limits| limits.per_minute = Some(2));
    world.send("bob", "1");
    world.run_for(secs(10));
    world.send("bob", "2");
    world.run_for(secs(10));
    assert!(world.pauses.is_empty(), "nothing waits");
    world.send("bob", "3");
    world.run_for(secs(5));
    world.send("carol", "4");
    let told: Vec<_> = world
        .pauses
        .iter()
        .map(|(at, pause)| (*at, pause.retry_in))
        .collect();
    assert_eq!(told, [(secs(20), secs(40)), (secs(25), secs(35))]);
    assert!(world.pauses.iter().all(|(_, pause)| pause.error.is_none()));
    world.run_for(secs(36));
    assert_eq!(world.times_of("post 3"), [secs(60)]);
    let (at, pause) = world.pauses.last().unwrap();
    assert_eq!(
        (*at, pause.retry_in),
        (secs(60), secs(10)),
        "the next one's turn"
    );
    world.run_for(secs(20));
    assert_eq!(world.times_of("post 4"), [secs(70)]);
    assert_eq!(world.pauses.len(), 3);
}

#[test]
fn o9_attempts_that_never_left_do_not_count() {
    let mut world = World::with(|limits| limits.per_minute = Some(3));
    world.online = false;
    world.send("bob", "1");
    world.run_for(secs(30));
    assert!(posts(&world).len() > 3);
    world.online = true;
    world.put(Input::NetworkBack);
    world.send("carol", "2");
    world.run_for(secs(2));
    assert_eq!(world.stored.len(), 2);
    assert!(world.pauses.is_empty());
}

#[test]
fn o9_it_can_be_switched_off() {
    let mut world = World::with(|limits| limits.per_minute = None);
    for n in 0..200 {
        world.send("bob", &n.to_string());
    }
    world.run_for(secs(10));
    assert_eq!(world.stored.len(), 200);
    assert!(world.pauses.is_empty());
}

#[test]
fn o9_the_server_has_all_wait_and_says_how_long() {
    let mut world = World::new();
    world.fates = [Fate::Throttled(Some(secs(40)))].into();
    world.send("bob", "1");
    world.run_for(secs(1));
    world.send("carol", "2");
    world.run_for(secs(38));
    assert_eq!(posts(&world).len(), 1);
    let (_, pause) = &world.pauses[0];
    assert_eq!(pause.retry_in, secs(40));
    let error = pause.error.as_ref().expect("the server's words");
    assert_eq!(error.code, ErrorCode::RateLimited);
    world.run_for(secs(3));
    assert_eq!(world.muids(), ["1", "2"]);
}

#[test]
fn o9_a_server_that_always_asks_to_wait_is_asked_seldom() {
    let mut world = World::new();
    for wait in [None, Some(Duration::ZERO), Some(Duration::MAX)] {
        world = World::new();
        world.fates = vec![Fate::Throttled(wait); 10_000].into();
        world.send("bob", "m");
        world.run_for(secs(400));
        let posts = posts(&world);
        assert!(
            posts.windows(2).all(|pair| pair[1] - pair[0] >= secs(1)),
            "{posts:?}"
        );
        assert_eq!(world.outcome("m"), Some(Err(ErrorCode::OutboxExpired)));
    }
    assert_eq!(posts(&world).len(), 1);
}

#[test]
fn o9_looks_wait_for_the_server_too() {
    let mut world = World::new();
    world.fates = [Fate::Lost, Fate::Throttled(Some(secs(30)))].into();
    world.send("bob", "1");
    world.send("carol", "2");
    world.run_for(secs(29));
    assert!(world.times_of("look 1").is_empty());
    world.run_for(secs(30));
    assert_eq!(world.stored.len(), 2);
}
