//! A chat box for a game: tabs, messages and an input with commands, on Bevy's own UI.
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
//!     tabs.show(ChatTabs::ZONE, Guid::from("lobby"));
//! }
//! # fn walk() {}
//! ```
//!
//! The box is drawn from the [`ChatHistory`](crate::ChatHistory).
//!
//! | To change | use |
//! |---|---|
//! | colours, sizes, font, corner | [`ChatBoxTheme`], [`ChatPreset`] |
//! | place and size, as the player sets them | [`ChatLayout`] |
//! | texts | [`ChatBoxStrings`] |
//! | tabs | [`ChatTabs`], [`ChatBoxTabs`] |
//! | the keys that open the box | [`ChatBoxKeys`] |
//! | whether the box is open, the active tab | [`ChatBoxState`] |
//! | the layout mode | [`ChatBoxModes`] |
//! | lines | [`AddLineStyle`] |
//!
//! The right mouse button, a long press or the menu key on a name opens a menu; [`AddNameAction`] adds entries to it, and
//! [`PlayerName`] opens it on names that the game draws. On the text of a message they open a menu to reply, react, copy, edit,
//! delete and report, as does Control with M on the newest message; [`ShownMessage`] opens it on speech bubbles of the game. [`AddChatGate`] adds systems that decide which lines pass, and
//! [`ChatSafety`] has settings for streamers and minors. [`ChatNotes`] adds lines of the game's own. [`Muted`] holds the players whom the user has muted. [`AddChatCommand`] adds slash commands. [`ChipClicked`] reports a click on
//! an item link or another [`ChatChip`], [`ChipHovered`] that the pointer is over one, [`InsertChip`] puts one into the line that the player writes, [`LinkOpened`] that the player wants to open a web address, and [`UserAddressed`] a
//! whisper, mention or reply.
//!
//! The [`cookbook`] has recipes.
//!
//! # Several boxes
//! A box is an entity with [`ChatBox`]. The plugin spawns one; a game spawns others, such as a combat log without an input
//! ([`ChatBoxReadOnly`]) or one in each half of a split screen. [`ChatBoxState`], [`ChatBoxTabs`] and [`ChatLayout`] are
//! components of a box, as is an [`OwnChatTheme`] in place of the [`ChatBoxTheme`] of all. A game with one box uses
//! `Single<&mut ChatBoxState>`. History, notes, mutes, commands and texts belong to all boxes.
//!
//! At most one box is open. The keys and [`ChatLineEntered`] mean the box whose input was used last, at the start the first
//! one. In the layout mode, players drag a tab into another box, or out of its box into one of their own
//! ([`PlayerChatBox`]); the commands `/layout out TAB` and `/layout back TAB` do the same. That is saved for each user, as
//! are the layouts, under the [`Name`](bevy::prelude::Name) of the box.
//!
//! # Platform
//! The feature `chat-box` enables what the widget needs of Bevy. The window system, threads, image formats and fonts are
//! the game's choice: Bevy's default features contain them. Without Bevy's feature `default_font`, a font has to be set
//! in [`ChatBoxTheme`].
//!
//! In debug builds, Bevy's text layout prints lines of ICU4X to the standard error for Chinese, Japanese, Thai and
//! similar texts: "No segmentation model for complex script". A game that depends on the crate `icu_provider` with its
//! feature `logging` receives them as log records with the target `icu_provider`, which the filter
//! `icu_provider=off` of Bevy's `LogPlugin` drops.
//!
//! # Keys
//! Enter opens the box, and sends the line. Escape closes the box. A popup offers commands, players after an at sign,
//! and emoji after a colon: the arrows select one, Tab inserts it. Without a popup, Tab addresses the next channel, and
//! the up and down arrows recall sent lines. Page Up and Page Down scroll. Control with J scrolls to the first mention
//! that was not seen. Control with O opens a long message and closes it again. Control with P opens the wheel of
//! [`QuickPhrases`]. Control with Tab activates the next tab.
//! [`ChatBoxSystems::Keys`] handles the keys in [`PreUpdate`](bevy::app::PreUpdate), after Bevy's input.
//!
//! Shift with Tab goes from the input to what can be clicked: the connection line, the buttons, the lines, the tabs; Tab goes back.
//! Up and down change the line, left and right the part of it or the tab, Enter clicks it or opens the menu of the line, the
//! menu key opens the menu, Delete closes the tab of a single user, Escape returns to the input. Assistive technology does the same with the actions of the nodes.
//!
//! While the box is open, [`chat_has_focus`] holds. In the frame in which it opens or closes, all keys are released and
//! all [`KeyboardInput`](bevy::input::keyboard::KeyboardInput) is removed. A held key counts as pressed again only
//! after it was released: a player who walks stops, and the Enter that sends and the Escape that closes have no second
//! effect.
//!
//! # Parts
//! Each node of the box has a marker component: [`ChatTabBar`], [`ChatLog`], [`ChatLogRow`], [`ChatSpan`], [`ChatScrollbar`], [`ChatEmptyText`],
//! [`ChatJumpButton`], [`ChatMentionButton`], [`ChatConnectionLine`], [`ChatHint`], [`ChatInputRow`], [`ChatInputTarget`], [`ChatInput`],
//! [`ChatInputContext`], [`ChatCompletionPopup`], [`ChatInputPlaceholder`], [`ChatInputCounter`], [`ChatSendGauge`], [`ChatWheelButton`], [`ChatTabCloseButton`]. A game queries them to restyle a part. [`HiddenChatPart`] hides one.
//! The popup and the context of the input are spawned when they are needed for the first time.
//! [`ChatSpanClicked`], [`ChatSpanHovered`] and [`NameMenuRequested`] are events on the spans: names, chips, buttons.
//!
//! Replacements use what the parts use:
//! - A line is a [`ChatLine`] before it is drawn. A system added with [`AddLineStyle`] changes it.
//! - A tab bar reads [`ChatTabs::active`] and [`ChatTab::unread`], and sets [`ChatBoxState::tab`] of its box.
//! - An input triggers [`ChatLineEntered`].
//! - Everything else reads the [`ChatHistory`](crate::ChatHistory), as the example `custom_ui` does without a box.
//!
//! ```
//! use bevy::prelude::*;
//! use bevy_cometchat::{chat_box::{ChatBoxState, ChatTabBar, ChatTabs, HiddenChatPart}, prelude::*};
//!
//! #[derive(Component)]
//! struct MyTab(&'static str);
//!
//! fn hide_tab_bar(bars: Query<Entity, Added<ChatTabBar>>, mut commands: Commands) {
//!     for bar in &bars {
//!         commands.entity(bar).insert(HiddenChatPart);
//!     }
//! }
//!
//! fn draw_tabs(tabs: Res<ChatTabs>, history: Res<ChatHistory>, mut buttons: Query<(&MyTab, &mut Text)>) {
//!     for (button, mut text) in &mut buttons {
//!         if let Some(tab) = tabs.get(button.0) {
//!             text.0 = format!("{} ({})", tab.label, tab.unread(&history));
//!         }
//!     }
//! }
//!
//! fn activate_tab(click: On<Pointer<Click>>, buttons: Query<&MyTab>, mut state: Single<&mut ChatBoxState>) {
//!     if let Ok(button) = buttons.get(click.entity) {
//!         state.tab = button.0.into();
//!     }
//! }
//!
//! App::new().add_observer(activate_tab).add_systems(Update, (hide_tab_bar, draw_tabs));
//! ```

#[doc = include_str!("../docs/cookbook.md")]
pub mod cookbook {}

mod access_actions;
mod accessibility;
mod activation;
mod active_tab;
mod addressed;
mod box_tabs;
mod built_in_commands;
mod chip;
mod clicks;
mod commands;
mod completion;
mod composing;
mod contrast;
mod conversations;
mod diagnostics;
mod draft_chips;
mod drawn_theme;
mod fade;
mod hover;
mod input;
mod kept;
mod keys;
mod layout;
mod layout_mode;
mod line;
mod line_style;
mod links;
mod main_box;
mod menu;
mod messages;
mod modifiers;
mod name_color;
mod names;
mod notes;
mod pacing;
mod parts;
mod player_layout;
mod player_name;
mod preset;
mod quick_phrases;
mod safety;
mod saved_boxes;
mod schedules;
mod send;
mod state;
mod status;
mod strings;
mod tab;
mod tab_bar;
mod tab_id;
mod tabs;
mod theme;
mod theming;
mod user_commands;
mod wheel;
mod whisper_tabs;

pub use addressed::{AddressedBy, AttentionRequested, RequestsAttention, UserAddressed};
pub use box_tabs::ChatBoxTabs;
pub use chip::ChatChip;
pub use clicks::ChipClicked;
pub use commands::{AddChatCommand, ChatCommandCall};
pub use completion::ChatCompletionPopup;
pub use composing::ChatInputContext;
pub use diagnostics::{ChatDiagnosticsOverlay, ChatDiagnosticsPlugin};
pub use draft_chips::{ChatInputChip, InsertChip};
pub use hover::ChipHovered;
pub use input::{ChatInput, ChatInputCounter, ChatInputPlaceholder, ChatInputRow, ChatInputTarget};
pub use layout::ChatBoxPlugin;
pub use layout_mode::{ChatLayoutOverlay, ChatTabHandle};
pub use line::{ChatLine, ChatLineAction, ChatLinePart, ChatLinePartKind};
pub use line_style::{AddLineStyle, ChatLineStyles, StyledLine};
pub use menu::{
    AddNameAction, LinkOpened, NameActionCall, NameActions, NameMenuRequested, OpenMessageMenu,
    OpenNameMenu, QuickReactions,
};
pub use messages::{
    ChatJumpButton, ChatLog, ChatLogRow, ChatMentionButton, ChatScrollbar, ChatSpan,
    ChatSpanClicked, ChatSpanHovered,
};
pub use name_color::name_color;
pub use notes::{ChatNote, ChatNoteKind, ChatNotes};
pub use pacing::ChatSendGauge;
pub use parts::{ChatBox, ChatBoxReadOnly, HiddenChatPart};
pub use player_layout::{ChatBoxPlace, ChatFade, ChatLayout};
pub use player_name::{PlayerName, ShownMessage};
pub use preset::ChatPreset;
pub use quick_phrases::QuickPhrases;
pub use safety::{
    AddChatGate, ChatSafety, GateVerdict, GatedLine, IncomingVerdicts, MuteDuration, Muted,
    MutedPlayer,
};
pub use saved_boxes::PlayerChatBox;
pub use schedules::ChatBoxSystems;
pub use send::ChatLineEntered;
pub use state::{ChatBoxKeys, ChatBoxModes, ChatBoxState, chat_has_focus};
pub use status::{ChatConnectionLine, ChatEmptyText, ChatHint};
pub use strings::{ChatBoxStrings, LayoutStrings, SafetyStrings, TalkStrings};
pub use tab::{ChatTab, ChatTabShows, ConversationFilter};
pub use tab_bar::{ChatTabBar, ChatTabCloseButton};
pub use tab_id::ChatTabId;
pub use tabs::ChatTabs;
pub use theme::{ChatBoxCorner, ChatBoxTheme, OwnChatTheme};
pub use wheel::ChatWheelButton;
