use super::ChatApi;
use crate::client::{Page, Pager, pager::Direction};

/// Lists: fetched page by page.
pub trait ListApi: ChatApi {
    /// Fetches the page after what was fetched, or the first one. A list that has ended gives an empty page.
    ///
    /// # Errors
    /// [`PageLimitTooLarge`](crate::ErrorCode::PageLimitTooLarge) and
    /// [`PageLimitZero`](crate::ErrorCode::PageLimitZero) for the limit of a page,
    /// [`RequestInProgress`](crate::ErrorCode::RequestInProgress) while another page of the list is being fetched,
    /// [`MissingCursor`](crate::ErrorCode::MissingCursor) for a list of messages that has nothing to go on
    /// from, what the server refuses, [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    fn fetch_next<T: Clone + Send + 'static>(&self, pager: &Pager<T>) -> Self::Request<Page<T>> {
        self.ask(pager.fetch(Direction::Next))
    }

    /// Fetches the page before what was fetched; of messages, at first the newest ones. A list that has ended gives
    /// an empty page.
    ///
    /// # Errors
    /// As [`fetch_next`](Self::fetch_next).
    fn fetch_previous<T: Clone + Send + 'static>(
        &self,
        pager: &Pager<T>,
    ) -> Self::Request<Page<T>> {
        self.ask(pager.fetch(Direction::Previous))
    }
}

impl<A: ChatApi> ListApi for A {}
