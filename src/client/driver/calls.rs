//! Requests over HTTP, in the name of the logged-in user or of the app.

use super::{api::Caller, app::CallInFlight, event_loop::EventLoop, happening::Happening};
use crate::client::{
    ChatError, Item,
    operation::{Call, PendingCall, Reply},
};

impl EventLoop {
    /// Asks the server for something.
    pub(super) fn call(&mut self, call: PendingCall) {
        let id = self.next_id();
        let caller = match self.caller(&call.call) {
            Ok(caller) => caller,
            Err(error) => return self.end(call, Err(error)),
        };
        let Some(app) = &mut self.app else { return };
        let api = app.api.clone();
        let inbox = self.inbox.0.clone();
        let asked = call.call.clone();
        let task = self.spawner.spawn(async move {
            let reply = api.perform_for(&caller, asked).await;
            let reply = reply.map_err(ChatError::from);
            let _ = inbox.try_send(Happening::CallEnded(id, reply));
        });
        app.calls.insert(id, CallInFlight { call, _task: task });
    }

    pub(super) fn end_call(&mut self, id: u64, reply: Result<Reply, ChatError>) {
        let call = self.app.as_mut().and_then(|app| app.calls.remove(&id));
        if let Some(CallInFlight { call, .. }) = call {
            self.end(call, reply);
        }
    }

    fn caller(&self, call: &Call) -> Result<Caller, ChatError> {
        let app = self.app.as_ref().ok_or_else(ChatError::not_initialized)?;
        match (&call.key, &app.record.session) {
            (Some(key), _) => Ok(Caller::App(key.clone())),
            (None, Some(session)) => Ok(Caller::User(Box::new(session.clone()))),
            (None, None) => Err(ChatError::not_logged_in()),
        }
    }

    pub(super) fn end(&mut self, call: PendingCall, reply: Result<Reply, ChatError>) {
        if let (true, Ok(reply)) = (call.changes_own_user, &reply) {
            self.change_own_user(reply);
        }
        let ending = call.end(reply);
        if let (Some(app), Some(message)) = (&self.app, ending.message) {
            app.progress.note(&message);
            self.push(Item::OwnMessageChanged(message));
        }
        self.push(ending.settlement);
        if ending.token_is_unknown {
            self.session_is_unknown();
        }
    }
}
