use std::{
    convert::Infallible,
    io,
    net::{TcpListener, TcpStream},
    panic::AssertUnwindSafe,
    sync::Weak,
    time::Duration,
};

use async_channel::Sender;
use async_executor::Executor;
use async_io::{Async, Timer};
use futures_lite::{FutureExt, future};
use futures_rustls::TlsAcceptor;

use super::{Shared, http, stream::Stream};

/// How many clients may be connected at a time.
const MAX_CONNECTIONS: usize = 2_048;

/// How long a client may take over the TLS handshake.
const TLS_TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait when the operating system has no room for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections and gives each a task.
pub(super) struct Listener {
    pub(super) tls: Option<TlsAcceptor>,
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
                // One is this listener's own.
                Ok(_) if self.alive.sender_count() > MAX_CONNECTIONS => {
                    tracing::warn!("a connection too many was refused");
                }
                Ok((socket, _)) => self.spawn(socket),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    Timer::after(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn spawn(&self, socket: Async<TcpStream>) {
        let Some(executor) = self.executor.upgrade() else {
            return;
        };
        let (tls, shared, alive) = (self.tls.clone(), self.shared.clone(), self.alive.clone());
        let task = async move {
            let connection = AssertUnwindSafe(serve(socket, tls, shared)).catch_unwind();
            match connection.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(%error, "a connection broke"),
                Err(_) => tracing::error!("serving a connection panicked"),
            }
            drop(alive);
        };
        executor.spawn(task).detach();
    }
}

async fn serve(
    socket: Async<TcpStream>,
    tls: Option<TlsAcceptor>,
    shared: Shared,
) -> io::Result<()> {
    socket.get_ref().set_nodelay(true)?;
    let stream = match tls {
        None => Stream::Plain(socket),
        Some(tls) => Stream::Tls(Box::new(
            future::or(tls.accept(socket), async {
                Timer::after(TLS_TIMEOUT).await;
                Err(io::ErrorKind::TimedOut.into())
            })
            .await?,
        )),
    };
    http::serve(stream, shared).await;
    Ok(())
}
