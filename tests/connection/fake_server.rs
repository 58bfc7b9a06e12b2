//! A server that says what a test wants it to say, right or wrong.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
};

use tungstenite::{Message as Frame, WebSocket};

/// What the server does once the WebSocket stands.
type OnSocket = dyn Fn(WebSocket<TcpStream>) + Send + Sync;
/// The whole HTTP answer to a request of this method and path, or `None` for the right one.
type OnRequest = dyn Fn(&str, &str) -> Option<Vec<u8>> + Send + Sync;

pub(super) struct FakeServer {
    pub(super) address: SocketAddr,
    closed: Arc<AtomicBool>,
}

/// What becomes of a connection that asks for a WebSocket.
#[derive(Clone)]
enum Upgrade {
    Accept(Arc<OnSocket>),
    Refuse(&'static [u8]),
}

impl FakeServer {
    fn start(
        on_request: impl Fn(&str, &str) -> Option<Vec<u8>> + Send + Sync + 'static,
        upgrade: Upgrade,
    ) -> Self {
        let on_request: Arc<OnRequest> = Arc::new(on_request);
        Self::listen(move |stream, address| serve(stream, address, &*on_request, &upgrade))
    }

    pub(super) fn listen(serve: impl Fn(TcpStream, SocketAddr) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let closed = Arc::new(AtomicBool::new(false));
        let stop = closed.clone();
        let serve = Arc::new(serve);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(SeqCst) {
                    return;
                }
                let serve = serve.clone();
                thread::spawn(move || serve(stream, address));
            }
        });
        Self { address, closed }
    }

    /// Answers every request right, and every upgrade with this.
    pub(super) fn refusing_upgrades(answer: &'static [u8]) -> Self {
        Self::start(|_, _| None, Upgrade::Refuse(answer))
    }

    /// Answers every request with a reply that never ends.
    pub(super) fn endless() -> Self {
        Self::listen(|mut stream, _| {
            let _ = read_request(&mut stream);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            while stream.write_all(b"1\r\n \r\n").is_ok() {
                thread::sleep(std::time::Duration::from_millis(10));
            }
        })
    }

    /// Answers requests as the test wants, and leaves the socket to it too.
    pub(super) fn start_with(
        on_request: impl Fn(&str, &str) -> Option<Vec<u8>> + Send + Sync + 'static,
        on_socket: impl Fn(WebSocket<TcpStream>) + Send + Sync + 'static,
    ) -> Self {
        Self::start(on_request, Upgrade::Accept(Arc::new(on_socket)))
    }

    /// Answers requests as the test wants; drops the first WebSocket after one frame, and keeps those that follow.
    pub(super) fn losing_the_first(
        on_request: impl Fn(&str, &str) -> Option<Vec<u8>> + Send + Sync + 'static,
        frame: String,
    ) -> Self {
        let is_first = AtomicBool::new(true);
        Self::start_with(on_request, move |mut socket| {
            accept(&mut socket);
            if is_first.swap(false, SeqCst) {
                send(&mut socket, &frame);
                thread::sleep(std::time::Duration::from_millis(100));
            } else {
                while socket.read().is_ok() {}
            }
        })
    }

    /// Answers every request right, and leaves the socket to the test.
    pub(super) fn with_socket(
        on_socket: impl Fn(WebSocket<TcpStream>) + Send + Sync + 'static,
    ) -> Self {
        Self::start(|_, _| None, Upgrade::Accept(Arc::new(on_socket)))
    }

    /// Answers requests as the test wants; its WebSocket accepts everybody and stays silent.
    pub(super) fn with_requests(
        on_request: impl Fn(&str, &str) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        let on_socket = |mut socket: WebSocket<TcpStream>| {
            accept(&mut socket);
            while socket.read().is_ok() {}
        };
        Self::start(on_request, Upgrade::Accept(Arc::new(on_socket)))
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.closed.store(true, SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// Takes the auth frame and accepts it.
pub(super) fn accept(socket: &mut WebSocket<TcpStream>) {
    let _ = socket.read();
    send(
        socket,
        r#"{"type":"auth","body":{"code":"200","status":"OK"}}"#,
    );
}

pub(super) fn send(socket: &mut WebSocket<TcpStream>, text: &str) {
    let _ = socket.send(Frame::text(text));
}

/// Waits until the client has read everything that was sent so far.
pub(super) fn await_pong(socket: &mut WebSocket<TcpStream>) {
    let _ = socket.send(Frame::Ping("read?".into()));
    while let Ok(frame) = socket.read() {
        if frame.is_pong() {
            return;
        }
    }
}

/// A `message` frame from bob to alice.
pub(super) fn message_frame(id: u64, text: &str) -> String {
    serde_json::json!({
        "appId": "app123", "receiver": "alice", "receiverType": "user", "deviceId": "bobs", "type": "message",
        "sender": "bob", "body": message(id, text),
    })
    .to_string()
}

pub(super) fn message(id: u64, text: &str) -> serde_json::Value {
    let user =
        |uid: &str| serde_json::json!({"entity": {"uid": uid, "name": uid}, "entityType": "user"});
    serde_json::json!({
        "id": id.to_string(), "conversationId": "alice_user_bob", "sender": "bob", "receiver": "alice",
        "receiverType": "user", "category": "message", "type": "text", "sentAt": 1_795_448_821,
        "data": {"text": text, "entities": {"sender": user("bob"), "receiver": user("alice")}},
    })
}

/// An HTTP answer with this body.
pub(super) fn http(status: &str, content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub(super) fn json(body: &str) -> Vec<u8> {
    http("200 OK", "application/json", body)
}

fn serve(mut stream: TcpStream, address: SocketAddr, on_request: &OnRequest, upgrade: &Upgrade) {
    let mut peeked = [0; 1024];
    let seen = stream.peek(&mut peeked).unwrap_or(0);
    let head = String::from_utf8_lossy(&peeked[..seen]).into_owned();
    if head.starts_with("GET / ") {
        match upgrade {
            Upgrade::Accept(on_socket) => {
                tungstenite::accept(stream).map_or((), on_socket.as_ref())
            }
            Upgrade::Refuse(answer) => {
                read_request(&mut stream);
                let _ = stream.write_all(answer);
            }
        }
        return;
    }
    let Some((method, path)) = read_request(&mut stream) else {
        return;
    };
    let answer =
        on_request(&method, &path).unwrap_or_else(|| right_answer(&method, &path, address));
    let _ = stream.write_all(&answer);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.read(&mut peeked);
}

/// Reads a request whole, and tells its method and path.
pub(super) fn read_request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        request.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_lowercase()
                        .strip_prefix("content-length:")?
                        .trim()
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            if body.len() >= length {
                let mut words = head.split(' ');
                return Some((words.next()?.into(), words.next()?.into()));
            }
        }
    }
}

pub(super) fn right_answer(method: &str, path: &str, address: SocketAddr) -> Vec<u8> {
    let body = match (method, path.trim_start_matches("/v3.0")) {
        ("POST", "/users/alice/auth_tokens") => {
            serde_json::json!({"data": {"uid": "alice", "authToken": "token"}})
        }
        ("PUT", "/me") => serde_json::json!({"data": {
            "uid": "alice", "name": "Alice", "authToken": "token", "jwt": "jwt",
            "settings": {
                "CHAT_HOST": address.ip(), "CHAT_WSS_PORT": address.port(),
                "CLIENT_API_HOST": address, "CHAT_API_VERSION": "v3.0", "APP_VERSION": 4,
            },
        }}),
        ("GET", "/users/bob") => serde_json::json!({"data": {"uid": "bob", "name": "Bob"}}),
        ("POST", "/messages") => serde_json::json!({"data": message(7, "stored")}),
        _ => serde_json::json!({"data": {}}),
    };
    json(&body.to_string())
}
