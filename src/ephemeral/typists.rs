use std::{collections::VecDeque, time::Duration};

use crate::model::{Message, TypingIndicator};

/// How long somebody types who says nothing more. CometChat's own SDKs say only once that they began.
const SILENCE: Duration = Duration::from_secs(15);
/// How many are remembered at most.
const MOST: usize = 256;

/// Who types, as far as the game knows.
#[derive(Debug, Default)]
pub(super) struct Typists(
    /// By when they were heard last.
    VecDeque<Typist>,
);

#[derive(Debug)]
struct Typist {
    heard: Duration,
    typing: TypingIndicator,
}

impl Typists {
    /// Somebody says that they type, or no longer do. Returns what changes by that.
    pub(super) fn hear(&mut self, typing: TypingIndicator, now: Duration) -> Vec<TypingIndicator> {
        let place = self.0.iter().position(|typist| typist.is(&typing));
        let was_typing = place.and_then(|place| self.0.remove(place)).is_some();
        let mut changes = Vec::new();
        if typing.typing {
            if self.0.len() == MOST {
                changes.extend(self.0.pop_front().map(Typist::ended));
            }
            self.0.push_back(Typist {
                heard: now,
                typing: typing.clone(),
            });
        }
        if was_typing != typing.typing {
            changes.push(typing);
        }
        changes
    }

    /// Whoever sends a message types no longer.
    pub(super) fn wrote(&mut self, message: &Message) -> Option<TypingIndicator> {
        if self.0.is_empty() {
            return None;
        }
        let receiver = message.receiver.to_id();
        let place = self.0.iter().position(|Typist { typing, .. }| {
            typing.user.uid == message.sender.uid && typing.receiver == receiver
        })?;
        self.0.remove(place).map(Typist::ended)
    }

    /// Nobody is heard any longer.
    pub(super) fn take(&mut self) -> Vec<TypingIndicator> {
        self.0.drain(..).map(Typist::ended).collect()
    }

    pub(super) fn next_deadline(&self) -> Option<Duration> {
        self.0.front().map(Typist::silent_at)
    }

    /// Somebody who has not been heard for too long.
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
        self.heard.saturating_add(SILENCE)
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
        model::{ReceiverId, User},
        wire::{interner::Interner, message},
    };

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

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
        assert_eq!(typists.hear(ended.clone(), at(0)), []);
        assert_eq!(
            typists.hear(started.clone(), at(0)),
            slice::from_ref(&started)
        );
        assert_eq!(typists.hear(started, at(3)), []);
        assert_eq!(typists.hear(ended.clone(), at(4)), [ended]);
        assert_eq!(typists.next_deadline(), None);
    }

    #[test]
    fn whoever_is_not_heard_for_15_s_types_no_longer() {
        let mut typists = Typists::default();
        typists.hear(indicator("bob", true), at(0));
        typists.hear(indicator("carol", true), at(1));
        typists.hear(indicator("bob", true), at(2));
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
        typists.hear(indicator("bob", true), at(0));
        assert_eq!(typists.wrote(&message("carol")), None);
        let ended = typists.wrote(&message("alice"));
        assert_eq!(ended, Some(indicator("bob", false)));
        assert_eq!(typists.wrote(&message("alice")), None);
    }

    #[test]
    fn those_who_are_remembered_are_bounded_and_the_first_goes_first() {
        let mut typists = Typists::default();
        for index in 0..MOST {
            typists.hear(indicator(&index.to_string(), true), at(0));
        }
        assert_eq!(
            typists.hear(indicator("bob", true), at(1)),
            [indicator("0", false), indicator("bob", true)]
        );
        assert_eq!(typists.take().len(), MOST);
    }
}
