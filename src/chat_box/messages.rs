//! The message list: the lines of the active tab, drawn from the history.
//!
//! Each line is a node of its own at the bottom of the list, moved up by the height of the lines below it. Only a line
//! whose text changes is laid out again, and only the lines near the visible ones exist.

mod excerpt;
mod feed;
mod floating_button;
mod fold;
mod line_maker;
mod line_window;
mod list;
mod outgoing;
mod reading;
mod row;
mod rows;
mod scroll;
mod scrollbar;
mod span;
mod style;
mod sync;
mod unseen;

use accesskit::Role;
use bevy::{prelude::*, ui_widgets::observe};

pub(super) use self::{
    feed::Feed,
    outgoing::{OutgoingPlaces, outgoing},
    reading::{LineKey, Lines},
    rows::Rows,
    scroll::{JumpToMessage, ScrollPosition, jump_button},
    scrollbar::scrollbar,
    sync::FailedPages,
    unseen::{JumpToMention, mention_button},
};
pub use self::{
    row::ChatLogRow,
    scroll::ChatJumpButton,
    scrollbar::ChatScrollbar,
    span::{ChatSpan, ChatSpanClicked, ChatSpanHovered},
    unseen::ChatMentionButton,
};
use super::{
    drawn_theme::DrawnTheme,
    fade::{HiddenWhenFaded, update_fade},
    line_style::ChatLineStyles,
    notes::place_notes,
    parts::{ThemedNode, accessible},
    schedules::BoxSchedule,
};
use crate::plugin::{GroupJoined, MessagesRecovered};

/// The minimum height of the list, in lines.
const MIN_LINES: f32 = 3.0;

/// The part with the messages. Its rows are [`ChatLogRow`]s.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatLog;

pub(super) fn plugin(app: &mut App) {
    app.add_message::<GroupJoined>()
        .add_message::<MessagesRecovered>()
        .init_resource::<ChatLineStyles>()
        .init_resource::<OutgoingPlaces>()
        .init_resource::<FailedPages>()
        .init_resource::<sync::PageRequests>()
        .register_type::<ChatLineStyles>()
        .register_type::<ChatLog>()
        .register_type::<ChatLogRow>()
        .register_type::<ChatJumpButton>()
        .register_type::<ChatScrollbar>()
        .add_plugins(unseen::plugin)
        .add_observer(scroll::on_jump)
        .add_observer(scroll::on_line_entered)
        .add_observer(sync::clear)
        .add_systems(
            BoxSchedule::Update,
            (
                outgoing::update_places.run_if(outgoing::may_need_places),
                sync::push_changes_note
                    .before(place_notes)
                    .run_if(on_message::<MessagesRecovered>),
                sync::retry_after_joining.run_if(on_message::<GroupJoined>),
                sync::open_conversations.run_if(sync::has_active_tab_changed),
                sync::mark_read
                    .after(update_fade)
                    .run_if(sync::may_have_been_read),
            )
                .chain_ignore_deferred(),
        )
        .add_systems(
            BoxSchedule::Draw,
            (
                (list::draw, scroll::draw_jump_button)
                    .chain_ignore_deferred()
                    .run_if(list::needs_draw),
                scrollbar::draw.run_if(scrollbar::needs_draw),
                sync::stop_reading_back.run_if(sync::has_returned_to_bottom),
                sync::fetch_gaps.run_if(sync::has_gaps),
            )
                .chain_ignore_deferred(),
        )
        .add_systems(
            BoxSchedule::Draw,
            (
                style::style_lines.run_if(style::has_unstyled),
                (
                    unseen::see_mentions.run_if(unseen::has_mentions),
                    unseen::draw_button.run_if(unseen::needs_draw),
                )
                    .chain(),
            )
                .after(list::draw),
        );
}

/// The list, without children.
pub(super) fn log(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatLog,
        Rows::default(),
        ScrollPosition::default(),
        sync::VisibleFrom::default(),
        scrollbar::ScrollExtent::default(),
        ThemedNode(node),
        node(theme),
        HiddenWhenFaded::default(),
        accessible(Role::List),
        observe(scroll::on_scroll),
    )
}

/// The height is set by [`list::draw`].
fn node(theme: &DrawnTheme) -> Node {
    Node {
        min_height: theme.lines(MIN_LINES, 1.0),
        max_height: theme.length(theme.list_height()),
        overflow: Overflow::clip(),
        // The padding at the top hides a part of a line of text.
        overflow_clip_margin: OverflowClipMargin::content_box(),
        ..default()
    }
}
