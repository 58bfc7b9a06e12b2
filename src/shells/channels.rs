//! What the event loop, the tasks beside it and their sockets say to each other.

use std::{cell::Cell, rc::Rc};

use async_channel::Receiver;

use crate::{
    connection::{LinkId, LinkLoss},
    core::{Done, ServerFrame, TaskId},
};

/// What a task of this thread reports to the loop.
pub(super) enum Message {
    /// From a link, with its serial number.
    Link(LinkId, u64, Report),
    Done(TaskId, Done),
}

/// What a link reports.
pub(super) enum Report {
    /// These frames arrived. It reads nothing more until it may.
    Frames(Vec<ServerFrame>),
    /// What waited to be written has been written.
    Written,
    /// It ended, or could not be opened.
    Lost(LinkLoss),
}

/// What a link is to write.
pub(super) enum Order {
    Send(String),
    Close,
}

/// What a worker has of its link.
pub(super) struct LinkSide {
    pub(super) orders: Receiver<Order>,
    pub(super) may_read: Receiver<Vec<ServerFrame>>,
    pub(super) is_closed: Rc<Cell<bool>>,
}

/// What arrives over a WebSocket.
pub(super) enum Received<T> {
    Text(T),
    Binary,
    /// A ping or pong.
    Control,
    Ended(LinkLoss),
}
