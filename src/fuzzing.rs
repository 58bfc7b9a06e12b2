//! The entry points of the fuzzers: everything that decodes input of others. Each must return for any bytes.

use crate::{
    client::{MemoryStore, SessionStore},
    core::{OwnDevice, Record, decode_frame},
    model::{GroupMember, User},
    shells::fuzzed_host,
    wire::{
        conversation, group,
        interner::Interner,
        json,
        login::{AuthToken, SessionPart},
        message,
        message_list::{self, Affix, MessageListQuery},
        page,
        query::Query,
        reaction::{self, Cursors},
        reply::{self, Success},
        route,
        rows::Rows,
        settings, user,
    },
};

/// Frames from the server.
pub fn server_frame(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes) {
        let own = OwnDevice {
            uid: "alice".into(),
            id: "device".into(),
        };
        let _ = decode_frame(text, &own, &mut Interner::default());
    }
}

/// Replies over HTTP, decoded as each type that a reply can have.
pub fn reply(bytes: &[u8]) {
    let bytes = reply::repaired(bytes.to_vec().into());
    let Ok(reply) = reply::read(&bytes) else {
        return;
    };
    let data = reply.data;
    let interner = &mut Interner::default();
    let _ = message::decode(data, interner);
    let _ = message::recipients(data, interner);
    let _ = conversation::decode(data, interner);
    let _ = conversation::decode_marked(data, interner);
    let _ = conversation::decode_unread(data);
    let _ = settings::flag_reasons(data);
    let _ = user::block_reply(data);
    let _ = group::first_members(data);
    let _ = group::joined_group(data, &"guild".into());
    let _ = serde_json::from_str::<User>(data.get());
    let _ = serde_json::from_str::<SessionPart>(data.get());
    let _ = serde_json::from_str::<AuthToken>(data.get());
    list(&reply, interner);
}

/// A page of any list.
fn list(reply: &Success<'_>, interner: &mut Interner) {
    let _ = Rows::read(reply.data, |row| message::decode(row, interner));
    let _ = Rows::read(reply.data, |row| conversation::decode(row, interner));
    let _ = Rows::read(reply.data, |row| reaction::decode(row, interner));
    let _ = Rows::read(reply.data, |row| {
        json::read_repaired(row.get(), |row| serde_json::from_str::<GroupMember>(row))
    });
    let _ = page::is_last(reply.meta, 1, 30);
    let _ = message_list::is_last(reply.meta, Affix::Append, 1, 30);
    let cursors = Cursors::read(reply.meta);
    for cursor in cursors.next.iter().chain(&cursors.previous) {
        let _ = cursor.add_to(Query::default());
    }
}

/// Query strings of lists of messages, as the local server reads them. A query that is read must be written as the same
/// text.
pub fn message_query(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    if let Ok(query) = MessageListQuery::read(&route::parameters(text)) {
        let written = query.write();
        let again = MessageListQuery::read(&route::parameters(written.as_str()));
        assert_eq!(again, Ok(query), "{}", written.as_str());
    }
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
            // Input that is cut off anywhere must be handled, too.
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
    fn the_corpus_of_message_queries_is_no_trouble() {
        replay("message_query", super::message_query);
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
