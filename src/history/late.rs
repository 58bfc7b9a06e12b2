use std::{borrow::Cow, collections::VecDeque};

use super::merge::{self, View};
use crate::model::Message;

/// How many are remembered.
const CAPACITY: usize = 64;

/// The last changes to messages that were not held: a page that was asked for before may bring them as they were.
#[derive(Clone, Debug, Default)]
pub(super) struct LateChanges(VecDeque<Message>);

impl LateChanges {
    pub(super) fn remember(&mut self, changed: &Message) {
        self.0.retain(|known| known.id != changed.id);
        if self.0.len() == CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back(changed.clone());
    }

    /// The message as it is now, as far as is known.
    pub(super) fn newest<'m>(&self, message: &'m Message) -> Cow<'m, Message> {
        let Some(known) = self.0.iter().find(|known| known.id == message.id) else {
            return Cow::Borrowed(message);
        };
        let mut newest = message.clone();
        merge::merge(&mut newest, known, View::Anybody);
        Cow::Owned(newest)
    }
}
