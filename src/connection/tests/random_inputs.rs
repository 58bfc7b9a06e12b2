//! Invariants that hold for any sequence of inputs, at any times.

use std::time::Duration;

use proptest::prelude::*;

use super::harness::{START, Server, World, is_open};
use crate::connection::{
    AppState, BackgroundPolicy, Cause, ConnectionStatus, Input, LinkId, LinkLoss, Mode, Now,
    Output, SessionOrigin, Timing,
};

#[derive(Clone, Debug)]
enum Step {
    Put(Input),
    Connect,
    Disconnect,
    Ping,
    /// A report about the link that is open.
    Live,
    Lost(LinkLoss),
    Inbound,
    Pong,
    Pause(bool),
    /// A report about a link that was closed long ago.
    Stale(prop::sample::Index, LinkLoss, u8),
    /// Time passes with every deadline met.
    Run(Duration),
    /// Time passes, and the shell is late.
    Skip(Duration),
    Sleep(Duration),
    TurnBack(Duration),
}

fn any_step() -> impl Strategy<Value = Step> {
    let origin = prop_oneof![Just(SessionOrigin::Login), Just(SessionOrigin::Restored)];
    let app_state = prop_oneof![Just(AppState::Foreground), Just(AppState::Background)];
    prop_oneof![
        4 => Just(Step::Connect),
        2 => Just(Step::Disconnect),
        4 => Just(Step::Ping),
        8 => Just(Step::Live),
        4 => any_loss().prop_map(Step::Lost),
        2 => Just(Step::Inbound),
        4 => Just(Step::Pong),
        3 => origin.prop_map(|origin| Step::Put(Input::SessionOpened(origin))),
        1 => any_cause().prop_map(|cause| Step::Put(Input::SessionClosed(cause))),
        5 => app_state.prop_map(|state| Step::Put(Input::AppState(state))),
        1 => any::<bool>().prop_map(|on| Step::Put(Input::KeepAlive(on))),
        1 => any::<bool>().prop_map(Step::Pause),
        1 => Just(Step::Put(Input::Frozen)),
        1 => Just(Step::Put(Input::Online)),
        1 => Just(Step::Put(Input::Tick)),
        3 => (any::<prop::sample::Index>(), any_loss(), 0..5_u8).prop_map(|(link, loss, kind)| Step::Stale(link, loss, kind)),
        8 => any_duration().prop_map(Step::Run),
        3 => any_duration().prop_map(Step::Skip),
        1 => any_duration().prop_map(Step::Sleep),
        1 => any_duration().prop_map(Step::TurnBack),
    ]
}

fn any_duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        (0..2_000_u64).prop_map(Duration::from_millis),
        (0..40_u64).prop_map(Duration::from_secs),
        (0..400_u64).prop_map(Duration::from_secs),
    ]
}

fn any_cause() -> impl Strategy<Value = Cause> {
    prop_oneof![
        4 => Just(Cause::ConnectionLost),
        2 => Just(Cause::Unreachable),
        1 => Just(Cause::CredentialsRejected),
        1 => Just(Cause::LoggedOut),
    ]
}

fn any_loss() -> impl Strategy<Value = LinkLoss> {
    let retry_after = prop_oneof![
        3 => Just(None),
        1 => any_duration().prop_map(Some),
        1 => Just(Some(Duration::MAX)),
    ];
    (any_cause(), retry_after).prop_map(|(cause, retry_after)| LinkLoss {
        retry_after,
        ..LinkLoss::new(cause)
    })
}

fn any_timing() -> impl Strategy<Value = Timing> {
    let odd = Timing {
        background_timeout: Duration::ZERO,
        keep_alive_interval: Duration::ZERO,
        heartbeat_interval: Duration::ZERO,
        pong_timeout: Duration::ZERO,
        probe_timeout: Duration::ZERO,
        attempt_timeout: Duration::ZERO,
        connect_timeout: Duration::ZERO,
        backoff_first: Duration::ZERO,
        backoff_base: Duration::ZERO,
        backoff_cap: Duration::ZERO,
        attempt_spacing: Duration::ZERO,
        slow_after: Duration::ZERO,
        slow_interval: Duration::ZERO,
        ..Timing::default()
    };
    let huge = Timing {
        background_timeout: Duration::MAX,
        keep_alive_interval: Duration::MAX,
        heartbeat_interval: Duration::MAX,
        pong_timeout: Duration::MAX,
        connect_timeout: Duration::MAX,
        backoff_first: Duration::MAX,
        backoff_base: Duration::MAX,
        backoff_cap: Duration::MAX,
        slow_interval: Duration::MAX,
        retry_after_cap: Duration::MAX,
        ..Timing::default()
    };
    let short_timeout = Timing {
        background_timeout: Duration::from_secs(2),
        ..Timing::default()
    };
    prop_oneof![
        8 => Just(Timing::default()),
        2 => Just(short_timeout),
        1 => Just(odd),
        1 => Just(huge),
    ]
}

fn any_setup() -> impl Strategy<Value = (Mode, BackgroundPolicy, Timing, u64)> {
    let mode = prop_oneof![Just(Mode::Auto), Just(Mode::Manual)];
    let policy = prop_oneof![
        3 => Just(BackgroundPolicy::Timeout),
        1 => Just(BackgroundPolicy::DisconnectAtOnce)
    ];
    (mode, policy, any_timing(), any::<u64>())
}

/// What the inputs so far allow.
struct Model {
    world: World,
    signed_in: bool,
    /// The game disconnected, and neither it nor a login asked for a connection since.
    sticky: bool,
}

impl Model {
    fn take(&mut self, step: Step) {
        if let Step::Disconnect | Step::Put(Input::SessionClosed(_)) = step {
            // Deadlines before this input are handled first.
            self.world.put(Input::Tick);
        }
        let recorded = self.world.log.len();
        match step {
            Step::Put(input) => self.put(input),
            Step::Connect => {
                self.sticky = false;
                self.world.connect();
            }
            Step::Disconnect => {
                self.world.disconnect();
                self.sticky = true;
            }
            Step::Ping => {
                self.world.ping();
            }
            Step::Live => self.report(Input::LinkLive),
            Step::Lost(loss) => self.report(|link| Input::LinkLost(link, loss)),
            Step::Inbound => self.report(Input::Inbound),
            Step::Pong => self.report(Input::Pong),
            Step::Pause(paused) => self.report(|link| Input::Paused(link, paused)),
            Step::Stale(link, loss, kind) => self.report_stale(link, loss, kind),
            Step::Run(duration) => self.run(duration),
            Step::Skip(duration) => self.world.skip(duration),
            Step::Sleep(duration) => self.world.sleep(duration),
            Step::TurnBack(duration) => self.turn_back(duration),
        }
        self.check(recorded);
    }

    fn put(&mut self, input: Input) {
        match input {
            Input::SessionOpened(_) => {
                self.signed_in = true;
                self.sticky = false;
            }
            Input::SessionClosed(_) => {
                self.signed_in = false;
            }
            _ => {}
        }
        self.world.put(input);
    }

    fn report(&mut self, input: impl FnOnce(LinkId) -> Input) {
        if let Some(link) = self.world.connection.open_link() {
            self.world.put(input(link));
        }
    }

    fn report_stale(&mut self, index: prop::sample::Index, loss: LinkLoss, kind: u8) {
        self.world.put(Input::Tick);
        let opened = self
            .world
            .log
            .iter()
            .filter_map(|(_, output)| match output {
                Output::OpenLink(link) => Some(*link),
                _ => None,
            });
        let open = self.world.connection.open_link();
        let closed: Vec<_> = opened.filter(|link| Some(*link) != open).collect();
        if closed.is_empty() {
            return;
        }
        let link = *index.get(&closed);
        let before = (self.world.log.len(), self.world.connection.next_deadline());
        self.world.put(match kind {
            0 => Input::LinkLive(link),
            1 => Input::LinkLost(link, loss),
            2 => Input::Inbound(link),
            3 => Input::Paused(link, true),
            _ => Input::Pong(link),
        });
        let after = (self.world.log.len(), self.world.connection.next_deadline());
        assert_eq!(before, after, "a closed link was listened to");
    }

    /// Runs with every deadline handled, up to a limit.
    fn run(&mut self, duration: Duration) {
        let end = self.world.clocks().monotonic.saturating_add(duration);
        for _ in 0..50 {
            let Some(deadline) = self
                .world
                .connection
                .next_deadline()
                .filter(|at| *at <= end)
            else {
                break;
            };
            let wait = deadline.saturating_sub(self.world.clocks().monotonic);
            self.world.skip(wait);
            self.world.put(Input::Tick);
            let next = self.world.connection.next_deadline();
            let met = deadline.max(self.world.clocks().monotonic);
            assert!(next.is_none_or(|next| next > met), "busy loop at {next:?}");
        }
    }

    fn turn_back(&mut self, by: Duration) {
        let now = self.world.clocks();
        self.world.set_clocks(Now {
            monotonic: now.monotonic.saturating_sub(by).max(START.monotonic),
            wall: now.wall.saturating_sub(by),
            ..now
        });
    }

    fn check(&self, recorded: usize) {
        let connection = &self.world.connection;
        let opened = self.world.log[recorded..]
            .iter()
            .any(|(_, output)| is_open(output));
        if opened {
            assert!(self.signed_in, "opened without a user");
            assert!(!self.sticky, "a disconnect was undone");
        }
        assert_eq!(connection.is_signed_in(), self.signed_in);
        if !self.signed_in || self.sticky {
            assert_eq!(connection.status(), ConnectionStatus::Disconnected);
            assert_eq!(
                connection.next_deadline(),
                None,
                "a deadline outlived its state"
            );
        }
        let pending = match connection.status() {
            ConnectionStatus::Disconnected => {
                connection.is_wanted() && connection.app_state() == AppState::Foreground
            }
            status => status == ConnectionStatus::Connecting,
        };
        assert!(!pending || connection.next_deadline().is_some(), "it hangs");
        if !connection.is_wanted() {
            assert_eq!(connection.next_deadline(), None);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn any_inputs_keep_the_invariants(
        (mode, policy, timing, seed) in any_setup(),
        steps in prop::collection::vec(any_step(), 1..80),
    ) {
        let mut world = World::with(mode, policy, timing, seed);
        world.server = Server::Silent;
        world.answers_pings = false;
        let mut model = Model { world, signed_in: false, sticky: false };
        for step in steps {
            model.take(step);
        }
        model.put(Input::Shutdown);
        prop_assert_eq!(model.world.unsettled(), 0, "a request never ended");
        prop_assert_eq!(model.world.connection.next_deadline(), None);
    }
}
