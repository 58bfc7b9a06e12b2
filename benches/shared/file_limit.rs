use std::io;

use rustix::process::{Resource, getrlimit, setrlimit};

/// Lets this process have as many sockets as the system permits it; fails if that is not enough.
pub(crate) fn raise(needed: usize) -> io::Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    match limit.maximum {
        Some(maximum) if maximum < needed as u64 => Err(io::Error::other(format!(
            "the bench needs {needed} files, `ulimit -Hn` says {maximum}"
        ))),
        _ => Ok(()),
    }
}
