//! The game example in a real window, driven by real keys and clicks: an X server without a screen, a window manager,
//! and a second window to turn to. What counts is what the game reports, not what it draws. `tests/window/run` installs
//! what that takes and runs these tests.

#[path = "window/background.rs"]
mod background;
#[path = "window/closing.rs"]
mod closing;
#[path = "window/desktop.rs"]
mod desktop;
#[path = "window/game.rs"]
mod game;
#[path = "window/places.rs"]
mod places;
#[path = "window/sleeping.rs"]
mod sleeping;
#[path = "window/talking.rs"]
mod talking;
