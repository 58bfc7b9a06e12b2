//! What the command line says.

use std::net::SocketAddr;

use clap::{Parser, builder::PossibleValuesParser};

use crate::cast::{TRAVELLERS, Traveller};

/// A village with living chat: walk about, and talk to whoever is near.
///
/// It brings its own chat server and a few villagers. Where there is no display it plays as text.
#[derive(Parser)]
pub(crate) struct Args {
    /// Join another game on this machine, by the address that it printed.
    #[arg(long, value_name = "ADDRESS", value_parser = address_of_this_machine)]
    pub(crate) join: Option<SocketAddr>,
    /// Chat on CometChat's cloud, as COMETCHAT_APP_ID, COMETCHAT_REGION and COMETCHAT_AUTH_TOKEN say. The groups
    /// `square` and `tavern` must be there.
    #[arg(long, conflicts_with = "join")]
    pub(crate) connect: bool,
    /// Who you are.
    #[arg(long = "as", value_name = "NAME", value_parser = PossibleValuesParser::new(TRAVELLERS.map(|it| it.uid)))]
    name: Option<String>,
    /// For how many seconds the connection outlasts the last sign of life of a game in the background.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) background_timeout: u64,
    /// Sleep until something happens, as a board game does: the village stands still, and chat still arrives.
    #[arg(long)]
    pub(crate) reactive: bool,
}

impl Args {
    pub(crate) fn traveller(&self) -> Traveller {
        let by_default = TRAVELLERS[usize::from(self.join.is_some())];
        let chosen = |name: &String| TRAVELLERS.into_iter().find(|it| it.uid == name);
        self.name.as_ref().and_then(chosen).unwrap_or(by_default)
    }
}

/// Other machines are out of reach: the server has no certificate, and plain text never leaves this one.
fn address_of_this_machine(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text
        .parse()
        .map_err(|error| format!("{error}; it looks like 127.0.0.1:40123"))?;
    match address.ip().is_loopback() {
        true => Ok(address),
        false => Err("only games on this machine can be joined, such as 127.0.0.1:40123".into()),
    }
}
