use super::game::Game;

/// The window manager's own key for it.
const CLOSE: &str = "alt+F4";

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn the_game_ends_with_its_window() {
    let mut game = Game::start(&[]);
    game.desktop.press(CLOSE);
    assert!(game.end().success());
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn the_game_ends_with_its_window_while_it_looks_for_the_server() {
    let mut game = Game::start(&[]);
    game.desktop.press("F6");
    game.reports("The server is dead");
    game.reports("connecting");
    game.desktop.press(CLOSE);
    assert!(game.end().success());
}
