//! What the box does with what is new: it takes note, and draws.

use bevy::{
    app::MainScheduleOrder,
    ecs::schedule::{ScheduleLabel, SingleThreadedExecutor},
    prelude::*,
};

use super::{
    announcer,
    chat_box_state::ChatBoxState,
    chat_box_strings::ChatBoxStrings,
    chat_box_theme::ChatBoxTheme,
    chat_notes::{self, ChatNotes},
    chat_tabs::ChatTabs,
    clicks, connection_line, empty, fetching, hint,
    input::{self, Draft},
    look, message_list,
    quick_phrases::{self, Wheel},
    reading, spawn, tab_bar,
};
use crate::plugin::{ConnectionChanged, GroupJoined, MessageReceived, MessagesRecovered};

/// Comes after `Update`, so that what the game does there is drawn in the same frame, and runs on one thread: a system
/// that runs in a schedule of Bevy's own is a task for its threads, which costs more than what most of these do.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
struct DrawChatBox;

pub(super) fn plugin(app: &mut App) {
    let take_note = (
        chat_notes::place.run_if(resource_changed::<ChatNotes>),
        input::ignore_layout,
        input::stop_typing.run_if(resource_changed::<ChatBoxState>),
        look::fade,
        fetching::tell_of_changes.run_if(on_message::<MessagesRecovered>),
        fetching::ask_again_after_joining.run_if(on_message::<GroupJoined>),
        fetching::open.run_if(fetching::may_be_unknown),
        reading::mark_read.run_if(reading::may_be_seen),
    );
    let draw = (
        (spawn::follow_theme, look::resize).run_if(resource_changed::<ChatBoxTheme>),
        tab_bar::build
            .run_if(resource_changed::<ChatTabs>.or_else(resource_changed::<ChatBoxTheme>)),
        tab_bar::show.run_if(tab_bar::is_out_of_date),
        message_list::draw.run_if(message_list::is_out_of_date),
        empty::show.run_if(empty::is_out_of_date),
        clicks::show_jump,
        (input::show_placeholder, input::show, hint::show).run_if(input::is_out_of_date),
        connection_line::show.run_if(connection_line::is_to_be_shown),
        connection_line::note.run_if(on_message::<ConnectionChanged>),
        announcer::announce.run_if(on_message::<MessageReceived>),
        announcer::name_input
            .run_if(resource_changed::<Draft>.or_else(resource_changed::<ChatBoxStrings>)),
        quick_phrases::show.run_if(any_with_component::<Wheel>),
        look::paint.run_if(look::is_unpainted),
    );
    let read_back = (
        reading::stop_reading_back,
        fetching::fetch.run_if(fetching::is_anything_missing),
    );
    app.edit_schedule(DrawChatBox, |schedule| {
        schedule.set_executor(SingleThreadedExecutor::new());
    })
    .add_systems(
        DrawChatBox,
        (take_note.chain(), draw.chain(), read_back.chain()).chain(),
    );
    app.world_mut()
        .resource_mut::<MainScheduleOrder>()
        .insert_before(PostUpdate, DrawChatBox);
}
