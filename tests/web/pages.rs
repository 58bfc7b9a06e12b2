//! What only pages do: they are hidden, frozen, left, closed, and opened twice.

use std::{
    thread,
    time::{Duration, Instant},
};

use futures_lite::future::block_on;

use super::{
    browser::{Browser, PATIENCE},
    player::Player,
    site::Site,
};
use crate::scenarios::{native::Native, stage::Stage};

/// A background timeout for tests.
const TIMEOUT: Duration = Duration::from_secs(2);
/// One that does not pass.
const LONG: Duration = Duration::from_secs(600);
const ELSEWHERE: &str = "about:blank";

/// Waits until a page has closed a socket, and returns with which code.
fn close_code(site: &Site) -> u16 {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(code) = site.world(|world| world.take_close_code()) {
            return code;
        }
        assert!(Instant::now() < end, "no socket was closed");
        thread::sleep(Duration::from_millis(10));
    }
}

fn bob_says(site: &Site, text: &str) {
    site.world(|world| block_on(world.bob_says(text)));
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn s4_d3_a_page_that_is_loaded_again_restores_the_session_and_recovers_what_it_missed() {
    let site = Site::start();
    let mut player = Player::connected(&site, LONG);
    bob_says(&site, "seen");
    player.wait_for("received seen");
    player.told();
    player.tab.go_to(ELSEWHERE);
    assert_eq!(close_code(&site), Browser::shared().close_code_of_leaving());
    bob_says(&site, "missed");
    player.tab.go_to(&site.address());
    player.tab.wait_until("window.page");
    // The page before may have been told that its connection ended.
    player.told();
    player.start(&site, true, LONG);
    player.wait_for("recovered 1, changed 0");
    assert_eq!(
        player.told(),
        [
            "alice in (Restored)",
            "connecting (SessionRestored)",
            "connected (Accepted)",
            "received missed",
            "recovered 1, changed 0",
        ]
    );
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn r1_a_server_that_is_gone_for_a_while_is_found_again() {
    let site = Site::start();
    let mut player = Player::connected(&site, LONG);
    site.world(|world| block_on(world.cut()));
    player.wait_for("disconnected (ConnectionLost)");
    player.tab.evaluate("page.say('unsent')");
    bob_says(&site, "missed");
    thread::sleep(Duration::from_secs(2));
    site.world(|world| block_on(world.restore()));
    player.wait_for("recovered 1, changed 0");
    player.wait_for("sent unsent");
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn f1_a_hidden_page_is_in_the_background_in_auto_mode() {
    let site = Site::start();
    let mut player = Player::connected(&site, TIMEOUT);
    // Before, since it takes a while until the browser has answered.
    let hiding = Instant::now();
    player.tab.hide();
    assert_eq!(close_code(&site), 1000);
    assert!(hiding.elapsed() > TIMEOUT / 2, "{:?}", hiding.elapsed());
    bob_says(&site, "missed");
    player.tab.show();
    player.wait_for("recovered 1, changed 0");
    assert_eq!(
        player.told(),
        [
            "disconnected (BackgroundTimeout)",
            "connecting (Foregrounded)",
            "connected (Accepted)",
            "received missed",
            "recovered 1, changed 0"
        ]
    );
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn m7_a_hidden_page_is_in_the_background_in_manual_mode() {
    let site = Site::start();
    let mut player = Player::at(&site);
    player.start(&site, false, TIMEOUT);
    player.tab.evaluate("page.login('alice')");
    player.wait_for("alice in (Login)");
    player.tab.evaluate("page.connect()");
    player.wait_for("recovered 0, changed 0");
    player.told();
    player.tab.hide();
    assert_eq!(close_code(&site), 1000);
    player.tab.show();
    player.wait_for("disconnected (BackgroundTimeout)");
    thread::sleep(TIMEOUT);
    assert_eq!(player.told(), ["disconnected (BackgroundTimeout)"]);
    player.tab.evaluate("page.connect()");
    player.wait_for("connected (Accepted)");
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn m8_a_page_that_is_shown_again_in_time_stays_connected() {
    let site = Site::start();
    let mut player = Player::connected(&site, Duration::from_secs(10));
    for _ in 0..3 {
        player.tab.hide();
        thread::sleep(Duration::from_millis(500));
        player.tab.show();
        thread::sleep(Duration::from_millis(500));
    }
    bob_says(&site, "live");
    player.wait_for("received live");
    assert_eq!(player.told(), ["received live"]);
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn f1_the_background_timeout_is_30_s_in_a_hidden_page_too() {
    let site = Site::start();
    let timeout = Duration::from_secs(30);
    let player = Player::connected(&site, timeout);
    let hiding = Instant::now();
    player.tab.hide();
    let hidden = Instant::now();
    assert_eq!(close_code(&site), 1000);
    let most = hiding.elapsed();
    let least = hidden.elapsed();
    assert!(most > timeout - Duration::from_secs(2), "{most:?}");
    assert!(least < timeout + Duration::from_secs(5), "{least:?}");
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn f1_a_page_in_the_back_forward_cache_has_no_connection() {
    if !Browser::shared().keeps_connected_pages() {
        return;
    }
    let site = Site::start();
    let mut player = Player::connected(&site, LONG);
    player.tab.evaluate("void (window.is_the_same = true)");
    player.tab.go_to(ELSEWHERE);
    assert_eq!(close_code(&site), Browser::shared().close_code_of_leaving());
    bob_says(&site, "missed");
    player.tab.go_back();
    player.tab.wait_until("window.is_the_same");
    player.wait_for("recovered 1, changed 0");
    assert_eq!(
        player.told(),
        [
            "disconnected (BackgroundTimeout)",
            "connecting (Foregrounded)",
            "connected (Accepted)",
            "received missed",
            "recovered 1, changed 0"
        ]
    );
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn a_page_without_a_connection_is_kept_in_the_back_forward_cache() {
    let site = Site::start();
    let player = Player::at(&site);
    player.start(&site, false, LONG);
    player.tab.evaluate("void (window.is_the_same = true)");
    player.tab.go_to(ELSEWHERE);
    player
        .tab
        .wait_until(&format!("location.href == {ELSEWHERE:?}"));
    player.tab.go_back();
    player.tab.wait_until("window.page");
    assert_eq!(player.tab.evaluate("!!window.is_the_same"), true);
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn x1_a_tab_that_is_closed_closes_the_connection() {
    let site = Site::start();
    let player = Player::connected(&site, LONG);
    player.tab.close();
    assert_eq!(close_code(&site), 1000);
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn s2_where_local_storage_is_refused_the_session_is_kept_in_memory() {
    let site = Site::start();
    let mut player = Player::at(&site);
    player.tab.prepare(
        "Object.defineProperty(window, 'localStorage', {
            get() { throw new DOMException('Access is denied.', 'SecurityError') }
        })",
    );
    player.tab.go_to(&site.address());
    player.tab.wait_until("window.page");
    player.start(&site, true, LONG);
    player.log_in();
    player.tab.go_to(&format!("{}?again", site.address()));
    player.tab.wait_until("location.search && window.page");
    // The page before may have been told that its connection ended.
    player.told();
    player.start(&site, true, LONG);
    thread::sleep(Duration::from_millis(500));
    assert_eq!(player.told(), [""; 0], "nobody is logged in");
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn s2_a_login_that_cannot_be_saved_fails() {
    let site = Site::start();
    let mut player = Player::at(&site);
    player.start(&site, true, LONG);
    player.tab.evaluate(
        "for (let length = 4 * 1024 * 1024; length >= 1; length /= 2) {
            for (;;) {
                try { localStorage.setItem(`full ${length} ${localStorage.length}`, 'x'.repeat(length)) } catch { break }
            }
        }",
    );
    assert_eq!(failed_login(&player), "STORAGE_ERROR");
    assert_eq!(player.told(), [""; 0]);
    player.tab.evaluate("localStorage.clear()");
    player.log_in();
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn s6_a_logout_in_one_tab_ends_the_session_in_the_other() {
    let site = Site::start();
    let first = Player::connected(&site, LONG);
    let mut second = Player::at(&site);
    second.start(&site, true, LONG);
    second.wait_for("recovered 0, changed 0");
    second.told();
    first.tab.evaluate("page.logout()");
    second.wait_for("alice out (TokenUnknown)");
    assert_eq!(
        second.told(),
        ["disconnected (TokenUnknown)", "alice out (TokenUnknown)"]
    );
    assert_eq!(
        second
            .tab
            .evaluate("JSON.parse(localStorage['bevy_cometchat/app123']).session"),
        serde_json::Value::Null
    );
}

/// Alice's login, which fails, and the code of its error.
fn failed_login(player: &Player) -> serde_json::Value {
    player.tab.evaluate("page.login('alice')");
    player.tab.wait_until("page.login_error()");
    player.tab.evaluate("page.login_error()")
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn plain_text_to_another_machine_is_refused() {
    let site = Site::start();
    let player = Player::at(&site);
    player.start_at("192.0.2.1:8443", true, LONG);
    assert_eq!(failed_login(&player), "ERROR_INSECURE_CONNECTION");
}

#[test]
#[ignore = "tests/web/run builds the page"]
fn a_page_of_another_origin_may_not_use_the_local_server() {
    let site = Site::start();
    let player = Player::at(&site);
    player.tab.go_to(&site.public_address());
    player
        .tab
        .wait_until("location.hostname == 'game.test' && window.page");
    player.start(&site, true, LONG);
    assert_eq!(failed_login(&player), "FAILED_TO_FETCH");
}

/// The wait without a header that says how long is 10 s.
#[test]
#[ignore = "tests/web/run builds the page"]
fn o9_a_page_waits_as_long_as_the_server_asks_it_to() {
    /// More than the server takes at once, and few enough for the client's own limit, which counts each attempt.
    const MESSAGES: usize = 14;
    let site = Site::around(Native::with_few_requests());
    let mut player = Player::connected(&site, LONG);
    for number in 0..MESSAGES {
        player.tab.evaluate(&format!("page.say('{number}')"));
    }
    let waits = (0..MESSAGES).map(|number| {
        let since = Instant::now();
        player.wait_for(&format!("sent {number}"));
        since.elapsed()
    });
    let longest = waits.max().expect("some");
    assert!(longest >= Duration::from_secs(1), "{longest:?}");
    assert!(longest < Duration::from_secs(8), "{longest:?}");
}

/// The game takes nothing while its page is hidden, so the client stops reading, and the browser does not. Firefox gives
/// a hidden page a frame a second: here it gets none.
#[test]
#[ignore = "tests/web/run builds the page"]
fn d3_a_page_with_too_much_unread_gives_the_connection_up_and_recovers() {
    const FRAMES: usize = 13_000;
    let site = Site::start();
    let mut player = Player::at(&site);
    player.tab.prepare(
        "const request = window.requestAnimationFrame.bind(window)
        let asked = []
        window.requestAnimationFrame = (frame) => document.hidden ? asked.push(frame) : request(frame)
        document.addEventListener('visibilitychange', () => {
            if (!document.hidden) asked.splice(0).forEach(request)
        })
        window.frames_arrived = 0
        window.WebSocket = class extends WebSocket {
            constructor(url) {
                super(url)
                this.addEventListener('message', () => frames_arrived++)
            }
        }",
    );
    player.tab.go_to(&format!("{}?again", site.address()));
    player.tab.wait_until("location.search && window.page");
    player.start(&site, true, LONG);
    player.log_in();
    player.tab.hide();
    let typing = ["started", "ended"].map(|action| {
        let user = r#"{"uid":"bob","name":"Bob"}"#;
        format!(
            r#"{{"type":"typing_indicator","receiver":"alice","receiverType":"user","deviceId":"d","sender":"bob","body":{{"action":"{action}","user":{user}}}}}"#
        )
    });
    site.world(|world| world.flood(&typing, FRAMES / 2));
    player.tab.wait_until(&format!("frames_arrived > {FRAMES}"));
    bob_says(&site, "missed");
    player.tab.show();
    player.wait_for("recovered 1, changed 0");
    let told = player.told();
    assert!(
        told.contains(&"disconnected (ConnectionLost)".into()),
        "{told:#?}"
    );
    assert!(told.contains(&"received missed".into()), "{told:#?}");
}
