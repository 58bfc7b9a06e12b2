use std::{sync::Arc, time::Duration};

use super::{Attempt, OutboxChange, OutboxLimits, OutboxState, SavedEntry, Search};
use crate::{
    connection::Now,
    error::ChatError,
    model::{Message, MessageId, OutgoingMessage, ReceiverId, Timestamp},
    request::Completer,
};

/// The minimum time in which an unconfirmed message is looked up, however old it is.
const LOOKING_TIME: Duration = Duration::from_secs(60);

/// A message that is not sent yet.
pub(super) struct Entry {
    pub(super) muid: Arc<str>,
    pub(super) message: Arc<OutgoingMessage>,
    pub(super) size: Size,
    pub(super) queued_at: Timestamp,
    /// Everything up to this id is older than it.
    pub(super) after: MessageId,
    pub(super) stage: Stage,
    /// `Some` if it may have reached the server.
    pub(super) unconfirmed: Option<Unconfirmed>,
    /// The number of attempts that were lost.
    pub(super) lost: u32,
    /// The error of the last attempt.
    pub(super) last_error: Option<ChatError>,
    /// No attempt starts before this.
    pub(super) not_before: Duration,
    expiry: Expiry,
    pub(super) waiters: Vec<Completer<Message>>,
}

pub(super) enum Stage {
    Waiting,
    Posting(Attempt),
    LookingUp { attempt: Attempt, since: Duration },
    Failed(ChatError),
}

/// The state of a message after an attempt was lost, until it is found.
#[derive(Clone, Copy)]
pub(super) struct Unconfirmed {
    since: Duration,
    /// When the first lookup ended that did not find it.
    pub(super) missed_at: Option<Duration>,
}

/// When a message is too old. The monotonic clock may stand still while the machine sleeps; the wall clock does not
/// count, for it can be set.
#[derive(Clone, Copy)]
struct Expiry {
    monotonic: Duration,
    uptime: Duration,
}

/// The size of messages, for the limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    messages: usize,
    bytes: usize,
    upload_bytes: usize,
}

impl Entry {
    pub(super) fn new(
        muid: Arc<str>,
        message: Arc<OutgoingMessage>,
        after: MessageId,
        age: Duration,
        now: Now,
    ) -> Self {
        Self {
            size: Size::of(&message),
            muid,
            message,
            queued_at: Timestamp(now.wall.as_secs()),
            after,
            stage: Stage::Waiting,
            unconfirmed: None,
            lost: 0,
            last_error: None,
            not_before: Duration::ZERO,
            expiry: Expiry::after(age, now),
            waiters: Vec::new(),
        }
    }

    pub(super) fn restored(saved: SavedEntry, age: Duration, now: Now) -> Self {
        let before = now
            .wall
            .saturating_sub(Duration::from_secs(saved.queued_at.0));
        let left = age.saturating_sub(before);
        Self {
            queued_at: saved.queued_at,
            stage: match saved.failure {
                None => Stage::Waiting,
                Some(failure) => Stage::Failed(failure.into()),
            },
            unconfirmed: saved.in_doubt.then_some(Unconfirmed::since(now.monotonic)),
            ..Self::new(saved.muid, saved.message, saved.after, left, now)
        }
    }

    /// Whether it is saved: messages with files are not.
    pub(super) fn is_saved(&self) -> bool {
        self.message.uploads.is_empty()
    }

    /// The saved form, if it is saved.
    pub(super) fn to_saved(&self) -> Option<SavedEntry> {
        self.is_saved().then(|| SavedEntry {
            muid: self.muid.clone(),
            message: self.message.clone(),
            queued_at: self.queued_at,
            after: self.after,
            in_doubt: self.unconfirmed.is_some() || matches!(self.stage, Stage::Posting(_)),
            failure: match &self.stage {
                Stage::Failed(error) => Some(error.into()),
                _ => None,
            },
        })
    }

    /// Resets the entry as if it was queued now.
    pub(super) fn renew(&mut self, age: Duration, now: Now) {
        self.stage = Stage::Waiting;
        self.queued_at = Timestamp(now.wall.as_secs());
        self.expiry = Expiry::after(age, now);
        self.lost = 0;
        self.last_error = None;
        self.not_before = now.monotonic;
        if let Some(unconfirmed) = &mut self.unconfirmed {
            *unconfirmed = Unconfirmed::since(now.monotonic);
        }
    }

    pub(super) fn lose(&mut self, error: ChatError, now: Duration) {
        self.lost += 1;
        self.unconfirmed = Some(Unconfirmed::since(now));
        self.wait_again(error);
    }

    pub(super) fn wait_again(&mut self, error: ChatError) {
        self.stage = Stage::Waiting;
        self.last_error = Some(error);
    }

    /// Whether a message that the server has, of the same user and muid, may be this one: it is to the same receiver,
    /// newer, and this one may have left.
    pub(super) fn may_be(&self, message: &Message) -> bool {
        let may_have_left =
            self.lost > 0 || self.unconfirmed.is_some() || matches!(self.stage, Stage::Posting(_));
        may_have_left && message.id > self.after && message.receiver.to_id() == *self.receiver()
    }

    pub(super) fn receiver(&self) -> &ReceiverId {
        &self.message.envelope.receiver
    }

    pub(super) fn search(&self) -> Search {
        Search {
            muid: self.muid.clone(),
            receiver: self.receiver().clone(),
            after: self.after,
        }
    }

    pub(super) fn change(&self, state: OutboxState) -> OutboxChange {
        OutboxChange {
            muid: self.muid.clone(),
            message: self.message.clone(),
            queued_at: self.queued_at,
            state,
        }
    }

    pub(super) const fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Waiting)
    }

    pub(super) const fn has_failed(&self) -> bool {
        matches!(self.stage, Stage::Failed(_))
    }

    /// The attempt under way.
    pub(super) const fn attempt(&self) -> Option<Attempt> {
        match self.stage {
            Stage::Posting(attempt) | Stage::LookingUp { attempt, .. } => Some(attempt),
            Stage::Waiting | Stage::Failed(_) => None,
        }
    }

    /// When it fails. An unconfirmed message is looked up for a while first.
    pub(super) fn given_up_at(&self) -> Option<Duration> {
        let looking = self
            .unconfirmed
            .map(|unconfirmed| unconfirmed.since.saturating_add(LOOKING_TIME));
        self.is_waiting()
            .then(|| self.expiry.monotonic.max(looking.unwrap_or_default()))
    }

    pub(super) fn is_overdue(&self, now: Now) -> bool {
        let slept_over = self.unconfirmed.is_none() && self.expiry.uptime <= now.uptime;
        self.given_up_at()
            .is_some_and(|at| at <= now.monotonic || slept_over)
    }
}

impl Unconfirmed {
    const fn since(now: Duration) -> Self {
        Self {
            since: now,
            missed_at: None,
        }
    }
}

impl Expiry {
    const fn after(age: Duration, now: Now) -> Self {
        Self {
            monotonic: now.monotonic.saturating_add(age),
            uptime: now.uptime.saturating_add(age),
        }
    }
}

impl Size {
    fn of(message: &OutgoingMessage) -> Self {
        Self {
            messages: 1,
            bytes: message.size(),
            upload_bytes: message.upload_size(),
        }
    }

    pub(super) fn of_all<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        entries
            .into_iter()
            .fold(Self::default(), |sum, entry| sum.plus(entry.size))
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            messages: self.messages.saturating_add(other.messages),
            bytes: self.bytes.saturating_add(other.bytes),
            upload_bytes: self.upload_bytes.saturating_add(other.upload_bytes),
        }
    }

    pub(super) const fn fits(self, limits: &OutboxLimits) -> bool {
        self.messages <= limits.messages
            && self.bytes <= limits.bytes
            && self.upload_bytes <= limits.upload_bytes
    }
}
