use std::{convert::Infallible, sync::Arc};

use async_channel::Receiver;

use super::{hub::Hub, rate_limit::RateLimits, store::Store};

/// What all connections of a server share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) rate_limits: Option<RateLimits>,
    pub(super) hub: Arc<Hub>,
    pub(super) store: Store,
    pub(super) stopping: Receiver<Infallible>,
}
