//! A relay in front of a plain server that writes down what clients send: TLS ends here.

use std::{
    io::{self, Cursor},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use async_io::{Async, block_on};
use futures_lite::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, future, io::split};
use futures_rustls::{
    TlsAcceptor,
    pki_types::PrivateKeyDer,
    rustls::{ServerConfig, crypto::ring},
};
use serde_json::Value;
use tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Data, OpCode},
};

use crate::browser::PATIENCE;

/// One thing that a client sent, in the order in which it did.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    Request {
        method: String,
        path: String,
        /// The query as it stands in the URL.
        query: String,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    Frame(Value),
}

pub(crate) struct Tap {
    pub(crate) address: SocketAddr,
    pub(crate) certificate_pem: String,
    record: Arc<Record>,
    closed: Arc<AtomicBool>,
}

#[derive(Default)]
struct Record {
    sent: Mutex<Vec<Sent>>,
}

impl Tap {
    pub(crate) fn before(server: SocketAddr) -> Self {
        let names = vec!["127.0.0.1".to_owned()];
        let pair = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(pair.signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![pair.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));

        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let tap = Self {
            address: listener.local_addr().unwrap(),
            certificate_pem: pair.cert.pem(),
            record: Arc::default(),
            closed: Arc::default(),
        };
        let (record, closed) = (tap.record.clone(), tap.closed.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if closed.load(Ordering::SeqCst) {
                    return;
                }
                let (acceptor, record) = (acceptor.clone(), record.clone());
                thread::spawn(move || block_on(relay(client, server, &acceptor, &record)));
            }
        });
        tap
    }

    /// What was sent since the last call, as soon as it is all that `is_complete` waits for.
    pub(crate) fn take(&self, is_complete: impl Fn(&[Sent]) -> bool) -> Vec<Sent> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            {
                let mut sent = self.record.sent.lock().unwrap();
                if is_complete(&sent) {
                    return std::mem::take(&mut sent);
                }
                assert!(Instant::now() < deadline, "no more was sent than {sent:#?}");
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

async fn relay(client: TcpStream, server: SocketAddr, acceptor: &TlsAcceptor, record: &Record) {
    let client = Async::new(client).expect("a socket");
    // Browsers try connections that they then don't use.
    let Ok(client) = acceptor.accept(client).await else {
        return;
    };
    let server = Async::<TcpStream>::connect(server)
        .await
        .expect("the server");
    let ((from_client, to_client), (from_server, to_server)) = (split(client), split(server));
    let up = up(from_client, to_server, record);
    let _ended = future::or(up, futures_lite::io::copy(from_server, to_client)).await;
}

async fn up(
    mut client: impl AsyncRead + Unpin,
    mut server: impl AsyncWrite + Unpin,
    record: &Record,
) -> io::Result<u64> {
    let (mut parser, mut buffer) = (Parser::default(), [0; 16 * 1024]);
    loop {
        let read = client.read(&mut buffer).await?;
        if read == 0 {
            return Ok(0);
        }
        // Written down before it is passed on, so that it is there when the reply is.
        parser.read(&buffer[..read], |sent| {
            record.sent.lock().unwrap().push(sent)
        });
        server.write_all(&buffer[..read]).await?;
    }
}

/// Makes requests and frames of the bytes of one connection.
#[derive(Default)]
struct Parser {
    unread: Vec<u8>,
    is_socket: bool,
}

impl Parser {
    fn read(&mut self, bytes: &[u8], mut put: impl FnMut(Sent)) {
        self.unread.extend_from_slice(bytes);
        loop {
            let step = if self.is_socket {
                frame(&self.unread)
            } else {
                request(&self.unread)
            };
            let Some((length, sent)) = step else { return };
            self.unread.drain(..length);
            self.is_socket |= matches!(&sent, Some(Sent::Request { headers, .. })
                if headers.iter().any(|(name, _)| name == "upgrade"));
            sent.into_iter().for_each(&mut put);
        }
    }
}

/// The request at the beginning of `bytes`, and its length, if it is complete.
fn request(bytes: &[u8]) -> Option<(usize, Option<Sent>)> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(bytes).expect("an HTTP request") else {
        return None;
    };
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|header| {
            let value = String::from_utf8_lossy(header.value).into_owned();
            (header.name.to_lowercase(), value)
        })
        .collect();
    let value_of = |wanted: &str| {
        headers
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value)
    };
    assert!(
        value_of("transfer-encoding").is_none(),
        "a body of a length that is told"
    );
    let body_length =
        value_of("content-length").map_or(0, |length| length.parse().expect("a length"));
    let body = bytes.get(length..length + body_length)?.to_vec();
    let target = head.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let sent = Sent::Request {
        method: head.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body,
    };
    Some((length + body_length, Some(sent)))
}

/// The WebSocket frame at the beginning of `bytes`, and its length, if it is complete. Control frames are nothing that
/// a client says.
fn frame(bytes: &[u8]) -> Option<(usize, Option<Sent>)> {
    let mut cursor = Cursor::new(bytes);
    let (header, length) = FrameHeader::parse(&mut cursor).expect("a frame")?;
    let start = cursor.position() as usize;
    let end = start + usize::try_from(length).unwrap();
    let mut payload = bytes.get(start..end)?.to_vec();
    let mask = header.mask.expect("clients mask what they send");
    payload
        .iter_mut()
        .zip(mask.iter().cycle())
        .for_each(|(byte, mask)| *byte ^= mask);
    let sent = match header.opcode {
        OpCode::Data(Data::Text) if header.is_final => {
            Some(Sent::Frame(serde_json::from_slice(&payload).expect("JSON")))
        }
        OpCode::Data(other) => panic!("a frame of another kind: {other:?}"),
        OpCode::Control(_) => None,
    };
    Some((end, sent))
}
