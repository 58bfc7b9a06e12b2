use bytes::Bytes;
use serde::Serialize;

/// The body of a request.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

impl Body {
    /// No body. The official SDKs declare it as JSON nevertheless.
    pub(crate) fn empty() -> Self {
        Self {
            content_type: "application/json".into(),
            bytes: Bytes::new(),
        }
    }

    /// The JSON of `value`.
    ///
    /// # Errors
    /// When `value` has no JSON form.
    pub(crate) fn json(value: &impl Serialize) -> serde_json::Result<Self> {
        Ok(Self {
            bytes: serde_json::to_vec(value)?.into(),
            ..Self::empty()
        })
    }
}
