//! Commands to a browser and their results. The protocols of Chromium and Firefox number them alike.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use crossbeam_channel::{Sender, bounded};
use serde_json::Value;

use super::browser::PATIENCE;

type Send = Box<dyn FnMut(&str) + std::marker::Send>;

pub(super) struct Commands {
    send: Mutex<Send>,
    answers: &'static Answers,
    next_id: AtomicU64,
}

/// Those who wait for the result of a command.
#[derive(Default)]
pub(super) struct Answers(Mutex<HashMap<u64, Sender<Value>>>);

impl Answers {
    /// A message of the browser's, which is an answer or is about something that nobody has asked for.
    pub(super) fn on_message(&self, message: &[u8]) {
        let message: Value = serde_json::from_slice(message).expect("the protocol is JSON");
        let id = message["id"].as_u64();
        let waiting = id.and_then(|id| self.0.lock().unwrap().remove(&id));
        if let Some(waiting) = waiting {
            let _gave_up = waiting.send(message);
        }
    }

    /// The browser has ended.
    pub(super) fn on_end(&self) {
        self.0.lock().unwrap().clear();
    }
}

impl Commands {
    pub(super) fn new(
        send: impl FnMut(&str) + std::marker::Send + 'static,
        answers: &'static Answers,
    ) -> Self {
        Self {
            send: Mutex::new(Box::new(send)),
            answers,
            next_id: AtomicU64::new(1),
        }
    }

    /// Has the browser do something, which succeeds.
    pub(super) fn run(&self, command: Value) -> Value {
        let method = command["method"].to_string();
        let result = self.try_run(command);
        result.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Has the browser do something, and waits for the result.
    pub(super) fn try_run(&self, mut command: Value) -> Result<Value, Value> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = bounded(1);
        self.answers.0.lock().unwrap().insert(id, sender);
        command["id"] = id.into();
        (self.send.lock().unwrap())(&command.to_string());
        let mut answer = answer
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("no answer in time to {command}"));
        if answer["error"].is_null() {
            Ok(answer["result"].take())
        } else {
            Err(answer)
        }
    }
}
