use crate::{
    client::{
        ErrorCode,
        outbox::{
            Input,
            tests::harness::{Fate, World, millis, secs},
        },
    },
    connection::Cause,
};

#[test]
fn o1_messages_to_one_receiver_arrive_in_order_whatever_happens_to_them() {
    let mut world = World::new();
    world.fates = [
        Fate::NeverLeft,
        Fate::Stored,
        Fate::ReplyLost(millis(0)),
        Fate::Throttled(Some(secs(2))),
        Fate::Lost,
    ]
    .into();
    for muid in ["1", "2", "3", "4", "5"] {
        world.send("bob", muid);
    }
    world.run_for(secs(60));
    assert_eq!(world.muids(), ["1", "2", "3", "4", "5"]);
    assert_eq!(world.states("5"), ["pending", "sent"]);
    assert_eq!(world.outcome("5"), Some(Ok(5)));
}

#[test]
fn o1_receivers_do_not_wait_for_each_other_and_few_requests_are_under_way() {
    let mut world = World::new();
    world.latency = secs(1);
    for to in ["a", "b", "c", "d", "e", "f"] {
        world.send(to, to);
        world.send(to, &format!("{to}{to}"));
    }
    world.run_for(millis(900));
    assert_eq!(world.muids(), ["a", "b", "c", "d"], "four at once");
    world.run_for(secs(10));
    assert_eq!(world.stored.len(), 12);
}

#[test]
fn o2_a_muid_is_there_once() {
    let mut world = World::new();
    world.online = false;
    world.send("bob", "m");
    world.send("carol", "m");
    assert_eq!(world.outcome("m"), Some(Err(ErrorCode::OutboxDuplicate)));
    assert_eq!(world.states("m"), ["pending"], "the first one waits on");
    world.online = true;
    world.run_for(secs(30));
    assert_eq!(world.muids(), ["m"]);
}

#[test]
fn o3_what_never_left_is_tried_again_ever_more_seldom() {
    let mut world = World::new();
    world.online = false;
    world.send("bob", "m");
    world.run_for(secs(240));
    let times = world.times_of("post m");
    assert_eq!(times[0], secs(0));
    let gaps: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| *gap >= millis(500)), "{gaps:?}");
    assert!(
        gaps.iter().all(|gap| *gap <= secs(20) + world.latency),
        "{gaps:?}"
    );
    assert!((10..60).contains(&times.len()), "{times:?}");
    world.online = true;
    world.run_for(secs(21));
    assert_eq!(world.outcome("m"), Some(Ok(1)));
}

#[test]
fn o3_one_message_at_a_time_finds_out_whether_there_is_a_network() {
    let mut world = World::new();
    world.online = false;
    for to in ["a", "b", "c", "d", "e", "f"] {
        world.send(to, to);
    }
    world.run_for(secs(1));
    let first = world.log.len();
    world.run_for(secs(60));
    let posts: Vec<_> = world.log[first..]
        .iter()
        .filter(|(_, what)| what.starts_with("post"))
        .map(|(at, _)| *at)
        .collect();
    let is_apart = |pair: &[std::time::Duration]| pair[1] - pair[0] >= millis(500);
    assert!(
        posts.len() > 3 && posts.windows(2).all(is_apart),
        "{posts:?}"
    );
    world.online = true;
    world.put(Input::NetworkBack);
    world.run_for(millis(600));
    assert_eq!(world.stored.len(), 6, "then all go");
}

#[test]
fn o3_at_once_when_there_may_be_a_network_again() {
    let mut world = World::new();
    world.online = false;
    world.send("bob", "m");
    world.run_for(secs(100));
    world.online = true;
    let before = world.time();
    world.put(Input::NetworkBack);
    world.run_for(millis(520));
    let last = *world.times_of("post m").last().unwrap();
    assert!(last - before <= millis(500), "{:?}", last - before);
    assert_eq!(world.outcome("m"), Some(Ok(1)));
}

#[test]
fn o3_a_message_that_is_too_old_fails_with_the_reason() {
    let mut world = World::new();
    world.online = false;
    world.send("bob", "m");
    world.run_for(secs(299));
    assert_eq!(world.outcome("m"), None);
    world.run_for(secs(2));
    let error = world.requests["m"][0].outcome().unwrap().unwrap_err();
    assert_eq!(error.code, ErrorCode::OutboxExpired);
    assert_eq!(error.cause, Some(Cause::Unreachable));
    assert_eq!(world.states("m"), ["pending", "failed"]);
    assert!(world.times_of("m failed")[0] <= secs(300) + world.latency);
    world.online = true;
    world.run_for(secs(600));
    assert!(world.stored.is_empty(), "given up is given up");
}

#[test]
fn o3_the_time_while_the_machine_sleeps_counts() {
    let mut world = World::new();
    world.online = false;
    world.send("bob", "m");
    world.run_for(secs(5));
    world.online = true;
    world.sleep(secs(3_600));
    assert_eq!(world.outcome("m"), Some(Err(ErrorCode::OutboxExpired)));
    assert!(world.stored.is_empty());
}

#[test]
fn o3_a_step_of_the_wall_clock_makes_nothing_too_old() {
    for wall in [secs(0), secs(4_000_000_000)] {
        let mut world = World::new();
        world.online = false;
        world.send("bob", "m");
        world.run_for(secs(5));
        world.set_wall_clock(wall);
        world.run_for(secs(5));
        world.online = true;
        world.run_for(secs(30));
        assert_eq!(world.outcome("m"), Some(Ok(1)), "{wall:?}");
    }
}

#[test]
fn o4_what_is_refused_fails_and_those_behind_it_go_on() {
    let mut world = World::new();
    world.fates = [Fate::Refused].into();
    world.send("bob", "1");
    world.send("bob", "2");
    world.run_for(secs(1));
    assert_eq!(
        world.outcome("1"),
        Some(Err(ErrorCode::Other("ERR_NO".into())))
    );
    assert_eq!(world.muids(), ["2"]);
    world.run_for(secs(600));
    assert_eq!(world.times_of("post 1").len(), 1, "it is not tried again");
}

#[test]
fn a_message_that_failed_can_be_sent_again_and_goes_behind_the_others() {
    let mut world = World::new();
    world.fates = [Fate::Refused].into();
    world.send("bob", "1");
    world.run_for(secs(1));
    world.online = false;
    world.send("bob", "2");
    world.resend("1");
    world.online = true;
    world.run_for(secs(30));
    assert_eq!(world.muids(), ["2", "1"]);
    assert_eq!(world.states("1"), ["pending", "failed", "pending", "sent"]);
    assert_eq!(world.outcome("1"), Some(Ok(2)));
}

#[test]
fn resending_one_that_waits_tries_it_at_once_and_doubles_nothing() {
    let mut world = World::new();
    world.online = false;
    world.send("bob", "m");
    world.run_for(secs(60));
    world.online = true;
    world.resend("m");
    world.run_for(millis(600));
    assert_eq!(world.muids(), ["m"]);
    let outcomes: Vec<_> = world.requests["m"]
        .iter()
        .map(|it| it.outcome().is_some())
        .collect();
    assert_eq!(outcomes, [true, true]);
    assert_eq!(world.states("m"), ["pending", "sent"]);
}

#[test]
fn a_message_can_be_discarded_while_it_waits_and_after_it_failed() {
    let mut world = World::new();
    world.fates = [Fate::Refused].into();
    world.send("bob", "failed");
    world.run_for(secs(1));
    world.online = false;
    world.send("bob", "waits");
    world.send("bob", "behind");
    for muid in ["failed", "waits"] {
        assert_eq!(world.discard(muid), Ok(()));
        assert_eq!(world.states(muid).last(), Some(&"discarded"));
    }
    assert_eq!(world.outcome("waits"), Some(Err(ErrorCode::Cancelled)));
    assert_eq!(
        world.discard("waits").unwrap_err().code,
        ErrorCode::NotInOutbox
    );
    world.resend("waits");
    assert_eq!(world.outcome("waits"), Some(Err(ErrorCode::NotInOutbox)));
    world.online = true;
    world.run_for(secs(30));
    assert_eq!(world.muids(), ["behind"]);
}

#[test]
fn o8_the_end_of_the_session_fails_what_waits_and_clears_the_rest() {
    let mut world = World::new();
    world.fates = [Fate::Refused].into();
    world.send("bob", "failed");
    world.run_for(secs(1));
    world.online = false;
    world.send("bob", "waits");
    world.send("carol", "waits too");
    world.put(Input::Closed(Cause::LoggedOut));
    for muid in ["waits", "waits too"] {
        let error = world.requests[muid][0].outcome().unwrap().unwrap_err();
        assert_eq!(
            (error.code, error.cause),
            (ErrorCode::Cancelled, Some(Cause::LoggedOut))
        );
        assert_eq!(world.states(muid), ["pending", "failed"]);
    }
    assert!(
        world
            .outbox
            .to_saved()
            .iter()
            .all(|saved| &*saved.muid != "failed")
    );
    assert_eq!(world.outbox.next_deadline(), None);
    world.online = true;
    world.run_for(secs(600));
    assert!(world.stored.is_empty());
    world.send("bob", "the next user's");
    world.run_for(secs(1));
    assert_eq!(world.muids(), ["the next user's"]);
}
