use std::{fmt, time::Instant};

use bevy_cometchat::{
    lifecycle::Cause,
    model::{MessageId, ReceiverId, Uid},
};

use super::plan::Step;

/// The users, of whom each game is one at a time.
pub(crate) const USERS: [&str; 5] = ["ana", "ben", "cleo", "dan", "eve"];
/// The group of all but the last of them.
pub(crate) const GROUP: &str = "hall";

/// Whether the user gets what is sent to the group.
pub(crate) fn is_member(uid: &Uid) -> bool {
    USERS[..USERS.len() - 1].contains(&uid.as_str())
}

/// What happened, in the order in which the test learned of it.
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
    /// The game sends a message, known by its number from here on.
    Sent {
        game: usize,
        number: u64,
        to: ReceiverId,
    },
    /// The server has stored it.
    Acknowledged { number: u64, id: MessageId },
    /// The game's request failed. The message may be sent all the same: by the next run, or because it was on its way.
    Unacknowledged { number: u64, why: String },
    /// The game got a message.
    Received { game: usize, message: Received },
    /// The game was told that it got so many late.
    Recovered { game: usize, messages: usize },
    /// The game was told that it misses what is between these.
    Gap {
        game: usize,
        after: MessageId,
        before: Option<MessageId>,
        why: String,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) id: MessageId,
    pub(crate) number: Option<u64>,
    pub(crate) from: Uid,
    pub(crate) to: ReceiverId,
}

/// All that happened.
pub(crate) struct History {
    start: Instant,
    facts: Vec<(Instant, Fact)>,
}

impl History {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            facts: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, fact: Fact) {
        self.facts.push((Instant::now(), fact));
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().map(|(_, fact)| fact)
    }

    /// How much happened, on one line.
    pub(crate) fn summary(&self) -> String {
        let count = |is_one: fn(&Fact) -> bool| self.facts().filter(|fact| is_one(fact)).count();
        let recovered: usize = self
            .facts()
            .map(|fact| match fact {
                Fact::Recovered { messages, .. } => *messages,
                _ => 0,
            })
            .sum();
        format!(
            "{} s: {} sent, {} acknowledged, {} received, {recovered} of them late, {} gaps announced, {} connections, \
             {} kills of the server, {} resets, {} restarts of games, {} changes of user",
            self.start.elapsed().as_secs(),
            count(|fact| matches!(fact, Fact::Sent { .. })),
            count(|fact| matches!(fact, Fact::Acknowledged { .. })),
            count(|fact| matches!(fact, Fact::Received { .. })),
            count(|fact| matches!(fact, Fact::Gap { .. })),
            count(|fact| matches!(fact, Fact::Connected { .. })),
            count(|fact| matches!(fact, Fact::Step(Step::KillServer))),
            count(|fact| matches!(fact, Fact::Step(Step::Reset(_)))),
            count(|fact| matches!(fact, Fact::Step(Step::Restart(_)))),
            count(|fact| matches!(fact, Fact::Step(Step::LogInAs { .. }))),
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
