//! The client in a page of a real browser, against the local server: the scenarios that all shells have, and what only
//! pages do. `tests/web/run` builds the page and runs these tests, in Chromium and in Firefox.

#[allow(dead_code, reason = "the server's side of it is used here")]
#[path = "scenarios"]
mod scenarios {
    pub(crate) mod game;
    pub(crate) mod native;
    pub(crate) mod proxy;
    pub(crate) mod stage;
}
mod web {
    pub(crate) mod browser;
    mod chromium;
    mod commands;
    mod firefox;
    mod pages;
    mod player;
    mod reload;
    pub(crate) mod site;
    mod soak;
    mod tab;
    mod village;
}

use web::{browser::Browser, site::Site};

/// Makes a test of every scenario.
macro_rules! scenarios {
    ($($scenario:ident),+) => {
        mod in_a_page {
            $(#[test]
            #[ignore = "tests/web/run builds the page"]
            fn $scenario() { super::run(stringify!($scenario)) })+
        }
    };
}

scenarios![
    login,
    a_refused_login,
    reopen,
    logout,
    another_user,
    token_renewal,
    no_token_renewal,
    manual_mode,
    background_timeout,
    return_in_time,
    keep_alive,
    loss_and_repair,
    recovery,
    recovery_with_edits,
    recovery_after_a_restart,
    what_the_game_had_not_read,
    send,
    a_lost_reply,
    sending_offline
];

fn run(scenario: &str) {
    let site = Site::start();
    let tab = Browser::shared().open(&site.address());
    tab.wait_until("window.page");
    tab.evaluate(&format!("void page.run_scenario({scenario:?})"));
    tab.wait_until("window.outcome");
    assert_eq!(tab.evaluate("outcome"), "ok");
}
