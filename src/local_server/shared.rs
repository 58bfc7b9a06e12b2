use std::{convert::Infallible, net::IpAddr, sync::Arc};

use async_channel::Receiver;

use super::{
    access::{Access, network},
    hub::Hub,
    memory::{MemoryLimit, Reservation},
    rate_limit::{RateLimits, peer_of},
    store::Store,
};

/// What all connections of a server share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) rate_limits: Option<RateLimits>,
    pub(super) access: Arc<Access>,
    pub(super) hub: Arc<Hub>,
    pub(super) store: Store,
    /// What requests of users take that are not complete yet.
    pub(super) request_memory: Arc<MemoryLimit>,
    /// What takes memory that is not complete yet, and of which it is not known whose it is: the addresses' own, so that
    /// no number of them takes anything from users.
    pub(super) address_memory: Arc<MemoryLimit>,
    /// What large replies take that are not read yet.
    pub(super) reply_memory: Arc<MemoryLimit>,
    pub(super) stopping: Receiver<Infallible>,
}

impl Shared {
    /// For what an address makes the server hold.
    pub(super) fn memory_of_address(&self, address: IpAddr) -> Reservation {
        self.address_memory.reservation(peer_of(network(address)))
    }
}
