//! Typing, receipts and transient data: told over the connection while there is one.

use super::{
    event_loop::{App, EventLoop},
    link::Link,
};
use crate::{
    client::{
        ChatError, Completer, ErrorCode, Event, event::Ended, mark_over_http, operation::no_json,
        request::Settlement, session::Session, signals::Due,
    },
    model::ReceiverId,
    wire::{
        client_frame::{Mark, Signal},
        frame_body::TypingAction,
    },
};

/// A live connection to tell something over.
struct Line<'a> {
    app: &'a App,
    session: &'a Session,
    link: &'a Link,
}

impl Line<'_> {
    fn tell(&self, signal: &Signal) -> Result<(), ChatError> {
        let api = &self.app.api;
        let frame = signal
            .encode(&api.app_id, &api.resource, &self.session.user)
            .map_err(no_json)?;
        self.link.send(frame);
        Ok(())
    }
}

impl EventLoop {
    /// Tells others something over the connection, if it is live and that is news to them.
    pub(super) fn signal(&mut self, signal: &Signal, done: Completer<()>) {
        let now = self.clock.now().monotonic;
        let told = self.line().and_then(|line| {
            let is_news = line.app.signals.borrow_mut().admit(signal, now);
            if is_news { line.tell(signal) } else { Ok(()) }
        });
        self.settle(done, told);
    }

    /// Takes note of a receipt, which goes out a moment later.
    pub(super) fn mark(&mut self, mark: Mark, done: Completer<()>) {
        let now = self.clock.now().monotonic;
        match self.app_and_session() {
            Err(error) => self.settle(done, Err(error)),
            Ok((_, session)) if session.user.uid == mark.author => self.settle(done, Ok(())),
            Ok((app, _)) => app.signals.borrow_mut().mark(mark, done, now),
        }
    }

    /// A message goes out: the user types no longer.
    pub(super) fn end_typing_to(&mut self, receiver: &ReceiverId) {
        let app = self.app.as_ref();
        if app.is_some_and(|app| app.signals.borrow_mut().message_sent(receiver)) {
            self.tell_typing_ended(receiver.clone());
        }
    }

    /// Does what has its time.
    pub(super) fn meet_signal_deadlines(&mut self) {
        let now = self.clock.now().monotonic;
        while let Some(due) = self
            .app
            .as_ref()
            .and_then(|app| app.signals.borrow_mut().pop_due(now))
        {
            match due {
                Due::OwnTypingEnded(receiver) => self.tell_typing_ended(receiver),
                Due::TypingEnded(typing) => self.emit(Event::TypingChanged(typing)),
                Due::Receipt(mark, waiters) => self.tell_receipt(mark, waiters),
            }
        }
    }

    /// Nothing is heard any longer of who types.
    pub(super) fn forget_typing(&mut self) {
        let app = self.app.as_ref();
        let ended = app.map(|app| app.signals.borrow_mut().disconnected());
        for typing in ended.into_iter().flatten() {
            self.emit(Event::TypingChanged(typing));
        }
    }

    /// Tells the receipts that still wait while there is a connection; without one they fail with `error`.
    pub(super) fn flush_receipts(&mut self, error: &ChatError) {
        let app = self.app.as_ref();
        let receipts = app.map(|app| app.signals.borrow_mut().take_receipts());
        for (mark, waiters) in receipts.into_iter().flatten() {
            let told = match self.line() {
                Ok(line) => line.tell(&Signal::Receipt(mark)),
                Err(_) => Err(error.clone()),
            };
            self.settle_all(waiters, &told);
        }
    }

    fn tell_receipt(&mut self, mark: Mark, waiters: Vec<Completer<()>>) {
        if let Ok(line) = self.line() {
            let told = line.tell(&Signal::Receipt(mark));
            return self.settle_all(waiters, &told);
        }
        match mark_over_http(&mark) {
            Ok(operation) => self.call(operation.begin_for(waiters)),
            Err(error) => self.settle_all(waiters, &Err(error)),
        }
    }

    fn tell_typing_ended(&self, receiver: ReceiverId) {
        if let Ok(line) = self.line() {
            // What has no JSON form was refused when the typing began.
            let _ = line.tell(&Signal::typing(receiver, TypingAction::Ended));
        }
    }

    fn settle_all(&mut self, waiters: Vec<Completer<()>>, outcome: &Result<(), ChatError>) {
        let settlement = Settlement::of_all(waiters, outcome);
        self.emit(Event::Settled(Ended(settlement)));
    }

    fn line(&self) -> Result<Line<'_>, ChatError> {
        let (app, session) = self.app_and_session()?;
        let live = app.lifecycle.live_link();
        let link = live.and_then(|id| app.links.get(&id)).ok_or_else(|| {
            ChatError::new(
                ErrorCode::NoWebSocketConnection,
                "there is no live connection to tell it over: call connect(), or wait for it",
            )
        })?;
        Ok(Line { app, session, link })
    }

    fn app_and_session(&self) -> Result<(&App, &Session), ChatError> {
        let app = self.app.as_ref().ok_or_else(ChatError::not_initialized)?;
        let session = app.record.session.as_ref();
        Ok((app, session.ok_or_else(ChatError::not_logged_in)?))
    }
}
