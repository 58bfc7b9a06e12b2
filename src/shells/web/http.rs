use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_lite::FutureExt;
use http::{Request, StatusCode};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{Headers, RequestInit, RequestRedirect, Response};

use super::{clock::wall_clock, connector::Connector, fetch::Fetch, message_of, timer::sleep};
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

/// The headers with the time to wait, and with the server's clock.
const WAITING: [&str; 4] = [
    "date",
    "retry-after",
    "x-rate-limit-reset",
    "x-ratelimit-reset",
];

/// An HTTP client: the browser's.
pub(in crate::shells) struct Http {
    connector: Connector,
    timeout: Duration,
}

impl Http {
    pub(in crate::shells) fn new(
        connector: &Connector,
        timeout: Duration,
        _spawner: Spawner,
    ) -> Self {
        Self {
            connector: connector.clone(),
            timeout,
        }
    }

    pub(in crate::shells) fn default_port(&self) -> u16 {
        self.connector.default_port()
    }

    /// Sends a request to `endpoint` and reads the whole reply, whatever its HTTP status. If it fails, the browser does
    /// not report whether it was sent.
    pub(in crate::shells) async fn send(
        &self,
        endpoint: &Endpoint,
        request: Request<Bytes>,
        _is_idempotent: bool,
    ) -> Result<Reply, Unanswered> {
        self.connector.check(endpoint).map_err(ChatError::from)?;
        let timeout = async {
            sleep(self.timeout).await;
            let why = format_args!("no whole reply within {:?}", self.timeout);
            Err(Unanswered::Lost(not_fetched(endpoint, why)))
        };
        self.exchange(endpoint, request).or(timeout).await
    }

    async fn exchange(
        &self,
        endpoint: &Endpoint,
        request: Request<Bytes>,
    ) -> Result<Reply, Unanswered> {
        let url = format!(
            "{}://{}{}",
            self.connector.http_scheme(),
            endpoint.authority(),
            request.uri()
        );
        let init = init(&request).map_err(|thrown| not_fetched(endpoint, message_of(&thrown)))?;
        let lost = |thrown: JsValue| {
            let why = format_args!("{}; {}", message_of(&thrown), self.connector.hint(endpoint));
            Unanswered::Lost(not_fetched(endpoint, why))
        };
        let fetch = Fetch::start(&url, &init).await.map_err(lost)?;
        let status = fetch.response().status();
        let retry_after = retry_after(fetch.response());
        let body = fetch.body(MAX_REPLY).await.map_err(lost)?;
        let body = body.ok_or_else(|| {
            Unanswered::TooLong(not_fetched(endpoint, "the reply is longer than 8 MiB"))
        })?;
        let status = StatusCode::from_u16(status)
            .map_err(|error| Unanswered::Lost(not_fetched(endpoint, error)))?;
        Ok(Reply {
            status,
            body: reply::repaired(body.into()),
            retry_after,
        })
    }
}

fn init(request: &Request<Bytes>) -> Result<RequestInit, JsValue> {
    let init = RequestInit::new();
    init.set_method(request.method().as_str());
    // The native client follows no redirects either.
    init.set_redirect(RequestRedirect::Error);
    let headers = Headers::new()?;
    for (name, value) in request.headers() {
        let value = value
            .to_str()
            .map_err(|error| JsValue::from(error.to_string()))?;
        headers.append(name.as_str(), value)?;
    }
    init.set_headers_headers(&headers);
    if !request.body().is_empty() {
        init.set_body_opt_u8_array(Some(&Uint8Array::from(&request.body()[..])));
    }
    Ok(init)
}

/// The time that the server asks to wait, if it lets the page read the headers.
fn retry_after(response: &Response) -> Option<Duration> {
    let headers = response.headers();
    let read = |name: &'static str| Some((name, headers.get(name).ok().flatten()?));
    let told: Vec<_> = WAITING.into_iter().filter_map(read).collect();
    let header = |name: &str| {
        let header = told.iter().find(|(it, _)| *it == name)?;
        Some(header.1.as_str())
    };
    let now = SystemTime::UNIX_EPOCH + wall_clock();
    reply::retry_after(response.status(), &header, now)
}
