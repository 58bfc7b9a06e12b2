//! Messages on their way: what the outbox decides, carried out as the driver does it.

use std::sync::Arc;

use super::{
    script::{Parked, Script},
    timeline::Happening,
};
use crate::{
    client::{
        ChatError, Completer, ErrorCode,
        outbox::{Attempt, Input, LookupResult, Output, Search, SendError},
        sendable,
    },
    connection::{Cause, Now},
    model::{Message, OutgoingMessage},
};

/// What becomes of a message, other than that it is stored.
pub(super) enum Fate {
    Fails(SendError),
    ReplyLost { stored: bool },
}

impl Script {
    pub(super) fn send(
        &mut self,
        muid: Arc<str>,
        message: Arc<OutgoingMessage>,
        done: Completer<Message>,
    ) {
        let checked = self.user().and_then(|_| sendable::check(&message));
        match checked {
            Ok(()) => self.work_outbox(Input::Send {
                muid,
                message,
                newest: None,
                done,
            }),
            Err(error) => self.settle(done, Err(error)),
        }
    }

    pub(super) fn work_outbox(&mut self, input: Input) {
        self.outbox.handle(input, Now::at(self.now));
        if let Some(end) = &self.end {
            end.counters.note_outbox(self.outbox.len());
        }
        while let Some(output) = self.outbox.poll_output() {
            match output {
                Output::Emit(event) => self.emit(event),
                Output::Settle(settlement) => self.push_item(settlement),
                Output::Save if self.persistent_outbox => {
                    self.saved_outbox = self.outbox.to_saved();
                }
                Output::Post(attempt, muid, message) => self.post(attempt, muid, message),
                Output::LookUp(attempt, search) => self.look(attempt, search),
                Output::Save | Output::GiveUp(_) => {}
            }
        }
    }

    pub(super) fn end_post(&mut self, attempt: Attempt, outcome: Result<Message, SendError>) {
        let token_is_unknown = outcome
            .as_ref()
            .is_err_and(|send_error| send_error.error().code == ErrorCode::AuthTokenNotFound);
        self.work_outbox(Input::Posted(attempt, outcome));
        if token_is_unknown {
            self.end_session(Cause::TokenUnknown);
        }
    }

    pub(super) fn post(&mut self, attempt: Attempt, muid: Arc<str>, message: Arc<OutgoingMessage>) {
        let Ok(user) = self.user() else { return };
        if let Some(send_error) = self.unreachable() {
            return self.soon(Happening::Posted(attempt, Err(send_error)));
        }
        if self.server.token_expired {
            return self.park(Parked::Post(attempt, muid, message));
        }
        let outcome = match self.server.fates.pop_front() {
            Some(Fate::Fails(SendError::NeverLeft(error))) => Err(SendError::NeverLeft(error)),
            fate => {
                self.log.sent.push((*message).clone());
                match fate {
                    Some(Fate::Fails(send_error)) => Err(send_error),
                    Some(Fate::ReplyLost { stored }) => {
                        if stored {
                            self.store(user, &message);
                        }
                        Err(SendError::Lost(no_answer("the reply was lost")))
                    }
                    None => Ok(self.store(user, &message)),
                }
            }
        };
        self.soon(Happening::Posted(attempt, outcome));
    }

    pub(super) fn look(&mut self, attempt: Attempt, search: Search) {
        if let Some(send_error) = self.unreachable() {
            return self.soon(Happening::Looked(attempt, Err(send_error)));
        }
        if self.server.token_expired {
            return self.park(Parked::Look(attempt, search));
        }
        let sighting = match self.server.stored.get(&search.muid) {
            Some(message) => LookupResult::Found(Box::new(message.clone())),
            None => LookupResult::NotThere,
        };
        self.soon(Happening::Looked(attempt, Ok(sighting)));
    }

    fn unreachable(&self) -> Option<SendError> {
        let error = || SendError::NeverLeft(no_answer("the script is offline"));
        (!self.server.online).then(error)
    }
}

/// What a request fails with that is not answered.
pub(super) fn no_answer(why: &str) -> ChatError {
    ChatError {
        cause: Some(Cause::Unreachable),
        ..ChatError::new(ErrorCode::ServerUnreachable, why)
    }
}
