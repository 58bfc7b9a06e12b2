//! Messages and conversations between clients and the local server on real sockets: every operation, what the others
//! hear of it, and every refusal.

mod messaging {
    #[path = "../connection/player.rs"]
    #[allow(dead_code, reason = "other tests use the rest of it")]
    mod player;

    #[path = "../local_server/client.rs"]
    #[allow(dead_code, reason = "other tests use the rest of it")]
    mod http;

    mod changes;
    mod conversations;
    mod held;
    mod history;
    mod kinds;
    mod receipts;
    mod refusals;
    mod stage;
    mod typing;
}
