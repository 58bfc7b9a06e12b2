use std::{ops::Deref, sync::Arc, time::Duration};

use bevy::prelude::{Event, Message};

use crate::{
    client::{OutboxChange, Recovery, SendsPause},
    connection::{Cause, SessionOrigin, StatusChange},
    model::{
        self, Interaction, Presence, RawEvent, ReactionEvent, Receipt, TransientEvent,
        TypingIndicator, User,
    },
};

/// A message of Bevy's that is about a chat message.
macro_rules! about_messages {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Message, Event, Clone, Debug, PartialEq)]
        pub struct $name {
            /// The message, as it is now.
            pub message: model::Message,
        }

        impl Deref for $name {
            type Target = model::Message;

            fn deref(&self) -> &model::Message {
                &self.message
            }
        }
    )*};
}

/// A message of Bevy's that is one of the client's events.
macro_rules! about_events {
    ($($(#[$doc:meta])* $name:ident($event:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Message, Event, Clone, Debug, PartialEq)]
        pub struct $name(pub $event);

        impl Deref for $name {
            type Target = $event;

            fn deref(&self) -> &$event {
                &self.0
            }
        }
    )*};
}

/// A user is logged in from here on (rules S2 and S4).
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct LoggedIn {
    /// Who.
    pub user: Arc<User>,
    /// By a login, or restored from an earlier run.
    pub origin: SessionOrigin,
}

/// A user is no longer logged in; nothing of theirs arrives after this (rules S3, S5 and S6).
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct LoggedOut {
    /// Who was.
    pub user: Arc<User>,
    /// Why.
    pub cause: Cause,
}

/// The logged-in user changed what is said of them: [`update_current_user_details`] did.
///
/// [`update_current_user_details`]: crate::client::Client::update_current_user_details
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct OwnUserChanged {
    /// Who they are now: [`CometChat::logged_in_user`](crate::CometChat::logged_in_user).
    pub user: Arc<User>,
}

about_messages! {
    /// A chat message arrived. Within a conversation, messages arrive in the order of their ids (rule D4).
    ///
    /// ```
    /// # use bevy::prelude::*;
    /// use bevy_cometchat::prelude::*;
    ///
    /// fn show_messages(mut received: MessageReader<MessageReceived>) {
    ///     for message in received.read() {
    ///         println!("{}: {}", message.sender.name, message.text().unwrap_or("…"));
    ///     }
    /// }
    /// # bevy::ecs::system::assert_is_system(show_messages);
    /// ```
    MessageReceived;

    /// A chat message says something else now; also when it was edited while there was no connection.
    MessageEdited;

    /// A chat message was deleted: this is what is left of it. Also when it was deleted while there was no
    /// connection.
    MessageDeleted;

    /// Moderation has decided on a chat message.
    MessageModerated;

    /// Somebody joined or left a group, was added, kicked, banned or unbanned, or may do more or less than before:
    /// [`group_action`](model::Message::group_action) says which. The message is part of the group's conversation.
    ///
    /// What the user does on this device is no news. Only among what was missed after a lost connection it comes too,
    /// such as a kick: there the devices of a user can't be told apart.
    GroupChanged;
}

about_events! {
    /// The connection's status changed; written also when an announced retry was given up (rule R5).
    ///
    /// ```
    /// # use bevy::prelude::*;
    /// use bevy_cometchat::prelude::*;
    ///
    /// fn show_status(mut changes: MessageReader<ConnectionChanged>) {
    ///     for change in changes.read() {
    ///         println!("{} → {}: {}", change.from, change.to, change.cause);
    ///     }
    /// }
    /// # bevy::ecs::system::assert_is_system(show_status);
    /// ```
    ConnectionChanged(StatusChange);

    /// The messages missed while there was no connection were fetched, or could not be: they come before this, live
    /// ones after it (rule D3). Written once for each connection.
    MessagesRecovered(Recovery);

    /// Somebody started or ended typing. The first to go when the game does not keep up (rule D5).
    TypingChanged(TypingIndicator);

    /// Somebody reacted to a message, or took a reaction back.
    ReactionChanged(ReactionEvent);

    /// A message was delivered or read.
    ReceiptReceived(Receipt);

    /// Elements of an interactive message were used.
    InteractionCompleted(Interaction);

    /// A user came or went, of those that
    /// [`subscribe_presence`](crate::client::AppSettingsBuilder::subscribe_presence) asked for.
    PresenceChanged(Presence);

    /// Data arrived that is not stored, such as an emote.
    TransientReceived(TransientEvent);

    /// A frame arrived that is of a kind which this version of the crate does not model.
    RawReceived(RawEvent);

    /// Something happened to a message that the game sent: it is pending, sent, failed or discarded.
    ///
    /// ```
    /// # use bevy::prelude::*;
    /// use bevy_cometchat::prelude::*;
    ///
    /// fn follow_own_messages(mut changes: MessageReader<OutboxChanged>, chat: Res<CometChat>) {
    ///     for change in changes.read() {
    ///         match &change.state {
    ///             OutboxState::Pending => println!("{} …", change.muid),
    ///             OutboxState::Sent(message) => println!("{} is {}", change.muid, message.id),
    ///             OutboxState::Failed(error) => {
    ///                 println!("{} was not sent: {error}", change.muid);
    ///                 chat.resend(&*change.muid);
    ///             }
    ///             _ => {}
    ///         }
    ///     }
    /// }
    /// # bevy::ecs::system::assert_is_system(follow_own_messages);
    /// ```
    OutboxChanged(OutboxChange);

    /// Messages that the game sent wait, because it sent many in a short time: tells for how long (rule O9). Written
    /// when the wait begins, when it gets longer, and for each message that is sent meanwhile.
    SendsPaused(SendsPause);
}

/// The session's token has expired: what the game asks for waits until it answers with
/// [`CometChat::renew_token`](crate::CometChat::renew_token). Without an answer in time the session ends (rules T1–T3).
///
/// ```
/// # use bevy::prelude::*;
/// use bevy_cometchat::prelude::*;
///
/// # fn token_from_my_server() -> String { String::new() }
/// fn renew_token(mut expired: MessageReader<TokenExpired>, chat: Res<CometChat>) {
///     for _ in expired.read() {
///         chat.renew_token(AuthToken::new(token_from_my_server()));
///     }
/// }
/// # bevy::ecs::system::assert_is_system(renew_token);
/// ```
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct TokenExpired {
    /// How long there is to answer.
    pub answer_within: Duration,
}

/// The saved session could not be used and was set aside: nobody is logged in (rule S7).
#[derive(Message, Event, Clone, Debug, PartialEq)]
pub struct SessionSetAside {
    /// What was wrong with it, and where it is now.
    pub reason: Arc<str>,
}
