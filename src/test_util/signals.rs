//! Typing, receipts and transient data, as the driver treats them.

use std::sync::Arc;

use super::script::Script;
use crate::{
    client::{
        ChatError, Completer, ErrorCode, Event, event::Ended, mark_over_http, operation::no_json,
        request::Settlement, signals::Due,
    },
    model::{ReceiverId, TypingIndicator, User},
    wire::{
        client_frame::{Mark, Signal},
        frame_body::TypingAction,
    },
};

impl Script {
    pub(super) fn signal(&mut self, signal: &Signal, done: Completer<()>) {
        let told = self.line().and_then(|user| {
            let is_news = self.signals.admit(signal, self.now);
            if is_news {
                self.tell(signal, &user)
            } else {
                Ok(())
            }
        });
        self.settle(done, told);
    }

    pub(super) fn mark(&mut self, mark: Mark, done: Completer<()>) {
        match self.user() {
            Err(error) => self.settle(done, Err(error)),
            Ok(user) if user.uid == mark.author => self.settle(done, Ok(())),
            Ok(_) => self.signals.mark(mark, done, self.now),
        }
    }

    pub(super) fn end_typing_to(&mut self, receiver: &ReceiverId) {
        if self.signals.message_sent(receiver) {
            self.tell_typing_ended(receiver.clone());
        }
    }

    /// Hands a frame's event over, and what of typing follows from it.
    pub(super) fn take_in(&mut self, event: Event) {
        match event {
            Event::TypingChanged(typing) => {
                let changes = self.signals.typing_heard(typing, self.now);
                self.emit_typing(changes);
            }
            Event::MessageReceived(message) => {
                let ended = self.signals.message_heard(&message);
                self.emit_typing(ended);
                self.emit(Event::MessageReceived(message));
            }
            event => self.emit(event),
        }
    }

    pub(super) fn meet_signal_deadlines(&mut self) {
        while let Some(due) = self.signals.pop_due(self.now) {
            match due {
                Due::OwnTypingEnded(receiver) => self.tell_typing_ended(receiver),
                Due::TypingEnded(typing) => self.emit_typing([typing]),
                Due::Receipt(mark, waiters) => self.tell_receipt(mark, waiters),
            }
        }
    }

    pub(super) fn forget_typing(&mut self) {
        let ended = self.signals.disconnected();
        self.emit_typing(ended);
    }

    pub(super) fn flush_receipts(&mut self, error: &ChatError) {
        for (mark, waiters) in self.signals.take_receipts() {
            let told = match self.line() {
                Ok(user) => self.tell(&Signal::Receipt(mark), &user),
                Err(_) => Err(error.clone()),
            };
            self.settle_all(waiters, &told);
        }
    }

    fn tell_receipt(&mut self, mark: Mark, waiters: Vec<Completer<()>>) {
        if let Ok(user) = self.line() {
            let told = self.tell(&Signal::Receipt(mark), &user);
            return self.settle_all(waiters, &told);
        }
        match mark_over_http(&mark) {
            Ok(operation) => self.call(operation.begin_for(waiters)),
            Err(error) => self.settle_all(waiters, &Err(error)),
        }
    }

    fn tell_typing_ended(&mut self, receiver: ReceiverId) {
        if let Ok(user) = self.line() {
            let _ = self.tell(&Signal::typing(receiver, TypingAction::Ended), &user);
        }
    }

    fn emit_typing(&mut self, changes: impl IntoIterator<Item = TypingIndicator>) {
        for typing in changes {
            self.emit(Event::TypingChanged(typing));
        }
    }

    fn settle_all(&mut self, waiters: Vec<Completer<()>>, outcome: &Result<(), ChatError>) {
        let settlement = Settlement::of_all(waiters, outcome);
        self.emit(Event::Settled(Ended(settlement)));
    }

    fn tell(&mut self, signal: &Signal, user: &User) -> Result<(), ChatError> {
        let frame = signal.encode("app", "device", user).map_err(no_json)?;
        self.log.frames.push(frame);
        Ok(())
    }

    /// Who can tell something over the live connection.
    fn line(&self) -> Result<Arc<User>, ChatError> {
        let user = self.user()?;
        match self.live_link() {
            Some(_) => Ok(user),
            None => Err(ChatError::new(
                ErrorCode::NoWebSocketConnection,
                "there is no live connection",
            )),
        }
    }
}
