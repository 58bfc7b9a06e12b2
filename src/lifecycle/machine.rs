use std::{collections::VecDeque, time::Duration};

use super::{BackgroundPolicy, ConnectionStatus, Input, Mode, Now, Output, Timing};

/// The connection of one client, as a pure state machine.
#[derive(Debug)]
pub struct Lifecycle {
    #[allow(dead_code)]
    mode: Mode,
    #[allow(dead_code)]
    background: BackgroundPolicy,
    #[allow(dead_code)]
    timing: Timing,
    outputs: VecDeque<Output>,
}

impl Lifecycle {
    /// A disconnected client with nobody logged in, in the foreground. `seed` decides the jitter of the back-off.
    pub fn new(mode: Mode, background: BackgroundPolicy, timing: Timing, _seed: u64) -> Self {
        Self {
            mode,
            background,
            timing,
            outputs: VecDeque::new(),
        }
    }

    /// Takes in what happened at `now`. What is to be done about it comes out of [`poll_output`](Self::poll_output).
    pub fn handle(&mut self, _input: Input, _now: Now) {
        todo!()
    }

    /// The next thing to carry out, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The monotonic time at which to hand in [`Input::Tick`], unless something else happens first.
    pub fn next_deadline(&self) -> Option<Duration> {
        todo!()
    }

    /// The status now.
    pub fn status(&self) -> ConnectionStatus {
        todo!()
    }
}
