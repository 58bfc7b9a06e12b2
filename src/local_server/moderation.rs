use std::time::Duration;

use super::database::StoredMessage;
use crate::{model::Timestamp, wire::message::DataMembers};

/// Rules by which the server moderates messages, for
/// [`LocalServerConfig::moderation`](super::LocalServerConfig::moderation), like the moderation of CometChat's cloud.
///
/// Without rules, messages have no moderation status. With rules, a message to which none applies is approved. A
/// message that is pending or disapproved is seen by its sender only.
#[derive(Clone, Debug, Default)]
pub struct ModerationRules {
    disapproved: Vec<String>,
    held: Vec<Held>,
}

/// A word whose messages are pending first.
#[derive(Clone, Debug)]
struct Held {
    word: String,
    is_approved: bool,
    after: Duration,
}

impl ModerationRules {
    /// Disapproves messages with that word in their text, whatever the case.
    #[must_use]
    pub fn disapprove(mut self, word: impl Into<String>) -> Self {
        self.disapproved.push(word.into().to_lowercase());
        self
    }

    /// Holds messages with that word as pending, and approves them after a time, in whole seconds.
    #[must_use]
    pub fn hold_and_approve(self, word: impl Into<String>, after: Duration) -> Self {
        self.hold(word, true, after)
    }

    /// Holds messages with that word as pending, and disapproves them after a time, in whole seconds.
    #[must_use]
    pub fn hold_and_disapprove(self, word: impl Into<String>, after: Duration) -> Self {
        self.hold(word, false, after)
    }

    fn hold(mut self, word: impl Into<String>, is_approved: bool, after: Duration) -> Self {
        self.held.push(Held {
            word: word.into().to_lowercase(),
            is_approved,
            after,
        });
        self
    }

    /// Whether there are rules that hold messages as pending.
    pub(super) fn has_held(&self) -> bool {
        !self.held.is_empty()
    }

    /// The first decision on a message; `None` without rules.
    pub(super) fn judge(&self, data: &DataMembers) -> Option<Verdict> {
        if self.disapproved.is_empty() && self.held.is_empty() {
            return None;
        }
        let text = lower_text(data);
        Some(if self.disapproved.iter().any(|word| text.contains(word)) {
            Verdict::Disapproved
        } else if self.held(&text).is_some() {
            Verdict::Pending
        } else {
            Verdict::Approved
        })
    }

    fn held(&self, text: &str) -> Option<&Held> {
        self.held.iter().find(|held| text.contains(&held.word))
    }

    /// The final decision on a pending message, if it is due.
    pub(super) fn judge_in_the_end(
        &self,
        message: &StoredMessage,
        now: Timestamp,
    ) -> Option<Verdict> {
        let Some(held) = self.held(&lower_text(&message.data)) else {
            // The rule no longer exists.
            return Some(Verdict::Approved);
        };
        let is_time = now.0 >= message.updated_at.0.saturating_add(held.after.as_secs());
        is_time.then_some(if held.is_approved {
            Verdict::Approved
        } else {
            Verdict::Disapproved
        })
    }
}

fn lower_text(data: &DataMembers) -> String {
    data.get("text")
        .and_then(|text| serde_json::from_str::<String>(text.get()).ok())
        .unwrap_or_default()
        .to_lowercase()
}

/// The decision on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Pending,
    Approved,
    Disapproved,
}

impl Verdict {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Disapproved => "disapproved",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        local_server::database::{
            Database, NewMessage,
            tests::{NOW, with_users},
        },
        model::Uid,
    };

    #[test]
    fn a_word_can_hold_a_message_for_ever() {
        let connection = with_users(&["alice", "bob"]);
        let database = Database::new(&connection);
        let data = serde_json::from_str(r#"{"text":"Perhaps"}"#).unwrap();
        let message = NewMessage {
            muid: None,
            sender: &Uid::from("alice"),
            resource: "",
            receiver: &Uid::from("bob").into(),
            category: "message",
            kind: "text",
            data: &data,
            tags: &[],
            parent_id: None,
            quoted_id: None,
            mentions: &[],
            action_on: None,
            on_message: None,
            moderation: Some(Verdict::Pending.as_str()),
        };
        let id = database.create_message(&message, NOW).unwrap();
        let message = database.message(id).unwrap().unwrap();
        let rules = ModerationRules::default().hold_and_approve("perhaps", Duration::MAX);
        assert_eq!(rules.judge_in_the_end(&message, Timestamp(NOW.0 + 1)), None);
    }
}
