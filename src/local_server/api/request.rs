use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap};
use serde::de::DeserializeOwned;

use crate::{local_server::refusal::Refusal, model::Secret};

/// A request whose body is complete.
pub(in crate::local_server) struct Call {
    /// The values of the path's variable segments, in order.
    pub(in crate::local_server) values: Vec<String>,
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
    pub(in crate::local_server) resource: Option<String>,
    pub(in crate::local_server) host: Option<String>,
    pub(in crate::local_server) is_multipart: bool,
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
            resource: text("resource"),
            host: text(HOST.as_str()),
            is_multipart: text(CONTENT_TYPE.as_str())
                .is_some_and(|kind| kind.starts_with("multipart/")),
        }
    }
}

impl Call {
    /// The value of the path's first variable segment.
    pub(super) fn id(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// The body as a `T`.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        if self.headers.is_multipart {
            return Err(Refusal::unsupported("file uploads"));
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            Refusal::bad_request(format!("The body is not what this route takes: {error}"))
        })
    }

    /// The body as a `T`, or its default when there is none.
    pub(super) fn json_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Refusal> {
        match self.body.is_empty() {
            true => Ok(T::default()),
            false => self.json(),
        }
    }
}
