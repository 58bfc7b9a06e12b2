use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use async_channel::{Receiver as SignalReceiver, Sender as SignalSender};
use crossbeam_channel::{Receiver, Sender, TrySendError};

use super::{Counters, Event, event::Ended};

/// The most events that travel together.
const BATCH: usize = 256;
/// How many batches wait for the game in the channel.
const CHANNEL_BATCHES: usize = 8;
/// How many events wait behind the channel before the driver stops reading the socket (rule D5).
const BACKLOG: usize = 8_192;

/// The one queue from the driver to the game: bounded, in order.
pub(crate) fn queue(
    counters: Arc<Counters>,
    outcomes: Outcomes,
    wake: Wake,
) -> (EventSink, Events) {
    let (sender, receiver) = crossbeam_channel::bounded(CHANNEL_BATCHES);
    let (room, room_made) = async_channel::bounded(1);
    let shared = Arc::new(Shared::default());
    let sink = EventSink {
        sender,
        backlog: VecDeque::new(),
        urgent: false,
        room_made,
        shared: shared.clone(),
        counters,
        outcomes,
        wake,
    };
    let events = Events {
        receiver,
        current: Vec::new().into_iter(),
        room,
        shared,
        arrivals: None,
    };
    (sink, events)
}

/// Called when events arrive at a queue that was empty: at most once until the game drains.
pub(crate) type Wake = Box<dyn Fn() + Send>;

/// When a request's outcome can be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcomes {
    /// In its turn among the events, when the game drains them.
    InOrder,
    /// At once: for a client whose owner may await requests without draining events.
    AtOnce,
}

#[derive(Default)]
struct Shared {
    /// The driver holds events back for lack of room.
    starved: AtomicBool,
    /// The game was woken and has not drained since.
    woken: AtomicBool,
    /// The game's keep-alive ping is due: told beside the queue, so that a flood does not delay it (rule K2).
    keep_alive_due: AtomicBool,
}

/// The driver's end of the queue.
pub(crate) struct EventSink {
    sender: Sender<Vec<Event>>,
    backlog: VecDeque<Event>,
    /// Something was told beside the queue since the last flush.
    urgent: bool,
    room_made: SignalReceiver<()>,
    shared: Arc<Shared>,
    counters: Arc<Counters>,
    outcomes: Outcomes,
    wake: Wake,
}

impl EventSink {
    /// Takes an event in. It leaves with the next [`flush`](Self::flush).
    pub(crate) fn push(&mut self, event: Event) {
        match event {
            Event::Settled(Ended(settlement)) if self.outcomes == Outcomes::AtOnce => {
                // Whoever sees the outcome can see what came before it too.
                self.flush();
                settlement.deliver();
            }
            Event::KeepAliveDue => {
                self.shared.keep_alive_due.store(true, SeqCst);
                self.urgent = true;
                self.backlog.push_back(Event::KeepAliveDue);
            }
            event => self.backlog.push_back(event),
        }
    }

    /// Hands over what there is room for, and lets transient events go when there is none (rule D5).
    pub(crate) fn flush(&mut self) {
        let mut sent = false;
        while !self.backlog.is_empty() {
            let batch: Vec<_> = self
                .backlog
                .drain(..self.backlog.len().min(BATCH))
                .collect();
            match self.sender.try_send(batch) {
                Ok(()) => sent = true,
                Err(TrySendError::Full(batch)) => {
                    for event in batch.into_iter().rev() {
                        self.backlog.push_front(event);
                    }
                    if !self.shared.starved.swap(true, SeqCst) {
                        continue;
                    }
                    break;
                }
                Err(TrySendError::Disconnected(_)) => self.backlog.clear(),
            }
        }
        if self.backlog.is_empty() {
            self.shared.starved.store(false, SeqCst);
        }
        self.shed_transient();
        let urgent = std::mem::take(&mut self.urgent);
        if (sent || urgent) && !self.shared.woken.swap(true, SeqCst) {
            (self.wake)();
        }
    }

    fn shed_transient(&mut self) {
        let mut excess = self.backlog.len().saturating_sub(BACKLOG);
        if excess == 0 {
            return;
        }
        self.backlog.retain(|event| {
            let shed = excess > 0 && event.is_transient();
            if shed {
                excess -= 1;
                self.counters.count_shed();
            }
            !shed
        });
    }

    /// Whether nothing more should be read from the socket until the game drains.
    pub(crate) fn is_full(&self) -> bool {
        self.backlog.len() >= BACKLOG
    }

    /// Resolves when the game made room after a [`flush`](Self::flush) that found none.
    pub(crate) fn room_made(&self) -> SignalReceiver<()> {
        self.room_made.clone()
    }
}

/// The game's end of the queue.
pub struct Events {
    receiver: Receiver<Vec<Event>>,
    current: std::vec::IntoIter<Event>,
    room: SignalSender<()>,
    shared: Arc<Shared>,
    /// Signalled when events arrive, where somebody awaits them.
    arrivals: Option<SignalReceiver<()>>,
}

/// What can be seen of the queue without draining it.
#[derive(Clone)]
pub(crate) struct Arrivals(Arc<Shared>);

impl Arrivals {
    /// Whether something arrived since the queue was last found empty. It may have been taken already.
    pub(crate) fn any(&self) -> bool {
        self.0.woken.load(SeqCst)
    }

    /// Whether the driver asked for a keep-alive ping since the last [`take_keep_alive_due`](Self::take_keep_alive_due).
    pub(crate) fn is_keep_alive_due(&self) -> bool {
        self.0.keep_alive_due.load(SeqCst)
    }

    /// Reads and resets [`is_keep_alive_due`](Self::is_keep_alive_due).
    pub(crate) fn take_keep_alive_due(&self) -> bool {
        self.0.keep_alive_due.swap(false, SeqCst)
    }
}

impl Events {
    /// A look at the queue, for whoever does not drain it.
    pub(crate) fn arrivals(&self) -> Arrivals {
        Arrivals(self.shared.clone())
    }

    pub(crate) fn with_arrivals(mut self, arrivals: SignalReceiver<()>) -> Self {
        self.arrivals = Some(arrivals);
        self
    }

    /// Waits for the next event; `None` when the client has stopped and everything was taken.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.try_next() {
                return Some(event);
            }
            if self.arrivals.as_ref()?.recv().await.is_err() {
                return self.try_next();
            }
        }
    }

    /// The next event, if one has arrived.
    pub fn try_next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.current.next() {
                return Some(event);
            }
            self.shared.woken.store(false, SeqCst);
            self.current = self.receiver.try_recv().ok()?.into_iter();
            if self.shared.starved.load(SeqCst) {
                let _ = self.room.try_send(());
            }
        }
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
