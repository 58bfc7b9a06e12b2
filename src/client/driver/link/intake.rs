use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use super::LinkContext;
use crate::{
    client::{
        Event, Recovery,
        driver::{catch_up::Missed, happening::Happening, progress::Progress},
        ephemeral::Ephemeral,
        outbox::Outbox,
    },
    connection::LinkId,
    model::{Message, TypingIndicator, Uid},
    wire::{
        interner::Interner,
        message::MessageNews,
        server_frame::{self, ServerFrame},
    },
};

/// How many messages are held while those before them are fetched.
const MAX_HELD: usize = 8_192;

/// What becomes of a link's frames: events for the game, in order and each once (rules D1–D4).
pub(super) struct Intake {
    pub(super) id: LinkId,
    pub(super) device_id: String,
    pub(super) user: Uid,
    /// Weak, as requests end with it.
    pub(super) outbox: Weak<RefCell<Outbox>>,
    pub(super) progress: Rc<Progress>,
    pub(super) ephemeral: Rc<RefCell<Ephemeral>>,
    pub(super) context: LinkContext,
    /// What arrived while what was missed before it is still being fetched; `None` from then on.
    pub(super) held: RefCell<Option<Vec<Event>>>,
    pub(super) closed: Rc<Cell<bool>>,
}

impl Intake {
    /// Takes a frame in. Nothing reaches the game from a link that is being closed.
    pub(super) fn take_in(&self, text: &str, interner: &mut Interner) {
        if self.closed.get() {
            return;
        }
        let event = match server_frame::decode(text, &self.device_id, interner) {
            Ok(ServerFrame::Message(MessageNews::New(message))) => {
                let typing = self.ephemeral.borrow_mut().message_heard(&message);
                self.tell_typing(typing);
                Event::of_message(message)
            }
            Ok(ServerFrame::Message(MessageNews::Edited(message))) => Event::MessageEdited(message),
            Ok(ServerFrame::Message(MessageNews::Deleted(message))) => {
                Event::MessageDeleted(message)
            }
            Ok(ServerFrame::Moderated(message)) => Event::MessageModerated(message),
            Ok(ServerFrame::Reaction(reaction)) => Event::ReactionChanged(reaction),
            Ok(ServerFrame::Receipt(receipt)) => Event::ReceiptReceived(receipt),
            Ok(ServerFrame::Interaction(interaction)) => Event::InteractionCompleted(interaction),
            Ok(ServerFrame::Raw(event)) => {
                self.context.counters.count_unmodelled();
                Event::RawReceived(event)
            }
            Ok(ServerFrame::Typing(typing)) => {
                let now = self.context.clock.now().monotonic;
                let typing = self.ephemeral.borrow_mut().typing_heard(typing, now);
                return self.tell_typing(typing);
            }
            Ok(ServerFrame::Presence(presence)) => {
                return self.emit(Event::PresenceChanged(presence));
            }
            Ok(ServerFrame::Transient(event)) => return self.emit(Event::TransientReceived(event)),
            Ok(ServerFrame::Pong) => return self.tell(Happening::Pong(self.id)),
            Ok(ServerFrame::Auth { .. }) => return,
            Ok(ServerFrame::Echo) => return self.context.counters.count_echo(),
            Err(server_frame::Malformed) => return self.context.counters.count_malformed(),
        };
        self.arrive(event);
    }

    /// Hands over what was missed, and then what arrived meanwhile (rule D3).
    pub(super) fn hand_over_missed(&self, missed: Option<Missed>) {
        if self.closed.get() {
            return;
        }
        if let Some(missed) = missed {
            let token_unknown = missed.token_is_unknown();
            let count = |event| usize::from(self.hand_over(event));
            let changed = missed.changes.into_iter().map(Event::of_change).map(count);
            let changed = changed.sum();
            let recovered = missed
                .messages
                .into_iter()
                .map(Event::of_message)
                .map(count);
            self.emit(Event::MessagesRecovered(Recovery {
                recovered: recovered.sum(),
                changed,
                gap: missed.gap,
                changes_gap: missed.changes_gap,
            }));
            if token_unknown {
                self.tell(Happening::TokenUnknown);
            }
        }
        self.hand_over_held();
        self.context.sink.borrow_mut().flush();
    }

    /// Hands over what arrived meanwhile, but for changes of messages that were fetched as they were after them.
    fn hand_over_held(&self) {
        let held = self.held.take().unwrap_or_default();
        let places = held.iter().enumerate();
        let changed = places.filter_map(|(place, event)| Some((place, event.changed_message()?)));
        let fetched = self.progress.changes.places(changed);
        for (place, event) in held.into_iter().enumerate() {
            let fetched = event.changed_message().map(|it| fetched.get(&it.id));
            match fetched.flatten() > Some(&place) {
                true => self.context.counters.count_duplicate(),
                false => drop(self.hand_over(event)),
            }
        }
    }

    /// Whether nothing more should be read from the socket for now (rule D5).
    pub(super) fn is_full(&self) -> bool {
        let held = self.held.borrow().as_ref().map_or(0, Vec::len);
        let is_full = held >= MAX_HELD || self.context.sink.borrow().is_full();
        is_full && !self.closed.get()
    }

    pub(super) fn tell(&self, happening: Happening) {
        let _ = self.context.inbox.try_send(happening);
    }

    /// Takes in what came over the socket: held until what was missed is there.
    fn arrive(&self, event: Event) {
        match &mut *self.held.borrow_mut() {
            Some(held) => held.push(event),
            None => drop(self.hand_over(event)),
        }
    }

    /// Hands an event to the game, unless it is a message or a change that the game has or is about to have from the
    /// outbox; says whether it was handed over.
    fn hand_over(&self, event: Event) -> bool {
        if let Event::MessageReceived(message) = &event
            && self.is_in_outbox(message)
        {
            self.tell(Happening::Heard(self.id, message.clone()));
            return false;
        }
        let is_new = match (&event, event.changed_message()) {
            (Event::MessageReceived(message) | Event::GroupChanged(message), _) => {
                self.progress.take(message)
            }
            (_, Some(message)) => self.progress.changes.take(message),
            _ => true,
        };
        match is_new {
            true => self.emit(event),
            false => self.context.counters.count_duplicate(),
        }
        is_new
    }

    /// Whether the outbox does not know yet that this message was sent.
    fn is_in_outbox(&self, message: &Message) -> bool {
        let (muid, outbox) = (message.muid.as_deref(), self.outbox.upgrade());
        message.sender.uid == self.user
            && muid
                .zip(outbox)
                .is_some_and(|(muid, outbox)| outbox.borrow().holds(muid))
    }

    fn emit(&self, event: Event) {
        self.context.sink.borrow_mut().push(event);
    }

    fn tell_typing(&self, changes: impl IntoIterator<Item = TypingIndicator>) {
        for typing in changes {
            self.emit(Event::TypingChanged(typing));
        }
    }
}
