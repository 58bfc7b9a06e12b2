//! A server in a process of its own, so that neither its memory nor its threads are the bench's.

use std::{
    env,
    ffi::OsStr,
    io::{self, BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

/// Is killed when it is dropped.
pub(crate) struct ServingProcess {
    pub(crate) address: SocketAddr,
    pub(crate) process: Child,
}

impl ServingProcess {
    /// Runs the bench's own program with those arguments, which make it print its address once it listens.
    pub(crate) fn start<A: AsRef<OsStr>>(
        arguments: impl IntoIterator<Item = A>,
    ) -> io::Result<Self> {
        let mut process = Command::new(env::current_exe()?)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut address)?;
        }
        let address = address.trim().parse().map_err(io::Error::other)?;
        Ok(Self { address, process })
    }
}

impl Drop for ServingProcess {
    fn drop(&mut self) {
        let ended = self.process.kill().and_then(|()| self.process.wait());
        ended.expect("the server can be stopped");
    }
}
