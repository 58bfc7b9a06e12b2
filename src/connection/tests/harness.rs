//! A client in virtual time: the machine, a scripted server, and a record of all outputs of the machine.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::connection::{
    AppState, BackgroundPolicy, Cause, ConnectionMachine, ConnectionStatus, Failure, Input, LinkId,
    LinkLoss, Mode, Now, Output, Retry, SessionOrigin, Settled, StatusChange, Ticket, Timing,
};

pub(super) use crate::connection::virtual_time::{START, millis, secs};

/// No times. It has a type because other crates implement comparisons with `Duration`.
pub(super) const NEVER: [Duration; 0] = [];

/// What the server does with an attempt.
#[derive(Clone, Debug)]
pub(super) enum Server {
    Accepts,
    Refuses(LinkLoss),
    Silent,
}

impl Server {
    pub(super) fn down() -> Self {
        Self::Refuses(LinkLoss::new(Cause::Unreachable))
    }
}

pub(super) struct World {
    pub(super) connection: ConnectionMachine,
    pub(super) server: Server,
    /// How long the server takes to answer an attempt or a ping.
    pub(super) latency: Duration,
    pub(super) answers_pings: bool,
    /// All outputs of the machine, with the time since the start.
    pub(super) log: Vec<(Duration, Output)>,
    now: Now,
    on_the_way: BTreeMap<(Duration, usize), Input>,
    tickets: u64,
    /// Steps taken without time passing.
    standing_still: u32,
    watch: Watch,
}

/// The invariants of every sequence of outputs.
#[derive(Default)]
struct Watch {
    open: Option<LinkId>,
    seen: BTreeSet<LinkId>,
    status: ConnectionStatus,
    asked: BTreeSet<Ticket>,
    settled: BTreeSet<Ticket>,
}

impl World {
    pub(super) fn new(mode: Mode) -> Self {
        Self::with(mode, BackgroundPolicy::Timeout, Timing::default(), 1)
    }

    pub(super) fn with(mode: Mode, policy: BackgroundPolicy, timing: Timing, seed: u64) -> Self {
        Self {
            connection: ConnectionMachine::new(mode, policy, timing, seed),
            server: Server::Accepts,
            latency: Duration::ZERO,
            answers_pings: true,
            log: Vec::new(),
            now: START,
            on_the_way: BTreeMap::new(),
            tickets: 0,
            standing_still: 0,
            watch: Watch::default(),
        }
    }

    /// Logged in, in manual mode, and not connected.
    pub(super) fn manual() -> Self {
        let mut world = Self::new(Mode::Manual);
        world.login();
        world
    }

    /// Logged in and connected, in manual mode.
    pub(super) fn manual_live() -> Self {
        let mut world = Self::manual();
        world.connect();
        world.now_live()
    }

    /// Logged in and connected, in auto mode.
    pub(super) fn auto_live() -> Self {
        let mut world = Self::new(Mode::Auto);
        world.login();
        world.now_live()
    }

    /// Live, with an empty log.
    pub(super) fn now_live(mut self) -> Self {
        self.run_for(self.latency);
        assert_eq!(self.status(), ConnectionStatus::Connected);
        self.log.clear();
        self
    }

    pub(super) fn time(&self) -> Duration {
        self.now.monotonic.saturating_sub(START.monotonic)
    }

    pub(super) fn status(&self) -> ConnectionStatus {
        self.connection.status()
    }

    pub(super) fn link(&self) -> LinkId {
        self.connection.open_link().expect("a link is open")
    }

    pub(super) fn login(&mut self) {
        self.put(Input::SessionOpened(SessionOrigin::Login));
    }

    pub(super) fn logout(&mut self) {
        self.put(Input::SessionClosed(Cause::LoggedOut));
    }

    pub(super) fn connect(&mut self) -> Ticket {
        self.ask(Input::Connect)
    }

    pub(super) fn disconnect(&mut self) -> Ticket {
        self.ask(Input::Disconnect)
    }

    pub(super) fn ping(&mut self) -> Ticket {
        self.ask(Input::Ping)
    }

    pub(super) fn ask(&mut self, input: impl FnOnce(Ticket) -> Input) -> Ticket {
        let ticket = Ticket(self.tickets);
        self.tickets += 1;
        self.watch.asked.insert(ticket);
        self.put(input(ticket));
        ticket
    }

    pub(super) fn background(&mut self) {
        self.put(Input::AppState(AppState::Background));
    }

    pub(super) fn foreground(&mut self) {
        self.put(Input::AppState(AppState::Foreground));
    }

    /// The open link breaks off.
    pub(super) fn lose(&mut self, cause: Cause) {
        self.put(Input::LinkLost(self.link(), LinkLoss::new(cause)));
    }

    /// The game stops draining the queue, or resumes it.
    pub(super) fn pause(&mut self, paused: bool) {
        self.put(Input::Paused(self.link(), paused));
    }

    pub(super) fn put(&mut self, input: Input) {
        self.connection.handle(input, self.now);
        while let Some(output) = self.connection.poll_output() {
            self.watch.check(&output);
            self.answer(&output);
            self.log.push((self.time(), output));
        }
    }

    /// Runs until `end`. Deadlines and the server's answers are handled exactly when they are due.
    pub(super) fn run_until(&mut self, end: Duration) {
        while let Some(next) = self.next_event().filter(|next| *next <= end) {
            self.step_to(next);
        }
        self.set_time(end);
    }

    pub(super) fn run_for(&mut self, duration: Duration) {
        self.run_until(self.time() + duration);
    }

    /// Runs until the machine has an output that `wanted` accepts, at most for `limit`.
    pub(super) fn run_to(
        &mut self,
        limit: Duration,
        wanted: impl Fn(&Output) -> bool,
    ) -> Option<Duration> {
        let end = self.time() + limit;
        let seen = self.log.len();
        while let Some(next) = self.next_event().filter(|next| *next <= end) {
            self.step_to(next);
            if self.log[seen..].iter().any(|(_, output)| wanted(output)) {
                return Some(self.time());
            }
        }
        self.set_time(end);
        None
    }

    /// Time passes without an input, as with a shell that is late.
    pub(super) fn skip(&mut self, duration: Duration) {
        self.now.monotonic += duration;
        self.now.wall += duration;
        self.now.uptime += duration;
    }

    /// The machine sleeps: monotonic time stands still.
    pub(super) fn sleep(&mut self, duration: Duration) {
        self.now.wall += duration;
        self.now.uptime += duration;
    }

    pub(super) fn set_clocks(&mut self, now: Now) {
        self.now = now;
    }

    pub(super) fn clocks(&self) -> Now {
        self.now
    }

    pub(super) fn settled(&self, ticket: Ticket) -> Option<Result<Settled, Failure>> {
        self.log.iter().find_map(|(_, output)| match output {
            Output::Settle(settled, result) if *settled == ticket => Some(result.clone()),
            _ => None,
        })
    }

    pub(super) fn unsettled(&self) -> usize {
        self.watch.asked.len() - self.watch.settled.len()
    }

    pub(super) fn changes(&self) -> Vec<&StatusChange> {
        self.log
            .iter()
            .filter_map(|(_, output)| match output {
                Output::Status(change) => Some(change),
                _ => None,
            })
            .collect()
    }

    pub(super) fn last_change(&self) -> &StatusChange {
        self.changes().last().expect("the status changed")
    }

    pub(super) fn times(&self, wanted: impl Fn(&Output) -> bool) -> Vec<Duration> {
        let accepted = self.log.iter().filter(|(_, output)| wanted(output));
        accepted.map(|(at, _)| *at).collect()
    }

    pub(super) fn opened(&self) -> Vec<Duration> {
        self.times(is_open)
    }

    pub(super) fn closed(&self) -> Vec<Duration> {
        self.times(|output| matches!(output, Output::CloseLink(_)))
    }

    pub(super) fn pinged(&self) -> Vec<Duration> {
        self.times(is_ping)
    }

    pub(super) fn prompted(&self) -> Vec<Duration> {
        self.times(is_prompt)
    }

    fn next_event(&self) -> Option<Duration> {
        let arrival = self.on_the_way.keys().next().map(|(at, _)| *at);
        let deadline = self
            .connection
            .next_deadline()
            .map(|at| at.saturating_sub(START.monotonic));
        [arrival, deadline].into_iter().flatten().min()
    }

    fn step_to(&mut self, next: Duration) {
        if next > self.time() {
            self.standing_still = 0;
        }
        self.standing_still += 1;
        assert!(self.standing_still < 100, "the machine spins");
        self.set_time(next.max(self.time()));
        let arrived = self
            .on_the_way
            .first_entry()
            .filter(|entry| entry.key().0 <= next)
            .map(|entry| entry.remove());
        self.put(arrived.unwrap_or(Input::Tick));
    }

    fn set_time(&mut self, since_start: Duration) {
        let passed = since_start.saturating_sub(self.time());
        self.skip(passed);
    }

    fn answer(&mut self, output: &Output) {
        let answer = match (output, &self.server) {
            (Output::OpenLink(link), Server::Accepts) => Input::LinkLive(*link),
            (Output::OpenLink(link), Server::Refuses(loss)) => Input::LinkLost(*link, loss.clone()),
            (Output::SendPing(link), _) if self.answers_pings => Input::Pong(*link),
            _ => return,
        };
        let key = (self.time() + self.latency, self.log.len());
        self.on_the_way.insert(key, answer);
    }
}

impl Watch {
    fn check(&mut self, output: &Output) {
        match output {
            Output::OpenLink(link) => {
                assert_eq!(self.open, None, "two links are open");
                assert!(self.seen.insert(*link), "a link id was used again");
                self.open = Some(*link);
            }
            Output::CloseLink(link) => {
                assert_eq!(self.open.take(), Some(*link), "closes what is not open");
            }
            Output::SendPing(link) => {
                assert_eq!(self.open, Some(*link), "pings what is not open");
                assert_eq!(self.status, ConnectionStatus::Connected);
            }
            Output::Status(change) => self.check_change(change),
            Output::Settle(ticket, _) => {
                assert!(self.asked.contains(ticket), "nobody asked for that");
                assert!(self.settled.insert(*ticket), "settled twice");
            }
            Output::KeepAliveDue => assert_eq!(self.status, ConnectionStatus::Connected),
        }
    }

    fn check_change(&mut self, change: &StatusChange) {
        assert_eq!(change.from, self.status, "a change was left out");
        if change.from == change.to {
            assert_eq!(change.to, ConnectionStatus::Disconnected);
            assert!(matches!(change.retry, Retry::Never | Retry::OnForeground));
        }
        if change.to == ConnectionStatus::Disconnected {
            self.open = None;
        } else {
            assert_eq!(change.retry, Retry::NotNeeded);
        }
        self.status = change.to;
    }
}

pub(super) fn is_open(output: &Output) -> bool {
    matches!(output, Output::OpenLink(_))
}

pub(super) fn is_ping(output: &Output) -> bool {
    matches!(output, Output::SendPing(_))
}

pub(super) fn is_prompt(output: &Output) -> bool {
    matches!(output, Output::KeepAliveDue)
}

pub(super) fn not_connected(cause: Cause) -> Option<Result<Settled, Failure>> {
    Some(Err(Failure::NotConnected {
        cause,
        reason: None,
    }))
}

pub(super) const CONNECTED: Option<Result<Settled, Failure>> = Some(Ok(Settled::Connected));
pub(super) const DISCONNECTED: Option<Result<Settled, Failure>> = Some(Ok(Settled::Disconnected));
pub(super) const NOT_LOGGED_IN: Option<Result<Settled, Failure>> = Some(Err(Failure::NotLoggedIn));
