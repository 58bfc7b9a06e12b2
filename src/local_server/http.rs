use std::{
    convert::Infallible,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_io::Timer;
use async_tungstenite::tungstenite::handshake::server::create_response_with_body;
use bytes::Bytes;
use futures_lite::future;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Body, Incoming},
    header::{self, HeaderMap, HeaderValue},
    server::conn::http1,
    service::service_fn,
    upgrade::{self, OnUpgrade},
};
use smol_hyper::rt::{FuturesIo, SmolTimer};

use super::{
    Shared,
    api::{self, Call, Headers},
    refusal::Refusal,
    socket,
    stream::Stream,
};
use crate::wire::{error::code, reply, route};

/// How large a request's body may be.
const MAX_BODY: usize = 1 << 20;

/// How much of a body that is too large is read all the same, so that the client gets to read the reply.
const MAX_DRAINED: u64 = 8 << 20;

/// How long a client may take over a request's headers, idle time before them included.
const HEADER_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a client may take over a request's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

type Reply = Response<Full<Bytes>>;
/// The socket that a request asked for, once it was granted.
type Granted = Arc<Mutex<Option<OnUpgrade>>>;

/// Serves a connection: requests, then perhaps a WebSocket.
pub(super) async fn serve(stream: Stream, shared: Shared) {
    let granted = Granted::default();
    let service = service_fn(|request| answer(request, shared.clone(), granted.clone()));
    let mut connection = pin!(
        http1::Builder::new()
            .timer(SmolTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .max_buf_size(64 << 10)
            .serve_connection(FuturesIo::new(stream), service)
            .with_upgrades()
    );
    let ended = future::or(async { Some(connection.as_mut().await) }, async {
        let _closed = shared.stopping.recv().await;
        None
    });
    let result = match ended.await {
        Some(result) => result,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.as_mut().await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "an HTTP connection broke");
    }

    let granted = granted
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(granted) = granted
        && let Ok(upgraded) = granted.await
        && let Ok(parts) = upgraded.downcast::<FuturesIo<Stream>>()
    {
        socket::serve(parts.io.into_inner(), parts.read_buf, &shared).await;
    }
}

async fn answer(
    request: Request<Incoming>,
    shared: Shared,
    granted: Granted,
) -> Result<Reply, Infallible> {
    let cors = CorsHeaders::for_request(request.headers());
    let mut reply = match (request.method(), request.uri().path()) {
        (&Method::OPTIONS, _) => preflight_reply(request.headers()),
        (&Method::GET, "/") if request.headers().contains_key(header::UPGRADE) => {
            grant_socket(request, &granted)
        }
        _ => match answer_api(request, &shared).await {
            Ok(body) => json_reply(StatusCode::OK, body),
            Err(refusal) => refusal_reply(&refusal),
        },
    };
    cors.add_to(reply.headers_mut());
    Ok(reply)
}

async fn answer_api(request: Request<Incoming>, shared: &Shared) -> api::Reply {
    let path = request.uri().path().trim_start_matches('/');
    let path = path.strip_prefix("v3.0/").unwrap_or(path);
    let (endpoint, values) = api::find(request.method(), path)?;
    let call = Call {
        values,
        parameters: route::parameters(request.uri().query().unwrap_or_default()),
        headers: Headers::read(request.headers()),
        body: read_body(request.into_body()).await?,
    };
    shared
        .store
        .run(move |context| endpoint.serve(context, &call))
        .await
}

async fn read_body(mut body: Incoming) -> Result<Bytes, Refusal> {
    let too_large = || {
        Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            code::BODY_TOO_LARGE,
            format!("A request's body has at most {MAX_BODY} bytes."),
        )
    };
    if body.size_hint().lower() > MAX_DRAINED {
        return Err(too_large());
    }
    let read = async {
        let mut collected = Vec::new();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Refusal::bad_request("The body was cut short."))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            length += data.len() as u64;
            match length {
                length if length > MAX_DRAINED => break,
                length if length > MAX_BODY as u64 => collected = Vec::new(),
                _ => collected.extend_from_slice(&data),
            }
        }
        match length > MAX_BODY as u64 {
            true => Err(too_large()),
            false => Ok(collected.into()),
        }
    };
    future::or(read, async {
        Timer::after(BODY_TIMEOUT).await;
        Err(Refusal::new(
            StatusCode::REQUEST_TIMEOUT,
            code::BODY_TIMEOUT,
            "The body did not come in time.",
        ))
    })
    .await
}

fn grant_socket(request: Request<Incoming>, granted: &Granted) -> Reply {
    match create_response_with_body(&request, Full::default) {
        Ok(response) => {
            let mut granted = granted.lock().unwrap_or_else(PoisonError::into_inner);
            *granted = Some(upgrade::on(request));
            response
        }
        Err(error) => refusal_reply(&Refusal::bad_request(format!(
            "This is no WebSocket handshake: {error}"
        ))),
    }
}

fn refusal_reply(refusal: &Refusal) -> Reply {
    let body = reply::failure(&refusal.to_body()).unwrap_or_default();
    json_reply(refusal.status, body)
}

fn json_reply(status: StatusCode, body: Vec<u8>) -> Reply {
    let mut reply = Response::new(Full::from(body));
    *reply.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    reply.headers_mut().insert(header::CONTENT_TYPE, json);
    reply
}

/// What lets a page of another origin make the request that it asks about (PROTOCOL.md §2.2).
fn preflight_reply(request: &HeaderMap) -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = StatusCode::NO_CONTENT;
    let headers = reply.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE"),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("600"),
    );
    // Echoed, since a wildcard would not cover Authorization.
    if let Some(wanted) = request.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    reply
}

/// What lets a page of another origin read the reply.
struct CorsHeaders {
    origin: HeaderValue,
}

impl CorsHeaders {
    fn for_request(request: &HeaderMap) -> Self {
        Self {
            origin: request
                .get(header::ORIGIN)
                .cloned()
                .unwrap_or_else(|| HeaderValue::from_static("*")),
        }
    }

    fn add_to(self, reply: &mut HeaderMap) {
        reply.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.origin);
        reply.insert(header::VARY, HeaderValue::from_static("Origin"));
    }
}
