//! Requests and a socket of the check's own, which see what the crate passes over.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use async_io::Timer;
use async_net::TcpStream;
use async_tungstenite::tungstenite::Message as Frame;
use bytes::Bytes;
use futures_lite::{AsyncRead, AsyncWrite, StreamExt, future};
use futures_rustls::{
    TlsConnector,
    pki_types::ServerName,
    rustls::{ClientConfig, crypto::ring},
};
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request, client::conn::http1};
use rustls_platform_verifier::Verifier;
use serde_json::{Value, json};
use smol_hyper::rt::FuturesIo;

use super::{Outcome, args::Target, report::Report};

const TIMEOUT: Duration = Duration::from_secs(30);
const PING_INTERVAL: Duration = Duration::from_secs(10);

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// What a user is known by.
pub(crate) struct Session {
    uid: String,
    app_id: String,
    pub(crate) token: String,
    jwt: String,
    resource: String,
    base: String,
    socket_url: String,
}

/// A reply as it came.
pub(crate) struct Reply {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    /// The code of a failure; empty where there is no failure.
    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
}

impl Session {
    /// Logs a user in as another device.
    pub(crate) async fn start(uid: &str, target: &Target, report: &mut Report) -> Outcome<Self> {
        let resource = format!("check-{:08x}", fastrand::u32(..));
        let headers = [
            ("appid", target.app_id.as_str()),
            ("apikey", &target.key),
            ("resource", &resource),
        ];
        let url = format!("{}/users/{uid}/auth_tokens", target.admin_url);
        let reply = send("POST", &url, &headers, Some(json!({}))).await?;
        let token = text(&reply.body["data"]["authToken"]);
        report.keep_secret(&token);
        let headers = [
            ("appid", target.app_id.as_str()),
            ("authtoken", &token),
            ("resource", &resource),
        ];
        let url = format!("{}/me", target.client_url);
        let reply = send("PUT", &url, &headers, Some(json!({"platform": "rust"}))).await?;
        let (data, settings) = (&reply.body["data"], &reply.body["data"]["settings"]);
        let (jwt, other_token) = (text(&data["jwt"]), text(&data["authToken"]));
        report.keep_secret(&jwt);
        report.keep_secret(&other_token);
        let secure = target.client_url.starts_with("https");
        let base = match (
            settings["CLIENT_API_HOST"].as_str(),
            settings["CHAT_API_VERSION"].as_str(),
        ) {
            (Some(host), Some(version)) if secure => format!("https://{host}/{version}"),
            _ => target.client_url.clone(),
        };
        let host = ["CHAT_HOST_OVERRIDE", "CHAT_HOST_APP_SPECIFIC", "CHAT_HOST"]
            .iter()
            .find_map(|name| settings[name].as_str().filter(|host| !host.is_empty()))
            .ok_or("the settings name no chat host")?;
        let scheme = if secure { "wss" } else { "ws" };
        let socket_url = format!("{scheme}://{host}:{}/", text(&settings["CHAT_WSS_PORT"]));
        Ok(Self {
            uid: uid.to_owned(),
            app_id: target.app_id.clone(),
            token: if other_token.is_empty() {
                token
            } else {
                other_token
            },
            jwt,
            resource,
            base,
            socket_url,
        })
    }

    pub(crate) async fn get(&self, path: &str) -> Outcome<Reply> {
        self.get_with(path, &self.token).await
    }

    /// With another token.
    pub(crate) async fn get_with(&self, path: &str, token: &str) -> Outcome<Reply> {
        let headers = [
            ("appid", self.app_id.as_str()),
            ("authtoken", token),
            ("resource", &self.resource),
        ];
        send("GET", &format!("{}/{path}", self.base), &headers, None).await
    }

    pub(crate) async fn log_out(&self) -> Outcome<Reply> {
        let headers = [
            ("appid", self.app_id.as_str()),
            ("authtoken", &self.token),
            ("resource", &self.resource),
        ];
        send("DELETE", &format!("{}/me", self.base), &headers, None).await
    }

    /// Opens a socket and collects what arrives on it.
    pub(crate) fn listen(&self) -> Frames {
        self.listen_with(&self.jwt)
    }

    /// With another credential.
    pub(crate) fn listen_with(&self, jwt: &str) -> Frames {
        let auth = json!({
            "appId": self.app_id, "deviceId": self.resource, "type": "auth", "sender": self.uid,
            "body": {"auth": jwt, "deviceId": self.resource, "presenceSubscription": "ALL_USERS"},
        });
        let frames = Frames::default();
        let (url, arrived) = (self.socket_url.clone(), frames.0.clone());
        thread::spawn(move || {
            let ended = future::block_on(read_frames(&url, &auth, &arrived));
            let end = ended.unwrap_or_else(|error| error.to_string());
            push(&arrived, json!({"type": "closed", "how": end}));
        });
        frames
    }
}

/// The frames that arrived on a socket; the socket closes when this is dropped.
#[derive(Clone, Default)]
pub(crate) struct Frames(Arc<Mutex<Vec<Value>>>);

impl Frames {
    pub(crate) fn all(&self) -> Vec<Value> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits for a frame.
    pub(crate) async fn wait_for(&self, is_it: impl Fn(&Value) -> bool) -> Option<Value> {
        for _ in 0..200 {
            if let Some(frame) = self.all().into_iter().find(&is_it) {
                return Some(frame);
            }
            Timer::after(Duration::from_millis(50)).await;
        }
        None
    }
}

fn push(frames: &Mutex<Vec<Value>>, frame: Value) {
    frames
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(frame);
}

async fn read_frames(url: &str, auth: &Value, arrived: &Arc<Mutex<Vec<Value>>>) -> Outcome<String> {
    let stream = connect(url).await?;
    let (mut socket, _) = async_tungstenite::client_async(url, stream).await?;
    socket.send(Frame::text(auth.to_string())).await?;
    while Arc::strong_count(arrived) > 1 {
        let frame = future::or(async { Some(socket.next().await) }, async {
            Timer::after(PING_INTERVAL).await;
            None
        })
        .await;
        match frame {
            None => {
                socket
                    .send(Frame::text(r#"{"action":"ping","ack":"true"}"#))
                    .await?
            }
            Some(None) => return Ok("the connection ended".to_owned()),
            Some(Some(Ok(Frame::Text(text)))) => {
                push(arrived, serde_json::from_str(&text).unwrap_or(Value::Null));
            }
            Some(Some(Ok(Frame::Close(frame)))) => {
                return Ok(frame.map_or("closed".to_owned(), |frame| {
                    format!("closed with {}: {}", frame.code, frame.reason)
                }));
            }
            Some(Some(Ok(_))) => {}
            Some(Some(Err(error))) => return Err(error.into()),
        }
    }
    Ok("left".to_owned())
}

/// Makes a request on a connection of its own.
pub(crate) async fn send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<Value>,
) -> Outcome<Reply> {
    let uri: hyper::Uri = url.parse()?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", uri.authority().map_or("", |host| host.as_str()))
        .header("accept", "application/json")
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = body.map_or(Bytes::new(), |body| body.to_string().into());
    let request = request.body(Full::new(body))?;
    let exchange = async {
        let stream = FuturesIo::new(connect(url).await?);
        let (mut sender, connection) = http1::handshake(stream).await?;
        let reply = async {
            let reply = sender.send_request(request).await?;
            let (head, body) = reply.into_parts();
            let bytes = body.collect().await?.to_bytes();
            Ok(Reply {
                headers: head.headers,
                body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            })
        };
        future::or(reply, async {
            connection.await?;
            future::pending().await
        })
        .await
    };
    future::or(exchange, async {
        Timer::after(TIMEOUT).await;
        Err("no reply".into())
    })
    .await
}

/// Connects to the host of a URL, with TLS where the scheme says so.
async fn connect(url: &str) -> Outcome<Box<dyn Duplex>> {
    let uri: hyper::Uri = url.parse()?;
    let host = uri.host().ok_or("a URL without a host")?;
    let is_secure = matches!(uri.scheme_str(), Some("https" | "wss"));
    let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
    let tcp = TcpStream::connect((host, port)).await?;
    tcp.set_nodelay(true)?;
    if !is_secure {
        return Ok(Box::new(tcp));
    }
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier::new(provider.clone())?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned())?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, tcp)
        .await?;
    Ok(Box::new(stream))
}

/// A text, also where a number stands for it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
