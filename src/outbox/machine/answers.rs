//! Applies the outcomes of attempts to messages.

use std::time::Duration;

use super::{Attempt, ChatError, Entry, Message, Outbox, Stage};
use crate::outbox::{LookupResult, SendError};

/// The time for which a request may still be on its way. Only a lookup that begins this long after the first one proves
/// that the message is not there.
const SETTLING_TIME: Duration = Duration::from_secs(3);
/// The number of lost attempts without effect after which a message fails.
const MAX_LOST: u32 = 4;

impl Outbox {
    pub(super) fn posted(
        &mut self,
        attempt: Attempt,
        outcome: Result<Message, SendError>,
        now: Duration,
    ) {
        let Some(index) = self.index_of(attempt) else {
            return;
        };
        self.on_network_outcome(outcome.as_ref().err(), now);
        let entry = &mut self.entries[index];
        match outcome {
            Ok(message) => return self.sent(index, message),
            Err(SendError::Refused(error)) => return self.fail(index, error),
            Err(SendError::Lost(error)) => entry.lose(error, now),
            Err(SendError::Throttled(error)) => entry.wait_again(error),
            Err(SendError::NeverLeft(error)) => {
                entry.wait_again(error);
                self.pace.give_back(attempt);
            }
        }
        self.is_unsaved = true;
    }

    pub(super) fn looked_up(
        &mut self,
        attempt: Attempt,
        outcome: Result<LookupResult, SendError>,
        now: Duration,
    ) {
        let Some(index) = self.index_of(attempt) else {
            return;
        };
        self.on_network_outcome(outcome.as_ref().err(), now);
        match outcome {
            Ok(LookupResult::Found(message)) => self.sent(index, *message),
            Ok(LookupResult::NotThere) => self.missed(index, now),
            Ok(LookupResult::OutOfReach) => self.fail(index, ChatError::undecided(None)),
            Err(SendError::Refused(error)) => self.fail(index, ChatError::undecided(Some(error))),
            Err(
                SendError::NeverLeft(error) | SendError::Lost(error) | SendError::Throttled(error),
            ) => {
                self.entries[index].wait_again(error);
            }
        }
    }

    pub(super) fn heard(&mut self, message: Message) {
        let index = message.muid.as_deref().and_then(|muid| self.position(muid));
        if let Some(index) = index {
            self.give_attempt_up(index);
            self.sent(index, message);
        }
    }

    /// A lookup did not find the message. If it may still be on its way, it is looked up again, otherwise sent again.
    fn missed(&mut self, index: usize, now: Duration) {
        let entry = &mut self.entries[index];
        let (Some(unconfirmed), Stage::LookingUp { since, .. }) =
            (&mut entry.unconfirmed, &entry.stage)
        else {
            return;
        };
        let missed_at = *unconfirmed.missed_at.get_or_insert(now);
        let settled_at = missed_at.saturating_add(SETTLING_TIME);
        if *since < settled_at {
            entry.not_before = settled_at;
            entry.stage = Stage::Waiting;
            return;
        }
        entry.unconfirmed = None;
        entry.stage = Stage::Waiting;
        let last_error = entry.last_error.clone();
        if let Some(error) = last_error.filter(|_| entry.lost >= MAX_LOST) {
            self.fail(index, error);
        }
        self.is_unsaved = true;
    }

    fn on_network_outcome(&mut self, send_error: Option<&SendError>, now: Duration) {
        match send_error {
            None | Some(SendError::Refused(_)) => self.network.works(),
            Some(SendError::NeverLeft(error) | SendError::Lost(error)) => {
                self.network.failed(now, error.retry_after);
            }
            Some(SendError::Throttled(error)) => {
                self.network.works();
                self.pace.wait(now, error.clone());
            }
        }
    }

    fn index_of(&self, attempt: Attempt) -> Option<usize> {
        let is_it = |entry: &Entry| entry.attempt() == Some(attempt);
        self.entries.iter().position(is_it)
    }
}
