//! What users tell each other beside messages, each at its pace: who types, and who got what. No I/O, no clocks: like the
//! outbox it takes an [`Input`] and the time, and leaves [`Output`]s to be carried out.

mod input;
mod own_typing;
mod receipts;
mod typists;

#[cfg(test)]
mod tests;

use std::{collections::VecDeque, time::Duration};

pub(crate) use self::input::{Input, Teller};
use self::{own_typing::OwnTyping, receipts::Receipts, typists::Typists};
use crate::{
    error::{ChatError, ErrorCode},
    model::{Message, ReceiverId, TypingIndicator},
    request::{Completer, Settlement},
    wire::{
        client_frame::{Mark, Signal},
        frame_body::TypingAction,
    },
};

/// Something to be carried out, in the order given.
pub(crate) enum Output {
    /// Tell others over the live connection, and whoever waits how that went.
    Tell(Signal, Vec<Completer<()>>),
    /// Mark a conversation over HTTP.
    Mark(Mark, Vec<Completer<()>>),
    /// Report to the game who types.
    Typing(TypingIndicator),
    /// End requests of the game's.
    Settle(Settlement),
    /// Count a transient message that the server does not want.
    Withheld,
}

/// What one user tells others that is never stored: typing, receipts and transient data.
#[derive(Default)]
pub(crate) struct Ephemeral {
    own_typing: OwnTyping,
    typists: Typists,
    receipts: Receipts<Completer<()>>,
    outputs: VecDeque<Output>,
}

impl Ephemeral {
    /// Takes in what happened at `now`. What is to be done about it comes out of [`poll_output`](Self::poll_output).
    pub(crate) fn handle(&mut self, input: Input, teller: &Teller<'_>, now: Duration) {
        match input {
            Input::Tell(signal, done) => self.tell(signal, done, teller, now),
            Input::Mark(mark, done) => self.mark(mark, done, teller, now),
            Input::MessageSent(receiver) => {
                if self.own_typing.end(&receiver) {
                    self.tell_typing_ended(receiver, teller);
                }
            }
            Input::Disconnected => {
                self.own_typing.forget();
                let ended = self.typists.take();
                self.emit_typing(ended);
            }
            Input::Closing(error) => self.flush_receipts(&error, teller),
            Input::Tick => self.meet_deadlines(teller, now),
        }
    }

    /// The next thing to carry out, in order.
    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When something has its time next.
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        [
            self.own_typing.next_deadline(),
            self.typists.next_deadline(),
            self.receipts.next_deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Somebody says that they type, or no longer do. Returns what is news to the game.
    pub(crate) fn typing_heard(
        &mut self,
        typing: TypingIndicator,
        now: Duration,
    ) -> Vec<TypingIndicator> {
        self.typists.hear(typing, now)
    }

    /// A message arrived: whoever wrote it types no longer. Returns what is news to the game.
    pub(crate) fn message_heard(&mut self, message: &Message) -> Option<TypingIndicator> {
        self.typists.wrote(message)
    }

    /// Tells others something, if that is news to them and the server wants it told.
    fn tell(&mut self, signal: Signal, done: Completer<()>, teller: &Teller<'_>, now: Duration) {
        if !teller.is_live {
            return self.settle(vec![done], &Err(ChatError::no_connection()));
        }
        let is_told = match &signal {
            Signal::Typing { .. } if !teller.mode.allows_typing() => false,
            Signal::Typing {
                receiver, action, ..
            } => match action {
                TypingAction::Started => self.own_typing.start(receiver, now),
                TypingAction::Ended => self.own_typing.end(receiver),
            },
            Signal::Transient(_) if !teller.mode.allows_transient_messages() => {
                self.outputs.push_back(Output::Withheld);
                false
            }
            Signal::Receipt(_) | Signal::Transient(_) => true,
        };
        if is_told {
            self.outputs.push_back(Output::Tell(signal, vec![done]))
        } else {
            self.settle(vec![done], &Ok(()))
        }
    }

    /// Takes note of a receipt, to be told a moment later, together with those that follow.
    fn mark(&mut self, mark: Mark, done: Completer<()>, teller: &Teller<'_>, now: Duration) {
        if !teller.mode.allows_receipts() {
            let blocked = ChatError::new(
                ErrorCode::ReceiptsDisabled,
                "the server takes no receipts for now: try again after a later login",
            );
            return self.settle(vec![done], &Err(blocked));
        }
        if teller.uid == Some(&mark.author) {
            self.settle(vec![done], &Ok(()))
        } else {
            self.receipts.add(mark, done, now)
        }
    }

    /// Does what has its time.
    fn meet_deadlines(&mut self, teller: &Teller<'_>, now: Duration) {
        while let Some(receiver) = self.own_typing.pop_idle(now) {
            self.tell_typing_ended(receiver, teller);
        }
        while let Some(typing) = self.typists.pop_silent(now) {
            self.emit_typing([typing]);
        }
        while let Some((mark, waiters)) = self.receipts.pop_due(now) {
            if teller.is_live {
                self.tell_receipt(mark, waiters)
            } else {
                self.ask_for_receipt(mark, waiters)
            }
        }
    }

    /// Tells the receipts that still wait while there is a connection; without one they fail with `error`.
    fn flush_receipts(&mut self, error: &ChatError, teller: &Teller<'_>) {
        for (mark, waiters) in self.receipts.take() {
            if teller.is_live {
                self.tell_receipt(mark, waiters)
            } else {
                self.settle(waiters, &Err(error.clone()))
            }
        }
    }

    fn tell_receipt(&mut self, mark: Mark, waiters: Vec<Completer<()>>) {
        let told = Output::Tell(Signal::Receipt(mark), waiters);
        self.outputs.push_back(told);
    }

    fn ask_for_receipt(&mut self, mark: Mark, waiters: Vec<Completer<()>>) {
        self.outputs.push_back(Output::Mark(mark, waiters));
    }

    fn tell_typing_ended(&mut self, receiver: ReceiverId, teller: &Teller<'_>) {
        if teller.is_live {
            let ended = Signal::typing(receiver, TypingAction::Ended);
            self.outputs.push_back(Output::Tell(ended, Vec::new()));
        }
    }

    fn emit_typing(&mut self, changes: impl IntoIterator<Item = TypingIndicator>) {
        self.outputs.extend(changes.into_iter().map(Output::Typing));
    }

    fn settle(&mut self, waiters: Vec<Completer<()>>, outcome: &Result<(), ChatError>) {
        let settlement = Settlement::of_all(waiters, outcome);
        self.outputs.push_back(Output::Settle(settlement));
    }
}
