//! Messages on their way to the server: performs what the outbox decides.

use std::sync::Arc;

use super::{
    Event, Output,
    app::App,
    lookup::Lookup,
    pending::{Purpose, Saving},
    sendable,
};
use crate::{
    ephemeral,
    model::{Message, OutgoingMessage},
    outbox::{self, OutboxState},
    request::Completer,
};

impl App {
    pub(super) fn send_message(
        &mut self,
        muid: Arc<str>,
        message: Arc<OutgoingMessage>,
        done: Completer<Message>,
    ) {
        let receiver = message.envelope.receiver.clone();
        self.handle_ephemeral(ephemeral::Input::MessageSent(receiver));
        match sendable::check(&message) {
            Ok(()) => self.handle_outbox(outbox::Input::Send {
                muid,
                message,
                newest: self.sync.looked_back_to(),
                done,
            }),
            Err(error) => self.settle(done, Err(error)),
        }
    }

    /// Hands `input` to the outbox and performs its outputs.
    pub(super) fn handle_outbox(&mut self, input: outbox::Input) {
        self.outbox.handle(input, self.now);
        self.counters.set_outbox(self.outbox.len());
        while let Some(output) = self.outbox.poll_output() {
            self.on_outbox_output(output);
        }
    }

    fn on_outbox_output(&mut self, output: outbox::Output) {
        match output {
            outbox::Output::Changed(change) => {
                if let OutboxState::Sent(message) = &change.state {
                    self.sync.record_own(message);
                }
                self.emit(Event::OutboxChanged(change));
            }
            outbox::Output::Paused(pause) => self.emit(Event::SendsPaused(Box::new(pause))),
            outbox::Output::Settle(settlement) => {
                self.outputs.push_back(Output::Settle(settlement));
            }
            outbox::Output::Save => self.save_outbox(),
            outbox::Output::Post(attempt, muid, message) => self.start(Purpose::Post {
                attempt,
                muid,
                message,
            }),
            outbox::Output::LookUp(attempt, search) => self.start(Purpose::Lookup {
                attempt,
                lookup: Lookup::new(search),
            }),
            outbox::Output::GiveUp(attempt) => self.cancel_attempt(attempt),
        }
    }

    /// Saves the messages that are not sent yet, if the outbox is persistent.
    fn save_outbox(&mut self) {
        if self.settings.persistent_outbox {
            self.record.outbox = self.outbox.to_saved();
            self.save(Saving::Unasked(NOT_SAVED));
        }
    }

    /// Whether what waits in the outbox is in storage, for the next run or `init` of the user's.
    pub(super) fn has_stored_outbox(&self) -> bool {
        self.settings.persistent_outbox && self.is_record_stored && !self.is_storage_anothers
    }

    /// Removes the outbox from storage, so that messages that fail now are not sent later.
    pub(super) fn clear_stored_outbox(&mut self) {
        if !self.record.outbox.is_empty() {
            self.record.outbox.clear();
            self.save(Saving::Unasked(NOT_SAVED));
        }
    }
}

const NOT_SAVED: &str = "messages that are not sent yet could not be saved";
