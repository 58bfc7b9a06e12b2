use std::{collections::HashMap, time::Duration};

use crate::model::ReceiverId;

/// The least time between two indicators to one receiver.
const PACE: Duration = Duration::from_secs(3);
/// How long the user counts as typing after the last report of the game.
const IDLE: Duration = Duration::from_secs(5);

/// The receivers to whom the user is typing, with the times of the last indicators.
#[derive(Debug, Default)]
pub(super) struct OwnTyping(HashMap<ReceiverId, Typing>);

#[derive(Debug)]
struct Typing {
    /// When the last indicator was sent.
    sent_at: Duration,
    /// When the game last reported that the user is typing; `None` once they have stopped.
    since: Option<Duration>,
}

impl OwnTyping {
    /// The user types. Returns whether an indicator is due.
    pub(super) fn start(&mut self, receiver: &ReceiverId, now: Duration) -> bool {
        self.0
            .retain(|_, typing| typing.since.is_some() || typing.paces(now));
        match self.0.get_mut(receiver) {
            Some(typing) if typing.paces(now) => {
                typing.since = typing.since.map(|_| now);
                false
            }
            _ => {
                let typing = Typing {
                    sent_at: now,
                    since: Some(now),
                };
                self.0.insert(receiver.clone(), typing);
                true
            }
        }
    }

    /// The user has stopped typing. Returns whether an indicator is due.
    pub(super) fn end(&mut self, receiver: &ReceiverId) -> bool {
        let typing = self.0.get_mut(receiver);
        typing.is_some_and(|typing| typing.since.take().is_some())
    }

    /// Forgets all that was sent.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    pub(super) fn next_deadline(&self) -> Option<Duration> {
        self.0.values().filter_map(Typing::idle_at).min()
    }

    /// Removes and returns a receiver to whom the user has stopped typing.
    pub(super) fn pop_idle(&mut self, now: Duration) -> Option<ReceiverId> {
        let is_idle = |typing: &Typing| typing.idle_at().is_some_and(|at| at <= now);
        let (receiver, typing) = self.0.iter_mut().find(|(_, typing)| is_idle(typing))?;
        typing.since = None;
        Some(receiver.clone())
    }
}

impl Typing {
    /// Whether it is too early to send another indicator.
    fn paces(&self, now: Duration) -> bool {
        now < self.sent_at.saturating_add(PACE)
    }

    fn idle_at(&self) -> Option<Duration> {
        Some(self.since?.saturating_add(IDLE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::virtual_time::millis as at;

    fn bob() -> ReceiverId {
        ReceiverId::User("bob".into())
    }

    #[test]
    fn a_receiver_is_told_every_3_s_at_most() {
        let mut typing = OwnTyping::default();
        let told = (0..100)
            .filter(|tenth| typing.start(&bob(), at(tenth * 100)))
            .collect::<Vec<_>>();
        assert_eq!(told, [0, 30, 60, 90]);
        let guild = ReceiverId::Group("bob".into());
        assert!(typing.start(&guild, at(9_950)), "another receiver");
    }

    #[test]
    fn typing_ends_5_s_after_the_last_start() {
        let mut typing = OwnTyping::default();
        typing.start(&bob(), at(0));
        typing.start(&bob(), at(2_000));
        assert_eq!(typing.next_deadline(), Some(at(7_000)));
        assert_eq!(typing.pop_idle(at(6_999)), None);
        assert_eq!(typing.pop_idle(at(7_000)), Some(bob()));
        assert_eq!(typing.pop_idle(at(7_000)), None);
        assert_eq!(typing.next_deadline(), None);
        assert!(!typing.end(&bob()), "that was told already");
    }

    #[test]
    fn an_end_is_told_once_and_does_not_quicken_the_pace() {
        let mut typing = OwnTyping::default();
        assert!(!typing.end(&bob()));
        typing.start(&bob(), at(0));
        assert!(typing.end(&bob()));
        assert!(!typing.end(&bob()));
        assert!(!typing.start(&bob(), at(1_000)));
        assert_eq!(typing.next_deadline(), None, "nothing was told");
        assert!(typing.start(&bob(), at(3_000)));
        assert!(typing.end(&bob()));
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let mut typing = OwnTyping::default();
        for second in 0..100 {
            let receiver = ReceiverId::User(second.to_string().into());
            typing.start(&receiver, Duration::from_secs(second));
            typing.end(&receiver);
        }
        assert!(typing.0.len() <= 4);
    }
}
