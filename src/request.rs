use std::{
    any::Any,
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, Waker},
};

use tracing::{debug, warn};

use crate::error::{ChatError, ErrorCode};

/// The maximum number of requests under way.
const MAX_OPEN_REQUESTS: usize = 1_024;

/// A value that the owner of the client attaches to its requests: the plugin's callback queue.
pub(crate) type Attachment = Arc<dyn Any + Send + Sync>;

type Outcome<T> = Result<T, ChatError>;
type Observer<T> = Box<dyn FnOnce(&Outcome<T>) + Send>;

/// An operation under way. It runs even if the request is dropped.
///
/// In a game, the outcome becomes visible in [`CometChatSystems::Receive`](crate::CometChatSystems::Receive), in order
/// with the events. There are three ways to observe it, which can be mixed:
///
/// ```
/// # use bevy::{prelude::*, tasks::IoTaskPool};
/// use bevy_cometchat::prelude::*;
///
/// fn log_in(chat: Res<CometChat>) {
///     // Callbacks: systems that run once.
///     chat.login(AuthKey::new("player-1", "AUTH_KEY"))
///         .on_success(|user: In<std::sync::Arc<User>>, mut commands: Commands| {
///             commands.spawn(Name::new(user.name.to_string()));
///         })
///         .on_error(|error: In<ChatError>| eprintln!("{}", *error));
/// }
///
/// fn invite(chat: Res<CometChat>) {
///     // Tasks: a request is a future.
///     let sent = chat.send_message(TextMessage::to_user("bob", "Join us?"));
///     IoTaskPool::get()
///         .spawn(async move {
///             if let Err(error) = sent.await {
///                 eprintln!("{error}");
///             }
///         })
///         .detach();
/// }
///
/// #[derive(Resource)]
/// struct Pinging(Request<std::time::Duration>);
///
/// fn show_ping(pinging: Res<Pinging>) {
///     // Polling: a system looks at it when it likes.
///     if let Some(Ok(round_trip)) = pinging.0.outcome() {
///         println!("{} ms", round_trip.as_millis());
///     }
/// }
/// # bevy::ecs::system::assert_is_system(log_in);
/// # bevy::ecs::system::assert_is_system(invite);
/// # bevy::ecs::system::assert_is_system(show_ping);
/// ```
///
/// A failure that is not observed is logged as a warning, with the operation and advice. Call
/// [`ignore_errors`](Self::ignore_errors) if a failure does not matter.
pub struct Request<T> {
    slot: Arc<Slot<T>>,
    attachment: Option<Attachment>,
}

struct Slot<T> {
    /// The method that began it.
    operation: &'static str,
    state: Mutex<State<T>>,
}

struct State<T> {
    progress: Progress<T>,
    /// The error is observed or ignored.
    is_error_handled: bool,
    /// The request was dropped.
    is_dropped: bool,
}

enum Progress<T> {
    Open {
        waker: Option<Waker>,
        observers: Vec<Observer<T>>,
    },
    Ended(Outcome<T>),
}

impl<T> Slot<T> {
    fn new(operation: &'static str, progress: Progress<T>) -> Self {
        Self {
            operation,
            state: Mutex::new(State {
                progress,
                is_error_handled: false,
                is_dropped: false,
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, outcome: Outcome<T>)
    where
        T: Clone,
    {
        let mut state = self.lock();
        if matches!(state.progress, Progress::Ended(_)) {
            return;
        }
        let before = std::mem::replace(&mut state.progress, Progress::Ended(outcome.clone()));
        let unhandled = state.unhandled_error();
        drop(state);
        log_unhandled(self.operation, unhandled);
        if let Progress::Open { waker, observers } = before {
            for observer in observers {
                observer(&outcome);
            }
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

/// Logs a failure that is not observed. The server's message may contain a secret, so it is left out.
fn log_unhandled(operation: &str, error: Option<ChatError>) {
    let Some(ChatError { code, cause, .. }) = error else {
        return;
    };
    let cause = cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
    let advice = code.advice();
    let code = code.as_str().escape_debug();
    if advice.is_empty() {
        debug!("{operation}() ended with {code}{cause}");
    } else {
        warn!(
            "{operation}() failed with {code}{cause}, and nothing handles the error. {advice} \
            Handle it with on_error(), or by awaiting the request"
        );
    }
}

impl<T> State<T> {
    /// The error, if it is not observed. It is returned once.
    fn unhandled_error(&mut self) -> Option<ChatError> {
        match &self.progress {
            Progress::Ended(Err(error)) if self.is_dropped && !self.is_error_handled => {
                self.is_error_handled = true;
                Some(error.clone())
            }
            _ => None,
        }
    }
}

impl<T: Clone + Send + 'static> Request<T> {
    /// A request of an operation without a name.
    #[cfg(test)]
    pub(crate) fn new(open: &Arc<AtomicUsize>) -> Result<(Self, Completer<T>), ChatError> {
        Self::begin("test", open)
    }

    /// A request, and the end from which it is completed.
    pub(crate) fn begin(
        operation: &'static str,
        open: &Arc<AtomicUsize>,
    ) -> Result<(Self, Completer<T>), ChatError> {
        if open.load(Relaxed) >= MAX_OPEN_REQUESTS {
            return Err(ChatError::new(
                ErrorCode::TooManyRequests,
                "more requests are under way than the client takes on: wait for some to end",
            ));
        }
        let progress = Progress::Open {
            waker: None,
            observers: Vec::new(),
        };
        let slot = Arc::new(Slot::new(operation, progress));
        open.fetch_add(1, Relaxed);
        let completer = Completer {
            slot: Some(slot.clone()),
            open: open.clone(),
        };
        let request = Self {
            slot,
            attachment: None,
        };
        Ok((request, completer))
    }

    /// A request that has already ended.
    pub(crate) fn ended(operation: &'static str, outcome: Result<T, ChatError>) -> Self {
        Self {
            slot: Arc::new(Slot::new(operation, Progress::Ended(outcome))),
            attachment: None,
        }
    }

    pub(crate) fn with_attachment(mut self, attachment: Option<Attachment>) -> Self {
        self.attachment = attachment;
        self
    }

    /// The attachment of the client's requests, if it is an `A`.
    pub(crate) fn attachment<A: Any + Send + Sync>(&self) -> Option<Arc<A>> {
        self.attachment.clone()?.downcast().ok()
    }

    /// The outcome; `None` while the request is open.
    pub fn outcome(&self) -> Option<Result<T, ChatError>> {
        let mut state = self.slot.lock();
        state.is_error_handled = true;
        match &state.progress {
            Progress::Open { .. } => None,
            Progress::Ended(outcome) => Some(outcome.clone()),
        }
    }

    /// Whether the request has not ended.
    pub fn is_open(&self) -> bool {
        matches!(self.slot.lock().progress, Progress::Open { .. })
    }

    /// Ignores a failure: it is not logged.
    pub fn ignore_errors(self) {
        self.handle_errors();
    }

    /// Marks a failure as observed.
    pub(crate) fn handle_errors(&self) {
        self.slot.lock().is_error_handled = true;
    }

    /// Calls `observer` with the outcome; at once if the request has ended.
    pub(crate) fn observe(&self, observer: impl FnOnce(&Outcome<T>) + Send + 'static) {
        let mut state = self.slot.lock();
        match &mut state.progress {
            Progress::Open { observers, .. } => observers.push(Box::new(observer)),
            Progress::Ended(outcome) => {
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
        let mut state = self.slot.lock();
        state.is_error_handled = true;
        match &mut state.progress {
            Progress::Open { waker, .. } => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
            Progress::Ended(outcome) => Poll::Ready(outcome.clone()),
        }
    }
}

impl<T> Drop for Request<T> {
    fn drop(&mut self) {
        let mut state = self.slot.lock();
        state.is_dropped = true;
        let unhandled = state.unhandled_error();
        drop(state);
        log_unhandled(self.slot.operation, unhandled);
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.slot.lock().progress {
            Progress::Open { .. } => "open",
            Progress::Ended(Ok(_)) => "succeeded",
            Progress::Ended(Err(_)) => "failed",
        };
        write!(f, "Request({}: {state})", self.slot.operation)
    }
}

/// The other end of a [`Request`]. Dropped, it fails the request: each ends exactly once.
pub(crate) struct Completer<T: Clone> {
    slot: Option<Arc<Slot<T>>>,
    open: Arc<AtomicUsize>,
}

/// The end of a request as an item of the queue, in order with the events. Dropping it ends the request, too.
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
