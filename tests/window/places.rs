use std::time::Duration;

use super::game::{Game, JOIN};

/// How far west another game shows a player, once it stands there.
#[track_caller]
fn x_of(game: &mut Game, name: &str, is_it: impl Fn(i32) -> bool) -> i32 {
    let stands = format!("{name} stands at ");
    let x = |what: &str| {
        let (x, _) = what.strip_prefix(&stands)?.split_once(", ")?;
        x.parse().ok().filter(|x| is_it(*x))
    };
    let reports = game.reports_until(&stands, |report| x(&report.what).is_some());
    reports.last().and_then(|report| x(&report.what)).unwrap()
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn who_walks_in_one_game_walks_in_the_other_and_newcomers_learn_where_others_stand() {
    let mut first = Game::start(&[]);
    let address = first.address.clone().unwrap();
    let mut second = Game::start(&[JOIN, &address]);
    x_of(&mut second, "Robin", |_| true);
    let before = x_of(&mut first, "Wren", |_| true);

    second.desktop.hold("a", Duration::from_secs(1));
    x_of(&mut first, "Wren", |x| x < before);
}
