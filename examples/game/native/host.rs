//! The village without a game, for pages: its chat server, the villagers, and a site with the page. `examples/web/run` builds
//! the page and starts this.

#[allow(dead_code, reason = "the game uses the rest")]
#[path = "../cast.rs"]
mod cast;
#[path = "../item_link.rs"]
mod item_link;
#[allow(dead_code, reason = "the game uses the rest")]
#[path = "../zone.rs"]
mod zone;

mod bots;
#[allow(dead_code, reason = "a game kills its server")]
mod server;
mod site;

use std::{error::Error, io, net::SocketAddr, path::PathBuf, time::Duration};

use bevy::{app::ScheduleRunnerPlugin, prelude::*};
use clap::Parser;

use server::Server;

/// The villagers act between frames.
const FRAME: Duration = Duration::from_millis(33);

/// Serves the village to pages: its chat, and the page itself.
///
/// Prints the page's address, and runs until it is interrupted.
#[derive(Parser)]
struct Args {
    /// The folder with the page.
    page: PathBuf,
    /// Where the page is served; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
}

fn main() -> Result<AppExit, Box<dyn Error>> {
    let args = Args::parse();
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let server = Server::start()?;
    let chat = server.address();
    let page = site::serve(args.listen, args.page, &format!("/?server={chat}"))?;
    println!("http://{page}/?server={chat}");
    let frames = ScheduleRunnerPlugin::run_loop(FRAME);
    Ok(App::new()
        .add_plugins((MinimalPlugins.set(frames), bots::plugin))
        .insert_resource(server)
        .run())
}
