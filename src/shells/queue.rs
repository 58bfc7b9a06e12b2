use std::{
    collections::VecDeque,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
};

use async_channel::{Receiver as SignalReceiver, Sender as SignalSender};

use crate::{
    core::{Command, Counters, Event},
    model::{Message, MessageId},
    request::Settlement,
};

/// The number of events in the queue at which the shell stops reading the socket.
const CAPACITY: usize = 4_096;

/// An item of the queue: an event, or something else that must reach the game in order with the events.
#[derive(Debug)]
pub(crate) enum Item {
    /// Something happened.
    Event(Event),
    /// A request ended.
    Settled(Settlement),
    /// The message that a request of the user made or changed. The end of the request follows.
    OwnMessageChanged(Message),
    /// Reports that users stopped typing were dropped: who typed before may have stopped.
    TypingUnknown,
}

impl Item {
    /// The message that a game misses if it does not read this.
    fn message(&self) -> Option<MessageId> {
        match self {
            Self::Event(Event::MessageReceived(message) | Event::GroupChanged(message)) => {
                Some(message.id)
            }
            _ => None,
        }
    }
}

impl From<Event> for Item {
    fn from(event: Event) -> Self {
        Self::Event(event)
    }
}

impl From<Settlement> for Item {
    fn from(settlement: Settlement) -> Self {
        Self::Settled(settlement)
    }
}

/// The queue from the shell to the game: bounded, in order.
///
/// The shell adds a batch at a time, and the game takes all items at once, so that neither waits for the other for
/// longer than a copy takes.
pub(crate) fn queue(
    counters: Arc<Counters>,
    outcomes: Outcomes,
    wake: Wake,
) -> (EventSink, Events) {
    let (room, room_made) = async_channel::bounded(1);
    let shared = Arc::new(Shared::default());
    let sink = EventSink {
        batch: VecDeque::new(),
        must_wake: false,
        waiting: 0,
        shared: shared.clone(),
        room_made,
        counters,
        outcomes,
        wake,
    };
    let events = Events {
        taken: VecDeque::new(),
        shared,
        room,
        arrivals: None,
    };
    (sink, events)
}

/// The shell's end of a client.
pub(crate) struct ShellEnd {
    pub(crate) commands: SignalReceiver<Command>,
    pub(crate) sink: EventSink,
    pub(crate) counters: Arc<Counters>,
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
    waiting: Mutex<Waiting>,
    /// The game was woken and has not drained since. Changes only while `waiting` is locked.
    woken: AtomicBool,
    /// The game's keep-alive ping is due: reported beside the queue, so that a flood does not delay it.
    keep_alive_due: AtomicBool,
    /// The number of items that were taken out of the queue, and that the game has not read yet.
    taken: AtomicUsize,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<Item>,
    /// The shell waits for room.
    starved: bool,
    /// The game's end is gone.
    abandoned: bool,
    /// A report that somebody stopped typing was shed.
    lacks_ends_of_typing: bool,
    /// For each item that was taken out at once, the message that it is. The last [`Shared::taken`] of them are not read.
    taken_messages: Vec<Option<MessageId>>,
    /// The messages that were in the queue when the game's end went.
    left: Vec<MessageId>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The shell's end of the queue.
pub(crate) struct EventSink {
    /// The items that the next flush adds to the queue.
    batch: VecDeque<Item>,
    /// The next flush wakes the game, even without items.
    must_wake: bool,
    /// The number of items in the queue at the last flush.
    waiting: usize,
    shared: Arc<Shared>,
    room_made: SignalReceiver<()>,
    counters: Arc<Counters>,
    outcomes: Outcomes,
    wake: Wake,
}

impl EventSink {
    /// Adds an item. It reaches the queue with the next [`flush`](Self::flush).
    pub(crate) fn push(&mut self, item: impl Into<Item>) {
        match item.into() {
            Item::Settled(settlement) if self.outcomes == Outcomes::AtOnce => {
                // Whoever sees the outcome must be able to see the events before it.
                self.flush();
                settlement.deliver();
            }
            item => self.batch.push_back(item),
        }
    }

    /// Reports that the game's keep-alive ping is due.
    pub(crate) fn report_keep_alive_due(&mut self) {
        self.shared.keep_alive_due.store(true, SeqCst);
        self.must_wake = true;
    }

    /// Adds the batch to the queue, and drops transient events if there is no room.
    pub(crate) fn flush(&mut self) {
        let mut waiting = self.shared.lock();
        if waiting.abandoned {
            self.batch.clear();
        }
        let arrived = !self.batch.is_empty() || mem::take(&mut self.must_wake);
        waiting.events.append(&mut self.batch);
        waiting.shed_transient(&self.counters);
        waiting.starved = waiting.events.len() >= CAPACITY;
        self.waiting = waiting.events.len();
        let must_wake = arrived && !self.shared.woken.swap(true, SeqCst);
        drop(waiting);
        if must_wake {
            (self.wake)();
        }
    }

    /// Whether nothing more should be read from the socket until the game drains.
    pub(crate) fn is_full(&self) -> bool {
        self.waiting + self.batch.len() >= CAPACITY
    }

    /// The messages that the game has not read, without those that arrived after it dropped its end of the queue.
    pub(crate) fn unread_messages(&self) -> Vec<MessageId> {
        let waiting = self.shared.lock();
        let taken = waiting.taken_messages.iter();
        let read = taken.len().saturating_sub(self.shared.taken.load(SeqCst));
        let taken = taken.skip(read).flatten();
        let queued = waiting.events.iter().chain(&self.batch);
        let ids = taken.chain(&waiting.left).copied();
        ids.chain(queued.filter_map(Item::message)).collect()
    }

    /// Resolves when the game made room after a [`flush`](Self::flush) that left none.
    pub(crate) fn room_made(&self) -> SignalReceiver<()> {
        self.room_made.clone()
    }
}

impl Waiting {
    fn shed_transient(&mut self, counters: &Counters) {
        let mut excess = self.events.len().saturating_sub(CAPACITY);
        if excess == 0 {
            return;
        }
        let lacks_ends = &mut self.lacks_ends_of_typing;
        self.events.retain(|item| {
            let event = match item {
                Item::Event(event) if excess > 0 && event.is_transient() => event,
                _ => return true,
            };
            excess -= 1;
            counters.count_shed();
            *lacks_ends |= matches!(event, Event::TypingChanged(report) if !report.typing);
            false
        });
    }
}

/// The game's end of the queue.
pub struct Events {
    /// The items that were taken out of the queue, and that the game has not read yet.
    taken: VecDeque<Item>,
    shared: Arc<Shared>,
    room: SignalSender<()>,
    /// Signalled when events arrive, where somebody awaits them.
    arrivals: Option<SignalReceiver<()>>,
}

/// The state of the queue, for a reader that does not drain it.
#[derive(Clone)]
pub(crate) struct Arrivals(Arc<Shared>);

impl Arrivals {
    /// Whether anything arrived since the game last drained the queue.
    pub(crate) fn any(&self) -> bool {
        self.0.woken.load(SeqCst)
    }

    /// The number of items that the game has not read.
    pub(crate) fn waiting(&self) -> usize {
        self.0.lock().events.len() + self.0.taken.load(SeqCst)
    }

    /// Whether the core requested a keep-alive ping since the last [`take_keep_alive_due`](Self::take_keep_alive_due).
    pub(crate) fn is_keep_alive_due(&self) -> bool {
        self.0.keep_alive_due.load(SeqCst)
    }

    /// Reads and resets [`is_keep_alive_due`](Self::is_keep_alive_due).
    pub(crate) fn take_keep_alive_due(&self) -> bool {
        self.0.keep_alive_due.swap(false, SeqCst)
    }
}

impl std::fmt::Debug for Arrivals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Arrivals")
    }
}

impl Events {
    /// The state of the queue, for a reader that does not drain it.
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
            match self.next_item()? {
                Item::Event(event) => return Some(event),
                Item::Settled(settlement) => settlement.deliver(),
                // Whoever made the request has the message from it.
                Item::OwnMessageChanged(_) | Item::TypingUnknown => {}
            }
        }
    }

    /// Whether the game's keep-alive ping has become due since the last call. Answer with
    /// [`ping`](crate::client::Client::ping): a client in the background is disconnected without it.
    pub fn take_keep_alive_due(&mut self) -> bool {
        self.arrivals().take_keep_alive_due()
    }

    /// The next item, if one has arrived.
    pub(crate) fn next_item(&mut self) -> Option<Item> {
        if self.taken.is_empty() {
            self.take_all();
        }
        let item = self.taken.pop_front();
        self.shared.taken.store(self.taken.len(), SeqCst);
        item
    }

    fn take_all(&mut self) {
        let mut waiting = self.shared.lock();
        mem::swap(&mut self.taken, &mut waiting.events);
        if mem::take(&mut waiting.lacks_ends_of_typing) {
            self.taken.push_front(Item::TypingUnknown);
        }
        waiting.taken_messages.clear();
        waiting
            .taken_messages
            .extend(self.taken.iter().map(Item::message));
        self.shared.taken.store(self.taken.len(), SeqCst);
        self.shared.woken.store(false, SeqCst);
        if mem::take(&mut waiting.starved) {
            // If the channel is full, the shell has the signal already.
            let _ = self.room.try_send(());
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        let mut waiting = self.shared.lock();
        waiting.abandoned = true;
        let left = mem::take(&mut waiting.events);
        waiting.left = left.iter().filter_map(Item::message).collect();
        drop(waiting);
        drop(left);
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        connection::Cause,
        model::{Receiver, ReceiverId, TypingIndicator, User},
        test_util::text_message,
    };

    /// Each event is moved from thread to thread, so a rare and large one costs all others.
    #[test]
    fn an_event_takes_hardly_more_memory_than_a_message() {
        assert!(size_of::<Item>() <= size_of::<Message>() + size_of::<u64>());
    }

    fn durable() -> Event {
        Event::LoggedOut {
            user: Arc::new(User::new("a", "A")),
            cause: Cause::LoggedOut,
        }
    }

    fn message(id: u64) -> Event {
        let user = |uid: &str| Arc::new(User::new(uid, uid));
        let to_alice = Receiver::User(user("alice"));
        Event::MessageReceived(text_message(id, user("bob"), to_alice, "hi"))
    }

    fn transient(typist: usize) -> Event {
        typing(typist, true)
    }

    fn typing(typist: usize, typing: bool) -> Event {
        let uid = typist.to_string();
        Event::TypingChanged(TypingIndicator {
            user: Arc::new(User::new(uid.as_str(), "T")),
            receiver: ReceiverId::User("a".into()),
            typing,
        })
    }

    fn typist(event: &Event) -> Option<&str> {
        match event {
            Event::TypingChanged(typing) => Some(typing.user.uid.as_str()),
            _ => None,
        }
    }

    fn quiet_queue() -> (EventSink, Events, Arc<Counters>) {
        let counters = Arc::new(Counters::default());
        let (sink, events) = queue(counters.clone(), Outcomes::InOrder, Box::new(|| {}));
        (sink, events, counters)
    }

    #[test]
    fn d5_the_oldest_transient_events_go_first_and_are_counted() {
        let (mut sink, mut events, counters) = quiet_queue();
        for index in 0..10 {
            sink.push(transient(index));
        }
        for _ in 0..CAPACITY - 4 {
            sink.push(durable());
        }
        sink.flush();
        assert!(sink.is_full());
        assert_eq!(counters.shed(), 6);
        let left: Vec<_> = std::iter::from_fn(|| events.try_next()).collect();
        let typists: Vec<_> = left.iter().filter_map(typist).collect();
        assert_eq!(typists, ["6", "7", "8", "9"]);
        assert_eq!(left.len(), CAPACITY);
    }

    #[test]
    fn d5_a_game_learns_before_all_else_that_ends_of_typing_were_shed() {
        let (mut sink, mut events, counters) = quiet_queue();
        let mut flood = |first| {
            sink.push(typing(1, first));
            for _ in 0..CAPACITY {
                sink.push(durable());
            }
            sink.flush();
        };
        let mut first = || {
            let first = events.next_item();
            while events.next_item().is_some() {}
            first
        };
        flood(false);
        assert!(matches!(first(), Some(Item::TypingUnknown)));
        flood(true);
        assert!(matches!(first(), Some(Item::Event(_))), "it knows of none");
        assert_eq!(counters.shed(), 2);
    }

    #[test]
    fn d5_durable_events_never_go() {
        let (mut sink, mut events, counters) = quiet_queue();
        for _ in 0..CAPACITY + 100 {
            sink.push(durable());
            sink.flush();
        }
        assert!(sink.is_full());
        assert_eq!(
            std::iter::from_fn(|| events.try_next()).count(),
            CAPACITY + 100
        );
        assert_eq!(counters.shed(), 0);
    }

    #[test]
    fn d5_what_the_game_has_not_seen_is_told() {
        let (mut sink, mut events, _) = quiet_queue();
        let arrivals = events.arrivals();
        for _ in 0..3 {
            sink.push(durable());
        }
        sink.flush();
        assert_eq!(arrivals.waiting(), 3);
        events.try_next();
        sink.push(durable());
        sink.flush();
        assert_eq!(arrivals.waiting(), 3, "taken out of the queue is not seen");
        while events.try_next().is_some() {}
        assert_eq!(arrivals.waiting(), 0);
    }

    #[test]
    fn d3_messages_are_unread_until_the_game_takes_them() {
        let (mut sink, mut events, _) = quiet_queue();
        sink.push(message(1));
        sink.push(durable());
        sink.flush();
        sink.push(message(2));
        assert_eq!(sink.unread_messages(), [MessageId(1), MessageId(2)]);
        events.try_next();
        assert_eq!(sink.unread_messages(), [MessageId(2)]);
        sink.push(message(3));
        sink.flush();
        while events.try_next().is_some() {}
        assert_eq!(sink.unread_messages(), []);
    }

    #[test]
    fn d3_what_the_game_took_and_left_unread_when_it_ended_is_unread() {
        let (mut sink, mut events, _) = quiet_queue();
        for id in 1..=3 {
            sink.push(message(id));
        }
        sink.flush();
        events.try_next();
        assert_eq!(sink.unread_messages(), [MessageId(2), MessageId(3)]);
        sink.push(message(4));
        sink.flush();
        drop(events);
        assert_eq!(sink.unread_messages(), [2, 3, 4].map(MessageId));
    }

    #[test]
    fn d5_a_game_that_drains_makes_room() {
        let (mut sink, mut events, _) = quiet_queue();
        for _ in 0..CAPACITY {
            sink.push(durable());
        }
        sink.flush();
        assert!(sink.is_full());
        while events.try_next().is_some() {}
        assert!(sink.room_made().try_recv().is_ok(), "the driver is told");
        sink.flush();
        assert!(!sink.is_full());
    }
}
