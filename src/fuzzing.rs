//! What fuzzers call: everything that decodes what others wrote. Each takes any bytes and must return.

use crate::{
    client::{MemoryStore, SessionStore, fuzzed_host, session::Record},
    model::User,
    wire::{
        interner::Interner,
        login::{AuthToken, SessionPart},
        message, reply, server_frame,
    },
};

/// Frames from the server.
pub fn server_frame(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes) {
        let _ = server_frame::decode(text, "device", &mut Interner::default());
    }
}

/// Replies to requests over HTTP, read as each of the things that one can be.
pub fn reply(bytes: &[u8]) {
    let Ok(reply) = reply::read(bytes) else {
        return;
    };
    let data = reply.data;
    let _ = message::decode(data, &mut Interner::default());
    let _ = serde_json::from_str::<User>(data.get());
    let _ = serde_json::from_str::<SessionPart>(data.get());
    let _ = serde_json::from_str::<AuthToken>(data.get());
}

/// A saved session.
pub fn session_record(bytes: &[u8]) {
    let store = MemoryStore::default();
    if store.save(bytes).is_ok() {
        let _ = Record::load(&store, "app123");
    }
}

/// Hosts, as settings and servers name them.
pub fn host(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes) {
        fuzzed_host(text);
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    fn replay(target: &str, run: fn(&[u8])) {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz/corpus")
            .join(target);
        let entries: Vec<_> = fs::read_dir(&corpus).expect("a corpus").collect();
        assert!(!entries.is_empty(), "{} is empty", corpus.display());
        for entry in entries {
            let input = fs::read(entry.expect("an entry").path()).expect("a readable input");
            run(&input);
            // What is cut short anywhere must be no trouble either.
            for cut in (0..input.len().min(2_000)).step_by(7) {
                run(&input[..cut]);
            }
        }
    }

    #[test]
    fn the_corpus_of_server_frames_is_no_trouble() {
        replay("server_frame", super::server_frame);
    }

    #[test]
    fn the_corpus_of_replies_is_no_trouble() {
        replay("reply", super::reply);
    }

    #[test]
    fn the_corpus_of_session_records_is_no_trouble() {
        replay("session_record", super::session_record);
    }

    #[test]
    fn the_corpus_of_hosts_is_no_trouble() {
        replay("host", super::host);
    }
}
