//! The envelope of every HTTP reply: `data` on success, `error` otherwise; the HTTP status says nothing
//! (PROTOCOL.md §2.3).

use serde::Deserialize;
#[cfg(any(test, feature = "local-server"))]
use serde::Serialize;
use serde_json::value::RawValue;

use super::error::ErrorBody;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    meta: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

/// What a reply that succeeded holds, unparsed.
#[derive(Debug)]
pub(crate) struct Success<'a> {
    pub(crate) data: &'a RawValue,
    /// What lists say of themselves.
    pub(crate) meta: Option<&'a RawValue>,
}

/// Why a reply holds no data.
#[derive(Debug)]
pub(crate) enum ReplyError {
    /// The server refused the request.
    Refused(ErrorBody),
    /// The body is not a reply at all: HTML, say, or JSON cut short.
    Unreadable,
}

/// What a reply holds.
pub(crate) fn read(body: &[u8]) -> Result<Success<'_>, ReplyError> {
    let text = str::from_utf8(body).map_err(|_| ReplyError::Unreadable)?;
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|_| ReplyError::Unreadable)?;
    match (envelope.data, envelope.error) {
        (Some(data), _) => Ok(Success {
            data,
            meta: envelope.meta,
        }),
        (None, Some(error)) => {
            Err(serde_json::from_str(error.get())
                .map_or(ReplyError::Unreadable, ReplyError::Refused))
        }
        (None, None) => Err(ReplyError::Unreadable),
    }
}

/// The body of a reply that succeeded.
#[cfg(any(test, feature = "local-server"))]
pub(crate) fn success(data: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Success<'a, T> {
        data: &'a T,
    }
    serde_json::to_vec(&Success { data })
}

/// The body of a reply that failed.
#[cfg(any(test, feature = "local-server"))]
pub(crate) fn failure(error: &ErrorBody) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Failure<'a> {
        error: &'a ErrorBody,
    }
    serde_json::to_vec(&Failure { error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_writes_the_client_reads() {
        let body = success(&[1, 2]).unwrap();
        assert_eq!(read(&body).unwrap().data.get(), "[1,2]");

        let error = ErrorBody {
            code: "ERR_X".to_owned(),
            message: "why".to_owned(),
            details: None,
        };
        let body = failure(&error).unwrap();
        assert!(matches!(
            read(&body),
            Err(ReplyError::Refused(ErrorBody { code, message, .. })) if code == "ERR_X" && message == "why"
        ));
    }
}
