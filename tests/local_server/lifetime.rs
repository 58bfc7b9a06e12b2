use std::net::TcpStream;

use bevy_cometchat::local_server::{LocalServer, LocalServerConfig, LocalServerError};
use serde_json::json;

use super::client::{Api, Login, config, server};

#[test]
fn what_was_answered_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chat.db");
    let config = || config().data(&path);
    let server = LocalServer::start(config()).unwrap();
    let address = server.address();
    let alice = Api::of(&server).log_in("alice", "a1");
    alice
        .request("PUT", "me", &json!({"name": "Alicia"}))
        .data();
    let group = json!({"guid": "guild", "name": "Guild", "type": "public"});
    alice.request("POST", "groups", &group).data();
    let sent = alice.send("user", "bob", "remember me").data();
    server.kill();

    let server = LocalServer::start(config().listen(address)).unwrap();
    let me = alice.request("GET", "me", &json!(null)).data();
    assert_eq!(me["name"], "Alicia");
    alice.connect().expect_silence();
    alice.send("group", "guild", "still a member").data();
    let route = format!("messages/{}/thread", sent["id"].as_str().unwrap());
    let answer = super::client::text_message("user", "bob", "I do");
    let reply = alice.request("POST", &route, &answer).data();
    assert_eq!(reply["parentId"], sent["id"]);
    drop(server);
}

#[test]
fn who_trusts_the_certificate_trusts_it_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let config = || config().tls().data(folder.path().join("chat.db"));
    let server = LocalServer::start(config()).unwrap();
    let address = server.address();
    let alice = Api::of(&server).log_in("alice", "a1");
    server.kill();

    let _server = LocalServer::start(config().listen(address)).unwrap();
    alice.send("user", "bob", "it is still you").data();
}

#[test]
fn a_kill_breaks_connections_and_a_stop_closes_them() {
    for tls in [false, true] {
        let config = || if tls { config().tls() } else { config() };
        let connect = |server: &LocalServer| Api::of(server).log_in("alice", "a1").connect();

        let server = LocalServer::start(config()).unwrap();
        let address = server.address();
        let socket = connect(&server);
        server.kill();
        assert_eq!(socket.frames_until_broken(), 0);
        assert!(TcpStream::connect(address).is_err());

        let server = LocalServer::start(config().listen(address)).unwrap();
        let socket = connect(&server);
        // It waits for the close frame to be answered, which takes somebody who reads.
        let reader = std::thread::spawn(move || socket.closed_with());
        server.stop();
        assert_eq!(reader.join().unwrap(), 1001);
        assert!(TcpStream::connect(address).is_err());
    }
}

#[test]
fn a_stop_does_not_wait_for_who_does_not_listen() {
    let server = server();
    let api = Api::of(&server);
    let login: Login = api.log_in("alice", "a1");
    let _silent_socket = login.connect();
    let _silent_client = api.stream();
    let began = std::time::Instant::now();
    drop(server);
    assert!(began.elapsed() < std::time::Duration::from_secs(10));
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let start = LocalServer::start;
    let public = config().listen(([0, 0, 0, 0], 0).into());
    assert!(matches!(
        start(public),
        Err(LocalServerError::NotLoopback(_))
    ));

    let first = server();
    let error = start(config().listen(first.address())).unwrap_err();
    assert!(matches!(error, LocalServerError::Listen { .. }), "{error}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chat.db");
    let in_use = start(config().data(&path)).unwrap();
    let error = start(config().data(&path)).unwrap_err();
    assert!(matches!(error, LocalServerError::Data { .. }), "{error}");
    drop(in_use);

    std::fs::write(&path, "this is no database, however long it may be").unwrap();
    let error = start(config().data(&path)).unwrap_err();
    assert!(matches!(error, LocalServerError::Data { .. }), "{error}");

    let error = start(LocalServerConfig::new("app", "key").user("a b")).unwrap_err();
    assert!(matches!(error, LocalServerError::Uid(_)), "{error}");
}

#[cfg(unix)]
#[test]
fn a_data_file_becomes_its_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chat.db");
    LocalServer::start(config().data(&path)).unwrap().stop();
    // As a server that crashed may have left it.
    std::fs::write(path.with_extension("db-wal"), "").unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let readable = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(file.unwrap().path(), readable).unwrap();
    }
    let _server = LocalServer::start(config().data(&path)).unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn the_certificate_is_for_the_names_that_were_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chat.db");
    let pem = |config: LocalServerConfig| {
        let server = LocalServer::start(config.data(&path)).unwrap();
        Api::of(&server).log_in("alice", "a1").get("me").data();
        server.certificate_pem().unwrap().to_owned()
    };
    let first = pem(config().tls());
    assert_eq!(pem(config().tls()), first);
    let named = pem(config().tls_for("gamebox").tls_for("192.168.0.7"));
    assert_ne!(named, first);
    assert_eq!(
        pem(config().tls_for("gamebox").tls_for("192.168.0.7")),
        named
    );
}

#[test]
fn what_does_not_fit_is_refused() {
    let config = config().without_rate_limits().max_data_bytes(1 << 20);
    let server = LocalServer::start(config).unwrap();
    let api = Api::of(&server);
    let alice = api.log_in("alice", "a1");
    let text = "x".repeat(60_000);
    let refused = (0..40)
        .map(|_| alice.send("user", "bob", &text))
        .find(|reply| reply.status != 200)
        .expect("there is no room for all of it");
    assert_eq!(refused.refusal(), (507, "ERR_STORAGE_FULL".to_owned()));
    alice.get("me").data();
}

#[test]
fn a_stale_jwt_opens_no_socket_and_a_new_one_does() {
    let config = config().jwt_lifetime(std::time::Duration::from_secs(1));
    let server = LocalServer::start(config).unwrap();
    let mut alice = Api::of(&server).log_in("alice", "a1");
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    let mut socket = alice.api.socket();
    socket.send(&alice.auth_frame());
    assert_eq!(socket.next()["body"]["code"], "401");
    let jwt = alice.get("me").data()["jwt"].as_str().unwrap().to_owned();
    assert_ne!(jwt, alice.jwt);
    alice.jwt = jwt;
    alice.connect();
}
