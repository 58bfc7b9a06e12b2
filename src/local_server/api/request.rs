use std::str::FromStr;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap};
use serde::de::DeserializeOwned;

use crate::{
    local_server::{json_depth, multipart, refusal::Refusal},
    model::Secret,
};

/// The body of a successful reply.
pub(super) type Reply = Result<Vec<u8>, Refusal>;

/// A request whose body is complete.
pub(in crate::local_server) struct Call {
    /// The values of the path's variable segments, in order.
    pub(in crate::local_server) values: Vec<String>,
    /// Whether the path is below `groups`.
    pub(in crate::local_server) is_of_group: bool,
    /// The parameters of the query string.
    pub(in crate::local_server) parameters: Vec<(String, String)>,
    pub(in crate::local_server) headers: Headers,
    pub(in crate::local_server) body: Bytes,
}

/// The headers that mean something to the server (PROTOCOL.md §2.2); an empty one counts as missing.
pub(in crate::local_server) struct Headers {
    pub(in crate::local_server) app_id: Option<String>,
    pub(in crate::local_server) api_key: Option<Secret>,
    pub(in crate::local_server) auth_token: Option<Secret>,
    /// The JWT.
    pub(in crate::local_server) authorization: Option<Secret>,
    pub(in crate::local_server) resource: Option<String>,
    pub(in crate::local_server) host: Option<String>,
    /// What separates the parts of the body, if it is a form.
    pub(in crate::local_server) boundary: Option<String>,
}

impl Headers {
    pub(in crate::local_server) fn read(map: &HeaderMap) -> Self {
        let text = |name: &str| {
            let value = map.get(name)?.to_str().ok()?;
            (!value.is_empty()).then(|| value.to_owned())
        };
        Self {
            app_id: text("appid"),
            api_key: text("apikey").map(Secret::from),
            auth_token: text("authtoken").map(Secret::from),
            authorization: text("authorization").map(Secret::from),
            resource: text("resource"),
            host: text(HOST.as_str()),
            boundary: text(CONTENT_TYPE.as_str()).and_then(|kind| multipart::boundary(&kind)),
        }
    }
}

impl Call {
    /// The value of the path's first variable segment.
    pub(super) fn id(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// The value of the path's second variable segment.
    pub(super) fn second_id(&self) -> &str {
        self.values.get(1).map_or("", String::as_str)
    }

    /// The value of a parameter, unless it is empty.
    pub(super) fn parameter(&self, wanted: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(name, value)| name == wanted && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that is a number.
    pub(super) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Refusal> {
        self.parameter(name)
            .map(|value| {
                value
                    .parse()
                    .map_err(|_| Refusal::bad_request(format!("{name}={value} makes no sense.")))
            })
            .transpose()
    }

    /// Whether a flag is set; some clients send it as 0 when it is not.
    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.parameter(name), Some("1" | "true"))
    }

    /// The value of a parameter that is a list, in JSON.
    pub(super) fn list(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self.parameter(name)?.split(',').collect();
        serde_json::to_string(&values).ok()
    }

    /// The body as a `T`.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        json_depth::check(&self.body)?;
        serde_json::from_slice(&self.body).map_err(|error| {
            Refusal::bad_request(format!("The body is not what this route takes: {error}"))
        })
    }

    /// The body as a `T`, or its default when there is none.
    pub(super) fn json_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Refusal> {
        if self.body.is_empty() {
            Ok(T::default())
        } else {
            self.json()
        }
    }
}
