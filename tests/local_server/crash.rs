use std::{
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use bevy_cometchat::local_server::LocalServer;

use super::client::{Api, config};

const MESSAGES: usize = 12;

/// SQLite's log, into which everything goes first.
fn log_of(data: &Path) -> PathBuf {
    data.with_extension("db-wal")
}

/// A data file as a crash left it, with what was acknowledged when its log was how long.
struct Wreck {
    data: PathBuf,
    lengths: Vec<u64>,
}

impl Wreck {
    fn new(folder: &Path) -> Self {
        let data = folder.join("chat.db");
        let server = LocalServer::start(config().data(&data)).unwrap();
        let alice = Api::of(&server).log_in("alice", "a1");
        let length = || fs::metadata(log_of(&data)).unwrap().len();
        let lengths = (0..MESSAGES).map(|number| {
            alice.send("user", "bob", &number.to_string()).data();
            length()
        });
        let lengths: Vec<_> = [length()].into_iter().chain(lengths).collect();
        assert!(lengths.is_sorted_by(|one, next| one < next), "{lengths:?}");
        // Before the server has a chance to tidy up.
        let wreck = folder.join("wreck.db");
        fs::copy(&data, &wreck).unwrap();
        fs::copy(log_of(&data), log_of(&wreck)).unwrap();
        Self {
            data: wreck,
            lengths,
        }
    }

    /// What is there when all that was written after `length` bytes of the log is lost, or became `rubbish`.
    fn messages_after(&self, length: u64, rubbish: Option<u8>) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("chat.db");
        fs::copy(&self.data, &data).unwrap();
        fs::copy(log_of(&self.data), log_of(&data)).unwrap();
        let mut log = File::options().write(true).open(log_of(&data)).unwrap();
        let whole = log.metadata().unwrap().len();
        log.set_len(length).unwrap();
        if let Some(byte) = rubbish {
            log.seek(SeekFrom::Start(length)).unwrap();
            log.write_all(&vec![byte; (whole - length) as usize])
                .unwrap();
        }
        drop(log);

        let server = LocalServer::start(config().data(&data)).unwrap();
        let bob = Api::of(&server).log_in("bob", "b1");
        let list = bob
            .get("users/alice/messages?affix=append&per_page=100")
            .data();
        let texts = list.as_array().unwrap().iter();
        texts
            .map(|message| message["data"]["text"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn a_data_file_that_was_cut_off_has_all_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let wreck = Wreck::new(folder.path());
    let texts: Vec<_> = (0..MESSAGES).map(|number| number.to_string()).collect();
    for (acknowledged, ends) in wreck.lengths.windows(2).enumerate() {
        let (from, to) = (ends[0], ends[1]);
        for (length, rubbish) in [
            (from, None),
            (from, Some(0xff)),
            (from + 1, None),
            ((from + to) / 2, None),
            ((from + to) / 2, Some(0)),
            (to - 1, Some(0x2a)),
        ] {
            // The message after them is there as a whole or not at all: here not, for its end is missing.
            let found = wreck.messages_after(length, rubbish);
            assert_eq!(
                found,
                texts[..acknowledged],
                "{length} bytes of {ends:?}, {rubbish:?}"
            );
        }
    }
    let whole = wreck.lengths[MESSAGES];
    assert_eq!(wreck.messages_after(whole, None), texts);
}
