use std::{sync::Arc, time::Duration};

use super::{AppSettings, Completer, Credentials, operation::PendingCall};
use crate::{
    connection::AppState,
    model::{Message, OutgoingMessage, User},
    wire::client_frame::{Mark, Signal},
};

/// What the game asks of the driver.
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
    KeepAlive(bool),
    Shutdown,
}
