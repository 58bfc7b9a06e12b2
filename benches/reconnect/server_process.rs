use std::{
    error::Error,
    io::{self, BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use bevy_cometchat::local_server::{LocalServer, LocalServerConfig};
use rustix::process::{Resource, getrlimit, setrlimit};
use tempfile::TempDir;

use crate::restarts::CLIENTS;

pub(crate) const APP: &str = "app";
pub(crate) const KEY: &str = "key";
/// The user who is no player.
pub(crate) const HERALD: &str = "herald";

pub(crate) fn uid(number: usize) -> String {
    format!("player-{number}")
}

/// A server in a process of its own, which can be killed and started again on its port and data.
pub(crate) struct ServerProcess {
    pub(crate) address: SocketAddr,
    data: PathBuf,
    process: Child,
    /// Goes last: the data is in it.
    _folder: TempDir,
}

impl ServerProcess {
    pub(crate) fn start() -> io::Result<Self> {
        // Not the system's folder for such files, which may be in memory.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let data = folder.path().join("chat.sqlite");
        let (process, address) = spawn(&data, (Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self {
            address,
            data,
            process,
            _folder: folder,
        })
    }

    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Starts again what was killed; it listens when this returns.
    pub(crate) fn start_again(&mut self) -> io::Result<()> {
        (self.process, self.address) = spawn(&self.data, self.address)?;
        Ok(())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.kill().expect("the server can be stopped");
    }
}

fn spawn(data: &Path, address: SocketAddr) -> io::Result<(Child, SocketAddr)> {
    let mut process = Command::new(std::env::current_exe()?)
        .arg("serve")
        .arg(data)
        .arg(address.to_string())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut address = String::new();
    if let Some(stdout) = process.stdout.take() {
        BufReader::new(stdout).read_line(&mut address)?;
    }
    let address = address.trim().parse().map_err(io::Error::other)?;
    Ok((process, address))
}

/// What the server's process does: prints its address and serves until it is killed.
pub(crate) fn serve(data: &Path, address: SocketAddr) -> Result<(), Box<dyn Error>> {
    raise_file_limit()?;
    let is_new = !data.exists();
    let config = LocalServerConfig::new(APP, KEY)
        .data(data)
        .listen(address)
        .without_rate_limits()
        .max_connections(4 * CLIENTS);
    let config = match is_new {
        true => (0..CLIENTS).fold(config.user(HERALD), |config, number| {
            config.user(uid(number))
        }),
        false => config,
    };
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
    let needed = 3 * CLIENTS as u64;
    match limit.maximum {
        Some(maximum) if maximum < needed => Err(io::Error::other(format!(
            "the bench needs {needed} files, `ulimit -Hn` says {maximum}"
        ))),
        _ => Ok(()),
    }
}
