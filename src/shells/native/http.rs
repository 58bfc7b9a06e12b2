use std::{
    cell::{Cell, RefCell},
    time::{Duration, Instant, SystemTime},
};

use async_io::Timer;
use bytes::Bytes;
use futures_lite::{FutureExt, future};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{
    Request, Response,
    body::{Body, Incoming},
    client::conn::http1::{self, SendRequest},
    header::HOST,
};
use smol_hyper::rt::FuturesIo;

use super::connector::Connector;
use crate::{
    core::operation::Reply,
    error::ChatError,
    shells::{
        endpoint::Endpoint,
        failure::{Unanswered, not_fetched},
        spawner::Spawner,
    },
    wire::reply,
};

/// The largest reply that is read.
const MAX_REPLY: usize = 8 * 1024 * 1024;
/// How long an idle connection is reused. A request on a connection that has died silently is lost.
const MAX_IDLE: Duration = Duration::from_secs(30);

/// An HTTP client that keeps one idle connection.
pub(in crate::shells) struct Http {
    connector: Connector,
    timeout: Duration,
    spawner: Spawner,
    idle: RefCell<Option<Idle>>,
}

struct Idle {
    endpoint: Endpoint,
    since: Instant,
    sender: SendRequest<Full<Bytes>>,
}

impl Http {
    pub(in crate::shells) fn new(
        connector: &Connector,
        timeout: Duration,
        spawner: Spawner,
    ) -> Self {
        Self {
            connector: connector.that_takes_back(),
            timeout,
            spawner,
            idle: RefCell::default(),
        }
    }

    pub(in crate::shells) fn default_port(&self) -> u16 {
        self.connector.default_port()
    }

    /// Sends a request to `endpoint` and reads the whole reply, whatever its HTTP status. An idempotent request is made
    /// again if the server closed the idle connection at that moment.
    pub(in crate::shells) async fn send(
        &self,
        endpoint: &Endpoint,
        request: Request<Bytes>,
        is_idempotent: bool,
    ) -> Result<Reply, Unanswered> {
        let request = request.map(Full::new);
        let has_left = Cell::new(false);
        let unanswered = |error| {
            if has_left.get() {
                Unanswered::Lost(error)
            } else {
                Unanswered::NeverLeft(error)
            }
        };
        let timeout = async {
            Timer::after(self.timeout).await;
            let why = format_args!("no whole reply within {:?}", self.timeout);
            Err(unanswered(not_fetched(endpoint, why)))
        };
        let exchange = async {
            let response = self.respond(endpoint, request, is_idempotent, &has_left);
            let (sender, response) = response.await.map_err(unanswered)?;
            self.read(endpoint, sender, response).await
        };
        exchange.or(timeout).await
    }

    /// Reads a whole reply, and keeps the connection if it can be used again.
    async fn read(
        &self,
        endpoint: &Endpoint,
        mut sender: SendRequest<Full<Bytes>>,
        response: Response<Incoming>,
    ) -> Result<Reply, Unanswered> {
        let status = response.status();
        let retry_after = retry_after(&response);
        let body = Limited::new(response.into_body(), MAX_REPLY);
        let body = whole(body).await.map_err(|error| {
            let is_too_long = error.is::<LengthLimitError>();
            let error = not_fetched(endpoint, error);
            if is_too_long {
                Unanswered::TooLong(error)
            } else {
                Unanswered::Lost(error)
            }
        })?;
        if future::poll_once(sender.ready())
            .await
            .is_some_and(|ready| ready.is_ok())
        {
            *self.idle.borrow_mut() = Some(Idle {
                endpoint: endpoint.clone(),
                since: Instant::now(),
                sender,
            });
        }
        Ok(Reply {
            status,
            body: reply::repaired(body),
            retry_after,
        })
    }

    /// Sends on the idle connection if it still accepts the request, or else on a new one.
    async fn respond(
        &self,
        endpoint: &Endpoint,
        mut request: Request<Full<Bytes>>,
        is_idempotent: bool,
        has_left: &Cell<bool>,
    ) -> Result<(SendRequest<Full<Bytes>>, Response<Incoming>), ChatError> {
        let host = endpoint.authority().parse();
        request.headers_mut().insert(
            HOST,
            host.map_err(|_| not_fetched(endpoint, "the host's name is not valid"))?,
        );
        let idle = self.idle.take().filter(|idle| idle.serves(endpoint));
        let request = match idle {
            None => request,
            Some(Idle { mut sender, .. }) => {
                let again = is_idempotent.then(|| request.clone());
                match send_on(&mut sender, request, has_left).await {
                    Ok(response) => return Ok((sender, response)),
                    // The server had closed the connection.
                    Err((_, Some(request))) => request,
                    // The server closes it now, and may have performed the request.
                    Err((error, None)) => again
                        .filter(|_| !error.is_parse())
                        .ok_or_else(|| not_fetched(endpoint, error))?,
                }
            }
        };
        let mut sender = self.open(endpoint).await?;
        match send_on(&mut sender, request, has_left).await {
            Ok(response) => Ok((sender, response)),
            Err((error, _)) => Err(not_fetched(endpoint, error)),
        }
    }

    async fn open(&self, endpoint: &Endpoint) -> Result<SendRequest<Full<Bytes>>, ChatError> {
        let stream = self
            .connector
            .connect(endpoint)
            .await
            .map_err(ChatError::from)?;
        let (sender, connection) = http1::handshake(FuturesIo::new(stream))
            .await
            .map_err(|error| not_fetched(endpoint, error))?;
        if let Some(task) = self.spawner.spawn(connection) {
            task.detach();
        }
        Ok(sender)
    }
}

impl Idle {
    fn serves(&self, endpoint: &Endpoint) -> bool {
        self.endpoint == *endpoint && self.sender.is_ready() && self.since.elapsed() < MAX_IDLE
    }
}

/// Sends a request, or gives it back if nothing of it was sent.
async fn send_on(
    sender: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
    has_left: &Cell<bool>,
) -> Result<Response<Incoming>, (hyper::Error, Option<Request<Full<Bytes>>>)> {
    let had_left = has_left.replace(true);
    let response = sender.try_send_request(request).await;
    response.map_err(|mut error| {
        let request = error.take_message();
        has_left.set(had_left || request.is_none());
        (error.into_error(), request)
    })
}

/// The whole body. The pieces that it came in are not kept: each takes memory of its own, however short it is.
async fn whole<B: Body<Data = Bytes> + Unpin>(mut body: B) -> Result<Bytes, B::Error> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Ok(bytes) = frame?.into_data() {
            whole.extend_from_slice(&bytes);
        }
    }
    Ok(whole.into())
}

fn retry_after(response: &Response<Incoming>) -> Option<Duration> {
    let header = |name: &str| response.headers().get(name)?.to_str().ok();
    reply::retry_after(response.status().as_u16(), &header, SystemTime::now())
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, sync::Arc};

    use futures_lite::stream;
    use http_body_util::StreamBody;
    use hyper::body::Frame;

    use super::*;

    /// A byte that counts as held while its piece of the body lives.
    struct Piece {
        _alive: Arc<()>,
    }

    impl AsRef<[u8]> for Piece {
        fn as_ref(&self) -> &[u8] {
            b"x"
        }
    }

    #[test]
    fn a_reply_in_many_pieces_takes_no_more_memory_than_in_one() {
        let alive = Arc::new(());
        let pieces = (0..1_000).map(|_| {
            assert!(Arc::strong_count(&alive) <= 2);
            let piece = Bytes::from_owner(Piece {
                _alive: alive.clone(),
            });
            Ok::<_, Infallible>(Frame::data(piece))
        });
        let body = StreamBody::new(stream::iter(pieces));
        let whole = future::block_on(whole(body)).unwrap();
        assert_eq!(&*whole, &[b'x'; 1_000][..]);
    }
}
