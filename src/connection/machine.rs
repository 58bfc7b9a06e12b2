use std::{collections::VecDeque, time::Duration};

use super::{
    AppState, BackgroundPolicy, Cause, ConnectionStatus, Failure, Input, LinkId, LinkLoss, Mode,
    Now, Output, Settled, Ticket, Timing,
    backoff::Backoff,
    clock::{Clock, Reading},
    keep_alive::KeepAlive,
    phase::{Phase, Pursuit},
    presence::Presence,
};

mod app;
mod deadlines;
mod link;
mod requests;
mod rest;
mod session;

/// The connection of one client, as a pure state machine.
///
/// It never panics, whatever it is handed: reports about links it no longer knows, contradictory inputs, clocks
/// that run backwards.
///
/// ```
/// use std::time::Duration;
/// use bevy_cometchat::connection::{
///     BackgroundPolicy, ConnectionStatus, Input, ConnectionMachine, Mode, Now, Output, SessionOrigin, Timing,
/// };
///
/// let mut connection = ConnectionMachine::new(Mode::Auto, BackgroundPolicy::Grace, Timing::default(), 7);
/// let start = Now::at(Duration::ZERO);
/// connection.handle(Input::SessionOpened(SessionOrigin::Login), start);
///
/// let link = std::iter::from_fn(|| connection.poll_output())
///     .find_map(|output| match output {
///         Output::OpenLink(link) => Some(link),
///         _ => None,
///     })
///     .expect("a login connects in auto mode");
/// connection.handle(Input::LinkLive(link), start);
/// assert_eq!(connection.status(), ConnectionStatus::Connected);
/// assert_eq!(connection.live_link(), Some(link));
/// ```
#[derive(Debug)]
pub struct ConnectionMachine {
    mode: Mode,
    policy: BackgroundPolicy,
    timing: Timing,
    clock: Clock,
    phase: Phase,
    presence: Presence,
    keep_alive: KeepAlive,
    backoff: Backoff,
    /// Why there is no connection, for requests that need one.
    down_because: Cause,
    next_link: u64,
    outputs: VecDeque<Output>,
}

impl ConnectionMachine {
    /// A disconnected client with nobody logged in, in the foreground. `seed` decides the jitter of the back-off.
    pub fn new(mode: Mode, background: BackgroundPolicy, timing: Timing, seed: u64) -> Self {
        Self {
            mode,
            policy: background,
            timing: timing.with_floors(),
            clock: Clock::default(),
            phase: Phase::SignedOut,
            presence: Presence::Foreground,
            keep_alive: KeepAlive::new(mode),
            backoff: Backoff::new(seed),
            down_because: Cause::NotYetConnected,
            next_link: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Takes in what happened at `now`. What is to be done about it comes out of [`poll_output`](Self::poll_output).
    ///
    /// Deadlines that passed are met too, whatever the input. An input at the very moment of a deadline, and a
    /// sign of life of the server that is read late, count before the deadline does. The grace alone is strict.
    pub fn handle(&mut self, input: Input, now: Now) {
        let Reading { now, slept } = self.clock.read(now, self.timing.sleep_threshold);
        self.end_overdue_grace(now);
        if slept {
            self.woke_up(now);
        }
        self.apply(input, now);
        self.meet_deadlines(now);
    }

    /// The next thing to carry out, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The monotonic time at which to hand in [`Input::Tick`], unless something else happens first.
    pub fn next_deadline(&self) -> Option<Duration> {
        self.deadlines().into_iter().flatten().min()
    }

    /// The status now.
    pub const fn status(&self) -> ConnectionStatus {
        self.phase.status()
    }

    /// The link that is live now: the one to send on.
    pub const fn live_link(&self) -> Option<LinkId> {
        match &self.phase {
            Phase::Live(live) => Some(live.link),
            _ => None,
        }
    }

    /// The link that is being attempted or live now. Reports about any other are ignored.
    pub const fn open_link(&self) -> Option<LinkId> {
        self.phase.link()
    }

    /// Whether a user is logged in, as far as the inputs told.
    pub const fn is_signed_in(&self) -> bool {
        self.phase.is_signed_in()
    }

    /// Whether a connection is there, under way, or will be tried again without the game's doing.
    pub const fn is_wanted(&self) -> bool {
        self.phase.is_wanted()
    }

    /// Where the app is, as far as the inputs told.
    pub const fn app_state(&self) -> AppState {
        self.presence.app_state()
    }

    /// Who opens the connection.
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    fn apply(&mut self, input: Input, now: Duration) {
        match input {
            Input::SessionOpened(origin) => self.session_opened(origin, now),
            Input::SessionClosed(cause) => self.session_closed(cause),
            Input::Connect(ticket) => self.connect(ticket, now),
            Input::Disconnect(ticket) => self.disconnect(ticket),
            Input::Ping(ticket) => self.ping(ticket, now),
            Input::AppState(AppState::Foreground) => self.foregrounded(now),
            Input::AppState(AppState::Background) => self.backgrounded(now),
            Input::KeepAlive(enabled) => self.switch_keep_alive(enabled, now),
            Input::LinkLive(link) => self.link_live(link, now),
            Input::LinkLost(link, loss) => self.link_lost(link, loss, now),
            Input::Inbound(link) => self.inbound(link, now),
            Input::Pong(link) => self.pong(link, now),
            Input::Paused(link, paused) => self.reading_paused(link, paused, now),
            Input::Tick => {}
            Input::Shutdown => self.shut_down(),
        }
    }

    fn settle(&mut self, ticket: Ticket, result: Result<Settled, Failure>) {
        self.outputs.push_back(Output::Settle(ticket, result));
    }

    fn fail_all(&mut self, tickets: Vec<Ticket>, loss: &LinkLoss) {
        for ticket in tickets {
            let failure = Failure::NotConnected {
                cause: loss.cause,
                reason: loss.reason.clone(),
            };
            self.settle(ticket, Err(failure));
        }
    }

    /// A new connection is wanted: starts on it, unless the last attempt was a moment ago.
    fn pursue(&mut self, cause: Cause, pursuit: Pursuit, earliest: Duration, now: Duration) {
        if earliest <= now {
            self.attempt(cause, pursuit, now);
        } else {
            self.wait(cause, pursuit, earliest);
        }
    }
}
