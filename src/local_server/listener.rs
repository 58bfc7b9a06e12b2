use std::{
    convert::Infallible,
    io,
    net::{IpAddr, SocketAddr, TcpListener, TcpStream},
    panic::AssertUnwindSafe,
    sync::{Arc, Weak},
    time::Duration,
};

use async_channel::Sender;
use async_executor::Executor;
use async_io::{Async, Timer};
use futures_lite::{FutureExt, future};
use futures_rustls::{TlsAcceptor, server::TlsStream};
use socket2::SockRef;

use super::{
    connections::{Admission, Connections, MAX_REFUSED, OpenConnection},
    http,
    pending_input::PendingInput,
    shared::Shared,
    socket,
    stream::{Socket, Stream},
};

/// How many files the process has open beside connections, about.
#[cfg(unix)]
const OTHER_FILES: usize = 64;

/// How many connections wait to be accepted. Clients that find no room in a burst all retry a second later, in the next
/// burst.
const BACKLOG: i32 = 4_096;

/// How long a client may take over the TLS handshake.
const TLS_TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait when the operating system has no room for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A socket that listens, and where.
pub(super) fn bind(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let socket = TcpListener::bind(address)?;
    // The standard library asks for a backlog of 128.
    SockRef::from(&socket).listen(BACKLOG)?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

/// The wanted number of connections, or fewer if the process may not open that many files. The soft limit of the
/// process is raised for it.
pub(super) fn possible_connections(wanted: usize) -> usize {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let needed = wanted.saturating_add(MAX_REFUSED + OTHER_FILES) as u64;
        let Some(current) = current.filter(|current| *current < needed) else {
            return wanted;
        };
        let raised = maximum.map_or(needed, |maximum| needed.min(maximum));
        let limit = Rlimit {
            current: Some(raised),
            maximum,
        };
        let allowed = if setrlimit(Resource::Nofile, limit).is_ok() {
            raised
        } else {
            current
        };
        let possible = (allowed as usize).saturating_sub(MAX_REFUSED + OTHER_FILES);
        if possible < wanted {
            tracing::warn!(
                wanted,
                possible,
                "the limit on open files allows fewer connections"
            );
        }
        possible.min(wanted)
    }
    #[cfg(not(unix))]
    wanted
}

/// Accepts connections and gives each a task.
pub(super) struct Listener {
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) connections: Arc<Connections>,
    pub(super) shared: Shared,
    /// A clone of it lives as long as a connection.
    pub(super) alive: Sender<Infallible>,
    /// Weak, because the executor owns the task that this runs in.
    pub(super) executor: Weak<Executor<'static>>,
}

impl Listener {
    /// Runs until the server stops. `_stop` is what keeps `Shared::stopping` open.
    pub(super) async fn run(self, socket: TcpListener, _stop: Sender<Infallible>) {
        let stopping = self.shared.stopping.clone();
        future::or(self.accept_all(socket), async {
            let _closed = stopping.recv().await;
        })
        .await;
    }

    async fn accept_all(self, socket: TcpListener) {
        let listener = match Async::new(socket) {
            Ok(listener) => listener,
            Err(error) => return tracing::error!(%error, "the listener failed"),
        };
        loop {
            match listener.accept().await {
                Ok((socket, peer)) => self.admit(socket, peer.ip()),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    Timer::after(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn admit(&self, socket: Async<TcpStream>, address: IpAddr) {
        let open = self.connections.admit(address);
        if open.as_ref().map(|open| open.admission) != Some(Admission::Granted) {
            tracing::warn!("a connection too many was refused");
        }
        if let Some(open) = open {
            self.spawn(socket, address, open);
        }
    }

    fn spawn(&self, socket: Async<TcpStream>, address: IpAddr, open: OpenConnection) {
        let Some(executor) = self.executor.upgrade() else {
            return;
        };
        let (tls, shared, alive) = (self.tls.clone(), self.shared.clone(), self.alive.clone());
        let task = async move {
            let connection = AssertUnwindSafe(serve(socket, address, tls, &shared, open.admission));
            match connection.catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(%error, "a connection broke"),
                Err(_) => tracing::error!("serving a connection panicked"),
            }
            drop((open, alive));
        };
        executor.spawn(task).detach();
    }
}

/// Serves a connection: requests, then perhaps a WebSocket. Each phase is boxed, and freed at its end: without this,
/// every socket would hold the memory that a request needs for as long as it lives.
async fn serve(
    socket: Async<TcpStream>,
    address: IpAddr,
    tls: Option<TlsAcceptor>,
    shared: &Shared,
    admission: Admission,
) -> io::Result<()> {
    socket.get_ref().set_nodelay(true)?;
    let input = Arc::new(PendingInput::new(shared.memory_of_address(address)));
    let socket = Socket::new(socket, input.clone());
    let stream = match tls {
        None => Stream::Plain(socket),
        Some(tls) => Stream::Tls(Box::pin(accept_tls(&tls, socket)).await?),
    };
    input.complete();
    let granted = Box::pin(http::serve(stream, &input, address, shared, admission)).await;
    if let Some((stream, read_already)) = granted {
        input.finish();
        Box::pin(socket::serve(stream, read_already, address, shared)).await;
    }
    Ok(())
}

async fn accept_tls(tls: &TlsAcceptor, socket: Socket) -> io::Result<Box<TlsStream<Socket>>> {
    let accepted = future::or(tls.accept(socket), async {
        Timer::after(TLS_TIMEOUT).await;
        Err(io::ErrorKind::TimedOut.into())
    });
    Ok(Box::new(accepted.await?))
}
