//! A village square with living chat: a small top-down scene in which whoever is near hears what you say.
//!
//! `cargo run --example game --features demo`
//!
//! The chat is that of the zone in which you stand. The villagers are real clients on a server that runs inside the game.
//! The function keys disturb the connection. `-- --help` lists the options.

mod args;
mod banner;
mod bots;
mod camera;
mod cast;
mod characters;
mod chat;
mod conversation;
mod daylight;
mod fonts;
mod hud;
mod item_link;
mod keys;
mod lessons;
mod minimized;
mod names;
mod network;
mod notices;
mod particles;
mod places;
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
mod window;
mod zones;

use bevy::prelude::*;
use bevy_cometchat::prelude::*;
use clap::Parser;

use args::Args;
use realm::Opened;
use zones::{CurrentZone, Zone};

fn main() -> AppExit {
    let args = Args::parse();
    let Opened {
        realm,
        server,
        network,
    } = match Opened::by(&args) {
        Ok(opened) => opened,
        Err(problem) => {
            eprintln!("{problem}");
            return AppExit::error();
        }
    };
    let (mut app, stage): (App, fn(&mut App)) = match window::open(&args) {
        Ok(app) => (app, scene),
        Err(problem) => {
            println!("{problem}: the village plays as text.");
            (App::new(), text_mode::plugin)
        }
    };
    if let Some(server) = server {
        let address = server.address();
        println!(
            "Another game on this machine joins with\n\
             cargo run --example game --features demo -- --join {address}"
        );
        app.insert_resource(server);
    }
    if let Some(network) = network {
        app.insert_resource(network);
    }
    app.add_plugins((stage, CometChatPlugin::uninitialized(), conversations))
        .insert_resource(realm)
        .insert_resource(args.traveller())
        .insert_resource(CurrentZone(Zone::Square))
        .run()
}

/// The parts that need no window.
fn conversations(app: &mut App) {
    app.add_plugins((
        bots::plugin,
        conversation::plugin,
        report::plugin,
        session::plugin,
    ));
}

/// The parts that are drawn, and the keys.
fn scene(app: &mut App) {
    app.add_plugins((
        banner::plugin,
        camera::plugin,
        characters::plugin,
        chat::plugin,
        daylight::plugin,
        fonts::plugin,
        hud::plugin,
        item_link::plugin,
        keys::plugin,
        names::plugin,
        notices::plugin,
        particles::plugin,
        player::plugin,
        speech::plugin,
        village::plugin,
    ))
    .add_plugins((
        lessons::plugin,
        minimized::plugin,
        places::plugin,
        visitors::plugin,
        wander::plugin,
        zones::plugin,
    ));
}
