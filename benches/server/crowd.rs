use std::{
    io::{self, Read},
    net::TcpStream,
    os::fd::AsFd,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::event::{
    Timespec,
    epoll::{self, CreateFlags, EventData, EventFlags},
};

use crate::mark::Marks;

/// When nothing came for so long, nothing will.
const PATIENCE: Timespec = Timespec {
    tv_sec: 10,
    tv_nsec: 0,
};

/// Sockets that are read by one thread, which does as little as it can: the machine is the server's.
pub(crate) struct Crowd(JoinHandle<io::Result<(Received, Vec<TcpStream>)>>);

/// What came.
#[derive(Default)]
pub(crate) struct Received {
    /// Messages that never came, came again or out of order, on any socket.
    pub(crate) lost: usize,
    /// From the first to the last.
    pub(crate) took: Duration,
    /// How long after they were due, in milliseconds.
    pub(crate) delays_ms: Vec<f64>,
    pub(crate) frame_length: usize,
}

/// How much has come so far.
#[derive(Clone, Default)]
pub(crate) struct Progress(Arc<(Mutex<usize>, Condvar)>);

impl Progress {
    /// Waits until the number of messages is reached, at most for [`PATIENCE`].
    pub(crate) fn wait_for(&self, messages: usize) {
        let (count, changed) = &*self.0;
        let count = count.lock().unwrap_or_else(PoisonError::into_inner);
        let patience = Duration::from_secs(PATIENCE.tv_sec.unsigned_abs());
        let waited = changed.wait_timeout_while(count, patience, |count| *count < messages);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn add(&self, messages: usize) {
        let (count, changed) = &*self.0;
        *count.lock().unwrap_or_else(PoisonError::into_inner) += messages;
        changed.notify_all();
    }
}

impl Crowd {
    /// Reads until each socket has received `messages` messages, numbered from 0.
    pub(crate) fn read(
        sockets: Vec<TcpStream>,
        messages: usize,
        start: Instant,
        progress: Progress,
    ) -> Self {
        Self(thread::spawn(move || {
            let sockets = sockets
                .into_iter()
                .map(|stream| Socket::new(stream, messages));
            let reader = Reader {
                sockets: sockets.collect(),
                marks: Marks::default(),
                start,
                received: Received::default(),
            };
            reader.run(messages, &progress)
        }))
    }

    pub(crate) fn join(self) -> io::Result<(Received, Vec<TcpStream>)> {
        self.0.join().expect("a thread of the bench does not panic")
    }
}

struct Reader {
    sockets: Vec<Socket>,
    marks: Marks,
    start: Instant,
    received: Received,
}

struct Socket {
    stream: TcpStream,
    /// The start of a frame of which the rest is yet to come.
    rest: Vec<u8>,
    has: Vec<bool>,
    last_id: u64,
}

impl Socket {
    fn new(stream: TcpStream, messages: usize) -> Self {
        Self {
            stream,
            rest: Vec::new(),
            has: vec![false; messages],
            last_id: 0,
        }
    }
}

impl Reader {
    fn run(
        mut self,
        messages: usize,
        progress: &Progress,
    ) -> io::Result<(Received, Vec<TcpStream>)> {
        let poll = epoll::create(CreateFlags::CLOEXEC)?;
        for (number, socket) in self.sockets.iter().enumerate() {
            let data = EventData::new_u64(number as u64);
            epoll::add(&poll, socket.stream.as_fd(), data, EventFlags::IN)?;
        }
        let mut missing = messages * self.sockets.len();
        let mut times: Option<(Instant, Instant)> = None;
        let mut buffer = vec![0; 256 << 10];
        let mut events = Vec::with_capacity(self.sockets.len());
        while missing > 0 {
            epoll::wait(
                &poll,
                rustix::buffer::spare_capacity(&mut events),
                Some(&PATIENCE),
            )?;
            if events.is_empty() {
                break;
            }
            for event in events.drain(..) {
                let came = self.read(event.data.u64() as usize, &mut buffer)?;
                let now = Instant::now();
                times = Some((times.map_or(now, |(first, _)| first), now));
                missing = missing.saturating_sub(came);
                progress.add(came);
            }
        }
        let sockets = self.sockets.into_iter();
        let (streams, has): (Vec<_>, Vec<_>) =
            sockets.map(|socket| (socket.stream, socket.has)).unzip();
        self.received.lost += has.iter().flatten().filter(|has| !**has).count();
        self.received.took = times.map_or(Duration::ZERO, |(first, last)| last - first);
        Ok((self.received, streams))
    }

    /// Reads what there is on a socket; returns how many messages there were.
    fn read(&mut self, number: usize, buffer: &mut [u8]) -> io::Result<usize> {
        let socket = &mut self.sockets[number];
        let length = socket.stream.read(buffer)?;
        if length == 0 {
            return Err(io::Error::other("the server closed a socket"));
        }
        let mut messages = 0;
        let mut bytes = &buffer[..length];
        let joined;
        if !socket.rest.is_empty() {
            socket.rest.extend_from_slice(bytes);
            joined = std::mem::take(&mut socket.rest);
            bytes = &joined;
        }
        while let Some((frame, rest)) = split_frame(bytes) {
            bytes = rest;
            let Some((id, mark)) = self.marks.read(frame) else {
                continue;
            };
            messages += 1;
            self.received.frame_length = frame.len();
            let delay = mark.delay(self.start);
            self.received.delays_ms.push(delay.as_secs_f64() * 1e3);
            let is_new = !std::mem::replace(&mut socket.has[mark.number], true);
            let is_in_order = std::mem::replace(&mut socket.last_id, id) < id;
            self.received.lost += usize::from(!is_new || !is_in_order);
        }
        socket.rest.extend_from_slice(bytes);
        Ok(messages)
    }
}

/// The payload of the first frame, and what comes after it (RFC 6455, from a server).
fn split_frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, length) = match bytes.get(1)? {
        126 => (
            4,
            u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?).into(),
        ),
        127 => (
            10,
            usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?,
        ),
        length => (2, usize::from(*length)),
    };
    bytes.get(head..)?.split_at_checked(length)
}
