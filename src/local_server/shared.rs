use std::{convert::Infallible, net::IpAddr, sync::Arc};

use async_channel::Receiver;

use super::{
    access::{Access, network},
    hub::Hub,
    memory::{MemoryLimit, Reservation},
    rate_limit::{RateLimits, peer_of},
    store::Store,
};

/// The state that all connections of a server share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) rate_limits: Option<RateLimits>,
    pub(super) access: Arc<Access>,
    pub(super) hub: Arc<Hub>,
    pub(super) store: Store,
    /// The memory of incomplete requests of users.
    pub(super) request_memory: Arc<MemoryLimit>,
    /// The memory of incomplete input whose user is not known yet. It is separate, so that no number of addresses takes
    /// memory from users.
    pub(super) address_memory: Arc<MemoryLimit>,
    /// The memory of large replies that are not read yet.
    pub(super) reply_memory: Arc<MemoryLimit>,
    pub(super) stopping: Receiver<Infallible>,
}

impl Shared {
    /// A reservation for the input of an address.
    pub(super) fn memory_of_address(&self, address: IpAddr) -> Reservation {
        self.address_memory.reservation(peer_of(network(address)))
    }
}
