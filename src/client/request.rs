use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, Waker},
};

use super::{ChatError, ErrorCode};

/// How many requests may be under way at once (rule D5).
const MAX_OPEN_REQUESTS: usize = 1_024;

type Outcome<T> = Result<T, ChatError>;
type Observer<T> = Box<dyn FnOnce(&Outcome<T>) + Send>;

/// An operation under way. It runs whether or not anybody looks at it: drop it, await it or poll it.
pub struct Request<T> {
    slot: Arc<Slot<T>>,
}

struct Slot<T>(Mutex<State<T>>);

enum State<T> {
    Open {
        waker: Option<Waker>,
        observers: Vec<Observer<T>>,
    },
    Ended(Outcome<T>),
}

impl<T> Slot<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, outcome: Outcome<T>)
    where
        T: Clone,
    {
        let mut state = self.lock();
        if matches!(*state, State::Ended(_)) {
            return;
        }
        let before = std::mem::replace(&mut *state, State::Ended(outcome.clone()));
        drop(state);
        if let State::Open { waker, observers } = before {
            for observer in observers {
                observer(&outcome);
            }
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

impl<T: Clone + Send + 'static> Request<T> {
    /// A request, and the end from which it is completed.
    pub(crate) fn new(open: &Arc<AtomicUsize>) -> Result<(Self, Completer<T>), ChatError> {
        if open.load(Relaxed) >= MAX_OPEN_REQUESTS {
            return Err(ChatError::new(
                ErrorCode::TooManyRequests,
                "more requests are under way than the client takes on: wait for some to end",
            ));
        }
        let slot = Arc::new(Slot(Mutex::new(State::Open {
            waker: None,
            observers: Vec::new(),
        })));
        open.fetch_add(1, Relaxed);
        let completer = Completer {
            slot: Some(slot.clone()),
            open: open.clone(),
        };
        Ok((Self { slot }, completer))
    }

    /// A request that has already ended.
    pub(crate) fn ended(outcome: Result<T, ChatError>) -> Self {
        Self {
            slot: Arc::new(Slot(Mutex::new(State::Ended(outcome)))),
        }
    }

    /// The outcome, once there is one.
    pub fn outcome(&self) -> Option<Result<T, ChatError>> {
        match &*self.slot.lock() {
            State::Open { .. } => None,
            State::Ended(outcome) => Some(outcome.clone()),
        }
    }

    /// Calls `observer` with the outcome, at once if there is one already.
    pub(crate) fn observe(&self, observer: impl FnOnce(&Outcome<T>) + Send + 'static) {
        let mut state = self.slot.lock();
        match &mut *state {
            State::Open { observers, .. } => observers.push(Box::new(observer)),
            State::Ended(outcome) => {
                let outcome = outcome.clone();
                drop(state);
                observer(&outcome);
            }
        }
    }
}

impl<T: Clone> Future for Request<T> {
    type Output = Result<T, ChatError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self.slot.lock() {
            State::Open { waker, .. } => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
            State::Ended(outcome) => Poll::Ready(outcome.clone()),
        }
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match *self.slot.lock() {
            State::Open { .. } => "open",
            State::Ended(Ok(_)) => "succeeded",
            State::Ended(Err(_)) => "failed",
        };
        write!(f, "Request({state})")
    }
}

/// The other end of a [`Request`]. Dropped, it fails the request: each ends exactly once.
pub(crate) struct Completer<T: Clone> {
    slot: Option<Arc<Slot<T>>>,
    open: Arc<AtomicUsize>,
}

/// A request's end on its way through the queue, in order with the events around it. Dropped on the way, as when the
/// game stops draining, it ends the request all the same.
pub(crate) struct Settlement(Option<Box<dyn FnOnce() + Send>>);

impl Settlement {
    /// The end of several requests that have one outcome.
    pub(crate) fn of_all<T: Clone + Send + 'static>(
        waiters: Vec<Completer<T>>,
        outcome: &Outcome<T>,
    ) -> Self {
        let ends: Vec<_> = waiters
            .into_iter()
            .map(|done| done.settle(outcome.clone()))
            .collect();
        Self(Some(Box::new(move || drop(ends))))
    }

    pub(crate) fn deliver(self) {
        drop(self);
    }
}

impl Drop for Settlement {
    fn drop(&mut self) {
        if let Some(end) = self.0.take() {
            end();
        }
    }
}

impl fmt::Debug for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Settlement")
    }
}

impl<T: Clone + Send + 'static> Completer<T> {
    pub(crate) fn settle(mut self, outcome: Outcome<T>) -> Settlement {
        let slot = self.slot.take();
        Settlement(Some(Box::new(move || {
            if let Some(slot) = slot {
                slot.end(outcome);
            }
        })))
    }
}

impl<T: Clone> Drop for Completer<T> {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Relaxed);
        if let Some(slot) = self.slot.take() {
            slot.end(Err(ChatError::stopped()));
        }
    }
}
