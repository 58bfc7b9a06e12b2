//! Plain data: users, groups, messages. Their serde form is CometChat's JSON.

mod group;
mod id;
pub(crate) mod lenient;
mod message;
mod outgoing;
mod raw_json;
mod secret;
mod timestamp;
mod typing;
mod user;

pub use group::{Group, GroupKind};
pub use id::{ConversationId, Guid, MessageId, Uid};
pub use message::{Message, MessageContent, Receiver, UnmodelledContent};
pub use outgoing::{ReceiverId, TextMessage};
pub use raw_json::RawJson;
pub use secret::Secret;
pub use timestamp::Timestamp;
pub use typing::TypingIndicator;
pub use user::{User, UserStatus};
