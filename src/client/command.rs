use std::{sync::Arc, time::Duration};

use super::{AppSettings, Completer, Credentials};
use crate::{
    lifecycle::AppState,
    model::{Message, TextMessage, User},
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
    SendMessage {
        message: TextMessage,
        done: Completer<Message>,
    },
    AppState(AppState),
    KeepAlive(bool),
    Shutdown,
}
