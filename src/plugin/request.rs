use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bevy::{
    ecs::system::BoxedSystem,
    prelude::{In, IntoSystem, World},
};
use tracing::error;

use super::callbacks::Callbacks;
use crate::client::{self, ChatError};

/// An operation under way. It runs whether or not anybody looks at it; its outcome becomes visible in its turn,
/// when [`CometChatSystems::Receive`](crate::CometChatSystems::Receive) comes to it.
///
/// Three ways to look at it, which can be mixed, and none is needed:
///
/// ```
/// # use bevy::{prelude::*, tasks::IoTaskPool};
/// use bevy_cometchat::prelude::*;
///
/// fn log_in(chat: Res<CometChat>) {
///     // Callbacks: systems that run once.
///     chat.login(AuthKey::new("player-1", "AUTH_KEY"))
///         .on_success(|user: In<std::sync::Arc<User>>, mut commands: Commands| {
///             commands.spawn(Name::new(user.name.to_string()));
///         })
///         .on_error(|error: In<ChatError>| eprintln!("{}", *error));
/// }
///
/// fn invite(chat: Res<CometChat>) {
///     // Tasks: a request is a future.
///     let sent = chat.send_message(TextMessage::to_user("bob", "Join us?"));
///     IoTaskPool::get()
///         .spawn(async move {
///             if let Err(error) = sent.await {
///                 eprintln!("{error}");
///             }
///         })
///         .detach();
/// }
///
/// #[derive(Resource)]
/// struct Pinging(Request<std::time::Duration>);
///
/// fn show_ping(pinging: Res<Pinging>) {
///     // Polling: a system looks at it when it likes.
///     if let Some(Ok(round_trip)) = pinging.0.outcome() {
///         println!("{} ms", round_trip.as_millis());
///     }
/// }
/// # bevy::ecs::system::assert_is_system(log_in);
/// # bevy::ecs::system::assert_is_system(invite);
/// # bevy::ecs::system::assert_is_system(show_ping);
/// ```
pub struct Request<T> {
    inner: client::Request<T>,
    callbacks: Arc<Callbacks>,
}

impl<T: Clone + Send + 'static> Request<T> {
    pub(super) fn new(inner: client::Request<T>, callbacks: Arc<Callbacks>) -> Self {
        Self { inner, callbacks }
    }

    /// Runs `system` once when the request succeeds, with what came of it; in the next update if it has already.
    ///
    /// The system has all the powers of any other, and may return a `Result`: an error is logged.
    pub fn on_success<M>(self, system: impl IntoSystem<In<T>, (), M>) -> Self {
        self.on_outcome(Box::new(IntoSystem::into_system(system)), |outcome| {
            outcome.as_ref().ok().cloned()
        })
    }

    /// Runs `system` once when the request fails, with the error; in the next update if it has already.
    pub fn on_error<M>(self, system: impl IntoSystem<In<ChatError>, (), M>) -> Self {
        self.on_outcome(Box::new(IntoSystem::into_system(system)), |outcome| {
            outcome.as_ref().err().cloned()
        })
    }

    /// The outcome, once there is one.
    pub fn outcome(&self) -> Option<Result<T, ChatError>> {
        self.inner.outcome()
    }

    /// Whether there is no outcome yet.
    pub fn is_open(&self) -> bool {
        self.inner.outcome().is_none()
    }

    fn on_outcome<I: Send + 'static>(
        self,
        system: BoxedSystem<In<I>, ()>,
        input: fn(&Result<T, ChatError>) -> Option<I>,
    ) -> Self {
        let callbacks = self.callbacks.clone();
        self.inner.observe(move |outcome| {
            if let Some(input) = input(outcome) {
                callbacks.push(Box::new(move |world| run_once(system, input, world)));
            }
        });
        self
    }
}

fn run_once<I: 'static>(mut system: BoxedSystem<In<I>, ()>, input: I, world: &mut World) {
    system.initialize(world);
    let outcome = system.run_without_applying_deferred(input, world);
    // As in a schedule: what a system commanded before it failed is done.
    system.apply_deferred(world);
    if let Err(failure) = outcome {
        error!(
            "the callback `{}` of a request failed: {failure}",
            system.name()
        );
    }
}

impl<T: Clone> Future for Request<T> {
    type Output = Result<T, ChatError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.inner).poll(context)
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
