//! A TCP proxy that breaks connections, refuses them, or swallows a reply, when a test says so.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
};

pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    refuses: AtomicBool,
    loses_next_reply: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
    close_codes: Mutex<Vec<u16>>,
    /// The client's end of the newest WebSocket.
    web_socket: Mutex<Option<TcpStream>>,
}

impl Proxy {
    pub(crate) fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        let proxy = Self {
            address,
            shared: shared.clone(),
        };
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.refuses.load(SeqCst) {
                    continue;
                }
                let Ok(upstream) = TcpStream::connect(server) else {
                    continue;
                };
                shared.relay(client, upstream);
            }
        });
        proxy
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether new connections are closed at once.
    pub(crate) fn refuse(&self, refuse: bool) {
        self.shared.refuses.store(refuse, SeqCst);
    }

    /// Closes all connections.
    pub(crate) fn reset_all(&self) {
        for stream in self.shared.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// The oldest code with which a game has closed a WebSocket, unless it was taken.
    #[allow(dead_code, reason = "the tests of pages look at it")]
    pub(crate) fn take_close_code(&self) -> Option<u16> {
        let mut codes = self.shared.close_codes.lock().unwrap();
        (!codes.is_empty()).then(|| codes.remove(0))
    }

    /// Sends the newest WebSocket text frames, again and again, as if the server did, which has to be silent.
    #[allow(dead_code, reason = "the tests of pages use it")]
    pub(crate) fn flood(&self, texts: &[String], count: usize) {
        let frame = |text: &String| {
            let length = u16::try_from(text.len()).expect("a short frame");
            [&[0x81, 126], &length.to_be_bytes()[..], text.as_bytes()].concat()
        };
        let frames: Vec<u8> = texts.iter().flat_map(frame).collect();
        let client = self.shared.web_socket.lock().unwrap();
        let mut client = client.as_ref().expect("a WebSocket");
        client
            .write_all(&frames.repeat(count))
            .expect("the game reads");
    }

    /// Closes the next connection over which a message is sent, once the server has answered.
    pub(crate) fn lose_next_reply(&self) {
        self.shared.loses_next_reply.store(true, SeqCst);
    }
}

impl Shared {
    fn relay(self: &Arc<Self>, client: TcpStream, server: TcpStream) {
        let clone = |stream: &TcpStream| stream.try_clone().expect("another handle");
        self.open
            .lock()
            .unwrap()
            .extend([clone(&client), clone(&server)]);
        let loses_reply = Arc::new(AtomicBool::new(false));
        let (shared, is_lost) = (self.clone(), loses_reply.clone());
        let (from, to) = (clone(&client), clone(&server));
        let kept = clone(&client);
        thread::spawn(move || {
            copy(from, to, |bytes| {
                let is_message = bytes.starts_with(b"POST /v3.0/messages");
                if is_message && shared.loses_next_reply.swap(false, SeqCst) {
                    is_lost.store(true, SeqCst);
                }
                if bytes.starts_with(b"GET / ") {
                    *shared.web_socket.lock().unwrap() = kept.try_clone().ok();
                }
                shared.close_codes.lock().unwrap().extend(close_code(bytes));
                true
            });
        });
        thread::spawn(move || copy(server, client, |_| !loses_reply.load(SeqCst)));
    }
}

/// The code in a close frame of a client's, which comes by itself: two bytes, the mask, the masked code.
fn close_code(bytes: &[u8]) -> Option<u16> {
    match bytes {
        [0x88, length, mask_0, mask_1, _, _, code_0, code_1, ..] if *length >= 0x82 => {
            Some(u16::from_be_bytes([mask_0 ^ code_0, mask_1 ^ code_1]))
        }
        _ => None,
    }
}

/// Passes bytes on until either end closes, or `passes` says no.
fn copy(mut from: TcpStream, mut to: TcpStream, mut passes: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if !passes(&buffer[..read]) || to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
