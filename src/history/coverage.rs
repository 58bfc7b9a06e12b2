use super::{Missing, gaps::Gaps, hearing::Hearing};
use crate::{
    client::{Gap, Page},
    model::{Message, MessageId},
};

/// What of a conversation may be missing, as far as can be told. Never too little (rule D3): where it is uncertain,
/// too much.
#[derive(Clone, Debug)]
pub(super) struct Coverage {
    gaps: Gaps,
    /// The messages that were let go come before this one.
    let_go_before: Option<MessageId>,
    /// The last message that was told before the conversation was opened.
    told_before: Option<MessageId>,
    /// Another number whenever it becomes uncertain what comes after the newest message, or certain.
    as_of: u64,
}

impl Coverage {
    /// Nothing is known of a conversation that is opened.
    pub(super) fn new(told_before: Option<MessageId>, as_of: u64) -> Self {
        Self {
            gaps: Gaps::all(),
            let_go_before: None,
            told_before,
            as_of,
        }
    }

    /// It became uncertain what comes after the newest message, or certain.
    pub(super) fn turn(&mut self, as_of: u64) {
        self.as_of = as_of;
    }

    /// Whether what follows may be missing.
    pub(super) fn is_open(&self) -> bool {
        self.gaps.is_open()
    }

    /// What may be missing between two messages that are next to each other; `None` for the ends.
    pub(super) fn between(
        &self,
        after: Option<MessageId>,
        before: Option<MessageId>,
    ) -> Option<Missing> {
        let (after, before) = self.gaps.between(after, before)?;
        Some(Missing {
            after,
            before,
            as_of: self.as_of,
        })
    }

    /// This message was told: nothing is missing from it on, where that was not known.
    pub(super) fn seal(&mut self, told: MessageId) -> bool {
        self.gaps.seal(self.held_from(told))
    }

    /// All that comes after what was heard last may be missing; after the newest message where nothing was heard.
    /// Before the first connection, that is known.
    pub(super) fn doubt(&mut self, hearing: Hearing, newest: Option<MessageId>) -> bool {
        match hearing {
            Hearing::Lost(last) => {
                let last = last.or(newest).unwrap_or(MessageId(0));
                self.gaps.add(last, None)
            }
            Hearing::NotYet | Hearing::First | Hearing::Sure => false,
        }
    }

    /// A recovery found nothing missing. `hearing` is how it was until then.
    pub(super) fn believe(&mut self, hearing: Hearing) -> bool {
        match hearing {
            Hearing::Lost(Some(last)) => self.gaps.fill(self.held_from(next(last)), None),
            // It went on from before the login ended, and so from before anything that is held.
            Hearing::NotYet | Hearing::First => self.gaps.close_end(),
            Hearing::Sure | Hearing::Lost(None) => false,
        }
    }

    /// A recovery found these missing: here, too, for all one knows.
    pub(super) fn note_gap(&mut self, gap: &Gap) -> bool {
        let told = gap.before.map(|before| self.held_from(before));
        let filled = told.is_some_and(|told| self.gaps.fill(told, None));
        self.gaps.add(gap.after, gap.before) || filled
    }

    /// A page holds all of what was missing, from its first message on. `newest` is the newest message held without
    /// it.
    pub(super) fn fill(
        &mut self,
        page: &Page<Message>,
        missing: Missing,
        hearing: Hearing,
        newest: Option<MessageId>,
    ) -> bool {
        let first = match page.is_last {
            true => Some(MessageId(0)),
            false => page.items.first().map(|message| message.id),
        };
        let Some(first) = first else { return false };
        if missing.before.is_some() {
            return self.gaps.fill(first, missing.before);
        }
        let doubted = self.doubt(hearing, newest);
        let after_last = page.items.last().map(|message| next(message.id));
        let filled = after_last.is_some_and(|end| self.gaps.fill(first, Some(end)));
        // All that came since it was asked for was told.
        let is_told = self.as_of == missing.as_of && !hearing.is_in_doubt();
        let held_from = self.let_go_before.map_or(first, |let_go| first.max(let_go));
        let sealed = is_told && self.gaps.fill(held_from, None);
        doubted || filled || sealed
    }

    /// What comes before this message, the oldest one held, was let go or not taken in.
    pub(super) fn let_go(&mut self, oldest: MessageId) {
        self.gaps.add(MessageId(0), Some(oldest));
        self.let_go_before = self.let_go_before.max(Some(oldest));
    }

    /// From where on all is held, of what is told from this message on.
    fn held_from(&self, told: MessageId) -> MessageId {
        let before = self.let_go_before.max(self.told_before.map(next));
        before.map_or(told, |before| told.max(before))
    }
}

#[cfg(test)]
impl Coverage {
    pub(super) const fn as_of(&self) -> u64 {
        self.as_of
    }
}

const fn next(id: MessageId) -> MessageId {
    MessageId(id.0.saturating_add(1))
}
