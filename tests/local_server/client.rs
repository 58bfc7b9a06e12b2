//! HTTP and WebSocket by hand, blocking.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use bevy_cometchat::local_server::{LocalServer, LocalServerConfig};
use futures_rustls::{
    pki_types::{CertificateDer, ServerName, pem::PemObject},
    rustls::{
        ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring::default_provider,
    },
};
use rustix::net::sockopt::set_socket_recv_buffer_size;
use serde_json::{Value, json};
use tungstenite::{
    Message, WebSocket,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

pub(crate) const APP: &str = "app123";
pub(crate) const KEY: &str = "key123";

/// How long anything may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// What the kernel takes for a client that does not read, in bytes. By default it may take tens of megabytes.
const RECEIVE_BUFFER: usize = 128 * 1024;

pub(crate) fn config() -> LocalServerConfig {
    LocalServerConfig::new(APP, KEY)
        .user("alice")
        .user("bob")
        .user("carol")
        .messages_per_minute(u32::MAX)
}

pub(crate) fn server() -> LocalServer {
    LocalServer::start(config()).expect("the server starts")
}

/// Where a server is, and how to reach it.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
    prefix: &'static str,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

/// A user who is logged in on a device.
pub(crate) struct Login {
    pub(crate) api: Api,
    pub(crate) uid: String,
    pub(crate) device: String,
    pub(crate) token: String,
    pub(crate) jwt: String,
}

pub(crate) struct Socket(WebSocket<Box<dyn ReadWrite>>);

pub(crate) trait ReadWrite: Read + Write + Send {}
impl<T: Read + Write + Send> ReadWrite for T {}

impl Api {
    pub(crate) fn of(server: &LocalServer) -> Self {
        Self {
            address: server.address(),
            tls: server.certificate_pem().map(trusting),
            prefix: "/v3.0",
        }
    }

    pub(crate) fn at(address: SocketAddr) -> Self {
        Self {
            address,
            tls: None,
            prefix: "/v3.0",
        }
    }

    pub(crate) fn without_prefix(mut self) -> Self {
        self.prefix = "";
        self
    }

    pub(crate) fn stream(&self) -> Box<dyn ReadWrite> {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        set_socket_recv_buffer_size(&stream, RECEIVE_BUFFER).unwrap();
        match &self.tls {
            None => Box::new(stream),
            Some(config) => {
                let name = ServerName::from(self.address.ip());
                let session = ClientConnection::new(config.clone(), name).unwrap();
                Box::new(StreamOwned::new(session, stream))
            }
        }
    }

    /// Sends a request as it is; `headers` come before its own.
    pub(crate) fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let mut request = format!("{method} {path} HTTP/1.1\r\n");
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request += &format!("Host: {}\r\n", self.address);
        }
        request += &format!(
            "Connection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = self.stream();
        stream.write_all(request.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        Reply::read(stream)
    }

    /// A request with the app's id.
    pub(crate) fn request(
        &self,
        method: &str,
        route: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Reply {
        let headers = [headers, &[("appId", APP)]].concat();
        let path = format!("{}/{route}", self.prefix);
        self.raw(method, &path, &headers, &body.to_string())
    }

    pub(crate) fn log_in(&self, uid: &str, device: &str) -> Login {
        let route = format!("users/{uid}/auth_tokens");
        let reply = self.request("POST", &route, &[("apiKey", KEY)], &json!({}));
        let token = reply.data()["authToken"].as_str().unwrap().to_owned();
        let me = self.request("PUT", "me", &[("authToken", &token)], &json!({}));
        Login {
            api: self.clone(),
            uid: uid.to_owned(),
            device: device.to_owned(),
            jwt: me.data()["jwt"].as_str().unwrap().to_owned(),
            token,
        }
    }

    /// A socket on which nothing was said yet.
    pub(crate) fn socket(&self) -> Socket {
        let url = format!("ws://{}/", self.address);
        let (socket, _) = tungstenite::client(url, self.stream()).expect("a handshake");
        Socket(socket)
    }
}

pub(crate) fn trusting(pem: &str) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

impl Reply {
    pub(crate) fn read(mut stream: impl Read) -> Self {
        let mut bytes = Vec::new();
        match stream.read_to_end(&mut bytes) {
            Ok(_) => {}
            // What was read before the connection broke is the reply all the same.
            Err(error) if !bytes.is_empty() && error.kind() != io::ErrorKind::WouldBlock => {}
            Err(error) => panic!("no reply: {error}"),
        }
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect("a reply with a head");
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        Self {
            status: status.parse().unwrap(),
            headers: lines
                .map(|line| line.split_once(": ").unwrap())
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.headers["content-type"], "application/json");
        serde_json::from_str(&self.body).expect("a reply in JSON")
    }

    /// The data of a request that succeeded.
    pub(crate) fn data(&self) -> Value {
        let json = self.json();
        assert_eq!(self.status, 200, "{json}");
        assert!(json.get("error").is_none(), "{json}");
        json["data"].clone()
    }

    /// The status and code of a request that was refused.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let json = self.json();
        assert!(json.get("data").is_none(), "{json}");
        assert!(!json["error"]["message"].as_str().unwrap().is_empty());
        let code = json["error"]["code"].as_str().unwrap().to_owned();
        (self.status, code)
    }
}

impl Login {
    pub(crate) fn request(&self, method: &str, route: &str, body: &Value) -> Reply {
        let headers = [
            ("authToken", &*self.token),
            ("resource", &*self.device),
            ("Content-Type", "application/json"),
        ];
        self.api.request(method, route, &headers, body)
    }

    pub(crate) fn get(&self, route: &str) -> Reply {
        self.request("GET", route, &Value::Null)
    }

    /// Sends a text as the official SDK does.
    pub(crate) fn send(&self, receiver_type: &str, receiver: &str, text: &str) -> Reply {
        let body = text_message(receiver_type, receiver, text);
        self.request("POST", "messages", &body)
    }

    /// Sends a text to a server that may be gone before it answered.
    pub(crate) fn try_send(
        &self,
        receiver_type: &str,
        receiver: &str,
        text: &str,
    ) -> Option<Reply> {
        let body = text_message(receiver_type, receiver, text).to_string();
        let request = format!(
            "POST /v3.0/messages HTTP/1.1\r\nHost: {}\r\nappId: {APP}\r\nauthToken: {}\r\nresource: {}\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.api.address,
            self.token,
            self.device,
            body.len()
        );
        let mut stream = TcpStream::connect(self.api.address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.write_all(request.as_bytes()).ok()?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).ok()?;
        (!reply.is_empty()).then(|| Reply::read(&*reply))
    }

    /// A socket that authenticated.
    pub(crate) fn connect(&self) -> Socket {
        self.connect_with_presence(Value::Null)
    }

    pub(crate) fn connect_with_presence(&self, presence: Value) -> Socket {
        let mut socket = self.api.socket();
        let mut frame = self.auth_frame();
        frame["body"]["presenceSubscription"] = presence;
        socket.send(&frame);
        let reply = socket.next();
        assert_eq!(reply["type"], "auth");
        assert_eq!(reply["body"], json!({"code": "200", "status": "OK"}));
        socket
    }

    pub(crate) fn auth_frame(&self) -> Value {
        json!({
            "appId": APP, "deviceId": self.device, "type": "auth", "sender": self.uid,
            "body": {
                "auth": self.jwt, "deviceId": self.device,
                "params": {"appInfo": {"version": "4.2.0", "apiVersion": "v3.0", "origin": null, "uts": 1},
                           "userAgent": "test", "deviceId": "persistent", "platform": "javascript"},
            },
        })
    }

    /// A frame of `kind` to a user or group, with the members that the official SDK gives it.
    pub(crate) fn frame(
        &self,
        kind: &str,
        receiver_type: &str,
        receiver: &str,
        body: Value,
    ) -> Value {
        json!({
            "appId": APP, "receiver": receiver, "receiverType": receiver_type, "deviceId": self.device,
            "type": kind, "sender": self.uid, "body": body,
        })
    }
}

/// A public group that `owner` creates and the others join.
pub(crate) fn group(owner: &Login, guid: &str, members: &[&Login]) {
    let body = json!({"guid": guid, "name": guid, "type": "public"});
    owner.request("POST", "groups", &body).data();
    for member in members {
        let route = format!("groups/{guid}/members");
        member.request("POST", &route, &json!({})).data();
    }
}

pub(crate) fn text_message(receiver_type: &str, receiver: &str, text: &str) -> Value {
    json!({
        "type": "text", "receiverType": receiver_type, "category": "message", "data": {"text": text}, "text": text,
        "receiver": receiver, "hasBlockedMe": false,
    })
}

impl Socket {
    pub(crate) fn send(&mut self, frame: &Value) {
        self.send_text(&frame.to_string());
    }

    pub(crate) fn send_text(&mut self, text: &str) {
        self.send_message(Message::text(text));
    }

    pub(crate) fn send_message(&mut self, message: Message) {
        self.0.send(message).expect("a frame is sent");
    }

    /// Sends a frame to a server that may be gone.
    pub(crate) fn try_send(&mut self, message: Message) -> bool {
        self.0.send(message).is_ok()
    }

    /// Reads until the answer to a ping of the protocol's own kind.
    pub(crate) fn expect_pong_to(&mut self, payload: u8) {
        loop {
            match self.0.read().expect("a frame") {
                Message::Pong(answer) if *answer == [payload] => return,
                Message::Pong(_) => {}
                other => panic!("{other:?} instead of a pong"),
            }
        }
    }

    /// The next frame.
    pub(crate) fn next(&mut self) -> Value {
        match self.0.read().expect("a frame") {
            Message::Text(text) => serde_json::from_str(&text).expect("a frame in JSON"),
            other => panic!("{other:?} instead of a frame"),
        }
    }

    /// Asserts that there is nothing to read: the answer to a ping comes after whatever was sent before.
    pub(crate) fn expect_silence(&mut self) {
        self.send_text(r#"{"action":"ping","ack":"true"}"#);
        assert_eq!(self.next(), json!({"action": "pong"}));
    }

    /// The code with which the server closes, whatever else comes before.
    pub(crate) fn closed_with(mut self) -> u16 {
        loop {
            match self.0.read() {
                Ok(Message::Close(Some(CloseFrame { code, .. }))) => return code.into(),
                Ok(Message::Close(None)) => return CloseCode::Status.into(),
                Ok(_) => {}
                Err(error) => panic!("no close frame: {error}"),
            }
        }
    }

    /// How many frames come until the connection breaks off without a close frame.
    pub(crate) fn frames_until_broken(mut self) -> usize {
        let mut frames = 0;
        loop {
            match self.0.read() {
                Ok(Message::Close(_)) => panic!("a close frame"),
                Ok(_) => frames += 1,
                Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    panic!("neither a frame nor an end")
                }
                Err(_) => return frames,
            }
        }
    }
}
