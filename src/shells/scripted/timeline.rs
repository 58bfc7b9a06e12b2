use std::{collections::BTreeMap, time::Duration};

use crate::{
    connection::{LinkId, LinkLoss},
    core::{Done, Event, ServerFrame, TaskId},
};

/// The future events of the server and the network, in order.
#[derive(Default)]
pub(super) struct Timeline {
    coming: BTreeMap<(Duration, u64), Happening>,
    last: u64,
}

/// An event of the server or the network.
pub(super) enum Happening {
    /// A frame arrives.
    Frame(LinkId, ServerFrame),
    /// A connection is lost, or an attempt fails.
    Lost(LinkId, LinkLoss),
    /// A request is answered.
    Done(TaskId, Done),
    /// An event that no frame causes, if the connection is live.
    Event(LinkId, Event),
}

impl Timeline {
    pub(super) fn add(&mut self, at: Duration, happening: Happening) {
        self.last += 1;
        self.coming.insert((at, self.last), happening);
    }

    pub(super) fn next_at(&self) -> Option<Duration> {
        self.coming.keys().next().map(|&(at, _)| at)
    }

    pub(super) fn pop(&mut self) -> Option<Happening> {
        self.coming.pop_first().map(|(_, happening)| happening)
    }

    /// Drops everything that is under way.
    pub(super) fn clear(&mut self) {
        self.coming.clear();
    }

    /// Drops the answer to a cancelled request.
    pub(super) fn cancel(&mut self, task: TaskId) {
        self.coming
            .retain(|_, it| !matches!(it, Happening::Done(id, _) if *id == task));
    }

    /// Drops everything that would arrive over a closed link.
    pub(super) fn close(&mut self, link: LinkId) {
        self.coming.retain(|_, it| match it {
            Happening::Frame(id, _) | Happening::Lost(id, _) | Happening::Event(id, _) => {
                *id != link
            }
            Happening::Done(..) => true,
        });
    }
}
