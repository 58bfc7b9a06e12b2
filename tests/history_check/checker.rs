use std::collections::{HashMap, HashSet};

use bevy_cometchat::{
    lifecycle::Cause,
    model::{MessageId, ReceiverId, Uid},
};

use super::history::{Fact, History, Received, is_member};

/// What is wrong with the history; nothing, if all rules held.
pub(crate) fn violations(history: &History) -> Vec<String> {
    check(history.facts())
}

fn check<'a>(facts: impl Iterator<Item = &'a Fact>) -> Vec<String> {
    let mut checker = Checker::default();
    for fact in facts {
        checker.take_in(fact);
    }
    checker.find_what_is_lost();
    checker.violations
}

#[derive(Default)]
struct Checker {
    /// The session of each game, as long as it lasts.
    views: HashMap<usize, View>,
    sends: HashMap<u64, Send>,
    ids: HashMap<u64, MessageId>,
    sessions: usize,
    violations: Vec<String>,
}

/// What a user sees in a game, from login to logout.
struct View {
    session: usize,
    user: Uid,
    /// It has had a live connection: what is sent from here on is for it to see.
    listens: bool,
    /// What it received.
    received: HashSet<MessageId>,
    /// What it sent. It may receive that too: the answer may be lost, and then it learns of it in no other way.
    own: HashSet<MessageId>,
    /// The latest message that it received in each conversation.
    latest: HashMap<ReceiverId, MessageId>,
    gaps: Vec<(MessageId, Option<MessageId>)>,
}

struct Send {
    /// The session that sent it.
    session: usize,
    from: Uid,
    to: ReceiverId,
    id: Option<MessageId>,
    /// The sessions that were to see it.
    seen_by: HashSet<usize>,
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
    fn conversation(&self, message: &Received) -> ReceiverId {
        match &message.to {
            ReceiverId::User(uid) if *uid == self.user => message.from.clone().into(),
            to => to.clone(),
        }
    }

    fn is_in_gap(&self, id: MessageId) -> bool {
        let is_within = |(after, before): &(MessageId, Option<MessageId>)| {
            id > *after && before.is_none_or(|it| id < it)
        };
        self.gaps.iter().any(is_within)
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
            Fact::Connected { game } => {
                if let Some(view) = self.views.get_mut(game) {
                    view.listens = true;
                }
            }
            Fact::Sent { game, number, to } => self.send(*game, *number, to),
            Fact::Acknowledged { number, id } => self.acknowledge(*number, *id),
            Fact::Received { game, message } => self.receive(*game, message),
            Fact::Gap {
                game,
                after,
                before,
                ..
            } => {
                if let Some(view) = self.views.get_mut(game) {
                    view.gaps.push((*after, *before));
                }
            }
            Fact::Step(_)
            | Fact::Disconnected { .. }
            | Fact::Unacknowledged { .. }
            | Fact::Recovered { .. } => {}
        }
    }

    fn log_in(&mut self, game: usize, user: &Uid, is_restored: bool) {
        match self.views.get(&game) {
            Some(view) if is_restored && view.user == *user => return,
            Some(view) => self.violations.push(format!(
                "game {game}: {user} is logged in while {} was",
                view.user
            )),
            None if is_restored => self
                .violations
                .push(format!("game {game}: {user} was logged out before")),
            None => {}
        }
        self.sessions += 1;
        let view = View {
            session: self.sessions,
            user: user.clone(),
            listens: false,
            received: HashSet::new(),
            own: HashSet::new(),
            latest: HashMap::new(),
            gaps: Vec::new(),
        };
        self.views.insert(game, view);
    }

    fn log_out(&mut self, game: usize, cause: Cause) {
        self.views.remove(&game);
        if cause != Cause::LoggedOut {
            self.violations.push(format!(
                "logged out: nobody asked game {game} to, but {cause}"
            ));
        }
    }

    fn send(&mut self, game: usize, number: u64, to: &ReceiverId) {
        let Some(view) = self.views.get(&game) else {
            return self
                .violations
                .push(format!("message {number} has no sender"));
        };
        let from = view.user.clone();
        let listening = self.views.values().filter(|view| view.listens);
        let seen_by = listening.filter(|view| view.concerns(&from, to));
        let send = Send {
            session: view.session,
            from: from.clone(),
            to: to.clone(),
            id: None,
            seen_by: seen_by.map(|view| view.session).collect(),
        };
        self.sends.insert(number, send);
    }

    fn acknowledge(&mut self, number: u64, id: MessageId) {
        self.identify(number, id);
        let Some(send) = self.sends.get_mut(&number) else {
            return;
        };
        send.id = Some(id);
        let sender = self
            .views
            .values_mut()
            .find(|view| view.session == send.session);
        if let Some(view) = sender {
            view.own.insert(id);
        }
    }

    /// A message is stored once.
    fn identify(&mut self, number: u64, id: MessageId) {
        let known = *self.ids.entry(number).or_insert(id);
        if known != id {
            self.violations.push(format!(
                "stored twice: message {number} as {known:?} and {id:?}"
            ));
        }
    }

    fn receive(&mut self, game: usize, message: &Received) {
        let id = message.id;
        let Some(view) = self.views.get_mut(&game) else {
            return self.violations.push(format!(
                "foreign: game {game} got {message:?} with nobody logged in"
            ));
        };
        let user = view.user.clone();
        if !view.concerns(&message.from, &message.to) {
            self.violations
                .push(format!("foreign: game {game} got {message:?} for {user}"));
        }
        if !view.received.insert(id) {
            self.violations
                .push(format!("doubled: {user} received {message:?} again"));
        }
        let latest = view.latest.entry(view.conversation(message)).or_insert(id);
        if *latest > id {
            self.violations.push(format!(
                "out of order: {user} received {message:?} after {latest:?}"
            ));
        }
        *latest = id.max(*latest);
        self.compare_with_what_was_sent(message);
    }

    fn compare_with_what_was_sent(&mut self, message: &Received) {
        let send = message.number.and_then(|number| self.sends.get(&number));
        let is_as_sent =
            send.is_some_and(|send| send.from == message.from && send.to == message.to);
        match message.number {
            Some(number) if is_as_sent => self.identify(number, message.id),
            _ => self.violations.push(format!("nobody sent {message:?}")),
        }
    }

    /// Sessions that are still there have had the time to get everything.
    fn find_what_is_lost(&mut self) {
        for (game, view) in &self.views {
            for (number, send) in &self.sends {
                let Some(id) = send.id.filter(|_| send.seen_by.contains(&view.session)) else {
                    continue;
                };
                let has_it = view.received.contains(&id) || view.own.contains(&id);
                if !has_it && !view.is_in_gap(id) {
                    self.violations.push(format!(
                        "lost: message {number}, {id:?}, from {} to {:?}, never came to {} in game {game}",
                        send.from, send.to, view.user
                    ));
                }
            }
        }
    }
}

/// A checker that finds nothing proves nothing: each kind of violation is found.
#[cfg(test)]
mod tests {
    use bevy_cometchat::model::Guid;

    use super::{
        super::history::{GROUP, USERS},
        *,
    };

    fn logged_in(game: usize, user: &str) -> Fact {
        Fact::LoggedIn {
            game,
            user: user.into(),
            is_restored: false,
        }
    }

    fn sent(number: u64, game: usize, to: impl Into<ReceiverId>) -> Fact {
        Fact::Sent {
            game,
            number,
            to: to.into(),
        }
    }

    fn acknowledged(number: u64, id: u64) -> Fact {
        Fact::Acknowledged {
            number,
            id: MessageId(id),
        }
    }

    fn received(game: usize, number: u64, id: u64, from: &str, to: impl Into<ReceiverId>) -> Fact {
        Fact::Received {
            game,
            message: Received {
                id: MessageId(id),
                number: Some(number),
                from: from.into(),
                to: to.into(),
            },
        }
    }

    fn ben() -> Uid {
        "ben".into()
    }

    fn hall() -> Guid {
        GROUP.into()
    }

    /// Ana and ben play; ana has sent him 1 and 2, stored as 11 and 12.
    fn two_messages() -> Vec<Fact> {
        vec![
            logged_in(0, "ana"),
            logged_in(1, "ben"),
            Fact::Connected { game: 0 },
            Fact::Connected { game: 1 },
            sent(1, 0, ben()),
            sent(2, 0, ben()),
            acknowledged(1, 11),
            acknowledged(2, 12),
        ]
    }

    fn assert_finds(what: &str, more: impl IntoIterator<Item = Fact>) {
        let facts: Vec<_> = two_messages().into_iter().chain(more).collect();
        let found = check(facts.iter());
        assert!(
            found.len() == 1 && found[0].starts_with(what),
            "{what}: {found:?}"
        );
    }

    fn first() -> Fact {
        received(1, 1, 11, "ana", ben())
    }

    fn second() -> Fact {
        received(1, 2, 12, "ana", ben())
    }

    #[test]
    fn what_is_right_is_no_violation() {
        let facts: Vec<_> = two_messages()
            .into_iter()
            .chain([first(), second()])
            .collect();
        assert_eq!(check(facts.iter()), [""; 0]);
    }

    #[test]
    fn a_message_that_never_comes_is_lost() {
        assert_finds("lost: message 2", [first()]);
    }

    #[test]
    fn a_message_in_a_gap_that_was_announced_is_not() {
        let gap = Fact::Gap {
            game: 1,
            after: MessageId(11),
            before: None,
            why: "a test".into(),
        };
        let facts: Vec<_> = two_messages().into_iter().chain([first(), gap]).collect();
        assert_eq!(check(facts.iter()), [""; 0]);
    }

    #[test]
    fn a_message_that_comes_twice_is_doubled_also_after_a_restart() {
        assert_finds("doubled", [first(), second(), second()]);
        let restored = Fact::LoggedIn {
            game: 1,
            user: ben(),
            is_restored: true,
        };
        assert_finds("doubled", [first(), second(), restored, second()]);
    }

    #[test]
    fn a_message_that_comes_before_an_earlier_one_is_out_of_order() {
        assert_finds("out of order", [second(), first()]);
    }

    #[test]
    fn a_message_for_somebody_else_is_foreign() {
        let cleo = Uid::from("cleo");
        let foreign = [sent(3, 0, cleo.clone()), received(1, 3, 13, "ana", cleo)];
        assert_finds("foreign", [first(), second()].into_iter().chain(foreign));
        let outsider = USERS[USERS.len() - 1];
        let to_group = [
            logged_in(2, outsider),
            sent(3, 0, hall()),
            received(2, 3, 13, "ana", hall()),
        ];
        assert_finds("foreign", [first(), second()].into_iter().chain(to_group));
    }

    #[test]
    fn a_message_of_the_session_before_is_foreign() {
        let logged_out = Fact::LoggedOut {
            game: 1,
            cause: Cause::LoggedOut,
        };
        assert_finds("foreign", [first(), logged_out, second()]);
    }

    #[test]
    fn a_session_that_ends_by_itself_is_found() {
        let logged_out = Fact::LoggedOut {
            game: 1,
            cause: Cause::TokenUnknown,
        };
        assert_finds("logged out", [first(), second(), logged_out]);
    }

    #[test]
    fn a_message_that_was_stored_under_two_ids_is_found() {
        assert_finds(
            "stored twice",
            [first(), second(), received(1, 2, 13, "ana", ben())],
        );
    }

    #[test]
    fn a_message_that_nobody_sent_is_found() {
        assert_finds(
            "nobody sent",
            [first(), second(), received(1, 9, 13, "ana", ben())],
        );
    }
}
