use std::{
    error::Error,
    ffi::OsStr,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    thread,
};

use bevy_cometchat::local_server::{LocalServer, LocalServerConfig};
use tempfile::TempDir;

use crate::{FILES, file_limit, restarts::CLIENTS, serving_process::ServingProcess};

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
    /// `None` while it is killed.
    serving: Option<ServingProcess>,
    /// Goes last: the data is in it.
    _folder: TempDir,
}

impl ServerProcess {
    pub(crate) fn start() -> io::Result<Self> {
        // Not the system's folder for such files, which may be in memory.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let data = folder.path().join("chat.sqlite");
        let serving = spawn(&data, (Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self {
            address: serving.address,
            data,
            serving: Some(serving),
            _folder: folder,
        })
    }

    pub(crate) fn kill(&mut self) {
        self.serving = None;
    }

    /// Starts again what was killed; it listens when this returns.
    pub(crate) fn start_again(&mut self) -> io::Result<()> {
        self.serving = Some(spawn(&self.data, self.address)?);
        Ok(())
    }
}

fn spawn(data: &Path, address: SocketAddr) -> io::Result<ServingProcess> {
    let address = address.to_string();
    ServingProcess::start([OsStr::new("serve"), data.as_os_str(), address.as_ref()])
}

/// What the server's process does: prints its address and serves until it is killed.
pub(crate) fn serve(data: &Path, address: SocketAddr) -> Result<(), Box<dyn Error>> {
    file_limit::raise(FILES)?;
    let is_new = !data.exists();
    let config = LocalServerConfig::new(APP, KEY)
        .data(data)
        .listen(address)
        .without_rate_limits()
        .max_connections(4 * CLIENTS);
    let config = if is_new {
        (0..CLIENTS).fold(config.user(HERALD), |config, number| {
            config.user(uid(number))
        })
    } else {
        config
    };
    let server = LocalServer::start(config)?;
    println!("{}", server.address());
    loop {
        thread::park();
    }
}
