//! The village in a page: the canvas, what the page's address asks for, and the browser's console. The server and the
//! villagers are elsewhere, in the program `village_host`.

mod field;

use std::{error::Error, fmt};

use bevy::prelude::*;
use web_sys::{UrlSearchParams, console};

use crate::{
    Opened,
    cast::{TRAVELLERS, Traveller},
    plugins,
    realm::Realm,
    scene,
};

/// A page can neither kill the server nor cut the network.
pub(crate) const NETWORK_HELP: &[(&str, &str)] = &[];

/// The canvas of `examples/web/index.html`.
const CANVAS: &str = "#village";

/// Opens the village that the page's address asks for: `server` is the address of the server, `as` the name of the player's
/// character.
pub(crate) fn open() -> Result<Opened, Box<dyn Error>> {
    let query = query().ok_or("the page has no address")?;
    let server = query.get("server");
    let server =
        server.ok_or("the address of the server is missing, as in ?server=127.0.0.1:40123")?;
    let traveller = traveller(query.get("as"))?;
    let realm = Realm::on_this_machine(server.parse()?, &traveller);
    Ok(Opened {
        app: stage(),
        realm,
        traveller,
    })
}

fn query() -> Option<UrlSearchParams> {
    let address = web_sys::window()?.location().search().ok()?;
    UrlSearchParams::new_with_str(&address).ok()
}

fn traveller(name: Option<String>) -> Result<Traveller, String> {
    let Some(name) = name else {
        return Ok(TRAVELLERS[0]);
    };
    let named = TRAVELLERS.into_iter().find(|it| it.uid == name);
    named.ok_or_else(|| {
        let names = TRAVELLERS.map(|it| it.uid).join(", ");
        format!("there is no {name:?}; the characters are {names}")
    })
}

fn stage() -> App {
    let window = Window {
        canvas: Some(CANVAS.into()),
        fit_canvas_to_parent: true,
        ..default()
    };
    let mut app = App::new();
    app.add_plugins((plugins(window), scene, field::plugin));
    app
}

/// The page shows what its script throws.
pub(crate) fn give_up(problem: &dyn Error) -> AppExit {
    wasm_bindgen::throw_str(&problem.to_string())
}

/// Prints a line on the browser's console.
pub(crate) fn print(line: fmt::Arguments) {
    console::log_1(&line.to_string().into());
}

/// The example is built without audio.
pub(crate) const fn ring() {}
