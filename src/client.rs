//! The client without Bevy: one named thread that owns the socket, TLS, HTTP and the session store.
//!
//! Games use it through [`CometChatPlugin`](crate::CometChatPlugin); bots, load tools and servers use [`Client`]
//! itself.

mod api;
mod app_settings;
mod command;
mod counters;
mod credentials;
pub(crate) mod driver;
pub(crate) mod ephemeral;
mod error;
pub(crate) mod event;
mod handle;
pub(crate) mod operation;
pub(crate) mod outbox;
mod pager;
mod people;
pub(crate) mod queue;
mod queue_depths;
mod receipt_call;
pub(crate) mod recovery;
pub(crate) mod renewal;
pub(crate) mod request;
mod send_handle;
pub(crate) mod sendable;
pub(crate) mod session;
mod waiting;

pub use api::{CreatedGroup, MemberOutcomes, UserOutcomes};
pub use app_settings::{AppSettings, AppSettingsBuilder, Encryption, PresenceSubscription};
pub use counters::Counters;
pub use credentials::{AuthKey, AuthToken, Credentials};
pub use error::{ChatError, ErrorCode};
pub use event::Event;
pub use handle::Client;
pub use outbox::{OutboxChange, OutboxLimits, OutboxState, SendsPause};
pub use pager::{ConversationsRequest, MessagesRequest, Page, Pager, ReactionsRequest};
pub use people::{
    BannedMembersRequest, BlockDirection, BlockedUsersRequest, GroupMembersRequest, GroupsRequest,
    SearchField, UserOrder, UsersRequest,
};
pub use queue::Events;
pub use queue_depths::QueueDepths;
pub use recovery::{ChangesGap, Gap, Recovery};
pub use request::Request;
pub use send_handle::SendHandle;
pub use session::{FileStore, MemoryStore, SessionStore};

pub(crate) use command::Command;
pub(crate) use handle::DriverEnd;
pub(crate) use queue::{Arrivals, Item};
pub(crate) use receipt_call::mark_over_http;
pub(crate) use request::Completer;
pub(crate) use waiting::Waiting;
#[cfg(any(test, fuzzing))]
pub(crate) use {driver::fuzzed_host, pager::read_rows};
