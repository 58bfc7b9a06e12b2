//! The same app with chat, for its size.

use bevy::prelude::{App, MinimalPlugins};
use bevy_cometchat::{AppSettings, CometChatPlugin};

fn main() {
    let chat = CometChatPlugin::new("app123", AppSettings::default());
    App::new().add_plugins((MinimalPlugins, chat)).run();
}
