use crate::{
    client::{
        ErrorCode, OutboxLimits,
        outbox::tests::harness::{Fate, World, secs},
    },
    model::{MediaKind, MediaMessage, OutgoingMessage, TextMessage, Uid, Upload},
};

fn offline(change: impl FnOnce(&mut OutboxLimits)) -> World {
    let mut world = World::with(change);
    world.online = false;
    world
}

fn long_text(muid: &str, bytes: usize) -> OutgoingMessage {
    TextMessage::to_user("bob", "x".repeat(bytes))
        .with_muid(muid)
        .into()
}

fn upload(muid: &str, bytes: usize) -> OutgoingMessage {
    MediaMessage::new(Uid::from("bob"), MediaKind::Image)
        .with_upload(Upload::new("a.png", "image/png", vec![0; bytes]))
        .with_muid(muid)
        .into()
}

#[test]
fn o6_one_message_too_many_is_refused_at_once() {
    let mut world = offline(|limits| limits.messages = 2);
    for muid in ["1", "2", "3"] {
        world.send("bob", muid);
    }
    assert_eq!(world.outcome("2"), None);
    assert_eq!(world.outcome("3"), Some(Err(ErrorCode::OutboxFull)));
    assert!(world.states("3").is_empty(), "it never was in the outbox");
    world.online = true;
    world.run_for(secs(5));
    world.send("bob", "4");
    world.run_for(secs(5));
    assert_eq!(world.muids(), ["1", "2", "4"]);
}

#[test]
fn o6_the_default_is_256_messages_and_1_mib() {
    let mut world = offline(|_| {});
    for n in 0..257 {
        world.send("bob", &n.to_string());
    }
    assert_eq!(world.outcome("255"), None);
    assert_eq!(world.outcome("256"), Some(Err(ErrorCode::OutboxFull)));

    let mut world = offline(|_| {});
    for n in 0..11 {
        world.send_message(long_text(&n.to_string(), 100 * 1024));
    }
    assert_eq!(world.outcome("9"), None);
    assert_eq!(world.outcome("10"), Some(Err(ErrorCode::OutboxFull)));
}

#[test]
fn o6_files_count_for_themselves() {
    let mut world = offline(|limits| limits.upload_bytes = 1_000);
    world.send_message(upload("1", 600));
    world.send_message(upload("2", 600));
    world.send_message(upload("3", 400));
    world.send("bob", "4");
    assert_eq!(world.outcome("2"), Some(Err(ErrorCode::OutboxFull)));
    for muid in ["1", "3", "4"] {
        assert_eq!(world.outcome(muid), None, "{muid}");
    }
}

#[test]
fn o6_what_failed_makes_room_the_oldest_first() {
    let mut world = World::with(|limits| limits.messages = 3);
    world.fates = vec![Fate::Refused; 3].into();
    for muid in ["1", "2", "3"] {
        world.send("bob", muid);
    }
    world.run_for(secs(1));
    assert_eq!(world.states("1"), ["pending", "failed"]);
    world.online = false;
    world.send("bob", "4");
    assert_eq!(world.states("1"), ["pending", "failed", "discarded"]);
    assert_eq!(world.states("2"), ["pending", "failed"]);
    assert_eq!(world.outcome("4"), None);
}

#[test]
fn o6_nothing_that_failed_goes_for_a_message_that_cannot_fit() {
    let mut world = World::with(|limits| limits.bytes = 2_000);
    world.fates = [Fate::Refused].into();
    world.send("bob", "1");
    world.run_for(secs(1));
    world.send_message(long_text("2", 3_000));
    assert_eq!(world.outcome("2"), Some(Err(ErrorCode::OutboxFull)));
    assert_eq!(world.states("1"), ["pending", "failed"]);
}
