mod condition;
mod connection;
mod door;
mod line;
mod relay;
mod storm;
mod traffic;

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    thread::{self, JoinHandle},
};

use async_channel::Sender;

pub use condition::NetworkCondition;

use door::Door;
use relay::{Order, Relay};
use traffic::Traffic;

/// A bad network between a game and its server: a TCP relay on real sockets, with a port of its own on this machine.
///
/// The game is given the [`address`](Self::address) of the network instead of the server's. A
/// [`LocalServer`](crate::local_server::LocalServer) tells each client to keep the address that it connected to, so all
/// of its traffic goes through the network: HTTP and the WebSocket, plain or with TLS.
///
/// ```
/// use std::time::Duration;
/// use bevy_cometchat::{
///     AppSettings,
///     local_server::{LocalServer, LocalServerConfig},
///     test_util::{NetworkCondition, NetworkSimulator},
/// };
///
/// let server = LocalServer::start(LocalServerConfig::new("app", "key").user("alice"))?;
/// let network = NetworkSimulator::start(server.address(), 7)?;
/// let settings = AppSettings::builder().local_server(network.address(), server.certificate_pem()).build();
/// // … start the game with these settings, and then:
///
/// // A train ride: slow, far away, and unsteady.
/// let train = NetworkCondition::perfect()
///     .latency(Duration::from_millis(150))
///     .jitter(Duration::from_millis(100))
///     .bytes_per_second(16 * 1024);
/// network.set(train);
/// // A tunnel: nothing passes, and nobody is told.
/// network.set(NetworkCondition::black_hole());
/// // The server goes down: connections break, and nothing listens any more.
/// network.set(NetworkCondition::refusing());
/// network.reset_all();
/// // It is back.
/// network.set(NetworkCondition::perfect());
/// # drop(settings);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// All random values come from the seed: each piece of data of each connection has the same jitter in every run, and
/// each condition restarts the server at the same times.
///
/// It can't lose or reorder single packets: TCP would repair that, and a game would see latency and jitter. Nor can it
/// delay the TCP handshake, which the operating system answers.
///
/// Dropping it ends its connections and its thread.
#[derive(Debug)]
pub struct NetworkSimulator {
    address: SocketAddr,
    orders: Sender<Order>,
    traffic: Arc<Traffic>,
    /// `None` once ended.
    thread: Option<JoinHandle<()>>,
}

impl NetworkSimulator {
    /// A perfect network in front of `server`, on a thread of its own; it listens when this returns.
    ///
    /// # Errors
    /// When the operating system refuses a port or a thread.
    pub fn start(server: SocketAddr, seed: u64) -> io::Result<Self> {
        let door = Door::open((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = door.address();
        let traffic = Arc::<Traffic>::default();
        let (orders, ordered) = async_channel::unbounded();
        let for_thread = traffic.clone();
        let thread = thread::Builder::new()
            .name("network-simulator".into())
            .spawn(move || Relay::run(door, server, ordered, for_thread, seed))?;
        Ok(Self {
            address,
            orders,
            traffic,
            thread: Some(thread),
        })
    }

    /// The address on which it listens, which the game uses as the server's.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes the condition of the network, for open and new connections. It is in effect when this returns. Data that
    /// is under way keeps its delay.
    pub fn set(&self, condition: NetworkCondition) {
        self.perform(|done| Order::Set(condition, done));
    }

    /// Resets all connections, like a router or a crashed server: both ends read an error instead of an orderly end.
    /// The connections have ended when this returns.
    pub fn reset_all(&self) {
        self.perform(Order::ResetAll);
    }

    /// The number of connections so far, without refused ones.
    pub fn connections(&self) -> u64 {
        self.traffic.connections()
    }

    /// The number of connections that are open now.
    pub fn open_connections(&self) -> u64 {
        self.traffic.open()
    }

    /// The number of bytes that reached the server so far.
    pub fn bytes_to_server(&self) -> u64 {
        self.traffic.to_server.bytes()
    }

    /// The number of bytes that reached the clients so far.
    pub fn bytes_to_clients(&self) -> u64 {
        self.traffic.to_clients.bytes()
    }

    fn perform(&self, order: impl FnOnce(Sender<Infallible>) -> Order) {
        let (done, performed) = async_channel::bounded(1);
        if self.orders.try_send(order(done)).is_ok() {
            // Nothing is ever sent: this returns when the order is dropped.
            let _closed = performed.recv_blocking();
        }
    }
}

impl Drop for NetworkSimulator {
    fn drop(&mut self) {
        self.orders.close();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the network simulator panicked");
        }
    }
}
