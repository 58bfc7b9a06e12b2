//! What users exchange that is never stored: typing indicators, receipts and transient data, each at its own rate. No I/O
//! and no clocks: like the outbox it takes an [`Input`] and the time, and leaves [`Output`]s to perform.

mod input;
mod own_typing;
mod receipts;
mod typists;

#[cfg(test)]
mod tests;

use std::{collections::VecDeque, time::Duration};

pub(crate) use self::input::{Context, Input};
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

/// An action to perform. Actions are performed in order.
pub(crate) enum Output {
    /// Send a signal over the live connection, and complete the requests with the outcome.
    Send(Signal, Vec<Completer<()>>),
    /// Mark a conversation over HTTP.
    Mark(Mark, Vec<Completer<()>>),
    /// Report to the game who types.
    Typing(TypingIndicator),
    /// Complete requests of the game.
    Settle(Settlement),
    /// Count a transient message that was not sent because the server has switched them off.
    Withheld,
}

/// The typing indicators, receipts and transient data of one user.
#[derive(Default)]
pub(crate) struct Ephemeral {
    own_typing: OwnTyping,
    typists: Typists,
    receipts: Receipts<Completer<()>>,
    outputs: VecDeque<Output>,
}

impl Ephemeral {
    /// Handles an input at `now`. The resulting actions come from [`poll_output`](Self::poll_output).
    pub(crate) fn handle(&mut self, input: Input, context: &Context<'_>, now: Duration) {
        match input {
            Input::Send(signal, done) => self.send(signal, done, context, now),
            Input::Mark(mark, done) => self.mark(mark, done, context, now),
            Input::MessageSent(receiver) => {
                if self.own_typing.end(&receiver) {
                    self.send_typing_ended(receiver, context);
                }
            }
            Input::Disconnected => {
                self.own_typing.forget();
                let ended = self.typists.take();
                self.emit_typing(ended);
            }
            Input::Closing(error) => self.flush_receipts(&error, context),
            Input::Tick => self.meet_deadlines(context, now),
        }
    }

    /// The next action.
    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The time of the next deadline.
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

    /// Handles a typing indicator that was received. Returns the changes to report to the game.
    pub(crate) fn on_typing(
        &mut self,
        typing: TypingIndicator,
        now: Duration,
    ) -> Vec<TypingIndicator> {
        self.typists.on_typing(typing, now)
    }

    /// Handles a message that was received: its sender has stopped typing. Returns the change to report to the game.
    pub(crate) fn on_message(&mut self, message: &Message) -> Option<TypingIndicator> {
        self.typists.on_message(message)
    }

    /// Sends a signal, unless it would repeat the last one or the server has switched its kind off.
    fn send(&mut self, signal: Signal, done: Completer<()>, context: &Context<'_>, now: Duration) {
        if !context.is_live {
            return self.settle(vec![done], &Err(ChatError::no_connection()));
        }
        let is_sent = match &signal {
            Signal::Typing { .. } if !context.mode.allows_typing() => false,
            Signal::Typing {
                receiver, action, ..
            } => match action {
                TypingAction::Started => self.own_typing.start(receiver, now),
                TypingAction::Ended => self.own_typing.end(receiver),
            },
            Signal::Transient(_) if !context.mode.allows_transient_messages() => {
                self.outputs.push_back(Output::Withheld);
                false
            }
            Signal::Receipt(_) | Signal::Transient(_) => true,
        };
        if is_sent {
            self.outputs.push_back(Output::Send(signal, vec![done]))
        } else {
            self.settle(vec![done], &Ok(()))
        }
    }

    /// Adds a receipt, to be sent a moment later together with those that follow.
    fn mark(&mut self, mark: Mark, done: Completer<()>, context: &Context<'_>, now: Duration) {
        if !context.mode.allows_receipts() {
            let blocked = ChatError::new(
                ErrorCode::ReceiptsDisabled,
                "the server takes no receipts for now: try again after a later login",
            );
            return self.settle(vec![done], &Err(blocked));
        }
        if context.uid == Some(&mark.author) {
            self.settle(vec![done], &Ok(()))
        } else {
            self.receipts.add(mark, done, now)
        }
    }

    /// Handles the deadlines that have passed.
    fn meet_deadlines(&mut self, context: &Context<'_>, now: Duration) {
        while let Some(receiver) = self.own_typing.pop_idle(now) {
            self.send_typing_ended(receiver, context);
        }
        while let Some(typing) = self.typists.pop_silent(now) {
            self.emit_typing([typing]);
        }
        while let Some((mark, waiters)) = self.receipts.pop_due(now) {
            if context.is_live {
                self.send_receipt(mark, waiters)
            } else {
                self.mark_over_http(mark, waiters)
            }
        }
    }

    /// Sends the receipts that wait, if the connection is live. Otherwise they fail with `error`.
    fn flush_receipts(&mut self, error: &ChatError, context: &Context<'_>) {
        for (mark, waiters) in self.receipts.take() {
            if context.is_live {
                self.send_receipt(mark, waiters)
            } else {
                self.settle(waiters, &Err(error.clone()))
            }
        }
    }

    fn send_receipt(&mut self, mark: Mark, waiters: Vec<Completer<()>>) {
        let sent = Output::Send(Signal::Receipt(mark), waiters);
        self.outputs.push_back(sent);
    }

    fn mark_over_http(&mut self, mark: Mark, waiters: Vec<Completer<()>>) {
        self.outputs.push_back(Output::Mark(mark, waiters));
    }

    fn send_typing_ended(&mut self, receiver: ReceiverId, context: &Context<'_>) {
        if context.is_live {
            let ended = Signal::typing(receiver, TypingAction::Ended);
            self.outputs.push_back(Output::Send(ended, Vec::new()));
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
