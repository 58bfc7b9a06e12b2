use std::{sync::Arc, time::Duration};

use super::Recovery;
use crate::{
    connection::{Cause, SessionOrigin, StatusChange},
    model::{
        Interaction, Message, MessageContent, Presence, RawEvent, ReactionEvent, Receipt,
        TransientEvent, TypingIndicator, User,
    },
    outbox::{OutboxChange, SendsPause},
};

/// Something that happened, in the order in which it did.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A user is logged in, by a login or a restored session.
    LoggedIn {
        /// The user.
        user: Arc<User>,
        /// Whether it was a login or a restored session.
        origin: SessionOrigin,
    },
    /// A user is no longer logged in. None of their events follow.
    LoggedOut {
        /// The user who was logged in.
        user: Arc<User>,
        /// The cause.
        cause: Cause,
    },
    /// The logged-in user changed their own profile.
    OwnUserChanged(Arc<User>),
    /// The connection's status changed.
    StatusChanged(StatusChange),
    /// A message arrived.
    MessageReceived(Message),
    /// Something happened to a group's members: a message whose content is a
    /// [`GroupAction`](crate::model::GroupAction).
    GroupChanged(Message),
    /// A message was edited.
    MessageEdited(Message),
    /// A message was deleted. The server may have removed its content.
    MessageDeleted(Message),
    /// Moderation decided on a message.
    MessageModerated(Message),
    /// A user added a reaction to a message, or removed one.
    ReactionChanged(ReactionEvent),
    /// A message was delivered or read.
    ReceiptReceived(Receipt),
    /// Elements of an interactive message were used.
    InteractionCompleted(Interaction),
    /// A user connected or disconnected.
    PresenceChanged(Presence),
    /// Transient data arrived. It is not stored.
    TransientReceived(TransientEvent),
    /// A frame arrived of a kind that this version of the crate does not model, such as a call or an unknown action.
    RawReceived(RawEvent),
    /// The recovery of missed messages ended, also if it was incomplete. Reported once for each connection, before the
    /// events that arrive over it. Reported again if messages are found some seconds later, and when the server reuses
    /// the ids of known messages, such as after a restore from a backup: the messages that it lost are the gap.
    MessagesRecovered(Box<Recovery>),
    /// A user started or ended typing.
    TypingChanged(TypingIndicator),
    /// The state of a message that the game sent changed.
    OutboxChanged(Box<OutboxChange>),
    /// Messages that the game sent wait because of the rate limit.
    SendsPaused(Box<SendsPause>),
    /// The session's token has expired: answer with [`renew_token`](crate::client::Client::renew_token), or the session
    /// ends.
    TokenExpired {
        /// The time in which the game must answer.
        answer_within: Duration,
    },
    /// The saved session could not be used and was set aside; the client starts logged out.
    SessionSetAside {
        /// What was wrong with it, and its new location.
        reason: Arc<str>,
    },
}

impl Event {
    /// Whether the event soon loses its value. Such events are dropped first when the game does not drain the queue.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::TypingChanged(_) | Self::PresenceChanged(_) | Self::TransientReceived(_)
        )
    }

    /// The event for a message that is new to the game.
    pub(crate) fn of_message(message: Message) -> Self {
        match message.content {
            MessageContent::GroupAction(_) => Self::GroupChanged(message),
            _ => Self::MessageReceived(message),
        }
    }

    /// Whether a recovery fetches it when it was missed.
    pub(crate) fn is_fetched(&self) -> bool {
        matches!(
            self,
            Self::MessageReceived(_)
                | Self::GroupChanged(_)
                | Self::MessageEdited(_)
                | Self::MessageDeleted(_)
        )
    }

    /// The edited or deleted message, if the event reports one.
    pub(crate) fn changed_message(&self) -> Option<&Message> {
        match self {
            Self::MessageEdited(message) | Self::MessageDeleted(message) => Some(message),
            _ => None,
        }
    }

    /// The event for a message that the game has in an older state.
    pub(crate) fn of_change(message: Message) -> Self {
        if message.is_deleted() {
            Self::MessageDeleted(message)
        } else {
            Self::MessageEdited(message)
        }
    }
}
