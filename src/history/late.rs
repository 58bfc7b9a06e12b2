use std::{cmp::Ordering, collections::VecDeque};

use super::merge::{self, View};
use crate::model::Message;

/// How many are remembered.
const CAPACITY: usize = 64;

/// The messages that changed last, as they are: a page that was asked for before may bring them as they were.
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

    /// Brings a message up to date, as far as is known.
    pub(super) fn update(&self, message: &mut Message) {
        let newer = self.0.iter().find(|known| {
            known.id == message.id && merge::age(known, message) == Ordering::Greater
        });
        if let Some(newer) = newer {
            merge::merge(message, newer, View::Anybody);
        }
    }
}
