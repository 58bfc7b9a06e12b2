use bevy::{input::InputSystems, input_focus::InputFocusSystems, prelude::*, ui::UiSystems};

use super::{
    announcer,
    chat_box_keys::ChatBoxKeys,
    chat_box_state::ChatBoxState,
    chat_box_strings::ChatBoxStrings,
    chat_box_theme::ChatBoxTheme,
    chat_line::ChatLineStyle,
    chat_notes::ChatNotes,
    chat_tabs::ChatTabs,
    clicks,
    command::ChatCommands,
    commands,
    connection_line::{self, Outage},
    empty, hint,
    input::{self, Draft, SentLines},
    keys,
    look::{self, Fade},
    message_list,
    muted_keys::{self, MutedKeys},
    older::{self, Fetching},
    quick_phrases::{self, QuickPhrases, Wheel},
    reading, send, spawn, tab_bar,
};
use crate::{
    model::Timestamp,
    plugin::{
        ChatHistory, ChatHistoryPlugin, ConnectionChanged, MessageReceived, MessagesRecovered,
    },
};

/// Adds the chat box, and [`ChatHistoryPlugin`] where it is not there yet. It needs Bevy's `DefaultPlugins`.
///
/// The box appears at once; for [`spawns_box`](Self::spawns_box) `false` the game spawns a
/// [`ChatBox`](super::ChatBox) when it wants one. Change its resources before or after adding this:
/// [`ChatBoxTheme`], [`ChatBoxStrings`], [`ChatTabs`], [`ChatBoxKeys`], [`ChatLineStyle`], [`QuickPhrases`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ChatBoxPlugin {
    /// Whether the box is there from the start: yes, unless the game says otherwise.
    pub spawns_box: bool,
}

impl Default for ChatBoxPlugin {
    fn default() -> Self {
        Self { spawns_box: true }
    }
}

impl ChatBoxPlugin {
    /// Leaves it to the game to spawn a [`ChatBox`](super::ChatBox).
    pub const fn without_box() -> Self {
        Self { spawns_box: false }
    }
}

/// When the chat box does what.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatBoxSystems {
    /// Takes the keys that are its own, in `PreUpdate`. A system of the game's own there that reads keys belongs
    /// behind it.
    Keys,
    /// Draws, in `PostUpdate` before Bevy's UI.
    Draw,
}

impl Plugin for ChatBoxPlugin {
    fn build(&self, app: &mut App) {
        if !app.is_plugin_added::<ChatHistoryPlugin>() {
            app.add_plugins(ChatHistoryPlugin::default());
        }
        app.add_message::<ConnectionChanged>()
            .add_message::<MessageReceived>()
            .add_message::<MessagesRecovered>()
            .init_resource::<ChatBoxKeys>()
            .init_resource::<ChatBoxState>()
            .init_resource::<ChatBoxStrings>()
            .init_resource::<ChatBoxTheme>()
            .init_resource::<ChatLineStyle>()
            .init_resource::<ChatNotes>()
            .init_resource::<ChatTabs>()
            .init_resource::<ChatCommands>()
            .init_resource::<Draft>()
            .init_resource::<Fade>()
            .init_resource::<Fetching>()
            .init_resource::<MutedKeys>()
            .init_resource::<keys::Turns>()
            .init_resource::<Outage>()
            .init_resource::<QuickPhrases>()
            .init_resource::<SentLines>()
            .add_observer(spawn::build)
            .add_observer(input::on_edit)
            .add_observer(send::on_line)
            .add_observer(message_list::on_line)
            .add_observer(clicks::on_part)
            .add_plugins((keys_plugin, update_plugin, draw_plugin));
        commands::plugin(app);
        if self.spawns_box {
            app.add_systems(Startup, spawn::spawn_box);
        }
    }
}

fn keys_plugin(app: &mut App) {
    app.configure_sets(
        PreUpdate,
        ChatBoxSystems::Keys
            .after(InputSystems)
            .after(InputFocusSystems::Dispatch),
    )
    .add_systems(
        PreUpdate,
        (
            muted_keys::keep_muted
                .after(InputSystems)
                .before(InputFocusSystems::Dispatch)
                .run_if(muted_keys::is_any_muted),
            keys::open
                .after(InputSystems)
                .after(muted_keys::keep_muted)
                .before(InputFocusSystems::Dispatch),
            (
                keys::follow_focus,
                muted_keys::mute.run_if(muted_keys::has_turned),
                quick_phrases::steer
                    .run_if(any_with_component::<Gamepad>.or_else(any_with_component::<Wheel>)),
            )
                .chain()
                .in_set(ChatBoxSystems::Keys),
        ),
    );
}

fn update_plugin(app: &mut App) {
    app.add_systems(
        Update,
        (
            place_notes.run_if(resource_changed::<ChatNotes>),
            input::stop_typing.run_if(resource_changed::<ChatBoxState>),
            older::open.run_if(
                resource_changed::<ChatHistory>
                    .or_else(resource_changed::<ChatTabs>)
                    .or_else(resource_changed::<ChatBoxState>),
            ),
            older::fetch.run_if(older::is_anything_missing),
            older::tell_of_changes.run_if(on_message::<MessagesRecovered>),
            reading::mark_read.run_if(resource_exists_and_changed::<ChatHistory>),
            reading::stop_reading_back,
        ),
    );
}

fn draw_plugin(app: &mut App) {
    app.configure_sets(PostUpdate, ChatBoxSystems::Draw.before(UiSystems::Prepare))
        .add_systems(
            PostUpdate,
            (
                look::fade,
                (spawn::follow_theme, look::resize)
                    .run_if(resource_exists_and_changed::<ChatBoxTheme>),
                tab_bar::build
                    .run_if(resource_changed::<ChatTabs>.or_else(resource_changed::<ChatBoxTheme>)),
                tab_bar::show.run_if(tab_bar::is_out_of_date),
                message_list::draw.run_if(message_list::is_out_of_date),
                empty::show.run_if(empty::is_out_of_date),
                clicks::show_jump,
                (input::show, hint::show).run_if(input::is_out_of_date),
                connection_line::show.run_if(connection_line::is_to_be_shown),
                connection_line::note.run_if(on_message::<ConnectionChanged>),
                announcer::announce.run_if(on_message::<MessageReceived>),
                announcer::name_input
                    .run_if(resource_changed::<Draft>.or_else(resource_changed::<ChatBoxStrings>)),
                quick_phrases::show.run_if(any_with_component::<Wheel>),
                look::paint.run_if(look::is_unpainted),
            )
                .chain()
                .in_set(ChatBoxSystems::Draw),
        );
}

fn place_notes(mut notes: ResMut<ChatNotes>, history: Res<ChatHistory>) {
    if notes.has_unplaced() {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
        notes.place(&history, Timestamp(now.as_secs()));
    }
}
