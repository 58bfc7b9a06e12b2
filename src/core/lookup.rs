use super::{MessagePage, PageQuery, PageScope, backwards::Backwards, sync_state::SyncState};
use crate::{
    model::{Message, Uid},
    outbox::{LookupResult, Search},
};

/// The maximum number of pages that are searched.
const MAX_PAGES: u32 = 10;

/// The lookup of a message of the user's own in its conversation, back to the newest message that was known when it was
/// queued.
#[derive(Debug)]
pub(super) struct Lookup {
    search: Search,
    pages: Backwards,
    looked_through: u32,
}

impl Lookup {
    pub(super) fn new(search: Search) -> Self {
        let scope = PageScope::Conversation(search.receiver.clone());
        Self {
            pages: Backwards::new(scope, search.after),
            search,
            looked_through: 0,
        }
    }

    /// The next page to request.
    pub(super) fn query(&self) -> PageQuery {
        self.pages.query()
    }

    /// Searches a page. Returns `None` if another page has to be searched. A message that the game already has is a
    /// different one with the same muid.
    pub(super) fn on_page(
        &mut self,
        page: MessagePage,
        user: &Uid,
        sync: &SyncState,
    ) -> Option<LookupResult> {
        let is_last = self.pages.advance(page.rows, page.oldest());
        self.looked_through += 1;
        let search = &self.search;
        let is_it = |message: &Message| {
            message.sender.uid == *user
                && message.muid.as_deref() == Some(&*search.muid)
                && message.receiver.to_id() == search.receiver
                && message.id > search.after
                && !sync.has(message.id)
        };
        if let Some(found) = page.messages.into_iter().find(is_it) {
            Some(LookupResult::Found(Box::new(found)))
        } else if is_last {
            Some(LookupResult::NotThere)
        } else {
            (self.looked_through == MAX_PAGES).then_some(LookupResult::OutOfReach)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{MessageContent, MessageId, Receiver, ReceiverId, Timestamp, User};

    fn message(id: u64, from: &str, to: &str) -> Message {
        let user = |uid: &str| Arc::new(User::new(uid, uid));
        Message {
            id: MessageId(id),
            muid: Some("m".into()),
            conversation_id: "alice_user_bob".into(),
            sender: user(from),
            receiver: Receiver::User(user(to)),
            sent_at: Timestamp(1),
            updated_at: Timestamp(1),
            content: MessageContent::Text("hi".into()),
            metadata: None,
            parent_id: None,
            details: None,
        }
    }

    #[test]
    fn o5_a_muid_alone_makes_no_message_the_one_that_is_looked_for() {
        let mut sync = SyncState::default();
        sync.advance(MessageId(3), None);
        // Another device's, which has the same muid.
        sync.take(&message(7, "alice", "bob"));
        let found = |message: Message| {
            let search = Search {
                muid: "m".into(),
                receiver: ReceiverId::User("bob".into()),
                after: MessageId(3),
            };
            let page = MessagePage {
                rows: 1,
                ids: Some((message.id, message.id)),
                messages: vec![message],
                ..MessagePage::default()
            };
            let result = Lookup::new(search).on_page(page, &"alice".into(), &sync);
            matches!(result, Some(LookupResult::Found(_)))
        };
        assert!(found(message(8, "alice", "bob")));
        assert!(!found(message(8, "bob", "alice")), "of another user");
        assert!(!found(message(8, "alice", "carol")), "to another user");
        assert!(!found(message(3, "alice", "bob")), "older");
        assert!(
            !found(message(7, "alice", "bob")),
            "the game has it already"
        );
    }
}
