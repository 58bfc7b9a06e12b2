//! Typing, receipts and transient data: what the ephemeral machine decides.

use super::event_loop::EventLoop;
use crate::{
    client::{
        ChatError,
        ephemeral::{Input, Output, Teller},
        operation::no_json,
        request::Settlement,
    },
    wire::client_frame::Signal,
};

impl EventLoop {
    /// Hands `input` to the ephemeral machine and carries out what it decides.
    pub(super) fn handle_ephemeral(&mut self, input: Input) {
        let now = self.clock.now().monotonic;
        let Some(app) = &self.app else { return };
        let session = app.record.session.as_ref();
        let teller = Teller {
            uid: session.map(|session| &session.user.uid),
            is_live: app.live_link().is_some(),
            mode: session.map_or_else(Default::default, |session| session.settings.mode),
        };
        let ephemeral = app.ephemeral.clone();
        ephemeral.borrow_mut().handle(input, &teller, now);
        loop {
            let output = ephemeral.borrow_mut().poll_output();
            match output {
                Some(output) => self.on_ephemeral_output(output),
                None => return,
            }
        }
    }

    fn on_ephemeral_output(&mut self, output: Output) {
        match output {
            Output::Tell(signal, waiters) => {
                let told = self.tell(&signal);
                self.push(Settlement::of_all(waiters, &told));
            }
            Output::Call(call) => self.call(call),
            Output::Emit(event) => self.emit(event),
            Output::Settle(settlement) => self.push(settlement),
            Output::Withheld => self.counters.count_withheld(),
        }
    }

    fn tell(&self, signal: &Signal) -> Result<(), ChatError> {
        let (app, session) = self.app_and_session()?;
        let link = app.live_link().ok_or_else(ChatError::no_connection)?;
        let api = &app.api;
        let frame = signal.encode(&api.app_id, &api.resource, &session.user);
        link.send(frame.map_err(no_json)?)
    }
}
