//! A local server that speaks CometChat's protocol, for development and tests.

use std::{
    io::{self, Write},
    net::SocketAddr,
    num::NonZeroU32,
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use bevy_cometchat::local_server::{LocalServer, LocalServerConfig, Rate, RateLimits};
use clap::Parser;

/// A local server that speaks CometChat's protocol, for development and tests.
///
/// Prints one line once it listens, and runs until it is interrupted.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Permit an address that other machines can reach.
    #[arg(long)]
    allow_public: bool,
    /// Serve https and wss, under a certificate that is kept with the data.
    #[arg(long)]
    tls: bool,
    /// Write the certificate to a file, for clients to trust.
    #[arg(long, value_name = "FILE", requires = "tls")]
    certificate_out: Option<PathBuf>,
    /// The id of the app to serve.
    #[arg(long, value_name = "ID")]
    app_id: String,
    /// The key by which its users log in.
    #[arg(long, value_name = "KEY")]
    auth_key: String,
    /// Keep everything in an SQLite file instead of in memory.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// How many requests over HTTP a client may make a second in the long run, and at once.
    #[arg(long, value_name = "PER_SECOND:BURST", value_parser = parse_rate)]
    request_rate: Option<Rate>,
    /// How many frames a client may send on a socket a second in the long run, and at once.
    #[arg(long, value_name = "PER_SECOND:BURST", value_parser = parse_rate)]
    frame_rate: Option<Rate>,
    /// Let clients ask as much as they like.
    #[arg(long, conflicts_with_all = ["request_rate", "frame_rate"])]
    no_rate_limits: bool,
    /// How many clients may be connected at a time.
    #[arg(long, value_name = "NUMBER")]
    max_connections: Option<usize>,
    /// Let tokens expire after so many seconds.
    #[arg(long, value_name = "SECONDS")]
    token_lifetime: Option<u64>,
    /// Create a user unless they exist; may be given several times.
    #[arg(long = "user", value_name = "UID[:NAME]")]
    users: Vec<String>,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cometchat-local: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let scheme = if arguments.tls { "https" } else { "http" };
    let certificate_out = arguments.certificate_out.clone();
    let server = LocalServer::start(arguments.into_config())?;
    if let (Some(path), Some(pem)) = (certificate_out, server.certificate_pem()) {
        std::fs::write(&path, pem)
            .map_err(|error| format!("cannot write the certificate to {path:?} ({error})"))?;
    }
    let mut output = io::stdout();
    writeln!(output, "listening on {scheme}://{}", server.address())?;
    output.flush()?;
    // Until a signal ends the process. What was answered is on disk, so there is nothing to tidy up.
    loop {
        std::thread::park();
    }
}

fn parse_rate(text: &str) -> Result<Rate, String> {
    let number = |text: &str| text.parse::<NonZeroU32>().map(NonZeroU32::get);
    let (per_second, burst) = text
        .split_once(':')
        .ok_or("a rate is two numbers with a colon between")?;
    let rate = number(per_second).and_then(|per_second| Ok((per_second, number(burst)?)));
    rate.map(|(per_second, burst)| Rate { per_second, burst })
        .map_err(|error| error.to_string())
}

impl Arguments {
    fn into_config(self) -> LocalServerConfig {
        let mut config = LocalServerConfig::new(self.app_id, self.auth_key).listen(self.listen);
        if self.allow_public {
            config = config.allow_public();
        }
        if self.tls {
            config = config.tls();
        }
        let defaults = RateLimits::default();
        config = config.rate_limits(RateLimits {
            requests: self.request_rate.unwrap_or(defaults.requests),
            frames: self.frame_rate.unwrap_or(defaults.frames),
        });
        if self.no_rate_limits {
            config = config.without_rate_limits();
        }
        if let Some(connections) = self.max_connections {
            config = config.max_connections(connections);
        }
        if let Some(seconds) = self.token_lifetime {
            config = config.token_lifetime(Duration::from_secs(seconds));
        }
        if let Some(path) = self.data {
            config = config.data(path);
        }
        self.users.iter().fold(config, LocalServerConfig::user)
    }
}
