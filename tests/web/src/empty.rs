//! An app with nothing in it, whose size others are compared with.

use bevy::prelude::{App, MinimalPlugins};

fn main() {
    App::new().add_plugins(MinimalPlugins).run();
}
