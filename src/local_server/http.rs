//! HTTP: requests to the API, files, and the handshake of a WebSocket.

mod body;
mod origin;
mod reply;

use std::{
    convert::Infallible,
    net::IpAddr,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_channel::Receiver;
use async_io::Timer;
use async_tungstenite::tungstenite::handshake::server::create_response_with_body;
use bytes::Bytes;
use futures_lite::future;
use hyper::{
    Method, Request, StatusCode,
    body::Incoming,
    header::{self, HeaderValue},
    server::conn::http1,
    service::service_fn,
    upgrade::{self, OnUpgrade},
};
use smol_hyper::rt::{FuturesIo, SmolTimer};

use self::{
    body::RequestBody,
    origin::CorsHeaders,
    reply::{Reply, ReplyBody},
};
use super::{
    access::network,
    api::{self, Call, Endpoint, Headers},
    connections::Admission,
    pending_input::PendingInput,
    rate_limit::{Bucket, peer_of},
    refusal::Refusal,
    request_context::RequestContext,
    shared::Shared,
    store::Store,
    stream::Stream,
    websocket::CLOSE_TIMEOUT,
};
use crate::{model::Uid, wire::route};

/// The base paths of the routes, as the settings name them. The official SDKs omit them before they have settings.
const BASES: [&str; 2] = ["v3.0/", "api/v1/"];

/// The maximum size of a body that is read before its user is known, in bytes.
const MAX_ANONYMOUS_BODY: u64 = 16 << 10;

/// The maximum size of a reply that does not count as the peer's memory, in bytes.
const SMALL_REPLY: usize = 64 << 10;

/// How long a client may take over a request's headers, idle time before them included.
const HEADER_TIMEOUT: Duration = Duration::from_secs(60);

/// The time after which a client that found the server full should retry.
const FULL_RETRY_AFTER: Duration = Duration::from_secs(10);

/// The upgraded socket of a request, once the upgrade is granted.
type Granted = Arc<Mutex<Option<OnUpgrade>>>;

/// A connection, and its rate limit.
#[derive(Clone)]
struct Connection {
    shared: Shared,
    input: Arc<PendingInput>,
    address: IpAddr,
    granted: Granted,
    /// Counts the requests without a user. Those of a user are counted for the user, on all connections.
    requests: Option<Arc<Mutex<Bucket>>>,
}

/// Serves requests until the connection ends, or becomes a WebSocket: then returns it, and what was read of it.
pub(super) async fn serve(
    stream: Stream,
    input: &Arc<PendingInput>,
    address: IpAddr,
    shared: &Shared,
    admission: Admission,
) -> Option<(Stream, Bytes)> {
    let serving = Connection {
        shared: shared.clone(),
        input: input.clone(),
        address,
        granted: Granted::default(),
        requests: shared
            .rate_limits
            .map(|limits| Arc::new(Mutex::new(Bucket::new(limits.requests, Instant::now())))),
    };
    let granted = serving.granted.clone();
    let service = service_fn(|request| {
        let serving = serving.clone();
        serving.input.complete();
        async move {
            Ok::<_, Infallible>(match admission {
                Admission::Granted => serving.answer(request).await,
                Admission::Full => serving.answer_that_full(&request),
            })
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

impl Connection {
    /// Replies that there are too many connections, and ends this one.
    fn answer_that_full(&self, request: &Request<Incoming>) -> Reply {
        if let Err(refusal) = origin::check(&self.shared.access, request.headers()) {
            return reply::refusal(&refusal);
        }
        let mut reply = reply::refusal(&Refusal::too_many_connections(FULL_RETRY_AFTER));
        let headers = reply.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        CorsHeaders::for_request(request.headers()).add_to(headers);
        reply
    }

    async fn answer(&self, request: Request<Incoming>) -> Reply {
        if let Err(refusal) = origin::check(&self.shared.access, request.headers()) {
            return reply::refusal(&refusal);
        }
        let cors = CorsHeaders::for_request(request.headers());
        let mut reply = match (request.method(), request.uri().path()) {
            (&Method::OPTIONS, _) => origin::preflight_reply(request.headers()),
            (&Method::GET, "/") if request.headers().contains_key(header::UPGRADE) => {
                self.grant_socket(request)
            }
            _ => match self.count_request() {
                Ok(()) => self.answer_api(request).await,
                Err(refusal) => Err(refusal),
            }
            .unwrap_or_else(|refusal| reply::refusal(&refusal)),
        };
        if let Some(bucket) = &self.requests {
            let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
            reply::add_rate(reply.headers_mut(), bucket.status(Instant::now()));
        }
        cors.add_to(reply.headers_mut());
        reply
    }

    fn count_request(&self) -> Result<(), Refusal> {
        let Some(bucket) = &self.requests else {
            return Ok(());
        };
        bucket
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(Instant::now())
            .map_err(Refusal::too_many_requests)
    }

    fn grant_socket(&self, request: Request<Incoming>) -> Reply {
        if let Err(wait) = self.shared.access.count_handshake(self.address) {
            return reply::refusal(&Refusal::too_many_requests(wait));
        }
        match create_response_with_body(&request, ReplyBody::default) {
            Ok(response) => {
                let mut granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
                *granted = Some(upgrade::on(request));
                response
            }
            Err(error) => reply::refusal(&Refusal::bad_request(format!(
                "This is no WebSocket handshake: {error}"
            ))),
        }
    }

    async fn answer_api(&self, request: Request<Incoming>) -> Result<Reply, Refusal> {
        let method = request.method().clone();
        let path = request.uri().path().trim_start_matches('/').to_owned();
        let path = BASES
            .iter()
            .find_map(|base| path.strip_prefix(base))
            .unwrap_or(&path);
        if let Some(values) = route::FILE.matches(request.method(), path) {
            return self.answer_file(values).await;
        }
        if let Some(values) = route::RECEIVE_UPLOAD.matches(request.method(), path) {
            return self.receive_upload(request, values).await;
        }
        let (endpoint, values) = api::find(request.method(), path)?;
        let is_of_group = path.starts_with("groups/");
        let parameters = route::parameters(request.uri().query().unwrap_or_default());
        let headers = Headers::read(request.headers(), self.address);
        let mut call = Call::new(values, is_of_group, parameters, headers);
        let peer = self.peer(call.headers.credentials());
        let store = self.shared.store.for_peer(peer);
        self.read_body(self.body(request), endpoint, &mut call, &store)
            .await?;
        let call = Arc::new(call);
        let is_logout = route::LOG_OUT.matches(&method, path).is_some();
        let token = call.headers.auth_token.as_ref().filter(|_| is_logout);
        let connections = token.map(|token| self.shared.hub.closed_connections(token));
        let body = serve_until_done(&store, endpoint, call.clone()).await;
        if body.is_err() {
            call.form.remove_files(&store);
        }
        let reply = self.json_reply(peer, body?)?;
        wait_for_end(connections.unwrap_or_default()).await;
        Ok(reply)
    }

    /// Reads the body into the call. The credentials of a request with a large body are checked first.
    async fn read_body(
        &self,
        body: RequestBody,
        endpoint: &'static Endpoint,
        call: &mut Call,
        store: &Store,
    ) -> Result<(), Refusal> {
        let limit = endpoint.max_body();
        let is_form = call.headers.boundary.is_some();
        let small = body
            .max_length()
            .filter(|size| *size <= MAX_ANONYMOUS_BODY && !is_form);
        // Credentials prove nothing before they are checked: until then a small body counts for the address, as long as
        // the share of the address lasts.
        let mut memory = self.shared.memory_of_address(self.address);
        let is_small = small.is_some_and(|size| memory.grow(size as usize));
        // A body with too large a `Content-Length` is refused for that.
        if !is_small && (is_form || body.min_length() <= limit as u64) {
            let headers = call.headers.clone();
            let check = move |context: &mut RequestContext<'_>| endpoint.admit(context, &headers);
            match store.run(check).await {
                Ok(uid) => {
                    let peer = self.peer(uid.as_ref().map(Uid::as_str));
                    memory = self.shared.request_memory.reservation(peer);
                }
                Err(refusal) => {
                    body::drain(body).await;
                    return Err(refusal);
                }
            }
        }
        match call.headers.boundary.clone() {
            Some(boundary) if endpoint.takes_files() => {
                call.form = body::read_form(body, &boundary, store, &mut memory).await?;
            }
            _ => call.body = body::read(body, limit, &mut memory).await?,
        }
        endpoint.parse(call);
        Ok(())
    }

    async fn answer_file(&self, values: Vec<String>) -> Result<Reply, Refusal> {
        let store = self.shared.store.for_peer(self.peer(None));
        let file = store
            .run(move |context| api::file(context, values.first().map_or("", String::as_str)))
            .await?;
        Ok(reply::file(file, store))
    }

    /// Receives a file under an id that only the user who uploads it knows.
    async fn receive_upload(
        &self,
        request: Request<Incoming>,
        values: Vec<String>,
    ) -> Result<Reply, Refusal> {
        let id = values.into_iter().next().unwrap_or_default();
        let boundary = Headers::read(request.headers(), self.address).boundary;
        let boundary =
            boundary.ok_or_else(|| Refusal::bad_request("A file is uploaded as a form."))?;
        let awaited = id.clone();
        let awaited = move |context: &mut RequestContext<'_>| {
            api::awaited_upload(context, &awaited).map(|file| file.uid)
        };
        let store = self.shared.store.for_peer(self.peer(None));
        let peer = self.peer(Some(store.run(awaited).await?.as_str()));
        let store = self.shared.store.for_peer(peer);
        let mut memory = self.shared.request_memory.reservation(peer);
        let form = body::read_form(self.body(request), &boundary, &store, &mut memory).await?;
        let form = Arc::new(form);
        let received = form.clone();
        let body = store
            .run(move |context| api::receive_upload(context, &id, &received))
            .await;
        if body.is_err() {
            form.remove_files(&store);
        }
        self.json_reply(peer, body?)
    }

    fn body(&self, request: Request<Incoming>) -> RequestBody {
        RequestBody::new(request.into_body(), self.input.clone())
    }

    fn json_reply(&self, peer: u64, body: Vec<u8>) -> Result<Reply, Refusal> {
        if body.len() <= SMALL_REPLY {
            return Ok(reply::json(StatusCode::OK, body, None));
        }
        let mut memory = self.shared.reply_memory.reservation(peer);
        if !memory.grow(body.len()) {
            return Err(Refusal::busy());
        }
        Ok(reply::json(StatusCode::OK, body, Some(memory)))
    }

    /// The number of the peer, made from the credentials or the address.
    fn peer(&self, credentials: Option<&str>) -> u64 {
        match credentials {
            Some(credentials) => peer_of(credentials),
            None => peer_of(network(self.address)),
        }
    }
}

/// Waits for the end of connections, for a while: the official SDKs stop listening once they know that they are logged
/// out. If they learn of it before their connection ends, their next login never connects.
async fn wait_for_end(connections: Vec<Receiver<Infallible>>) {
    let all = async {
        for connection in connections {
            let Err(_closed) = connection.recv().await;
        }
    };
    let timeout = async {
        Timer::after(CLOSE_TIMEOUT).await;
    };
    future::or(all, timeout).await;
}

/// Serves a call, in several steps if one would delay others.
async fn serve_until_done(
    store: &Store,
    endpoint: &'static Endpoint,
    call: Arc<Call>,
) -> Result<Vec<u8>, Refusal> {
    loop {
        let call = call.clone();
        let body = store
            .run(move |context| endpoint.serve(context, &call))
            .await?;
        if let Some(body) = body {
            return Ok(body);
        }
    }
}
