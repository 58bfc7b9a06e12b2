//! A local server that speaks CometChat's protocol, for development and tests.

use std::{
    io::{self, Write},
    net::SocketAddr,
    num::NonZeroU32,
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use bevy_cometchat::local_server::{
    LocalServer, LocalServerConfig, ModerationRules, Rate, RateLimits,
};
use clap::{Args, Parser};
use serde_json::Value;
use tracing_subscriber::filter::LevelFilter;

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
    /// Serve https and wss, under a certificate that is kept with the data. It is valid for localhost, and for these
    /// names and addresses, by which other machines reach this one.
    #[arg(long, value_name = "NAMES", num_args = 0.., value_delimiter = ',')]
    tls: Option<Vec<String>>,
    /// Write the certificate to a file, for clients to trust.
    #[arg(long, value_name = "FILE", requires = "tls")]
    certificate_out: Option<PathBuf>,
    /// The id of the app to serve.
    #[arg(long, value_name = "ID")]
    app_id: String,
    /// The key by which its users log in. Other users of this machine can see it in the list of processes.
    #[arg(long, value_name = "KEY", required_unless_present = "auth_key_file")]
    auth_key: Option<String>,
    /// A file with the auth key in its first line.
    #[arg(long, value_name = "FILE", conflicts_with = "auth_key")]
    auth_key_file: Option<PathBuf>,
    /// Keep everything in an SQLite file instead of in memory.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// The maximum number of HTTP requests of a client: per second on average, and at once.
    #[arg(long, value_name = "PER_SECOND:BURST", value_parser = parse_rate)]
    request_rate: Option<Rate>,
    /// The maximum number of frames of a client on a socket: per second on average, and at once.
    #[arg(long, value_name = "PER_SECOND:BURST", value_parser = parse_rate)]
    frame_rate: Option<Rate>,
    /// Disable all rate limits.
    #[arg(long, conflicts_with_all = ["request_rate", "frame_rate", "messages_per_minute"])]
    no_rate_limits: bool,
    /// The maximum number of connected clients.
    #[arg(long, value_name = "NUMBER")]
    max_connections: Option<usize>,
    /// The maximum number of connected clients from one address; by default half of the maximum.
    #[arg(long, value_name = "NUMBER")]
    max_connections_per_address: Option<usize>,
    /// The maximum number of messages that a user may send per minute.
    #[arg(long, value_name = "NUMBER")]
    messages_per_minute: Option<u32>,
    /// Allow web pages of an origin to use the server, in addition to those of this machine; may be given several
    /// times.
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    allowed_origins: Vec<String>,
    /// Allow clients to reach the server under a host name; may be given several times.
    #[arg(long = "allow-host", value_name = "NAME")]
    allowed_hosts: Vec<String>,
    /// The level of the log on stderr: off, error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: LevelFilter,
    /// The lifetime of tokens, in seconds.
    #[arg(long, value_name = "SECONDS")]
    token_lifetime: Option<u64>,
    /// The lifetime of the credential of sockets (the JWT), in seconds; by default that of tokens.
    #[arg(long, value_name = "SECONDS")]
    jwt_lifetime: Option<u64>,
    #[command(flatten)]
    cloud: CloudFeatures,
    /// Create a user if it does not exist; may be given several times.
    #[arg(long = "user", value_name = "UID[:NAME]")]
    users: Vec<String>,
    /// Create a public group of all these users if it does not exist; may be given several times.
    #[arg(long = "group", value_name = "GUID[:NAME]")]
    groups: Vec<String>,
}

/// What the owner of an app switches on in CometChat's cloud. Each may be given several times.
#[derive(Args)]
struct CloudFeatures {
    /// Disapprove messages with a word.
    #[arg(long, value_name = "WORD")]
    disapprove: Vec<String>,
    /// Hold messages with a word as pending, and approve them after that many seconds.
    #[arg(long, value_name = "WORD:SECONDS", value_parser = parse_held)]
    hold_and_approve: Vec<(String, Duration)>,
    /// Hold messages with a word as pending, and disapprove them after that many seconds.
    #[arg(long, value_name = "WORD:SECONDS", value_parser = parse_held)]
    hold_and_disapprove: Vec<(String, Duration)>,
    /// Add the data of an extension to each message.
    #[arg(long = "extension", value_name = "NAME=JSON", value_parser = parse_extension)]
    extensions: Vec<(String, Value)>,
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

/// Logs to stderr. Whoever starts the server reads its address from stdout.
fn write_log(level: LevelFilter) {
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(false)
        .init();
}

fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    write_log(arguments.log);
    let scheme = if arguments.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let certificate_out = arguments.certificate_out.clone();
    let server = LocalServer::start(arguments.into_config()?)?;
    if let (Some(path), Some(pem)) = (certificate_out, server.certificate_pem()) {
        std::fs::write(&path, pem)
            .map_err(|error| format!("cannot write the certificate to {path:?} ({error})"))?;
    }
    let mut output = io::stdout();
    writeln!(output, "listening on {scheme}://{}", server.address())?;
    output.flush()?;
    // Runs until a signal ends the process. Acknowledged changes are on disk, so nothing has to be cleaned up.
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

fn parse_held(text: &str) -> Result<(String, Duration), String> {
    let (word, seconds) = text
        .rsplit_once(':')
        .filter(|(word, _)| !word.is_empty())
        .ok_or("a word and seconds with a colon between")?;
    let seconds = seconds.parse::<u32>().map_err(|error| error.to_string())?;
    Ok((word.to_owned(), Duration::from_secs(seconds.into())))
}

fn parse_extension(text: &str) -> Result<(String, Value), String> {
    let (name, data) = text
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or("a name and its JSON with = between")?;
    let data = serde_json::from_str(data).map_err(|error| error.to_string())?;
    Ok((name.to_owned(), data))
}

impl CloudFeatures {
    fn add_to(self, mut config: LocalServerConfig) -> Result<LocalServerConfig, serde_json::Error> {
        let mut rules = ModerationRules::default();
        for word in self.disapprove {
            rules = rules.disapprove(word);
        }
        for (word, after) in self.hold_and_approve {
            rules = rules.hold_and_approve(word, after);
        }
        for (word, after) in self.hold_and_disapprove {
            rules = rules.hold_and_disapprove(word, after);
        }
        for (name, data) in self.extensions {
            config = config.extension(name, &data)?;
        }
        Ok(config.moderation(rules))
    }
}

impl Arguments {
    fn into_config(self) -> Result<LocalServerConfig, Box<dyn std::error::Error>> {
        let auth_key = match (self.auth_key, &self.auth_key_file) {
            (Some(key), _) => key,
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| format!("cannot read the auth key from {path:?} ({error})"))?;
                let key = text.lines().next().unwrap_or_default().trim();
                if key.is_empty() {
                    return Err(format!("there is no auth key in {path:?}").into());
                }
                key.to_owned()
            }
            (None, None) => String::new(),
        };
        let mut config = LocalServerConfig::new(self.app_id, auth_key).listen(self.listen);
        if self.allow_public {
            config = config.allow_public();
        }
        if let Some(names) = self.tls {
            config = names
                .into_iter()
                .fold(config.tls(), LocalServerConfig::tls_for);
        }
        config = self
            .allowed_origins
            .into_iter()
            .fold(config, LocalServerConfig::allow_origin);
        config = self
            .allowed_hosts
            .into_iter()
            .fold(config, LocalServerConfig::allow_host);
        if let Some(messages) = self.messages_per_minute {
            config = config.messages_per_minute(messages);
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
        if let Some(connections) = self.max_connections_per_address {
            config = config.max_connections_per_address(connections);
        }
        if let Some(seconds) = self.token_lifetime {
            config = config.token_lifetime(Duration::from_secs(seconds));
        }
        if let Some(seconds) = self.jwt_lifetime {
            config = config.jwt_lifetime(Duration::from_secs(seconds));
        }
        if let Some(path) = self.data {
            config = config.data(path);
        }
        config = self.cloud.add_to(config)?;
        config = self.users.iter().fold(config, LocalServerConfig::user);
        Ok(self.groups.iter().fold(config, LocalServerConfig::group))
    }
}
