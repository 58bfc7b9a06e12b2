use std::{cell::RefCell, time::Duration};

use async_io::Timer;
use bytes::Bytes;
use futures_lite::{FutureExt, future};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::http1::{self, SendRequest},
    header::{HOST, RETRY_AFTER},
};
use smol_hyper::rt::FuturesIo;

use super::{connector::Connector, endpoint::Endpoint, spawner::Spawner};
use crate::{
    client::{ChatError, ErrorCode, operation::Reply},
    lifecycle::{Cause, LinkLoss},
};

/// The largest reply that is read.
const MAX_REPLY: usize = 8 * 1024 * 1024;

/// An HTTP client that keeps one idle connection.
pub(super) struct Http {
    connector: Connector,
    timeout: Duration,
    spawner: Spawner,
    idle: RefCell<Option<(Endpoint, SendRequest<Full<Bytes>>)>>,
}

impl Http {
    pub(super) fn new(connector: Connector, timeout: Duration, spawner: Spawner) -> Self {
        Self {
            connector,
            timeout,
            spawner,
            idle: RefCell::default(),
        }
    }

    pub(super) fn default_port(&self) -> u16 {
        self.connector.default_port()
    }

    /// Sends a request to `endpoint` and reads the whole reply, whatever its HTTP status.
    pub(super) async fn send(
        &self,
        endpoint: &Endpoint,
        request: Request<Full<Bytes>>,
    ) -> Result<Reply, ChatError> {
        let timeout = async {
            Timer::after(self.timeout).await;
            Err(not_fetched(
                endpoint,
                format_args!("no whole reply within {:?}", self.timeout),
            ))
        };
        self.exchange(endpoint, request).or(timeout).await
    }

    async fn exchange(
        &self,
        endpoint: &Endpoint,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Reply, ChatError> {
        let host = endpoint.authority().parse();
        request.headers_mut().insert(
            HOST,
            host.map_err(|_| not_fetched(endpoint, "the host's name is not valid"))?,
        );
        let (mut sender, response) = self.respond(endpoint, request).await?;
        let retry_after = retry_after(&response);
        let body = Limited::new(response.into_body(), MAX_REPLY)
            .collect()
            .await
            .map_err(|error| not_fetched(endpoint, error))?
            .to_bytes();
        if future::poll_once(sender.ready())
            .await
            .is_some_and(|ready| ready.is_ok())
        {
            *self.idle.borrow_mut() = Some((endpoint.clone(), sender));
        }
        Ok(Reply { body, retry_after })
    }

    /// Sends on the idle connection if it still takes the request, on a new one otherwise.
    async fn respond(
        &self,
        endpoint: &Endpoint,
        request: Request<Full<Bytes>>,
    ) -> Result<(SendRequest<Full<Bytes>>, Response<Incoming>), ChatError> {
        let idle = self
            .idle
            .take()
            .filter(|(at, sender)| at == endpoint && sender.is_ready());
        let request = match idle {
            None => request,
            Some((_, mut sender)) => match sender.try_send_request(request).await {
                Ok(response) => return Ok((sender, response)),
                Err(mut error) => match error.take_message() {
                    // It never left: the server had closed the connection.
                    Some(request) => request,
                    None => return Err(not_fetched(endpoint, error.error())),
                },
            },
        };
        let mut sender = self.open(endpoint).await?;
        let response = sender.send_request(request).await;
        Ok((
            sender,
            response.map_err(|error| not_fetched(endpoint, error))?,
        ))
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

fn retry_after(response: &Response<Incoming>) -> Option<Duration> {
    let seconds = response
        .headers()
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

fn not_fetched(endpoint: &Endpoint, why: impl std::fmt::Display) -> ChatError {
    ChatError::new(
        ErrorCode::FailedToFetch,
        format!("the request to {} failed: {why}", endpoint.authority()),
    )
}

impl From<LinkLoss> for ChatError {
    fn from(loss: LinkLoss) -> Self {
        let code = match loss.cause {
            Cause::Forbidden => ErrorCode::Forbidden,
            _ => ErrorCode::FailedToFetch,
        };
        let message = match loss.reason {
            Some(reason) => format!("{}: {reason}", loss.cause),
            None => loss.cause.to_string(),
        };
        Self {
            cause: Some(loss.cause),
            retry_after: loss.retry_after,
            ..Self::new(code, message)
        }
    }
}
