//! Any course of a chat, with losses and late replies: what must hold for all of them. The server here is the naive
//! model: a list of all messages as they are.

mod step;
mod world;

use proptest::prelude::*;

use self::{
    step::{Step, any_step},
    world::World,
};
use crate::history::HistoryLimits;

fn run(limits: HistoryLimits, steps: &[Step], mut check: impl FnMut(&World)) -> World {
    let mut world = World::new(limits);
    for step in steps {
        let before = world.looks();
        world.take(step);
        world.check();
        world.check_versions(&before);
        check(&world);
    }
    world
}

proptest! {
    #[test]
    fn d3_d4_everything_is_there_once_in_order_and_up_to_date_or_known_to_be_missing(
        steps in prop::collection::vec(any_step(), 1..150),
    ) {
        let mut world = run(HistoryLimits::default(), &steps, World::check_counts);
        world.check_completion();
    }

    #[test]
    fn small_limits_hold_and_what_goes_for_them_is_known_to_be_missing(
        steps in prop::collection::vec(any_step(), 1..150),
        messages in 1..6_usize,
        older in 0..4_usize,
        conversations in 1..3_usize,
    ) {
        let limits = HistoryLimits {
            messages,
            older,
            conversations,
            ..HistoryLimits::default()
        };
        run(limits, &steps, |_| {});
    }
}
