use std::rc::Weak;

use async_executor::{LocalExecutor, Task};

/// Runs futures on the thread of the event loop. It does not keep the executor alive: the futures end with the event
/// loop.
#[derive(Clone)]
pub(super) struct Spawner(Weak<LocalExecutor<'static>>);

impl Spawner {
    pub(super) fn new(executor: Weak<LocalExecutor<'static>>) -> Self {
        Self(executor)
    }

    /// Starts a future, unless the event loop is ending. Dropping the task cancels it.
    pub(super) fn spawn<T: 'static>(
        &self,
        future: impl Future<Output = T> + 'static,
    ) -> Option<Task<T>> {
        self.0.upgrade().map(|executor| executor.spawn(future))
    }
}
