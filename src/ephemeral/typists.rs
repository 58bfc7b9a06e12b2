use std::{collections::VecDeque, time::Duration};

use crate::model::{Message, TypingIndicator};

/// How long a user counts as typing after their last indicator. CometChat's own SDKs send one only at the start.
const SILENCE: Duration = Duration::from_secs(15);
/// The most typists that are kept.
const MAX_TYPISTS: usize = 256;

/// The users who type now, as reported to the game.
#[derive(Debug, Default)]
pub(super) struct Typists(
    /// In the order of their last indicators.
    VecDeque<Typist>,
);

#[derive(Debug)]
struct Typist {
    last_seen: Duration,
    typing: TypingIndicator,
}

impl Typists {
    /// Handles a typing indicator. Returns the changes to report.
    pub(super) fn on_typing(
        &mut self,
        typing: TypingIndicator,
        now: Duration,
    ) -> Vec<TypingIndicator> {
        let place = self.0.iter().position(|typist| typist.is(&typing));
        let was_typing = place.and_then(|place| self.0.remove(place)).is_some();
        let mut changes = Vec::new();
        if typing.typing {
            if self.0.len() == MAX_TYPISTS {
                changes.extend(self.0.pop_front().map(Typist::ended));
            }
            self.0.push_back(Typist {
                last_seen: now,
                typing: typing.clone(),
            });
        }
        if was_typing != typing.typing {
            changes.push(typing);
        }
        changes
    }

    /// Handles a message: its sender has stopped typing.
    pub(super) fn on_message(&mut self, message: &Message) -> Option<TypingIndicator> {
        if self.0.is_empty() {
            return None;
        }
        let receiver = message.receiver.to_id();
        let place = self.0.iter().position(|Typist { typing, .. }| {
            typing.user.uid == message.sender.uid && typing.receiver == receiver
        })?;
        self.0.remove(place).map(Typist::ended)
    }

    /// Ends the typing of all users.
    pub(super) fn take(&mut self) -> Vec<TypingIndicator> {
        self.0.drain(..).map(Typist::ended).collect()
    }

    pub(super) fn next_deadline(&self) -> Option<Duration> {
        self.0.front().map(Typist::silent_at)
    }

    /// Removes a user whose last indicator is too old.
    pub(super) fn pop_silent(&mut self, now: Duration) -> Option<TypingIndicator> {
        self.0
            .pop_front_if(|typist| typist.silent_at() <= now)
            .map(Typist::ended)
    }
}

impl Typist {
    fn is(&self, typing: &TypingIndicator) -> bool {
        self.typing.user.uid == typing.user.uid && self.typing.receiver == typing.receiver
    }

    fn silent_at(&self) -> Duration {
        self.last_seen.saturating_add(SILENCE)
    }

    fn ended(self) -> TypingIndicator {
        TypingIndicator {
            typing: false,
            ..self.typing
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{slice, sync::Arc};

    use super::*;
    use crate::{
        connection::virtual_time::secs as at,
        model::{ReceiverId, User},
        wire::{interner::Interner, message},
    };

    fn indicator(uid: &str, typing: bool) -> TypingIndicator {
        TypingIndicator {
            user: Arc::new(User::new(uid, uid)),
            receiver: ReceiverId::User("alice".into()),
            typing,
        }
    }

    #[test]
    fn only_a_change_is_news() {
        let mut typists = Typists::default();
        let (started, ended) = (indicator("bob", true), indicator("bob", false));
        assert_eq!(typists.on_typing(ended.clone(), at(0)), []);
        assert_eq!(
            typists.on_typing(started.clone(), at(0)),
            slice::from_ref(&started)
        );
        assert_eq!(typists.on_typing(started, at(3)), []);
        assert_eq!(typists.on_typing(ended.clone(), at(4)), [ended]);
        assert_eq!(typists.next_deadline(), None);
    }

    #[test]
    fn whoever_is_not_heard_for_15_s_types_no_longer() {
        let mut typists = Typists::default();
        typists.on_typing(indicator("bob", true), at(0));
        typists.on_typing(indicator("carol", true), at(1));
        typists.on_typing(indicator("bob", true), at(2));
        assert_eq!(typists.next_deadline(), Some(at(16)));
        assert_eq!(typists.pop_silent(at(15)), None);
        assert_eq!(typists.pop_silent(at(17)), Some(indicator("carol", false)));
        assert_eq!(typists.pop_silent(at(17)), Some(indicator("bob", false)));
        assert_eq!(typists.pop_silent(at(17)), None);
    }

    #[test]
    fn a_message_ends_the_typing_of_its_sender_there() {
        let message = |receiver: &str| {
            let json = format!(
                r#"{{"id":1,"sender":"bob","receiver":"{receiver}","receiverType":"user","category":"message","type":"text","data":{{"text":"x"}}}}"#
            );
            let json = serde_json::from_str(&json).unwrap();
            message::decode(json, &mut Interner::default()).unwrap()
        };
        let mut typists = Typists::default();
        typists.on_typing(indicator("bob", true), at(0));
        assert_eq!(typists.on_message(&message("carol")), None);
        let ended = typists.on_message(&message("alice"));
        assert_eq!(ended, Some(indicator("bob", false)));
        assert_eq!(typists.on_message(&message("alice")), None);
    }

    #[test]
    fn those_who_are_remembered_are_bounded_and_the_first_goes_first() {
        let mut typists = Typists::default();
        for index in 0..MAX_TYPISTS {
            typists.on_typing(indicator(&index.to_string(), true), at(0));
        }
        assert_eq!(
            typists.on_typing(indicator("bob", true), at(1)),
            [indicator("0", false), indicator("bob", true)]
        );
        assert_eq!(typists.take().len(), MAX_TYPISTS);
    }
}
