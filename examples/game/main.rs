//! A village square with living chat: a small top-down scene in which whoever is near hears what you say.
//!
//! `cargo run --example game --features demo`
//!
//! The chat is that of the zone in which you stand. The villagers are real clients on a server that runs inside the game.
//! The function keys disturb the connection. `-- --help` lists the options.
//!
//! `examples/web/run` is the same in a page of a browser. What a platform gives is in `native` and in `page`, under the same
//! names: `open`, `give_up`, `print`, `ring`, and the help `NETWORK_HELP`.

mod banner;
mod camera;
#[cfg_attr(
    target_family = "wasm",
    allow(dead_code, reason = "the villagers are elsewhere")
)]
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
#[cfg(not(target_family = "wasm"))]
mod native;
mod notices;
#[cfg(target_family = "wasm")]
mod page;
mod particles;
mod places;
mod player;
#[cfg_attr(
    target_family = "wasm",
    allow(dead_code, reason = "a page has the server of this machine")
)]
mod realm;
mod report;
mod session;
mod speech;
mod village;
mod visitors;
mod wander;
mod zone;
mod zones;

use bevy::{app::PluginGroupBuilder, asset::AssetMetaCheck, log::LogPlugin, prelude::*};
use bevy_cometchat::prelude::*;

use zone::Zone;
use zones::CurrentZone;

#[cfg(not(target_family = "wasm"))]
use native as platform;
#[cfg(target_family = "wasm")]
use page as platform;

/// What the platform has opened: an app, the realm and the player's character.
struct Opened {
    app: App,
    realm: realm::Realm,
    traveller: cast::Traveller,
}

fn main() -> AppExit {
    let mut opened = match platform::open() {
        Ok(opened) => opened,
        Err(problem) => return platform::give_up(&*problem),
    };
    opened
        .app
        .add_plugins((CometChatPlugin::uninitialized(), conversations))
        .insert_resource(opened.realm)
        .insert_resource(opened.traveller)
        .insert_resource(CurrentZone(Zone::Square))
        .run()
}

/// Bevy's plugins, with this window.
fn plugins(window: Window) -> PluginGroupBuilder {
    DefaultPlugins
        .set(ImagePlugin::default_nearest())
        .set(AssetPlugin {
            meta_check: AssetMetaCheck::Never,
            ..default()
        })
        .set(LogPlugin {
            filter: "warn,wgpu=error".into(),
            ..default()
        })
        .set(WindowPlugin {
            primary_window: Some(window),
            ..default()
        })
}

/// The parts that need no window.
fn conversations(app: &mut App) {
    app.add_plugins((conversation::plugin, report::plugin, session::plugin));
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
