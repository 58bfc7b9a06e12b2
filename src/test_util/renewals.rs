//! A token that has expired, and the one that comes instead, as the driver goes about it.

use std::sync::Arc;

use super::{
    client_side::uid_of,
    script::{Parked, Script},
    timeline::Happening,
};
use crate::{
    client::{ChatError, Completer, Credentials, ErrorCode, Event},
    connection::{Cause, ConnectionMachine, Input, Ticket},
    model::User,
};

impl Script {
    /// Has a request wait for a new token.
    pub(super) fn park(&mut self, parked: Parked) {
        self.renewal.wait(parked);
        self.ask_for_token();
    }

    pub(super) fn link_needs_token(&mut self) {
        match self.server.token_expired {
            true => self.ask_for_token(),
            false => self.connect_anew(),
        }
    }

    fn ask_for_token(&mut self) {
        if self.user.is_some() && self.renewal.begin(self.now) {
            let answer_within = self.renewal.timeout();
            self.emit(Event::TokenExpired { answer_within });
        }
    }

    pub(super) fn renew_token(&mut self, credentials: &Credentials, done: Completer<Arc<User>>) {
        let user = match self.user() {
            Ok(user) => user,
            Err(error) => return self.settle(done, Err(error)),
        };
        if self.renewing.is_some() {
            return self.settle(done, Err(ChatError::login_in_progress()));
        }
        let outcome = match self.server.login_errors.pop_front() {
            Some(error) => Err(error),
            None if uid_of(credentials) == user.uid => Ok(user),
            None => Err(ChatError::new(
                ErrorCode::AnotherUsersToken,
                "the new token is another user's",
            )),
        };
        self.renewing = Some(done);
        self.soon(Happening::RenewalEnded(outcome));
    }

    pub(super) fn end_renewal(&mut self, outcome: Result<Arc<User>, ChatError>) {
        let Some(done) = self.renewing.take() else {
            return;
        };
        let is_renewed = outcome.is_ok();
        if is_renewed {
            self.server.token_expired = false;
            for parked in self.renewal.end() {
                match parked {
                    Parked::Post(attempt, muid, message) => self.post(attempt, muid, message),
                    Parked::Look(attempt, search) => self.look(attempt, search),
                    Parked::Call(id, call) => self.answer_call(id, call),
                }
            }
        }
        self.settle(done, outcome);
        match is_renewed {
            true => self.connect_anew(),
            false => self.end_overdue_renewal(),
        }
    }

    fn connect_anew(&mut self) {
        let is_wanted = self
            .connection
            .as_ref()
            .is_some_and(ConnectionMachine::is_wanted);
        if is_wanted && self.open_link().is_none() {
            self.last_id += 1;
            self.handle(Input::Connect(Ticket(self.last_id)));
        }
    }

    pub(super) fn end_overdue_renewal(&mut self) {
        let is_overdue = self.renewal.ends_at().is_some_and(|at| at <= self.now);
        if is_overdue && self.renewing.is_none() {
            self.end_session(Cause::TokenExpired);
        }
    }
}
