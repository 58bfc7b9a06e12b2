use std::rc::Weak;

use async_executor::{LocalExecutor, Task};

/// Runs futures on the driver's thread. It does not keep the executor alive: when the driver ends, so do they.
#[derive(Clone)]
pub(super) struct Spawner(Weak<LocalExecutor<'static>>);

impl Spawner {
    pub(super) fn new(executor: Weak<LocalExecutor<'static>>) -> Self {
        Self(executor)
    }

    /// Starts a future, unless the driver is ending. Dropping the task cancels it.
    pub(super) fn spawn<T: 'static>(
        &self,
        future: impl Future<Output = T> + 'static,
    ) -> Option<Task<T>> {
        self.0.upgrade().map(|executor| executor.spawn(future))
    }
}
