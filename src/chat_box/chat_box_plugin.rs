use bevy::{
    input::{InputSystems, keyboard::KeyboardInput},
    input_focus::InputFocusSystems,
    prelude::*,
};

use super::{
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
    connection_line::Outage,
    draw,
    fetching::Fetching,
    input::{self, Draft, SentLines},
    keys,
    look::Fade,
    message_list,
    muted_keys::{self, MutedKeys},
    quick_phrases::{self, QuickPhrases, Wheel},
    send, spawn,
};
use crate::plugin::{
    ChatHistoryPlugin, ConnectionChanged, GroupJoined, MessageReceived, MessagesRecovered,
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

/// When the chat box does what. It draws after the game's `Update` and before `PostUpdate`: what a game wants to
/// change of what is drawn, it changes in `PostUpdate` before Bevy's UI.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatBoxSystems {
    /// Takes the keys that are its own, in `PreUpdate`. A system of the game's own there that reads keys belongs
    /// behind it.
    Keys,
}

impl Plugin for ChatBoxPlugin {
    fn build(&self, app: &mut App) {
        if !app.is_plugin_added::<ChatHistoryPlugin>() {
            app.add_plugins(ChatHistoryPlugin::default());
        }
        app.add_message::<GroupJoined>()
            .add_message::<ConnectionChanged>()
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
            .add_plugins((keys_plugin, draw::plugin));
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
                .before(InputFocusSystems::Dispatch)
                .run_if(on_message::<KeyboardInput>),
            (
                keys::follow_focus.run_if(keys::is_out_of_step),
                muted_keys::mute.run_if(muted_keys::has_turned),
                quick_phrases::steer
                    .run_if(any_with_component::<Gamepad>.or_else(any_with_component::<Wheel>)),
            )
                .chain()
                .in_set(ChatBoxSystems::Keys),
        ),
    );
}
