//! An embedded server that speaks CometChat's protocol, so that a game has chat without an account: in the game's
//! own process, in a test, or as the program `cometchat-local`.
//!
//! It serves HTTP and the WebSocket on one port, plain or with TLS, and stores everything in memory or in an SQLite
//! file. It is made for development, tests and small games on a local network, not for the open internet.
//!
//! With a file, every acknowledged change is durable: the reply waits until the change is on disk. After a crash of the
//! server or of the machine, a server that starts on the file has all acknowledged changes.
//!
//! Everything is limited. A request beyond a limit is refused with one of CometChat's errors:
//!
//! | what | limit |
//! |---|---|
//! | connections | 2,048, half of them from one address, [configurable](LocalServerConfig::max_connections) |
//! | requests and frames of a client | [`RateLimits::default`], [configurable](LocalServerConfig::rate_limits) |
//! | messages that a user sends | 30 a minute, [configurable](LocalServerConfig::messages_per_minute) |
//! | wrong keys, tokens and group passwords | 20 at once, then one a second, of each address and for each group |
//! | the body of a request | 64 KiB, with a message 1 MiB, with files 101 MiB |
//! | a text message | 65,536 characters |
//! | the data of a message | 10 KiB beside its text |
//! | a user or group | name 100 characters, description 255, metadata 5 KiB, 25 tags of 100 characters |
//! | a list in a request, or a page of one in a reply | 100 entries; 9 MiB |
//! | a search | 100 ms |
//! | a frame from a client | 64 KiB in 128 fragments; a larger one ends the socket |
//! | the nesting of JSON | 64 |
//! | frames that a client has not read | 80 MiB, and beyond 4 MiB nothing read for 5 s: then its socket is dropped |
//! | a client that reads nothing | 10 s |
//! | silence on a socket | 90 s; 10 s until its auth frame |
//! | the headers of a request | 64 KiB |
//! | memory for requests, unfinished frames and replies under way | 64 MiB and 256 MiB, an eighth of it for each user; 32 MiB before it is known whose they are, a quarter of it for each address |
//! | what is stored | 4 GiB, [configurable](LocalServerConfig::max_data_bytes) |
//!
//! Requests of different users are served in turn, so the load of one user delays only that user. Pages of browsers may
//! use the server if they come from this machine or an [allowed origin](LocalServerConfig::allow_origin).
//!
//! It has no calls, push notifications, AI, campaigns, lists of threads nor pinned conversations; such a
//! request is refused as unknown or unsupported.
//!
//! ```
//! use bevy_cometchat::local_server::{LocalServer, LocalServerConfig};
//!
//! let config = LocalServerConfig::new("app", "key").user("alice").user("bob");
//! let server = LocalServer::start(config)?;
//! println!("chat is at http://{}", server.address());
//! server.stop();
//! # Ok::<(), bevy_cometchat::local_server::LocalServerError>(())
//! ```

mod access;
mod api;
mod app;
mod certificate;
mod config;
mod connections;
mod database;
mod encoded_frame;
mod error;
mod http;
mod hub;
mod id;
mod incoming;
mod json_depth;
mod limits;
mod listener;
mod memory;
mod message_view;
mod moderation;
mod moderator;
mod multipart;
mod pending_input;
mod rate_limit;
mod receipts;
mod refusal;
mod relay;
mod request_context;
mod send_queue;
mod shared;
mod socket;
mod store;
mod stream;
mod websocket;

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use async_channel::{Receiver, Sender};
use async_executor::Executor;
use async_io::{Timer, block_on};
use futures_lite::future;

pub use config::LocalServerConfig;
pub use error::LocalServerError;
pub use moderation::ModerationRules;
pub use rate_limit::{Rate, RateLimits};

use app::App;
use certificate::Certificate;
use connections::Connections;
use database::{Database, MemberScope};
use hub::Hub;
use listener::Listener;
use memory::MemoryLimit;
use shared::Shared;
use store::Store;

use crate::model::{Group, GroupKind, User};

/// The number of threads that serve the sockets.
const THREADS: usize = 2;

/// How long [`LocalServer::stop`] waits for connections to close.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// The memory for incomplete requests of users, in bytes. Each user gets at most an eighth of it.
const REQUEST_MEMORY: usize = 64 << 20;

/// The memory for incomplete input whose user is not known yet, in bytes. Each address gets at most a quarter of it.
const ADDRESS_MEMORY: usize = 32 << 20;

/// The memory for large replies that wait to be read, in bytes. Each peer gets at most an eighth of it.
const REPLY_MEMORY: usize = 256 << 20;

/// The interval at which pending messages are checked for a due decision of moderation.
const JUDGE_EVERY: Duration = Duration::from_millis(250);

/// A running server. Dropping it stops it, as [`stop`](Self::stop) does.
#[derive(Debug)]
pub struct LocalServer {
    app_id: String,
    address: SocketAddr,
    certificate_pem: Option<String>,
    /// `None` once stopped.
    running: Option<Running>,
}

/// The parts of a running server, in the order in which they are stopped.
struct Running {
    /// Closed to ask every connection to end.
    stopping: Receiver<Infallible>,
    /// Closed when the last connection ended.
    connections: Receiver<Infallible>,
    /// Closed to end the threads that run the connections.
    threads_end: Sender<Infallible>,
    threads: Vec<JoinHandle<()>>,
    executor: Arc<Executor<'static>>,
    store_thread: JoinHandle<()>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").finish_non_exhaustive()
    }
}

impl LocalServer {
    /// Starts a server on threads of its own; it listens when this returns.
    ///
    /// # Errors
    /// When the configuration is not allowed, the address is taken, or the data file is not usable.
    pub fn start(config: LocalServerConfig) -> Result<Self, LocalServerError> {
        config.check()?;
        let connection = open_database(&config)?;
        let certificate = config
            .tls
            .then(|| Certificate::of(Database::new(&connection), &config.tls_names))
            .transpose()?;
        let (socket, address) =
            listener::bind(config.listen).map_err(|source| LocalServerError::Listen {
                address: config.listen,
                source,
            })?;

        let app_id = config.app_id.clone();
        let max_connections = listener::possible_connections(config.max_connections);
        let connections_per_address = config
            .max_connections_per_address
            .unwrap_or(max_connections.div_ceil(2));
        let has_held = config.moderation.has_held();
        let app = Arc::new(App::new(config, address));
        let (rate_limits, access) = (app.rate_limits, app.access.clone());
        let hub = Arc::<Hub>::default();
        let (store, store_thread) =
            Store::start(connection, app, hub.clone()).map_err(LocalServerError::Thread)?;
        let (stop, stopping) = async_channel::bounded(1);
        let (alive, connections) = async_channel::bounded(1);
        let shared = Shared {
            rate_limits,
            access,
            hub,
            store,
            request_memory: MemoryLimit::new(REQUEST_MEMORY, REQUEST_MEMORY / 8),
            address_memory: MemoryLimit::new(ADDRESS_MEMORY, ADDRESS_MEMORY / 4),
            reply_memory: MemoryLimit::new(REPLY_MEMORY, REPLY_MEMORY / 8),
            stopping: stopping.clone(),
        };

        let executor = Arc::new(Executor::new());
        let listener = Listener {
            tls: certificate.as_ref().map(|it| it.acceptor.clone()),
            connections: Connections::new(max_connections, connections_per_address),
            shared,
            alive,
            executor: Arc::downgrade(&executor),
        };
        let store = listener.shared.store.clone();
        if has_held {
            executor
                .spawn(judge_pending(store, stopping.clone()))
                .detach();
        } else {
            // Before anybody is connected.
            store.run_detached(moderator::release_held);
        }
        executor.spawn(listener.run(socket, stop)).detach();
        let (threads_end, ended) = async_channel::bounded(1);
        let threads = (1..=THREADS)
            .map(|number| spawn_thread(number, executor.clone(), ended.clone()))
            .collect::<Result<_, _>>()
            .map_err(LocalServerError::Thread)?;
        tracing::info!(%address, "the local chat server listens");

        Ok(Self {
            app_id,
            address,
            certificate_pem: certificate.map(|it| it.pem),
            running: Some(Running {
                stopping,
                connections,
                threads_end,
                threads,
                executor,
                store_thread,
            }),
        })
    }

    /// The id of the app that it serves.
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// The address on which it listens. If the configuration asked for port 0, it has the assigned port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate to trust, in PEM, if the server has TLS. It is kept with the data.
    pub fn certificate_pem(&self) -> Option<&str> {
        self.certificate_pem.as_deref()
    }

    /// Stops in an orderly way: no new connections, requests that have begun are answered, sockets are closed with
    /// the code 1001. Returns within about two seconds, when the port is free and the data file closed.
    pub fn stop(self) {
        drop(self);
    }

    /// Stops at once, as if the process had died: connections end without a close frame. Acknowledged changes are
    /// stored nevertheless.
    pub fn kill(mut self) {
        if let Some(running) = self.running.take() {
            running.end();
        }
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.close_connections();
            running.end();
        }
    }
}

impl Running {
    fn close_connections(&self) {
        self.stopping.close();
        block_on(future::or(
            async {
                // Nothing is ever sent: this returns when the last connection is gone.
                let _closed = self.connections.recv().await;
            },
            async {
                Timer::after(STOP_TIMEOUT).await;
            },
        ));
    }

    fn end(self) {
        self.threads_end.close();
        for thread in self.threads {
            join(thread);
        }
        // The executor owns the remaining connections, and they own the last handles of the store.
        drop(self.executor);
        join(self.store_thread);
    }
}

fn join(thread: JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!("a thread of the local chat server panicked");
    }
}

fn spawn_thread(
    number: usize,
    executor: Arc<Executor<'static>>,
    ended: Receiver<Infallible>,
) -> std::io::Result<JoinHandle<()>> {
    thread::Builder::new()
        .name(format!("cometchat-local-{number}"))
        .spawn(move || {
            block_on(executor.run(async {
                // Nothing is ever sent: this returns when the channel is closed.
                let _closed = ended.recv().await;
            }));
        })
}

/// Decides on the pending messages that are due, until the server stops.
async fn judge_pending(store: Store, stopping: Receiver<Infallible>) {
    while !stopping.is_closed() {
        Timer::after(JUDGE_EVERY).await;
        store.run_detached(moderator::judge_pending);
    }
}

fn open_database(config: &LocalServerConfig) -> Result<rusqlite::Connection, LocalServerError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| LocalServerError::Data {
        path: config.data.clone().unwrap_or_default(),
        source,
    };
    let mut connection = database::open(config.data.as_deref(), config.max_data_bytes)
        .map_err(|error| failed(error.into()))?;
    create_what_is_missing(&mut connection, config).map_err(|error| failed(error.into()))?;
    Ok(connection)
}

/// Creates the users and groups of the configuration that are not stored yet.
fn create_what_is_missing(
    connection: &mut rusqlite::Connection,
    config: &LocalServerConfig,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    create_users_and_groups(&Database::new(&transaction), config)?;
    transaction.commit()
}

fn create_users_and_groups(
    database: &Database<'_>,
    config: &LocalServerConfig,
) -> rusqlite::Result<()> {
    let now = rate_limit::now();
    for (uid, name) in &config.users {
        database.create_user(&User::new(uid, name.as_str()), now)?;
    }
    for wanted in &config.groups {
        let (guid, members) = (&wanted.guid, config.members(wanted));
        let group = Group::new(guid, wanted.name.as_str(), GroupKind::Public);
        let Some((owner, others)) = members.split_first() else {
            continue;
        };
        if !database.create_group(&group, None, owner, now)? {
            continue;
        }
        database.add_member(guid.as_str(), owner, MemberScope::Admin, now)?;
        for uid in others {
            database.add_member(guid.as_str(), uid, MemberScope::Participant, now)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn app() -> App {
        App::new(
            LocalServerConfig::new("app", "key"),
            SocketAddr::from(([127, 0, 0, 1], 8443)),
        )
    }

    #[test]
    fn a_server_stops_and_its_port_is_free_again() {
        let server = LocalServer::start(LocalServerConfig::new("app", "key")).unwrap();
        let address = server.address();
        server.stop();
        let config = LocalServerConfig::new("app", "key").listen(address);
        let again = LocalServer::start(config).unwrap();
        assert_eq!(again.address(), address);
        again.kill();
    }
}
