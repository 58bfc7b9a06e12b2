//! Draws the visible lines, and some above and below them.

use bevy::{
    ecs::{query::QueryItem, system::SystemParam},
    prelude::*,
};
use jiff::tz::TimeZone;

use super::{
    MIN_LINES,
    feed::Feed,
    line_maker::LineMaker,
    line_window::{LineWindow, View},
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
    let mut window = LineWindow::around(&feed, position, rows, view);
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
    let min_height = theme.to_logical(MIN_LINES * theme.line_height());
    let last_reach = rows.reach;
    rows.update_reach(window.height().min(view.max_height), is_resized);
    let height = |reach: f32| reach.min(view.max_height).max(min_height);
    let room = view.room(height(last_reach), height(rows.reach));
    let cut = window.cut_at_top(position.offset, room, view);
    if let Some(hidden) = cut.hidden {
        rows.hide(hidden, nodes);
    }
    let (height, inset) = (Val::Px(rows.reach), Val::Px(cut.inset));
    if (layout.height, layout.padding.top) != (height, inset) {
        (layout.height, layout.padding.top) = (height, inset);
    }
}
