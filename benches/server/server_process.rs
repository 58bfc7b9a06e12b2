//! The server that is measured, with its data in a file.

use std::{error::Error, ffi::OsStr, io, path::Path, thread};

use bevy_cometchat::local_server::{LocalServer, LocalServerConfig};

use crate::{FILES, IDLE, file_limit, player, serving_process::ServingProcess};

pub(crate) const APP: &str = "app";
pub(crate) const KEY: &str = "key";

pub(crate) fn start(data: &Path) -> io::Result<ServingProcess> {
    ServingProcess::start([OsStr::new("serve"), data.as_os_str()])
}

/// What the server's process does: prints its address and serves until it is killed.
pub(crate) fn serve(data: &Path) -> Result<(), Box<dyn Error>> {
    file_limit::raise(FILES)?;
    let config = LocalServerConfig::new(APP, KEY)
        .data(data)
        .without_rate_limits()
        .max_connections(2 * IDLE)
        .max_connections_per_address(2 * IDLE);
    let config = (0..IDLE).fold(config, |config, number| config.user(player::uid(number)));
    let server = LocalServer::start(config)?;
    println!("{}", server.address());
    loop {
        thread::park();
    }
}
