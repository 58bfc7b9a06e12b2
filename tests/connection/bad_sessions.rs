use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use bevy_cometchat::{
    client::{AppSettingsBuilder, Client, Event},
    connection::{Cause, ConnectionStatus, Retry},
};

use super::{
    fake_server::{FakeServer, send},
    player::{APP, Player, ended, server, settings},
};

/// A session file as a login writes it.
fn good_session() -> String {
    let server = server();
    let directory = tempfile::tempdir().unwrap();
    Player::logged_in(
        "alice",
        settings(server.address()).session_directory(directory.path()),
    );
    fs::read_to_string(directory.path().join("session.json")).unwrap()
}

/// Ways in which a session file can be wrong.
fn bad_sessions() -> Vec<(&'static str, Vec<u8>)> {
    let good = good_session();
    let replaced = |from: &str, to: &str| {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from} is not in a session file");
        bad.into_bytes()
    };
    vec![
        ("empty", vec![]),
        ("one byte", b"{".to_vec()),
        ("half written", good.as_bytes()[..good.len() / 2].to_vec()),
        (
            "all but the last byte",
            good.as_bytes()[..good.len() - 1].to_vec(),
        ),
        ("trailing rubbish", format!("{good}}}").into_bytes()),
        ("written twice", format!("{good}{good}").into_bytes()),
        ("zeros, as after a power cut", vec![0; good.len()]),
        ("not UTF-8", vec![0xff; 64]),
        (
            "UTF-16",
            good.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("null", b"null".to_vec()),
        ("a list", b"[]".to_vec()),
        ("an empty object", b"{}".to_vec()),
        (
            "HTML",
            b"<html><body>Sign in to the network</body></html>".to_vec(),
        ),
        ("another app's", replaced(APP, "another")),
        (
            "of a later version",
            replaced(r#""version":1"#, r#""version":2"#),
        ),
        ("without a version", replaced(r#""version":1,"#, "")),
        (
            "a number for a token",
            changed(&good, "auth_token", 7.into()),
        ),
        (
            "a list for a user",
            changed(&good, "user", serde_json::json!([])),
        ),
        ("an empty token", changed(&good, "auth_token", "".into())),
        ("an empty jwt", changed(&good, "jwt", "".into())),
        ("no user", replaced(r#""user":"#, r#""nobody":"#)),
        (
            "a user without id",
            replaced(r#""uid":"alice""#, r#""uid":"""#),
        ),
        (
            "deeply nested",
            format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)).into_bytes(),
        ),
        ("far too large", vec![b' '; 2 * 1024 * 1024]),
    ]
}

fn changed(good: &str, member: &str, value: serde_json::Value) -> Vec<u8> {
    let mut session: serde_json::Value = serde_json::from_str(good).unwrap();
    session["session"][member] = value;
    session.to_string().into_bytes()
}

fn start_with(directory: &Path) -> (Client, Vec<Event>) {
    let (client, mut events) = Client::start().unwrap();
    let settings = settings("127.0.0.1:1".parse().unwrap())
        .auto_establish_socket_connection(false)
        .session_directory(directory);
    assert_eq!(ended(client.init(APP, settings.build())).unwrap(), None);
    let seen = std::iter::from_fn(|| events.try_next()).collect();
    (client, seen)
}

#[test]
fn s7_an_unusable_session_is_set_aside_and_reported() {
    let cases = bad_sessions();
    assert!(cases.len() >= 20, "{}", cases.len());
    for (what, bytes) in cases {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("session.json"), &bytes).unwrap();
        let (_client, events) = start_with(directory.path());
        let reported = events
            .iter()
            .any(|event| matches!(event, Event::SessionSetAside { .. }));
        assert!(reported, "{what}: {events:?}");
        assert!(
            !directory.path().join("session.json").exists(),
            "{what} is still there"
        );
        let aside = fs::read(directory.path().join("session.unusable.json")).unwrap();
        assert_eq!(aside, bytes, "{what} was not kept");
    }
}

#[test]
fn s7_what_is_reported_holds_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let bad = good_session().replacen(r#""version":1"#, r#""version":true"#, 1);
    let session: serde_json::Value = serde_json::from_str(&good_session()).unwrap();
    fs::write(directory.path().join("session.json"), bad).unwrap();
    let (_client, events) = start_with(directory.path());
    let said = format!("{events:?}");
    assert!(!said.contains(session["session"]["auth_token"].as_str().unwrap()));
}

#[cfg(unix)]
#[test]
fn s7_the_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let server = server();
    let directory = tempfile::tempdir().unwrap();
    Player::logged_in(
        "alice",
        settings(server.address()).session_directory(directory.path()),
    );
    let mode = fs::metadata(directory.path().join("session.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_directory_that_cannot_be_written_fails_the_login_with_a_clear_error() {
    let server = server();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("in the way");
    fs::write(&file, "").unwrap();
    let player = Player::new(settings(server.address()).session_directory(file.join("sub")));
    let error = player.log_in("alice").unwrap_err();
    assert_eq!(error.code, bevy_cometchat::ErrorCode::Storage);
}

/// Alice's next run, of which the socket credential in the saved session is an old one.
fn with_old_socket_credential(
    directory: &Path,
    settings: impl Fn() -> AppSettingsBuilder,
) -> Player {
    let settings = || settings().session_directory(directory);
    let mut before = Player::logged_in("alice", settings());
    before.client.shut_down();
    before.rest();
    let file = directory.join("session.json");
    let saved = fs::read_to_string(&file).unwrap();
    fs::write(&file, changed(&saved, "jwt", "old".into())).unwrap();
    Player::new(settings())
}

#[test]
fn r4_a_socket_credential_that_is_refused_is_fetched_anew() {
    let server = server();
    let directory = tempfile::tempdir().unwrap();
    let mut alice = with_old_socket_credential(directory.path(), || settings(server.address()));
    alice.wait_until(ConnectionStatus::Connected);
    let saved = fs::read_to_string(directory.path().join("session.json")).unwrap();
    assert!(!saved.contains(r#""jwt":"old""#));
}

#[test]
fn r4_a_socket_credential_is_fetched_anew_once_and_refused_again_it_is_the_end() {
    let fetched = Arc::new(AtomicUsize::new(0));
    let count = fetched.clone();
    let server = FakeServer::start_with(
        move |method, path| {
            let is_it = method == "PUT" && path.ends_with("/me");
            count.fetch_add(is_it.into(), SeqCst);
            None
        },
        |mut socket| {
            let _ = socket.read();
            send(
                &mut socket,
                r#"{"type":"auth","body":{"code":"401","status":"ERR_NO_AUTH"}}"#,
            );
            while socket.read().is_ok() {}
        },
    );
    let directory = tempfile::tempdir().unwrap();
    let mut alice = with_old_socket_credential(directory.path(), || settings(server.address));
    let change = alice.wait_until_lost(Cause::CredentialsRejected);
    assert_eq!(change.retry, Retry::Never);
    assert_eq!(fetched.load(SeqCst), 2, "one login, and one fetch");
}
