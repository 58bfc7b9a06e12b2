//! A client whose events a test waits for.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    time::{Duration, Instant},
};

use async_io::{Timer, block_on};
use bevy_cometchat::{
    AppSettings, AuthKey, ChatError,
    client::{AppSettingsBuilder, Client, Event, Events, MemoryStore, SessionStore},
    connection::{Cause, ConnectionStatus, StatusChange},
    local_server::{LocalServer, LocalServerConfig},
    model::Message,
    test_util::{NetworkCondition, NetworkSimulator},
};
use futures_lite::FutureExt;

pub(super) const APP: &str = "app123";
pub(super) const KEY: &str = "key123";

/// How long anything may take on a slow machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A plain local server with alice and bob.
pub(super) fn server() -> LocalServer {
    LocalServer::start(config()).expect("the server starts")
}

pub(super) fn config() -> LocalServerConfig {
    LocalServerConfig::new(APP, KEY)
        .user("alice")
        .user("bob")
        .messages_per_minute(u32::MAX)
}

/// A network in front of the server, perfect so far.
pub(super) fn network(server: &LocalServer) -> NetworkSimulator {
    NetworkSimulator::start(server.address(), 1).expect("the network starts")
}

/// Settings for a plain server at `address`, with intervals short enough for a test, as many messages as a test likes,
/// and the session in memory.
pub(super) fn settings(address: std::net::SocketAddr) -> AppSettingsBuilder {
    AppSettings::builder()
        .local_server(address, None)
        .session_in_memory()
        .outbox(|limits| limits.per_minute = None)
        .timing(|timing| {
            timing.backoff_first = Duration::from_millis(50);
            timing.backoff_base = Duration::from_millis(50);
            timing.backoff_cap = Duration::from_millis(500);
            timing.attempt_spacing = Duration::from_millis(50);
        })
}

/// Cuts the player off, and waits until it is noticed.
pub(super) fn without_network(network: &NetworkSimulator, player: &mut Player) {
    network.set(NetworkCondition::refusing());
    network.reset_all();
    player.wait_until(ConnectionStatus::Disconnected);
}

pub(super) struct Player {
    pub(super) client: Client,
    events: Events,
    seen: Vec<String>,
}

impl Player {
    pub(super) fn new(settings: AppSettingsBuilder) -> Self {
        let (client, events) = Client::start().expect("a thread for the client");
        let player = Self {
            client,
            events,
            seen: Vec::new(),
        };
        ended(player.client.init(APP, settings.build())).expect("init succeeds");
        player
    }

    pub(super) fn logged_in(uid: &str, settings: AppSettingsBuilder) -> Self {
        let player = Self::new(settings);
        player.log_in(uid).expect("login succeeds");
        player
    }

    /// Logged in, in auto mode, and live.
    pub(super) fn live(uid: &str, settings: AppSettingsBuilder) -> Self {
        let mut player = Self::logged_in(uid, settings);
        player.wait_until(ConnectionStatus::Connected);
        player
    }

    pub(super) fn log_in(&self, uid: &str) -> Result<(), ChatError> {
        ended(self.client.login(AuthKey::new(uid, KEY))).map(drop)
    }

    /// The next event that `pick` takes; those before it are let go.
    pub(super) fn wait_for<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(Event) -> Option<T>,
    ) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let next = async { Some(self.events.next().await) };
            let too_late = async {
                Timer::at(deadline).await;
                None
            };
            match block_on(next.or(too_late)) {
                Some(Some(event)) => {
                    self.seen.push(format!("{event:?}"));
                    if let Some(found) = pick(event) {
                        return found;
                    }
                }
                Some(None) => panic!("the client stopped before {what}; seen: {:#?}", self.seen),
                None => panic!("no {what} in time; seen: {:#?}", self.seen),
            }
        }
    }

    pub(super) fn wait_until(&mut self, status: ConnectionStatus) -> StatusChange {
        self.wait_for(status.as_str(), |event| match event {
            Event::StatusChanged(change) if change.to == status => Some(change),
            _ => None,
        })
    }

    pub(super) fn wait_until_lost(&mut self, cause: Cause) -> StatusChange {
        self.wait_for("loss", |event| match event {
            Event::StatusChanged(change)
                if change.to == ConnectionStatus::Disconnected && change.cause == cause =>
            {
                Some(change)
            }
            _ => None,
        })
    }

    pub(super) fn wait_for_message(&mut self) -> Message {
        self.wait_for("message", |event| match event {
            Event::MessageReceived(message) => Some(message),
            _ => None,
        })
    }

    /// Everything that has arrived and was not looked at.
    pub(super) fn drain(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.events.try_next()).collect()
    }

    /// Everything that still comes until the client has stopped.
    pub(super) fn rest(&mut self) -> Vec<Event> {
        let mut rest = Vec::new();
        block_on(async {
            while let Some(event) = self.events.next().await {
                rest.push(event);
            }
        });
        rest
    }
}

/// The outcome of a request, which must end in time.
pub(super) fn ended<T>(
    request: impl Future<Output = Result<T, ChatError>>,
) -> Result<T, ChatError> {
    let too_late = async {
        Timer::after(PATIENCE).await;
        panic!("a request did not end in time");
    };
    block_on(request.or(too_late))
}

/// Storage that takes a session in and then breaks.
#[derive(Debug, Default)]
pub(super) struct BreakingStore {
    inner: MemoryStore,
    pub(super) broken: AtomicBool,
}

impl SessionStore for BreakingStore {
    fn load(&self) -> io::Result<Option<Vec<u8>>> {
        self.inner.load()
    }

    fn save(&self, record: &[u8]) -> io::Result<()> {
        if self.broken.load(SeqCst) {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            self.inner.save(record)
        }
    }

    fn set_aside(&self) -> io::Result<String> {
        self.inner.set_aside()
    }
}
