use crate::{
    connection::StatusChange,
    model::{OutgoingMessage, Uid},
};

/// A record of what the client did.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) attempts: usize,
    pub(crate) closes: usize,
    pub(crate) pings: usize,
    pub(crate) ping_frames: usize,
    pub(crate) logins: Vec<Uid>,
    pub(crate) sent: Vec<OutgoingMessage>,
    pub(crate) calls: Vec<String>,
    pub(crate) call_bodies: Vec<String>,
    pub(crate) frames: Vec<String>,
    pub(crate) status_changes: Vec<StatusChange>,
    pub(crate) shut_down: bool,
}
