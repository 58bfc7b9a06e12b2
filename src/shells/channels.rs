//! The messages between the event loop, the tasks beside it and their sockets.

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
    /// Frames arrived. The link reads on when the event loop permits it.
    Frames(Vec<ServerFrame>),
    /// All waiting frames have been written.
    Written,
    /// It ended, or could not be opened.
    Lost(LinkLoss),
}

/// An order to a link to write something.
pub(super) enum Order {
    Send(String),
    Close,
}

/// The worker's end of a link.
pub(super) struct LinkSide {
    pub(super) orders: Receiver<Order>,
    pub(super) may_read: Receiver<Vec<ServerFrame>>,
    pub(super) is_closed: Rc<Cell<bool>>,
}

/// Something that arrived over a WebSocket.
pub(super) enum Received<T> {
    Text(T),
    Binary,
    /// A ping or pong.
    Control,
    Ended(LinkLoss),
}
