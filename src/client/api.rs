//! The operations of a [`Client`], by topic.

mod conversations;
mod groups;
mod lists;
mod messages;
mod outbox;
mod session;
mod users;

pub use groups::{CreatedGroup, MemberOutcomes};
pub use users::UserOutcomes;

use super::{ChatError, Client, Command, Request, operation::Operation};

impl Client {
    /// Sends a request to the server. `name` is the method that the game called.
    fn call<T: Clone + Send + 'static>(
        &self,
        name: &'static str,
        operation: impl Into<Result<Operation<T>, ChatError>>,
    ) -> Request<T> {
        match operation.into() {
            Ok(operation) => self.request(name, |done| Command::Call(operation.begin(done))),
            Err(error) => self.ended(name, Err(error)),
        }
    }
}

impl<T> From<Operation<T>> for Result<Operation<T>, ChatError> {
    fn from(operation: Operation<T>) -> Self {
        Ok(operation)
    }
}
