//! The events of the client as Bevy messages, and as Bevy events for observers: one row of the table declares one.

use std::{ops::Deref, sync::Arc, time::Duration};

use bevy::{
    ecs::{event::EventKey, system::SystemParam},
    prelude::{App, Event as BevyEvent, FromWorld, Message, MessageWriter, World},
};

use super::callbacks::Callbacks;
use crate::{
    client::{Event, OutboxChange, Recovery, SendsPause},
    connection::{Cause, SessionOrigin, StatusChange},
    model::{
        self, Interaction, Presence, RawEvent, ReactionEvent, Receipt, TransientEvent,
        TypingIndicator, User,
    },
};

/// Declares a type that is a Bevy message and a Bevy event.
macro_rules! event_type {
    // About a chat message, to which it derefs.
    ($(#[$doc:meta])* $name:ident { message }) => {
        $(#[$doc])*
        #[derive(Message, BevyEvent, Clone, Debug, PartialEq)]
        pub struct $name {
            /// The message in its current state.
            pub message: model::Message,
        }

        impl Deref for $name {
            type Target = model::Message;

            fn deref(&self) -> &model::Message {
                &self.message
            }
        }
    };
    // One of the client's types, to which it derefs.
    ($(#[$doc:meta])* $name:ident ($inner:ty)) => {
        $(#[$doc])*
        #[derive(Message, BevyEvent, Clone, Debug, PartialEq)]
        pub struct $name(pub $inner);

        impl Deref for $name {
            type Target = $inner;

            fn deref(&self) -> &$inner {
                &self.0
            }
        }
    };
    ($(#[$doc:meta])* $name:ident $fields:tt) => {
        $(#[$doc])*
        #[derive(Message, BevyEvent, Clone, Debug, PartialEq)]
        pub struct $name $fields
    };
}

/// Declares the messages: the type of each, which of the client's events it is made from, and its writer.
macro_rules! chat_events {
    ($(
        $(#[$doc:meta])*
        $name:ident $body:tt
        from $event:pat => $message:expr, through $writer:ident;
    )*) => {
        $(event_type! { $(#[$doc])* $name $body })*

        /// A writer for every message.
        #[derive(SystemParam)]
        pub(super) struct Writers<'w> {
            $($writer: MessageWriter<'w, $name>,)*
        }

        /// The keys by which the world knows the observers of each message.
        pub(super) struct EventKeys {
            $($writer: EventKey,)*
        }

        impl FromWorld for EventKeys {
            fn from_world(world: &mut World) -> Self {
                Self {
                    $($writer: world.register_event_key::<$name>(),)*
                }
            }
        }

        /// Which messages have observers.
        pub(super) struct Observed {
            $($writer: bool,)*
        }

        impl EventKeys {
            pub(super) fn observed(&self, world: &World) -> Observed {
                Observed {
                    $($writer: is_observed(self.$writer, world),)*
                }
            }
        }

        impl Writers<'_> {
            /// Writes the message of `event`. If it has observers, triggers it when callbacks run next.
            pub(super) fn write(
                &mut self,
                event: Event,
                observed: &Observed,
                callbacks: &Callbacks,
            ) {
                match event {
                    $($event => {
                        let observers = observed.$writer.then_some(callbacks);
                        announce(&mut self.$writer, $message, observers);
                    })*
                }
            }
        }

        pub(super) fn add_messages(app: &mut App) {
            $(app.add_message::<$name>();)*
        }
    };
}

chat_events! {
    /// A user is logged in, by a login or a restored session.
    LoggedIn {
        /// The user.
        pub user: Arc<User>,
        /// Whether it was a login or a restored session.
        pub origin: SessionOrigin,
    }
    from Event::LoggedIn { user, origin } => LoggedIn { user, origin }, through logged_in;

    /// A user is no longer logged in. None of their messages arrive after this.
    LoggedOut {
        /// The user who was logged in.
        pub user: Arc<User>,
        /// The cause.
        pub cause: Cause,
    }
    from Event::LoggedOut { user, cause } => LoggedOut { user, cause }, through logged_out;

    /// The profile of the logged-in user changed, by [`update_current_user_details`].
    ///
    /// [`update_current_user_details`]: crate::client::Client::update_current_user_details
    OwnUserChanged {
        /// The changed user, as [`CometChat::logged_in_user`](crate::CometChat::logged_in_user) returns them.
        pub user: Arc<User>,
    }
    from Event::OwnUserChanged(user) => OwnUserChanged { user }, through own_user_changed;

    /// A chat message arrived. Within a conversation, messages arrive in the order of their ids.
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
    MessageReceived { message }
    from Event::MessageReceived(message) => MessageReceived { message }, through message_received;

    /// A chat message was edited, possibly while there was no connection.
    MessageEdited { message }
    from Event::MessageEdited(message) => MessageEdited { message }, through message_edited;

    /// A chat message was deleted, possibly while there was no connection. The server may have removed its content.
    MessageDeleted { message }
    from Event::MessageDeleted(message) => MessageDeleted { message }, through message_deleted;

    /// Moderation decided on a chat message.
    MessageModerated { message }
    from Event::MessageModerated(message) => MessageModerated { message }, through message_moderated;

    /// The members of a group changed: a user joined or left, was added, kicked, banned or unbanned, or got another
    /// scope. [`group_action`](model::Message::group_action) returns the change. The message is part of the group's
    /// conversation.
    ///
    /// Changes that the user makes on this device are not reported, except by a recovery: there the devices of a user
    /// can't be distinguished.
    GroupChanged { message }
    from Event::GroupChanged(message) => GroupChanged { message }, through group_changed;

    /// The connection's status changed, or a retry that had been announced was given up.
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
    ConnectionChanged (StatusChange)
    from Event::StatusChanged(event) => ConnectionChanged(event), through connection_changed;

    /// The recovery of missed messages ended, also if it was incomplete. Missed messages are written before this, live
    /// ones after it. Written once for each connection, and once more if messages were found some seconds later, which the
    /// server's lists did not have yet.
    MessagesRecovered (Recovery)
    from Event::MessagesRecovered(event) => MessagesRecovered(*event), through messages_recovered;

    /// A user started or ended typing. Dropped first if the queue is full.
    TypingChanged (TypingIndicator)
    from Event::TypingChanged(event) => TypingChanged(event), through typing_changed;

    /// A user added a reaction to a message, or removed one.
    ReactionChanged (ReactionEvent)
    from Event::ReactionChanged(event) => ReactionChanged(event), through reaction_changed;

    /// A message was delivered or read.
    ReceiptReceived (Receipt)
    from Event::ReceiptReceived(event) => ReceiptReceived(event), through receipt_received;

    /// Elements of an interactive message were used.
    InteractionCompleted (Interaction)
    from Event::InteractionCompleted(event) => InteractionCompleted(event), through interaction_completed;

    /// A user connected or disconnected. Which users are reported is set by
    /// [`subscribe_presence`](crate::client::AppSettingsBuilder::subscribe_presence).
    PresenceChanged (Presence)
    from Event::PresenceChanged(event) => PresenceChanged(event), through presence_changed;

    /// Transient data arrived, such as an emote. It is not stored.
    TransientReceived (TransientEvent)
    from Event::TransientReceived(event) => TransientReceived(event), through transient_received;

    /// A frame arrived of a kind that this version of the crate does not model.
    RawReceived (RawEvent)
    from Event::RawReceived(event) => RawReceived(event), through raw_received;

    /// The state of a message that the game sent changed: it is pending, sent, failed or discarded.
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
    ///             OutboxState::Failed(error) if error.code == ErrorCode::OutboxExpired => {
    ///                 chat.resend(&*change.muid);
    ///             }
    ///             OutboxState::Failed(error) => println!("{} was not sent: {error}", change.muid),
    ///             _ => {}
    ///         }
    ///     }
    /// }
    /// # bevy::ecs::system::assert_is_system(follow_own_messages);
    /// ```
    OutboxChanged (OutboxChange)
    from Event::OutboxChanged(event) => OutboxChanged(*event), through outbox_changed;

    /// Messages that the game sent wait because of the rate limit. Written when the wait begins, when it gets longer,
    /// and for each message that is sent meanwhile.
    SendsPaused (SendsPause)
    from Event::SendsPaused(event) => SendsPaused(*event), through sends_paused;

    /// The server refuses the session's token, which has expired or is unknown. Requests wait until the game calls
    /// [`Client::renew_token`](crate::client::Client::renew_token). If it does not in time, the session ends. The time
    /// runs in the foreground only, and starts over there.
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
    TokenExpired {
        /// The time in which the game must answer.
        pub answer_within: Duration,
    }
    from Event::TokenExpired { answer_within } => TokenExpired { answer_within }, through token_expired;

    /// The saved session was unusable and set aside. Nobody is logged in.
    SessionSetAside {
        /// What was wrong with it, and its new location.
        pub reason: Arc<str>,
    }
    from Event::SessionSetAside { reason } => SessionSetAside { reason }, through session_set_aside;
}

fn is_observed(key: EventKey, world: &World) -> bool {
    let observers = world.observers().try_get_observers(key);
    observers.is_some_and(|observers| !observers.global_observers().is_empty())
}

fn announce<M>(writer: &mut MessageWriter<M>, message: M, observers: Option<&Callbacks>)
where
    M: Message + Clone + for<'a> BevyEvent<Trigger<'a>: Default>,
{
    if let Some(observers) = observers {
        let event = message.clone();
        observers.push(Box::new(move |world| world.trigger(event)));
    }
    writer.write(message);
}
