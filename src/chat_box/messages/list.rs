//! Draws the visible lines, and some above and below them.

use bevy::{ecs::system::SystemParam, prelude::*};
use jiff::tz::TimeZone;

use super::{
    feed::{Cursor, Feed, Gap, Item},
    line_maker::LineMaker,
    outgoing::OutgoingPlaces,
    rows::{ChatLogRow, RowNodes, Rows},
    scroll::ScrollPosition,
};
use crate::{
    chat_box::{
        drawn_theme::DrawnTheme, line::ChatLineStyle, notes::ChatNotes, pacing::Pacing,
        parts::MIN_WINDOW_SIZE, state::ChatBoxState, strings::ChatBoxStrings, tabs::ChatTabs,
    },
    plugin::ChatHistory,
};

/// The maximum number of rows.
const MAX_ROWS: usize = 96;
/// How far below the list the last line may reach and still count as the bottom, in logical pixels.
const BOTTOM_TOLERANCE: f32 = 0.5;

/// What the lines are made from.
#[derive(SystemParam)]
pub(super) struct Content<'w> {
    history: Res<'w, ChatHistory>,
    notes: Res<'w, ChatNotes>,
    tabs: Res<'w, ChatTabs>,
    state: Res<'w, ChatBoxState>,
    strings: Res<'w, ChatBoxStrings>,
    theme: Res<'w, DrawnTheme>,
    style: Res<'w, ChatLineStyle>,
    places: Res<'w, OutgoingPlaces>,
    pacing: Res<'w, Pacing>,
}

impl Content<'_> {
    /// Whether all lines have to be made anew.
    fn needs_new_lines(&self) -> bool {
        self.tabs.is_changed()
            || self.state.is_changed()
            || self.strings.is_changed()
            || self.theme.is_changed()
            || self.style.is_changed()
    }
}

/// A run condition: the visible lines may be out of date.
pub(super) fn needs_draw(
    content: Content,
    lists: Query<(Ref<ScrollPosition>, Ref<Rows>, Ref<ComputedNode>)>,
    resized: Query<(), (With<ChatLogRow>, Changed<ComputedNode>)>,
) -> bool {
    content.needs_new_lines()
        || content.history.is_changed()
        || content.notes.is_changed()
        || content.pacing.is_changed()
        || lists.iter().any(|(position, rows, node)| {
            rows.is_settling || position.is_changed() || rows.is_added() || node.is_changed()
        })
        || !resized.is_empty()
}

pub(super) fn draw(
    content: Content,
    list: Single<(
        Entity,
        &mut Rows,
        &mut ScrollPosition,
        &mut Node,
        &ComputedNode,
        &ComputedUiRenderTargetInfo,
    )>,
    mut nodes: RowNodes,
    mut time_zone: Local<Option<TimeZone>>,
    mut last_tab: Local<Option<&'static str>>,
) {
    let (entity, mut rows, mut position, layout, node, target) = list.into_inner();
    if target.logical_size().min_element() < MIN_WINDOW_SIZE {
        // A minimized window has no size on some platforms. Nothing is visible, and the scroll position is kept.
        return;
    }
    // Its own changes are no reason to draw again.
    let rows = rows.bypass_change_detection();
    let position = position.bypass_change_detection();
    let Some(tab) = content.tabs.active(content.state.tab) else {
        position.gaps.clear();
        return rows.hide_all(&mut nodes);
    };
    if content.needs_new_lines() {
        rows.edition += 1;
    }
    if last_tab.replace(tab.id) != Some(tab.id) {
        position.jump_to_bottom();
    }
    rows.measure(&nodes);
    let theme = &*content.theme;
    let feed = Feed::new(tab, &content.history, &content.notes, &content.places);
    let view = View {
        height: node.size().y * node.inverse_scale_factor(),
        max_height: theme.to_logical(theme.list_height()),
        line_height: theme.to_logical(theme.line_height()),
    };
    let is_history_empty = content.history.conversations().next().is_none();
    if is_history_empty || content.theme.is_changed() {
        rows.reach = 0.0;
    }
    let mut window = Window::around(&feed, position, rows, view);
    window.scroll(position, &feed, view);
    position.gaps = window.gaps(&feed);
    let maker = LineMaker {
        tab,
        tabs: &content.tabs,
        history: &content.history,
        strings: &content.strings,
        theme,
        time_zone: time_zone.get_or_insert_with(TimeZone::system),
        style: &content.style,
        pacing: &content.pacing,
        is_reading_back: !position.is_at_bottom(),
    };
    let (items, anchor) = (&window.items, window.anchor);
    rows.fill(entity, items, anchor, position.offset, &maker, &mut nodes);
    rows.reach = window.height().min(view.max_height).max(rows.reach);
    layout
        .map_unchanged(|layout| &mut layout.height)
        .set_if_neq(Val::Px(rows.reach));
}

/// The visible part of the list, in logical pixels.
#[derive(Clone, Copy)]
struct View {
    height: f32,
    max_height: f32,
    /// The minimum height of a line.
    line_height: f32,
}

impl View {
    /// How far above and below the visible lines others are made, so that they are laid out before they are visible.
    fn margin(self) -> f32 {
        self.max_height * 0.5
    }
}

/// The lines that are made: the visible ones, and some above and below.
struct Window<'a> {
    items: Vec<Item<'a>>,
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
            Some(anchor) => feed.after(anchor),
            None => feed.end(),
        };
        let above = Self::lines(
            view.max_height + view.margin() + position.offset + position.pending.max(0.0),
            |cursor| feed.previous(cursor),
            start.clone(),
            rows,
            view,
        );
        let below = Self::lines(
            view.margin() + (-position.pending).max(0.0),
            |cursor| feed.next(cursor),
            start,
            rows,
            view,
        );
        let ((mut items, mut top), (newer, mut bottom)) = (above, below);
        items.reverse();
        let anchor = items.len().saturating_sub(1);
        items.extend(newer);
        Self {
            heights: items.iter().map(|item| rows.height(item.key())).collect(),
            items,
            anchor,
            has_more_above: feed.previous(&mut top).is_some(),
            has_more_below: feed.next(&mut bottom).is_some(),
        }
    }

    /// The gaps between its lines, and after the newest line.
    fn gaps(&self, feed: &Feed) -> Vec<Gap> {
        let between = self.items.iter().filter_map(Item::gap_before);
        let after = feed.gaps_at_end().filter(|_| !self.has_more_below);
        between.chain(after).collect()
    }

    /// The height of all lines that are laid out.
    fn height(&self) -> f32 {
        self.heights.iter().flatten().sum()
    }

    /// Lines from the cursor on that fill the height, and the position after them.
    fn lines(
        mut height: f32,
        mut next: impl FnMut(&mut Cursor) -> Option<Item<'a>>,
        mut cursor: Cursor,
        rows: &Rows,
        view: View,
    ) -> (Vec<Item<'a>>, Cursor) {
        let mut items = Vec::new();
        while height > 0.0 && items.len() < MAX_ROWS / 2 {
            let Some(item) = next(&mut cursor) else { break };
            height -= rows.height(item.key()).unwrap_or(view.line_height).max(1.0);
            items.push(item);
        }
        (items, cursor)
    }

    /// Moves the anchor by the pending distance, as far as the lines reach.
    fn scroll(&mut self, position: &mut ScrollPosition, feed: &Feed, view: View) {
        let distance = std::mem::take(&mut position.pending);
        if position.anchor.is_none() && distance <= 0.0 {
            position.new_lines = 0;
            return;
        }
        position.offset += distance;
        self.keep_below_top(position, view);
        self.walk_up(position);
        self.walk_down(position);
        let Some(anchor) = self.items.get(self.anchor) else {
            return position.jump_to_bottom();
        };
        let place = anchor.place();
        let is_last = self.anchor + 1 == self.items.len();
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

    fn keep_below_top(&self, position: &mut ScrollPosition, view: View) {
        let above: Option<f32> = self.heights.iter().take(self.anchor + 1).copied().sum();
        // The lines that are laid out fill the view.
        let known = self.heights.iter().take(self.anchor + 1).rev();
        let reach: f32 = known.map_while(|height| *height).sum();
        let highest = match above {
            Some(above) if !self.has_more_above => above - view.height,
            _ => reach - view.height,
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
