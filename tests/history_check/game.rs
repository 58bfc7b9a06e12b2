use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use async_io::block_on;
use bevy_cometchat::{
    AppSettings, AuthKey,
    client::{Client, Event, Events, MemoryStore, MessageApi, OutboxState, Request},
    lifecycle::{AppState, ConnectionStatus, SessionOrigin},
    model::{Message, ReceiverId, TextMessage, Uid},
    test_util::NetworkSimulator,
};

use super::{
    history::{Fact, History, Received},
    server::{APP, KEY, PATIENCE},
};

const TEXT: &str = "message ";

/// A game with a network of its own. Its session outlives it, as on disk.
pub(crate) struct Game {
    number: usize,
    pub(crate) network: NetworkSimulator,
    session: Arc<MemoryStore>,
    /// The last game connects by its own calls only.
    is_manual: bool,
    pub(crate) hangs: bool,
    pub(crate) user: Option<Uid>,
    pub(crate) client: Client,
    events: Events,
    sends: Vec<(u64, Request<Message>)>,
    /// The messages in its outbox, also those of its runs before, by their numbers.
    unsent: HashSet<u64>,
    /// The messages that it got, by their numbers.
    pub(crate) received: HashSet<u64>,
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
            received: HashSet::new(),
        }
    }

    pub(crate) fn send(&mut self, number: u64, to: ReceiverId, history: &mut History) {
        history.add(Fact::Sent {
            game: self.number,
            number,
            to: to.clone(),
        });
        let message = TextMessage::new(to, format!("{TEXT}{number}")).with_muid(number.to_string());
        self.sends.push((number, self.client.send_message(message)));
    }

    /// Whether it waits for the answer to a message.
    pub(crate) fn is_sending(&self) -> bool {
        !self.sends.is_empty() || !self.unsent.is_empty()
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
            if login.outcome().is_some_and(|outcome| outcome.is_ok()) {
                break;
            }
        }
        self.look(history);
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
        assert!(self.sends.is_empty(), "a request outlived its client");
        self.unsent.clear();
    }

    /// A frame of the game: takes in what has come.
    pub(crate) fn look(&mut self, history: &mut History) {
        while let Some(event) = self.events.try_next() {
            self.take_in(event, history);
        }
        self.sends.retain(|(number, request)| {
            let Some(outcome) = request.outcome() else {
                return true;
            };
            if let Err(error) = outcome {
                history.add(Fact::Unacknowledged {
                    number: *number,
                    why: error.to_string(),
                });
            }
            false
        });
    }

    fn take_in(&mut self, event: Event, history: &mut History) {
        let game = self.number;
        match event {
            Event::LoggedIn { user, origin } => {
                self.user = Some(user.uid.clone());
                history.add(Fact::LoggedIn {
                    game,
                    user: user.uid.clone(),
                    is_restored: origin == SessionOrigin::Restored,
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
            Event::MessageReceived(message) => self.receive(&message, history),
            Event::OutboxChanged(change) => {
                let number = change.muid.parse().expect("its number");
                match change.state {
                    OutboxState::Pending => self.unsent.insert(number),
                    _ => self.unsent.remove(&number),
                };
                // Those of an earlier run have no request any more.
                if let OutboxState::Sent(Message { id, .. }) = change.state {
                    history.add(Fact::Acknowledged { number, id });
                }
            }
            Event::MessagesRecovered(recovery) => {
                history.add(Fact::Recovered {
                    game,
                    messages: recovery.recovered,
                });
                if let Some(gap) = recovery.gap {
                    history.add(Fact::Gap {
                        game,
                        after: gap.after,
                        before: gap.before,
                        why: gap
                            .error
                            .map_or("the limit".into(), |error| error.to_string()),
                    });
                }
            }
            Event::KeepAliveDue if !self.hangs => drop(self.client.ping()),
            Event::SessionSetAside { reason } => panic!("{reason}"),
            _ => {}
        }
    }

    fn receive(&mut self, message: &Message, history: &mut History) {
        let number = message.text().and_then(|text| text.strip_prefix(TEXT));
        let number = number.and_then(|number| number.parse().ok());
        self.received.extend(number);
        history.add(Fact::Received {
            game: self.number,
            message: Received {
                id: message.id,
                number,
                from: message.sender.uid.clone(),
                to: message.receiver.to_id(),
            },
        });
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
            timing.backoff_base = Duration::from_millis(20);
            timing.backoff_cap = Duration::from_millis(200);
            timing.attempt_spacing = Duration::from_millis(20);
            timing.attempt_timeout = Duration::from_secs(2);
            timing.heartbeat_interval = Duration::from_millis(200);
            timing.pong_timeout = Duration::from_millis(500);
            timing.grace = Duration::from_millis(500);
        });
    let (client, events) = Client::start().expect("a thread");
    client.set_app_state(AppState::Foreground);
    block_on(client.init(APP, settings.build())).expect("init succeeds");
    (client, events)
}
