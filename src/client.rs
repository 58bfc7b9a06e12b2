//! The client without Bevy. Outside of browsers, one named thread owns the socket, TLS, HTTP and the session store.
//!
//! Games use it through [`CometChatPlugin`](crate::CometChatPlugin); bots, load tools and servers use [`Client`]
//! itself.

mod api;
mod app_records;
mod handle;
mod pager;
mod people;
mod records;
mod send_handle;

pub use crate::{
    app_settings::{AppSettings, AppSettingsBuilder, Encryption, PresenceSubscription},
    core::{AuthKey, AuthToken, ChangesGap, Counters, Credentials, Event, Gap, Recovery},
    error::{ChatError, ErrorCode},
    outbox::{OutboxChange, OutboxLimits, OutboxState, SendsPause},
    request::Request,
    shells::{platform::stores::*, queue::Events},
    storage::{MemoryStore, SessionStore},
};
pub use api::{CreatedGroup, MemberOutcomes, UserOutcomes};
pub use handle::{Client, QueueDepths};
pub use pager::{ConversationsRequest, MessagesRequest, Page, Pager, ReactionsRequest};
pub use people::{
    BannedMembersRequest, BlockDirection, BlockedUsersRequest, GroupMembersRequest, GroupsRequest,
    SearchField, UserOrder, UsersRequest,
};
pub use send_handle::SendHandle;

#[cfg(test)]
pub(crate) use crate::outbox;
pub(crate) use crate::{
    core::{Command, operation, sendable},
    request::Completer,
    shells::queue::{Arrivals, Item},
};
