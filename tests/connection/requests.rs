//! How many requests a connection costs.

use std::sync::{
    Arc, Mutex,
    mpsc::{self, Sender},
};

use bevy_cometchat::{AuthToken, client::Event};

use super::{
    fake_server::{FakeServer, accept, json, message},
    player::{Player, ended, settings},
};

const UPGRADE: &str = "upgrade";

/// A server that records what it is asked for, and drops a connection when it is told to.
struct Recording {
    server: FakeServer,
    asked: Arc<Mutex<Vec<String>>>,
    drop_connection: Sender<()>,
}

impl Recording {
    fn start() -> Self {
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (drop_connection, dropped) = mpsc::channel();
        let dropped = Mutex::new(dropped);
        let (requests, upgrades) = (asked.clone(), asked.clone());
        let server = FakeServer::start_with(
            move |method, path| {
                let (what, answer) = match (method, path) {
                    ("GET", path) if path.contains("onlyUpdates=1") => ("edits", Some("[]".into())),
                    ("GET", path) if path.contains("/messages?") => {
                        let is_page = path.contains("per_page=100");
                        let what = if is_page {
                            "messages"
                        } else {
                            "newest message"
                        };
                        let rows = if is_page {
                            format!("[{},{}]", message(5, "old"), message(6, "missed"))
                        } else {
                            format!("[{}]", message(5, "old"))
                        };
                        (what, Some(rows))
                    }
                    _ => (path, None),
                };
                requests.lock().unwrap().push(what.to_owned());
                answer.map(|rows| json(&format!(r#"{{"data":{rows}}}"#)))
            },
            move |mut socket| {
                upgrades.lock().unwrap().push(UPGRADE.to_owned());
                accept(&mut socket);
                let _told = dropped.lock().unwrap().recv();
            },
        );
        Self {
            server,
            asked,
            drop_connection,
        }
    }

    /// What was asked for until the client had recovered, since the last time.
    fn asked_until_recovered(&self, player: &mut Player) -> Vec<String> {
        player.wait_for("the end of recovery", |event| {
            matches!(event, Event::MessagesRecovered(_)).then_some(())
        });
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// What is asked for on a connection, until the client has recovered.
    fn asked_on_the_next_connection(&self, player: &mut Player) -> Vec<String> {
        let asked = self.asked_until_recovered(player);
        let upgrade = asked.iter().position(|it| it == UPGRADE);
        asked[upgrade.expect("a connection")..].to_vec()
    }
}

#[test]
fn a_login_asks_for_the_newest_message_once_and_a_connection_for_what_was_missed() {
    let recording = Recording::start();
    let directory = tempfile::tempdir().unwrap();
    let settings = || settings(recording.server.address).session_directory(directory.path());
    let mut alice = Player::logged_in("alice", settings());
    assert_eq!(
        recording.asked_until_recovered(&mut alice),
        [
            "/v3.0/users/alice/auth_tokens",
            "/v3.0/me",
            "newest message",
            UPGRADE,
            "messages"
        ]
    );

    let recovery = [UPGRADE, "edits", "messages"];
    recording.drop_connection.send(()).unwrap();
    let reconnect = recording.asked_on_the_next_connection(&mut alice);
    assert_eq!(reconnect, recovery);
    alice.client.shut_down();
    alice.rest();
    recording.drop_connection.send(()).unwrap();

    let mut again = Player::new(settings());
    let reopened = recording.asked_on_the_next_connection(&mut again);
    assert_eq!(reopened, recovery);
    recording.drop_connection.send(()).unwrap();
}

#[test]
fn a_login_with_a_token_and_its_first_connection_take_three_requests() {
    let recording = Recording::start();
    let mut alice = Player::new(settings(recording.server.address));
    ended(alice.client.login(AuthToken::new("token"))).unwrap();
    let asked = recording.asked_until_recovered(&mut alice);
    assert_eq!(asked, ["/v3.0/me", "newest message", UPGRADE, "messages"]);
    recording.drop_connection.send(()).unwrap();
}
