//! The chat box, without a window: layout and input are Bevy's own, the connection is scripted.

#[path = "chat_box/accessibility.rs"]
mod accessibility;
#[path = "chat_box/addressed.rs"]
mod addressed;
#[path = "chat_box/appearance.rs"]
mod appearance;
#[path = "chat_box/channels.rs"]
mod channels;
#[path = "chat_box/chips.rs"]
mod chips;
#[path = "chat_box/clicks.rs"]
mod clicks;
#[path = "chat_box/commands.rs"]
mod commands;
#[path = "chat_box/completion.rs"]
mod completion;
#[path = "chat_box/diagnostics.rs"]
mod diagnostics;
#[path = "chat_box/draft_chips.rs"]
mod draft_chips;
#[path = "chat_box/gamepad.rs"]
mod gamepad;
#[path = "chat_box/gaps.rs"]
mod gaps;
#[path = "chat_box/gates.rs"]
mod gates;
#[path = "chat_box/idle.rs"]
mod idle;
#[path = "chat_box/input_leaks.rs"]
mod input_leaks;
#[path = "chat_box/keyboard.rs"]
mod keyboard;
#[path = "chat_box/layout.rs"]
mod layout;
#[path = "chat_box/legibility.rs"]
mod legibility;
#[path = "chat_box/lines.rs"]
mod lines;
#[path = "chat_box/links.rs"]
mod links;
#[path = "chat_box/menus.rs"]
mod menus;
#[path = "chat_box/message_menu.rs"]
mod message_menu;
#[path = "chat_box/messages.rs"]
mod messages;
#[path = "chat_box/moved_tabs.rs"]
mod moved_tabs;
#[path = "chat_box/muting.rs"]
mod muting;
#[path = "chat_box/name_menu.rs"]
mod name_menu;
#[path = "chat_box/own_parts.rs"]
mod own_parts;
#[path = "chat_box/pacing.rs"]
mod pacing;
#[path = "chat_box/presence.rs"]
mod presence;
#[path = "chat_box/receivers.rs"]
mod receivers;
#[path = "chat_box/second_box.rs"]
mod second_box;
#[path = "chat_box/settings.rs"]
mod settings;
#[path = "chat_box/several_boxes.rs"]
mod several_boxes;
#[path = "chat_box/stage.rs"]
mod stage;
#[path = "chat_box/text_input.rs"]
mod text_input;
#[path = "chat_box/typing.rs"]
mod typing;
#[path = "chat_box/wheel.rs"]
mod wheel;
#[path = "chat_box/whisper_tabs.rs"]
mod whisper_tabs;
#[path = "chat_box/whispers.rs"]
mod whispers;
#[path = "chat_box/whole_plays.rs"]
mod whole_plays;
#[path = "chat_box/windowless.rs"]
mod windowless;
