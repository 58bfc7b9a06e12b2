//! What runs in the page: the scenarios that all shells have, and a game that is played by the test's host.

mod game_on_page;
mod host;
mod page;

// The scenarios of all shells.
#[path = "../../scenarios/connection.rs"]
mod connection;
#[path = "../../scenarios/game.rs"]
mod game;
#[path = "../../scenarios/messages.rs"]
mod messages;
#[path = "../../scenarios/session.rs"]
mod session;
#[path = "../../scenarios/stage.rs"]
mod stage;

use std::panic;

use js_sys::Reflect;
use wasm_bindgen::prelude::wasm_bindgen;

use self::page::Page;

/// Has panics end what runs, and the host hear of them.
#[wasm_bindgen(start)]
fn start() {
    panic::set_hook(Box::new(|info| end(&info.to_string())));
}

/// Sets the outcome, which the host waits for.
fn end(outcome: &str) {
    let _ = Reflect::set(&js_sys::global(), &"outcome".into(), &outcome.into());
}

/// Makes `run`, which runs the scenario of a name.
macro_rules! scenarios {
    ($($topic:ident: $($scenario:ident),+;)+) => {
        async fn run(name: &str) {
            match name {
                $($(stringify!($scenario) => $topic::$scenario(Page::open().await).await,)+)+
                _ => panic!("there is no scenario {name}"),
            }
        }
    };
}

scenarios! {
    session: login, a_refused_login, reopen, logout, another_user, token_renewal, no_token_renewal;
    connection: manual_mode, background_timeout, return_in_time, keep_alive, loss_and_repair;
    messages: recovery, recovery_with_edits, recovery_after_a_restart, what_the_game_had_not_read, send, a_lost_reply, sending_offline;
}

#[wasm_bindgen]
pub async fn run_scenario(name: String) {
    run(&name).await;
    end("ok");
}
