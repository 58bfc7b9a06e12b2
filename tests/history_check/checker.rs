use std::collections::{HashMap, HashSet};

use bevy_cometchat::{
    connection::Cause,
    model::{MessageId, ReceiverId, Timestamp, Uid},
};

use super::{
    history::{Fact, History, Seen, Why, is_member},
    state::State,
};

/// What is wrong with the history; nothing, if all rules held.
pub(crate) fn violations(history: &History) -> Vec<String> {
    check(history.facts())
}

pub(crate) fn check<'a>(facts: impl Iterator<Item = &'a Fact> + Clone) -> Vec<String> {
    let withheld = facts.clone().filter_map(|fact| match fact {
        Fact::Withheld(id) => Some(*id),
        _ => None,
    });
    let mut checker = Checker {
        withheld: withheld.collect(),
        ..Checker::default()
    };
    for fact in facts {
        checker.take_in(fact);
    }
    checker.find_what_is_missing();
    checker.violations
}

#[derive(Default)]
struct Checker {
    /// The session of each game, as long as it lasts.
    views: HashMap<usize, View>,
    sends: HashMap<u64, Send>,
    /// What came later than others with larger ids: it has no place in the order.
    withheld: HashSet<MessageId>,
    sessions: usize,
    violations: Vec<String>,
}

/// What a user sees in a game, from login to logout.
struct View {
    session: usize,
    user: Uid,
    /// It has had a live connection: what is sent from here on is for it to see.
    listens: bool,
    /// What it received, as the game was told last.
    received: HashMap<MessageId, Told>,
    /// What it sent, as acknowledged last.
    own: HashMap<MessageId, State>,
    /// The latest message that it received in each conversation.
    latest: HashMap<ReceiverId, MessageId>,
    gaps: Vec<(MessageId, Option<MessageId>)>,
    misses_changes: bool,
}

/// What a game was told of a message.
#[derive(Clone, Copy, Debug)]
struct Told {
    state: Option<State>,
    since: Timestamp,
}

struct Send {
    /// The session that sent it.
    session: usize,
    from: Uid,
    to: ReceiverId,
    id: Option<MessageId>,
    /// What is acknowledged.
    state: Option<State>,
    /// What was asked for last, acknowledged or not.
    asked: State,
    /// The sessions that were to see it.
    seen_by: HashSet<usize>,
}

impl Told {
    /// Whether the game may be told this next. Of two edits within a second it can't know which was the later one; the
    /// later one comes last in the end, or is found to be lost.
    fn may_become(self, next: Self) -> bool {
        let is_within_a_second = self.since == next.since
            && self.state != Some(State::Deleted)
            && self.state != next.state;
        next.state > self.state || is_within_a_second
    }
}

impl Seen {
    fn told(&self) -> Told {
        Told {
            state: self.state,
            since: self.since,
        }
    }
}

impl View {
    fn concerns(&self, from: &Uid, to: &ReceiverId) -> bool {
        let is_receiver = match to {
            ReceiverId::User(uid) => *uid == self.user,
            ReceiverId::Group(_) => is_member(&self.user),
        };
        is_receiver || *from == self.user
    }

    /// The conversation that a message of its user's belongs to, by whom it is with.
    fn conversation(&self, message: &Seen) -> ReceiverId {
        match &message.to {
            ReceiverId::User(uid) if *uid == self.user => message.from.clone().into(),
            to => to.clone(),
        }
    }

    fn is_in_gap(&self, id: MessageId) -> bool {
        self.gaps
            .iter()
            .any(|(after, before)| id > *after && before.is_none_or(|before| id < before))
    }

    /// What the message says here; `None` if it is not here.
    fn state(&self, id: MessageId) -> Option<State> {
        let received = self.received.get(&id).and_then(|told| told.state);
        received.max(self.own.get(&id).copied())
    }
}

impl Checker {
    fn take_in(&mut self, fact: &Fact) {
        match fact {
            Fact::LoggedIn {
                game,
                user,
                is_restored,
            } => self.log_in(*game, user, *is_restored),
            Fact::LoggedOut { game, cause } => self.log_out(*game, *cause),
            Fact::Connected { game } => self.view(*game, |view| view.listens = true),
            Fact::Sent { game, number, to } => self.send(*game, *number, to),
            Fact::Changing { number, state, .. } => {
                if let Some(send) = self.sends.get_mut(number) {
                    send.asked = *state;
                }
            }
            Fact::Acknowledged { number, id, state } => self.acknowledge(*number, *id, *state),
            Fact::Received { game, message } => self.receive(*game, message),
            Fact::SawChange { game, message } => self.see_change(*game, message),
            Fact::Gap {
                game,
                after,
                before,
                why,
            } => {
                self.judge_gap(*game, why);
                self.view(*game, |view| view.gaps.push((*after, *before)));
            }
            Fact::ChangesGap { game, why } => {
                self.judge_gap(*game, why);
                self.view(*game, |view| view.misses_changes = true);
            }
            Fact::Withheld(_)
            | Fact::Step(_)
            | Fact::Disconnected { .. }
            | Fact::Unacknowledged { .. }
            | Fact::Recovered { .. } => {}
        }
    }

    /// What the server asks to wait for is waited for, and what can't be read is left out: neither is a gap.
    fn judge_gap(&mut self, game: usize, why: &Why) {
        if why.is_answered {
            self.complain(format!("given up: game {game} has a gap, as {}", why.error));
        }
    }

    fn complain(&mut self, violation: String) {
        self.violations.push(violation);
    }

    fn view(&mut self, game: usize, change: impl FnOnce(&mut View)) {
        self.views.get_mut(&game).map_or((), change)
    }

    fn log_in(&mut self, game: usize, user: &Uid, is_restored: bool) {
        match self.views.get(&game).map(|view| view.user.clone()) {
            Some(before) if is_restored && before == *user => return,
            None if !is_restored => {}
            before => self.complain(format!(
                "logged in: {user} is in game {game}, restored: {is_restored}, and before it was {before:?}"
            )),
        }
        self.sessions += 1;
        let view = View {
            session: self.sessions,
            user: user.clone(),
            listens: false,
            received: HashMap::new(),
            own: HashMap::new(),
            latest: HashMap::new(),
            gaps: Vec::new(),
            misses_changes: false,
        };
        self.views.insert(game, view);
    }

    fn log_out(&mut self, game: usize, cause: Cause) {
        self.views.remove(&game);
        if cause != Cause::LoggedOut {
            self.complain(format!(
                "logged out: nobody asked game {game} to, but {cause}"
            ));
        }
    }

    fn send(&mut self, game: usize, number: u64, to: &ReceiverId) {
        let Some(view) = self.views.get(&game) else {
            return self.complain(format!("message {number} has no sender"));
        };
        let from = view.user.clone();
        let listening = self.views.values().filter(|view| view.listens);
        let seen_by = listening.filter(|view| view.concerns(&from, to));
        let send = Send {
            session: view.session,
            to: to.clone(),
            id: None,
            state: None,
            asked: State::FIRST,
            seen_by: seen_by.map(|view| view.session).collect(),
            from,
        };
        self.sends.insert(number, send);
    }

    fn acknowledge(&mut self, number: u64, id: MessageId, state: State) {
        self.identify(number, id);
        let Some(send) = self.sends.get_mut(&number) else {
            return;
        };
        send.state = Some(state);
        let mut views = self.views.values_mut();
        let Some(sender) = views.find(|view| view.session == send.session) else {
            return;
        };
        sender.own.insert(id, state);
        if sender.received.contains_key(&id) {
            let user = sender.user.clone();
            self.complain(format!(
                "doubled: {user} sent message {number}, {id:?}, and received it before"
            ));
        }
    }

    /// A message is stored once.
    fn identify(&mut self, number: u64, id: MessageId) {
        let Some(send) = self.sends.get_mut(&number) else {
            return;
        };
        let known = *send.id.get_or_insert(id);
        if known != id {
            self.complain(format!(
                "stored twice: message {number} as {known:?} and {id:?}"
            ));
        }
    }

    fn receive(&mut self, game: usize, message: &Seen) {
        let Some(view) = self.views.get_mut(&game) else {
            return self.complain(format!(
                "foreign: game {game} got {message:?} with nobody logged in"
            ));
        };
        let user = view.user.clone();
        let is_foreign = !view.concerns(&message.from, &message.to);
        let is_own = view.own.contains_key(&message.id);
        let is_again = view.received.insert(message.id, message.told()).is_some();
        let is_doubled = is_own || is_again;
        let conversation = view.conversation(message);
        let is_late = self.withheld.contains(&message.id);
        let latest = if is_late {
            None
        } else {
            view.latest.insert(conversation, message.id)
        };
        if is_foreign {
            self.complain(format!("foreign: game {game} got {message:?} for {user}"));
        }
        if is_doubled {
            self.complain(format!("doubled: {user} received {message:?} again"));
        }
        if let Some(latest) = latest.filter(|latest| *latest > message.id) {
            self.complain(format!(
                "out of order: {user} received {message:?} after {latest:?}"
            ));
        }
        self.compare_with_what_was_sent(message);
    }

    fn see_change(&mut self, game: usize, message: &Seen) {
        let Some(view) = self.views.get_mut(&game) else {
            return self.complain(format!(
                "foreign: game {game} saw {message:?} with nobody logged in"
            ));
        };
        let user = view.user.clone();
        let is_foreign = !view.concerns(&message.from, &message.to);
        // A change of what it has not got, as it was sent before it listened, is no news of it.
        let before = view
            .received
            .get_mut(&message.id)
            .map(|told| std::mem::replace(told, message.told()));
        if is_foreign {
            self.complain(format!("foreign: game {game} saw {message:?} for {user}"));
        }
        if let Some(before) = before.filter(|before| !before.may_become(message.told())) {
            self.complain(format!(
                "no change: {user} saw {message:?} after {before:?}"
            ));
        }
        self.compare_with_what_was_sent(message);
    }

    fn compare_with_what_was_sent(&mut self, message: &Seen) {
        let send = message.number.and_then(|number| self.sends.get(&number));
        let is_as_sent = send.is_some_and(|send| {
            send.from == message.from
                && send.to == message.to
                && message.state.is_some_and(|state| state <= send.asked)
        });
        match message.number {
            Some(number) if is_as_sent => self.identify(number, message.id),
            // The text of what was deleted is gone, and with it the number, if the answer was lost.
            None if message.state == Some(State::Deleted) => {}
            _ => self.complain(format!("nobody sent {message:?}")),
        }
    }

    /// Sessions that are still there have had the time to get everything.
    fn find_what_is_missing(&mut self) {
        let mut violations = Vec::new();
        for (number, send) in &self.sends {
            let (Some(id), Some(acknowledged)) = (send.id, send.state) else {
                continue;
            };
            let mut uncertain = HashSet::new();
            for (game, view) in &self.views {
                let here = format!("{} in game {game}", view.user);
                match view.state(id) {
                    None if send.seen_by.contains(&view.session) && !view.is_in_gap(id) => violations.push(format!(
                        "lost: message {number}, {id:?}, from {} to {:?}, never came to {here}",
                        send.from, send.to
                    )),
                    Some(_) if view.misses_changes => {}
                    Some(state) if state < acknowledged => violations.push(format!(
                        "lost change: message {number}, {id:?}, is {state:?} for {here}, and not {acknowledged:?}"
                    )),
                    // The sender is not told of a change of its own whose answer was lost.
                    Some(state) if view.session != send.session => drop(uncertain.insert(state)),
                    _ => {}
                }
            }
            if uncertain.len() > 1 {
                violations.push(format!("message {number}, {id:?}, differs: {uncertain:?}"));
            }
        }
        self.violations.append(&mut violations);
    }
}
