//! What users tell each other beside messages, each at its pace: who types, and who got what. It is given the time, and
//! says what is due, like the lifecycle.

mod own_typing;
mod receipts;
mod typists;

use std::time::Duration;

use self::{own_typing::OwnTyping, receipts::Receipts, typists::Typists};
use crate::{
    model::{Message, ReceiverId, TypingIndicator},
    wire::{
        client_frame::{Mark, Signal},
        frame_body::TypingAction,
    },
};

/// The signals of one user. `W` is who waits for a receipt to be told.
pub(crate) struct Signals<W> {
    own_typing: OwnTyping,
    typists: Typists,
    receipts: Receipts<W>,
}

/// What has its time.
#[derive(Debug, PartialEq)]
pub(crate) enum Due<W> {
    /// The user has not typed for a while: the receiver is told so.
    OwnTypingEnded(ReceiverId),
    /// Nothing more was heard from somebody who typed.
    TypingEnded(TypingIndicator),
    /// A receipt, and who waits for it to be told.
    Receipt(Mark, Vec<W>),
}

impl<W> Default for Signals<W> {
    fn default() -> Self {
        Self {
            own_typing: OwnTyping::default(),
            typists: Typists::default(),
            receipts: Receipts::default(),
        }
    }
}

impl<W> Signals<W> {
    /// Whether what the game wants told is to be told, or says nothing new.
    pub(crate) fn admit(&mut self, signal: &Signal, now: Duration) -> bool {
        match signal {
            Signal::Typing {
                receiver,
                action: TypingAction::Started,
                ..
            } => self.own_typing.start(receiver, now),
            Signal::Typing {
                receiver,
                action: TypingAction::Ended,
                ..
            } => self.own_typing.end(receiver),
            Signal::Receipt(_) | Signal::Transient(_) => true,
        }
    }

    /// A message goes out. Returns whether its receiver is to be told that the typing has ended.
    pub(crate) fn message_sent(&mut self, receiver: &ReceiverId) -> bool {
        self.own_typing.end(receiver)
    }

    /// Takes note of a receipt, to be told a moment later, together with those that follow.
    pub(crate) fn mark(&mut self, mark: Mark, waiter: W, now: Duration) {
        self.receipts.add(mark, waiter, now);
    }

    /// The receipts that were not told yet.
    pub(crate) fn take_receipts(&mut self) -> Vec<(Mark, Vec<W>)> {
        self.receipts.take()
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

    /// The connection is gone, and with it what keeps typing up to date. Returns what is news to the game.
    pub(crate) fn disconnected(&mut self) -> Vec<TypingIndicator> {
        self.own_typing.forget();
        self.typists.take()
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

    /// Something that has its time at `now`, until there is nothing more.
    pub(crate) fn pop_due(&mut self, now: Duration) -> Option<Due<W>> {
        if let Some(receiver) = self.own_typing.pop_idle(now) {
            return Some(Due::OwnTypingEnded(receiver));
        }
        if let Some(typing) = self.typists.pop_silent(now) {
            return Some(Due::TypingEnded(typing));
        }
        let (mark, waiters) = self.receipts.pop_due(now)?;
        Some(Due::Receipt(mark, waiters))
    }
}
