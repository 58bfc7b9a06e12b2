//! Messages on their way to the server: what the outbox decides, carried out.

use std::{rc::Rc, sync::Arc};

use tracing::warn;

use super::{api::Api, event_loop::EventLoop, happening::Happening};
use crate::{
    client::{
        Completer, ErrorCode, Event, OutboxState,
        outbox::{Attempt, Input, Output, Setback, Sighting},
        sendable,
        session::Session,
    },
    connection::LinkId,
    model::{Message, OutgoingMessage},
};

impl EventLoop {
    pub(super) fn send_message(
        &mut self,
        muid: Arc<str>,
        message: Arc<OutgoingMessage>,
        done: Completer<Message>,
    ) {
        let app = self.app_and_session().map(|(app, _)| app);
        let checked = app.and_then(|app| sendable::check(&message).map(|()| app.progress.last()));
        match checked {
            Ok(newest) => self.work_outbox(Input::Send {
                muid,
                message,
                newest,
                done,
            }),
            Err(error) => self.settle(done, Err(error)),
        }
    }

    /// Hands `input` to the outbox and carries out what it decides.
    pub(super) fn work_outbox(&mut self, input: Input) {
        let now = self.clock.now();
        let Some(app) = &self.app else { return };
        let outbox = app.outbox.clone();
        outbox.borrow_mut().handle(input, now);
        self.counters.note_outbox(outbox.borrow().len());
        loop {
            let output = outbox.borrow_mut().poll_output();
            match output {
                Some(output) => self.carry_out_for_outbox(output),
                None => return,
            }
        }
    }

    fn carry_out_for_outbox(&mut self, output: Output) {
        let Some(app) = &mut self.app else { return };
        match output {
            Output::Emit(event) => {
                if let Event::OutboxChanged(change) = &event
                    && let OutboxState::Sent(message) = &change.state
                {
                    app.progress.note(message);
                }
                self.emit(event);
            }
            Output::Settle(settlement) => self.push(settlement),
            Output::Save => self.save_outbox(),
            Output::Post(attempt, muid, message) => {
                self.attempt(attempt, async move |api, session| {
                    let outcome = api.send_message(&session, &muid, &message).await;
                    Happening::Posted(attempt, outcome)
                });
            }
            Output::Look(attempt, search) => self.attempt(attempt, async move |api, session| {
                Happening::Looked(attempt, api.look_for(&session, &search).await)
            }),
            Output::GiveUp(attempt) => drop(app.attempts.remove(&attempt)),
        }
    }

    fn attempt(
        &mut self,
        attempt: Attempt,
        request: impl AsyncFnOnce(Rc<Api>, Session) -> Happening + 'static,
    ) {
        let Some(app) = &mut self.app else { return };
        let Some(session) = app.record.session.clone() else {
            return;
        };
        let api = app.api.clone();
        let inbox = self.inbox.0.clone();
        let task = self.spawner.spawn(async move {
            let happening = request(api, session).await;
            let _ = inbox.try_send(happening);
        });
        app.attempts.insert(attempt, task);
    }

    /// Writes down what is not sent yet, where the game wants that (rule O7).
    fn save_outbox(&mut self) {
        let Some(app) = &mut self.app else { return };
        if !app.api.settings.persistent_outbox {
            return;
        }
        app.record.outbox = app.outbox.borrow().to_saved();
        if let Err(error) = app.record.save(&*app.store) {
            warn!("messages that are not sent yet could not be saved: {error}");
        }
    }

    pub(super) fn end_post(&mut self, attempt: Attempt, outcome: Result<Message, Setback>) {
        if self.end_attempt(attempt) {
            let token_is_unknown = outcome.as_ref().is_err_and(says_token_unknown);
            self.work_outbox(Input::Posted(attempt, outcome));
            if token_is_unknown {
                self.session_is_unknown();
            }
        }
    }

    pub(super) fn end_look(&mut self, attempt: Attempt, outcome: Result<Sighting, Setback>) {
        if self.end_attempt(attempt) {
            let token_is_unknown = outcome.as_ref().is_err_and(says_token_unknown);
            self.work_outbox(Input::Looked(attempt, outcome));
            if token_is_unknown {
                self.session_is_unknown();
            }
        }
    }

    fn end_attempt(&mut self, attempt: Attempt) -> bool {
        let attempts = self.app.as_mut().map(|app| &mut app.attempts);
        attempts.is_some_and(|attempts| attempts.remove(&attempt).is_some())
    }

    /// A message that was in the outbox came over a link. If it was sent meanwhile the game has it, and if it was
    /// discarded it is one like any other.
    pub(super) fn hear(&mut self, link: LinkId, message: Message) {
        let Some(app) = &self.app else { return };
        if !app.links.contains_key(&link) {
            return;
        }
        let is_new = app.progress.take(&message);
        let muid = message.muid.as_deref();
        let is_unsent = muid.is_some_and(|muid| app.outbox.borrow().holds(muid));
        match (is_unsent, is_new) {
            (true, _) => self.work_outbox(Input::Heard(message)),
            (false, true) => self.emit(Event::of_message(message)),
            (false, false) => self.counters.count_duplicate(),
        }
    }
}

/// The server no longer knows the session (rule S6).
fn says_token_unknown(setback: &Setback) -> bool {
    setback.error().code == ErrorCode::AuthTokenNotFound
}
