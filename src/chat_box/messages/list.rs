//! Draws the visible lines, and some above and below them.

use bevy::{
    ecs::{query::QueryItem, system::SystemParam},
    prelude::*,
};
use jiff::tz::TimeZone;

use super::{
    MIN_LINES,
    feed::{Cursor, Feed, Gap, Item},
    fold::{self, Fold},
    line_maker::LineMaker,
    outgoing::OutgoingPlaces,
    row::{ChatLogRow, PADDING, RowNodes, RowNote},
    rows::Rows,
    scroll::ScrollPosition,
    scrollbar::ScrollExtent,
    sync::VisibleFrom,
    unseen::Unseen,
};
use crate::{
    chat_box::{
        active_tab::{ActiveTab, ActiveTabs},
        completion::GroupMembers,
        drawn_theme::DrawnTheme,
        line_style::ChatLineStyles,
        notes::ChatNotes,
        pacing::Pacing,
        strings::ChatBoxStrings,
        tab::{ChatTab, ChatTabShows, is_whisper},
        theming::{MIN_WINDOW_SIZE, Themes},
    },
    history::Entry,
};

/// The maximum number of rows.
const MAX_ROWS: usize = 96;
/// How far above and below the visible lines others are made, as a factor of the height of the list.
const MARGIN: f32 = 0.3;
/// How far below the list the last line may reach and still count as the bottom, in logical pixels.
const BOTTOM_TOLERANCE: f32 = 0.5;

/// What the lines are made from.
#[derive(SystemParam)]
pub(super) struct Content<'w, 's> {
    active: ActiveTabs<'w, 's>,
    notes: Res<'w, ChatNotes>,
    strings: Res<'w, ChatBoxStrings>,
    themes: Themes<'w, 's>,
    styles: Res<'w, ChatLineStyles>,
    places: Res<'w, OutgoingPlaces>,
    pacing: Res<'w, Pacing>,
    unseen: Res<'w, Unseen>,
    members: Res<'w, GroupMembers>,
}

impl Content<'_, '_> {
    /// Whether lines may be out of date.
    fn is_changed(&self) -> bool {
        self.active.is_changed()
            || self.themes.is_changed()
            || self.needs_other_texts()
            || self.notes.is_changed()
            || self.pacing.is_changed()
    }

    /// Whether the texts of lines in all boxes may have changed, beside those of the theme.
    fn needs_other_texts(&self) -> bool {
        self.active.tabs.is_changed()
            || self.strings.is_changed()
            || self.styles.is_changed()
            || self.active.filter.is_changed()
            || self.unseen.is_changed()
    }

    /// Has the rows made anew that may be out of date.
    fn invalidate(&self, active: &ActiveTab, rows: &mut Rows, is_resized: bool) {
        let needs_other_texts = is_resized || self.needs_other_texts();
        if needs_other_texts || active.state.is_changed() || active.shown.is_changed() {
            rows.edition += 1;
        }
        if needs_other_texts {
            rows.forget_excerpts();
        }
        rows.is_reach_outdated |= is_resized;
    }

    fn line_maker<'a>(
        &'a self,
        active: &ActiveTab<'a>,
        tab: &'a ChatTab,
        theme: &'a DrawnTheme,
        time_zone: &'a TimeZone,
        is_reading_back: bool,
    ) -> LineMaker<'a> {
        LineMaker {
            tab,
            tabs: active.tabs,
            history: active.history,
            strings: &self.strings,
            theme,
            time_zone,
            is_styled: !self.styles.is_empty(),
            safety: &active.filter.safety,
            verdicts: &active.filter.verdicts,
            muted: &active.filter.muted,
            members: &self.members,
            new_since: self.unseen.new_since(tab, active.history),
            pacing: &self.pacing,
            is_reading_back,
        }
    }
}

/// A run condition: the visible lines may be out of date.
pub(super) fn needs_draw(
    content: Content,
    lists: Query<(Ref<ScrollPosition>, Ref<Rows>, Ref<ComputedNode>)>,
    resized: Query<(), (With<ChatLogRow>, Changed<ComputedNode>)>,
) -> bool {
    content.is_changed()
        || lists.iter().any(|(position, rows, node)| {
            rows.is_settling || position.is_changed() || rows.is_added() || node.is_changed()
        })
        || !resized.is_empty()
}

/// The components of the list that drawing reads and sets.
type ListParts = (
    Entity,
    &'static mut Rows,
    &'static mut ScrollPosition,
    &'static mut VisibleFrom,
    &'static mut ScrollExtent,
    &'static mut Node,
    &'static ComputedNode,
    &'static ComputedUiRenderTargetInfo,
);

pub(super) fn draw(
    content: Content,
    mut lists: Query<ListParts, Without<RowNote>>,
    mut nodes: RowNodes,
    mut time_zone: Local<Option<TimeZone>>,
) {
    let time_zone = time_zone.get_or_insert_with(TimeZone::system);
    for list in &mut lists {
        draw_list(list, &content, &mut nodes, time_zone);
    }
}

fn draw_list(
    list: QueryItem<ListParts>,
    content: &Content,
    nodes: &mut RowNodes,
    time_zone: &TimeZone,
) {
    let (entity, mut rows, mut position, mut visible, mut extent, mut layout, node, target) = list;
    if target.logical_size().min_element() < MIN_WINDOW_SIZE {
        // A minimized window has no size on some platforms. Nothing is visible, and the scroll position is kept.
        return;
    }
    // Its own changes are no reason to draw again.
    let rows = rows.bypass_change_detection();
    let position = position.bypass_change_detection();
    let active = content.active.around(entity);
    let (Some(active), Some(theme)) = (active, content.themes.around(entity)) else {
        return;
    };
    let Some(tab) = active.tab() else {
        position.gaps.clear();
        return rows.hide_all(nodes);
    };
    let width = node.size().x;
    let is_resized = theme.is_changed() || rows.drawn_width.replace(width) != Some(width);
    content.invalidate(&active, rows, is_resized);
    if rows.drawn_tab.as_ref() != Some(&tab.id) {
        rows.drawn_tab = Some(tab.id.clone());
        position.jump_to_bottom();
    }
    rows.measure(nodes);
    let theme = &*theme;
    let me = active.history.user().map(|user| &user.uid);
    let hides = |entry: &Entry| active.filter.hides(entry, me);
    let mut feed = Feed::new(tab, active.history, &content.notes, &content.places);
    if active.filter.is_active() {
        feed = feed.hiding(&hides);
    }
    let view = View {
        height: node.size().y * node.inverse_scale_factor(),
        max_height: theme.to_logical(theme.list_height()),
        line_height: theme.to_logical(theme.line_height()),
        padding: theme.to_logical(PADDING),
    };
    position.follow_jump(|| feed.previous(&mut feed.end()).map(|item| item.place()));
    if active.history.conversations().next().is_none() {
        rows.reach = 0.0;
    }
    let mut window = Window::around(&feed, position, rows, view);
    window.scroll(position, &feed, view);
    if std::mem::take(&mut position.toggles_long) {
        window.toggle_long(position, rows, view);
    }
    position.gaps = window.gaps(&feed);
    if tab.shows == ChatTabShows::Everything && position.is_at_bottom() {
        // Whispers are read back in their own tab. What is missing between two of them is stated here too.
        position
            .gaps
            .retain(|gap| !is_whisper(&gap.with) || gap.is_between_lines());
    }
    let is_reading_back = !position.is_at_bottom();
    let maker = content.line_maker(&active, tab, theme, time_zone, is_reading_back);
    let (folds, anchor) = (&window.folds, window.anchor);
    rows.fill(entity, folds, anchor, position.offset, &maker, nodes);
    if let Some(topmost) = window.topmost(position, view).map(|at| &folds[at]) {
        let tab = tab.id.clone();
        visible.set_if_neq(VisibleFrom::new(tab, topmost.place(), position.anchor));
    }
    extent.set_if_neq(window.extent(&feed, position, view));
    rows.update_reach(window.height().min(view.max_height), is_resized);
    let min_height = theme.to_logical(MIN_LINES * theme.line_height());
    let cut = window.cut_at_top(position.offset, rows.reach.max(min_height), view);
    if let Some(hidden) = cut.hidden {
        rows.hide(hidden, nodes);
    }
    let (height, inset) = (Val::Px(rows.reach), Val::Px(cut.inset));
    if (layout.height, layout.padding.top) != (height, inset) {
        (layout.height, layout.padding.top) = (height, inset);
    }
}

/// The visible part of the list, in logical pixels.
#[derive(Clone, Copy)]
struct View {
    height: f32,
    max_height: f32,
    /// The minimum height of a line.
    line_height: f32,
    /// The space above and below a line.
    padding: f32,
}

/// What the upper edge of the list cuts off.
struct TopCut {
    /// How far below the edge the first whole line of text begins.
    inset: f32,
    /// The index of the line of which no whole line of text is visible.
    hidden: Option<usize>,
}

impl View {
    /// How far above and below the visible lines others are made, so that they are laid out before they are visible.
    fn margin(self) -> f32 {
        self.max_height * MARGIN
    }
}

/// The lines that are made: the visible ones, and some above and below.
struct Window<'a> {
    folds: Vec<Fold<'a>>,
    /// The gaps before hidden lines between them.
    hidden_gaps: Vec<Gap>,
    /// `None` for a line that is not laid out yet.
    heights: Vec<Option<f32>>,
    /// The index of the lowest visible line.
    anchor: usize,
    has_more_above: bool,
    has_more_below: bool,
}

impl<'a> Window<'a> {
    fn around(feed: &Feed<'a>, position: &mut ScrollPosition, rows: &Rows, view: View) -> Self {
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
    fn gaps(&self, feed: &Feed) -> Vec<Gap> {
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
    fn height(&self) -> f32 {
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
    fn scroll(&mut self, position: &mut ScrollPosition, feed: &Feed, view: View) {
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
    fn topmost(&self, position: &ScrollPosition, view: View) -> Option<usize> {
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
    fn extent(&self, feed: &Feed, position: &ScrollPosition, view: View) -> ScrollExtent {
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
    fn toggle_long(&self, position: &ScrollPosition, rows: &mut Rows, view: View) {
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
    fn cut_at_top(&self, offset: f32, height: f32, view: View) -> TopCut {
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
