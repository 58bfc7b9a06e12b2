use std::{
    convert::Infallible,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
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
    api::{self, Call, Headers, ServedFile},
    rate_limit::Bucket,
    refusal::Refusal,
    request_context::RequestContext,
    shared::Shared,
    stream::Stream,
};
use crate::wire::{error::code, reply, route, settings::MAX_FILE_SIZE};

/// What the settings put before the routes; the official SDKs leave it out before they have any.
const BASES: [&str; 2] = ["v3.0/", "api/v1/"];

/// How large a request's body may be.
const MAX_BODY: usize = 1 << 20;

/// How large a body with files may be.
const MAX_UPLOAD: usize = MAX_FILE_SIZE as usize + (1 << 20);

/// How much more of a body that is too large is read all the same, so that the client gets to read the reply.
const MAX_DRAINED: u64 = 8 << 20;

/// How long a client may take over a request's headers, idle time before them included.
const HEADER_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a client may take over a request's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// When a client should try again that was one too many.
const FULL_RETRY_AFTER: Duration = Duration::from_secs(10);

/// Whether there is room for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Granted,
    /// There is not: it is told so, and nothing else.
    Full,
}

type Reply = Response<Full<Bytes>>;
/// The socket that a request asked for, once it was granted.
type Granted = Arc<Mutex<Option<OnUpgrade>>>;

/// Serves requests until the connection ends, or becomes a WebSocket: then returns it, and what was read of it.
pub(super) async fn serve(
    stream: Stream,
    shared: &Shared,
    admission: Admission,
) -> Option<(Stream, Bytes)> {
    let granted = Granted::default();
    // A user's requests are counted wherever they come from, and those that nobody is logged in for here.
    let requests = shared
        .rate_limits
        .map(|limits| Arc::new(Mutex::new(Bucket::new(limits.requests, Instant::now()))));
    let service = service_fn(|request| {
        let (shared, granted, requests) = (shared.clone(), granted.clone(), requests.clone());
        async move {
            match admission {
                Admission::Granted => answer(request, shared, granted, requests).await,
                Admission::Full => answer_that_full(&request),
            }
        }
    });
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
        .take()?;
    let parts = granted.await.ok()?.downcast::<FuturesIo<Stream>>().ok()?;
    Some((parts.io.into_inner(), parts.read_buf))
}

/// Tells who asks that there are too many others, and ends the connection.
fn answer_that_full(request: &Request<Incoming>) -> Result<Reply, Infallible> {
    let mut reply = refusal_reply(&Refusal::too_many_connections(FULL_RETRY_AFTER));
    let headers = reply.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    CorsHeaders::for_request(request.headers()).add_to(headers);
    Ok(reply)
}

async fn answer(
    request: Request<Incoming>,
    shared: Shared,
    granted: Granted,
    requests: Option<Arc<Mutex<Bucket>>>,
) -> Result<Reply, Infallible> {
    let cors = CorsHeaders::for_request(request.headers());
    let mut reply = match (request.method(), request.uri().path()) {
        (&Method::OPTIONS, _) => preflight_reply(request.headers()),
        (&Method::GET, "/") if request.headers().contains_key(header::UPGRADE) => {
            grant_socket(request, &granted)
        }
        _ => match count(requests.as_deref()) {
            Ok(()) => answer_api(request, &shared)
                .await
                .unwrap_or_else(|refusal| refusal_reply(&refusal)),
            Err(refusal) => refusal_reply(&refusal),
        },
    };
    cors.add_to(reply.headers_mut());
    Ok(reply)
}

fn count(requests: Option<&Mutex<Bucket>>) -> Result<(), Refusal> {
    match requests {
        None => Ok(()),
        Some(bucket) => bucket
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(Instant::now())
            .map_err(Refusal::too_many_requests),
    }
}

async fn answer_api(request: Request<Incoming>, shared: &Shared) -> Result<Reply, Refusal> {
    let path = request.uri().path().trim_start_matches('/');
    let path = BASES
        .iter()
        .find_map(|base| path.strip_prefix(base))
        .unwrap_or(path);
    if let Some(values) = route::FILE.matches(request.method(), path) {
        return answer_file(values, shared).await;
    }
    if let Some(values) = route::RECEIVE_UPLOAD.matches(request.method(), path) {
        return receive_upload(request, values, shared).await;
    }
    let (endpoint, values) = api::find(request.method(), path)?;
    let is_of_group = path.starts_with("groups/");
    let parameters = route::parameters(request.uri().query().unwrap_or_default());
    let mut headers = Headers::read(request.headers());
    let mut limit = MAX_BODY;
    if headers.boundary.is_some() {
        // So much is taken from users only.
        let check = move |context: &mut RequestContext<'_>| {
            api::authenticate(context, &headers)?;
            Ok(headers)
        };
        headers = shared.store.run(check).await?;
        limit = MAX_UPLOAD;
    }
    let call = Call {
        values,
        is_of_group,
        parameters,
        headers,
        body: read_body(request.into_body(), limit).await?,
    };
    let body = shared
        .store
        .run(move |context| endpoint.serve(context, &call))
        .await?;
    Ok(json_reply(StatusCode::OK, body))
}

async fn answer_file(values: Vec<String>, shared: &Shared) -> Result<Reply, Refusal> {
    let file = shared
        .store
        .run(move |context| api::file(context, values.first().map_or("", String::as_str)))
        .await?;
    Ok(file_reply(file))
}

/// Takes in a file under an id that was given to who uploads it, and that nobody else knows.
async fn receive_upload(
    request: Request<Incoming>,
    values: Vec<String>,
    shared: &Shared,
) -> Result<Reply, Refusal> {
    let id = values.into_iter().next().unwrap_or_default();
    let boundary = Headers::read(request.headers()).boundary;
    let boundary = boundary.ok_or_else(|| Refusal::bad_request("A file is uploaded as a form."))?;
    let awaited = id.clone();
    let size = shared
        .store
        .run(move |context| api::awaited_upload(context, &awaited))
        .await?;
    let body = read_body(request.into_body(), size as usize + MAX_BODY).await?;
    let reply = shared
        .store
        .run(move |context| api::receive_upload(context, &id, &boundary, &body))
        .await?;
    Ok(json_reply(StatusCode::OK, reply))
}

async fn read_body(mut body: Incoming, limit: usize) -> Result<Bytes, Refusal> {
    let max_drained = limit as u64 + MAX_DRAINED;
    let too_large = || {
        Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            code::BODY_TOO_LARGE,
            format!("This request's body has at most {limit} bytes."),
        )
    };
    if body.size_hint().lower() > max_drained {
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
                length if length > max_drained => break,
                length if length > limit as u64 => collected = Vec::new(),
                _ => collected.extend_from_slice(&data),
            }
        }
        if length > limit as u64 {
            Err(too_large())
        } else {
            Ok(collected.into())
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
    let mut reply = json_reply(refusal.status, body);
    if let Some(wait) = refusal.retry_after {
        // In whole seconds.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        reply
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    reply
}

/// A file comes from a user, so a browser must not run what is in it as this server's own.
fn file_reply(file: ServedFile) -> Reply {
    let is_shown = ["image/", "audio/", "video/"]
        .iter()
        .any(|kind| file.mime_type.starts_with(kind));
    let disposition = if is_shown { "inline" } else { "attachment" };
    let mut reply = Response::new(Full::from(file.content));
    let headers = reply.headers_mut();
    let kind = HeaderValue::from_str(&file.mime_type)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    for (name, value) in [
        (header::CONTENT_DISPOSITION, disposition),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox"),
        (header::CACHE_CONTROL, "private, max-age=86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    reply
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
