use hyper::StatusCode;

use crate::client::{ChatError, ErrorCode, operation::Reply};

/// Why an attempt brought no result, by what it means for the message.
#[derive(Clone, Debug)]
pub(crate) enum Setback {
    /// Nothing of it left this machine.
    NeverLeft(ChatError),
    /// It left, and no answer says what became of it.
    Lost(ChatError),
    /// The server did not do it, and asks to wait.
    Throttled(ChatError),
    /// The server did not do it, and won't.
    Refused(ChatError),
}

impl Setback {
    /// What a reply without data means. A server that failed may have done before what it was asked for, and whoever
    /// answers in something else than CometChat's JSON may have passed the request on.
    pub(crate) fn of_reply(reply: &Reply, error: ChatError) -> Self {
        match (reply.status, &error.code) {
            (_, ErrorCode::RateLimited) => Self::Throttled(error),
            (_, ErrorCode::ServerUnreachable) => Self::Lost(error),
            (StatusCode::NOT_IMPLEMENTED, _) => Self::Refused(error),
            (status, _) if status.is_server_error() => Self::Lost(error),
            _ => Self::Refused(error),
        }
    }

    pub(crate) const fn error(&self) -> &ChatError {
        let (Self::NeverLeft(error)
        | Self::Lost(error)
        | Self::Throttled(error)
        | Self::Refused(error)) = self;
        error
    }
}
