use std::sync::Arc;

use crate::client::{
    ErrorCode,
    outbox::{
        Input,
        tests::harness::{Fate, Look, World, as_stored, millis, secs, text},
    },
};

#[test]
fn o5_a_lost_reply_is_resolved_by_looking() {
    let mut world = World::new();
    world.fates = [Fate::ReplyLost(millis(0))].into();
    world.send("bob", "m");
    world.run_for(secs(2));
    assert_eq!(world.times_of("post m").len(), 1);
    assert_eq!(world.times_of("look m").len(), 1);
    assert_eq!(world.states("m"), ["pending", "sent"]);
    assert_eq!(world.outcome("m"), Some(Ok(1)));
}

#[test]
fn o5_a_lost_request_is_sent_again_once_it_is_surely_not_there() {
    let mut world = World::new();
    world.fates = [Fate::Lost].into();
    world.send("bob", "m");
    world.run_for(secs(30));
    let (posts, looks) = (world.times_of("post m"), world.times_of("look m"));
    assert_eq!((posts.len(), looks.len()), (2, 2));
    assert!(looks[1] - looks[0] >= secs(3), "{looks:?}");
    assert_eq!(world.outcome("m"), Some(Ok(1)));
}

#[test]
fn o5_a_request_that_arrives_late_is_not_doubled() {
    for late in [10, 500, 1_000, 2_000, 2_900] {
        let mut world = World::new();
        world.fates = [Fate::ReplyLost(millis(late))].into();
        world.send("bob", "m");
        world.run_for(secs(30));
        assert_eq!(world.times_of("post m").len(), 1, "{late} ms late");
        assert_eq!(world.outcome("m"), Some(Ok(1)));
    }
}

#[test]
fn o5_a_network_that_holds_a_request_until_it_is_back_does_not_double_it() {
    let mut world = World::new();
    // The request arrives when the network is back, a moment after the first lookup that is answered.
    world.fates = [Fate::ReplyLost(secs(40))].into();
    world.looks = vec![Look::Lost; 16].into();
    world.send("bob", "m");
    world.run_for(secs(38));
    world.looks.clear();
    world.put(Input::NetworkBack);
    world.run_for(secs(60));
    assert_eq!(world.times_of("post m").len(), 1);
    assert_eq!(world.outcome("m"), Some(Ok(1)));
}

#[test]
fn o5_a_message_in_doubt_holds_up_its_receiver_only() {
    let mut world = World::new();
    world.fates = [Fate::ReplyLost(secs(2))].into();
    world.send("bob", "1");
    world.send("bob", "2");
    world.run_for(millis(100));
    world.send("carol", "3");
    world.run_for(secs(1));
    assert_eq!(world.muids(), ["3"]);
    world.run_for(secs(20));
    assert_eq!(world.muids(), ["3", "1", "2"]);
}

#[test]
fn o5_what_cannot_be_looked_for_in_time_fails_and_is_not_sent_again() {
    let mut world = World::new();
    world.fates = [Fate::Lost].into();
    world.looks = vec![Look::Lost; 1_000].into();
    world.send("bob", "m");
    world.run_for(secs(400));
    assert_eq!(world.times_of("post m").len(), 1);
    assert_eq!(world.outcome("m"), Some(Err(ErrorCode::OutboxUnconfirmed)));
    assert!(world.times_of("look m").len() < 100, "never a loop");

    // The player resends it: it is looked up first.
    world.looks.clear();
    world.resend("m");
    world.run_for(secs(10));
    let log: Vec<_> = world.log.iter().map(|(_, what)| what.as_str()).collect();
    let asked = log.iter().rposition(|what| *what == "m pending").unwrap();
    let looked = log[asked..].iter().position(|what| *what == "look m");
    let posted = log[asked..].iter().position(|what| *what == "post m");
    assert!(looked.is_some() && looked < posted, "{log:?}");
    assert_eq!(world.outcome("m"), Some(Ok(1)));
}

#[test]
fn o5_an_old_message_in_doubt_is_looked_for_a_while_before_it_fails() {
    let mut world = World::with(|limits| limits.age = secs(1));
    world.fates = [Fate::ReplyLost(millis(0))].into();
    world.looks = vec![Look::Lost; 4].into();
    world.latency = secs(1);
    world.send("bob", "m");
    world.run_for(secs(60));
    assert_eq!(world.outcome("m"), Some(Ok(1)));
}

#[test]
fn o5_a_refused_look_and_a_busy_conversation_leave_it_undecided() {
    for look in [Look::Refused, Look::OutOfReach] {
        let mut world = World::new();
        world.fates = [Fate::Lost].into();
        world.looks = [look].into();
        world.send("bob", "1");
        world.send("bob", "2");
        world.run_for(secs(20));
        assert_eq!(world.outcome("1"), Some(Err(ErrorCode::OutboxUnconfirmed)));
        assert_eq!(world.muids(), ["2"], "those behind it go on");
    }
}

#[test]
fn o5_a_message_that_gets_lost_each_time_fails_with_what_it_failed_for() {
    let mut world = World::new();
    world.fates = vec![Fate::Lost; 100].into();
    world.send("bob", "1");
    world.run_for(secs(200));
    assert_eq!(world.times_of("post 1").len(), 4);
    assert_eq!(world.outcome("1"), Some(Err(ErrorCode::ServerUnreachable)));
}

#[test]
fn o5_the_server_can_tell_by_itself() {
    let mut world = World::new();
    world.latency = secs(10);
    world.fates = [Fate::Lost].into();
    let message = text("bob", "m");
    world.send_message(message.clone());
    world.send("bob", "next");
    world.run_for(secs(1));
    let heard = as_stored(77, &Arc::from("m"), &message);
    world.put(Input::Heard(heard));
    assert_eq!(world.outcome("m"), Some(Ok(77)));
    assert_eq!(world.states("m"), ["pending", "sent"]);
    world.run_for(secs(60));
    assert_eq!(
        world.states("m"),
        ["pending", "sent"],
        "its own end is no news"
    );
    assert_eq!(world.times_of("look m").len(), 0);
    assert_eq!(world.muids(), ["next"]);
}

#[test]
fn o5_a_message_that_failed_undecided_is_sent_once_the_server_tells_of_it() {
    let mut world = World::new();
    world.fates = [Fate::Lost].into();
    world.looks = [Look::OutOfReach].into();
    let message = text("bob", "m");
    world.send_message(message.clone());
    world.run_for(secs(10));
    assert_eq!(world.states("m"), ["pending", "failed"]);
    world.put(Input::Heard(as_stored(5, &Arc::from("m"), &message)));
    assert_eq!(world.states("m"), ["pending", "failed", "sent"]);
}

#[test]
fn o5_a_muid_alone_makes_no_message_the_one_that_was_sent() {
    let mut world = World::new();
    world.online = false;
    world.send("bob", "m");
    world.run_for(millis(30));
    let echo = |id: u64, to: &str| as_stored(id, &"m".into(), &text(to, "m"));
    assert!(!world.outbox.may_hold(&echo(9, "bob")), "it has not left");
    world.online = true;
    world.fates = [Fate::ReplyLost(secs(60))].into();
    world.run_for(secs(3));
    assert_eq!(world.times_of("post m").len(), 2);
    assert!(world.outbox.may_hold(&echo(9, "bob")));
    assert!(!world.outbox.may_hold(&echo(9, "carol")), "to another");
    assert!(!world.outbox.may_hold(&echo(0, "bob")), "older");
    let mut without = echo(9, "bob");
    without.muid = None;
    assert!(!world.outbox.may_hold(&without));
}
