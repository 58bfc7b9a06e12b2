//! An outbox in virtual time: a scripted server, and a record of everything that happened.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};

use crate::{
    client::{
        ChatError, ErrorCode, OutboxChange, OutboxLimits, OutboxState, Request, SendsPause,
        outbox::{Attempt, Input, LookupResult, Outbox, Output, SavedEntry, Search, SendError},
    },
    connection::{Cause, Now, Timing, virtual_time::START},
    model::{
        ConversationId, Message, MessageContent, MessageId, OutgoingMessage, Receiver, ReceiverId,
        TextMessage, Timestamp, User,
    },
};

pub(super) use crate::connection::virtual_time::{millis, secs};

/// What the network and the server do with an attempt to send a message.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    Stored,
    Refused,
    Throttled(Option<Duration>),
    NeverLeft,
    /// It gets lost on the way.
    Lost,
    /// It arrives after this time, and the reply is lost.
    ReplyLost(Duration),
}

/// The outcome of a lookup.
#[derive(Clone, Debug)]
pub(super) enum Look {
    Answered,
    Lost,
    Refused,
    OutOfReach,
}

/// A message or a reply under way.
enum Coming {
    Posted(Attempt, Result<Message, SendError>),
    LookedUp(Attempt, Search, Look),
    /// A request reaches the server.
    Arrives(Arc<str>, Arc<OutgoingMessage>),
}

pub(super) struct World {
    pub(super) outbox: Outbox,
    /// The fates of the next attempts. After them, everything is stored.
    pub(super) fates: VecDeque<Fate>,
    pub(super) looks: VecDeque<Look>,
    pub(super) online: bool,
    pub(super) latency: Duration,
    /// What the server has, in order.
    pub(super) stored: Vec<Message>,
    /// Everything that the outbox did, with the time since the start.
    pub(super) log: Vec<(Duration, String)>,
    pub(super) changes: Vec<OutboxChange>,
    pub(super) pauses: Vec<(Duration, SendsPause)>,
    pub(super) saved: Vec<SavedEntry>,
    /// The requests of the game's, by muid.
    pub(super) requests: HashMap<String, Vec<Request<Message>>>,
    limits: OutboxLimits,
    timing: Timing,
    now: Now,
    on_the_way: BTreeMap<(Duration, usize), Coming>,
    open_requests: Arc<AtomicUsize>,
    under_way: HashMap<Attempt, ReceiverId>,
    count: usize,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(change: impl FnOnce(&mut OutboxLimits)) -> Self {
        let mut limits = OutboxLimits::default();
        change(&mut limits);
        Self::seeded(limits, 1)
    }

    pub(super) fn seeded(limits: OutboxLimits, seed: u64) -> Self {
        let timing = Timing::default();
        Self {
            outbox: Outbox::new(&limits, &timing, seed),
            fates: VecDeque::new(),
            looks: VecDeque::new(),
            online: true,
            latency: millis(20),
            stored: Vec::new(),
            log: Vec::new(),
            changes: Vec::new(),
            pauses: Vec::new(),
            saved: Vec::new(),
            requests: HashMap::new(),
            limits,
            timing,
            now: START,
            on_the_way: BTreeMap::new(),
            open_requests: Arc::default(),
            under_way: HashMap::new(),
            count: 0,
        }
    }

    pub(super) fn time(&self) -> Duration {
        self.now.monotonic - START.monotonic
    }

    /// Sends a text under a muid.
    pub(super) fn send(&mut self, to: &str, muid: &str) {
        self.send_message(text(to, muid));
    }

    pub(super) fn send_message(&mut self, message: OutgoingMessage) {
        let (request, done) = Request::new(&self.open_requests).expect("few are open");
        let muid = message.envelope.muid.clone().expect("a muid");
        self.requests
            .entry(muid.to_string())
            .or_default()
            .push(request);
        self.put(Input::Send {
            muid,
            message: Arc::new(message),
            newest: None,
            done,
        });
    }

    pub(super) fn resend(&mut self, muid: &str) {
        let (request, done) = Request::new(&self.open_requests).expect("few are open");
        self.requests
            .entry(muid.to_owned())
            .or_default()
            .push(request);
        self.put(Input::Resend {
            muid: muid.into(),
            done,
        });
    }

    pub(super) fn discard(&mut self, muid: &str) -> Result<(), ChatError> {
        let (request, done) = Request::new(&self.open_requests).expect("few are open");
        self.put(Input::Discard {
            muid: muid.into(),
            done,
        });
        request.outcome().expect("it ends at once")
    }

    /// The game is killed and started again.
    pub(super) fn restart(&mut self) {
        // Requests that had left may still arrive.
        self.on_the_way
            .retain(|_, coming| matches!(coming, Coming::Arrives(..)));
        self.under_way.clear();
        self.requests.clear();
        self.outbox = Outbox::new(
            &self.limits,
            &self.timing,
            self.now.monotonic.as_nanos() as u64,
        );
        let saved = self.saved.clone();
        self.put(Input::Restored(saved));
    }

    pub(super) fn put(&mut self, input: Input) {
        self.outbox.handle(input, self.now);
        while let Some(output) = self.outbox.poll_output() {
            self.carry_out(output);
        }
    }

    /// Lets time pass, with every deadline met and everything on the way arriving in its time.
    pub(super) fn run_for(&mut self, duration: Duration) {
        let end = self.now.monotonic + duration;
        let mut standing_still = 0;
        loop {
            let coming = self.on_the_way.keys().next().map(|(at, _)| *at);
            let deadline = self.outbox.next_deadline();
            let Some(next) = coming
                .into_iter()
                .chain(deadline)
                .min()
                .filter(|at| *at <= end)
            else {
                break;
            };
            standing_still = if next > self.now.monotonic {
                0
            } else {
                standing_still + 1
            };
            assert!(standing_still < 1_000, "busy loop at {:?}", self.time());
            self.skip_to(next);
            match coming.filter(|at| *at <= self.now.monotonic) {
                Some(_) => self.let_one_arrive(),
                None => self.put(Input::Tick),
            }
        }
        self.skip_to(end);
    }

    /// The machine sleeps: the monotonic clock stands still.
    pub(super) fn sleep(&mut self, duration: Duration) {
        self.now.wall += duration;
        self.now.uptime += duration;
        self.put(Input::Tick);
    }

    /// Somebody sets the wall clock.
    pub(super) fn set_wall_clock(&mut self, wall: Duration) {
        self.now.wall = wall;
        self.put(Input::Tick);
    }

    fn skip_to(&mut self, monotonic: Duration) {
        let passed = monotonic.saturating_sub(self.now.monotonic);
        self.now.monotonic += passed;
        self.now.wall += passed;
        self.now.uptime += passed;
    }

    fn let_one_arrive(&mut self) {
        let Some((_, coming)) = self.on_the_way.pop_first() else {
            return;
        };
        match coming {
            Coming::Posted(attempt, outcome) => {
                self.under_way.remove(&attempt);
                self.put(Input::Posted(attempt, outcome));
            }
            Coming::LookedUp(attempt, search, look) => {
                self.under_way.remove(&attempt);
                let outcome = self.look(&search, look);
                self.put(Input::LookedUp(attempt, outcome));
            }
            Coming::Arrives(muid, message) => drop(self.store(&muid, &message)),
        }
    }

    fn carry_out(&mut self, output: Output) {
        let at = self.time();
        match output {
            Output::Settle(settlement) => settlement.deliver(),
            Output::Changed(change) => {
                self.check_failure(&change);
                self.log
                    .push((at, format!("{} {}", change.muid, name(&change.state))));
                self.changes.push(*change);
            }
            Output::Paused(pause) => self.pauses.push((at, pause)),
            Output::Save => {
                self.saved = self.outbox.to_saved();
                self.log.push((at, "save".into()));
            }
            Output::Post(attempt, muid, message) => self.post(attempt, &muid, &message),
            Output::LookUp(attempt, search) => {
                self.log.push((at, format!("look {}", search.muid)));
                self.begin(attempt, &search.receiver);
                let look = if self.online {
                    self.looks.pop_front().unwrap_or(Look::Answered)
                } else {
                    Look::Lost
                };
                self.later(self.latency, Coming::LookedUp(attempt, search, look));
            }
            Output::GiveUp(attempt) => {
                self.under_way.remove(&attempt);
                let is_its = |coming: &Coming| match coming {
                    Coming::Posted(of, _) | Coming::LookedUp(of, ..) => *of == attempt,
                    Coming::Arrives(..) => false,
                };
                self.on_the_way.retain(|_, coming| !is_its(coming));
            }
        }
    }

    /// A player who is told that a message was not sent may write it again.
    fn check_failure(&self, change: &OutboxChange) {
        let OutboxState::Failed(error) = &change.state else {
            return;
        };
        if matches!(
            error.code,
            ErrorCode::OutboxUnconfirmed | ErrorCode::Cancelled
        ) {
            return;
        }
        let is_it = |muid: &str| *muid == *change.muid;
        let is_stored = self.muids().into_iter().any(is_it);
        let arrives = self
            .on_the_way
            .values()
            .any(|coming| matches!(coming, Coming::Arrives(muid, _) if is_it(muid)));
        assert!(
            !is_stored && !arrives,
            "O5: {} was sent: {error}",
            change.muid
        );
    }

    fn post(&mut self, attempt: Attempt, muid: &Arc<str>, message: &Arc<OutgoingMessage>) {
        self.log.push((self.time(), format!("post {muid}")));
        self.begin(attempt, &message.envelope.receiver);
        let fate = if self.online {
            self.fates.pop_front().unwrap_or(Fate::Stored)
        } else {
            Fate::NeverLeft
        };
        if !matches!(fate, Fate::NeverLeft) {
            self.log.push((self.time(), "left".into()));
        }
        let error = |code| ChatError::new(code, "scripted");
        let outcome = match fate {
            Fate::Stored => Ok(self.store(muid, message)),
            Fate::Refused => Err(SendError::Refused(error(ErrorCode::Other("ERR_NO".into())))),
            Fate::Throttled(retry_after) => Err(SendError::Throttled(ChatError {
                retry_after,
                ..error(ErrorCode::RateLimited)
            })),
            Fate::NeverLeft => Err(SendError::NeverLeft(ChatError {
                cause: Some(Cause::Unreachable),
                ..error(ErrorCode::ServerUnreachable)
            })),
            Fate::Lost => Err(SendError::Lost(error(ErrorCode::ServerUnreachable))),
            Fate::ReplyLost(delay) => {
                let arrives = Coming::Arrives(muid.clone(), message.clone());
                self.later(self.latency + delay, arrives);
                Err(SendError::Lost(error(ErrorCode::ServerUnreachable)))
            }
        };
        self.later(self.latency, Coming::Posted(attempt, outcome));
    }

    fn begin(&mut self, attempt: Attempt, receiver: &ReceiverId) {
        let is_busy = self.under_way.values().any(|busy| busy == receiver);
        assert!(!is_busy, "O1: two at once to {receiver:?}");
        self.under_way.insert(attempt, receiver.clone());
        assert!(self.under_way.len() <= 4, "O1: too many at once");
    }

    fn look(&self, search: &Search, look: Look) -> Result<LookupResult, SendError> {
        let error = |code| ChatError::new(code, "scripted");
        let found = self.stored.iter().find(|message| {
            message.muid.as_deref() == Some(&*search.muid) && message.id > search.after
        });
        match (look, found) {
            (Look::Lost, _) => Err(SendError::Lost(error(ErrorCode::ServerUnreachable))),
            (Look::Refused, _) => Err(SendError::Refused(error(ErrorCode::Other("ERR_NO".into())))),
            (Look::OutOfReach, _) => Ok(LookupResult::OutOfReach),
            (Look::Answered, Some(message)) => Ok(LookupResult::Found(Box::new(message.clone()))),
            (Look::Answered, None) => Ok(LookupResult::NotThere),
        }
    }

    fn store(&mut self, muid: &Arc<str>, message: &OutgoingMessage) -> Message {
        let is_there = |stored: &Message| stored.muid.as_ref() == Some(muid);
        assert!(
            !self.stored.iter().any(is_there),
            "O5: {muid} was sent twice"
        );
        let stored = as_stored(self.stored.len() as u64 + 1, muid, message);
        self.stored.push(stored.clone());
        stored
    }

    fn later(&mut self, delay: Duration, coming: Coming) {
        self.count += 1;
        let at = self.now.monotonic + delay;
        self.on_the_way.insert((at, self.count), coming);
    }

    /// The times of these entries of the log.
    pub(super) fn times_of(&self, what: &str) -> Vec<Duration> {
        let is_it = |(_, logged): &&(Duration, String)| logged == what;
        self.log.iter().filter(is_it).map(|(at, _)| *at).collect()
    }

    /// The muids that the server has, in order.
    pub(super) fn muids(&self) -> Vec<&str> {
        let muid = |message| Message::muid_or_none(message);
        self.stored.iter().filter_map(muid).collect()
    }

    /// The reports about a message, in order.
    pub(super) fn states(&self, muid: &str) -> Vec<&'static str> {
        let of_it = self.changes.iter().filter(|change| &*change.muid == muid);
        of_it.map(|change| name(&change.state)).collect()
    }

    /// The outcome of the message's last request.
    pub(super) fn outcome(&self, muid: &str) -> Option<Result<u64, ErrorCode>> {
        let outcome = self.requests[muid].last()?.outcome()?;
        Some(
            outcome
                .map(|message| message.id.0)
                .map_err(|error| error.code),
        )
    }
}

impl Message {
    fn muid_or_none(&self) -> Option<&str> {
        self.muid.as_deref()
    }
}

pub(super) fn text(to: &str, muid: &str) -> OutgoingMessage {
    TextMessage::to_user(to, format!("this is {muid}"))
        .with_muid(muid)
        .into()
}

pub(super) fn as_stored(id: u64, muid: &Arc<str>, message: &OutgoingMessage) -> Message {
    let other = Arc::new(User::new(message.envelope.receiver.as_str(), "Other"));
    Message {
        id: MessageId(id),
        muid: Some(muid.clone()),
        conversation_id: ConversationId::from("own_user_other"),
        sender: Arc::new(User::new("own", "Own")),
        receiver: Receiver::User(other),
        sent_at: Timestamp(1),
        updated_at: Timestamp(1),
        content: MessageContent::Text("stored".into()),
        metadata: None,
        parent_id: None,
        details: None,
    }
}

fn name(state: &OutboxState) -> &'static str {
    match state {
        OutboxState::Pending => "pending",
        OutboxState::Sent(_) => "sent",
        OutboxState::Failed(_) => "failed",
        OutboxState::Discarded => "discarded",
    }
}
