use std::{sync::Arc, time::Duration};

use super::{Credentials, operation::PendingCall};
use crate::{
    app_settings::AppSettings,
    connection::AppState,
    error::ChatError,
    model::{Message, OutgoingMessage, User},
    request::{Completer, Settlement},
    wire::client_frame::{Mark, Signal},
};

/// An operation that the game requests of the client.
pub(crate) enum Command {
    Init {
        app_id: String,
        settings: Box<AppSettings>,
        done: Completer<Option<Arc<User>>>,
    },
    Login {
        credentials: Credentials,
        done: Completer<Arc<User>>,
    },
    Logout(Completer<()>),
    Connect(Completer<()>),
    Disconnect(Completer<()>),
    Ping(Completer<Duration>),
    RenewToken {
        credentials: Credentials,
        done: Completer<Arc<User>>,
    },
    SendMessage {
        muid: Arc<str>,
        message: Arc<OutgoingMessage>,
        done: Completer<Message>,
    },
    Resend {
        muid: Arc<str>,
        done: Completer<Message>,
    },
    Discard {
        muid: Arc<str>,
        done: Completer<()>,
    },
    Call(PendingCall),
    Signal {
        signal: Box<Signal>,
        done: Completer<()>,
    },
    Mark {
        mark: Box<Mark>,
        done: Completer<()>,
    },
    AppState(AppState),
    /// Whether the app is in the background while its page is hidden.
    SuspendWhenHidden(bool),
    KeepAlive(bool),
    Shutdown,
}

impl Command {
    /// Whether the command needs a logged-in user. Commands about the connection do not: the connection checks it
    /// itself.
    pub(super) fn needs_user(&self) -> bool {
        match self {
            Self::Call(call) => call.call.key.is_none(),
            Self::RenewToken { .. }
            | Self::SendMessage { .. }
            | Self::Resend { .. }
            | Self::Discard { .. }
            | Self::Signal { .. }
            | Self::Mark { .. } => true,
            _ => false,
        }
    }

    /// Fails the request that it belongs to, if there is one.
    pub(super) fn refuse(self, error: ChatError) -> Option<Settlement> {
        Some(match self {
            Self::Init { done, .. } => done.settle(Err(error)),
            Self::Login { done, .. } | Self::RenewToken { done, .. } => done.settle(Err(error)),
            Self::Logout(done) | Self::Connect(done) | Self::Disconnect(done) => {
                done.settle(Err(error))
            }
            Self::Ping(done) => done.settle(Err(error)),
            Self::SendMessage { done, .. } | Self::Resend { done, .. } => done.settle(Err(error)),
            Self::Discard { done, .. } | Self::Signal { done, .. } | Self::Mark { done, .. } => {
                done.settle(Err(error))
            }
            Self::Call(call) => call.end(Err(error)).settlement,
            Self::AppState(_)
            | Self::SuspendWhenHidden(_)
            | Self::KeepAlive(_)
            | Self::Shutdown => return None,
        })
    }
}
