//! What happens live, beside messages: facts about messages, users and groups.

use std::sync::Arc;

use super::{
    ConversationId, Group, GroupScope, MessageId, RawJson, ReceiverId, Timestamp, Uid, User,
};

/// Somebody reacted to a message, or took a reaction back (PROTOCOL.md §3.4).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReactionEvent {
    /// The message.
    pub message_id: MessageId,
    /// Its conversation, where the server says.
    pub conversation_id: Option<ConversationId>,
    /// The emoji.
    pub reaction: Arc<str>,
    /// Whether it was added (`true`) or taken back (`false`).
    pub added: bool,
    /// Who did it.
    pub user: Arc<User>,
    /// When.
    pub at: Timestamp,
    /// The message whose thread the message is in.
    pub parent_id: Option<MessageId>,
}

/// A message reached its receiver, or was read (PROTOCOL.md §3.4).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Receipt {
    /// What happened.
    pub kind: ReceiptKind,
    /// The message; all before it in the conversation too.
    pub message_id: MessageId,
    /// Who got or read it.
    pub user: Arc<User>,
    /// The conversation, as the one who got or read it names it: the logged-in user, or a group.
    pub receiver: ReceiverId,
    /// When.
    pub at: Timestamp,
}

/// What a receipt tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReceiptKind {
    /// It reached one receiver.
    Delivered,
    /// One receiver read it.
    Read,
    /// It reached the last member of the group.
    DeliveredToAll,
    /// The last member of the group read it.
    ReadByAll,
}

/// A user came or went.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Presence {
    /// Who. Their status says the same as `online`.
    pub user: Arc<User>,
    /// Whether they came (`true`) or went (`false`).
    pub online: bool,
    /// When.
    pub at: Timestamp,
}

/// What happened to a group's members (PROTOCOL.md §3.6).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GroupAction {
    /// What.
    pub kind: GroupActionKind,
    /// Who did it.
    pub by: Arc<User>,
    /// To whom; for joining and leaving the same as `by`.
    pub on: Arc<User>,
    /// In which group.
    pub group: Arc<Group>,
}

/// What can happen to a group's members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GroupActionKind {
    /// A user joined.
    Joined,
    /// A member left.
    Left,
    /// A user was added.
    Added,
    /// A member was removed, and may join again.
    Kicked,
    /// A member was removed, and may not join again.
    Banned,
    /// A banned user may join again.
    Unbanned,
    /// What a member may do changed.
    ScopeChanged {
        /// What they were.
        from: GroupScope,
        /// What they are now.
        to: GroupScope,
    },
}

/// Data from somebody who is connected now; not stored (PROTOCOL.md §3.4).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TransientEvent {
    /// Who sent it.
    pub user: Arc<User>,
    /// Whom to: the logged-in user, or a group.
    pub receiver: ReceiverId,
    /// The data.
    pub data: RawJson,
}

/// Somebody used elements of an interactive message.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Interaction {
    /// The message.
    pub message_id: MessageId,
    /// Who.
    pub user: Arc<User>,
    /// Which elements have been used, and when.
    pub elements: Vec<(Arc<str>, Timestamp)>,
}

/// A frame of a kind that this version of the crate does not model, as it came.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RawEvent {
    /// The frame's `type`.
    pub kind: Arc<str>,
    /// Who sent it, where the frame says.
    pub sender: Option<Uid>,
    /// The whole frame.
    pub frame: RawJson,
}
