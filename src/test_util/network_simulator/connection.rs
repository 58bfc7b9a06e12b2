use std::{
    cell::OnceCell,
    io,
    net::{Shutdown, SocketAddr, TcpStream},
    rc::{Rc, Weak},
    sync::Arc,
    time::{Duration, Instant},
};

use async_channel::{Receiver, Sender};
use async_executor::{LocalExecutor, Task};
use async_io::{Async, Timer};
use fastrand::Rng;
use futures_lite::{AsyncReadExt, AsyncWriteExt, future};
use socket2::SockRef;

use super::{
    line::{Lane, Line, Timetable},
    traffic::{ByteCount, Traffic},
};

/// The maximum number of pieces under way in one direction.
const MAX_UNDER_WAY: usize = 1_024;

/// A connection of a client, and the one to the server to which it is relayed.
pub(super) struct Connection {
    ends: Weak<Ends>,
    task: Task<()>,
}

/// The state that all connections share.
#[derive(Clone)]
pub(super) struct Route {
    pub(super) server: SocketAddr,
    pub(super) line: Rc<Line>,
    pub(super) lane_to_server: Rc<Lane>,
    pub(super) lane_to_clients: Rc<Lane>,
    pub(super) traffic: Arc<Traffic>,
}

struct Ends {
    client: Async<TcpStream>,
    server: OnceCell<Async<TcpStream>>,
}

impl Connection {
    pub(super) fn open(
        client: Async<TcpStream>,
        route: Route,
        rng: &mut Rng,
        executor: &LocalExecutor<'static>,
    ) -> Self {
        let ends = Rc::new(Ends {
            client,
            server: OnceCell::new(),
        });
        let weak = Rc::downgrade(&ends);
        let [to_server, to_client] = [rng.fork(), rng.fork()].map(Timetable::new);
        let open = route.traffic.count_connection();
        let task = executor.spawn(async move {
            let _open = open;
            if let Err(error) = relay(&ends, &route, to_server, to_client).await {
                tracing::debug!(%error, "a connection broke");
                ends.reset_when_closed();
            }
        });
        Self { ends: weak, task }
    }

    pub(super) fn is_over(&self) -> bool {
        self.task.is_finished()
    }

    pub(super) async fn reset(self) {
        if let Some(ends) = self.ends.upgrade() {
            ends.reset_when_closed();
        }
        self.task.cancel().await;
    }
}

impl Ends {
    fn reset_when_closed(&self) {
        let server = self.server.get();
        [&self.client]
            .into_iter()
            .chain(server)
            .for_each(reset_when_closed);
    }
}

/// Makes the operating system send a reset when the stream is dropped, instead of an orderly end.
fn reset_when_closed(stream: &Async<TcpStream>) {
    if let Err(error) = SockRef::from(stream.get_ref()).set_linger(Some(Duration::ZERO)) {
        tracing::warn!(%error, "a connection ends in an orderly way instead of being reset");
    }
}

async fn relay(
    ends: &Ends,
    route: &Route,
    to_server: Timetable,
    to_client: Timetable,
) -> io::Result<()> {
    route.line.passes().await;
    let server = Async::<TcpStream>::connect(route.server).await?;
    let server = ends.server.get_or_init(|| server);
    for stream in [&ends.client, server] {
        stream.get_ref().set_nodelay(true)?;
    }
    let up = Direction {
        from: &ends.client,
        to: server,
        line: &route.line,
        lane: &route.lane_to_server,
        bytes: &route.traffic.to_server,
    };
    let down = Direction {
        from: server,
        to: &ends.client,
        line: &route.line,
        lane: &route.lane_to_clients,
        bytes: &route.traffic.to_clients,
    };
    future::try_zip(up.carry(to_server), down.carry(to_client)).await?;
    Ok(())
}

/// One direction of a connection.
struct Direction<'a> {
    from: &'a Async<TcpStream>,
    to: &'a Async<TcpStream>,
    line: &'a Line,
    lane: &'a Lane,
    bytes: &'a ByteCount,
}

/// Data that was read at once, until it arrives. An empty piece is the end of the stream.
struct Piece {
    arrives_at: Instant,
    bytes: Vec<u8>,
}

impl Direction<'_> {
    /// Relays everything, including the end of the stream.
    async fn carry(&self, timetable: Timetable) -> io::Result<()> {
        let (sent, under_way) = async_channel::bounded(MAX_UNDER_WAY);
        future::try_zip(self.read_pieces(timetable, sent), self.hand_over(under_way)).await?;
        Ok(())
    }

    async fn read_pieces(&self, mut timetable: Timetable, sent: Sender<Piece>) -> io::Result<()> {
        let mut from = self.from;
        loop {
            self.line.passes().await;
            let mut bytes = vec![0; self.line.piece()];
            let read = from.read(&mut bytes).await?;
            bytes.truncate(read);
            let arrives_at =
                timetable.arrival(read, &self.line.condition(), self.lane, Instant::now());
            let piece = Piece { arrives_at, bytes };
            if sent.send(piece).await.is_err() || read == 0 {
                return Ok(());
            }
        }
    }

    async fn hand_over(&self, under_way: Receiver<Piece>) -> io::Result<()> {
        let mut to = self.to;
        while let Ok(Piece { arrives_at, bytes }) = under_way.recv().await {
            if arrives_at > Instant::now() {
                Timer::at(arrives_at).await;
            }
            self.line.passes().await;
            to.write_all(&bytes).await?;
            self.bytes.add(bytes.len());
        }
        self.to.get_ref().shutdown(Shutdown::Write)
    }
}
