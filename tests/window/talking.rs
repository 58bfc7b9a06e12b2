use super::game::{ANSWER, Game, status_changes};

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn what_is_typed_is_kept_with_escape_and_sent_with_enter() {
    let mut game = Game::start(&[]);
    let desktop = &game.desktop;
    desktop.press("Return");
    desktop.type_text("Hello,");
    desktop.press("Escape");
    desktop.press("Return");
    desktop.type_text(" Mira!");
    desktop.press("Return");
    let reports = game.reports_until("answer", |report| report.what.starts_with(ANSWER));
    let own: Vec<_> = reports
        .iter()
        .filter_map(|report| report.what.strip_prefix("Robin, in Fountain Square: "))
        .collect();
    assert_eq!(own, ["Hello, Mira!"]);
}

#[test]
#[ignore = "needs an X server: tests/window/run"]
fn r_a_server_that_was_killed_is_found_again() {
    let mut game = Game::start(&[]);
    game.desktop.press("F6");
    game.reports("The server is dead");
    let lost = game.reports_until("retry", |report| report.what.contains("; next attempt in "));
    assert!(
        status_changes(&lost)[0].starts_with("disconnected: "),
        "{lost:?}"
    );

    game.desktop.press("F6");
    game.reports("The server is back");
    game.reports("connected: the server accepted the connection");
    game.say("Hello, Mira!");
    game.reports(ANSWER);
}
