use serde::Serialize;

use crate::model::ReceiverId;

/// `{"action":"pong"}`.
pub(crate) const PONG: &str = r#"{"action":"pong"}"#;

/// The codes with which the local server closes a socket, beside RFC 6455's own.
#[cfg(any(test, feature = "local-server"))]
pub(crate) mod close_code {
    /// The auth frame was refused, or did not come in time.
    pub(crate) const NOT_AUTHENTICATED: u16 = 4001;
    /// The user logged out.
    pub(crate) const LOGGED_OUT: u16 = 4002;
    /// The client was silent for too long: it sent not even a ping.
    pub(crate) const SILENT: u16 = 4003;
}

/// The envelope of every frame.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Envelope<'a, B> {
    app_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver_type: Option<&'static str>,
    device_id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    sender: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_sender: Option<&'a str>,
    body: B,
}

impl<'a, B: Serialize> Envelope<'a, B> {
    /// A frame of type `kind` from `sender`'s device.
    pub(crate) fn new(
        kind: &'static str,
        app_id: &'a str,
        sender: &'a str,
        device_id: &'a str,
        body: B,
    ) -> Self {
        Self {
            app_id,
            receiver: None,
            receiver_type: None,
            device_id,
            kind,
            sender,
            message_sender: None,
            body,
        }
    }

    /// Sets the receiver.
    pub(crate) fn to(mut self, receiver: &'a ReceiverId) -> Self {
        self.receiver = Some(receiver.as_str());
        self.receiver_type = Some(receiver.kind());
        self
    }

    /// Sets the author of the message that a receipt is about.
    pub(crate) fn about_message_of(mut self, author: &'a str) -> Self {
        self.message_sender = Some(author);
        self
    }

    /// The frame's text.
    pub(crate) fn encode(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

/// A frame that is not JSON, or lacks a required member. It is dropped and counted.
#[derive(Debug)]
pub(crate) struct Malformed;
