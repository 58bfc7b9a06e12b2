use std::{
    io::{self, IoSlice},
    net::TcpStream,
    pin::Pin,
    task::{Context, Poll},
};

use async_io::Async;
use futures_lite::{AsyncRead, AsyncWrite};

/// The number of bytes that a connection reads before everything else on the thread gets its turn.
const READ_BUDGET: usize = 128 << 10;
/// How many bytes a read counts as, at least.
const MIN_READ_COST: usize = 256;

/// A TCP socket whose peer can't keep the thread busy with an endless stream that makes no message: empty fragments,
/// empty TLS records, informational responses.
pub(super) struct Budgeted {
    tcp: Async<TcpStream>,
    /// The number of bytes left to read before the task yields.
    budget: usize,
}

impl Budgeted {
    pub(super) const fn new(tcp: Async<TcpStream>) -> Self {
        Self {
            tcp,
            budget: READ_BUDGET,
        }
    }
}

impl AsyncRead for Budgeted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if self.budget == 0 {
            self.budget = READ_BUDGET;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let read = Pin::new(&mut self.tcp).poll_read(context, buffer);
        self.budget = match &read {
            Poll::Ready(Ok(bytes)) => self.budget.saturating_sub(MIN_READ_COST.max(*bytes)),
            _ => READ_BUDGET,
        };
        read
    }
}

impl AsyncWrite for Budgeted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(context, buffer)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write_vectored(context, buffers)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_close(context)
    }
}
