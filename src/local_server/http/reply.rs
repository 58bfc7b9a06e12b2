//! Replies as hyper sends them.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_lite::Stream;
use hyper::{
    Response, StatusCode,
    body::{Body, Frame, SizeHint},
    header::{self, HeaderMap, HeaderName, HeaderValue},
};

use crate::{
    local_server::{
        api::ServedFile, memory::Reservation, rate_limit::RateStatus, refusal::Refusal,
        store::Store,
    },
    wire::reply,
};

/// The number of bytes of a body that are handed to hyper at a time. The rest counts as the peer's memory.
const PIECE: usize = 64 << 10;

pub(super) type Reply = Response<ReplyBody>;

/// The body of a reply.
pub(super) enum ReplyBody {
    /// All of it, which counts as the peer's memory until it is read.
    Whole {
        bytes: Bytes,
        _memory: Option<Reservation>,
    },
    /// A file, which is read while the client reads it.
    File {
        chunks: Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>,
        left: u64,
    },
}

impl Default for ReplyBody {
    fn default() -> Self {
        Self::Whole {
            bytes: Bytes::new(),
            _memory: None,
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Whole { bytes, .. } if bytes.is_empty() => Poll::Ready(None),
            Self::Whole { bytes, .. } => {
                let piece = bytes.split_to(bytes.len().min(PIECE));
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Self::File { chunks, left } => {
                let chunk = ready!(chunks.as_mut().poll_next(context));
                Poll::Ready(chunk.map(|chunk| {
                    let chunk = chunk?;
                    *left = left.saturating_sub(chunk.len() as u64);
                    Ok(Frame::data(chunk))
                }))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole { bytes, .. } => bytes.is_empty(),
            Self::File { left, .. } => *left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Whole { bytes, .. } => bytes.len() as u64,
            Self::File { left, .. } => *left,
        })
    }
}

pub(super) fn json(status: StatusCode, body: Vec<u8>, memory: Option<Reservation>) -> Reply {
    let mut reply = Response::new(ReplyBody::Whole {
        bytes: body.into(),
        _memory: memory,
    });
    *reply.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    reply.headers_mut().insert(header::CONTENT_TYPE, json);
    reply
}

pub(super) fn refusal(refusal: &Refusal) -> Reply {
    let body = reply::failure(&refusal.to_body()).unwrap_or_default();
    let mut reply = json(refusal.status, body, None);
    let headers = reply.headers_mut();
    if let Some(wait) = refusal.retry_after {
        // In whole seconds.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(rate) = refusal.rate {
        add_rate(headers, rate);
    }
    reply
}

/// Adds the headers with the state of the rate limit, unless a refusal has set them.
pub(super) fn add_rate(headers: &mut HeaderMap, rate: RateStatus) {
    for (name, value) in [
        (RATE_LIMIT, rate.limit),
        (RATE_LIMIT_REMAINING, rate.remaining),
        (RATE_LIMIT_RESET, rate.resets_at),
    ] {
        headers.entry(name).or_insert(value.into());
    }
}

/// How often a request may be made, how often it still may be, and when that starts over, in seconds since 1970.
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("x-rate-limit");
pub(super) const RATE_LIMIT_REMAINING: HeaderName =
    HeaderName::from_static("x-rate-limit-remaining");
pub(super) const RATE_LIMIT_RESET: HeaderName = HeaderName::from_static("x-rate-limit-reset");

/// A file comes from a user, so a browser must not run what is in it as this server's own.
pub(super) fn file(file: ServedFile, store: Store) -> Reply {
    let is_shown = ["image/", "audio/", "video/"]
        .iter()
        .any(|kind| file.mime_type.starts_with(kind));
    let disposition = if is_shown { "inline" } else { "attachment" };
    let kind = HeaderValue::from_str(&file.mime_type)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    let left = file.size;
    let chunks = futures_lite::stream::try_unfold((file.id, 0, left), move |(id, number, left)| {
        let store = store.clone();
        async move {
            if left == 0 {
                return Ok(None);
            }
            let of_id = id.clone();
            let chunk = store
                .run(move |context| Ok(context.database.chunk(&of_id, number)?))
                .await
                .ok()
                .flatten()
                .ok_or(io::ErrorKind::UnexpectedEof)?;
            let left = left.saturating_sub(chunk.len() as u64);
            Ok(Some((Bytes::from(chunk), (id, number + 1, left))))
        }
    });
    let mut reply = Response::new(ReplyBody::File {
        chunks: Box::pin(chunks),
        left,
    });
    let headers: &mut HeaderMap = reply.headers_mut();
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
