use std::time::Duration;

use bevy_cometchat::connection::{
    BackgroundPolicy, Cause, ConnectionMachine, Input, LinkLoss, Mode, Now, Output, SessionOrigin,
    Timing,
};

/// How long a connection was live before it is lost, so that the back-off starts over.
pub(crate) const STABLE: Duration = Duration::from_millis(10_200);

/// How long after the loss a client is live again when the server is away for so long and attempts take no time: the
/// client's own state machine, in virtual time.
pub(crate) fn live_after(outage: Duration, seed: u64) -> Duration {
    let mut connection =
        ConnectionMachine::new(Mode::Auto, BackgroundPolicy::Grace, Timing::default(), seed);
    let mut now = Duration::ZERO;
    connection.handle(Input::SessionOpened(SessionOrigin::Login), Now::at(now));
    let mut is_up = true;
    loop {
        while let Some(output) = connection.poll_output() {
            let Output::OpenLink(link) = output else {
                continue;
            };
            is_up |= now >= STABLE + outage;
            let input = match is_up {
                true => Input::LinkLive(link),
                false => Input::LinkLost(link, LinkLoss::new(Cause::Unreachable)),
            };
            connection.handle(input, Now::at(now));
        }
        match connection.live_link() {
            Some(_) if now >= STABLE => return now - STABLE,
            Some(link) => {
                now = STABLE;
                is_up = false;
                let loss = LinkLoss::new(Cause::ConnectionLost);
                connection.handle(Input::LinkLost(link, loss), Now::at(now));
            }
            None => {
                now = connection
                    .next_deadline()
                    .expect("the loss is being repaired");
                connection.handle(Input::Tick, Now::at(now));
            }
        }
    }
}
