//! What the game asks for, handed to whoever does it.

use super::event_loop::EventLoop;
use crate::{
    client::{ChatError, Command, Completer, Waiting, ephemeral, outbox},
    connection::{AppState, Input, SessionOrigin, Ticket},
};

impl EventLoop {
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Init {
                app_id,
                settings,
                done,
            } => {
                let outcome = self.init(app_id, *settings);
                let restored = outcome.as_ref().is_ok_and(Option::is_some);
                self.settle(done, outcome);
                if restored {
                    self.handle(Input::SessionOpened(SessionOrigin::Restored));
                }
            }
            Command::Login { credentials, done } => self.login(credentials, done),
            Command::Logout(done) => self.logout(done),
            Command::Connect(done) => self.ask(Input::Connect, Waiting::Done(done)),
            Command::Disconnect(done) => self.ask(Input::Disconnect, Waiting::Done(done)),
            Command::Ping(done) => self.ask(Input::Ping, Waiting::Pong(done)),
            Command::RenewToken { credentials, done } => self.renew_token(credentials, done),
            Command::SendMessage {
                muid,
                message,
                done,
            } => {
                let receiver = message.envelope.receiver.clone();
                self.handle_ephemeral(ephemeral::Input::MessageSent(receiver));
                self.send_message(muid, message, done);
            }
            Command::Resend { muid, done } => self.as_user(done, |this, done| {
                this.work_outbox(outbox::Input::Resend { muid, done });
            }),
            Command::Discard { muid, done } => self.as_user(done, |this, done| {
                this.work_outbox(outbox::Input::Discard { muid, done });
            }),
            Command::Call(call) => self.call(call),
            Command::Signal { signal, done } => self.as_user(done, |this, done| {
                this.handle_ephemeral(ephemeral::Input::Tell(*signal, done));
            }),
            Command::Mark { mark, done } => self.as_user(done, |this, done| {
                this.handle_ephemeral(ephemeral::Input::Mark(*mark, done));
            }),
            Command::AppState(state) => {
                self.app_state = state;
                self.handle(Input::AppState(state));
                if state == AppState::Foreground {
                    self.work_outbox(outbox::Input::NetworkBack);
                }
            }
            Command::KeepAlive(enabled) => {
                self.keep_alive = Some(enabled);
                self.handle(Input::KeepAlive(enabled));
            }
            Command::Shutdown => {}
        }
    }

    /// Goes on with what takes a logged-in user.
    fn as_user<T: Clone + Send + 'static>(
        &mut self,
        done: Completer<T>,
        go_on: impl FnOnce(&mut Self, Completer<T>),
    ) {
        match self.app_and_session().err() {
            None => go_on(self, done),
            Some(error) => self.settle(done, Err(error)),
        }
    }

    fn ask(&mut self, input: fn(Ticket) -> Input, waiting: Waiting) {
        let ticket = Ticket(self.next_id());
        match &mut self.app {
            Some(app) => {
                app.waiting.insert(ticket, waiting);
                self.handle(input(ticket));
            }
            None => {
                let ending = waiting.end(Err(ChatError::not_initialized()));
                self.push(ending);
            }
        }
    }
}
