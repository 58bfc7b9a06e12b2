use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use bevy::{
    prelude::{App, IntoScheduleConfigs, Last, PreUpdate, Real, Res, Resource, Time},
    time::TimeUpdateStrategy,
    window::ExitSystems,
};

use crate::{
    plugin::{Backend, CometChatSystems, Driver, Waker},
    shells::{queue::ShellEnd, scripted::Script},
};

/// The state that the script shares with the apps that it drives.
#[derive(Clone, Default)]
pub(super) struct Stage {
    script: Arc<Mutex<Script>>,
    clock: Arc<Mutex<AppClock>>,
    wakes: Arc<Wakes>,
}

/// The time in the app, which stands still while the app does not update.
#[derive(Default)]
pub(super) struct AppClock {
    pub(super) now: Duration,
    /// How long the next update takes, for apps that have no clock of their own.
    pub(super) step: Duration,
}

#[derive(Default)]
pub(super) struct Wakes {
    pending: AtomicBool,
    count: AtomicUsize,
}

impl Stage {
    pub(super) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn clock(&self) -> MutexGuard<'_, AppClock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wakes(&self) -> &Wakes {
        &self.wakes
    }
}

impl Wakes {
    pub(super) fn count(&self) -> usize {
        self.count.load(Relaxed)
    }

    /// Whether the event loop was woken since the last call.
    pub(super) fn take(&self) -> bool {
        self.pending.swap(false, Relaxed)
    }

    fn add(&self) {
        self.pending.store(true, Relaxed);
        self.count.fetch_add(1, Relaxed);
    }
}

/// The stage in the app's world.
#[derive(Resource)]
struct OnStage(Stage);

impl Backend for Stage {
    fn start(&self, app: &mut App, end: ShellEnd, waker: &Waker) -> io::Result<Box<dyn Driver>> {
        self.script().start(end);
        let wakes = self.wakes.clone();
        waker.connect(move || wakes.add());

        app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::ZERO))
            .insert_resource(OnStage(self.clone()))
            .add_systems(PreUpdate, play.before(CometChatSystems::Receive))
            .add_systems(Last, follow.before(ExitSystems));
        Ok(Box::new(self.clone()))
    }
}

impl Driver for Stage {
    fn join_within(self: Box<Self>, _limit: Duration) -> bool {
        self.script().follow_game();
        true
    }
}

/// Runs the script until the time of this update.
fn play(stage: Res<OnStage>, time: Option<Res<Time<Real>>>) {
    let Stage { wakes, .. } = &stage.0;
    let mut clock = stage.0.clock();
    let step = std::mem::take(&mut clock.step);
    clock.now += time.map_or(step, |time| time.delta());

    let mut script = stage.0.script();
    script.follow_game();
    script.run_until(clock.now);
    wakes.take();
}

/// Handles the commands that the game sent in this update, at their times.
fn follow(stage: Res<OnStage>) {
    stage.0.script().follow_game();
}
