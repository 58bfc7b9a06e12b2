//! CometChat's official JavaScript SDK, in headless Chromium, as a client of the local server and beside this crate's
//! own client. `tests/interop/run` installs what that takes and runs these tests.

#[path = "interop/browser.rs"]
mod browser;
#[path = "interop/game.rs"]
mod game;
#[path = "interop/page.rs"]
mod page;
#[path = "interop/session.rs"]
mod session;
#[path = "interop/stage.rs"]
mod stage;
