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
    /// A user is logged in from here on.
    LoggedIn {
        /// Who.
        user: Arc<User>,
        /// By a login, or restored from an earlier run.
        origin: SessionOrigin,
    },
    /// The user of before is logged out; no event of theirs follows.
    LoggedOut {
        /// Who was.
        user: Arc<User>,
        /// Why.
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
    /// A message was deleted; this is what is left of it.
    MessageDeleted(Message),
    /// Moderation has decided on a message.
    MessageModerated(Message),
    /// Somebody reacted to a message, or took a reaction back.
    ReactionChanged(ReactionEvent),
    /// A message was delivered or read.
    ReceiptReceived(Receipt),
    /// Elements of an interactive message were used.
    InteractionCompleted(Interaction),
    /// A user came or went.
    PresenceChanged(Presence),
    /// Data arrived that is not stored.
    TransientReceived(TransientEvent),
    /// A frame of a kind that this version of the crate does not model arrived: among them calls, and actions that are
    /// unknown, which are no messages.
    RawReceived(RawEvent),
    /// The messages missed while there was no connection were fetched, or could not be: once
    /// for each connection, before what arrives over it. Once more when the server gives the ids of known messages to
    /// others, such as after a restore from a backup: what it lost is the gap.
    MessagesRecovered(Box<Recovery>),
    /// Somebody started or ended typing.
    TypingChanged(TypingIndicator),
    /// Something happened to a message that the game sent.
    OutboxChanged(Box<OutboxChange>),
    /// Messages that the game sent wait because of the rate limit.
    SendsPaused(Box<SendsPause>),
    /// The session's token has expired: answer with [`renew_token`](crate::client::Client::renew_token), or the session
    /// ends.
    TokenExpired {
        /// How long there is to answer.
        answer_within: Duration,
    },
    /// The saved session could not be used and was set aside; the client starts logged out.
    SessionSetAside {
        /// What was wrong with it, and where it is now.
        reason: Arc<str>,
    },
}

impl Event {
    /// Whether it is soon worth nothing, so that it goes first when the game does not drain.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::TypingChanged(_) | Self::PresenceChanged(_) | Self::TransientReceived(_)
        )
    }

    /// The event that a message which is new to the game is.
    pub(crate) fn of_message(message: Message) -> Self {
        match message.content {
            MessageContent::GroupAction(_) => Self::GroupChanged(message),
            _ => Self::MessageReceived(message),
        }
    }

    /// The message that was edited or deleted, if it is that.
    pub(crate) fn changed_message(&self) -> Option<&Message> {
        match self {
            Self::MessageEdited(message) | Self::MessageDeleted(message) => Some(message),
            _ => None,
        }
    }

    /// The event that a message which the game has in an older state is.
    pub(crate) fn of_change(message: Message) -> Self {
        if message.is_deleted() {
            Self::MessageDeleted(message)
        } else {
            Self::MessageEdited(message)
        }
    }
}
