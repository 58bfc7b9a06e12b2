mod intake;
mod socket;
mod worker;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    sync::Arc,
    time::Duration,
};

use async_channel::Sender;
use async_executor::Task;
use async_io::Timer;
use futures_lite::FutureExt;

use self::{intake::Intake, worker::Worker};
use super::{
    catch_up::CatchUp, clock::Clock, connector::Connector, endpoint::Endpoint,
    happening::Happening, spawner::Spawner,
};
use crate::{
    client::{
        ChatError, Counters, ErrorCode, ephemeral::Ephemeral, outbox::Outbox, queue::EventSink,
    },
    connection::LinkId,
};

/// How long the peer has to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// How many frames may wait to be written.
const MAX_UNWRITTEN: usize = 1_024;

/// What a link needs to come to life.
pub(super) struct LinkPlan {
    pub(super) id: LinkId,
    pub(super) connector: Connector,
    pub(super) endpoint: Endpoint,
    pub(super) auth_frame: String,
    /// The id under which it authenticates.
    pub(super) device_id: String,
    pub(super) catch_up: CatchUp,
    /// Weak, as requests end with it.
    pub(super) outbox: Weak<RefCell<Outbox>>,
    pub(super) ephemeral: Rc<RefCell<Ephemeral>>,
}

/// What a link works with on the driver's thread.
pub(super) struct LinkContext {
    pub(super) sink: Rc<RefCell<EventSink>>,
    pub(super) counters: Arc<Counters>,
    pub(super) inbox: Sender<Happening>,
    pub(super) clock: Clock,
}

/// An attempt to connect and the connection it becomes.
pub(super) struct Link {
    task: Task<()>,
    orders: Sender<Order>,
    begin: Sender<()>,
    resume: Sender<()>,
    closed: Rc<Cell<bool>>,
    live: Rc<Cell<bool>>,
}

enum Order {
    Ping,
    Send(String),
    Close,
}

impl Link {
    pub(super) fn open(plan: LinkPlan, context: LinkContext, spawner: &Spawner) -> Option<Self> {
        let (orders, ordered) = async_channel::unbounded();
        let (begin, begun) = async_channel::bounded(1);
        let (resume, resumed) = async_channel::bounded(1);
        let closed = Rc::new(Cell::new(false));
        let live = Rc::new(Cell::new(false));
        let worker = Worker {
            intake: Intake {
                id: plan.id,
                device_id: plan.device_id.clone(),
                user: plan.catch_up.session.user.uid.clone(),
                outbox: plan.outbox.clone(),
                progress: plan.catch_up.progress.clone(),
                ephemeral: plan.ephemeral.clone(),
                context,
                // Where nothing was handed over before, nothing can have been missed.
                held: RefCell::new(plan.catch_up.progress.last().map(|_| Vec::new())),
                closed: closed.clone(),
            },
            begun,
            room: (resume.clone(), resumed),
            live: live.clone(),
        };
        let task = spawner.spawn(worker.run(plan, ordered))?;
        Some(Self {
            task,
            orders,
            begin,
            resume,
            closed,
            live,
        })
    }

    /// Lets a live link take frames in: the game has been told of it.
    pub(super) fn begin(&self) {
        let _ = self.begin.try_send(());
    }

    /// Has it read on, if it paused for lack of room.
    pub(super) fn resume(&self) {
        let _ = self.resume.try_send(());
    }

    pub(super) fn ping(&self) {
        let _ = self.orders.try_send(Order::Ping);
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// When too many wait already: the connection stands still, or the game says more than it carries (rule D5).
    pub(super) fn send(&self, frame: String) -> Result<(), ChatError> {
        if self.orders.len() >= MAX_UNWRITTEN {
            return Err(ChatError::new(
                ErrorCode::TooManyRequests,
                "more is told over the connection than it carries: wait a while",
            ));
        }
        let _ = self.orders.try_send(Order::Send(frame));
        Ok(())
    }

    /// Closes with code 1000; a link that is not live yet is given up. Nothing it takes in from now on reaches the
    /// game. The task ends when the peer has answered, or after a while.
    pub(super) fn close(self, spawner: &Spawner) -> Option<Task<()>> {
        self.closed.set(true);
        if !self.live.get() {
            return None;
        }
        let _ = self.orders.try_send(Order::Close);
        // The peer's answer is to be read, and for what comes before it no room is needed.
        self.resume();
        let timeout = async {
            Timer::after(CLOSE_TIMEOUT).await;
        };
        spawner.spawn(self.task.or(timeout))
    }
}
