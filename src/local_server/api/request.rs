use std::{collections::BTreeSet, net::IpAddr, str::FromStr};

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap};
use serde::de::DeserializeOwned;

use super::form::Form;
use crate::{
    local_server::{id, json_depth, limits, multipart, refusal::Refusal},
    model::{Secret, Uid},
    wire::message::MessageRequest,
};

/// The body of a successful reply.
pub(super) type Reply = Result<Vec<u8>, Refusal>;

/// A request whose body is complete.
pub(in crate::local_server) struct Call {
    /// The values of the path's variable segments, in order.
    values: Vec<String>,
    /// Whether the path is below `groups`.
    pub(super) is_of_group: bool,
    /// The parameters of the query string.
    pub(super) parameters: Vec<(String, String)>,
    pub(in crate::local_server) headers: Headers,
    pub(in crate::local_server) body: Bytes,
    /// The body, if it is a form with files.
    pub(in crate::local_server) form: Form,
    /// The message in the body, or the reason why it cannot be read. It may be large, so it is read before the store's
    /// turn comes.
    pub(super) message: Option<Result<MessageRequest, String>>,
}

/// The headers that the server reads. An empty one counts as missing.
#[derive(Clone)]
pub(in crate::local_server) struct Headers {
    /// The address of the peer.
    pub(super) address: IpAddr,
    pub(super) app_id: Option<String>,
    pub(super) api_key: Option<Secret>,
    pub(in crate::local_server) auth_token: Option<Secret>,
    /// The JWT.
    pub(super) authorization: Option<Secret>,
    pub(super) resource: Option<String>,
    pub(super) host: Option<String>,
    /// The boundary of the parts of the body, if it is a form.
    pub(in crate::local_server) boundary: Option<String>,
}

impl Headers {
    pub(in crate::local_server) fn read(map: &HeaderMap, address: IpAddr) -> Self {
        let text = |name: &str| {
            let value = map.get(name)?.to_str().ok()?;
            (!value.is_empty()).then(|| value.to_owned())
        };
        Self {
            address,
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

impl Headers {
    /// The credentials of the request.
    pub(in crate::local_server) fn credentials(&self) -> Option<&str> {
        self.auth_token
            .as_ref()
            .or(self.authorization.as_ref())
            .map(Secret::expose)
    }
}

impl Call {
    pub(in crate::local_server) fn new(
        mut values: Vec<String>,
        is_of_group: bool,
        parameters: Vec<(String, String)>,
        headers: Headers,
    ) -> Self {
        // A uid, a guid, or the number of a message.
        if let Some(first) = values.first_mut() {
            *first = id::folded(first);
        }
        Self {
            values,
            is_of_group,
            parameters,
            headers,
            body: Bytes::new(),
            form: Form::default(),
            message: None,
        }
    }

    /// The message in the body.
    pub(super) fn message(&self) -> Result<&MessageRequest, Refusal> {
        match &self.message {
            Some(Ok(message)) => Ok(message),
            Some(Err(why)) => Err(Refusal::bad_request(why.clone())),
            None => Err(Refusal::bad_request("There is no message.")),
        }
    }
    /// The value of the path's first variable segment.
    pub(super) fn id(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// The value of the path's second variable segment, if there is one.
    pub(super) fn second_value(&self) -> Option<&str> {
        self.values.get(1).map(String::as_str)
    }

    /// The user whom the path's second variable segment names.
    pub(super) fn second_uid(&self) -> Uid {
        id::folded(self.second_value().unwrap_or_default()).into()
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
    pub(super) fn list(&self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(values) = self.parameter(name) else {
            return Ok(None);
        };
        limits::check_list(values.split(',').count())?;
        let values: BTreeSet<_> = values.split(',').collect();
        Ok(Some(serde_json::to_string(&values)?))
    }

    /// The value of a parameter by which to search.
    pub(super) fn search(&self) -> Result<Option<&str>, Refusal> {
        let search = self.parameter("searchKey");
        limits::check_length("search", search.unwrap_or_default(), limits::MAX_LIST)?;
        Ok(search)
    }

    /// The body as a `T`.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        json_depth::check(&self.body)?;
        serde_json::from_slice(&self.body).map_err(|error| {
            Refusal::bad_request(format!("The body is not what this route takes: {error}"))
        })
    }

    /// The body as a `T`; the default for an empty body.
    pub(super) fn json_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Refusal> {
        if self.body.is_empty() {
            Ok(T::default())
        } else {
            self.json()
        }
    }
}
