use std::{collections::HashMap, fmt, time::Instant};

use bevy_cometchat::{
    connection::Cause,
    model::{MessageId, ReceiverId, Timestamp, Uid},
};

use super::{plan::Step, state::State};

/// The users, of whom each game is one at a time.
pub(crate) const USERS: [&str; 5] = ["ana", "ben", "cleo", "dan", "eve"];
/// A user of the fake cloud's, whose messages it shows as rows that are no messages.
pub(crate) const NOISE: &str = "noise";
/// The group of all but the last of them.
pub(crate) const GROUP: &str = "hall";

/// Whether the user gets what is sent to the group.
pub(crate) fn is_member(uid: &Uid) -> bool {
    USERS[..USERS.len() - 1].contains(&uid.as_str())
}

/// What happened, in the order in which the test learned of it. Messages are known by a number from when they are
/// sent, and by an id from when the server has stored them.
#[derive(Debug)]
#[expect(
    dead_code,
    reason = "some of it is only there to be read in what is written down"
)]
pub(crate) enum Fact {
    /// A step was taken.
    Step(Step),
    /// A user is logged in to the game: in a new session, or in the one of its earlier run.
    LoggedIn {
        game: usize,
        user: Uid,
        is_restored: bool,
    },
    /// The game's session is over.
    LoggedOut { game: usize, cause: Cause },
    /// The game has a live connection.
    Connected { game: usize },
    /// The game has none any more.
    Disconnected { game: usize, cause: Cause },
    /// The game sends a message.
    Sent {
        game: usize,
        number: u64,
        to: ReceiverId,
    },
    /// The game changes a message.
    Changing {
        game: usize,
        number: u64,
        state: State,
    },
    /// The server has stored it so.
    Acknowledged {
        number: u64,
        id: MessageId,
        state: State,
    },
    /// The game's request failed. It may have come to pass all the same, or may yet: the answer was lost, or the next run
    /// sends the message.
    Unacknowledged {
        number: u64,
        state: State,
        why: String,
    },
    /// The game got a message.
    Received { game: usize, message: Seen },
    /// The game was told that a message is another now.
    SawChange { game: usize, message: Seen },
    /// The game was told that it got so many late.
    Recovered {
        game: usize,
        messages: usize,
        changes: usize,
    },
    /// The game was told that it misses messages between these.
    Gap {
        game: usize,
        after: MessageId,
        before: Option<MessageId>,
        why: Why,
    },
    /// The game was told that it misses changes.
    ChangesGap { game: usize, why: Why },
    /// The server showed the message later than others with larger ids.
    Withheld(MessageId),
}

/// Why a game misses something.
#[derive(Debug)]
pub(crate) struct Why {
    pub(crate) error: String,
    /// The server was reached, and what it answered was no reason to give up.
    pub(crate) is_answered: bool,
}

/// A message as a game saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) id: MessageId,
    pub(crate) number: Option<u64>,
    pub(crate) state: Option<State>,
    /// When it came to be so, by the server's clock, which counts seconds.
    pub(crate) since: Timestamp,
    pub(crate) from: Uid,
    pub(crate) to: ReceiverId,
}

/// All that happened.
pub(crate) struct History {
    start: Instant,
    facts: Vec<(Instant, Fact)>,
    /// What the fake cloud did, if there was one.
    pub(crate) faults: String,
    ids: HashMap<u64, MessageId>,
    numbers: HashMap<MessageId, u64>,
}

impl History {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            facts: Vec::new(),
            faults: String::new(),
            ids: HashMap::new(),
            numbers: HashMap::new(),
        }
    }

    pub(crate) fn add(&mut self, fact: Fact) {
        if let Fact::Acknowledged { number, id, .. } = &fact {
            self.ids.insert(*number, *id);
            self.numbers.insert(*id, *number);
        }
        self.facts.push((Instant::now(), fact));
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> + Clone {
        self.facts.iter().map(|(_, fact)| fact)
    }

    /// The id of a message that was acknowledged.
    pub(crate) fn id(&self, number: u64) -> Option<MessageId> {
        self.ids.get(&number).copied()
    }

    pub(crate) fn number(&self, id: MessageId) -> Option<u64> {
        self.numbers.get(&id).copied()
    }

    /// How much happened, on one line.
    pub(crate) fn summary(&self) -> String {
        let count = |is_one: fn(&Fact) -> bool| self.facts().filter(|fact| is_one(fact)).count();
        let late: usize = self
            .facts()
            .map(|fact| match fact {
                Fact::Recovered {
                    messages, changes, ..
                } => messages + changes,
                _ => 0,
            })
            .sum();
        format!(
            "{} s: {} messages sent, {} changed, {} acknowledged, {} received, {} changes seen, {late} of them late, \
             {} gaps announced, {} connections, {} kills of the server, {} resets, {} restarts of games, {} changes \
             of user; {}",
            self.start.elapsed().as_secs(),
            count(|fact| matches!(fact, Fact::Sent { .. })),
            count(|fact| matches!(fact, Fact::Changing { .. })),
            count(|fact| matches!(fact, Fact::Acknowledged { .. })),
            count(|fact| matches!(fact, Fact::Received { .. })),
            count(|fact| matches!(fact, Fact::SawChange { .. })),
            count(|fact| matches!(fact, Fact::Gap { .. } | Fact::ChangesGap { .. })),
            count(|fact| matches!(fact, Fact::Connected { .. })),
            count(|fact| matches!(fact, Fact::Step(Step::KillServer))),
            count(|fact| matches!(fact, Fact::Step(Step::Reset(_)))),
            count(|fact| matches!(fact, Fact::Step(Step::Restart(_)))),
            count(|fact| matches!(fact, Fact::Step(Step::LogInAs { .. }))),
            self.faults,
        )
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fact) in &self.facts {
            let seconds = at.duration_since(self.start).as_secs_f64();
            writeln!(f, "{seconds:9.3} {fact:?}")?;
        }
        Ok(())
    }
}
