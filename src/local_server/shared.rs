use std::{convert::Infallible, sync::Arc};

use async_channel::Receiver;

use super::{access::Access, hub::Hub, memory::MemoryLimit, rate_limit::RateLimits, store::Store};

/// What all connections of a server share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) rate_limits: Option<RateLimits>,
    pub(super) access: Arc<Access>,
    pub(super) hub: Arc<Hub>,
    pub(super) store: Store,
    /// What requests take that are not complete yet.
    pub(super) request_memory: Arc<MemoryLimit>,
    /// What large replies take that are not read yet.
    pub(super) reply_memory: Arc<MemoryLimit>,
    pub(super) stopping: Receiver<Infallible>,
}
