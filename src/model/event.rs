//! Live events beside messages: reactions, receipts, presence, group actions, typing.

use std::sync::Arc;

use super::{
    ConversationId, Group, GroupScope, MessageId, RawJson, ReceiverId, Timestamp, Uid, User,
};

/// A user reacted to a message, or removed a reaction.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReactionEvent {
    /// The message.
    pub message_id: MessageId,
    /// Its conversation, if the server sent it.
    pub conversation_id: Option<ConversationId>,
    /// The emoji.
    pub reaction: Arc<str>,
    /// Whether it was added (`true`) or removed (`false`).
    pub added: bool,
    /// The user who reacted.
    pub user: Arc<User>,
    /// The time of the event.
    pub at: Timestamp,
    /// The message whose thread the message is in.
    pub parent_id: Option<MessageId>,
}

/// A message was delivered to a receiver, or read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Receipt {
    /// The kind.
    pub kind: ReceiptKind,
    /// The message. The receipt is for all messages before it in the conversation, too.
    pub message_id: MessageId,
    /// The receiver.
    pub user: Arc<User>,
    /// The conversation from the receiver's side: the logged-in user, or a group.
    pub receiver: ReceiverId,
    /// The time of the event.
    pub at: Timestamp,
}

/// The kind of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReceiptKind {
    /// The message was delivered to one receiver.
    Delivered,
    /// One receiver read it.
    Read,
    /// The message was delivered to the last member of the group.
    DeliveredToAll,
    /// The last member of the group read it.
    ReadByAll,
}

/// A user connected or disconnected.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Presence {
    /// The user. Their status agrees with `online`.
    pub user: Arc<User>,
    /// Whether they connected (`true`) or disconnected (`false`).
    pub online: bool,
    /// The time of the event.
    pub at: Timestamp,
}

/// A change of a group's members.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GroupAction {
    /// The kind of the change.
    pub kind: GroupActionKind,
    /// The user who made the change.
    pub by: Arc<User>,
    /// The user whose membership changed. For joining and leaving the same as `by`.
    pub on: Arc<User>,
    /// The group.
    pub group: Arc<Group>,
}

/// The kinds of changes of a group's members.
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
    /// A member's scope changed.
    ScopeChanged {
        /// The old scope.
        from: GroupScope,
        /// The new scope.
        to: GroupScope,
    },
}

/// Transient data from a connected user. It is not stored.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TransientEvent {
    /// The sender.
    pub user: Arc<User>,
    /// The receiver: the logged-in user, or a group.
    pub receiver: ReceiverId,
    /// The data.
    pub data: RawJson,
}

/// A user used elements of an interactive message.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Interaction {
    /// The message.
    pub message_id: MessageId,
    /// The user.
    pub user: Arc<User>,
    /// The elements that were used, each with the time.
    pub elements: Vec<(Arc<str>, Timestamp)>,
}

/// A frame of a kind that this version of the crate does not model, as it was received.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RawEvent {
    /// The frame's `type`.
    pub kind: Arc<str>,
    /// The sender, if the frame names one.
    pub sender: Option<Uid>,
    /// The whole frame.
    pub frame: RawJson,
}

/// A user started or ended typing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TypingIndicator {
    /// The user who types.
    pub user: Arc<User>,
    /// The receiver: the logged-in user, or a group.
    pub receiver: ReceiverId,
    /// Whether they started (`true`) or ended (`false`).
    pub typing: bool,
}
