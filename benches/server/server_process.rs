use std::{
    error::Error,
    fs,
    io::{self, BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use bevy_cometchat::local_server::{LocalServer, LocalServerConfig};
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::{IDLE, player};

pub(crate) const APP: &str = "app";
pub(crate) const KEY: &str = "key";

/// A server in a process of its own, so that neither its memory nor its threads are the bench's.
pub(crate) struct ServerProcess {
    pub(crate) address: SocketAddr,
    process: Child,
}

impl ServerProcess {
    /// Starts a server that keeps its data in a file.
    pub(crate) fn start(data: &Path) -> io::Result<Self> {
        Self::spawn(
            Command::new(std::env::current_exe()?)
                .arg("serve")
                .arg(data),
        )
    }

    /// Starts whatever prints its address once it listens.
    pub(crate) fn spawn(command: &mut Command) -> io::Result<Self> {
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut address)?;
        }
        let address = address.trim().parse().map_err(io::Error::other)?;
        Ok(Self { address, process })
    }

    /// The memory that it has, in KiB.
    pub(crate) fn rss_kb(&self) -> io::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"))
            .and_then(|kib| kib.parse().ok())
            .ok_or_else(|| io::Error::other("Linux tells a process's memory"))
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let ended = self.process.kill().and_then(|()| self.process.wait());
        ended.expect("the server can be stopped");
    }
}

/// What the server's process does: prints its address and serves until it is killed.
pub(crate) fn serve(data: &Path) -> Result<(), Box<dyn Error>> {
    raise_file_limit()?;
    let config = LocalServerConfig::new(APP, KEY)
        .data(data)
        .without_rate_limits()
        .max_connections(2 * IDLE);
    let config = (0..IDLE).fold(config, |config, number| config.user(player::uid(number)));
    let server = LocalServer::start(config)?;
    println!("{}", server.address());
    loop {
        thread::park();
    }
}

/// Lets this process have as many sockets as the system permits it.
pub(crate) fn raise_file_limit() -> io::Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    match limit.maximum {
        Some(maximum) if maximum < IDLE as u64 + 200 => {
            let needed = IDLE + 200;
            Err(io::Error::other(format!(
                "the bench needs {needed} files, `ulimit -Hn` says {maximum}"
            )))
        }
        _ => Ok(()),
    }
}
