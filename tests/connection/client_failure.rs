use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use bevy_cometchat::{
    ErrorCode,
    client::SessionStore,
    connection::{Cause, ConnectionStatus, Retry},
    model::TextMessage,
};

use super::player::{Player, ended, server, settings};

/// A store of a game's own, with a bug.
#[derive(Debug, Default)]
struct Buggy {
    armed: AtomicBool,
}

impl SessionStore for Buggy {
    fn load(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn save(&self, _: &[u8]) -> io::Result<()> {
        assert!(!self.armed.load(SeqCst), "the bug");
        Ok(())
    }

    fn set_aside(&self) -> io::Result<String> {
        Ok(String::new())
    }
}

#[test]
fn r5_a_client_that_fails_says_so_and_its_requests_end() {
    let server = server();
    let store = Arc::new(Buggy::default());
    let settings = settings(server.address()).session_store(store.clone());
    let mut alice = Player::live("alice", settings);
    store.armed.store(true, SeqCst);
    assert_eq!(
        ended(alice.client.logout()).unwrap_err().code,
        ErrorCode::Cancelled
    );
    let change = alice.wait_until_lost(Cause::ClientFailed);
    assert_eq!(change.to, ConnectionStatus::Disconnected);
    assert_eq!(change.retry, Retry::Never);
    let sent = alice.client.send_message(TextMessage::to_user("bob", "?"));
    assert_eq!(ended(sent).unwrap_err().code, ErrorCode::Cancelled);
}
