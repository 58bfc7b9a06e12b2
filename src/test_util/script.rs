use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use super::{
    groups::Groups,
    sends::Fate,
    timeline::{Happening, Timeline},
};
use crate::{
    client::{
        ChatError, Command, Completer, DriverEnd, Event, Item, OutboxLimits, Waiting,
        ephemeral::{self, Ephemeral},
        operation::{Call, PendingCall},
        outbox::{self, Attempt, Outbox, SavedEntry, Search},
        renewal::Renewal,
    },
    connection::{
        AppState, Cause, ConnectionMachine, ConnectionStatus, Input, LinkId, LinkLoss, Now, Output,
        StatusChange, Ticket, Timing,
    },
    model::{Message, OutgoingMessage, Uid, User},
};

/// The state of everything behind the client: driver, network and server, in virtual time.
pub(super) struct Script {
    pub(super) now: Duration,
    pub(super) end: Option<DriverEnd>,
    pub(super) connection: Option<ConnectionMachine>,
    pub(super) user: Option<Arc<User>>,
    pub(super) login: Option<Completer<Arc<User>>>,
    pub(super) outbox: Outbox,
    pub(super) persistent_outbox: bool,
    pub(super) renewal: Renewal<Parked>,
    pub(super) renewing: Option<Completer<Arc<User>>>,
    pub(super) calls: HashMap<u64, PendingCall>,
    pub(super) waiting: HashMap<Ticket, Waiting>,
    pub(super) ephemeral: Ephemeral,
    pub(super) app_state: AppState,
    pub(super) keep_alive: Option<bool>,
    pub(super) timeline: Timeline,
    pub(super) last_id: u64,
    pub(super) saved: Saved,
    pub(super) saved_outbox: Vec<SavedEntry>,
    pub(super) server: Server,
    pub(super) log: Log,
}

/// What the platform's storage holds. It outlives the app.
#[derive(Clone)]
pub(super) enum Saved {
    Nothing,
    Session(Arc<User>),
    Rubbish,
}

/// A request that waits for a new token.
pub(super) enum Parked {
    Post(Attempt, Arc<str>, Arc<OutgoingMessage>),
    Look(Attempt, Search),
    Call(u64, Call),
}

/// How the server behaves.
pub(super) struct Server {
    pub(super) latency: Duration,
    pub(super) connections: OnConnect,
    pub(super) answers_pings: bool,
    pub(super) login_errors: VecDeque<ChatError>,
    /// Whether requests over HTTP reach it.
    pub(super) online: bool,
    pub(super) token_expired: bool,
    pub(super) fates: VecDeque<Fate>,
    /// The user's own messages.
    pub(super) stored: HashMap<Arc<str>, Message>,
    pub(super) answers: VecDeque<Result<String, ChatError>>,
    pub(super) groups: Groups,
    pub(super) last_message_id: u64,
}

pub(super) enum OnConnect {
    Accept,
    Refuse(LinkLoss),
    Ignore,
}

/// What the client was seen to do.
#[derive(Default)]
pub(super) struct Log {
    pub(super) attempts: usize,
    pub(super) closes: usize,
    pub(super) pings: usize,
    pub(super) ping_frames: usize,
    pub(super) logins: Vec<Uid>,
    pub(super) sent: Vec<OutgoingMessage>,
    pub(super) calls: Vec<String>,
    pub(super) frames: Vec<String>,
    pub(super) status_changes: Vec<StatusChange>,
    pub(super) shut_down: bool,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            now: Duration::ZERO,
            end: None,
            connection: None,
            user: None,
            login: None,
            outbox: Outbox::new(&OutboxLimits::default(), &Timing::default(), 0),
            persistent_outbox: false,
            renewal: Renewal::new(Duration::ZERO),
            renewing: None,
            calls: HashMap::new(),
            waiting: HashMap::new(),
            ephemeral: Ephemeral::default(),
            app_state: AppState::default(),
            keep_alive: None,
            timeline: Timeline::default(),
            last_id: 0,
            saved: Saved::Nothing,
            saved_outbox: Vec::new(),
            server: Server {
                latency: Duration::ZERO,
                connections: OnConnect::Accept,
                answers_pings: true,
                login_errors: VecDeque::new(),
                online: true,
                token_expired: false,
                fates: VecDeque::new(),
                stored: HashMap::new(),
                answers: VecDeque::new(),
                groups: Groups::default(),
                last_message_id: 0,
            },
            log: Log::default(),
        }
    }
}

impl Script {
    /// Starts over with a new client; what is saved stays saved.
    pub(super) fn start(&mut self, end: DriverEnd) {
        let now = self.now;
        let saved = self.saved.clone();
        let saved_outbox = std::mem::take(&mut self.saved_outbox);
        let last_message_id = self.server.last_message_id;
        let server = std::mem::replace(&mut self.server, Self::default().server);
        *self = Self {
            now,
            saved,
            saved_outbox,
            server: Server {
                last_message_id,
                ..server
            },
            end: Some(end),
            ..Self::default()
        };
    }

    /// Obeys what the game has asked for, at the time at which it did.
    pub(super) fn obey_game(&mut self) {
        while let Some(command) = self.next_command() {
            self.obey(command);
        }
        self.run_until(self.now);
    }

    /// Lets time pass: everything due by then happens at its own time.
    pub(super) fn run_until(&mut self, end: Duration) {
        while self.step(end) {}
        self.now = self.now.max(end);
        self.flush();
    }

    /// Lets the next thing happen that is due by `end`. Returns whether there was one.
    pub(super) fn step(&mut self, end: Duration) -> bool {
        let deadline = self.next_deadline();
        let coming = self.timeline.next_at();
        let is_deadline = match (coming, deadline) {
            (Some(coming), Some(deadline)) => deadline < coming,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        let Some(at) = (if is_deadline { deadline } else { coming }).filter(|&at| at <= end) else {
            return false;
        };
        self.now = self.now.max(at);
        if is_deadline {
            self.tick();
        } else if let Some(happening) = self.timeline.pop() {
            self.react(happening);
        }
        true
    }

    fn next_deadline(&self) -> Option<Duration> {
        let renewal_ends_at = self.renewal.ends_at().filter(|_| self.renewing.is_none());
        [
            self.connection
                .as_ref()
                .and_then(ConnectionMachine::next_deadline),
            self.outbox.next_deadline(),
            self.ephemeral.next_deadline(),
            renewal_ends_at,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn tick(&mut self) {
        self.handle(Input::Tick);
        self.work_outbox(outbox::Input::Tick);
        self.handle_ephemeral(ephemeral::Input::Tick);
        self.end_overdue_renewal();
    }

    pub(super) fn flush(&mut self) {
        if let Some(end) = &mut self.end {
            end.sink.flush();
        }
    }

    pub(super) fn handle(&mut self, input: Input) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        connection.handle(input, Now::at(self.now));
        while let Some(output) = self
            .connection
            .as_mut()
            .and_then(ConnectionMachine::poll_output)
        {
            self.carry_out(output);
        }
    }

    pub(super) fn emit(&mut self, event: Event) {
        self.push_item(event);
    }

    pub(super) fn push_item(&mut self, item: impl Into<Item>) {
        if let Some(end) = &mut self.end {
            end.sink.push(item);
        }
    }

    pub(super) fn settle<T: Clone + Send + 'static>(
        &mut self,
        done: Completer<T>,
        outcome: Result<T, ChatError>,
    ) {
        self.push_item(done.settle(outcome));
    }

    pub(super) fn soon(&mut self, happening: Happening) {
        self.timeline
            .add(self.now.saturating_add(self.server.latency), happening);
    }

    /// Who is logged in.
    pub(super) fn user(&self) -> Result<Arc<User>, ChatError> {
        match (&self.connection, &self.user) {
            (None, _) => Err(ChatError::not_initialized()),
            (_, None) => Err(ChatError::not_logged_in()),
            (_, Some(user)) => Ok(user.clone()),
        }
    }

    pub(super) fn live_link(&self) -> Option<LinkId> {
        self.connection
            .as_ref()
            .and_then(ConnectionMachine::live_link)
    }

    pub(super) fn open_link(&self) -> Option<LinkId> {
        self.connection
            .as_ref()
            .and_then(ConnectionMachine::open_link)
    }

    fn next_command(&self) -> Option<Command> {
        self.end.as_ref()?.commands.try_recv().ok()
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::OpenLink(link) if self.renewal.is_under_way() => {
                let loss = LinkLoss::new(Cause::TokenExpired);
                self.soon(Happening::LinkLost(link, loss));
            }
            Output::OpenLink(link) => self.answer_attempt(link),
            Output::CloseLink(_) => self.log.closes += 1,
            Output::SendPing(link) => self.answer_ping(link),
            Output::Status(change) => {
                let is_live = change.to == ConnectionStatus::Connected;
                self.log.status_changes.push(change.clone());
                self.emit(Event::StatusChanged(change));
                if !is_live {
                    self.handle_ephemeral(ephemeral::Input::Disconnected);
                }
            }
            Output::KeepAliveDue => {
                if let Some(end) = &mut self.end {
                    end.sink.report_keep_alive_due();
                }
            }
            Output::Settle(ticket, outcome) => {
                if let Some(waiting) = self.waiting.remove(&ticket) {
                    let ending = waiting.end(outcome.map_err(ChatError::from));
                    self.push_item(ending);
                }
            }
        }
    }
}
