//! A page that is hidden and shown for a long time, while its server goes and comes back and messages arrive.

use std::{
    env, thread,
    time::{Duration, Instant},
};

use futures_lite::future::block_on;

use super::{player::Player, site::Site};
use crate::scenarios::{native::Native, stage::Stage};

/// The variable for how long it takes, in seconds. `WEB_SOAK=1800 tests/web/run soak` is half an hour with 10,000 messages.
const VARIABLE: &str = "WEB_SOAK";
const SHORT: u64 = 60;
/// 10,000 in half an hour, at least.
const MESSAGES_PER_MINUTE: u64 = 334;
const BETWEEN_MESSAGES: Duration = Duration::from_millis(120);
const TIMEOUT: Duration = Duration::from_secs(2);
/// How much memory may come and go.
const SLACK: u64 = 4 << 20;

/// What happens, again and again.
const DAY: [(Event, Duration); 9] = [
    (Event::Show, Duration::from_secs(4)),
    (Event::Hide, Duration::from_millis(700)),
    (Event::Show, Duration::from_secs(2)),
    (Event::Hide, Duration::from_secs(5)),
    (Event::Show, Duration::from_secs(3)),
    (Event::Cut, Duration::from_secs(3)),
    (Event::Restore, Duration::from_secs(3)),
    (Event::Kill, Duration::from_millis(500)),
    (Event::Start, Duration::from_secs(3)),
];

#[derive(Clone, Copy)]
enum Event {
    Show,
    Hide,
    /// The server can't be reached, and its connections break.
    Cut,
    Restore,
    /// The server crashes. Nobody can say anything.
    Kill,
    Start,
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn soak_loses_and_doubles_no_message_and_holds_its_memory() {
    let length = env::var(VARIABLE).map_or(SHORT, |it| it.parse().expect("seconds"));
    let length = Duration::from_secs(length);
    let least = length.as_secs() * MESSAGES_PER_MINUTE / 60;
    let data = tempfile::tempdir().expect("a folder");
    let site = Site::around(Native::without_message_limit(&data.path().join("chat")));
    let mut player = Player::connected(&site, TIMEOUT);
    let start = Instant::now();
    let (mut said, mut received, mut memory) = (0, Vec::new(), Vec::new());
    while start.elapsed() < length || said < least {
        for (event, duration) in DAY {
            match event {
                Event::Show => player.tab.show(),
                Event::Hide => player.tab.hide(),
                Event::Cut => site.world(|world| block_on(world.cut())),
                Event::Restore => site.world(|world| block_on(world.restore())),
                Event::Kill => {
                    site.world(Native::kill_server);
                    thread::sleep(duration);
                    continue;
                }
                Event::Start => site.world(Native::start_server),
            }
            let end = Instant::now() + duration;
            while Instant::now() < end {
                let next = Instant::now() + BETWEEN_MESSAGES;
                site.world(|world| block_on(world.bob_says(&said.to_string())));
                said += 1;
                thread::sleep(next.saturating_duration_since(Instant::now()));
            }
        }
        player.wait_for(&format!("received {}", said - 1));
        received.extend(player.told().into_iter().filter_map(number));
        memory.push(player.tab.memory());
    }
    assert!(
        received.iter().copied().eq(0..said),
        "{said} were said, and received: {received:?}"
    );
    // At first caches fill.
    let settled = memory[memory.len() / 2];
    let last = memory[memory.len() - 1];
    println!("{said} messages in {length:?}, memory {memory:?}");
    assert!(last < settled + SLACK, "{memory:?}");
}

/// The number of a message that the game has received.
fn number(told: String) -> Option<u64> {
    told.strip_prefix("received ")?.parse().ok()
}
