//! Processes the client's events: the only place where they enter the world.

use std::sync::{Arc, Mutex, PoisonError};

use bevy::{
    ecs::system::SystemState,
    prelude::{Local, Res, ResMut, Resource, World},
};

use super::{
    ChatHistory, CometChat, CometChatSettings,
    callbacks::{Callback, Callbacks},
    chat_history,
    events::{EventKeys, Observed, Writers},
    wake::Waker,
};
use crate::client::{Arrivals, Event, Events, Item};

/// The game's end of the queue, as a resource.
#[derive(Resource)]
pub(super) struct Inbox {
    /// A mutex for `Sync`: all access is exclusive.
    events: Mutex<Events>,
    arrivals: Arrivals,
    callbacks: Arc<Callbacks>,
    waker: Waker,
    /// The budget of the last update ran out before the queue did.
    has_leftovers: bool,
}

impl Inbox {
    pub(super) fn new(events: Events, callbacks: Arc<Callbacks>, waker: Waker) -> Self {
        Self {
            arrivals: events.arrivals(),
            events: Mutex::new(events),
            callbacks,
            waker,
            has_leftovers: false,
        }
    }
}

type Params<'w, 's> = (
    ResMut<'w, Inbox>,
    ResMut<'w, CometChat>,
    Option<ResMut<'w, ChatHistory>>,
    Res<'w, CometChatSettings>,
    Writers<'w>,
);

pub(super) fn is_anything_there(inbox: Res<Inbox>) -> bool {
    inbox.arrivals.any() || inbox.has_leftovers || inbox.callbacks.any()
}

/// Writes the messages of the events that arrived. Then it runs observers and the callbacks of requests, in order. It
/// is exclusive, so that it can see which messages have observers.
pub(super) fn receive(
    world: &mut World,
    params: &mut SystemState<Params>,
    keys: Local<EventKeys>,
) -> bevy::prelude::Result {
    let observed = keys.observed(world);
    for callback in write_messages(&observed, params.get_mut(world)?) {
        callback(world);
        world.flush();
    }
    Ok(())
}

fn write_messages(
    observed: &Observed,
    (mut inbox, mut chat, mut history, settings, mut writers): Params,
) -> Vec<Callback> {
    let inbox = &mut *inbox;
    inbox.callbacks.skip_wake();
    let events = inbox
        .events
        .get_mut()
        .unwrap_or_else(PoisonError::into_inner);
    let mut budget = settings.event_budget.max(1);
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
            Item::TypingUnknown => {
                if let Some(history) = &mut history {
                    chat_history::forget_typing(history);
                }
                continue;
            }
            Item::OwnMessageChanged(message) => {
                if let Some(history) = &mut history {
                    chat_history::apply_own(history, &message);
                }
                continue;
            }
        };
        if changes_state(&event) {
            chat.apply(&event);
        }
        if let Some(history) = &mut history {
            chat_history::apply(history, &event);
        }
        writers.write(event, observed, &inbox.callbacks);
    };
    inbox.callbacks.take()
}

/// Whether an event changes [`CometChat`]. Only then it is accessed mutably, because of change detection.
fn changes_state(event: &Event) -> bool {
    matches!(
        event,
        Event::LoggedIn { .. }
            | Event::LoggedOut { .. }
            | Event::OwnUserChanged(_)
            | Event::StatusChanged(_)
    )
}

/// Whether the core asks for a keep-alive ping. It wakes a loop that sleeps.
pub(super) fn is_ping_due(inbox: Res<Inbox>) -> bool {
    inbox.arrivals.is_keep_alive_due()
}

/// Sends the keep-alive ping from the game's own loop: a loop that hangs sends none.
pub(super) fn ping(inbox: Res<Inbox>, chat: Res<CometChat>) {
    if inbox.arrivals.take_keep_alive_due() && chat.keep_alive() {
        chat.ping().ignore_errors();
    }
}
