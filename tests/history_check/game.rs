use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use async_io::block_on;
use bevy_cometchat::{
    AppSettings, AuthKey, ChatError,
    client::{
        Client, Event, Events, MemoryStore, OutboxChange, OutboxState, Recovery, Request,
        SendHandle,
    },
    connection::{AppState, ConnectionStatus, SessionOrigin},
    model::{Message, MessageContent, MessageId, ReceiverId, TextMessage, Uid},
    test_util::NetworkSimulator,
};

use super::{
    fake_cloud::WITHHELD,
    history::{Fact, History, NOISE, Seen, Why},
    server::{APP, KEY, PATIENCE},
    state::State,
};

/// A game with a network of its own. Its session outlives it, as on disk.
pub(crate) struct Game {
    number: usize,
    pub(crate) network: NetworkSimulator,
    session: Arc<MemoryStore>,
    /// It connects when the player says so, and not by itself.
    is_manual: bool,
    pub(crate) hangs: bool,
    pub(crate) user: Option<Uid>,
    pub(crate) client: Client,
    events: Events,
    sends: Vec<(u64, SendHandle)>,
    /// The messages in its outbox, also those of its runs before, by their numbers.
    unsent: HashSet<u64>,
    changes: Vec<Change>,
    /// What its user has sent and may change.
    own: Vec<Own>,
    /// The messages that it got, by their numbers.
    pub(crate) received: HashSet<u64>,
}

/// A message of the user's own.
struct Own {
    number: u64,
    to: ReceiverId,
    state: State,
}

/// It is asked to be in this state.
struct Change {
    own: Own,
    request: Request<Message>,
}

impl Game {
    pub(crate) fn new(number: usize, is_manual: bool, server: SocketAddr, seed: u64) -> Self {
        let network = NetworkSimulator::start(server, seed).expect("a network");
        let session = Arc::new(MemoryStore::default());
        let (client, events) = start(&network, &session, is_manual);
        Self {
            number,
            network,
            session,
            is_manual,
            hangs: false,
            user: None,
            client,
            events,
            sends: Vec::new(),
            unsent: HashSet::new(),
            changes: Vec::new(),
            own: Vec::new(),
            received: HashSet::new(),
        }
    }

    pub(crate) fn send(&mut self, number: u64, to: ReceiverId, history: &mut History) {
        history.add(Fact::Sent {
            game: self.number,
            number,
            to: to.clone(),
        });
        let message = TextMessage::new(to, State::FIRST.text(number)).with_muid(number.to_string());
        self.sends.push((number, self.client.send_message(message)));
    }

    /// Changes one of its own messages, if there are any.
    pub(crate) fn change(&mut self, pick: usize, delete: bool, history: &mut History) {
        if self.own.is_empty() {
            return;
        }
        let mut own = self.own.swap_remove(pick % self.own.len());
        let id = history.id(own.number).expect("it was acknowledged");
        own.state = if delete {
            State::Deleted
        } else {
            own.state.next()
        };
        history.add(Fact::Changing {
            game: self.number,
            number: own.number,
            state: own.state,
        });
        let message = TextMessage::new(own.to.clone(), own.state.text(own.number));
        let request = if delete {
            self.client.delete_message(id)
        } else {
            self.client.edit_message(id, message)
        };
        self.changes.push(Change { own, request });
    }

    /// How many answers it waits for.
    pub(crate) fn waiting(&self) -> usize {
        self.sends.len() + self.unsent.len() + self.changes.len()
    }

    /// The messages that are to be sent, and those that are to be changed, by their numbers.
    pub(crate) fn unanswered(&self) -> (Vec<u64>, Vec<u64>) {
        let sends = self.sends.iter().map(|(number, _)| *number);
        let changes = self.changes.iter().map(|change| change.own.number);
        (
            sends.chain(self.unsent.iter().copied()).collect(),
            changes.collect(),
        )
    }

    /// Logs in, however often the network says no.
    pub(crate) fn log_in(&mut self, uid: &str, history: &mut History) {
        let start = Instant::now();
        loop {
            assert!(start.elapsed() < PATIENCE, "no login succeeds");
            let login = self.client.login(AuthKey::new(uid, KEY));
            while login.outcome().is_none() {
                assert!(start.elapsed() < PATIENCE, "a login does not end");
                self.look(history);
                thread::sleep(Duration::from_millis(1));
            }
            self.look(history);
            if login.outcome().is_some_and(|outcome| outcome.is_ok()) {
                break;
            }
        }
        self.connect();
    }

    /// What the player's hand does in manual mode.
    pub(crate) fn connect(&self) {
        if self.is_manual {
            let _runs_on = self.client.connect();
        }
    }

    /// Ends, and starts again with the session that it saved.
    pub(crate) fn restart(&mut self, history: &mut History) {
        self.end(history);
        self.hangs = false;
        (self.client, self.events) = start(&self.network, &self.session, self.is_manual);
        self.look(history);
        self.connect();
    }

    /// Ends, and takes in what still came.
    pub(crate) fn end(&mut self, history: &mut History) {
        self.client.shut_down();
        while let Some(event) = block_on(self.events.next()) {
            self.take_in(event, history);
        }
        self.look(history);
        self.unsent.clear();
        assert_eq!(self.waiting(), 0, "a request outlived its client");
    }

    /// A frame of the game: takes in what has come.
    pub(crate) fn look(&mut self, history: &mut History) {
        while let Some(event) = self.events.try_next() {
            self.take_in(event, history);
        }
        if self.events.take_keep_alive_due() && !self.hangs {
            self.client.ping().ignore_errors();
        }
        let is_sent = |(_, request): &mut (u64, SendHandle)| request.outcome().is_some();
        for (number, request) in self.sends.extract_if(.., is_sent) {
            if let Some(Err(error)) = request.outcome() {
                history.add(Fact::Unacknowledged {
                    number,
                    state: State::FIRST,
                    why: error.to_string(),
                });
            }
        }
        let is_changed = |change: &mut Change| change.request.outcome().is_some();
        for Change { own, request } in self.changes.extract_if(.., is_changed) {
            let Own { number, state, .. } = own;
            match request.outcome() {
                Some(Ok(Message { id, .. })) => {
                    history.add(Fact::Acknowledged { number, id, state });
                    if state != State::Deleted {
                        self.own.push(own);
                    }
                }
                // It may have come to pass or not, and may still: nobody changes that message any more.
                Some(Err(error)) => history.add(Fact::Unacknowledged {
                    number,
                    state,
                    why: error.to_string(),
                }),
                None => {}
            }
        }
    }

    fn take_in(&mut self, event: Event, history: &mut History) {
        let game = self.number;
        match event {
            Event::LoggedIn { user, origin } => {
                let is_restored = origin == SessionOrigin::Restored;
                if !is_restored {
                    self.own.clear();
                }
                self.user = Some(user.uid.clone());
                history.add(Fact::LoggedIn {
                    game,
                    user: user.uid.clone(),
                    is_restored,
                });
            }
            Event::LoggedOut { cause, .. } => {
                self.user = None;
                history.add(Fact::LoggedOut { game, cause });
            }
            Event::StatusChanged(change) => match change.to {
                ConnectionStatus::Connected => history.add(Fact::Connected { game }),
                ConnectionStatus::Disconnected => history.add(Fact::Disconnected {
                    game,
                    cause: change.cause,
                }),
                _ => {}
            },
            Event::MessageReceived(message) if is_unreadable(&message) => {}
            Event::MessageReceived(message) => {
                let message = seen(&message, history);
                self.received.extend(message.number);
                history.add(Fact::Received { game, message });
            }
            Event::MessageEdited(message) | Event::MessageDeleted(message) => {
                let message = seen(&message, history);
                history.add(Fact::SawChange { game, message });
            }
            Event::OutboxChanged(change) => self.take_note(*change, history),
            Event::MessagesRecovered(recovery) => self.recover(*recovery, history),
            Event::SessionSetAside { reason } => panic!("{reason}"),
            _ => {}
        }
    }

    /// Messages of an earlier run have no request any more.
    fn take_note(&mut self, change: OutboxChange, history: &mut History) {
        let number = change.muid.parse().expect("its number");
        match change.state {
            OutboxState::Pending => self.unsent.insert(number),
            _ => self.unsent.remove(&number),
        };
        if let OutboxState::Sent(message) = change.state {
            let state = State::FIRST;
            let (id, to) = (message.id, message.receiver.to_id());
            history.add(Fact::Acknowledged { number, id, state });
            self.own.push(Own { number, to, state });
        }
    }

    fn recover(&self, recovery: Recovery, history: &mut History) {
        let game = self.number;
        history.add(Fact::Recovered {
            game,
            messages: recovery.recovered,
            changes: recovery.changed,
        });
        let reason = |error: Option<ChatError>| Why {
            is_answered: error.as_ref().is_some_and(is_answered),
            error: error.map_or("the limit".to_owned(), |error| error.to_string()),
        };
        if let Some(gap) = recovery.gap {
            // There is no limit. Without an error, what a first connection missed has no beginning; any other gap would
            // be of messages that the server has lost, and it loses none.
            let has_lost = gap.error.is_none() && gap.after > MessageId(0);
            let why = if has_lost {
                Why {
                    is_answered: true,
                    error: "the server is said to have lost messages".into(),
                }
            } else {
                reason(gap.error)
            };
            history.add(Fact::Gap {
                game,
                after: gap.after,
                before: gap.before,
                why,
            });
        }
        if let Some(gap) = recovery.changes_gap {
            history.add(Fact::ChangesGap {
                game,
                why: reason(gap.error),
            });
        }
    }
}

/// Whether an error is something else than that the server was out of reach.
fn is_answered(error: &ChatError) -> bool {
    error.cause.is_none() && !error.message.starts_with("the request to ")
}

/// Whether it is a message whose text the fake cloud has made unreadable.
fn is_unreadable(message: &Message) -> bool {
    let MessageContent::Unmodelled(content) = &message.content else {
        return false;
    };
    message.sender.uid == *NOISE && &*content.category == "message"
}

fn seen(message: &Message, history: &History) -> Seen {
    let read = message.text().and_then(State::read);
    let (number, state) = match read {
        Some((number, state)) => (Some(number), Some(state)),
        None => (history.number(message.id), None),
    };
    Seen {
        id: message.id,
        number,
        state: if message.is_deleted() {
            Some(State::Deleted)
        } else {
            state
        },
        since: message
            .deleted_at()
            .or(message.edited_at())
            .unwrap_or(message.sent_at),
        from: message.sender.uid.clone(),
        to: message.receiver.to_id(),
    }
}

/// A client with the session that is saved, if any.
fn start(
    network: &NetworkSimulator,
    session: &Arc<MemoryStore>,
    is_manual: bool,
) -> (Client, Events) {
    let settings = AppSettings::builder()
        .local_server(network.address(), None)
        .session_store(session.clone())
        .auto_establish_socket_connection(!is_manual)
        .request_timeout(Duration::from_secs(2))
        .recovery_limit(usize::MAX)
        .outbox(|limits| limits.per_minute = None)
        .persistent_outbox(true)
        .timing(|timing| {
            timing.backoff_first = Duration::from_millis(20);
            timing.backoff_base = Duration::from_millis(20);
            timing.backoff_cap = Duration::from_millis(200);
            timing.attempt_spacing = Duration::from_millis(20);
            timing.attempt_timeout = Duration::from_secs(2);
            timing.heartbeat_interval = Duration::from_millis(200);
            timing.pong_timeout = Duration::from_millis(500);
            timing.background_timeout = Duration::from_millis(500);
            timing.recheck_after = 2 * WITHHELD;
        });
    let (client, events) = Client::start().expect("a thread");
    client.set_app_state(AppState::Foreground);
    block_on(client.init(APP, settings.build())).expect("init succeeds");
    (client, events)
}
