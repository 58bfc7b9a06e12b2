//! A page that is loaded again while messages arrive: each reaches the game once.

use std::{thread, time::Duration};

use futures_lite::future::block_on;

use super::{player::Player, site::Site};
use crate::scenarios::stage::Stage;

/// Longer than any of this takes.
const LONG: Duration = Duration::from_secs(600);
const ROUNDS: [Leaving; 6] = {
    use Leaving::{Elsewhere, Reload};
    [Elsewhere, Reload, Elsewhere, Reload, Elsewhere, Reload]
};
/// With those of all rounds, fewer than bob may send in a minute.
const MESSAGES: u32 = 3;

fn bob_says(site: &Site, text: &str) {
    site.world(|world| block_on(world.bob_says(text)));
}

/// How a page ends whose game is played on.
#[derive(Clone, Copy, Debug)]
enum Leaving {
    /// It is loaded again.
    Reload,
    /// The player goes to another page, and comes back by its address.
    Elsewhere,
}

impl Leaving {
    /// Lets the page end, starts the game again, and waits until it has received what bob says last.
    fn leave(self, site: &Site, player: &mut Player, last: &str) {
        player.tab.evaluate("void (window.is_left = true)");
        match self {
            Self::Reload => drop(player.tab.evaluate("void location.reload()")),
            Self::Elsewhere => {
                player.tab.go_to("about:blank");
                player.tab.wait_until("location.href == 'about:blank'");
                player.tab.go_to(&site.address());
            }
        }
        player.tab.wait_until("!window.is_left && window.page");
        player.start(site, true, LONG);
        bob_says(site, last);
        player.wait_for(&format!("received {last}"));
    }
}

fn received(told: &[String]) -> Vec<&str> {
    let texts = told
        .iter()
        .filter_map(|told| told.strip_prefix("received "));
    texts.collect()
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn d3_what_the_game_has_received_is_not_received_again_when_the_page_is_loaded_again() {
    let site = Site::start();
    let mut player = Player::connected(&site, LONG);
    for (round, leaving) in ROUNDS.into_iter().enumerate() {
        let texts: Vec<_> = (0..MESSAGES)
            .map(|number| format!("{round} {number}"))
            .collect();
        for text in &texts {
            bob_says(&site, text);
        }
        let last = texts.last().expect("some");
        player.wait_for(&format!("received {last}"));
        player.told();
        let marker = format!("after {round}");
        leaving.leave(&site, &mut player, &marker);
        assert_eq!(received(&player.told()), [marker], "{leaving:?}");
    }
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn d3_what_arrives_while_the_page_is_loaded_again_is_received_once() {
    let site = Site::start();
    let mut player = Player::connected(&site, LONG);
    let mut said = Vec::new();
    for (round, leaving) in ROUNDS.into_iter().enumerate() {
        for number in 0..MESSAGES {
            said.push(format!("{round} {number}"));
            bob_says(&site, said.last().expect("one"));
        }
        said.push(format!("after {round}"));
        leaving.leave(&site, &mut player, said.last().expect("one"));
    }
    // A late one would come now.
    thread::sleep(Duration::from_secs(1));
    let told = player.told();
    assert_eq!(received(&told), said);
}
