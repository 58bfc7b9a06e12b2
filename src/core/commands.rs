//! Hands each command of the game to the part of the core that handles it.

use super::{Command, Output, app::App, pending::PendingRequest};
use crate::{
    connection::{self, AppState, Ticket},
    ephemeral,
    error::ChatError,
    outbox,
};

impl App {
    pub(super) fn on_command(&mut self, command: Command) {
        if command.needs_user() && self.record.session.is_none() {
            let refused = command.refuse(ChatError::not_logged_in());
            return self.outputs.extend(refused.map(Output::Settle));
        }
        match command {
            Command::Login { credentials, done } => self.login(credentials, done),
            Command::Logout(done) => self.log_out(done),
            Command::Connect(done) => {
                self.ask_connection(connection::Input::Connect, PendingRequest::Done(done));
            }
            Command::Disconnect(done) => {
                self.ask_connection(connection::Input::Disconnect, PendingRequest::Done(done));
            }
            Command::Ping(done) => {
                self.ask_connection(connection::Input::Ping, PendingRequest::Pong(done));
            }
            Command::RenewToken { credentials, done } => self.renew_token(credentials, done),
            Command::SendMessage {
                muid,
                message,
                done,
            } => self.send_message(muid, message, done),
            Command::Resend { muid, done } => {
                self.handle_outbox(outbox::Input::Resend { muid, done });
            }
            Command::Discard { muid, done } => {
                self.handle_outbox(outbox::Input::Discard { muid, done });
            }
            Command::Call(call) => self.call(call),
            Command::Signal { signal, done } => {
                self.handle_ephemeral(ephemeral::Input::Send(*signal, done));
            }
            Command::Mark { mark, done } => {
                self.handle_ephemeral(ephemeral::Input::Mark(*mark, done));
            }
            Command::AppState(state) => self.change_app_state(state),
            Command::KeepAlive(enabled) => {
                self.handle_connection(connection::Input::KeepAlive(enabled));
            }
            Command::Shutdown => self.shut_down(),
            // The core itself handles them.
            Command::Init { .. } | Command::SuspendWhenHidden(_) => {}
        }
    }

    pub(super) fn change_app_state(&mut self, state: AppState) {
        self.set_app_state(state);
        if state == AppState::Foreground {
            self.handle_outbox(outbox::Input::NetworkBack);
        }
    }

    pub(super) fn set_app_state(&mut self, state: AppState) {
        let is_suspended = state == AppState::Background;
        self.renewal.suspend(is_suspended, self.now.monotonic);
        self.handle_connection(connection::Input::AppState(state));
    }

    fn ask_connection(&mut self, input: fn(Ticket) -> connection::Input, request: PendingRequest) {
        let ticket = Ticket(self.next_id());
        self.requests.insert(ticket, request);
        self.handle_connection(input(ticket));
    }
}
