//! A chat box that a game gets with one more plugin: tabs, messages, an input with commands, on Bevy's own UI.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy_cometchat::{chat_box::{ChatBoxPlugin, ChatTabs, chat_has_focus}, prelude::*};
//!
//! fn main() {
//!     let settings = AppSettings::builder().region("us").build();
//!     App::new()
//!         .add_plugins((DefaultPlugins, CometChatPlugin::new("APP_ID", settings), ChatBoxPlugin::default()))
//!         .add_systems(Startup, enter_chat)
//!         .add_systems(Update, walk.run_if(not(chat_has_focus)))
//!         .run();
//! }
//!
//! fn enter_chat(chat: Res<CometChat>, mut tabs: ResMut<ChatTabs>, mut commands: Commands) {
//!     commands.spawn((Camera2d, ChatMember::of("lobby")));
//!     chat.login(AuthKey::new("player-1", "AUTH_KEY"));
//!     tabs.set_conversation(ChatTabs::ZONE, Some(Guid::from("lobby").into()));
//! }
//! # fn walk() {}
//! ```
//!
//! It is drawn from the [`ChatHistory`](crate::ChatHistory) and knows nothing of the connection but its status. What
//! it looks like is in the resource [`ChatBoxTheme`], its words are in [`ChatBoxStrings`], its tabs in [`ChatTabs`];
//! [`ChatBoxState`] opens and closes it, [`ChatNotes`] shows lines of the game's own, [`AddChatCommand`] adds slash
//! commands, and [`ChipClicked`] tells of a click on an item link or another custom message.
//!
//! # Keys
//! Enter opens it and sends, Escape closes it, Tab completes commands, the arrows go through what was sent,
//! Page Up and Page Down scroll; with Control, Tab goes to the next tab. All of that happens in
//! [`ChatBoxSystems::Keys`], in `PreUpdate` after Bevy's input. While the box is open, [`chat_has_focus`] holds. In
//! the frame in which it opens or closes, all keys are released and all
//! [`KeyboardInput`](bevy::input::keyboard::KeyboardInput) of that frame is swallowed, and a key that is held then
//! counts as pressed only once it was let go: so a walk ends, and neither the Enter that sends nor the Escape that
//! closes does anything else. A system of the game's own in `PreUpdate` that reads keys belongs after that set.
//!
//! # Parts of your own
//! Each node of the box has a [`ChatBoxPart`], by which a game finds it: to look otherwise, or to be hidden and replaced.
//! What takes its place works with the same pieces as the box itself:
//! - A line is a [`ChatLine`] before it is drawn; [`ChatLineStyle`] changes it, or makes another.
//! - A bar of tabs reads [`ChatTabs::shown`] and [`ChatTab::unread`], and sets [`ChatBoxState::tab`].
//! - An input triggers [`ChatLineEntered`] with what was typed.
//! - Everything else is drawn from the [`ChatHistory`](crate::ChatHistory), as the example `custom_ui` does without a box.
//!
//! ```
//! use bevy::prelude::*;
//! use bevy_cometchat::{chat_box::{ChatBoxPart, ChatBoxState, ChatTabs}, prelude::*};
//!
//! #[derive(Component)]
//! struct MyTab(&'static str);
//!
//! /// Hides the box's own tabs, as soon as they are there.
//! fn hide_tabs(mut parts: Query<(&ChatBoxPart, &mut Node), Added<ChatBoxPart>>) {
//!     for (part, mut node) in &mut parts {
//!         if *part == ChatBoxPart::TabBar {
//!             node.display = Display::None;
//!         }
//!     }
//! }
//!
//! fn label(tabs: Res<ChatTabs>, history: Res<ChatHistory>, mut buttons: Query<(&MyTab, &mut Text)>) {
//!     for (button, mut text) in &mut buttons {
//!         if let Some(tab) = tabs.get(button.0) {
//!             text.0 = format!("{} ({})", tab.label, tab.unread(&history));
//!         }
//!     }
//! }
//!
//! fn choose(click: On<Pointer<Click>>, buttons: Query<&MyTab>, mut state: ResMut<ChatBoxState>) {
//!     if let Ok(button) = buttons.get(click.entity) {
//!         state.tab = button.0;
//!     }
//! }
//!
//! App::new().add_observer(choose).add_systems(Update, (hide_tabs, label));
//! ```

mod announcer;
mod chat_box_keys;
mod chat_box_plugin;
mod chat_box_state;
mod chat_box_strings;
mod chat_box_theme;
mod chat_line;
mod chat_notes;
mod chat_tabs;
mod clicks;
mod command;
mod commands;
mod completion;
mod connection_line;
mod diagnostics;
mod draw;
mod empty;
mod feed;
mod fetching;
mod hint;
mod input;
mod keys;
mod line;
mod look;
mod message_list;
mod muted_keys;
mod name_color;
mod quick_phrases;
mod reading;
mod send;
mod spawn;
mod tab_bar;
mod talk;

pub use chat_box_keys::ChatBoxKeys;
pub use chat_box_plugin::{ChatBoxPlugin, ChatBoxSystems};
pub use chat_box_state::{ChatBoxState, chat_has_focus};
pub use chat_box_strings::ChatBoxStrings;
pub use chat_box_theme::{ChatBoxCorner, ChatBoxTheme};
pub use chat_line::{ChatLine, ChatLineAction, ChatLinePart, ChatLinePartKind, ChatLineStyle};
pub use chat_notes::ChatNotes;
pub use chat_tabs::{ChatTab, ChatTabShows, ChatTabs};
pub use clicks::ChipClicked;
pub use command::{AddChatCommand, ChatCommandCall};
pub use diagnostics::ChatDiagnosticsPlugin;
pub use name_color::name_color;
pub use quick_phrases::QuickPhrases;
pub use send::ChatLineEntered;
pub use spawn::{ChatBox, ChatBoxPart};
