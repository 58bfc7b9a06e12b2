//! The command line.

use std::net::SocketAddr;

use clap::{Parser, ValueEnum, builder::PossibleValuesParser};

use crate::cast::{TRAVELLERS, Traveller};

/// A village with living chat: walk about, and talk to whoever is near.
///
/// It contains its own chat server and a few villagers. Without a display, it runs as text.
#[derive(Parser)]
pub(crate) struct Args {
    /// Join another game on this machine, by the address that it printed.
    #[arg(long, value_name = "ADDRESS", value_parser = address_of_this_machine)]
    pub(crate) join: Option<SocketAddr>,
    /// Chat on CometChat's cloud, with COMETCHAT_APP_ID, COMETCHAT_REGION and COMETCHAT_AUTH_TOKEN. The groups
    /// `square` and `tavern` have to exist.
    #[arg(long, conflicts_with = "join")]
    pub(crate) connect: bool,
    /// Your character.
    #[arg(long = "as", value_name = "NAME", value_parser = PossibleValuesParser::new(TRAVELLERS.map(|it| it.uid)))]
    name: Option<String>,
    /// The background timeout, in seconds: how long the connection is kept without a ping while the game is in the background.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) background_timeout: u64,
    /// Sleep until something happens, as a board game does: the village stands still, and chat still arrives.
    #[arg(long)]
    pub(crate) reactive: bool,
    /// The kind of window.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) window: WindowKind,
}

/// The kinds of window that games have.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum WindowKind {
    #[default]
    Decorated,
    Borderless,
    Fullscreen,
}

impl Args {
    pub(crate) fn traveller(&self) -> Traveller {
        let by_default = TRAVELLERS[usize::from(self.join.is_some())];
        let chosen = |name: &String| TRAVELLERS.into_iter().find(|it| it.uid == name);
        self.name.as_ref().and_then(chosen).unwrap_or(by_default)
    }
}

/// Only addresses of this machine are accepted: the server has no certificate, and plain text must not leave the machine.
fn address_of_this_machine(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text
        .parse()
        .map_err(|error| format!("{error}; it looks like 127.0.0.1:40123"))?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("only games on this machine can be joined, such as 127.0.0.1:40123".into())
    }
}
