//! The client and the local server on real sockets: what the rules of docs/connection.md promise when the network, the server
//! or what it sends goes wrong. Each test names the rule it proves.

mod connection {
    mod bad_network;
    mod bad_replies;
    mod bad_sessions;
    mod black_hole;
    mod changes;
    mod client_failure;
    mod endurance;
    mod exit;
    mod fake_server;
    mod frames;
    mod hostile_peer;
    mod kept_alive;
    mod login;
    mod manual_mode;
    mod outbox;
    mod player;
    mod recovery;
    mod repair;
    mod requests;
    mod secure;
    mod token_renewal;
    mod transient_mode;
}
