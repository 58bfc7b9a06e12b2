//! Which lines are made: the visible ones, and some above and below them.

use super::{
    feed::{Cursor, Feed, Gap, Item},
    fold::{self, Fold},
    rows::Rows,
    scroll::ScrollPosition,
    scrollbar::ScrollExtent,
};
use crate::chat_box::tab::is_whisper;

/// The maximum number of rows.
const MAX_ROWS: usize = 96;
/// How far above and below the visible lines others are made, as a factor of the height of the list.
const MARGIN: f32 = 0.3;
/// How far below the list the last line may reach and still count as the bottom, in logical pixels.
const BOTTOM_TOLERANCE: f32 = 0.5;
/// How much less than it was asked for the layout may make a node since it rounds, in logical pixels.
const ROUNDING: f32 = 1.0;

/// The visible part of the list, in logical pixels.
#[derive(Clone, Copy)]
pub(super) struct View {
    pub(super) height: f32,
    pub(super) max_height: f32,
    /// The minimum height of a line.
    pub(super) line_height: f32,
    /// The space above and below a line.
    pub(super) padding: f32,
}

/// What the upper edge of the list cuts off.
pub(super) struct TopCut {
    /// How far below the edge the first whole line of text begins.
    pub(super) inset: f32,
    /// The index of the line of which no whole line of text is visible.
    pub(super) hidden: Option<usize>,
}

impl View {
    /// How far above and below the visible lines others are made, so that they are laid out before they are visible.
    fn margin(self) -> f32 {
        self.max_height * MARGIN
    }

    /// The height that the layout gives a list that asks for `height`. It is less where it gave less than `last_height`,
    /// which the list asked for last: then the box has no more room.
    pub(super) fn room(self, last_height: f32, height: f32) -> f32 {
        if self.height < last_height - ROUNDING {
            height.min(self.height)
        } else {
            height
        }
    }
}

/// The lines that are made: the visible ones, and some above and below.
pub(super) struct LineWindow<'a> {
    pub(super) folds: Vec<Fold<'a>>,
    /// The gaps before hidden lines between them.
    hidden_gaps: Vec<Gap>,
    /// `None` for a line that is not laid out yet.
    heights: Vec<Option<f32>>,
    /// The index of the lowest visible line.
    pub(super) anchor: usize,
    has_more_above: bool,
    has_more_below: bool,
}

impl<'a> LineWindow<'a> {
    pub(super) fn around(
        feed: &Feed<'a>,
        position: &mut ScrollPosition,
        rows: &Rows,
        view: View,
    ) -> Self {
        let start = match position.anchor {
            Some(anchor) => fold::end_of_fold(feed, anchor),
            None => feed.end(),
        };
        let height_of = |fold: &Fold| {
            let height = rows.height(fold.key());
            height.unwrap_or(view.line_height).max(1.0)
        };
        let mut hidden_gaps = Vec::new();
        let above = Self::lines(
            feed,
            &mut hidden_gaps,
            view.max_height + view.margin() + position.offset + position.pending.max(0.0),
            |cursor| feed.previous(cursor),
            Fold::extend_up,
            start.clone(),
            height_of,
        );
        let below = Self::lines(
            feed,
            &mut hidden_gaps,
            view.margin() + (-position.pending).max(0.0),
            |cursor| feed.next(cursor),
            Fold::extend_down,
            start,
            height_of,
        );
        let ((mut folds, mut top), (newer, mut bottom)) = (above, below);
        folds.reverse();
        let anchor = folds.len().saturating_sub(1);
        folds.extend(newer);
        Self {
            heights: folds.iter().map(|fold| rows.height(fold.key())).collect(),
            folds,
            hidden_gaps,
            anchor,
            has_more_above: feed.previous(&mut top).is_some(),
            has_more_below: feed.next(&mut bottom).is_some(),
        }
    }

    /// The gaps between its lines, and after the newest line.
    pub(super) fn gaps(&self, feed: &Feed) -> Vec<Gap> {
        let between = self.folds.iter().filter_map(Fold::gap_before);
        let between = between.chain(self.hidden_gaps.iter().cloned());
        let first = self.folds.first().map(Fold::place);
        let is_near = |gap: &Gap| match feed.newest_of(&gap.with) {
            Some(newest) if is_whisper(&gap.with) => first <= Some(newest),
            _ => true,
        };
        let after = feed.gaps_at_end();
        let after = after.filter(|gap| !self.has_more_below && is_near(gap));
        between.chain(after).collect()
    }

    /// The height of all lines that are laid out.
    pub(super) fn height(&self) -> f32 {
        self.heights.iter().flatten().sum()
    }

    /// Lines from the cursor on that fill the height, and the position after them. `extend` adds an item to the last line.
    fn lines(
        feed: &Feed,
        hidden_gaps: &mut Vec<Gap>,
        mut height: f32,
        mut next: impl FnMut(&mut Cursor) -> Option<Item<'a>>,
        extend: impl Fn(&mut Fold<'a>, Item<'a>) -> bool,
        mut cursor: Cursor,
        height_of: impl Fn(&Fold<'a>) -> f32,
    ) -> (Vec<Fold<'a>>, Cursor) {
        let mut folds: Vec<Fold> = Vec::new();
        let mut before = cursor.clone();
        while let Some(item) = next(&mut cursor) {
            if feed.hides(&item) {
                hidden_gaps.extend(item.gap_before());
                continue;
            }
            if let Some(fold) = folds.last_mut() {
                if extend(fold, item) {
                    before.clone_from(&cursor);
                    continue;
                }
                height -= height_of(fold);
            }
            if height <= 0.0 || folds.len() == MAX_ROWS / 2 {
                return (folds, before);
            }
            before.clone_from(&cursor);
            folds.push(Fold::new(item));
        }
        (folds, cursor)
    }

    /// Moves the anchor by the pending distance, as far as the lines reach.
    pub(super) fn scroll(&mut self, position: &mut ScrollPosition, feed: &Feed, view: View) {
        let distance = std::mem::take(&mut position.pending);
        if position.anchor.is_none() && distance <= 0.0 {
            position.new_lines = 0;
            return;
        }
        let before = position.offset;
        position.offset += distance;
        self.keep_below_top(position, before, view);
        self.walk_up(position);
        self.walk_down(position);
        let Some(anchor) = self.folds.get(self.anchor) else {
            return position.jump_to_bottom();
        };
        let place = anchor.place();
        let is_last = self.anchor + 1 == self.folds.len() && !self.has_more_below;
        if is_last && position.offset <= BOTTOM_TOLERANCE {
            position.jump_to_bottom();
        } else {
            if position.anchor.is_none() {
                let newest = feed.previous(&mut feed.end());
                position.newest_seen = newest.map(|item| item.place());
            }
            position.anchor = Some(place);
            let seen = position.newest_seen.map(|seen| feed.after(seen));
            position.new_lines = seen.map_or(0, |seen| feed.count_after(&seen));
        }
    }

    /// The index of the topmost visible line.
    pub(super) fn topmost(&self, position: &ScrollPosition, view: View) -> Option<usize> {
        let mut room = view.height + position.offset;
        let heights = self.heights.iter().enumerate().take(self.anchor + 1);
        let is_visible = |(_, height): &(usize, &Option<f32>)| {
            let had_room = room > 0.0;
            room -= height.unwrap_or(view.line_height);
            had_room
        };
        let topmost = heights.rev().take_while(is_visible).last();
        topmost.map(|(at, _)| at)
    }

    /// The numbers of lines above, in and below the visible part.
    pub(super) fn extent(
        &self,
        feed: &Feed,
        position: &ScrollPosition,
        view: View,
    ) -> ScrollExtent {
        let topmost = self.topmost(position, view);
        let (Some(topmost), Some(lowest)) = (topmost, self.folds.get(self.anchor)) else {
            return ScrollExtent::default();
        };
        let is_all = topmost == 0 && !self.has_more_above && self.height() <= view.height + 1.0;
        let from = if is_all {
            feed.len()
        } else {
            let from = feed.count_after(&feed.after(self.folds[topmost].place()));
            from + self.folds[topmost].count()
        };
        let below = feed.count_after(&feed.after(lowest.place()));
        ScrollExtent {
            above: feed.len().saturating_sub(from),
            visible: from.saturating_sub(below),
            below,
        }
    }

    /// Opens or closes the lowest long message that is visible.
    pub(super) fn toggle_long(&self, position: &ScrollPosition, rows: &mut Rows, view: View) {
        let Some(topmost) = self.topmost(position, view) else {
            return;
        };
        let visible = self.folds[topmost..=self.anchor].iter().rev();
        let long = visible.map(Fold::key).find(|key| rows.is_long(*key));
        if let Some(long) = long {
            rows.toggle(long);
        }
    }

    /// Where the list has to end at the top so that no line of text is cut through.
    pub(super) fn cut_at_top(&self, offset: f32, height: f32, view: View) -> TopCut {
        let mut bottom = -offset;
        let heights = self.heights.iter().enumerate().take(self.anchor + 1);
        for (at, row) in heights.rev() {
            let row = row.unwrap_or_default();
            let visible = height - bottom;
            if row <= visible + BOTTOM_TOLERANCE {
                bottom += row;
                continue;
            }
            let lines = ((visible - view.padding) / view.line_height + 0.05).floor();
            if lines < 1.0 {
                return TopCut {
                    inset: visible.max(0.0),
                    hidden: Some(at),
                };
            }
            let shown = view.padding + lines * view.line_height;
            return TopCut {
                inset: (visible - shown).max(0.0),
                hidden: None,
            };
        }
        TopCut {
            inset: 0.0,
            hidden: None,
        }
    }

    /// Limits the offset, which was `before`, so that the lines fill the view.
    fn keep_below_top(&self, position: &mut ScrollPosition, before: f32, view: View) {
        let above: Option<f32> = self.heights.iter().take(self.anchor + 1).copied().sum();
        // The lines that are laid out fill the view.
        let known = self.heights.iter().take(self.anchor + 1).rev();
        let reach: f32 = known.map_while(|height| *height).sum();
        let highest = match above {
            Some(above) if !self.has_more_above => above - view.height,
            // What is not laid out yet may fill the view: nothing that was visible moves.
            _ => (reach - view.height).max(before),
        };
        position.offset = position.offset.min(highest);
    }

    fn walk_up(&mut self, position: &mut ScrollPosition) {
        while let Some(Some(height)) = self.heights.get(self.anchor)
            && position.offset >= *height
            && self.anchor > 0
        {
            position.offset -= *height;
            self.anchor -= 1;
        }
    }

    fn walk_down(&mut self, position: &mut ScrollPosition) {
        while position.offset < 0.0 {
            match self.heights.get(self.anchor + 1) {
                Some(Some(height)) => {
                    position.offset += *height;
                    self.anchor += 1;
                }
                // The next line has to be laid out first.
                Some(None) | None => position.offset = 0.0,
            }
        }
    }
}
