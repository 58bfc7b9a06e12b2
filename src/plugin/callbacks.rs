use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use bevy::prelude::World;

use super::wake::Waker;

/// A function that runs with exclusive access to the world.
pub(super) type Callback = Box<dyn FnOnce(&mut World) + Send>;

/// The callbacks of requests that have ended, until [`Receive`](super::CometChatSystems::Receive) runs them.
#[derive(Default)]
pub(super) struct Callbacks {
    list: Mutex<Vec<Callback>>,
    any: AtomicBool,
    waker: Waker,
}

impl Callbacks {
    pub(super) fn new(waker: Waker) -> Arc<Self> {
        Arc::new(Self {
            waker,
            ..Self::default()
        })
    }

    pub(super) fn any(&self) -> bool {
        self.any.load(SeqCst)
    }

    pub(super) fn push(&self, callback: Callback) {
        self.list
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(callback);
        if !self.any.swap(true, SeqCst) {
            self.waker.wake();
        }
    }

    /// Skips the wake-up for the callbacks that follow: they run in this update.
    pub(super) fn skip_wake(&self) {
        self.any.store(true, SeqCst);
    }

    pub(super) fn take(&self) -> Vec<Callback> {
        self.any.store(false, SeqCst);
        std::mem::take(&mut *self.list.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
