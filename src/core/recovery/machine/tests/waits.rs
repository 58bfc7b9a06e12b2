//! A server that asks to wait.

use super::*;

#[test]
fn d3_a_wait_that_the_server_asks_for_is_waited_out_and_is_no_gap() {
    let waits = [
        SendError::Throttled(error(ErrorCode::RateLimited, Some(at(30)))),
        SendError::Lost(error(ErrorCode::ServerUnreachable, Some(at(30)))),
    ];
    for wait in waits {
        let mut world = World::after_7();
        for _ in 0..5 {
            world.on_ask(Err(wait.clone()));
            assert_eq!(world.recovery.next_deadline(), Some(world.now + at(30)));
            assert_eq!(world.side(), None);
            world.now += at(30);
        }
        world.on_ask(Ok(page([])));
        world.on_ask(Ok(page([7, 8])));
        let missed = world.missed();
        assert_eq!(ids(&missed), [8]);
        assert_eq!((missed.gap, missed.changes_gap), (None, None));
    }
}

#[test]
fn d3_a_rate_limit_that_says_no_time_is_waited_out_too() {
    let mut world = World::after_7();
    world.on_ask(Err(SendError::Throttled(error(
        ErrorCode::RateLimited,
        None,
    ))));
    assert_eq!(world.recovery.next_deadline(), Some(DEFAULT_WAIT));
}

#[test]
fn d3_a_server_that_asks_to_wait_for_minutes_leaves_a_gap_and_holds_nothing_back() {
    let waits = |seconds| {
        let wait = Some(at(seconds));
        SendError::Throttled(error(ErrorCode::RateLimited, wait))
    };
    for asked in [600, 60] {
        let mut world = World::after_7();
        while !world.recovery.is_finished() {
            if let Some(retry_at) = world.recovery.next_deadline() {
                world.now = retry_at;
            }
            assert!(
                world.now <= at(180),
                "the game hears nothing for {:?}",
                world.now
            );
            world.on_ask(Err(waits(asked)));
        }
        let missed = world.missed();
        let gap = missed.gap.expect("the missed messages");
        assert_eq!((gap.after, gap.before), (MessageId(7), None));
        assert_eq!(gap.error.map(|it| it.code), Some(ErrorCode::RateLimited));
        assert!(missed.changes_gap.is_some());
    }
}
