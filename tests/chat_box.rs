//! The chat box, without a window: layout and input are Bevy's own, the connection is scripted.

#[path = "chat_box/appearance.rs"]
mod appearance;
#[path = "chat_box/commands.rs"]
mod commands;
#[path = "chat_box/idle.rs"]
mod idle;
#[path = "chat_box/input_leaks.rs"]
mod input_leaks;
#[path = "chat_box/messages.rs"]
mod messages;
#[path = "chat_box/stage.rs"]
mod stage;
#[path = "chat_box/typing.rs"]
mod typing;
#[path = "chat_box/windowless.rs"]
mod windowless;
