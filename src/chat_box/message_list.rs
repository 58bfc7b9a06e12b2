//! The messages: a window of lines around what is seen, whatever there is above and below.
//!
//! A line is a node of its own, held at the bottom of the list and moved up from there by what is below it. So only
//! a line whose text changes is laid out again, and the lines that are not seen do not exist.

use bevy::{
    ecs::system::SystemParam,
    input::mouse::MouseScrollUnit,
    picking::events::{Pointer, Scroll},
    prelude::*,
    text::{LineBreak, TextBackgroundColor, TextLayout},
};
use jiff::tz::TimeZone;

use super::{
    chat_box_state::ChatBoxState,
    chat_box_strings::ChatBoxStrings,
    chat_box_theme::ChatBoxTheme,
    chat_line::{ChatLine, ChatLineAction, ChatLineStyle},
    chat_notes::ChatNotes,
    chat_tabs::ChatTabs,
    feed::{Cursor, Feed, Item, ItemKey, Place},
    fetching::Wanted,
    line::LineMaker,
    look::{Fill, Ink, Sized},
    send::ChatLineEntered,
};
use crate::plugin::ChatHistory;

/// More lines are never there at once.
const MAX_ROWS: usize = 96;
/// How many lines one notch of a wheel scrolls.
const LINES_PER_NOTCH: f32 = 3.0;
/// So many nodes are kept for lines to come.
const SPARE_ROWS: usize = 2;

/// The lines there are, and where the player looks.
#[derive(Component, Default)]
pub(super) struct MessageList {
    /// Those that are shown, from top to bottom; then the spare ones.
    rows: Vec<Row>,
    /// How high all lines together have been, since a login or a new theme: the box grows with them, and never
    /// shrinks under the player's hand.
    reach: f32,
    /// With what the lines were made: changes when all have to be made anew.
    edition: u64,
    /// Whether a line waits to be measured.
    is_settling: bool,
}

/// Where the player looks.
#[derive(Component, Default)]
pub(super) struct ScrollBack {
    /// The lowest line that is seen; `None` at the bottom, where it stays.
    anchor: Option<Place>,
    /// How far the anchor reaches below what is seen.
    offset: f32,
    /// How far to scroll up.
    wanted: f32,
    /// The newest line that was there when the player left the bottom.
    seen: Option<Place>,
    /// How many lines have come since.
    pub(super) new_lines: usize,
    /// What is missing of what is seen, or near it.
    pub(super) missing: Vec<Wanted>,
}

/// A line's node.
struct Row {
    entity: Entity,
    spans: Vec<Entity>,
    shows: Option<Shown>,
    /// `None` until it was laid out.
    height: Option<f32>,
}

#[derive(Clone, Copy, PartialEq)]
struct Shown {
    key: ItemKey,
    version: u64,
    edition: u64,
    tells_of_gap: bool,
}

/// The node of a line.
#[derive(Component)]
pub(super) struct RowNode;

/// What a click on a part of a line does.
#[derive(Component)]
pub(super) struct OnClick(pub(super) Option<ChatLineAction>);

/// What the list is made from.
#[derive(SystemParam)]
pub(super) struct Content<'w> {
    pub(super) history: Res<'w, ChatHistory>,
    pub(super) notes: Res<'w, ChatNotes>,
    pub(super) tabs: Res<'w, ChatTabs>,
    pub(super) state: Res<'w, ChatBoxState>,
    pub(super) strings: Res<'w, ChatBoxStrings>,
    pub(super) theme: Res<'w, ChatBoxTheme>,
    pub(super) style: Res<'w, ChatLineStyle>,
}

impl Content<'_> {
    fn needs_new_lines(&self) -> bool {
        self.tabs.is_changed()
            || self.state.is_changed()
            || self.strings.is_changed()
            || self.theme.is_changed()
            || self.style.is_changed()
    }
}

#[derive(SystemParam)]
pub(super) struct RowNodes<'w, 's> {
    rows: Query<
        'w,
        's,
        (
            &'static ComputedNode,
            &'static mut UiTransform,
            &'static mut Visibility,
        ),
        With<RowNode>,
    >,
    spans: Query<
        'w,
        's,
        (
            &'static mut TextSpan,
            &'static mut Ink,
            &'static mut Fill,
            &'static mut OnClick,
        ),
    >,
    commands: Commands<'w, 's>,
}

impl ScrollBack {
    pub(super) fn is_at_bottom(&self) -> bool {
        self.anchor.is_none()
    }

    pub(super) fn jump_to_bottom(&mut self) {
        *self = Self::default();
    }

    /// Scrolls up by so many pixels; down by a negative number.
    pub(super) fn scroll(&mut self, pixels: f32) {
        self.wanted += pixels;
    }
}

pub(super) fn on_scroll(
    mut wheel: On<Pointer<Scroll>>,
    mut lists: Query<(&mut ScrollBack, &ComputedUiRenderTargetInfo)>,
    theme: Res<ChatBoxTheme>,
) {
    let Ok((mut scroll, target)) = lists.get_mut(wheel.entity) else {
        return;
    };
    wheel.propagate(false);
    let pixels = match wheel.unit {
        MouseScrollUnit::Line => wheel.y * LINES_PER_NOTCH * pixels(theme.line_height(), target),
        MouseScrollUnit::Pixel => wheel.y,
    };
    scroll.scroll(pixels);
}

/// Who says something looks at what comes of it.
pub(super) fn on_line(_: On<ChatLineEntered>, mut lists: Query<&mut ScrollBack>) {
    for mut scroll in &mut lists {
        scroll.jump_to_bottom();
    }
}

/// A run condition: what is drawn may be out of date.
pub(super) fn is_out_of_date(
    content: Content,
    lists: Query<(Ref<ScrollBack>, Ref<MessageList>, Ref<ComputedNode>)>,
    resized: Query<(), (With<RowNode>, Changed<ComputedNode>)>,
) -> bool {
    content.needs_new_lines()
        || content.history.is_changed()
        || content.notes.is_changed()
        || lists.iter().any(|(scroll, list, node)| {
            list.is_settling || scroll.is_changed() || list.is_added() || node.is_changed()
        })
        || !resized.is_empty()
}

pub(super) fn draw(
    content: Content,
    list: Single<(
        Entity,
        &mut MessageList,
        &mut ScrollBack,
        &mut Node,
        &ComputedNode,
        &ComputedUiRenderTargetInfo,
    )>,
    mut nodes: RowNodes,
    mut time_zone: Local<Option<TimeZone>>,
    mut tab_before: Local<Option<&'static str>>,
) {
    let (entity, mut list, mut scroll, layout, node, target) = list.into_inner();
    // What it changes is no reason to draw again.
    let (list, scroll) = (
        list.bypass_change_detection(),
        scroll.bypass_change_detection(),
    );
    let Some(tab) = content.tabs.shown(content.state.tab) else {
        scroll.missing.clear();
        return list.hide_all(&mut nodes);
    };
    if content.needs_new_lines() {
        list.edition += 1;
    }
    if tab_before.replace(tab.id) != Some(tab.id) {
        scroll.jump_to_bottom();
    }
    list.measure(&nodes);
    let theme = content.theme.seen();
    let feed = Feed::of(tab, &content.history, &content.notes);
    let view = View {
        height: node.size().y * node.inverse_scale_factor(),
        full: pixels(theme.list_height(), target),
        line: pixels(theme.line_height(), target),
    };
    let is_nothing_left = content.history.conversations().next().is_none();
    if is_nothing_left || content.theme.is_changed() {
        list.reach = 0.0;
    }
    let mut window = Window::around(&feed, scroll, list, view);
    window.scroll(scroll, &feed, view);
    scroll.missing = window.missing(&feed);
    let maker = LineMaker {
        tab,
        tabs: &content.tabs,
        history: &content.history,
        strings: &content.strings,
        theme: &theme,
        time_zone: time_zone.get_or_insert_with(TimeZone::system),
        style: &content.style,
        is_reading_back: !scroll.is_at_bottom(),
    };
    list.fill(entity, &window, scroll.offset, &maker, &mut nodes);
    list.reach = window.height().min(view.full).max(list.reach);
    layout
        .map_unchanged(|layout| &mut layout.height)
        .set_if_neq(Val::Px(list.reach));
}

fn pixels(length: f32, target: &ComputedUiRenderTargetInfo) -> f32 {
    ChatBoxTheme::pixels(length, target.logical_size().y)
}

/// How much is seen.
#[derive(Clone, Copy)]
struct View {
    height: f32,
    /// How much there may be at most.
    full: f32,
    /// The least that a line takes up.
    line: f32,
}

impl View {
    /// How far beyond what is seen lines are made, so that they are measured before they are seen.
    fn margin(self) -> f32 {
        self.full * 0.5
    }
}

/// The lines that are made: those that are seen, and some above and below.
struct Window<'a> {
    items: Vec<Item<'a>>,
    heights: Vec<Option<f32>>,
    /// Which is the anchor.
    anchor: usize,
    has_more_above: bool,
    has_more_below: bool,
}

impl<'a> Window<'a> {
    fn around(feed: &Feed<'a>, scroll: &mut ScrollBack, list: &MessageList, view: View) -> Self {
        let start = match scroll.anchor {
            Some(anchor) => feed.behind(anchor),
            None => feed.end(),
        };
        let above = Self::lines(
            view.full + view.margin() + scroll.offset + scroll.wanted.max(0.0),
            |cursor| feed.back(cursor),
            start.clone(),
            list,
            view,
        );
        let below = Self::lines(
            view.margin() + (-scroll.wanted).max(0.0),
            |cursor| feed.forth(cursor),
            start,
            list,
            view,
        );
        let ((mut items, mut top), (newer, mut bottom)) = (above, below);
        items.reverse();
        let anchor = items.len().saturating_sub(1);
        items.extend(newer);
        Self {
            heights: items.iter().map(|item| list.height(item.key())).collect(),
            items,
            anchor,
            has_more_above: feed.back(&mut top).is_some(),
            has_more_below: feed.forth(&mut bottom).is_some(),
        }
    }

    /// What may be missing between its lines, and behind the last one.
    fn missing(&self, feed: &Feed) -> Vec<Wanted> {
        let between = self.items.iter().filter_map(Wanted::before);
        let behind = Wanted::behind_all(feed).filter(|_| !self.has_more_below);
        between.chain(behind).collect()
    }

    /// How high all lines are that are measured.
    fn height(&self) -> f32 {
        self.heights.iter().flatten().sum()
    }

    /// So many lines as it takes, and where they end.
    fn lines(
        mut height: f32,
        mut next: impl FnMut(&mut Cursor) -> Option<Item<'a>>,
        mut cursor: Cursor,
        list: &MessageList,
        view: View,
    ) -> (Vec<Item<'a>>, Cursor) {
        let mut items = Vec::new();
        while height > 0.0 && items.len() < MAX_ROWS / 2 {
            let Some(item) = next(&mut cursor) else { break };
            height -= list.height(item.key()).unwrap_or(view.line).max(1.0);
            items.push(item);
        }
        (items, cursor)
    }

    /// Moves as far as it is wanted and possible.
    fn scroll(&mut self, scroll: &mut ScrollBack, feed: &Feed, view: View) {
        let wanted = std::mem::take(&mut scroll.wanted);
        if scroll.anchor.is_none() && wanted <= 0.0 {
            scroll.new_lines = 0;
            return;
        }
        scroll.offset += wanted;
        self.keep_below_top(scroll, view);
        self.walk_up(scroll);
        self.walk_down(scroll);
        let Some(anchor) = self.items.get(self.anchor) else {
            return scroll.jump_to_bottom();
        };
        let place = anchor.place();
        let is_last = self.anchor + 1 == self.items.len();
        if is_last && scroll.offset <= 0.5 {
            scroll.jump_to_bottom();
        } else {
            if scroll.anchor.is_none() {
                let newest = feed.back(&mut feed.end());
                scroll.seen = newest.map(|item| item.place());
            }
            scroll.anchor = Some(place);
            let seen = scroll.seen.map(|seen| feed.behind(seen));
            scroll.new_lines = seen.map_or(0, |seen| feed.count_behind(&seen));
        }
    }

    fn keep_below_top(&self, scroll: &mut ScrollBack, view: View) {
        let above: Option<f32> = self.heights.iter().take(self.anchor + 1).copied().sum();
        // As far as lines are known, they fill what is seen.
        let known = self.heights.iter().take(self.anchor + 1).rev();
        let reach: f32 = known.map_while(|height| *height).sum();
        let highest = match above {
            Some(above) if !self.has_more_above => above - view.height,
            _ => reach - view.height,
        };
        scroll.offset = scroll.offset.min(highest);
    }

    fn walk_up(&mut self, scroll: &mut ScrollBack) {
        while let Some(Some(height)) = self.heights.get(self.anchor)
            && scroll.offset >= *height
            && self.anchor > 0
        {
            scroll.offset -= *height;
            self.anchor -= 1;
        }
    }

    fn walk_down(&mut self, scroll: &mut ScrollBack) {
        while scroll.offset < 0.0 {
            match self.heights.get(self.anchor + 1) {
                Some(Some(height)) => {
                    scroll.offset += *height;
                    self.anchor += 1;
                }
                // It is measured first.
                Some(None) | None => scroll.offset = 0.0,
            }
        }
    }
}

impl MessageList {
    fn height(&self, key: ItemKey) -> Option<f32> {
        self.rows.iter().find(|row| row.shows_item(key))?.height
    }

    /// Takes note of how high the lines have become.
    fn measure(&mut self, nodes: &RowNodes) {
        for row in self.rows.iter_mut().filter(|row| row.shows.is_some()) {
            if let Ok((node, ..)) = nodes.rows.get(row.entity) {
                let height = node.size().y * node.inverse_scale_factor();
                row.height = (height > 0.0).then_some(height);
            }
        }
    }

    fn hide_all(&mut self, nodes: &mut RowNodes) {
        self.is_settling = false;
        for row in &self.rows {
            hide(row, nodes);
        }
    }

    /// Shows the lines of the window: first those that are there already stay with their nodes.
    fn fill(
        &mut self,
        parent: Entity,
        window: &Window,
        offset: f32,
        maker: &LineMaker,
        nodes: &mut RowNodes,
    ) {
        let mut free = std::mem::take(&mut self.rows);
        let known: Vec<_> = window
            .items
            .iter()
            .map(|item| {
                let at = free.iter().position(|row| row.shows_item(item.key()))?;
                Some(free.swap_remove(at))
            })
            .collect();
        self.is_settling = false;
        for (item, known) in window.items.iter().zip(known) {
            let row = known.or_else(|| free.pop());
            let mut row = row.unwrap_or_else(|| Row::spawn(parent, maker, nodes));
            let shown = Shown {
                key: item.key(),
                version: item.version(),
                edition: self.edition,
                tells_of_gap: maker.tells_of_gap(item),
            };
            if row.shows != Some(shown) {
                if !row.shows_item(shown.key) {
                    row.height = None;
                }
                row.shows = Some(shown);
                row.write(maker.line(*item), maker, nodes);
                self.is_settling = true;
            }
            self.rows.push(row);
        }
        self.place(window, offset, nodes);
        for row in free.drain(SPARE_ROWS.min(free.len())..) {
            nodes.commands.entity(row.entity).despawn();
        }
        for row in &free {
            hide(row, nodes);
        }
        self.rows.append(&mut free);
    }

    /// Puts the lines one above the other. One that is not measured yet takes up nothing and is not seen.
    fn place(&self, window: &Window, offset: f32, nodes: &mut RowNodes) {
        let height = |row: &Row| row.height.unwrap_or(0.0);
        let below: f32 = self.rows.iter().skip(window.anchor + 1).map(height).sum();
        let mut y = offset + below;
        for row in self.rows.iter().rev() {
            if let Ok((_, mut transform, mut visibility)) = nodes.rows.get_mut(row.entity) {
                let moved = UiTransform::from_translation(Val2::px(0.0, y));
                transform.set_if_neq(moved);
                visibility.set_if_neq(match row.height {
                    Some(_) => Visibility::Inherited,
                    None => Visibility::Hidden,
                });
            }
            y -= height(row);
        }
    }
}

impl Row {
    fn spawn(parent: Entity, maker: &LineMaker, nodes: &mut RowNodes) -> Self {
        let entity = nodes.commands.spawn((
            RowNode,
            ChildOf(parent),
            Node {
                position_type: PositionType::Absolute,
                left: Val::ZERO,
                right: Val::ZERO,
                bottom: Val::ZERO,
                padding: UiRect::vertical(maker.theme.length(1.0)),
                ..default()
            },
            Text::default(),
            TextLayout::linebreak(LineBreak::WordOrCharacter),
            maker.theme.text_font(1.0),
            Sized(1.0),
            Visibility::Hidden,
            super::announcer::line_node(),
        ));
        Self {
            entity: entity.id(),
            spans: Vec::new(),
            shows: None,
            height: None,
        }
    }

    fn shows_item(&self, key: ItemKey) -> bool {
        self.shows.is_some_and(|shown| shown.key == key)
    }

    /// Makes the node say something else. What it said is overwritten, part by part.
    fn write(&mut self, line: ChatLine, maker: &LineMaker, nodes: &mut RowNodes) {
        let spoken = super::announcer::spoken(&line);
        nodes.commands.entity(self.entity).insert(spoken);
        let count = line.parts.len();
        for (position, part) in line.parts.into_iter().enumerate() {
            let look = (Ink(part.color), Fill(part.background));
            let Some(span) = self.spans.get(position) else {
                let span = nodes.commands.spawn((
                    ChildOf(self.entity),
                    TextSpan(part.text),
                    maker.theme.text_font(1.0),
                    Sized(1.0),
                    TextBackgroundColor(Color::NONE),
                    look,
                    OnClick(part.action),
                ));
                self.spans.push(span.id());
                continue;
            };
            if let Ok((mut text, mut ink, mut fill, mut on_click)) = nodes.spans.get_mut(*span) {
                text.0 = part.text;
                ink.set_if_neq(look.0);
                fill.set_if_neq(look.1);
                on_click.0 = part.action;
            }
        }
        for span in self.spans.iter().skip(count) {
            if let Ok((mut text, _, mut fill, mut on_click)) = nodes.spans.get_mut(*span) {
                text.0.clear();
                fill.set_if_neq(Fill(Color::NONE));
                on_click.0 = None;
            }
        }
    }
}

fn hide(row: &Row, nodes: &mut RowNodes) {
    if let Ok((_, _, mut visibility)) = nodes.rows.get_mut(row.entity) {
        visibility.set_if_neq(Visibility::Hidden);
    }
}
