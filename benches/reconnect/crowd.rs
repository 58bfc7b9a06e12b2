use std::{
    io,
    net::SocketAddr,
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use async_executor::LocalExecutor;
use async_io::block_on;
use bevy_cometchat::{
    AuthKey,
    client::{Client, Event, Events},
    connection::ConnectionStatus,
};

use crate::{
    player::settings,
    server_process::{APP, KEY, uid},
};

/// How many log in at a time.
const AT_ONCE: usize = 100;
/// When nobody came for so long, nobody will.
const PATIENCE: Duration = Duration::from_secs(60);

/// Clients that do nothing but be connected. One thread watches them all.
pub(crate) struct Crowd {
    clients: Vec<Client>,
    connected: Receiver<Connected>,
}

/// A client is live.
pub(crate) struct Connected {
    /// When the attempt began that succeeded.
    pub(crate) began: Instant,
    pub(crate) live: Instant,
}

impl Crowd {
    pub(crate) fn log_in(server: SocketAddr, clients: usize) -> io::Result<Self> {
        let started: Vec<_> = (0..clients)
            .map(|_| Client::start())
            .collect::<Result<_, _>>()?;
        let (clients, events): (Vec<_>, Vec<_>) = started.into_iter().unzip();
        let (report, connected) = mpsc::channel();
        thread::spawn(move || watch(events, &report));
        let numbered: Vec<_> = clients.iter().enumerate().collect();
        for some in numbered.chunks(AT_ONCE) {
            let logins: Vec<_> = some
                .iter()
                .map(|(number, client)| {
                    // Both are carried out in this order.
                    let _runs_on = client.init(APP, settings(server));
                    client.login(AuthKey::new(uid(*number), KEY))
                })
                .collect();
            for login in logins {
                block_on(login).map_err(io::Error::other)?;
            }
        }
        let crowd = Self { clients, connected };
        crowd.all_live()?;
        Ok(crowd)
    }

    /// Waits until each of them is live.
    pub(crate) fn all_live(&self) -> io::Result<Vec<Connected>> {
        let next = || self.connected.recv_timeout(PATIENCE);
        self.clients
            .iter()
            .map(|_| next().map_err(io::Error::other))
            .collect()
    }
}

/// Reports each time that a client is live, until the clients are gone.
fn watch(crowd: Vec<Events>, report: &mpsc::Sender<Connected>) {
    let executor = LocalExecutor::new();
    let watched: Vec<_> = crowd
        .into_iter()
        .map(|mut events| {
            executor.spawn(async move {
                let mut began = Instant::now();
                while let Some(event) = events.next().await {
                    let Event::StatusChanged(change) = event else {
                        continue;
                    };
                    let now = Instant::now();
                    match change.to {
                        ConnectionStatus::Connecting => began = now,
                        // Nobody listens any more once all is measured.
                        ConnectionStatus::Connected => {
                            let _ended = report.send(Connected { began, live: now });
                        }
                        _ => {}
                    }
                }
            })
        })
        .collect();
    block_on(executor.run(async {
        for task in watched {
            task.await;
        }
    }));
}
