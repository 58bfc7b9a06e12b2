//! CometChat's wire, HTTP and WebSocket: encoding and decoding in both directions, one definition for the client
//! and the local server. No sockets, no time.

pub(crate) mod body;
pub(crate) mod client_frame;
// The server writes more than the client reads.
#[cfg_attr(not(feature = "local-server"), allow(dead_code))]
pub(crate) mod conversation;
// The server writes and reads more than the client does.
#[cfg_attr(not(feature = "local-server"), allow(dead_code))]
pub(crate) mod envelope;
pub(crate) mod error;
mod form;
#[cfg_attr(not(feature = "local-server"), allow(dead_code))]
pub(crate) mod frame_body;
#[cfg_attr(not(feature = "local-server"), allow(dead_code))]
pub(crate) mod group;
pub(crate) mod interner;
pub(crate) mod json;
pub(crate) mod login;
pub(crate) mod message;
// The server writes more than the client reads.
#[cfg_attr(not(feature = "local-server"), allow(dead_code))]
pub(crate) mod message_list;
pub(crate) mod online;
#[cfg_attr(not(feature = "local-server"), allow(dead_code))]
pub(crate) mod page;
pub(crate) mod query;
pub(crate) mod reaction;
pub(crate) mod reply;
// The client does not use them all.
#[cfg_attr(not(feature = "local-server"), allow(dead_code))]
pub(crate) mod route;
pub(crate) mod rows;
pub(crate) mod scanner;
pub(crate) mod settings;
pub(crate) mod text;
pub(crate) mod user;
mod user_object;
