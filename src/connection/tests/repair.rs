use std::time::Duration;

use super::harness::{CONNECTED, NEVER, Server, World, is_open, millis, not_connected, secs};
use crate::connection::{
    BackgroundPolicy, Backoff, Cause, ConnectionStatus, Input, LinkLoss, Mode, Output, Retry,
    Timing,
};

/// The delays drawn for attempts that all fail at `now`, without a minimum spacing.
fn delays(seed: u64, count: usize) -> Vec<Duration> {
    let mut backoff = Backoff::new(&Timing::default(), seed);
    let mut draw = || backoff.failed(Duration::ZERO, None);
    (0..count).map(|_| draw()).collect()
}

#[test]
fn r1_each_delay_fills_its_bounds_and_keeps_them() {
    const SEEDS: u64 = 2_000;
    let later = [
        1_500, 1_500, 1_500, 1_500, 1_500, 3_000, 6_000, 12_000, 20_000, 20_000,
    ];
    let bounds = [(0, 1_200)]
        .into_iter()
        .chain(later.map(|ceiling| (500, ceiling)));
    for (step, (shortest, longest)) in bounds.enumerate() {
        let (shortest, longest) = (millis(shortest), millis(longest));
        let drawn: Vec<_> = (0..SEEDS)
            .map(|seed| delays(seed, step + 1)[step])
            .collect();
        assert!(
            drawn
                .iter()
                .all(|delay| (shortest..=longest).contains(delay))
        );

        let range = longest - shortest;
        let mean = drawn.iter().sum::<Duration>() / SEEDS as u32 - shortest;
        let share = mean.as_secs_f64() / range.as_secs_f64();
        assert!((0.47..0.53).contains(&share), "step {step}: {share}");
        assert!(drawn.iter().any(|delay| *delay < shortest + range / 50));
        assert!(
            drawn
                .iter()
                .any(|delay| *delay > shortest + range / 50 * 49)
        );
    }
}

#[test]
fn r1_the_delays_are_settings() {
    let timing = Timing {
        backoff_first: millis(100),
        backoff_base: millis(300),
        backoff_repeats: 1,
        backoff_cap: millis(400),
        attempt_spacing: millis(200),
        ..Timing::default()
    };
    for seed in 0..200 {
        let mut backoff = Backoff::new(&timing, seed);
        let longest = [100, 300, 400, 400].map(millis);
        for (step, longest) in longest.into_iter().enumerate() {
            let delay = backoff.failed(Duration::ZERO, None);
            let shortest = if step == 0 { millis(0) } else { millis(200) };
            assert!(
                (shortest..=longest).contains(&delay),
                "step {step}: {delay:?}"
            );
        }
    }
}

#[test]
fn r1_a_success_starts_the_sequence_over() {
    for seed in 0..200 {
        let mut backoff = Backoff::new(&Timing::default(), seed);
        for _ in 0..20 {
            backoff.failed(secs(1), Some(secs(500)));
        }
        backoff.succeeded();
        assert_eq!(backoff.earliest(secs(2)), secs(2));
        assert!(backoff.failed(secs(2), None) <= secs(2) + millis(1_200));
    }
}

#[test]
fn r3_a_wait_that_the_server_asks_for_holds_for_every_retry_but_the_games_own() {
    let mut backoff = Backoff::new(&Timing::default(), 1);
    backoff.started(secs(9));
    assert_eq!(backoff.failed(secs(10), Some(secs(60))), secs(70));
    backoff.start_over();
    assert_eq!(backoff.earliest(secs(11)), secs(70));
    assert_eq!(backoff.earliest_when_asked(secs(11)), secs(11));
    backoff.honour(secs(11), Some(Duration::MAX));
    assert_eq!(backoff.earliest(secs(11)), secs(611), "ten minutes at most");
    backoff.accepted();
    assert_eq!(backoff.earliest(secs(12)), secs(12));
}

#[test]
fn r1_the_same_seed_draws_the_same_delays() {
    assert_eq!(delays(7, 20), delays(7, 20));
    assert_ne!(delays(7, 20), delays(8, 20));
}

#[test]
fn r1_attempts_keep_their_distance() {
    for seed in 0..200 {
        let policy = BackgroundPolicy::Timeout;
        let mut world = World::with(Mode::Auto, policy, Timing::default(), seed);
        world.server = Server::down();
        world.login();
        world.run_for(secs(20));
        let starts = world.opened();
        assert!(
            starts
                .windows(2)
                .all(|pair| pair[1] - pair[0] >= millis(500))
        );
    }
}

#[test]
fn r1_the_count_starts_over_after_ten_seconds_live() {
    let longest_first_wait = |live_for: Duration| {
        let waits = (0..50).map(|seed| {
            let policy = BackgroundPolicy::Timeout;
            let mut world = World::with(Mode::Auto, policy, Timing::default(), seed);
            world.server = Server::down();
            world.login();
            world.run_for(secs(100));
            world.server = Server::Accepts;
            world.run_to(secs(60), |output| {
                matches!(output, Output::Status(change) if change.to == ConnectionStatus::Connected)
            });
            world.run_for(live_for);
            world.lose(Cause::ConnectionLost);
            announced_wait(&world)
        });
        waits.max()
    };
    assert!(longest_first_wait(secs(10)) <= Some(millis(1_200)));
    assert!(longest_first_wait(millis(9_999)) > Some(secs(10)));
}

#[test]
fn r2_the_watchdog_ends_a_silent_attempt() {
    let mut world = World::new(Mode::Auto);
    world.server = Server::Silent;
    world.login();
    let first = world.link();
    world.run_for(millis(9_999));
    assert_eq!(world.status(), ConnectionStatus::Connecting);
    world.run_for(millis(1));
    assert_eq!(world.closed(), [secs(10)]);
    assert_eq!(world.changes()[1].cause, Cause::AttemptTimeout);
    assert!(matches!(world.changes()[1].retry, Retry::After(_)));

    world.put(Input::LinkLive(first));
    assert_ne!(world.status(), ConnectionStatus::Connected);
}

#[test]
fn r3_after_two_minutes_the_pace_is_slow_and_never_stops() {
    let mut world = World::new(Mode::Auto);
    world.server = Server::down();
    world.login();
    world.run_for(secs(150));
    world.log.clear();
    world.run_for(secs(24 * 3_600));
    let starts = world.opened();
    let gaps: Vec<_> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| (secs(24)..=secs(36)).contains(gap)));
    assert!(gaps.iter().any(|gap| *gap < secs(25)));
    assert!(gaps.iter().any(|gap| *gap > secs(35)));
    assert!(starts.len() > 2_600);
}

#[test]
fn r3_attempts_that_take_long_keep_the_slow_pace() {
    let mut world = World::new(Mode::Auto);
    world.server = Server::Silent;
    world.login();
    world.run_for(secs(200));
    world.log.clear();
    world.run_for(secs(3_600));
    let starts = world.opened();
    let mut gaps = starts.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(gaps.all(|gap| (secs(24)..=secs(36)).contains(&gap)));
}

#[test]
fn r3_the_servers_retry_after_is_honoured() {
    for (asked, kept) in [(45, 45), (600, 600), (100_000, 600)] {
        let mut world = World::auto_live();
        world.run_for(secs(10));
        let loss = LinkLoss {
            retry_after: Some(secs(asked)),
            ..LinkLoss::new(Cause::ClosedByServer)
        };
        world.put(Input::LinkLost(world.link(), loss));
        assert_eq!(world.last_change().retry, Retry::After(secs(kept)));
        let reopened = world.run_to(secs(200_000), is_open);
        assert_eq!(reopened, Some(secs(10 + kept)));
    }
}

#[test]
fn r4_terminal_causes_end_it() {
    for cause in [
        Cause::CredentialsRejected,
        Cause::UnknownApp,
        Cause::Forbidden,
        Cause::TokenUnknown,
        Cause::LoggedOut,
    ] {
        let mut world = World::auto_live();
        world.lose(cause);
        assert_eq!(world.last_change().cause, cause);
        assert_eq!(world.last_change().retry, Retry::Never);
        world.background();
        world.foreground();
        world.run_for(secs(3_600));
        assert_eq!(world.opened(), NEVER, "{cause:?}");

        let connect = world.connect();
        world.run_for(millis(1));
        assert_eq!(world.settled(connect), CONNECTED);
    }
}

#[test]
fn r4_everything_else_is_retried() {
    for cause in [
        Cause::ClosedByServer,
        Cause::ConnectionLost,
        Cause::NameResolution,
        Cause::Unreachable,
        Cause::Tls,
        Cause::UpgradeRefused,
        Cause::AttemptTimeout,
        Cause::PongTimeout,
    ] {
        let mut world = World::auto_live();
        world.lose(cause);
        assert!(matches!(world.last_change().retry, Retry::After(_)));
        world.run_for(millis(1_200));
        assert_eq!(world.status(), ConnectionStatus::Connected, "{cause:?}");
    }
}

#[test]
fn r4_a_terminal_failure_of_a_repair_fails_the_connects_that_joined() {
    let mut world = World::manual_live();
    world.server = Server::Refuses(LinkLoss::new(Cause::UnknownApp));
    world.lose(Cause::ConnectionLost);
    let connect = world.connect();
    world.run_for(secs(1));
    assert_eq!(world.settled(connect), not_connected(Cause::UnknownApp));
}

#[test]
fn r5_a_change_tells_everything() {
    let mut world = World::auto_live();
    world.run_for(secs(10));
    let loss = LinkLoss {
        close_code: Some(1_012),
        reason: Some("restarting".into()),
        ..LinkLoss::new(Cause::ClosedByServer)
    };
    world.put(Input::LinkLost(world.link(), loss));
    let change = world.last_change().clone();
    assert_eq!(change.from, ConnectionStatus::Connected);
    assert_eq!(change.to, ConnectionStatus::Disconnected);
    assert_eq!(change.close_code, Some(1_012));
    assert_eq!(change.reason.as_deref(), Some("restarting"));
    assert_eq!(change.attempt, 0);
    let wait = announced_wait(&world);

    world.run_to(secs(60), is_open);
    assert_eq!(world.opened(), [secs(10) + wait], "made when announced");
}

#[test]
fn r5_attempts_are_counted_until_live_or_asked_for() {
    let mut world = World::manual();
    world.server = Server::down();
    world.connect();
    world.run_for(secs(5));
    let attempts: Vec<_> = world
        .changes()
        .iter()
        .map(|change| change.attempt)
        .collect();
    assert!(attempts.len() >= 4);
    let expected: Vec<_> = (0..attempts.len()).map(|n| n as u32 / 2 + 1).collect();
    assert_eq!(
        attempts, expected,
        "an attempt and its failure have one number"
    );

    world.server = Server::Accepts;
    world.run_for(millis(500));
    world.log.clear();
    world.connect();
    world.run_for(secs(1));
    let live = world.now_live();
    assert_eq!(live.status(), ConnectionStatus::Connected);
}

#[test]
fn r5_connect_starts_the_count_of_attempts_over() {
    let mut world = World::manual();
    world.server = Server::down();
    world.connect();
    world.run_for(secs(20));
    assert!(world.last_change().attempt > 2);
    world.connect();
    world.run_to(secs(1), is_open);
    let asked = world
        .changes()
        .into_iter()
        .rev()
        .find(|change| change.to == ConnectionStatus::Connecting);
    assert_eq!(
        asked.map(|change| (change.cause, change.attempt)),
        Some((Cause::ConnectCalled, 1))
    );
}

#[test]
fn r1_connects_that_fail_in_a_row_keep_their_distance() {
    let mut world = World::manual();
    world.server = Server::Refuses(LinkLoss::new(Cause::CredentialsRejected));
    for _ in 0..10 {
        world.connect();
        world.run_for(millis(1));
    }
    assert_eq!(world.opened().len(), 1);
    let next = world.run_to(secs(10), is_open);
    assert_eq!(next, Some(millis(500)));
}

#[test]
fn r1_the_count_starts_over_with_each_connect_after_rest() {
    for seed in 0..50 {
        let policy = BackgroundPolicy::Timeout;
        let mut world = World::with(Mode::Manual, policy, Timing::default(), seed);
        world.login();
        world.server = Server::down();
        world.connect();
        world.run_for(secs(60));
        world.disconnect();
        world.run_for(secs(1));
        world.connect();
        world.run_for(millis(0));
        assert!(announced_wait(&world) <= millis(1_200));
    }
}

#[test]
fn r1_another_session_starts_the_count_over() {
    for seed in 0..50 {
        let policy = BackgroundPolicy::Timeout;
        let mut world = World::with(Mode::Auto, policy, Timing::default(), seed);
        world.server = Server::down();
        world.login();
        world.run_for(secs(60));
        world.logout();
        world.run_for(secs(1));
        world.login();
        world.run_for(millis(0));
        assert!(announced_wait(&world) <= millis(1_200));
    }
}

#[test]
fn r3_the_pace_is_quick_again_after_a_stable_connection() {
    let mut world = World::new(Mode::Auto);
    world.server = Server::down();
    world.login();
    world.run_for(secs(200));
    world.server = Server::Accepts;
    world.run_for(secs(50));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    world.lose(Cause::ConnectionLost);
    assert!(announced_wait(&world) <= millis(1_200));
}

#[test]
fn r3_a_retry_after_ends_with_the_next_live_connection() {
    let mut world = World::auto_live();
    let loss = LinkLoss {
        retry_after: Some(secs(300)),
        ..LinkLoss::new(Cause::ClosedByServer)
    };
    world.put(Input::LinkLost(world.link(), loss));
    world.run_for(secs(1));
    world.connect();
    world.run_for(secs(20));
    assert_eq!(world.status(), ConnectionStatus::Connected);
    world.lose(Cause::ConnectionLost);
    assert!(announced_wait(&world) <= millis(1_200));
}

fn announced_wait(world: &World) -> Duration {
    match world.last_change().retry {
        Retry::After(wait) => wait,
        retry => panic!("{retry:?}"),
    }
}
