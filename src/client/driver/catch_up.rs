use std::{collections::VecDeque, rc::Rc, time::Duration};

use async_io::Timer;

use super::{
    api::{Api, newest_id},
    progress::Progress,
};
use crate::{
    client::{ChangesGap, ChatError, ErrorCode, Gap, session::Session},
    model::{Message, MessageId, Timestamp},
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
    /// The most messages, and the most changes, that are fetched.
    pub(super) limit: usize,
}

/// What was missed, and what is still missing.
#[derive(Default)]
pub(super) struct Missed {
    /// Messages that the game has, as they are now, in the order in which they changed.
    pub(super) changes: Vec<Message>,
    pub(super) changes_gap: Option<ChangesGap>,
    /// New messages, by ascending id.
    pub(super) messages: VecDeque<Message>,
    pub(super) gap: Option<Gap>,
}

impl CatchUp {
    /// What was missed since the last message that the game has. `None` when it has none and begins to listen here.
    pub(super) async fn run(&self) -> Option<Missed> {
        let Some(last) = self.progress.last() else {
            return self.begin().await;
        };
        let mut missed = match self.progress.changes.last() {
            Some(since) => self.changes_since(since, last).await,
            None => {
                self.begin_changes().await;
                Missed::default()
            }
        };
        self.messages_since(last, &mut missed).await;
        Some(missed)
    }

    async fn begin(&self) -> Option<Missed> {
        match self.newest().await {
            Ok(newest) => {
                self.progress.advance(newest_id(&newest));
                self.begin_changes().await;
                None
            }
            Err(error) => Some(Missed {
                gap: Some(Gap {
                    after: MessageId(0),
                    before: None,
                    error: Some(error),
                }),
                ..Missed::default()
            }),
        }
    }

    /// Takes note of what has changed before the game began to listen. What can't be fetched now is fetched as
    /// missed later, which does no harm.
    async fn begin_changes(&self) {
        let since = match self.newest().await.as_deref() {
            Ok([newest, ..]) => newest.updated_at,
            Ok([]) => Timestamp::default(),
            Err(_) => return,
        };
        let changes = &self.progress.changes;
        changes.advance(since);
        let (earlier, _) = self.fetch_changes(since).await;
        for message in &earlier {
            changes.take(message);
        }
    }

    async fn newest(&self) -> Result<Vec<Message>, ChatError> {
        retrying(async || self.api.messages_before(&self.session, None, 1).await).await
    }

    /// Which of the messages up to `last` were edited or deleted.
    async fn changes_since(&self, since: Timestamp, last: MessageId) -> Missed {
        let (mut changes, changes_gap) = self.fetch_changes(since).await;
        // The later ones are fetched as they are.
        changes.retain(|message| message.id <= last);
        changes.sort_by_key(|message| (message.updated_at, message.id));
        Missed {
            changes,
            changes_gap,
            ..Missed::default()
        }
    }

    async fn fetch_changes(&self, since: Timestamp) -> (Vec<Message>, Option<ChangesGap>) {
        let mut changes: Vec<Message> = Vec::new();
        loop {
            let after = newest_id(&changes);
            let page = retrying(async || {
                self.api
                    .changes_since(&self.session, since, after, PAGE)
                    .await
            });
            let mut page = match page.await {
                Ok(page) => page,
                Err(error) => {
                    let error = Some(error);
                    return (changes, Some(ChangesGap { since, error }));
                }
            };
            let is_last = page.len() < PAGE;
            page.retain(|message| message.id > after);
            page.sort_by_key(|message| message.id);
            let has_more = !page.is_empty();
            changes.append(&mut page);
            if changes.len() > self.limit {
                changes.truncate(self.limit);
                return (changes, Some(ChangesGap { since, error: None }));
            }
            if is_last || !has_more {
                return (changes, None);
            }
        }
    }

    /// Goes back from the newest message, so that what a player wants most is there even when not all can be.
    async fn messages_since(&self, last: MessageId, missed: &mut Missed) {
        let messages = &mut missed.messages;
        loop {
            let before = messages.front().map(|message: &Message| message.id);
            let gap = |before, error| {
                Some(Gap {
                    after: last,
                    before,
                    error,
                })
            };
            let page = match self.page(before).await {
                Ok(page) => page,
                Err(error) => {
                    missed.gap = gap(before, Some(error));
                    return;
                }
            };
            let is_last = page.len() < PAGE || page.first().is_none_or(|oldest| oldest.id <= last);
            for message in page.into_iter().rev().filter(|message| message.id > last) {
                if messages.len() == self.limit {
                    missed.gap = gap(messages.front().map(|message| message.id), None);
                    return;
                }
                messages.push_front(message);
            }
            if is_last {
                return;
            }
        }
    }

    /// The messages next before this one, by ascending id.
    async fn page(&self, before: Option<MessageId>) -> Result<Vec<Message>, ChatError> {
        let fetch = async || self.api.messages_before(&self.session, before, PAGE).await;
        let mut page = retrying(fetch).await?;
        page.retain(|message| before.is_none_or(|before| message.id < before));
        page.sort_by_key(|message| message.id);
        Ok(page)
    }
}

/// Asks again, a few times, where there was no answer.
async fn retrying<T>(mut ask: impl AsyncFnMut() -> Result<T, ChatError>) -> Result<T, ChatError> {
    for pause in RETRIES {
        match ask().await {
            Err(error) if error.code == ErrorCode::ServerUnreachable => Timer::after(pause).await,
            outcome => return outcome,
        };
    }
    ask().await
}

impl Missed {
    /// Whether the server no longer knows the session (rule S6).
    pub(super) fn token_is_unknown(&self) -> bool {
        let errors = [
            self.gap.as_ref().and_then(|gap| gap.error.as_ref()),
            self.changes_gap.as_ref().and_then(|gap| gap.error.as_ref()),
        ];
        errors
            .into_iter()
            .flatten()
            .any(|error| error.code == ErrorCode::AuthTokenNotFound)
    }
}
