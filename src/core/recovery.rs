//! Runs the recovery of the live link: starts the tasks for the pages that the machine requests, and delivers the
//! result.

mod edits;
pub(super) mod machine;
pub(super) mod missed;
pub(super) mod recheck;

use self::{
    machine::RecoveryMachine,
    missed::{Missed, with_unknown_start},
    recheck::Recheck,
};
use super::{Event, MessagePage, Recovery, app::App, pending::Purpose};
use crate::{
    connection::{Backoff, LinkId},
    outbox::SendError,
};

impl App {
    pub(super) fn start_recovery(&mut self) {
        self.sync.on_live();
        let machine = RecoveryMachine::new(
            &self.sync,
            self.settings.recovery_limit,
            Backoff::new(&self.settings.timing, self.seed),
        );
        if let Some(link) = &mut self.link {
            link.recovery = Some(machine);
        }
        self.continue_recovery();
    }

    /// Requests the next page, if it is due.
    pub(super) fn continue_recovery(&mut self) {
        let now = self.now.monotonic;
        let Some(link) = &mut self.link else { return };
        let id = link.id;
        let query = link.recovery.as_mut().and_then(|it| it.poll_query(now));
        if let Some(query) = query {
            self.start(Purpose::Recovery { link: id, query });
        }
    }

    pub(super) fn on_recovery_page(&mut self, id: LinkId, outcome: Result<MessagePage, SendError>) {
        if let Ok(page) = &outcome {
            self.count_unreadable(page);
        }
        let now = self.now.monotonic;
        let Some(link) = self.link.as_mut().filter(|link| link.id == id) else {
            return;
        };
        let Some(recovery) = &mut link.recovery else {
            return self.on_recheck_page(id, outcome);
        };
        recovery.on_page(outcome, &mut self.sync, now);
        match link.recovery.take_if(|recovery| recovery.is_finished()) {
            Some(recovery) => {
                let missed = with_unknown_start(recovery.into_missed(), &mut self.sync);
                self.record_gap(missed.as_ref());
                self.deliver_missed(missed);
                self.plan_recheck();
            }
            None => self.continue_recovery(),
        }
    }

    /// Records an announced gap: its messages are not delivered later, out of order, unless the server reuses their
    /// ids.
    fn record_gap(&mut self, missed: Option<&Missed>) {
        let missed = missed.filter(|missed| missed.restarted_after.is_none());
        if let Some(gap) = missed.and_then(|missed| missed.gap.as_ref()) {
            self.sync.record_gap(gap.before);
        }
    }
}

/// # The recheck
impl App {
    /// Plans the recheck after a recovery, unless nothing can have been missed.
    fn plan_recheck(&mut self) {
        let delay = self.settings.timing.recheck_after;
        let at = self.now.monotonic.saturating_add(delay);
        if let Some(link) = self.link.as_mut().filter(|_| self.sync.is_unsettled()) {
            link.recheck = Some(Recheck::new(at));
        }
    }

    /// Starts the recheck, if it is due.
    pub(super) fn poll_recheck(&mut self) {
        let now = self.now.monotonic;
        let Some(link) = &mut self.link else { return };
        let id = link.id;
        let recheck = link.recheck.as_mut();
        if let Some(query) = recheck.and_then(|it| it.poll_query(&self.sync, now)) {
            self.start(Purpose::Recovery { link: id, query });
        }
    }

    fn on_recheck_page(&mut self, id: LinkId, outcome: Result<MessagePage, SendError>) {
        let delay = self.settings.timing.recheck_after;
        let limit = self.settings.recovery_limit;
        let link = self.link.as_mut().filter(|link| link.id == id);
        let Some(recheck) = link.and_then(|link| link.recheck.as_mut()) else {
            return;
        };
        let page = match outcome {
            Ok(page) => page,
            Err(error) if recheck.on_failure(&error, delay, self.now.monotonic) => return,
            Err(_) => return self.end_recheck(),
        };
        if let Some(query) = recheck.on_page(page, limit, &mut self.sync) {
            return self.start(Purpose::Recovery { link: id, query });
        }
        let found = recheck.take_found();
        self.end_recheck();
        self.sync.settle();
        let found = found.into_iter().rev().map(Event::of_message);
        let recovered = self.deliver_all(found);
        if recovered > 0 {
            self.emit(Event::MessagesRecovered(Box::new(Recovery {
                recovered,
                changed: 0,
                gap: None,
                changes_gap: None,
            })));
        }
    }

    fn end_recheck(&mut self) {
        if let Some(link) = &mut self.link {
            link.recheck = None;
        }
    }
}
