use std::{collections::VecDeque, rc::Rc, time::Duration};

use async_io::Timer;

use super::{api::Api, progress::Progress};
use crate::{
    client::{ChatError, ErrorCode, Gap, session::Session},
    model::{Message, MessageId},
};

/// How many messages are asked for at a time: the most that CometChat gives.
const PAGE: usize = 100;
/// The pauses before a request that got no answer is made again.
const RETRIES: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(1)];

/// Fetches what a session missed while it had no connection (rule D3).
pub(super) struct CatchUp {
    pub(super) api: Rc<Api>,
    pub(super) session: Session,
    pub(super) progress: Rc<Progress>,
    /// The most messages that are fetched.
    pub(super) limit: usize,
}

/// The messages that were missed, by ascending id, and what is still missing.
pub(super) struct Missed {
    pub(super) messages: VecDeque<Message>,
    pub(super) gap: Option<Gap>,
}

impl CatchUp {
    /// What was missed since the last message that the game has. `None` when it has none and begins to listen here.
    pub(super) async fn run(&self) -> Option<Missed> {
        let last = match self.progress.last() {
            Some(last) => last,
            None => match self.api.newest_message(&self.session).await {
                Ok(newest) => {
                    self.progress.advance(newest);
                    return None;
                }
                Err(error) => return Some(Missed::all_since(MessageId(0), error)),
            },
        };
        Some(self.missed_since(last).await)
    }

    /// Goes back from the newest message, so that what a player wants most is there even when not all can be.
    async fn missed_since(&self, last: MessageId) -> Missed {
        let mut messages = VecDeque::new();
        loop {
            let before = messages.front().map(|message: &Message| message.id);
            let gap = |error| {
                Some(Gap {
                    after: last,
                    before,
                    error,
                })
            };
            let page = match self.page(before).await {
                Ok(page) => page,
                Err(error) => {
                    return Missed {
                        messages,
                        gap: gap(Some(error)),
                    };
                }
            };
            let is_last = page.len() < PAGE || page.first().is_none_or(|oldest| oldest.id <= last);
            for message in page.into_iter().rev().filter(|message| message.id > last) {
                if messages.len() == self.limit {
                    let before = messages.front().map(|message| message.id);
                    let gap = Some(Gap {
                        after: last,
                        before,
                        error: None,
                    });
                    return Missed { messages, gap };
                }
                messages.push_front(message);
            }
            if is_last {
                return Missed {
                    messages,
                    gap: None,
                };
            }
        }
    }

    /// The messages next before this one, by ascending id.
    async fn page(&self, before: Option<MessageId>) -> Result<Vec<Message>, ChatError> {
        let mut pauses = RETRIES.iter();
        loop {
            let page = self.api.messages_before(&self.session, before, PAGE).await;
            match (page, pauses.next()) {
                (Err(error), Some(pause)) if error.code == ErrorCode::FailedToFetch => {
                    Timer::after(*pause).await;
                }
                (Ok(mut page), _) => {
                    page.retain(|message| before.is_none_or(|before| message.id < before));
                    page.sort_by_key(|message| message.id);
                    return Ok(page);
                }
                (Err(error), _) => return Err(error),
            }
        }
    }
}

impl Missed {
    fn all_since(after: MessageId, error: ChatError) -> Self {
        Self {
            messages: VecDeque::new(),
            gap: Some(Gap {
                after,
                before: None,
                error: Some(error),
            }),
        }
    }

    /// Whether the server no longer knows the session (rule S6).
    pub(super) fn token_is_unknown(&self) -> bool {
        let error = self.gap.as_ref().and_then(|gap| gap.error.as_ref());
        error.is_some_and(|error| error.code == ErrorCode::AuthTokenNotFound)
    }
}
