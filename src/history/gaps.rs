use crate::model::MessageId;

/// The end of a range without an end. No message has this id.
const END: u64 = u64::MAX;
/// The maximum number of ranges. The oldest ones are joined beyond it.
const MAX_RANGES: usize = 8;

/// The ranges of ids that may belong to messages that are not held. Sorted, without overlaps. Single messages within a
/// range may be held.
#[derive(Clone, Debug)]
pub(super) struct Gaps(Vec<Range>);

/// The ids between two others, both exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    after: u64,
    before: u64,
}

impl Range {
    const fn new(after: u64, before: u64) -> Self {
        Self { after, before }
    }

    const fn is_empty(self) -> bool {
        self.before.saturating_sub(self.after) <= 1
    }

    fn common(self, other: Self) -> Self {
        Self::new(self.after.max(other.after), self.before.min(other.before))
    }

    fn around(self, other: Self) -> Self {
        Self::new(self.after.min(other.after), self.before.max(other.before))
    }
}

impl Gaps {
    /// Every id.
    pub(super) fn all() -> Self {
        Self(vec![Range::new(0, END)])
    }

    /// Messages between these two, both exclusive, may be missing. `None` means no end.
    pub(super) fn add(&mut self, after: MessageId, before: Option<MessageId>) -> bool {
        let mut gap = Range::new(after.0, before.map_or(END, |before| before.0));
        if gap.is_empty() {
            return false;
        }
        let old = self.0.clone();
        self.0.retain(|known| {
            let overlaps = !known.common(gap).is_empty();
            if overlaps {
                gap = gap.around(*known);
            }
            !overlaps
        });
        let place = self.0.partition_point(|known| known.after < gap.after);
        self.0.insert(place, gap);
        if self.0.len() > MAX_RANGES {
            let oldest = self.0.remove(0);
            self.0[0] = self.0[0].around(oldest);
        }
        self.0 != old
    }

    /// No message from `from` on and before `before` is missing. `None` means no end.
    pub(super) fn fill(&mut self, from: MessageId, before: Option<MessageId>) -> bool {
        let before = before.map_or(END, |before| before.0);
        if from.0 >= before {
            return false;
        }
        let old = std::mem::take(&mut self.0);
        self.0 = old
            .iter()
            .flat_map(|gap| {
                [
                    Range::new(gap.after, gap.before.min(from.0)),
                    Range::new(gap.after.max(before.saturating_sub(1)), gap.before),
                ]
            })
            .filter(|gap| !gap.is_empty())
            .collect();
        self.0 != old
    }

    /// If the end was open: no message is missing from this one on.
    pub(super) fn close_at(&mut self, from: MessageId) -> bool {
        self.is_open() && self.fill(from, None)
    }

    /// No message from `from` on is missing at the end, unless nothing is known at all.
    pub(super) fn close_end(&mut self, from: MessageId) -> bool {
        let end = self
            .0
            .last()
            .filter(|gap| gap.before == END && gap.after > 0);
        let after = end.map(|gap| MessageId(gap.after.saturating_add(1)));
        after.is_some_and(|after| self.fill(from.max(after), None))
    }

    /// Whether messages after the newest one may be missing.
    pub(super) fn is_open(&self) -> bool {
        self.0.last().is_some_and(|gap| gap.before == END)
    }

    /// The part of a range that lies between two messages that are next to each other; `None` stands for an end.
    pub(super) fn between(
        &self,
        after: Option<MessageId>,
        before: Option<MessageId>,
    ) -> Option<(Option<MessageId>, Option<MessageId>)> {
        let space = Range::new(
            after.map_or(0, |after| after.0),
            before.map_or(END, |before| before.0),
        );
        // The last one if there are several: fetching goes backwards.
        let gap = self
            .0
            .iter()
            .rev()
            .map(|gap| gap.common(space))
            .find(|gap| !gap.is_empty())?;
        Some((
            (gap.after > 0).then_some(MessageId(gap.after)),
            (gap.before < END).then_some(MessageId(gap.before)),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(id: u64) -> Option<MessageId> {
        Some(MessageId(id))
    }

    fn gaps(gaps: &[(u64, u64)]) -> Gaps {
        Gaps(
            gaps.iter()
                .map(|&(after, before)| Range::new(after, before))
                .collect(),
        )
    }

    fn pairs(gaps: &Gaps) -> Vec<(u64, u64)> {
        gaps.0.iter().map(|gap| (gap.after, gap.before)).collect()
    }

    #[test]
    fn filling_leaves_what_is_before_and_after() {
        let mut known = gaps(&[(0, 100)]);
        assert!(known.fill(MessageId(40), id(60)));
        assert_eq!(pairs(&known), [(0, 40), (59, 100)]);
        assert!(!known.fill(MessageId(40), id(60)));
        assert!(known.fill(MessageId(1), id(100)));
        assert_eq!(pairs(&known), []);
    }

    #[test]
    fn a_gap_without_room_for_an_id_is_none() {
        let mut known = gaps(&[]);
        assert!(!known.add(MessageId(5), id(6)));
        assert!(known.add(MessageId(5), id(7)));
        assert!(known.fill(MessageId(6), id(7)));
        assert_eq!(pairs(&known), []);
    }

    #[test]
    fn gaps_that_overlap_are_one() {
        let mut known = gaps(&[(0, 10), (20, 30), (40, 50)]);
        assert!(known.add(MessageId(5), id(25)));
        assert_eq!(pairs(&known), [(0, 30), (40, 50)]);
        assert!(!known.add(MessageId(41), id(49)));
    }

    #[test]
    fn too_many_gaps_are_fewer_and_larger() {
        let mut known = gaps(&[]);
        for start in 0..20 {
            known.add(MessageId(start * 10), id(start * 10 + 5));
        }
        assert_eq!(known.0.len(), MAX_RANGES);
        assert_eq!(known.0[0], Range::new(0, 125));
    }

    #[test]
    fn an_open_gap_ends_where_something_arrives() {
        let mut known = Gaps::all();
        assert!(known.close_at(MessageId(7)));
        assert!(!known.close_at(MessageId(9)));
        assert_eq!(pairs(&known), [(0, 7)]);
        assert!(!known.close_end(MessageId(0)));
        known.add(MessageId(9), None);
        assert!(known.close_end(MessageId(0)));
        assert_eq!(pairs(&known), [(0, 7)]);
        known.add(MessageId(9), None);
        assert!(known.close_end(MessageId(12)));
        assert_eq!(pairs(&known), [(0, 7), (9, 12)]);
    }

    #[test]
    fn between_two_messages_is_what_may_be_there() {
        let known = gaps(&[(0, 10), (20, 30), (33, 36)]);
        let missing = |after, before| known.between(after, before);
        assert_eq!(missing(None, id(12)), Some((None, id(10))));
        assert_eq!(missing(id(12), id(20)), None);
        assert_eq!(missing(id(15), id(25)), Some((id(20), id(25))));
        assert_eq!(missing(id(20), id(40)), Some((id(33), id(36))));
        assert_eq!(missing(id(40), None), None);
    }
}
