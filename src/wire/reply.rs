//! The envelope of every HTTP reply: `data` on success, `error` on failure. The HTTP status is not used.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::Deserialize;
#[cfg(any(test, feature = "local-server"))]
use serde::Serialize;
use serde_json::value::RawValue;

use super::{error::ErrorBody, json};
use crate::model::lenient;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    meta: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "lenient::maybe_flag")]
    success: Option<bool>,
}

/// Reads a member that is present, even if it is null.
fn present<'de: 'a, 'a, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(from).map(Some)
}

/// The content of a reply that succeeded, unparsed.
#[derive(Debug)]
pub(crate) struct Success<'a> {
    /// Null in a reply that only reports success.
    pub(crate) data: &'a RawValue,
    /// The position of a page in its list.
    pub(crate) meta: Option<&'a RawValue>,
}

/// The reason for which a reply has no data.
#[derive(Debug)]
pub(crate) enum ReplyError {
    /// The server refused the request.
    Refused(ErrorBody),
    /// The body is not a reply: for example HTML, or truncated JSON.
    Unreadable,
}

/// Reads a reply.
pub(crate) fn read(body: &[u8]) -> Result<Success<'_>, ReplyError> {
    let text = str::from_utf8(body).map_err(|_| ReplyError::Unreadable)?;
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|_| ReplyError::Unreadable)?;
    let error = envelope
        .error
        .filter(|error| !lenient::is_nothing(error.get()) && error.get() != "false");
    match (envelope.data, error, envelope.success) {
        // An error beside data counts only if the data is null.
        (Some(data), Some(error), _) if data.get() == "null" => {
            Err(ReplyError::Refused(ErrorBody::read(error)))
        }
        (Some(_), None, Some(false)) => Err(refused_beside(text)),
        (Some(data), ..) if says_failure(data) => Err(refused_beside(data.get())),
        (Some(data), ..) => Ok(Success {
            data,
            meta: envelope.meta,
        }),
        (None, Some(error), _) => Err(ReplyError::Refused(ErrorBody::read(error))),
        (None, None, Some(true)) => Ok(Success {
            data: RawValue::NULL,
            meta: envelope.meta,
        }),
        (None, None, Some(false)) => Err(refused_beside(text)),
        (None, None, None) => error_without_envelope(text),
    }
}

/// Whether the data is `{"success": false, …}`.
fn says_failure(data: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Outcome {
        #[serde(default, deserialize_with = "lenient::maybe_flag")]
        success: Option<bool>,
    }
    /// The maximum size of such data, in bytes: it has only a message beside the flag.
    const LONGEST: usize = 4_096;

    let json = data.get();
    json.len() <= LONGEST
        && json.starts_with('{')
        && json.contains("\"success\"")
        && serde_json::from_str(json).is_ok_and(|Outcome { success }| success == Some(false))
}

/// The error whose members are in `json` itself.
fn refused_beside(json: &str) -> ReplyError {
    ReplyError::Refused(serde_json::from_str(json).unwrap_or_default())
}

/// Reads an error whose code and message are at the top level.
fn error_without_envelope(json: &str) -> Result<Success<'_>, ReplyError> {
    let body: ErrorBody = serde_json::from_str(json).map_err(|_| ReplyError::Unreadable)?;
    if body.code.is_empty() {
        Err(ReplyError::Unreadable)
    } else {
        Err(ReplyError::Refused(body))
    }
}

/// The body, repaired if it is not valid JSON.
pub(crate) fn repaired(body: Bytes) -> Bytes {
    let text = String::from_utf8_lossy(&body);
    match serde_json::from_str::<&RawValue>(&text) {
        Ok(_) if matches!(text, std::borrow::Cow::Borrowed(_)) => body,
        Ok(_) => text.into_owned().into(),
        Err(_) => {
            let repaired = json::repair(&text);
            if serde_json::from_str::<&RawValue>(&repaired).is_ok() {
                repaired.into()
            } else {
                body
            }
        }
    }
}

/// How long the server asks to wait: `Retry-After` in seconds or as a date, or else `X-Rate-Limit-Reset` if the request
/// exceeded the rate limit.
pub(crate) fn retry_after<'a>(
    status: u16,
    header: &dyn Fn(&str) -> Option<&'a str>,
    now: SystemTime,
) -> Option<Duration> {
    // The server's own clock, if it is given: the local one may be wrong.
    let now = header("date")
        .and_then(|date| httpdate::parse_http_date(date.trim()).ok())
        .unwrap_or(now);
    let until = |time: SystemTime| time.duration_since(now).unwrap_or_default();
    let asked = header("retry-after").and_then(|value| {
        let value = value.trim();
        let date = || httpdate::parse_http_date(value).ok().map(until);
        seconds(value).or_else(date)
    });
    asked.or_else(|| {
        let reset = header("x-rate-limit-reset").or_else(|| header("x-ratelimit-reset"))?;
        let reset = seconds(reset.trim())?;
        if status != 429 {
            return None;
        }
        let since_1970 = match reset.as_secs() {
            0..1_000_000_000 => return Some(reset),
            1_000_000_000..100_000_000_000 => reset,
            // In milliseconds.
            _ => reset / 1_000,
        };
        SystemTime::UNIX_EPOCH.checked_add(since_1970).map(until)
    })
}

/// Seconds, with or without a fraction. What is out of range is a very long time.
fn seconds(text: &str) -> Option<Duration> {
    const LONGEST: f64 = 1e15;
    let seconds: f64 = text.parse().ok()?;
    (seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(LONGEST)))
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
            dev_message: Some("because".into()),
            details: None,
        };
        let body = failure(&error).unwrap();
        assert!(matches!(
            read(&body),
            Err(ReplyError::Refused(ErrorBody { code, message, dev_message: Some(dev), .. }))
                if code == "ERR_X" && message == "why" && &*dev == "because"
        ));
    }

    #[test]
    fn a_reply_succeeds_that_says_so() {
        for (body, data) in [
            (r#"{"data":{}}"#, "{}"),
            (r#"{"data":[]}"#, "[]"),
            (r#"{"data":null}"#, "null"),
            (
                r#"{"data":{"success":true,"message":"deleted"}}"#,
                r#"{"success":true,"message":"deleted"}"#,
            ),
            (r#"{"success":true,"message":"deleted"}"#, "null"),
            (r#"{"success":"1"}"#, "null"),
            (r#"{"data":{"uid":"a"},"error":null}"#, r#"{"uid":"a"}"#),
            (r#"{"data":{"uid":"a"},"error":[]}"#, r#"{"uid":"a"}"#),
            (
                r#"{"data":{"bob":{"success":false}}}"#,
                r#"{"bob":{"success":false}}"#,
            ),
            (
                r#"{"data":{"text":"\"success\": false"}}"#,
                r#"{"text":"\"success\": false"}"#,
            ),
        ] {
            assert_eq!(read(body.as_bytes()).unwrap().data.get(), data, "{body}");
        }
    }

    #[test]
    fn a_reply_fails_that_says_so() {
        for (body, code, message) in [
            (
                r#"{"error":{"code":"ERR_X","message":"why"}}"#,
                "ERR_X",
                "why",
            ),
            (r#"{"error":{"code":404,"message":null}}"#, "404", ""),
            (r#"{"error":{"code":null,"message":["a"]}}"#, "", ""),
            (r#"{"error":{"code":{},"message":5}}"#, "", "5"),
            (r#"{"error":{}}"#, "", ""),
            (
                r#"{"error":[{"code":"ERR_X","message":"why"}]}"#,
                "ERR_X",
                "why",
            ),
            (r#"{"error":"why"}"#, "", "why"),
            (r#"{"error":true}"#, "", ""),
            (r#"{"error":{"code":"ERR_X"},"data":null}"#, "ERR_X", ""),
            (r#"{"success":false}"#, "", ""),
            (r#"{"success":false,"data":{"uid":"a"}}"#, "", ""),
            (r#"{"success":false,"message":"why"}"#, "", "why"),
            (r#"{"success":"false","code":"ERR_X"}"#, "ERR_X", ""),
            (r#"{"success":0,"data":null,"message":"why"}"#, "", "why"),
            (r#"{"data":{"success":false,"message":"why"}}"#, "", "why"),
            (r#"{"code":"ERR_X","message":"why"}"#, "ERR_X", "why"),
            (r#"{"error":null,"code":"ERR_X"}"#, "ERR_X", ""),
        ] {
            match read(body.as_bytes()) {
                Err(ReplyError::Refused(error)) => {
                    assert_eq!((&*error.code, &*error.message), (code, message), "{body}");
                }
                other => panic!("{body}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_is_no_reply_is_not_read() {
        for body in [
            "",
            "<html>",
            "{}",
            "[]",
            "null",
            r#"{"message":"hi"}"#,
            r#"{"data":"#,
        ] {
            let read = read(body.as_bytes());
            assert!(
                matches!(read, Err(ReplyError::Unreadable)),
                "{body}: {read:?}"
            );
        }
    }

    #[test]
    fn what_is_not_quite_json_is_repaired() {
        let data = |body: &'static [u8]| {
            let body = repaired(Bytes::from_static(body));
            read(&body)
                .map(|success| success.data.get().to_owned())
                .ok()
        };
        assert_eq!(data(br#"{"data":[1]}"#).as_deref(), Some("[1]"));
        assert_eq!(
            data(b"{\"data\":\"a\xffb\"}").as_deref(),
            Some("\"a\u{FFFD}b\"")
        );
        assert_eq!(
            data(b"{\"data\":\"a\tb\"}").as_deref(),
            Some(r#""a\u0009b""#)
        );
        assert_eq!(data(br#"{"data":[NaN]}"#).as_deref(), Some("[null]"));
        assert_eq!(data(b"<html>"), None);
    }

    #[test]
    fn how_long_to_wait_is_read() {
        const NOW: u64 = 1_795_448_820;
        let wait = |status, headers: &[(&str, &'static str)]| {
            let headers = headers.to_vec();
            let header = move |name: &str| {
                let found = headers.iter().find(|(header, _)| *header == name);
                found.map(|(_, value)| *value)
            };
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
            retry_after(status, &header, now).map(|wait| wait.as_secs())
        };
        let after = |value| wait(503, &[("retry-after", value)]);
        assert_eq!(after("12"), Some(12));
        assert_eq!(after(" 12.7 "), Some(12));
        assert_eq!(
            after("99999999999999999999999"),
            Some(1_000_000_000_000_000)
        );
        assert_eq!(after("-1"), None);
        assert_eq!(after("soon"), None);
        assert_eq!(after("NaN"), None);
        assert_eq!(after("Mon, 23 Nov 2026 15:47:30 GMT"), Some(30));
        assert_eq!(
            after("Sunday, 06-Nov-94 08:49:37 GMT"),
            Some(0),
            "in the past"
        );
        let date = ("date", "Mon, 23 Nov 2026 15:47:00 GMT");
        let later = ("retry-after", "Mon, 23 Nov 2026 15:48:00 GMT");
        assert_eq!(wait(429, &[date, later]), Some(60));
        assert_eq!(wait(503, &[]), None);

        assert_eq!(wait(429, &[("x-rate-limit-reset", "1795448860")]), Some(40));
        assert_eq!(
            wait(429, &[("x-rate-limit-reset", "1795448860000")]),
            Some(40)
        );
        assert_eq!(wait(429, &[("x-rate-limit-reset", "40")]), Some(40));
        assert_eq!(wait(429, &[("x-ratelimit-reset", "40")]), Some(40));
        assert!(wait(429, &[("x-rate-limit-reset", "1e999")]) > Some(1_000_000));
        assert_eq!(
            wait(200, &[("x-rate-limit-reset", "40")]),
            None,
            "every reply has it"
        );
        assert_eq!(
            wait(429, &[("retry-after", "5"), ("x-rate-limit-reset", "40")]),
            Some(5)
        );
    }
}
