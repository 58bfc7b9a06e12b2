//! The network between the player and the server, which can be cut.

use std::{io, net::SocketAddr};

use bevy::prelude::Resource;
use bevy_cometchat::test_util::{NetworkCondition, NetworkSimulator};

#[derive(Resource)]
pub(crate) struct Network {
    simulator: NetworkSimulator,
    is_cut: bool,
}

impl Network {
    pub(crate) fn start(server: SocketAddr) -> io::Result<Self> {
        Ok(Self {
            simulator: NetworkSimulator::start(server, fastrand::u64(..))?,
            is_cut: false,
        })
    }

    /// The address at which the player's client reaches the server.
    pub(crate) fn address(&self) -> SocketAddr {
        self.simulator.address()
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Drops everything without closing connections, like an unplugged cable.
    pub(crate) fn cut(&mut self) {
        self.simulator.set(NetworkCondition::black_hole());
        self.is_cut = true;
    }

    pub(crate) fn mend(&mut self) {
        self.simulator.set(NetworkCondition::perfect());
        self.is_cut = false;
    }
}
