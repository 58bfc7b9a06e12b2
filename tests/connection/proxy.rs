//! A TCP relay in front of a server, for what networks do to connections.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

#[derive(Default)]
struct State {
    target: Mutex<Option<SocketAddr>>,
    frozen: AtomicBool,
    refusing: AtomicBool,
    closed: AtomicBool,
    accepted: AtomicUsize,
    streams: Mutex<Vec<TcpStream>>,
}

pub(super) struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

impl Proxy {
    pub(super) fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State::default());
        *state.target.lock().unwrap() = Some(target);
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.closed.load(SeqCst) {
                    return;
                }
                if let Ok(stream) = stream {
                    shared.accepted.fetch_add(1, SeqCst);
                    shared.relay(stream);
                }
            }
        });
        Self { address, state }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections came in so far.
    pub(super) fn accepted(&self) -> usize {
        self.state.accepted.load(SeqCst)
    }

    /// Nothing passes any more, in either direction, and nobody is told: a black hole.
    pub(super) fn freeze(&self) {
        self.state.frozen.store(true, SeqCst);
    }

    pub(super) fn thaw(&self) {
        self.state.frozen.store(false, SeqCst);
    }

    /// New connections are closed at once.
    pub(super) fn refuse(&self, refusing: bool) {
        self.state.refusing.store(refusing, SeqCst);
    }

    /// Every connection ends, without a word of WebSocket's.
    pub(super) fn cut(&self) {
        for stream in self.state.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.closed.store(true, SeqCst);
        self.cut();
        let _ = TcpStream::connect(self.address);
    }
}

impl State {
    fn relay(self: &Arc<Self>, client: TcpStream) {
        let target = *self.target.lock().unwrap();
        let server = target
            .filter(|_| !self.refusing.load(SeqCst))
            .and_then(|target| TcpStream::connect(target).ok());
        let Some(server) = server else { return };
        for stream in [&client, &server] {
            let _ = stream.set_nodelay(true);
            let _ = stream.set_read_timeout(Some(Duration::from_millis(5)));
            self.streams.lock().unwrap().extend(stream.try_clone());
        }
        let (Ok(from_client), Ok(from_server)) = (client.try_clone(), server.try_clone()) else {
            return;
        };
        let (up, down) = (self.clone(), self.clone());
        thread::spawn(move || up.copy(from_client, server));
        thread::spawn(move || down.copy(from_server, client));
    }

    fn copy(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = [0; 16 * 1024];
        while !self.closed.load(SeqCst) {
            if self.frozen.load(SeqCst) {
                thread::sleep(Duration::from_millis(5));
                continue;
            }
            match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    while self.frozen.load(SeqCst) && !self.closed.load(SeqCst) {
                        thread::sleep(Duration::from_millis(5));
                    }
                    if to.write_all(&buffer[..read]).is_err() {
                        break;
                    }
                }
                Err(error)
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    ) => {}
                Err(_) => break,
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}
