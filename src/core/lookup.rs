use super::{MessagePage, PageQuery, PageScope, backwards::Backwards};
use crate::{
    model::{Message, Uid},
    outbox::{LookupResult, Search},
};

/// How many pages are looked through.
const MAX_PAGES: u32 = 10;

/// The lookup of an own message in its conversation, back to what was known when it was queued.
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

    /// The page to ask for.
    pub(super) fn query(&self) -> PageQuery {
        self.pages.query()
    }

    /// Looks through a page; `None` when there is another to look through.
    pub(super) fn on_page(&mut self, page: MessagePage, user: &Uid) -> Option<LookupResult> {
        let is_last = self.pages.advance(&page);
        self.looked_through += 1;
        let is_it = |message: &Message| {
            message.sender.uid == *user && message.muid.as_deref() == Some(&*self.search.muid)
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
