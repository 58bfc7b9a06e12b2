use std::{
    io::{self, IoSlice, Read},
    net::TcpStream,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use async_io::{Async, Timer};
use futures_lite::{AsyncRead, AsyncWrite, FutureExt};
use futures_rustls::server::TlsStream;

use super::pending_input::PendingInput;

/// How many bytes a connection reads before the others get their turn.
const READ_BUDGET: usize = 64 << 10;

/// How many bytes a read counts as, at least.
const MIN_READ_COST: usize = 256;

/// How much is read at a time: less than the buffer that hyper reads into at first, which it makes larger where a read
/// has filled it.
const MAX_READ: usize = (8 << 10) - 1;

/// How long a peer may read nothing of what is written to it.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// A TCP socket whose peer can neither keep its task busy by sending nor occupy memory by not reading: reads are
/// budgeted, what is read counts until it is complete, and a write that makes no progress for 10 s fails.
pub(super) struct Socket {
    tcp: Async<TcpStream>,
    input: Arc<PendingInput>,
    /// Whether a read may find something. A task that is woken to write does not try to read in vain.
    is_readable: bool,
    /// What is left to read before the task yields.
    read_budget: usize,
    /// Runs while a write waits for the peer.
    write_timeout: Option<Timer>,
}

impl Socket {
    pub(super) fn new(tcp: Async<TcpStream>, input: Arc<PendingInput>) -> Self {
        Self {
            tcp,
            input,
            is_readable: true,
            read_budget: READ_BUDGET,
            write_timeout: None,
        }
    }

    /// Reads what there is. Asks the kernel only if something came since a read has found nothing.
    fn poll_read_available(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            if !self.is_readable {
                ready!(self.tcp.poll_readable(context))?;
                self.is_readable = true;
            }
            match self.tcp.get_ref().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.is_readable = false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return Poll::Ready(result),
            }
        }
    }

    /// The outcome of a write, or an error if the peer has read nothing for too long.
    fn check_progress(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.write_timeout = None;
            return written;
        }
        let timeout = self
            .write_timeout
            .get_or_insert_with(|| Timer::after(WRITE_TIMEOUT));
        ready!(timeout.poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if self.read_budget == 0 {
            self.read_budget = READ_BUDGET;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let read = self.poll_read_available(context, buffer);
        self.read_budget = match &read {
            Poll::Ready(Ok(bytes)) => self.read_budget.saturating_sub(MIN_READ_COST.max(*bytes)),
            _ => READ_BUDGET,
        };
        if let Poll::Ready(Ok(bytes)) = read
            && !self.input.add(bytes)
        {
            return Poll::Ready(Err(io::ErrorKind::OutOfMemory.into()));
        }
        read
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write(context, buffer);
        self.check_progress(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write_vectored(context, buffers);
        self.check_progress(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_close(context)
    }
}

/// A connection to a client, with TLS or without.
pub(super) enum Stream {
    Plain(Socket),
    Tls(Box<TlsStream<Socket>>),
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let length = buffer.len().min(MAX_READ);
        let buffer = &mut buffer[..length];
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, buffer),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(context, buffers),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(context, buffers),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_close(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_close(context),
            Self::Tls(stream) => Pin::new(stream).poll_close(context),
        }
    }
}
