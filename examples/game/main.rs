//! A village square with living chat: a small top-down scene in which whoever is near hears what you say.
//!
//! `cargo run --example game --features chat-box`
//!
//! The chat of a zone follows where you stand. The villagers are real clients on a server that runs inside the game;
//! the function keys show what happens to chat when the connection is in trouble. `-- --help` tells the rest.

mod args;
mod bots;
mod camera;
mod cast;
mod characters;
mod chat_line;
mod conversation;
mod daylight;
mod fonts;
mod hud;
mod keys;
mod names;
mod notices;
mod particles;
mod player;
mod realm;
mod report;
mod server;
mod session;
mod speech;
mod text_mode;
mod village;
mod visitors;
mod wander;
mod zones;

use std::{
    env,
    panic::{self, AssertUnwindSafe},
};

use bevy::{
    log::LogPlugin,
    prelude::*,
    window::{PresentMode, WindowResolution},
};
use bevy_cometchat::{lifecycle::Mode, prelude::*};
use clap::Parser;

use args::Args;
use realm::Realm;
use zones::{CurrentZone, Zone};

fn main() -> AppExit {
    let args = Args::parse();
    let (realm, server) = match Realm::open(&args) {
        Ok(opened) => opened,
        Err(problem) => {
            eprintln!("{problem}");
            return AppExit::error();
        }
    };
    let mut app = match window() {
        Ok(mut app) => {
            app.add_plugins(scene);
            app
        }
        Err(problem) => {
            println!("{problem}: the village plays as text.");
            let mut app = App::new();
            app.add_plugins(text_mode::plugin);
            app
        }
    };
    if let Some(server) = server {
        println!(
            "Another game on this machine joins with --join {}",
            server.address()
        );
        app.insert_resource(server);
    }
    app.add_plugins((
        bevy::diagnostic::FrameTimeDiagnosticsPlugin::default(),
        bevy::diagnostic::LogDiagnosticsPlugin::default(),
    )); // TEMP
    app.add_plugins((
        CometChatPlugin::new(&realm.app_id, realm.settings(Mode::Auto)),
        chat,
    ))
    .insert_resource(realm)
    .insert_resource(args.traveller())
    .insert_resource(CurrentZone(Zone::Square))
    .run()
}

/// What has no need of a window.
fn chat(app: &mut App) {
    app.add_plugins((
        bots::plugin,
        conversation::plugin,
        report::plugin,
        session::plugin,
    ));
}

/// What is to be seen, and the keys.
fn scene(app: &mut App) {
    app.add_plugins((
        camera::plugin,
        characters::plugin,
        chat_line::plugin,
        daylight::plugin,
        fonts::plugin,
        hud::plugin,
        keys::plugin,
        names::plugin,
        notices::plugin,
        particles::plugin,
        player::plugin,
        speech::plugin,
        village::plugin,
        visitors::plugin,
    ))
    .add_plugins((wander::plugin, zones::plugin));
}

/// An app with a window, or why there can be none.
fn window() -> Result<App, &'static str> {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        return Err("There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)");
    }
    let window = Window {
        title: "A village with chat".into(),
        resolution: WindowResolution::new(1280, 720),
        present_mode: PresentMode::AutoVsync,
        ..default()
    };
    let plugins = DefaultPlugins
        .set(ImagePlugin::default_nearest())
        .set(LogPlugin {
            filter: "warn,bevy_diagnostic=info,wgpu=error".into(),
            ..default()
        })
        .set(WindowPlugin {
            primary_window: Some(window),
            ..default()
        });
    // Bevy has no other way to say that the display can't be reached.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let app = panic::catch_unwind(AssertUnwindSafe(|| {
        let mut app = App::new();
        app.add_plugins(plugins);
        app
    }));
    panic::set_hook(hook);
    app.map_err(|_| "The display can't be reached")
}
