//! The local server on real sockets, spoken to by a client that shares no code with it: what PROTOCOL.md says of a
//! server, what it refuses, and what it does when it stops.

mod local_server {
    mod client;
    mod groups;
    mod http;
    mod lifetime;
    mod login;
    mod message_list;
    mod messages;
    mod program;
    mod sockets;
}
