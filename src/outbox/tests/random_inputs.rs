//! The rules hold for any sequence of sends, losses, delays, refusals, restarts and logouts.

use std::{collections::HashSet, time::Duration};

use proptest::prelude::*;

use crate::{
    client::{
        OutboxLimits,
        outbox::{
            Input,
            tests::harness::{Fate, Look, World, millis, secs},
        },
    },
    connection::Cause,
};

const RECEIVERS: [&str; 3] = ["bob", "carol", "dave"];

#[derive(Clone, Debug)]
enum Step {
    Send(usize),
    Resend(prop::sample::Index),
    Discard(prop::sample::Index),
    Hear(prop::sample::Index),
    Online(bool),
    Fate(Fate),
    Look(Look),
    NetworkBack,
    Run(Duration),
    Sleep(Duration),
    Restart,
    LogOut,
}

fn any_step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        12 => (0..RECEIVERS.len()).prop_map(Step::Send),
        2 => index().prop_map(Step::Resend),
        1 => index().prop_map(Step::Discard),
        2 => index().prop_map(Step::Hear),
        3 => any::<bool>().prop_map(Step::Online),
        10 => any_fate().prop_map(Step::Fate),
        4 => any_look().prop_map(Step::Look),
        2 => Just(Step::NetworkBack),
        10 => any_duration().prop_map(Step::Run),
        1 => any_duration().prop_map(Step::Sleep),
        2 => Just(Step::Restart),
        1 => Just(Step::LogOut),
    ]
}

fn any_duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        1 => Just(Duration::ZERO),
        4 => (0..3_000_u64).prop_map(millis),
        2 => (0..30_u64).prop_map(secs),
        1 => (0..400_u64).prop_map(secs),
    ]
}

fn any_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        1 => Just(Fate::Stored),
        1 => Just(Fate::Refused),
        1 => Just(Fate::NeverLeft),
        2 => Just(Fate::Lost),
        3 => (0..2_900_u64).prop_map(|late| Fate::ReplyLost(millis(late))),
        1 => prop::option::of(any_duration()).prop_map(Fate::Throttled),
    ]
}

fn any_look() -> impl Strategy<Value = Look> {
    prop_oneof![
        2 => Just(Look::Answered),
        3 => Just(Look::Lost),
        1 => Just(Look::Refused),
        1 => Just(Look::OutOfReach),
    ]
}

fn any_limits() -> impl Strategy<Value = OutboxLimits> {
    (1..20_usize, 0..400_u64, prop::option::of(1..6_u32)).prop_map(|(messages, age, per_minute)| {
        OutboxLimits {
            messages,
            age: secs(age),
            per_minute,
            ..OutboxLimits::default()
        }
    })
}

struct Model {
    world: World,
    limits: OutboxLimits,
    sent: Vec<String>,
    /// The first message of each session.
    sessions: Vec<usize>,
}

impl Model {
    fn take(&mut self, step: Step) {
        match step {
            Step::Send(to) => {
                let muid = self.sent.len().to_string();
                self.world.send(RECEIVERS[to], &muid);
                self.sent.push(muid);
            }
            Step::Resend(index) if !self.sent.is_empty() => {
                self.world.resend(index.get::<String>(&self.sent));
            }
            Step::Discard(index) if !self.sent.is_empty() => {
                let _ = self.world.discard(index.get::<String>(&self.sent));
            }
            Step::Hear(index) if !self.world.stored.is_empty() => {
                let message = index.get(&self.world.stored).clone();
                self.world.put(Input::Heard(message));
            }
            Step::Resend(_) | Step::Discard(_) | Step::Hear(_) => {}
            Step::Online(online) => self.world.online = online,
            Step::Fate(fate) => self.world.fates.push_back(fate),
            Step::Look(look) => self.world.looks.push_back(look),
            Step::NetworkBack => self.world.put(Input::NetworkBack),
            Step::Run(duration) => self.world.run_for(duration),
            Step::Sleep(duration) => self.world.sleep(duration),
            Step::Restart => {
                self.begin();
                self.world.restart();
            }
            Step::LogOut => {
                self.begin();
                self.sessions.push(self.sent.len());
                self.world.put(Input::Closed(Cause::LoggedOut));
                self.world.saved.clear();
            }
        }
    }

    /// From here on, what was sent before does not count for the pace.
    fn begin(&mut self) {
        let now = self.world.time();
        self.world.log.push((now, "begin".into()));
    }

    fn check(&self) {
        for (muid, requests) in &self.world.requests {
            let ended = requests
                .iter()
                .filter(|request| request.outcome().is_some());
            assert_eq!(
                ended.count(),
                requests.len(),
                "a request of {muid} never ended"
            );
        }
        for muid in &self.sent {
            let last = self.world.states(muid).last().copied();
            assert_ne!(last, Some("pending"), "{muid} hangs");
            let is_stored = self.world.muids().contains(&muid.as_str());
            assert!(last != Some("sent") || is_stored, "{muid} is lost");
        }
        self.check_order();
        self.check_pace();
    }

    /// Messages that neither failed nor were discarded are in the order in which they were sent.
    fn check_order(&self) {
        let is_smooth = |muid: &str| {
            let states = self.world.states(muid);
            states
                .iter()
                .all(|state| matches!(*state, "pending" | "sent"))
        };
        let session = |number: usize| self.sessions.partition_point(|first| *first <= number);
        for to in RECEIVERS {
            let numbers: Vec<usize> = self
                .world
                .stored
                .iter()
                .filter(|message| message.receiver.uid().is_some_and(|uid| *uid == to))
                .filter_map(|message| message.muid.as_deref())
                .filter(|muid| is_smooth(muid))
                .filter_map(|muid| muid.parse().ok())
                .collect();
            let in_order =
                |pair: &[usize]| pair[0] < pair[1] || session(pair[0]) != session(pair[1]);
            assert!(
                numbers.windows(2).all(in_order),
                "out of order: {numbers:?}"
            );
        }
    }

    fn check_pace(&self) {
        let Some(per_minute) = self.limits.per_minute else {
            return;
        };
        for session in self.world.log.split(|(_, what)| what == "begin") {
            let posts: Vec<_> = session
                .iter()
                .filter(|(_, what)| what == "left")
                .map(|(at, _)| *at)
                .collect();
            let is_slow = |posts: &[Duration]| posts[posts.len() - 1] - posts[0] >= secs(60);
            assert!(
                posts.windows(per_minute as usize + 1).all(is_slow),
                "{posts:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_inputs_keep_the_rules(
        limits in any_limits(),
        seed in any::<u64>(),
        steps in prop::collection::vec(any_step(), 1..80),
    ) {
        let world = World::seeded(limits.clone(), seed);
        let mut model = Model { world, limits, sent: Vec::new(), sessions: Vec::new() };
        for step in steps {
            model.take(step);
        }
        model.world.online = true;
        model.world.fates.clear();
        model.world.looks.clear();
        model.world.run_for(secs(1_500));
        model.check();
        prop_assert_eq!(model.world.outbox.next_deadline(), None);
        let muids: HashSet<_> = model.world.muids().into_iter().collect();
        prop_assert_eq!(muids.len(), model.world.stored.len(), "doubled");
    }
}
