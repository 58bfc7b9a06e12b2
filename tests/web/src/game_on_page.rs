//! A game that the host plays: it updates with the frames of the browser, so not while the page is hidden.

use std::{cell::RefCell, sync::Arc, time::Duration};

use bevy_cometchat::{model::User, prelude::*};
use futures_lite::future;
use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Storage;

use crate::{
    game::{Game, KEY},
    page::Page,
};

const TOLD: &str = "told";

thread_local! {
    static GAME: RefCell<Option<Game<Page>>> = const { RefCell::new(None) };
    static LOGIN: RefCell<Option<Request<Arc<User>>>> = const { RefCell::new(None) };
}

fn with<T>(act: impl FnOnce(&mut Game<Page>) -> T) -> T {
    GAME.with_borrow_mut(|game| act(game.as_mut().expect("a game was started")))
}

/// Starts a game that connects to a server, in auto mode or in manual mode.
#[wasm_bindgen]
pub fn start_game(server: &str, is_auto: bool, background_timeout: u32) {
    let game = Game::new(Page::at(server), |settings| {
        let timeout = Duration::from_millis(background_timeout.into());
        settings
            .auto_establish_socket_connection(is_auto)
            .timing(|timing| {
                timing.background_timeout = timeout;
                timing.keep_alive_interval = timeout;
            })
    });
    GAME.set(Some(game));
    spawn_local(async {
        loop {
            let frame = Promise::new(&mut |resolve, _| {
                let window = web_sys::window().expect("a page");
                let _ = window.request_animation_frame(&resolve);
            });
            let _ = JsFuture::from(frame).await;
            with(|game| {
                // Of no length: it updates once, and waits for nothing.
                future::block_on(game.pass(Duration::ZERO));
                keep(&game.told());
            });
        }
    });
}

#[wasm_bindgen]
pub fn login(uid: &str) {
    LOGIN.set(Some(with(|game| game.chat().login(AuthKey::new(uid, KEY)))));
}

/// The code of the error with which the last login has failed.
#[wasm_bindgen]
pub fn login_error() -> Option<String> {
    LOGIN.with_borrow(|login| {
        let error = login.as_ref()?.outcome()?.err()?;
        Some(error.code.to_string())
    })
}

#[wasm_bindgen]
pub fn logout() {
    with(|game| drop(game.chat().logout()));
}

#[wasm_bindgen]
pub fn connect() {
    with(|game| drop(game.chat().connect()));
}

/// Sends a text to bob.
#[wasm_bindgen]
pub fn say(text: &str) {
    with(|game| drop(game.say(text)));
}

/// What the games of this tab were told since the last call.
#[wasm_bindgen]
pub fn told() -> Vec<String> {
    let kept = kept();
    let told = kept.get_item(TOLD).expect("a storage").unwrap_or_default();
    kept.remove_item(TOLD).expect("a storage");
    told.lines().map(str::to_owned).collect()
}

fn keep(told: &[String]) {
    if told.is_empty() {
        return;
    }
    let kept = kept();
    let mut all = kept.get_item(TOLD).expect("a storage").unwrap_or_default();
    for told in told {
        all += told;
        all += "\n";
    }
    kept.set_item(TOLD, &all).expect("room");
}

/// Survives that the page is loaded again.
fn kept() -> Storage {
    let window = web_sys::window().expect("a page");
    let storage = window.session_storage().expect("a storage");
    storage.expect("a storage")
}
