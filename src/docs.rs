//! How the crate works inside, beyond what a game needs to use it.

#[doc = include_str!("../docs/architecture.md")]
pub mod architecture {}

#[doc = include_str!("../docs/connection.md")]
pub mod connection {}

#[doc = include_str!("../docs/protocol.md")]
pub mod protocol {}
