use std::{cell::Cell, rc::Rc, sync::Arc, time::Duration};

use async_channel::{Receiver, Sender};
use async_executor::Task;
use futures_lite::FutureExt;

use super::{
    channels::{LinkSide, Message, Order},
    platform::{self, Connector},
    spawner::Spawner,
    worker::Worker,
};
use crate::{
    connection::LinkId,
    core::{Counters, LinkPlan, ServerFrame},
};

/// How long the peer has to answer a close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// The maximum number of frames that wait to be written.
const MAX_UNWRITTEN: usize = 1_024;

/// An attempt to connect, and the connection that it becomes.
pub(super) struct Link {
    pub(super) serial: u64,
    task: Task<()>,
    orders: Sender<Order>,
    /// Lets the worker read the next batch, into this buffer.
    read_on: Sender<Vec<ServerFrame>>,
    /// The buffer, while the worker has to wait.
    paused: Option<Vec<ServerFrame>>,
    is_closed: Rc<Cell<bool>>,
}

/// A link that is being closed.
pub(super) struct Closing {
    pub(super) task: Task<()>,
    ended: Receiver<()>,
}

impl Closing {
    /// Ends when the peer has answered the close frame, and so has read everything before it, or when the timeout is
    /// over.
    pub(super) fn ended(&self) -> impl Future<Output = ()> + 'static {
        let ended = self.ended.clone();
        async move {
            // Nothing is sent: the other end is dropped.
            let _ = ended.recv().await;
        }
    }
}

impl Link {
    pub(super) fn open(
        key: (LinkId, u64),
        plan: LinkPlan,
        connector: Connector,
        inbox: Sender<Message>,
        counters: Arc<Counters>,
        spawner: &Spawner,
    ) -> Option<Self> {
        let (orders, ordered) = async_channel::unbounded();
        let (read_on, may_read) = async_channel::bounded(1);
        let is_closed = Rc::new(Cell::new(false));
        let worker = Worker {
            key,
            own: plan.own.clone(),
            inbox,
            counters,
            link: LinkSide {
                orders: ordered,
                may_read,
                is_closed: is_closed.clone(),
            },
        };
        let task = spawner.spawn(worker.run(plan, connector))?;
        Some(Self {
            serial: key.1,
            task,
            orders,
            read_on,
            paused: None,
            is_closed,
        })
    }

    /// Lets the worker read the next batch.
    pub(super) fn read_on(&self, buffer: Vec<ServerFrame>) {
        let _ = self.read_on.try_send(buffer);
    }

    /// Lets the worker wait.
    pub(super) fn pause(&mut self, buffer: Vec<ServerFrame>) {
        self.paused = Some(buffer);
    }

    /// Lets a worker that waits read the next batch. Returns whether it waited.
    pub(super) fn resume(&mut self) -> bool {
        let buffer = self.paused.take();
        let waited = buffer.is_some();
        if let Some(buffer) = buffer {
            self.read_on(buffer);
        }
        waited
    }

    /// Sends a frame. Returns whether too many frames wait now.
    pub(super) fn send(&self, frame: String) -> bool {
        let _ = self.orders.try_send(Order::Send(frame));
        self.orders.len() >= MAX_UNWRITTEN
    }

    /// Closes with code 1000. It ends when the peer has answered, or after a while.
    pub(super) fn close(self, spawner: &Spawner) -> Option<Closing> {
        self.is_closed.set(true);
        let _ = self.orders.try_send(Order::Close);
        // The worker must read the peer's answer.
        self.read_on(Vec::new());
        let (end, ended) = async_channel::bounded(1);
        let task = spawner.spawn(async move {
            self.task.or(platform::sleep(CLOSE_TIMEOUT)).await;
            drop(end);
        })?;
        Some(Closing { task, ended })
    }
}
