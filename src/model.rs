//! Plain data: users, groups, messages and what happens to them. The serde form is CometChat's JSON.

mod conversation;
mod event;
mod group;
mod group_details;
mod group_member;
mod id;
pub(crate) mod lenient;
mod message;
mod message_content;
mod moderation;
mod new_members;
mod outgoing;
mod payload;
mod reaction;
mod receiver;
mod scalar;
mod user;
mod user_details;
mod value;

pub use conversation::{Conversation, UnreadCounts};
pub use event::{
    GroupAction, GroupActionKind, Interaction, Presence, RawEvent, ReactionEvent, Receipt,
    ReceiptKind, TransientEvent, TypingIndicator,
};
pub use group::{Group, GroupKind, GroupScope};
pub use group_details::GroupDetails;
pub use group_member::GroupMember;
pub use id::{ConversationId, Guid, MessageId, Uid};
pub use message::{Message, MessageDetails};
pub(crate) use message_content::extension;
pub use message_content::{
    Attachment, CustomContent, InteractiveContent, MediaContent, MediaKind, MessageContent,
    UnmodelledContent,
};
pub use moderation::{FlagReason, ModerationStatus};
pub use new_members::NewMembers;
pub use outgoing::{
    CustomMessage, Envelope, InteractiveMessage, MediaMessage, OutgoingMessage, TextMessage,
    TransientMessage, Upload,
};
pub use payload::{Payload, PayloadError};
pub use reaction::{Reaction, UserReaction};
pub use receiver::{Receiver, ReceiverId, Recipient};
pub use user::{User, UserStatus};
pub use user_details::UserDetails;
pub use value::{RawJson, Secret, Timestamp};
