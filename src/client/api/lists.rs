use crate::client::{
    Client, Page, Pager, Request,
    pager::{Direction, NextPage},
};

/// # Lists
///
/// They are fetched page by page.
impl Client {
    /// Fetches the page after the last fetched one, or the first page. After the end of the list, the page is empty.
    ///
    /// # Errors
    /// [`PageLimitTooLarge`](crate::ErrorCode::PageLimitTooLarge) and
    /// [`PageLimitZero`](crate::ErrorCode::PageLimitZero) for an invalid page limit,
    /// [`RequestInProgress`](crate::ErrorCode::RequestInProgress) while another page of the list is being fetched,
    /// [`MissingCursor`](crate::ErrorCode::MissingCursor) for a list of messages without a
    /// position to continue from, the server's refusal, [`ServerUnreachable`](crate::ErrorCode::ServerUnreachable).
    pub fn fetch_next<T: Clone + Send + 'static>(&self, pager: &Pager<T>) -> Request<Page<T>> {
        self.fetch("fetch_next", pager, Direction::Next)
    }

    /// Fetches the page before the first fetched one; of a list of messages, first the newest page. Before the
    /// beginning of the list, the page is empty.
    ///
    /// # Errors
    /// As [`fetch_next`](Self::fetch_next).
    pub fn fetch_previous<T: Clone + Send + 'static>(&self, pager: &Pager<T>) -> Request<Page<T>> {
        self.fetch("fetch_previous", pager, Direction::Previous)
    }

    fn fetch<T: Clone + Send + 'static>(
        &self,
        operation: &'static str,
        pager: &Pager<T>,
        direction: Direction,
    ) -> Request<Page<T>> {
        match pager.fetch(direction) {
            Ok(NextPage::Call(call)) => self.call(operation, call),
            Ok(NextPage::End) => self.ended(operation, Ok(Page::end())),
            Err(error) => self.ended(operation, Err(error)),
        }
    }
}
