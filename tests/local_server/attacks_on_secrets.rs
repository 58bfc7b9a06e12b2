//! What a server says to whom, and to whom it never does: its log, its certificate, and events about messages that one
//! may not read.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::Stdio,
};

use futures_rustls::{
    pki_types::ServerName,
    rustls::{ClientConnection, StreamOwned},
};
use serde_json::{Value, json};

use super::{
    client::{APP, Api, KEY, Login, Socket, group, server, text_message, trusting},
    program::{KilledOnDrop, TracedProgram, command},
};

#[test]
fn what_fails_is_logged_without_what_it_was_tried_by() {
    let program = TracedProgram::start(&["--auth-key", KEY]);
    let api = program.api.clone();
    let (alice, bob) = (api.log_in("alice", "a1"), api.log_in("bob", "b1"));

    let vault =
        json!({"guid": "vault", "name": "Vault", "type": "password", "password": "sesame-open"});
    alice.request("POST", "groups", &vault).data();
    for password in ["sesame-guess", "sesame-open"] {
        let body = json!({"password": password});
        bob.request("POST", "groups/vault/members", &body);
    }
    let with = |name, value| api.request("GET", "me", &[(name, value)], &Value::Null);
    assert_eq!(with("authToken", "token-guess").status, 401);
    api.request(
        "POST",
        "users/bob/auth_tokens",
        &[("apiKey", "key-guess")],
        &json!({}),
    );
    api.raw(
        "POST",
        "/api/v1/online-members",
        &[("appId", APP), ("Authorization", "jwt-guess")],
        "{}",
    );
    for broken in [r#"{"data": "broken-secret"#, r#"{"broken-secret": 1}"#] {
        let headers = [("appId", APP), ("authToken", &*alice.token)];
        assert_eq!(
            api.raw("POST", "/v3.0/messages", &headers, broken).status,
            400
        );
    }
    bob.get("messages?searchKey=searched-secret").data();

    let mut denied = api.socket();
    let mut frame = alice.auth_frame();
    frame["body"]["auth"] = "socket-guess".into();
    denied.send(&frame);
    denied.closed_with();
    let (mut at_alice, mut at_bob) = (alice.connect(), bob.connect());
    at_alice.send(&alice.frame(
        "transient_message",
        "user",
        "bob",
        json!({"data": "whispered-secret"}),
    ));
    assert_eq!(at_bob.next()["body"]["data"], "whispered-secret");
    at_alice.send_text(r#"{"type": "broken-secret""#);
    at_alice.expect_silence();
    bob.request("DELETE", "me/auth_tokens", &Value::Null);
    drop((at_alice, at_bob));

    let (_, log) = program.end();
    assert!(log.contains("DEBUG") || log.contains("TRACE"), "{log}");
    for secret in [
        "sesame-open",
        "sesame-guess",
        "token-guess",
        "key-guess",
        "jwt-guess",
        "broken-secret",
        "searched-secret",
        "socket-guess",
        "whispered-secret",
        KEY,
        &alice.token,
        &alice.jwt,
        &bob.token,
        &bob.jwt,
    ] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}

#[test]
fn the_program_is_trusted_by_the_names_that_it_was_told() {
    let folder = tempfile::tempdir().unwrap();
    let pem = folder.path().join("certificate.pem");
    let child = command()
        .args(["--tls", "chat.game.lan,192.168.7.5", "--certificate-out"])
        .arg(&pem)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut program = KilledOnDrop(child);
    let mut line = String::new();
    let output = program.0.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on https://");
    let address: std::net::SocketAddr = address.unwrap().parse().unwrap();
    let trusting = trusting(&std::fs::read_to_string(pem).unwrap());
    let is_trusted = |name: &str| {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let session = ClientConnection::new(trusting.clone(), name).unwrap();
        let stream = std::net::TcpStream::connect(address).unwrap();
        let mut stream = StreamOwned::new(session, stream);
        let request = format!("GET /settings HTTP/1.1\r\nHost: x\r\nappId: {APP}\r\n\r\n");
        stream.write_all(request.as_bytes()).is_ok() && stream.read_exact(&mut [0; 12]).is_ok()
    };
    for name in ["chat.game.lan", "192.168.7.5", "localhost", "127.0.0.1"] {
        assert!(is_trusted(name), "{name}");
    }
    for name in ["other.game.lan", "192.168.7.6"] {
        assert!(!is_trusted(name), "{name}");
    }
}

/// Has everything happen to two messages in a group, by others than who wrote the first and reacted to the second.
fn stir(owner: &Login, other: &Login, first: &Value, second: &Value) {
    let route = |id: &Value, rest: &str| format!("messages/{}{rest}", id.as_str().unwrap());
    for id in [first, second] {
        let edited = text_message("group", "guild", "edited");
        other
            .request("POST", &route(id, "/reactions/y"), &json!({}))
            .data();
        other
            .request("DELETE", &route(id, "/reactions/y"), &Value::Null)
            .data();
        owner.request("PUT", &route(id, ""), &edited).data();
        owner.request("POST", &route(id, "/pin"), &json!({})).data();
        owner
            .request("DELETE", &route(id, "/pin"), &Value::Null)
            .data();
        let reply = text_message("group", "guild", "reply");
        other.request("POST", &route(id, "/thread"), &reply).data();
        let mut quoting = text_message("group", "guild", "as was said");
        quoting["quotedMessageId"] = id.clone();
        other.request("POST", "messages", &quoting).data();
    }
    let mut at_other = other.connect();
    for action in ["delivered", "read"] {
        let body = json!({"action": action, "messageId": second});
        at_other.send(&other.frame("receipts", "group", "guild", body));
    }
    at_other.send(&other.frame(
        "typing_indicator",
        "group",
        "guild",
        json!({"action": "started"}),
    ));
    at_other.expect_silence_of_answers();
    let read = json!({});
    other
        .request("POST", "groups/guild/conversation/read", &read)
        .data();
    for id in [first, second] {
        owner.request("DELETE", &route(id, ""), &Value::Null).data();
    }
}

trait Answers {
    fn expect_silence_of_answers(&mut self);
}

impl Answers for Socket {
    /// Reads until the answer to a ping: what was sent before is done.
    fn expect_silence_of_answers(&mut self) {
        self.send_text(r#"{"action":"ping","ack":"true"}"#);
        while self.next() != json!({"action": "pong"}) {}
    }
}

#[test]
fn who_was_removed_hears_no_more_of_what_they_read() {
    for way in ["kick", "ban", "leave"] {
        let server = server();
        let api = Api::of(&server);
        let [alice, bob, carol] = ["alice", "bob", "carol"].map(|uid| api.log_in(uid, "d"));
        group(&alice, "guild", &[&bob, &carol]);
        let first = bob.send("group", "guild", "by bob").data()["id"].clone();
        let second = alice.send("group", "guild", "by alice").data()["id"].clone();
        let reaction = format!("messages/{}/reactions/x", second.as_str().unwrap());
        bob.request("POST", &reaction, &json!({})).data();
        match way {
            "kick" => alice.request("DELETE", "groups/guild/members/bob", &Value::Null),
            "ban" => alice.request("POST", "groups/guild/bannedusers/bob", &json!({})),
            _ => bob.request("DELETE", "groups/guild/members", &Value::Null),
        }
        .data();
        let mut at_bob = bob.connect();
        stir(&alice, &carol, &first, &second);
        at_bob.expect_silence();
        let id = first.as_str().unwrap();
        assert_eq!(bob.get(&format!("messages/{id}")).status, 404, "{way}");
        // Neither by a list of what changed.
        for list in ["messages?updatedAt=1&affix=append", "messages"] {
            let rows = bob.get(list).data();
            let of_guild = |row: &&Value| row["receiver"] == "guild";
            assert_eq!(
                rows.as_array().unwrap().iter().find(of_guild),
                None,
                "{way}"
            );
        }
    }
}
