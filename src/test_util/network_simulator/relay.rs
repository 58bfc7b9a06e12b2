use std::{
    convert::Infallible,
    future::pending,
    io,
    net::{SocketAddr, TcpStream},
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use async_channel::{Receiver, Sender};
use async_executor::LocalExecutor;
use async_io::{Async, Timer, block_on};
use fastrand::Rng;
use futures_lite::{FutureExt, future};

use super::{
    NetworkCondition,
    connection::{Connection, Route},
    door::Door,
    line::{Lane, Line},
    storm::Storm,
    traffic::Traffic,
};

/// How long to wait when the operating system has no room for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// An order of the simulator's owner. The sender is dropped when it is performed.
pub(super) enum Order {
    Set(NetworkCondition, Sender<Infallible>),
    ResetAll(Sender<Infallible>),
}

/// The simulator's thread: accepts connections and performs orders.
pub(super) struct Relay {
    door: Door,
    route: Route,
    orders: Receiver<Order>,
    connections: Vec<Connection>,
    storm: Option<Storm>,
    /// Two generators, so that the number of connections does not change the times of the restarts.
    connection_rng: Rng,
    storm_rng: Rng,
    executor: Rc<LocalExecutor<'static>>,
}

enum Turn {
    Accepted(io::Result<Async<TcpStream>>),
    Ordered(Order),
    Storm,
    Abandoned,
}

impl Relay {
    /// Returns when the simulator is dropped.
    pub(super) fn run(
        door: Door,
        server: SocketAddr,
        orders: Receiver<Order>,
        traffic: Arc<Traffic>,
        seed: u64,
    ) {
        let executor = Rc::new(LocalExecutor::new());
        let mut rng = Rng::with_seed(seed);
        let relay = Self {
            door,
            route: Route {
                server,
                line: Rc::new(Line::new()),
                lane_to_server: Rc::new(Lane::default()),
                lane_to_clients: Rc::new(Lane::default()),
                traffic,
            },
            orders,
            connections: Vec::new(),
            storm: None,
            connection_rng: rng.fork(),
            storm_rng: rng.fork(),
            executor: executor.clone(),
        };
        block_on(executor.run(relay.take_turns()));
    }

    async fn take_turns(mut self) {
        loop {
            match self.next().await {
                Turn::Accepted(Ok(client)) => self.let_in(client),
                Turn::Accepted(Err(error)) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    Timer::after(ACCEPT_PAUSE).await;
                }
                Turn::Ordered(Order::Set(condition, _done)) => self.set(condition),
                Turn::Ordered(Order::ResetAll(_done)) => self.reset_all().await,
                Turn::Storm => self.turn_storm().await,
                Turn::Abandoned => return,
            }
        }
    }

    async fn next(&self) -> Turn {
        let accepted = async { Turn::Accepted(self.door.accept().await) };
        let ordered = async {
            let order = self.orders.recv().await;
            order.map_or(Turn::Abandoned, Turn::Ordered)
        };
        let storm = async {
            match &self.storm {
                Some(storm) => Timer::at(storm.turns_at()).await,
                None => pending().await,
            };
            Turn::Storm
        };
        ordered.or(storm).or(accepted).await
    }

    fn let_in(&mut self, client: Async<TcpStream>) {
        self.connections.retain(|connection| !connection.is_over());
        self.connections.push(Connection::open(
            client,
            self.route.clone(),
            &mut self.connection_rng,
            &self.executor,
        ));
    }

    fn set(&mut self, condition: NetworkCondition) {
        let rng = self.storm_rng.fork();
        self.storm = condition
            .restarts
            .map(|restarts| Storm::new(restarts, rng, Instant::now()));
        self.door.set_open(!condition.is_refusing());
        self.route.line.set(condition);
    }

    async fn turn_storm(&mut self) {
        let Some(storm) = &mut self.storm else { return };
        storm.turn();
        let is_down = storm.is_down();
        let is_refusing = is_down || self.route.line.condition().is_refusing();
        self.door.set_open(!is_refusing);
        if is_down {
            self.reset_all().await;
        }
    }

    async fn reset_all(&mut self) {
        // The connections that the operating system has accepted already stay open, too.
        while let Some(Ok(client)) = future::poll_once(self.door.accept()).await {
            self.let_in(client);
        }
        for connection in self.connections.drain(..) {
            connection.reset().await;
        }
    }
}
