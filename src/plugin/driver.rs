//! Drivers: each runs a shell, and with it a client, beside the app.

use std::{io, sync::Arc, time::Duration};

use bevy::prelude::App;
use tracing::warn;

use super::wake::Waker;
use crate::{
    client::Client,
    shells::{self, RunningShell, queue::ShellEnd},
};

/// The maximum time for which the exit of the app waits for the connection to be closed.
const EXIT_TIMEOUT: Duration = Duration::from_millis(500);

/// The owner of a running shell.
pub(crate) trait Driver: Send + Sync {
    /// Waits until the driver has ended, up to a limit. Returns whether it has. [`Client::shut_down`] must be called
    /// before.
    fn join_within(self: Box<Self>, limit: Duration) -> bool;
}

impl Driver for RunningShell {
    fn join_within(self: Box<Self>, limit: Duration) -> bool {
        (*self).join_within(limit)
    }
}

/// Starts drivers.
pub(crate) trait Backend: Send + Sync {
    /// Starts a driver for the client of `app`.
    ///
    /// # Errors
    /// When the driver can't be started, for example because of the limit of threads.
    fn start(&self, app: &mut App, end: ShellEnd, waker: &Waker) -> io::Result<Box<dyn Driver>>;
}

/// Drivers that talk to real servers.
pub(super) struct RealShells;

impl Backend for RealShells {
    fn start(&self, _app: &mut App, end: ShellEnd, _waker: &Waker) -> io::Result<Box<dyn Driver>> {
        Ok(Box::new(shells::start(end)?))
    }
}

pub(super) fn default_backend() -> Arc<dyn Backend> {
    Arc::new(RealShells)
}

/// A driver that ends when it is dropped: on exit, `World::clear_all` runs no hooks, only `Drop`.
pub(super) struct RunningDriver {
    client: Client,
    driver: Option<Box<dyn Driver>>,
}

impl RunningDriver {
    pub(super) fn new(client: Client, driver: Option<Box<dyn Driver>>) -> Self {
        Self { client, driver }
    }

    /// Closes the connection and ends the driver. Does nothing the second time.
    pub(super) fn stop(&mut self) {
        let Some(driver) = self.driver.take() else {
            return;
        };
        self.client.shut_down();
        if !driver.join_within(EXIT_TIMEOUT) {
            warn!("the chat connection could not be closed in time");
        }
    }
}

impl Drop for RunningDriver {
    fn drop(&mut self) {
        self.stop();
    }
}
