use std::{error::Error, io, net::SocketAddr, path::PathBuf};

use crate::model::{Guid, Uid};

/// Why a [`LocalServer`](super::LocalServer) does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalServerError {
    /// The address can be reached by other machines, which was not permitted.
    #[error(
        "{0} can be reached by other machines; listen on 127.0.0.1, or permit it with `allow_public` (`--allow-public`)"
    )]
    NotLoopback(SocketAddr),
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address} ({source}); is another server running there? Port 0 takes a free one"
    )]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// What the operating system says.
        source: io::Error,
    },
    /// The data file cannot be used.
    #[error(
        "cannot use the data file {path:?} ({source}); another server may have it open, or it is not this server's"
    )]
    Data {
        /// The file; empty when the data is in memory.
        path: PathBuf,
        /// What the database says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A user to be created has a uid that is empty, too long, or has characters that CometChat does not allow.
    #[error("{0:?} is no uid: it needs 1 to 100 characters of a to z, 0 to 9, _ and -")]
    Uid(Uid),
    /// A group to be created has an invalid guid, or there is no user to own it.
    #[error(
        "the group {0:?} cannot be made: a guid has 1 to 100 characters of a to z, 0 to 9, _ and -, and a user must be there to own it"
    )]
    Group(Guid),
    /// No certificate could be made.
    #[error("cannot make a certificate ({0})")]
    Certificate(#[source] Box<dyn Error + Send + Sync>),
    /// No thread could be started.
    #[error("cannot start a thread ({0})")]
    Thread(#[source] io::Error),
}
