use std::{
    collections::VecDeque,
    future::poll_fn,
    io::IoSlice,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use async_io::Timer;
use bytes::Bytes;
use futures_lite::{AsyncRead, AsyncWrite, future};

use super::{
    encoded_frame::EncodedFrame,
    incoming::{Incoming, Reader, Violation},
    memory::Reservation,
    send_queue::{Ending, SendQueue},
    stream::Stream,
};

/// The number of bytes that are read at a time: frames of clients are short.
const READ_SIZE: usize = 4 << 10;

/// How much a socket may hold of a message that is not complete before that counts as its peer's memory.
const UNCOUNTED: usize = 8 << 10;

/// How many frames are written at a time.
const MAX_WRITTEN_AT_ONCE: usize = 64;

/// How long a client may take to answer a close frame.
pub(super) const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// RFC 6455: a message is too large.
const TOO_LARGE: Ending = Ending::Close {
    code: 1009,
    reason: "a message has at most 64 KiB and few fragments",
};

/// The peer occupies too much memory by messages that are not complete.
const TOO_MUCH: Ending = Ending::Close {
    code: 1013,
    reason: "too much that is not complete",
};

/// RFC 6455: a text is not UTF-8.
const NOT_TEXT: Ending = Ending::Close {
    code: 1007,
    reason: "a text is UTF-8",
};

/// RFC 6455: the input violates the protocol.
const PROTOCOL_ERROR: Ending = Ending::Close {
    code: 1002,
    reason: "this is not RFC 6455",
};

/// The server's end of a WebSocket. Whatever is awaited on it, its queue is written meanwhile: many frames at a time,
/// without an intermediate buffer.
pub(super) struct WebSocket {
    stream: Stream,
    reader: Reader,
    /// The memory that the reader holds.
    memory: Reservation,
    queue: Arc<SendQueue>,
    /// Frames that were taken from the queue; of the first, some may be written.
    writing: VecDeque<EncodedFrame>,
}

impl WebSocket {
    /// What is read counts in `memory` until it makes up a message.
    pub(super) fn new(
        stream: Stream,
        read_already: Bytes,
        memory: Reservation,
        queue: Arc<SendQueue>,
    ) -> Self {
        let mut reader = Reader::default();
        reader.push(&read_already);
        Self {
            stream,
            reader,
            memory,
            queue,
            writing: VecDeque::new(),
        }
    }

    /// The next message of the client.
    pub(super) async fn next(&mut self) -> Result<Incoming, Ending> {
        poll_fn(|context| {
            self.write(context)?;
            self.read(context)
        })
        .await
    }

    /// Waits for a future, and writes the queue meanwhile.
    pub(super) async fn meanwhile<T>(
        &mut self,
        other: impl Future<Output = T>,
    ) -> Result<T, Ending> {
        let mut other = pin!(other);
        poll_fn(|context| {
            self.write(context)?;
            other.as_mut().poll(context).map(Ok)
        })
        .await
    }

    /// Sends a close frame if the peer can be expected to read it, and waits a moment for its answer, so that it reads
    /// the close frame before the connection is gone.
    pub(super) async fn close(mut self, ending: Ending) {
        let (code, reason) = match ending {
            Ending::Close { code, reason } => (code, reason),
            Ending::Answer { code } => (code, ""),
            Ending::Abandon => return,
        };
        self.reader = Reader::default();
        let _is_less = self.memory.set(0);
        // From here on, nothing is put into the queue; what is in it comes first.
        self.queue.end(ending);
        let _is_ending = self.queue.take(&mut self.writing, Waker::noop());
        let farewell = async {
            self.writing.push_back(EncodedFrame::close(code, reason));
            poll_fn(|context| self.write_taken(context)).await?;
            if matches!(ending, Ending::Close { .. }) {
                poll_fn(|context| self.read_to_end(context)).await;
            }
            Ok::<_, Ending>(())
        };
        let _told_or_gone = future::or(farewell, async {
            Timer::after(CLOSE_TIMEOUT).await;
            Err(Ending::Abandon)
        })
        .await;
    }

    fn read(&mut self, context: &mut Context<'_>) -> Poll<Result<Incoming, Ending>> {
        loop {
            match self.reader.next() {
                Ok(Some(Incoming::Close(code))) => {
                    let code = code.unwrap_or(1000);
                    return Poll::Ready(Err(Ending::Answer { code }));
                }
                Ok(Some(incoming)) => {
                    if let Incoming::Ping(payload) = &incoming {
                        self.queue.answer(EncodedFrame::pong(payload));
                    }
                    return Poll::Ready(Ok(incoming));
                }
                Ok(None) => {
                    let held = self.reader.held_bytes().saturating_sub(UNCOUNTED);
                    if !self.memory.set(held) {
                        return Poll::Ready(Err(TOO_MUCH));
                    }
                }
                Err(violation) => {
                    return Poll::Ready(Err(match violation {
                        Violation::Protocol => PROTOCOL_ERROR,
                        Violation::NotText => NOT_TEXT,
                        Violation::TooLarge => TOO_LARGE,
                    }));
                }
            }
            let mut bytes = [0; READ_SIZE];
            match ready!(Pin::new(&mut self.stream).poll_read(context, &mut bytes)) {
                Ok(read) if read > 0 => self.reader.push(&bytes[..read]),
                _ => return Poll::Ready(Err(Ending::Abandon)),
            }
        }
    }

    /// Reads until the peer answers the close frame or ends the connection. What it sends meanwhile is ignored.
    fn read_to_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while ready!(self.read(context)).is_ok() {}
        Poll::Ready(())
    }

    /// Writes what is in the queue, as far as the network takes it.
    fn write(&mut self, context: &mut Context<'_>) -> Result<(), Ending> {
        self.queue.take(&mut self.writing, context.waker())?;
        match self.write_taken(context) {
            Poll::Ready(result) => result,
            Poll::Pending => Ok(()),
        }
    }

    fn write_taken(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Ending>> {
        while !self.writing.is_empty() {
            let mut slices = [IoSlice::new(&[]); MAX_WRITTEN_AT_ONCE];
            for (slice, frame) in slices.iter_mut().zip(&self.writing) {
                *slice = IoSlice::new(frame.bytes());
            }
            let count = self.writing.len().min(MAX_WRITTEN_AT_ONCE);
            let stream = Pin::new(&mut self.stream);
            match ready!(stream.poll_write_vectored(context, &slices[..count])) {
                Ok(written) if written > 0 => self.on_written(written),
                _ => return Poll::Ready(Err(Ending::Abandon)),
            }
        }
        // Idle connections hold no memory for busy times.
        self.writing = VecDeque::new();
        let flushed = ready!(Pin::new(&mut self.stream).poll_flush(context));
        Poll::Ready(flushed.map_err(|_| Ending::Abandon))
    }

    fn on_written(&mut self, bytes: usize) {
        let (mut left, mut frames) = (bytes, 0);
        while let Some(frame) = self.writing.front_mut() {
            let length = frame.bytes().len();
            if left < length {
                frame.advance(left);
                break;
            }
            left -= length;
            frames += 1;
            self.writing.pop_front();
        }
        self.queue.on_written(bytes, frames);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        net::{TcpListener, TcpStream},
        thread,
    };

    use async_io::{Async, block_on};
    use async_tungstenite::tungstenite::{Message, WebSocket as Client, protocol::Role};
    use rustix::net::sockopt::set_socket_send_buffer_size;

    use super::*;
    use crate::local_server::{memory::MemoryLimit, pending_input::PendingInput, stream::Socket};

    /// Both ends of a connection that takes little at a time.
    fn narrow_connection() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().unwrap();
        set_socket_send_buffer_size(&server, 1).unwrap();
        (server, client)
    }

    fn text(number: usize) -> String {
        format!("{number} {}", "x".repeat(number * 997 % 20_000))
    }

    #[test]
    fn frames_come_whole_and_in_order_through_a_narrow_connection() {
        const FRAMES: usize = 300;
        let (server, client) = narrow_connection();
        let queue = Arc::<SendQueue>::default();
        for number in 0..FRAMES {
            queue.push(text(number).into(), false);
        }
        let reader = thread::spawn(move || {
            let mut client = Client::from_raw_socket(client, Role::Client, None);
            client.send(Message::Ping("are you there".into())).unwrap();
            let mut texts = Vec::new();
            while texts.len() < FRAMES {
                if let Message::Text(text) = client.read().unwrap() {
                    texts.push(text.to_string());
                }
            }
            client.close(None).unwrap();
            while client.read().is_ok() {}
            texts
        });

        let limit = MemoryLimit::new(1 << 20, 1 << 20);
        let input = Arc::new(PendingInput::new(limit.reservation(1)));
        let stream = Stream::Plain(Socket::new(Async::new(server).unwrap(), input));
        let mut socket = WebSocket::new(stream, Bytes::new(), limit.reservation(1), queue);
        block_on(async {
            assert!(matches!(socket.next().await, Ok(Incoming::Ping(_))));
            let ending = socket.next().await.unwrap_err();
            assert_eq!(ending, Ending::Answer { code: 1000 });
            socket.close(ending).await;
        });
        assert!(reader.join().unwrap().into_iter().eq((0..FRAMES).map(text)));
    }
}
