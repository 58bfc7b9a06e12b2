//! One client as a pure state machine: no I/O, no threads, no clocks, no Bevy.
//!
//! [`Core::handle`] takes an [`Input`] and the time it happened. [`Core::poll_output`] gives the [`Output`]s that
//! follow from it, in order. [`Core::next_deadline`] says when to hand in [`Input::Tick`] at the latest. All decisions
//! about the session, the connection, recovery and the outbox are made here; a *shell* performs them. The shells are
//! the native one (a thread with sockets and TLS), the one for browsers, and the scripted one (virtual time, for
//! tests). They have the same core, so that they behave the same.
//!
//! # Parts
//!
//! | part | decides |
//! |---|---|
//! | [`ConnectionMachine`](crate::connection::ConnectionMachine) | when to connect, ping and give up |
//! | [`Outbox`](crate::outbox::Outbox) | when to send a message, look for it, or fail it |
//! | [`Ephemeral`](crate::ephemeral::Ephemeral) | which typing indicators and receipts are sent, and when |
//! | `link` | what a received frame is: an event, held until recovery ends, or a duplicate |
//! | `recovery` | which page of missed messages and edits to fetch next, when to retry, what is a gap |
//! | `recovery::recheck` | when to look for messages that lists did not have yet when recovery ran |
//! | `sync_state` | which messages and edits the game has received, so that each is delivered once |
//! | `lookup` | whether a message whose outcome is unknown was stored |
//! | `login`, `session`, `token_renewal` | who is logged in, what is saved, how it ends |
//! | `tasks` | requests under way: restarted with a new token, cancelled with the session |
//!
//! # How a received frame becomes an event
//!
//! 1. The shell reads a frame from the socket and decodes it as the [`Event`] that it causes: `server_frame`.
//! 2. It hands in [`Input::Frame`]. `link` drops it if the link is not live, and counts an echo.
//! 3. While recovery runs, the event is held. After that, or without recovery, it is compared with `sync_state`.
//! 4. A new one leaves as [`Output::Emit`], and the shell puts it in the queue to the game.
//!
//! # How a message is sent
//!
//! 1. `Command::SendMessage` reaches the outbox, which answers with its own `Output::Post` when it is the message's turn.
//! 2. `sending` starts a [`Task::Post`], which leaves as [`Output::Start`]. The shell makes the HTTP request.
//! 3. The shell hands in [`Input::Done`] with the stored message or a `SendError`, and the outbox decides what follows.
//!
//! # What a shell promises
//!
//! - It performs outputs in the order in which it gets them.
//! - [`Output::Prepare`], [`Output::Load`], [`Output::Save`], [`Output::LookAtStorage`] and [`Output::LookAtQueue`] are
//!   answered before any other input is handed in.
//! - A task that was cancelled, and a link that was closed, report nothing any more; if they do, it is ignored.

mod app;
mod app_states;
mod backwards;
mod command;
mod commands;
mod counters;
mod credentials;
mod event;
mod init;
mod input;
mod link;
mod login;
mod lookup;
pub(crate) mod marking;
mod open_link;
pub(crate) mod operation;
mod output;
mod pending;
mod recent_edits;
mod record;
mod recovered;
mod recovery;
mod renewal;
pub(crate) mod sendable;
mod sending;
mod server_frame;
mod session;
mod signals;
mod suspension;
mod sync_state;
mod task;
mod tasks;
mod token_renewal;

use std::{collections::VecDeque, sync::Arc, time::Duration};

pub use counters::Counters;
pub use credentials::{AuthKey, AuthToken, Credentials};
pub use event::Event;
pub use recovered::{ChangesGap, Gap, Recovery};

pub(crate) use command::Command;
pub(crate) use input::{Identity, Input, LinkEvent, PlatformEvent};
pub(crate) use link::{API_VERSION, PLATFORM, SDK};
pub(crate) use output::{Close, LinkPlan, Output};
pub(crate) use record::{Record, SaveError, SaveRequest, Session, StoredSession};
pub(crate) use server_frame::{OwnDevice, ServerFrame, decode_frame};
pub(crate) use task::{Caller, Done, MessagePage, PageQuery, PageScope, PageSide, Task, TaskId};

use self::{app::App, app_states::AppStates, pending::Opening};
#[cfg(feature = "test-util")]
use crate::{connection::LinkId, model::Uid};
use crate::{
    connection::{ConnectionStatus, Now},
    error::ChatError,
};

/// One client. See the [module](self) for how it works.
pub(crate) struct Core {
    counters: Arc<Counters>,
    /// What `init` set up; `None` while the client is not initialised.
    app: Option<App>,
    /// The `init` that the shell is preparing.
    opening: Option<Opening>,
    app_states: AppStates,
    keep_alive: Option<bool>,
    /// The last id of a task or ticket; none is used twice.
    last_id: u64,
    /// Outputs that do not belong to the current app. They come before the app's own.
    outputs: VecDeque<Output>,
}

impl Core {
    /// A client that is not initialised.
    pub(crate) fn new(counters: Arc<Counters>) -> Self {
        Self {
            counters,
            app: None,
            opening: None,
            app_states: AppStates::default(),
            keep_alive: None,
            last_id: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Handles an input that happened at `now`.
    pub(crate) fn handle(&mut self, input: Input, now: Now) {
        match input {
            Input::Command(command) => self.on_command(command, now),
            Input::Prepared(outcome) => self.on_prepared(outcome, now),
            Input::Loaded(identity) => self.on_loaded(identity, now),
            Input::Platform(event) => self.on_platform_event(event, now),
            input => {
                if let Some(app) = &mut self.app {
                    app.handle(input, now);
                }
            }
        }
    }

    /// The next action to perform.
    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        match self.outputs.pop_front() {
            None => self.app.as_mut()?.outputs.pop_front(),
            output => output,
        }
    }

    /// The monotonic time at which to hand in [`Input::Tick`], unless something else happens first.
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        self.app.as_ref().and_then(App::next_deadline)
    }

    /// Whether so much is held until recovery ends that nothing more should be read from the socket.
    pub(crate) fn is_full(&self) -> bool {
        self.app.as_ref().is_some_and(App::is_full)
    }

    /// The status of the connection.
    pub(crate) fn status(&self) -> Option<ConnectionStatus> {
        self.app.as_ref().map(|app| app.connection.status())
    }

    /// The link that is live.
    #[cfg(feature = "test-util")]
    pub(crate) fn live_link(&self) -> Option<LinkId> {
        self.app.as_ref()?.connection.live_link()
    }

    /// The link that is being attempted or live.
    #[cfg(feature = "test-util")]
    pub(crate) fn open_link(&self) -> Option<LinkId> {
        self.app.as_ref()?.connection.open_link()
    }

    /// Who is logged in.
    #[cfg(feature = "test-util")]
    pub(crate) fn user(&self) -> Option<&Uid> {
        let session = self.app.as_ref()?.record.session.as_ref();
        session.map(|session| &session.user.uid)
    }

    fn on_command(&mut self, command: Command, now: Now) {
        match command {
            Command::Init {
                app_id,
                settings,
                done,
            } => return self.init(app_id, settings, done),
            Command::AppState(state) => self.app_states.game = state,
            Command::SuspendWhenHidden(suspends) => self.app_states.suspends_when_hidden = suspends,
            Command::KeepAlive(enabled) => self.keep_alive = Some(enabled),
            _ => {}
        }
        let command = match command {
            Command::AppState(_) | Command::SuspendWhenHidden(_) => {
                Command::AppState(self.app_states.app_state())
            }
            command => command,
        };
        match &mut self.app {
            Some(app) => app.handle(Input::Command(command), now),
            None => {
                let refused = command.refuse(ChatError::not_initialized());
                self.outputs.extend(refused.map(Output::Settle));
            }
        }
    }
}
