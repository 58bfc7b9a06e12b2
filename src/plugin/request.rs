//! Callbacks of requests: systems that run once, with the outcome.

use bevy::{
    ecs::{
        error::{BevyError, ErrorContext},
        system::{BoxedSystem, RunSystemError},
    },
    prelude::{In, IntoSystem, World},
};
use tracing::error;

use super::callbacks::Callbacks;
use crate::{
    client::{ChatError, Request, SendHandle},
    model::Message,
};

/// # Callbacks, in a game
impl<T: Clone + Send + 'static> Request<T> {
    /// Runs `system` once when the request succeeds, with its result. If it has already succeeded: in the next update.
    ///
    /// The system can take any parameter, and may return a `Result`: an error goes to Bevy's error handler, as that of
    /// any system does.
    pub fn on_success<M>(self, system: impl IntoSystem<In<T>, (), M>) -> Self {
        self.on_outcome(Box::new(IntoSystem::into_system(system)), |outcome| {
            outcome.as_ref().ok().cloned()
        })
    }

    /// Runs `system` once when the request fails, with the error. If it has already failed: in the next update.
    pub fn on_error<M>(self, system: impl IntoSystem<In<ChatError>, (), M>) -> Self {
        self.handle_errors();
        self.on_outcome(Box::new(IntoSystem::into_system(system)), |outcome| {
            outcome.as_ref().err().cloned()
        })
    }

    fn on_outcome<I: Send + 'static>(
        self,
        system: BoxedSystem<In<I>, ()>,
        input: fn(&Result<T, ChatError>) -> Option<I>,
    ) -> Self {
        let Some(callbacks) = self.attachment::<Callbacks>() else {
            error!(
                "the callback `{}` never runs: this client belongs to no app, so await the request instead",
                system.name()
            );
            return self;
        };
        self.observe(move |outcome| {
            if let Some(input) = input(outcome) {
                callbacks.push(Box::new(move |world| run_once(system, input, world)));
            }
        });
        self
    }
}

/// # Callbacks, in a game
impl SendHandle {
    /// Runs `system` once when the message is sent, as [`Request::on_success`] does.
    pub fn on_success<M>(self, system: impl IntoSystem<In<Message>, (), M>) -> Self {
        self.map(|request| request.on_success(system))
    }

    /// Runs `system` once when sending fails, as [`Request::on_error`] does.
    pub fn on_error<M>(self, system: impl IntoSystem<In<ChatError>, (), M>) -> Self {
        self.map(|request| request.on_error(system))
    }
}

fn run_once<I: 'static>(mut system: BoxedSystem<In<I>, ()>, input: I, world: &mut World) {
    system.initialize(world);
    let outcome = system.run_without_applying_deferred(input, world);
    // As in a schedule: the commands of a system are applied also when it fails.
    system.apply_deferred(world);
    if let Err(RunSystemError::Failed(error)) = outcome {
        handle_error(error, &system, world);
    }
}

fn handle_error<I: 'static>(error: BevyError, system: &BoxedSystem<In<I>, ()>, world: &World) {
    let context = ErrorContext::System {
        name: system.name(),
        last_run: system.get_last_run(),
    };
    world.fallback_error_handler()(error, context);
}
