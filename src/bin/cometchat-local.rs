//! A local server that speaks CometChat's protocol, for development and tests.

use std::{
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

use bevy_cometchat::local_server::{LocalServer, LocalServerConfig};
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
    /// Let clients ask as much as they like.
    #[arg(long)]
    no_rate_limits: bool,
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
    let scheme = match arguments.tls {
        true => "https",
        false => "http",
    };
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

impl Arguments {
    fn into_config(self) -> LocalServerConfig {
        let mut config = LocalServerConfig::new(self.app_id, self.auth_key).listen(self.listen);
        if self.allow_public {
            config = config.allow_public();
        }
        if self.tls {
            config = config.tls();
        }
        if self.no_rate_limits {
            config = config.without_rate_limits();
        }
        if let Some(path) = self.data {
            config = config.data(path);
        }
        self.users.iter().fold(config, LocalServerConfig::user)
    }
}
