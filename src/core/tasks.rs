//! Requests to the server that are under way, or wait for a new token.

use std::sync::Arc;

use super::{
    AuthToken, Caller, Credentials, Done, MessagePage, Output, PageQuery, Task, TaskId,
    app::App,
    lookup::Lookup,
    operation::PendingCall,
    pending::{Purpose, Running},
    token_renewal::TokenFrom,
};
use crate::{
    connection::{Cause, LinkId},
    error::ChatError,
    model::{Secret, User},
    outbox::{Attempt, LookupResult, SendError},
    request::Completer,
};

impl App {
    /// Starts the request that `purpose` needs next.
    pub(super) fn start(&mut self, purpose: Purpose) {
        let id = TaskId(self.next_id());
        let running = Running {
            purpose,
            token: self.token(),
            is_second_try: false,
        };
        self.start_running(id, running);
    }

    fn start_running(&mut self, id: TaskId, running: Running) {
        match self.task(&running.purpose) {
            Ok(task) => {
                self.outputs.push_back(Output::Start(id, task));
                self.tasks.insert(id, running);
            }
            Err(error) => self.fail(running.purpose, error),
        }
    }

    /// Restarts a task that waited for a new token.
    pub(super) fn restart(&mut self, id: TaskId, from: TokenFrom) {
        if let Some(mut running) = self.tasks.remove(&id) {
            running.token = self.token();
            running.is_second_try = from == TokenFrom::Game;
            self.start_running(id, running);
        }
    }

    fn token(&self) -> Option<Secret> {
        let session = self.record.session.as_ref();
        session.map(|session| session.auth_token.clone())
    }

    fn task(&self, purpose: &Purpose) -> Result<Task, ChatError> {
        let session = || {
            self.session()
                .map(|session| Box::new(session.for_request()))
        };
        Ok(match purpose {
            Purpose::Login {
                session: Some(session),
                ..
            } => Task::Page(session.clone(), PageQuery::NEWEST),
            Purpose::Login { credentials, .. } | Purpose::Renewal { credentials, .. } => {
                Task::Authenticate(credentials.clone())
            }
            Purpose::Jwt { token } => {
                Task::Authenticate(Credentials::AuthToken(AuthToken::new(token.clone())))
            }
            Purpose::Logout { session, .. } => Task::LogOut(session.clone()),
            Purpose::Post { muid, message, .. } => {
                Task::Post(session()?, muid.clone(), message.clone())
            }
            Purpose::Lookup { lookup, .. } => Task::Page(session()?, lookup.query()),
            Purpose::Recovery { query, .. } => Task::Page(session()?, query.clone()),
            Purpose::Call(call) => {
                let caller = match &call.call.key {
                    Some(key) => Caller::App(key.clone()),
                    None => Caller::User(session()?),
                };
                Task::Call(caller, call.call.clone())
            }
        })
    }

    pub(super) fn on_done(&mut self, id: TaskId, done: Done) {
        let Some(running) = self.tasks.remove(&id) else {
            return;
        };
        let refusal = done.refusal().filter(|_| running.purpose.is_of_session());
        let is_refused_for_token = refusal.is_some_and(|code| code.is_of_token());
        if is_refused_for_token && !running.is_second_try {
            return self.wait_for_token(id, running);
        }
        self.end(running.purpose, running.token.as_ref(), done);
        if is_refused_for_token && self.record.session.is_some() {
            self.end_session_unasked(Cause::TokenUnknown);
        }
    }

    /// Lets a request whose token was refused wait for a new one.
    fn wait_for_token(&mut self, id: TaskId, running: Running) {
        let has_changed = running.token != self.token();
        self.tasks.insert(id, running);
        if has_changed {
            // A new token has arrived meanwhile.
            self.restart(id, TokenFrom::Storage);
        } else {
            self.renewal.wait(id);
            self.ask_for_token();
        }
    }

    /// Ends a task whose request was made with `token`.
    fn end(&mut self, purpose: Purpose, token: Option<&Secret>, done: Done) {
        match (purpose, done) {
            (
                Purpose::Login {
                    credentials, done, ..
                },
                Done::Session(outcome),
            ) => self.on_authenticated(credentials, done, outcome),
            (
                Purpose::Login {
                    session: Some(session),
                    done,
                    ..
                },
                Done::Page(outcome),
            ) => self.finish_login(session, done, outcome.ok()),
            (Purpose::Renewal { done, .. }, Done::Session(outcome)) => {
                self.on_renewed(done, outcome);
            }
            (Purpose::Jwt { token }, Done::Session(outcome)) => self.on_jwt(&token, outcome),
            (
                Purpose::Logout {
                    session: _,
                    done,
                    removed,
                },
                Done::LoggedOut(outcome),
            ) => self.on_logged_out(done, removed, outcome),
            (Purpose::Post { attempt, .. }, Done::Posted(outcome)) => {
                self.handle_outbox(crate::outbox::Input::Posted(attempt, outcome));
            }
            (Purpose::Lookup { attempt, lookup }, Done::Page(outcome)) => {
                self.on_lookup_page(attempt, lookup, outcome);
            }
            (Purpose::Recovery { link, .. }, Done::Page(outcome)) => {
                self.on_recovery_page(link, outcome);
            }
            (Purpose::Call(call), Done::Call(reply)) => {
                if let (true, Ok(reply)) = (call.changes_own_user, &reply) {
                    self.change_own_user(reply, token);
                }
                self.end_call(call, reply);
            }
            // An answer of the wrong kind counts as no answer.
            (purpose, _) => self.fail(purpose, ChatError::stopped()),
        }
    }

    /// Ends a task that can't be performed, with an error.
    fn fail(&mut self, purpose: Purpose, error: ChatError) {
        match purpose {
            Purpose::Login { done, .. } | Purpose::Renewal { done, .. } => {
                self.settle(done, Err(error));
            }
            Purpose::Logout { done, removed, .. } => self.settle(done, removed),
            Purpose::Call(call) => self.end_call(call, Err(error)),
            // The outbox and the link end with the session, and so does what they wait for.
            Purpose::Jwt { .. }
            | Purpose::Post { .. }
            | Purpose::Lookup { .. }
            | Purpose::Recovery { .. } => {}
        }
    }

    fn on_lookup_page(
        &mut self,
        attempt: Attempt,
        mut lookup: Lookup,
        outcome: Result<MessagePage, SendError>,
    ) {
        let result = match outcome {
            Ok(page) => {
                self.count_unreadable(&page);
                let Ok(session) = self.session() else { return };
                lookup.on_page(page, &session.user.uid, &self.sync).map(Ok)
            }
            Err(error) => Some(Err(error)),
        };
        match result {
            Some(result) => self.on_looked_up(attempt, result),
            None => self.start(Purpose::Lookup { attempt, lookup }),
        }
    }

    fn on_looked_up(&mut self, attempt: Attempt, result: Result<LookupResult, SendError>) {
        self.handle_outbox(crate::outbox::Input::LookedUp(attempt, result));
    }

    pub(super) fn count_unreadable(&self, page: &MessagePage) {
        for _ in 0..page.unreadable {
            self.counters.count_malformed();
        }
    }

    /// Cancels the request of an attempt of the outbox.
    pub(super) fn cancel_attempt(&mut self, attempt: Attempt) {
        self.cancel_where(|purpose| purpose.attempt() == Some(attempt));
    }

    /// Cancels the request of the recovery or the recheck of a link.
    pub(super) fn cancel_recovery(&mut self, of: LinkId) {
        self.cancel_where(
            |purpose| matches!(purpose, Purpose::Recovery { link, .. } if *link == of),
        );
    }

    /// Cancels the tasks that act for the session, and those that open or renew one. Returns their purposes, in order.
    pub(super) fn cancel_session_tasks(&mut self) -> Vec<Purpose> {
        self.cancel_where(|purpose| !matches!(purpose, Purpose::Logout { .. }))
    }

    /// Cancels the login under way. Returns its request.
    pub(super) fn cancel_login(&mut self) -> Option<Completer<Arc<User>>> {
        let cancelled = self.cancel_where(|purpose| matches!(purpose, Purpose::Login { .. }));
        cancelled.into_iter().find_map(|purpose| match purpose {
            Purpose::Login { done, .. } => Some(done),
            _ => None,
        })
    }

    /// Ends the logouts that the server has not answered yet.
    pub(super) fn settle_logouts(&mut self) {
        let cut_short = self
            .tasks
            .extract_if(.., |_, it| matches!(it.purpose, Purpose::Logout { .. }));
        let cut_short: Vec<_> = cut_short.collect();
        for (_, running) in cut_short {
            self.fail(running.purpose, ChatError::stopped());
        }
    }

    pub(super) fn is_logging_in(&self) -> bool {
        self.has_task(|purpose| matches!(purpose, Purpose::Login { .. }))
    }

    pub(super) fn is_fetching_jwt(&self) -> bool {
        self.has_task(|purpose| matches!(purpose, Purpose::Jwt { .. }))
    }

    pub(super) fn is_renewing(&self) -> bool {
        self.has_task(|purpose| matches!(purpose, Purpose::Renewal { .. }))
    }

    fn has_task(&self, is_it: impl Fn(&Purpose) -> bool) -> bool {
        self.tasks.values().any(|running| is_it(&running.purpose))
    }

    fn cancel_where(&mut self, mut is_it: impl FnMut(&Purpose) -> bool) -> Vec<Purpose> {
        let cancelled = self.tasks.extract_if(.., |_, it| is_it(&it.purpose));
        let cancelled: Vec<_> = cancelled.collect();
        let ids = cancelled.iter().map(|(id, _)| Output::Cancel(*id));
        self.outputs.extend(ids);
        let purposes = cancelled.into_iter().map(|(_, running)| running.purpose);
        purposes.collect()
    }
}

/// # Requests of the game's
impl App {
    pub(super) fn call(&mut self, call: PendingCall) {
        self.start(Purpose::Call(call));
    }

    pub(super) fn end_call(
        &mut self,
        call: PendingCall,
        reply: Result<super::operation::Reply, ChatError>,
    ) {
        let ending = call.end(reply);
        if let Some(message) = ending.message {
            self.sync.record_own(&message);
            self.outputs.push_back(Output::OwnMessage(message));
        }
        self.outputs.push_back(Output::Settle(ending.settlement));
    }
}
