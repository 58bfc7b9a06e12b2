//! The village on this machine: a window or text, the command line, and a server with villagers inside the game.

mod args;
mod bots;
mod disturbances;
mod network;
mod server;
mod text_mode;
mod window;

use std::{
    env,
    error::Error,
    fmt,
    io::{self, Write},
    net::TcpStream,
    time::Duration,
};

use bevy::prelude::*;
use bevy_cometchat::AuthToken;
use clap::Parser;

use self::{args::Args, network::Network, server::Server};
use crate::{Opened, realm::Realm, scene};

pub(crate) const NETWORK_HELP: &[(&str, &str)] = &disturbances::HELP;

const CLOUD_VARIABLES: [&str; 3] = [
    "COMETCHAT_APP_ID",
    "COMETCHAT_REGION",
    "COMETCHAT_AUTH_TOKEN",
];

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Opens the village of the command line.
pub(crate) fn open() -> Outcome<Opened> {
    let args = Args::parse();
    let (server, network) = machinery(&args)?;
    let mut realm = match &network {
        Some(network) => Realm::on_this_machine(network.address(), &args.traveller()),
        None => realm_in_the_cloud()?,
    };
    realm.background_timeout = Duration::from_secs(args.background_timeout);
    let mut app = stage(&args);
    if let Some(server) = server {
        let address = server.address();
        println!(
            "Another game on this machine joins with\n\
             cargo run --example game --features demo -- --join {address}"
        );
        app.insert_resource(server).add_plugins(bots::plugin);
    }
    if let Some(network) = network {
        app.insert_resource(network);
    }
    Ok(Opened {
        app,
        realm,
        traveller: args.traveller(),
    })
}

/// The server and the network that run in this game.
fn machinery(args: &Args) -> Outcome<(Option<Server>, Option<Network>)> {
    if args.connect {
        return Ok((None, None));
    }
    if let Some(address) = args.join {
        TcpStream::connect(address).map_err(|error| {
            format!("no game answers at {address}, as each says when it starts: {error}")
        })?;
        return Ok((None, Some(Network::start(address)?)));
    }
    let server = Server::start()?;
    let network = Network::start(server.address())?;
    Ok((Some(server), Some(network)))
}

fn realm_in_the_cloud() -> Outcome<Realm> {
    let [app_id, region, token] = CLOUD_VARIABLES.map(|name| env::var(name).ok());
    let (Some(app_id), Some(region), Some(token)) = (app_id, region, token) else {
        let needed = CLOUD_VARIABLES.join(", ");
        return Err(format!("--connect needs {needed} in the environment").into());
    };
    Ok(Realm::in_the_cloud(app_id, region, AuthToken::new(token)))
}

/// The village in a window, or as text where there is no display.
fn stage(args: &Args) -> App {
    match window::open(args) {
        Ok(mut app) => {
            app.add_plugins((scene, disturbances::plugin));
            app
        }
        Err(problem) => {
            println!("{problem}: the village plays as text.");
            let mut app = App::new();
            app.add_plugins(text_mode::plugin);
            app
        }
    }
}

pub(crate) fn give_up(problem: &dyn Error) -> AppExit {
    eprintln!("{problem}");
    AppExit::error()
}

/// Prints a line on standard output.
pub(crate) fn print(line: fmt::Arguments) {
    // The game goes on if standard output is closed.
    let _ = writeln!(io::stdout(), "{line}");
}

/// The example is built without audio: the terminal rings.
pub(crate) fn ring() {
    eprint!("\x07");
}
