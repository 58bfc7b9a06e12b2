//! Typing, receipts and transient data: what the ephemeral machine decides.

use super::script::Script;
use crate::{
    client::{
        ChatError, Event,
        ephemeral::{Input, Output, Teller},
        operation::no_json,
    },
    model::TypingIndicator,
    request::Settlement,
    wire::client_frame::Signal,
};

impl Script {
    pub(super) fn handle_ephemeral(&mut self, input: Input) {
        let teller = Teller {
            uid: self.user.as_ref().map(|user| &user.uid),
            is_live: self.live_link().is_some(),
            ..Teller::default()
        };
        self.ephemeral.handle(input, &teller, self.now);
        while let Some(output) = self.ephemeral.poll_output() {
            match output {
                Output::Tell(signal, waiters) => {
                    let told = self.tell(&signal);
                    self.push_item(Settlement::of_all(waiters, &told));
                }
                Output::Call(call) => self.call(call),
                Output::Emit(event) => self.emit(event),
                Output::Settle(settlement) => self.push_item(settlement),
                Output::Withheld => {}
            }
        }
    }

    /// Hands a frame's event over, and what of typing follows from it.
    pub(super) fn take_in(&mut self, event: Event) {
        match event {
            Event::TypingChanged(typing) => {
                let changes = self.ephemeral.typing_heard(typing, self.now);
                self.emit_typing(changes);
            }
            Event::MessageReceived(message) => {
                let ended = self.ephemeral.message_heard(&message);
                self.emit_typing(ended);
                self.emit(Event::MessageReceived(message));
            }
            event => self.emit(event),
        }
    }

    fn emit_typing(&mut self, changes: impl IntoIterator<Item = TypingIndicator>) {
        for typing in changes {
            self.emit(Event::TypingChanged(typing));
        }
    }

    fn tell(&mut self, signal: &Signal) -> Result<(), ChatError> {
        let user = self.user()?;
        let frame = signal.encode("app", "device", &user).map_err(no_json)?;
        self.log.frames.push(frame);
        Ok(())
    }
}
