use crate::{
    client::{
        ErrorCode, OutboxState,
        outbox::{
            SavedEntry,
            tests::harness::{Fate, World, millis, secs, text},
        },
    },
    model::{MediaKind, MediaMessage, Uid, Upload},
};

#[test]
fn o7_a_message_is_saved_before_its_request_is_made() {
    let mut world = World::new();
    world.send("bob", "m");
    let log: Vec<_> = world.log.iter().map(|(_, what)| what.as_str()).collect();
    assert_eq!(log, ["m pending", "save", "post m", "left"]);
    assert!(
        world.saved[0].in_doubt,
        "a crash from here on leaves it in doubt"
    );
    world.run_for(secs(1));
    assert!(world.saved.is_empty());
}

#[test]
fn o7_a_crash_loses_and_doubles_nothing_wherever_it_strikes() {
    let fates = [
        Fate::Stored,
        Fate::NeverLeft,
        Fate::Lost,
        Fate::ReplyLost(millis(0)),
        Fate::ReplyLost(secs(2)),
    ];
    for fate in fates {
        for crash_at in [0, 10, 30, 600, 2_000, 5_000] {
            let mut world = World::new();
            world.latency = millis(20);
            world.fates = [fate.clone()].into();
            for muid in ["1", "2", "3"] {
                world.send("bob", muid);
            }
            world.run_for(millis(crash_at));
            world.restart();
            world.run_for(secs(60));
            assert_eq!(
                world.muids(),
                ["1", "2", "3"],
                "{fate:?}, crash at {crash_at} ms"
            );
        }
    }
}

#[test]
fn o7_what_had_failed_is_there_again_and_can_be_sent() {
    let mut world = World::new();
    world.fates = [Fate::Refused].into();
    world.send("bob", "m");
    world.run_for(secs(1));
    world.changes.clear();
    world.restart();
    let OutboxState::Failed(error) = &world.changes[0].state else {
        panic!("{:?}", world.changes);
    };
    assert_eq!(error.code, ErrorCode::Other("ERR_NO".into()));
    world.run_for(secs(60));
    assert!(world.stored.is_empty());
    world.resend("m");
    world.run_for(secs(1));
    assert_eq!(world.muids(), ["m"]);
}

#[test]
fn o7_a_message_that_got_too_old_meanwhile_fails() {
    let mut world = World::new();
    world.online = false;
    world.send("bob", "m");
    world.run_for(secs(1));
    world.online = true;
    world.sleep(secs(400));
    world.changes.clear();
    world.restart();
    assert_eq!(world.states("m").last(), Some(&"failed"));
    world.run_for(secs(60));
    assert!(world.stored.is_empty());
}

#[test]
fn o7_messages_with_files_are_not_saved() {
    let mut world = World::new();
    world.online = false;
    for bytes in [0, 10] {
        let message = MediaMessage::new(Uid::from("bob"), MediaKind::File)
            .with_upload(Upload::new("a", "text/plain", vec![0; bytes]))
            .with_muid(format!("{bytes} bytes"));
        world.send_message(message.into());
    }
    world.send_message(text("bob", "text"));
    let muids: Vec<_> = world.saved.iter().map(|saved| &*saved.muid).collect();
    assert_eq!(muids, ["text"]);
}

#[test]
fn o7_what_is_saved_is_read_back() {
    let mut world = World::new();
    world.fates = [Fate::Refused, Fate::Lost].into();
    for muid in ["refused", "lost", "waits"] {
        world.send("bob", muid);
        world.run_for(millis(30));
    }
    let json = serde_json::to_string(&world.saved).unwrap();
    let read: Vec<SavedEntry> = serde_json::from_str(&json).unwrap();
    assert_eq!(read, world.saved);
    let in_doubt: Vec<_> = read.iter().map(|saved| saved.in_doubt).collect();
    assert_eq!(in_doubt, [false, true, false]);
}
