use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use async_io::{Timer, block_on};
use bevy_cometchat::{
    AppSettings, AuthKey,
    client::{Client, Event, Events},
    connection::ConnectionStatus,
    test_util::{NetworkCondition, NetworkSimulator},
};
use futures_lite::future;

use crate::{
    by_hand::ByHand,
    rules::STABLE,
    server_process::{APP, HERALD, KEY, uid},
};

/// How many messages a player misses each time.
const MISSED: usize = 5;
/// When nothing came for so long, nothing will.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client with a network of its own, which has outages.
pub(crate) struct Player {
    uid: String,
    network: NetworkSimulator,
    _client: Client,
    events: Events,
    live_since: Instant,
    herald: ByHand,
    by_hand: ByHand,
    said: usize,
    /// How often each text came.
    received: HashMap<String, usize>,
}

/// What an outage brought.
pub(crate) struct Outage {
    pub(crate) length: Duration,
    /// From the end of the outage to live.
    pub(crate) relive: Duration,
    /// From the start of the attempt that succeeded to live.
    pub(crate) attempt: Duration,
    /// The same attempt, made by hand.
    pub(crate) floor: Duration,
    pub(crate) missed: usize,
    pub(crate) recovered: usize,
    pub(crate) doubled: usize,
}

/// Settings with every default but where the server is.
pub(crate) fn settings(server: SocketAddr) -> AppSettings {
    AppSettings::builder()
        .local_server(server, None)
        .session_in_memory()
        .build()
}

impl Player {
    pub(crate) fn log_in(number: usize, server: SocketAddr) -> io::Result<Self> {
        let network = NetworkSimulator::start(server, number as u64)?;
        let uid = uid(number);
        let (client, events) = Client::start()?;
        block_on(client.init(APP, settings(network.address()))).map_err(io::Error::other)?;
        block_on(client.login(AuthKey::new(&*uid, KEY))).map_err(io::Error::other)?;
        let mut player = Self {
            herald: ByHand::log_in(server, HERALD)?,
            by_hand: ByHand::log_in(server, &*uid)?,
            uid,
            network,
            _client: client,
            events,
            live_since: Instant::now(),
            said: 0,
            received: HashMap::new(),
        };
        player.until(ConnectionStatus::Connected)?;
        player.live_since = Instant::now();
        Ok(player)
    }

    /// Has an outage of about this length, once the connection was live for long enough.
    pub(crate) fn have_outage(&mut self, length: Duration) -> io::Result<Outage> {
        let stable = self.live_since + STABLE;
        while self.next(stable).is_some() {}

        self.network.set(NetworkCondition::refusing());
        self.network.reset_all();
        let start = Instant::now();
        let missed: Vec<_> = (0..MISSED)
            .map(|_| self.say_something())
            .collect::<Result<_, _>>()?;
        std::thread::sleep(length.saturating_sub(start.elapsed()));
        // Nobody looks at the game while it is away: what it did meanwhile is taken in now.
        while self.events.try_next().is_some() {}

        let back = Instant::now();
        self.network.set(NetworkCondition::perfect());
        let begun = self.until(ConnectionStatus::Connecting)?;
        let live = self.until(ConnectionStatus::Connected)?;
        self.live_since = live;
        self.until_recovered()?;
        let times = missed
            .iter()
            .map(|text| self.received.get(text).copied().unwrap_or(0));
        let times: Vec<_> = times.collect();
        Ok(Outage {
            length: back - start,
            relive: live - back,
            attempt: live - begun,
            floor: self.by_hand.connect(self.network.address())?,
            missed: missed.len(),
            recovered: times.iter().filter(|times| **times > 0).count(),
            doubled: times.iter().filter(|times| **times > 1).count(),
        })
    }

    fn say_something(&mut self) -> io::Result<String> {
        self.said += 1;
        let text = format!("{} for {}", self.said, self.uid);
        self.herald.send(&self.uid, &text)?;
        Ok(text)
    }

    /// When the status was this.
    fn until(&mut self, status: ConnectionStatus) -> io::Result<Instant> {
        self.find(|event| matches!(event, Event::StatusChanged(change) if change.to == status))
    }

    fn until_recovered(&mut self) -> io::Result<Instant> {
        self.find(|event| matches!(event, Event::MessagesRecovered(_)))
    }

    fn find(&mut self, is_it: impl Fn(&Event) -> bool) -> io::Result<Instant> {
        let too_late = Instant::now() + PATIENCE;
        while let Some(event) = self.next(too_late) {
            if let Event::MessageReceived(message) = &event {
                let text = message.text().unwrap_or_default().to_owned();
                *self.received.entry(text).or_default() += 1;
            }
            if is_it(&event) {
                return Ok(Instant::now());
            }
        }
        Err(io::Error::other(format!("{} is not live again", self.uid)))
    }

    /// The next event, unless none comes in time.
    fn next(&mut self, deadline: Instant) -> Option<Event> {
        block_on(future::or(self.events.next(), async {
            Timer::at(deadline).await;
            None
        }))
    }
}
