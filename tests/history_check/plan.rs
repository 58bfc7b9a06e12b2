use std::{collections::BTreeMap, time::Duration};

use fastrand::Rng;

use super::history::USERS;

/// How many games there are.
pub(crate) const GAMES: usize = 4;

/// One thing that is done to the world.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The game sends to the user, or to the group.
    Send { game: usize, to: Option<usize> },
    /// The game edits or deletes one of its messages, if it has any.
    Change {
        game: usize,
        pick: usize,
        delete: bool,
    },
    /// The connections of the game are reset.
    Reset(usize),
    /// The game's network passes nothing any more.
    BlackHole(usize),
    /// The game's network lets no new connection in, and resets those that stand.
    Refuse(usize),
    /// The game's network is slow and unsteady.
    Slow(usize),
    /// The game's network is well again.
    Heal(usize),
    /// The server is killed, without a chance to tidy up.
    KillServer,
    /// The server is back, with the same data and on the same port.
    StartServer,
    /// The game goes to the background; one that hangs pings no more.
    Background { game: usize, hangs: bool },
    /// The game comes back.
    Foreground(usize),
    /// The game disconnects.
    Disconnect(usize),
    /// The game connects.
    Connect(usize),
    /// The game ends, and starts again.
    Restart(usize),
    /// Another user logs in to the game.
    LogInAs { game: usize, user: usize },
    /// Time passes.
    Pause(Duration),
}

/// What is done to the world, in order.
pub(crate) struct Plan(pub(crate) Vec<Step>);

impl Plan {
    /// The same for the same seed.
    pub(crate) fn new(seed: u64, steps: usize) -> Self {
        let mut planner = Planner {
            rng: Rng::with_seed(seed),
            users: std::array::from_fn(|game| game),
            server_is_up: true,
            steps: Vec::new(),
            to_come: BTreeMap::new(),
        };
        while planner.steps.len() < steps {
            planner.next();
        }
        Self(planner.steps)
    }
}

struct Planner {
    rng: Rng,
    /// Who is logged in to each game.
    users: [usize; GAMES],
    server_is_up: bool,
    steps: Vec<Step>,
    /// What puts an end to a trouble, and when.
    to_come: BTreeMap<usize, Vec<Step>>,
}

impl Planner {
    fn next(&mut self) {
        let now = self.steps.len();
        while let Some(due) = self.to_come.first_entry().filter(|due| *due.key() <= now) {
            for step in due.remove() {
                self.server_is_up |= matches!(step, Step::StartServer);
                self.steps.push(step);
            }
        }
        let game = self.rng.usize(..GAMES);
        match self.rng.u32(..1_000) {
            0..560 => self.send(game),
            560..640 => self.steps.push(Step::Change {
                game,
                pick: self.rng.usize(..),
                delete: self.rng.u32(..3) == 0,
            }),
            640..900 => {
                let pause = Duration::from_micros(self.rng.u64(..20_000));
                self.steps.push(Step::Pause(pause));
            }
            900..925 => self.steps.push(Step::Reset(game)),
            925..935 => self.trouble(Step::BlackHole(game), Step::Heal(game), 150),
            935..945 => self.trouble(Step::Refuse(game), Step::Heal(game), 60),
            945..955 => self.trouble(Step::Slow(game), Step::Heal(game), 100),
            955..960 if self.server_is_up => {
                self.server_is_up = false;
                self.trouble(Step::KillServer, Step::StartServer, 30);
            }
            960..975 => {
                let hangs = self.rng.bool();
                let step = Step::Background { game, hangs };
                self.trouble(step, Step::Foreground(game), 150);
            }
            975..983 => self.trouble(Step::Disconnect(game), Step::Connect(game), 60),
            983..994 => self.steps.push(Step::Restart(game)),
            994..1_000 if self.server_is_up => self.change_user(game),
            _ => {}
        }
    }

    fn send(&mut self, game: usize) {
        let user = self.users[game];
        let to_group = user != USERS.len() - 1 && self.rng.bool();
        let others: Vec<_> = (0..USERS.len()).filter(|other| *other != user).collect();
        let to = if to_group {
            None
        } else {
            self.rng.choice(others)
        };
        self.steps.push(Step::Send { game, to });
    }

    fn trouble(&mut self, begin: Step, end: Step, at_most: usize) {
        self.steps.push(begin);
        let lasts = self.rng.usize(1..=at_most);
        let end_at = self.steps.len() + lasts;
        self.to_come.entry(end_at).or_default().push(end);
    }

    fn change_user(&mut self, game: usize) {
        // A user may play two games at once.
        let games_of = |user| self.users.iter().filter(|it| **it == user).count();
        let free: Vec<_> = (0..USERS.len())
            .filter(|user| *user != self.users[game] && games_of(*user) < 2)
            .collect();
        if let Some(user) = self.rng.choice(free) {
            self.users[game] = user;
            self.steps.push(Step::Heal(game));
            self.steps.push(Step::LogInAs { game, user });
        }
    }
}
