//! The local server on real sockets, spoken to by a client that shares no code with it: what docs/protocol.md says of a
//! server, what it refuses, and what it does when it stops.

mod local_server {
    #[cfg(target_os = "linux")]
    mod attack_target;
    mod attacks;
    #[cfg(target_os = "linux")]
    mod attacks_on_a_process;
    mod attacks_on_secrets;
    #[cfg(target_os = "linux")]
    mod attacks_unfinished;
    mod client;
    mod crash;
    mod files;
    mod groups;
    mod http;
    mod kept_messages;
    mod lifetime;
    mod limits;
    mod login;
    mod members;
    mod message_changes;
    mod message_list;
    mod messages;
    mod people;
    mod program;
    mod reading;
    mod sockets;
}
