use super::api::{Api, messages_in, next_before};
use crate::{
    client::{
        operation::Call,
        outbox::{Search, Setback, Sighting},
        session::Session,
    },
    model::{Message, MessageId, ReceiverId},
    wire::route,
};

/// How many messages are looked through at a time: the most that CometChat gives.
const PAGE: usize = 100;
/// How many pages are looked through.
const MAX_PAGES: usize = 10;

impl Api {
    /// Looks for an own message in its conversation, back to what was known when it was queued (rule O5).
    pub(super) async fn look_for(
        &self,
        session: &Session,
        search: &Search,
    ) -> Result<Sighting, Setback> {
        let mut before = None;
        for _ in 0..MAX_PAGES {
            let page = self.said_before(session, &search.receiver, before).await?;
            let oldest = page.iter().map(|message| message.id).min();
            let is_last = page.len() < PAGE || oldest.is_none_or(|oldest| oldest <= search.after);
            let is_it = |message: &Message| {
                message.sender.uid == session.user.uid
                    && message.muid.as_deref() == Some(&*search.muid)
            };
            if let Some(found) = page.into_iter().find(is_it) {
                return Ok(Sighting::Found(Box::new(found)));
            }
            if is_last {
                return Ok(Sighting::NotThere);
            }
            before = oldest;
        }
        Ok(Sighting::OutOfSight)
    }

    /// The messages of a conversation next before `before`, or the newest ones (PROTOCOL.md §2.7).
    async fn said_before(
        &self,
        session: &Session,
        receiver: &ReceiverId,
        before: Option<MessageId>,
    ) -> Result<Vec<Message>, Setback> {
        let route = match receiver {
            ReceiverId::User(_) => route::USER_MESSAGES,
            ReceiverId::Group(_) => route::GROUP_MESSAGES,
        };
        let query = next_before(before, PAGE).write();
        let call = Call::new(route, &[receiver.as_str()]).with_query(&query);
        let reply = self.perform(session, call).await?;
        messages_in(&reply).map_err(|error| Setback::of_reply(&reply, error))
    }
}
