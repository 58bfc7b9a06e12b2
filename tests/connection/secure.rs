use bevy_cometchat::{
    AppSettings, Encryption, ErrorCode, client::AppSettingsBuilder, connection::Cause,
    local_server::LocalServer, model::TextMessage,
};

use super::player::{APP, Player, config, ended, server, settings};

#[test]
fn wss_and_https_work_with_the_local_servers_certificate_trusted() {
    let server = LocalServer::start(config().tls()).unwrap();
    let secure = || {
        AppSettings::builder()
            .local_server(server.address(), server.certificate_pem())
            .session_in_memory()
    };
    let alice = Player::live("alice", secure());
    let mut bob = Player::live("bob", secure());
    ended(
        alice
            .client
            .send_message(TextMessage::to_user("bob", "in private")),
    )
    .unwrap();
    assert_eq!(bob.wait_for_message().text(), Some("in private"));
    ended(bob.client.ping()).unwrap();
}

/// Settings for a server at `host` about which nothing else is known.
fn at(host: &str) -> AppSettingsBuilder {
    AppSettings::builder()
        .override_admin_host(host)
        .override_client_host(host)
        .session_in_memory()
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = LocalServer::start(config().tls()).unwrap();
    let host = format!("{}/v3.0", server.address());
    let error = Player::new(at(&host)).log_in("alice").unwrap_err();
    assert_eq!(
        (error.code, error.cause),
        (ErrorCode::ServerUnreachable, Some(Cause::Tls))
    );
}

#[test]
fn a_server_without_tls_is_refused_by_default() {
    let server = server();
    let host = format!("{}/v3.0", server.address());
    let error = Player::new(at(&host)).log_in("alice").unwrap_err();
    assert_eq!(error.cause, Some(Cause::Tls), "{error}");
}

#[test]
fn plain_text_to_another_machine_is_refused_before_a_byte_is_sent() {
    let settings = at("192.0.2.1:80/v3.0").encryption(Encryption::PlainToLoopback);
    let error = Player::new(settings).log_in("alice").unwrap_err();
    assert_eq!(
        (error.code, error.cause),
        (ErrorCode::InsecureConnection, Some(Cause::Forbidden))
    );
}

#[test]
fn a_server_that_sends_the_socket_to_another_machine_in_plain_text_is_not_obeyed() {
    use super::fake_server::{FakeServer, json};

    let server = FakeServer::with_requests(|method, _| {
        (method == "PUT").then(|| {
            json(
                r#"{"data":{"uid":"alice","name":"A","authToken":"token","jwt":"j",
                    "settings":{"CHAT_HOST":"192.0.2.1","CHAT_WSS_PORT":80}}}"#,
            )
        })
    });
    let mut alice = Player::logged_in("alice", settings(server.address));
    let change = alice.wait_until_lost(Cause::Forbidden);
    assert_eq!(change.retry, bevy_cometchat::connection::Retry::Never);
}

#[test]
fn a_certificate_that_is_none_fails_init() {
    let (client, _events) = bevy_cometchat::client::Client::start().unwrap();
    let settings = AppSettings::builder()
        .trust_certificate("no certificate")
        .session_in_memory();
    let error = ended(client.init(APP, settings.build())).unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidSettings);
}
