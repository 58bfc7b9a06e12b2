use std::{
    thread,
    time::{Duration, Instant},
};

use bevy_cometchat::{
    connection::AppState,
    model::{Guid, ReceiverId, Uid},
    test_util::NetworkCondition,
};
use tempfile::TempDir;

use super::{
    checker,
    fake_cloud::{FakeCloud, Faults},
    game::Game,
    history::{Fact, GROUP, History, NOISE, USERS},
    plan::{GAMES, Plan, Step},
    server::{PATIENCE, Server},
};

/// How long a message may take that no list had when a game recovered. Servers make games wait, and machines are slow.
const RECHECK_PATIENCE: Duration = Duration::from_secs(30);

/// The server, the games, and what happened to them.
pub(crate) struct World {
    server: Server,
    /// It is between the games and the server, if there is one.
    cloud: Option<FakeCloud>,
    games: Vec<Game>,
    sent: u64,
    history: History,
    /// Goes last: the server's data is in it.
    _folder: TempDir,
}

impl World {
    /// Each game has a user logged in and is connected, or about to be.
    pub(crate) fn start(seed: u64, faults: Option<Faults>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Server::start(folder.path());
        let cloud = faults.map(|faults| {
            let noise = server.log_in(NOISE);
            FakeCloud::start(server.address, seed, faults, noise)
        });
        let address = cloud.as_ref().map_or(server.address, |cloud| cloud.address);
        let mut history = History::new();
        let games = (0..GAMES)
            .map(|number| {
                let is_manual = number + 1 == GAMES;
                let seed = seed.wrapping_add(number as u64);
                let mut game = Game::new(number, is_manual, address, seed);
                game.log_in(USERS[number], &mut history);
                game
            })
            .collect();
        Self {
            server,
            cloud,
            games,
            sent: 0,
            history,
            _folder: folder,
        }
    }

    pub(crate) fn live_through(mut self, plan: Plan) -> History {
        for step in plan.0 {
            self.history.add(Fact::Step(step.clone()));
            self.take(step);
            self.look();
        }
        self.come_to_rest();
        self.say_last_words();
        self.wait_for_rechecks();
        for game in &mut self.games {
            game.end(&mut self.history);
        }
        if let Some(cloud) = &self.cloud {
            self.history.faults = cloud.summary();
        }
        for fact in self.withheld().collect::<Vec<_>>() {
            self.history.add(fact);
        }
        self.history
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Send { game, to } => {
                let to = match to {
                    Some(user) => Uid::from(USERS[user]).into(),
                    None => Guid::from(GROUP).into(),
                };
                self.send(game, to);
            }
            Step::Change { game, pick, delete } => {
                self.games[game].change(pick, delete, &mut self.history);
            }
            Step::Reset(game) => self.games[game].network.reset_all(),
            Step::BlackHole(game) => self.set(game, NetworkCondition::black_hole()),
            Step::Refuse(game) => {
                self.set(game, NetworkCondition::refusing());
                self.games[game].network.reset_all();
            }
            Step::Slow(game) => self.set(
                game,
                NetworkCondition::perfect()
                    .latency(Duration::from_millis(10))
                    .jitter(Duration::from_millis(20))
                    .bytes_per_second(64 * 1024),
            ),
            Step::Heal(game) => self.set(game, NetworkCondition::perfect()),
            Step::KillServer => self.server.kill(),
            Step::StartServer => self.server.go_on(),
            Step::Background { game, hangs } => {
                let game = &mut self.games[game];
                game.hangs = hangs;
                game.client.set_app_state(AppState::Background);
            }
            Step::Foreground(game) => self.come_to_foreground(game),
            Step::Disconnect(game) => drop(self.games[game].client.disconnect()),
            Step::Connect(game) => drop(self.games[game].client.connect()),
            Step::Restart(game) => self.games[game].restart(&mut self.history),
            Step::LogInAs { game, user } => {
                self.games[game].log_in(USERS[user], &mut self.history);
            }
            Step::Pause(time) => thread::sleep(time),
        }
    }

    fn send(&mut self, game: usize, to: ReceiverId) -> u64 {
        self.sent += 1;
        self.games[game].send(self.sent, to, &mut self.history);
        self.sent
    }

    fn set(&self, game: usize, condition: NetworkCondition) {
        self.games[game].network.set(condition);
    }

    fn come_to_foreground(&mut self, game: usize) {
        let game = &mut self.games[game];
        game.hangs = false;
        game.client.set_app_state(AppState::Foreground);
        game.connect();
    }

    fn look(&mut self) {
        for game in &mut self.games {
            game.look(&mut self.history);
        }
    }

    /// Looks until it is so; says whether it was in time.
    fn look_until(&mut self, is_so: impl Fn(&Self) -> bool) -> bool {
        let start = Instant::now();
        while !is_so(self) {
            if start.elapsed() > PATIENCE {
                return false;
            }
            thread::sleep(Duration::from_millis(1));
            self.look();
        }
        true
    }

    /// Puts an end to all trouble, and waits for all answers.
    fn come_to_rest(&mut self) {
        self.server.go_on();
        for game in 0..GAMES {
            self.set(game, NetworkCondition::perfect());
            self.come_to_foreground(game);
            drop(self.games[game].client.connect());
        }
        // However many wait, and however slow the machine is: one after the other gets its answer.
        while let waiting @ 1.. = self.waiting() {
            let goes_on = self.look_until(|world| world.waiting() < waiting);
            assert!(
                goes_on,
                "of {waiting} messages none is sent or refused any more: {:?}",
                self.games.iter().map(Game::unanswered).collect::<Vec<_>>()
            );
        }
    }

    /// Waits for what is rechecked some time after a recovery. If something is still wrong after that, the check says so.
    fn wait_for_rechecks(&mut self) {
        let start = Instant::now();
        while start.elapsed() < RECHECK_PATIENCE && !self.is_right_so_far() {
            let next = Instant::now() + Duration::from_millis(100);
            while Instant::now() < next {
                self.look();
                thread::sleep(Duration::from_millis(1));
            }
        }
    }

    fn is_right_so_far(&self) -> bool {
        let withheld: Vec<_> = self.withheld().collect();
        checker::check(self.history.facts().chain(&withheld)).is_empty()
    }

    fn withheld(&self) -> impl Iterator<Item = Fact> {
        let ids = self.cloud.as_ref().map(FakeCloud::withheld);
        ids.into_iter().flatten().map(Fact::Withheld)
    }

    /// How many answers the games wait for.
    fn waiting(&self) -> usize {
        self.games.iter().map(Game::waiting).sum()
    }

    /// Sends one more message to each user who plays, and waits until it is wherever it belongs. What a game missed
    /// comes before it.
    fn say_last_words(&mut self) {
        let users: Vec<_> = self.games.iter().map(|game| game.user.clone()).collect();
        for listener in users.iter().flatten() {
            let is_other = |user: &Option<Uid>| user.as_ref().is_some_and(|user| user != listener);
            let speaker = users.iter().position(is_other).expect("another user");
            let number = self.send(speaker, listener.clone().into());
            let hears = |game: &usize| {
                users[*game].as_ref() == Some(listener)
                    || *game != speaker && users[*game] == users[speaker]
            };
            let hearing: Vec<_> = (0..GAMES).filter(hears).collect();
            // If it does not come, the check will say so.
            self.look_until(|world| {
                let has_it = |game: &usize| world.games[*game].received.contains(&number);
                hearing.iter().all(has_it)
            });
        }
    }
}
