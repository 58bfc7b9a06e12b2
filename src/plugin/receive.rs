//! Takes in what arrived: the one place where the driver's events enter the world.

use std::sync::{Arc, Mutex, PoisonError};

use bevy::{
    ecs::system::SystemParam,
    prelude::{
        Commands, Event as BevyEvent, Message, MessageWriter, Real, Res, ResMut, Resource, Time,
        World,
    },
};

use super::{
    ChatHistory, CometChat, ConnectionChanged, GroupChanged, InteractionCompleted, LoggedIn,
    LoggedOut, MessageDeleted, MessageEdited, MessageModerated, MessageReceived, MessagesRecovered,
    OutboxChanged, OwnUserChanged, PresenceChanged, RawReceived, ReactionChanged, ReceiptReceived,
    SendsPaused, SessionSetAside, TokenExpired, TransientReceived, TypingChanged,
    callbacks::Callbacks, chat_history, wake::Waker,
};
use crate::client::{Arrivals, Event, Events, Item};

/// The game's end of the queue.
#[derive(Resource)]
pub(super) struct Inbox {
    /// Never locked: the only access is exclusive.
    events: Mutex<Events>,
    pub(super) arrivals: Arrivals,
    callbacks: Arc<Callbacks>,
    waker: Waker,
    options: InboxOptions,
    /// The budget of the last update ran out before the queue did.
    has_leftovers: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct InboxOptions {
    /// The most events that are taken in per update.
    pub(super) budget: usize,
    /// Whether observers are told as well.
    pub(super) observers: bool,
}

impl Inbox {
    pub(super) fn new(
        events: Events,
        callbacks: Arc<Callbacks>,
        waker: Waker,
        options: InboxOptions,
    ) -> Self {
        Self {
            arrivals: events.arrivals(),
            events: Mutex::new(events),
            callbacks,
            waker,
            options,
            has_leftovers: false,
        }
    }

    /// What tells observers, if they are told.
    pub(super) fn observers(&self) -> Option<&Callbacks> {
        self.options.observers.then_some(&*self.callbacks)
    }
}

/// A writer for every message of the plugin's.
#[derive(SystemParam)]
pub(super) struct Writers<'w> {
    connection_changed: MessageWriter<'w, ConnectionChanged>,
    logged_in: MessageWriter<'w, LoggedIn>,
    logged_out: MessageWriter<'w, LoggedOut>,
    own_user_changed: MessageWriter<'w, OwnUserChanged>,
    message_received: MessageWriter<'w, MessageReceived>,
    message_edited: MessageWriter<'w, MessageEdited>,
    message_deleted: MessageWriter<'w, MessageDeleted>,
    message_moderated: MessageWriter<'w, MessageModerated>,
    group_changed: MessageWriter<'w, GroupChanged>,
    reaction_changed: MessageWriter<'w, ReactionChanged>,
    receipt_received: MessageWriter<'w, ReceiptReceived>,
    interaction_completed: MessageWriter<'w, InteractionCompleted>,
    presence_changed: MessageWriter<'w, PresenceChanged>,
    transient_received: MessageWriter<'w, TransientReceived>,
    raw_received: MessageWriter<'w, RawReceived>,
    messages_recovered: MessageWriter<'w, MessagesRecovered>,
    typing_changed: MessageWriter<'w, TypingChanged>,
    session_set_aside: MessageWriter<'w, SessionSetAside>,
    outbox_changed: MessageWriter<'w, OutboxChanged>,
    sends_paused: MessageWriter<'w, SendsPaused>,
    token_expired: MessageWriter<'w, TokenExpired>,
}

pub(super) fn is_anything_there(inbox: Res<Inbox>) -> bool {
    inbox.arrivals.any() || inbox.has_leftovers || inbox.callbacks.any()
}

pub(super) fn receive(
    mut inbox: ResMut<Inbox>,
    mut chat: ResMut<CometChat>,
    mut history: Option<ResMut<ChatHistory>>,
    time: Option<Res<Time<Real>>>,
    mut writers: Writers,
    mut commands: Commands,
) {
    let inbox = &mut *inbox;
    inbox.callbacks.expect();
    let events = inbox
        .events
        .get_mut()
        .unwrap_or_else(PoisonError::into_inner);
    let observers = inbox.options.observers.then_some(&*inbox.callbacks);
    let now = chat_history::now(time.as_deref());
    let mut budget = inbox.options.budget;
    inbox.has_leftovers = loop {
        if budget == 0 {
            inbox.waker.wake();
            break true;
        }
        let Some(item) = events.next_item() else {
            break false;
        };
        budget -= 1;
        let event = match item {
            Item::Event(event) => event,
            Item::Settled(settlement) => {
                settlement.deliver();
                continue;
            }
            Item::OwnMessageChanged(message) => {
                if let Some(history) = &mut history {
                    chat_history::follow_own(history, &message);
                }
                continue;
            }
        };
        if changes_state(&event) {
            chat.note(&event);
        }
        if let Some(history) = &mut history {
            chat_history::follow(history, &event, now);
        }
        writers.deliver(event, observers);
    };
    let callbacks = inbox.callbacks.take();
    if !callbacks.is_empty() {
        commands.queue(move |world: &mut World| {
            for callback in callbacks {
                callback(world);
            }
        });
    }
}

/// Told apart beforehand, so that change detection on [`CometChat`] means something.
fn changes_state(event: &Event) -> bool {
    matches!(
        event,
        Event::LoggedIn { .. }
            | Event::LoggedOut { .. }
            | Event::OwnUserChanged(_)
            | Event::StatusChanged(_)
    )
}

impl Writers<'_> {
    fn deliver(&mut self, event: Event, observers: Option<&Callbacks>) {
        match event {
            Event::MessageReceived(message) => announce(
                &mut self.message_received,
                MessageReceived { message },
                observers,
            ),
            Event::MessageEdited(message) => announce(
                &mut self.message_edited,
                MessageEdited { message },
                observers,
            ),
            Event::MessageDeleted(message) => announce(
                &mut self.message_deleted,
                MessageDeleted { message },
                observers,
            ),
            Event::MessageModerated(message) => announce(
                &mut self.message_moderated,
                MessageModerated { message },
                observers,
            ),
            Event::GroupChanged(message) => {
                announce(&mut self.group_changed, GroupChanged { message }, observers)
            }
            Event::ReactionChanged(event) => announce(
                &mut self.reaction_changed,
                ReactionChanged(event),
                observers,
            ),
            Event::ReceiptReceived(event) => announce(
                &mut self.receipt_received,
                ReceiptReceived(event),
                observers,
            ),
            Event::InteractionCompleted(event) => announce(
                &mut self.interaction_completed,
                InteractionCompleted(event),
                observers,
            ),
            Event::PresenceChanged(event) => announce(
                &mut self.presence_changed,
                PresenceChanged(event),
                observers,
            ),
            Event::TransientReceived(event) => announce(
                &mut self.transient_received,
                TransientReceived(event),
                observers,
            ),
            Event::RawReceived(event) => {
                announce(&mut self.raw_received, RawReceived(event), observers)
            }
            Event::TypingChanged(event) => {
                announce(&mut self.typing_changed, TypingChanged(event), observers)
            }
            Event::MessagesRecovered(event) => announce(
                &mut self.messages_recovered,
                MessagesRecovered(event),
                observers,
            ),
            Event::StatusChanged(change) => announce(
                &mut self.connection_changed,
                ConnectionChanged(change),
                observers,
            ),
            Event::LoggedIn { user, origin } => {
                announce(&mut self.logged_in, LoggedIn { user, origin }, observers)
            }
            Event::LoggedOut { user, cause } => {
                announce(&mut self.logged_out, LoggedOut { user, cause }, observers)
            }
            Event::OwnUserChanged(user) => announce(
                &mut self.own_user_changed,
                OwnUserChanged { user },
                observers,
            ),
            Event::SessionSetAside { reason } => announce(
                &mut self.session_set_aside,
                SessionSetAside { reason },
                observers,
            ),
            Event::OutboxChanged(change) => {
                announce(&mut self.outbox_changed, OutboxChanged(*change), observers)
            }
            Event::SendsPaused(pause) => {
                announce(&mut self.sends_paused, SendsPaused(pause), observers)
            }
            Event::TokenExpired { answer_within } => announce(
                &mut self.token_expired,
                TokenExpired { answer_within },
                observers,
            ),
        }
    }
}

/// Writes a message and, if observers are told, has it triggered when callbacks run next.
pub(super) fn announce<M>(writer: &mut MessageWriter<M>, message: M, observers: Option<&Callbacks>)
where
    M: Message + Clone + for<'a> BevyEvent<Trigger<'a>: Default>,
{
    if let Some(observers) = observers {
        let event = message.clone();
        observers.push(Box::new(move |world| world.trigger(event)));
    }
    writer.write(message);
}
