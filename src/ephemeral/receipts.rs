use std::{collections::VecDeque, time::Duration};

use crate::wire::client_frame::Mark;

/// How long a receipt waits for those that follow it.
const WINDOW: Duration = Duration::from_millis(250);

/// Receipts that wait to be sent. For each conversation only the one of the newest message is kept: it covers all earlier
/// messages.
#[derive(Debug)]
pub(super) struct Receipts<W>(
    /// In the order of their due times.
    VecDeque<Queued<W>>,
);

#[derive(Debug)]
struct Queued<W> {
    due: Duration,
    mark: Mark,
    waiters: Vec<W>,
}

impl<W> Default for Receipts<W> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<W> Receipts<W> {
    pub(super) fn add(&mut self, mark: Mark, waiter: W, now: Duration) {
        let alike = self.0.iter_mut().find(|waiting| {
            waiting.mark.action == mark.action && waiting.mark.conversation == mark.conversation
        });
        match alike {
            Some(waiting) => {
                if mark.message > waiting.mark.message {
                    waiting.mark = mark;
                }
                waiting.waiters.push(waiter);
            }
            None => self.0.push_back(Queued {
                due: now.saturating_add(WINDOW),
                mark,
                waiters: vec![waiter],
            }),
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Duration> {
        self.0.front().map(|waiting| waiting.due)
    }

    pub(super) fn pop_due(&mut self, now: Duration) -> Option<(Mark, Vec<W>)> {
        let waiting = self.0.pop_front_if(|waiting| waiting.due <= now)?;
        Some((waiting.mark, waiting.waiters))
    }

    pub(super) fn take(&mut self) -> Vec<(Mark, Vec<W>)> {
        let waiting = self.0.drain(..);
        waiting
            .map(|waiting| (waiting.mark, waiting.waiters))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        connection::virtual_time::millis as at,
        model::{MessageId, ReceiverId},
        wire::frame_body::ReceiptAction,
    };

    fn mark(action: ReceiptAction, with: &str, message: u64) -> Mark {
        Mark {
            conversation: ReceiverId::User(with.into()),
            action,
            message: MessageId(message),
            author: with.into(),
        }
    }

    #[test]
    fn marks_within_a_moment_become_one_with_the_newest_message() {
        let mut receipts = Receipts::default();
        for (waiter, message) in [5, 9, 7].into_iter().enumerate() {
            let now = at(100 * waiter as u64);
            receipts.add(mark(ReceiptAction::Read, "bob", message), waiter, now);
        }
        assert_eq!(receipts.next_deadline(), Some(at(250)), "the first one's");
        assert_eq!(receipts.pop_due(at(249)), None);
        assert_eq!(
            receipts.pop_due(at(250)),
            Some((mark(ReceiptAction::Read, "bob", 9), vec![0, 1, 2]))
        );
        assert_eq!(receipts.next_deadline(), None);
    }

    #[test]
    fn another_conversation_and_another_kind_are_told_apart() {
        let mut receipts = Receipts::default();
        let marks = [
            mark(ReceiptAction::Read, "bob", 1),
            mark(ReceiptAction::Delivered, "bob", 2),
            mark(ReceiptAction::Read, "carol", 3),
        ];
        for mark in marks.clone() {
            receipts.add(mark, (), at(0));
        }
        assert_eq!(receipts.take(), marks.map(|mark| (mark, vec![()])));
    }
}
