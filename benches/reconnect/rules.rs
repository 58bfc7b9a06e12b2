use std::time::Duration;

use bevy_cometchat::lifecycle::{
    BackgroundPolicy, Cause, Input, Lifecycle, LinkLoss, Mode, Now, Output, SessionOrigin, Timing,
};

/// How long a connection was live before it is lost, so that the back-off starts over.
pub(crate) const STABLE: Duration = Duration::from_millis(10_200);

/// How long after the loss a client is live again when the server is away for so long and attempts take no time: the
/// client's own state machine, in virtual time.
pub(crate) fn live_after(outage: Duration, seed: u64) -> Duration {
    let mut lifecycle =
        Lifecycle::new(Mode::Auto, BackgroundPolicy::Grace, Timing::default(), seed);
    let mut now = Duration::ZERO;
    lifecycle.handle(Input::SessionOpened(SessionOrigin::Login), Now::at(now));
    let mut is_up = true;
    loop {
        while let Some(output) = lifecycle.poll_output() {
            let Output::OpenLink(link) = output else {
                continue;
            };
            is_up |= now >= STABLE + outage;
            let input = match is_up {
                true => Input::LinkLive(link),
                false => Input::LinkLost(link, LinkLoss::new(Cause::Unreachable)),
            };
            lifecycle.handle(input, Now::at(now));
        }
        match lifecycle.live_link() {
            Some(_) if now >= STABLE => return now - STABLE,
            Some(link) => {
                now = STABLE;
                is_up = false;
                let loss = LinkLoss::new(Cause::ConnectionLost);
                lifecycle.handle(Input::LinkLost(link, loss), Now::at(now));
            }
            None => {
                now = lifecycle
                    .next_deadline()
                    .expect("the loss is being repaired");
                lifecycle.handle(Input::Tick, Now::at(now));
            }
        }
    }
}
