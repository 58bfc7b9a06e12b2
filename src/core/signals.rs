//! Typing, receipts and transient data: performs what the ephemeral machine decides.

use super::{
    Event, Output,
    app::App,
    marking::marking_call,
    operation::{Operation, no_json},
};
use crate::{
    ephemeral::{self, Context},
    error::{ChatError, ErrorCode},
    request::{Completer, Settlement},
    wire::client_frame::{Mark, Signal},
};

impl App {
    /// Hands `input` to the ephemeral machine and performs its outputs.
    pub(super) fn handle_ephemeral(&mut self, input: ephemeral::Input) {
        let session = self.record.session.as_ref();
        let context = Context {
            uid: session.map(|session| &session.user.uid),
            is_live: self.connection.live_link().is_some() && self.live_link().is_some(),
            mode: session.map_or_else(Default::default, |session| session.settings.mode),
        };
        self.ephemeral.handle(input, &context, self.now.monotonic);
        while let Some(output) = self.ephemeral.poll_output() {
            self.on_ephemeral_output(output);
        }
    }

    fn on_ephemeral_output(&mut self, output: ephemeral::Output) {
        match output {
            ephemeral::Output::Send(signal, waiters) => {
                let sent = self.send_signal(&signal);
                let settlement = Settlement::of_all(waiters, &sent);
                self.outputs.push_back(Output::Settle(settlement));
            }
            ephemeral::Output::Mark(mark, waiters) => self.mark(&mark, waiters),
            ephemeral::Output::Typing(typing) => self.emit(Event::TypingChanged(typing)),
            ephemeral::Output::Settle(settlement) => {
                self.outputs.push_back(Output::Settle(settlement));
            }
            ephemeral::Output::Withheld => self.counters.count_withheld(),
        }
    }

    /// Marks a conversation over HTTP, where there is no live connection.
    fn mark(&mut self, mark: &Mark, waiters: Vec<Completer<()>>) {
        match marking_call(mark) {
            Ok(call) => self.call(Operation::done(call).begin_for(waiters)),
            Err(error) => {
                let settlement = Settlement::of_all(waiters, &Err(error));
                self.outputs.push_back(Output::Settle(settlement));
            }
        }
    }

    fn send_signal(&mut self, signal: &Signal) -> Result<(), ChatError> {
        let user = &self.session()?.user;
        let link = self.live_link().ok_or_else(ChatError::no_connection)?;
        if link.is_congested {
            return Err(ChatError::new(
                ErrorCode::TooManyRequests,
                "more is sent over the connection than it carries: wait a while",
            ));
        }
        let id = link.id;
        let frame = signal.encode(&self.app_id, &self.resource, user);
        let frame = frame.map_err(no_json)?;
        self.outputs.push_back(Output::Send(id, frame));
        Ok(())
    }
}
