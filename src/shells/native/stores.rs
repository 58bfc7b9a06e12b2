//! Where the session is saved: files.

use std::{
    fmt::Write as _,
    fs,
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    error::{ChatError, ErrorCode},
    storage::SessionStore,
};

/// A store in the platform's directory for application data.
pub(in crate::shells) fn default_store(app_id: &str) -> Result<Arc<dyn SessionStore>, ChatError> {
    let base = dirs::data_local_dir().ok_or_else(|| {
        ChatError::new(
            ErrorCode::Storage,
            "this platform has no directory for application data: set one with \
             AppSettings::builder().session_directory(…)",
        )
    })?;
    directory_store(&base.join("bevy_cometchat").join(app_id))
}

/// A store in a directory of the game's choice.
pub(in crate::shells) fn directory_store(
    directory: &Path,
) -> Result<Arc<dyn SessionStore>, ChatError> {
    Ok(Arc::new(FileStore::new(directory)))
}

/// Saves the session as a file in a directory. It is written atomically, and readable by its owner only.
#[derive(Clone, Debug)]
pub struct FileStore {
    directory: PathBuf,
}

impl FileStore {
    /// Saves the session as `session.json` in `directory`, which is created if needed. Other records are beside it.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    fn file(&self) -> PathBuf {
        self.directory.join("session.json")
    }

    fn named_file(&self, name: &str) -> PathBuf {
        self.directory.join(file_name(name))
    }

    fn replace(&self, path: &Path, record: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.directory)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
        file.write_all(record)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }
}

impl SessionStore for FileStore {
    fn load(&self) -> io::Result<Option<Vec<u8>>> {
        read(&self.file())
    }

    fn save(&self, record: &[u8]) -> io::Result<()> {
        self.replace(&self.file(), record)
    }

    fn load_named(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        read(&self.named_file(name))
    }

    fn save_named(&self, name: &str, record: &[u8]) -> io::Result<()> {
        self.replace(&self.named_file(name), record)
    }

    fn set_aside(&self) -> io::Result<String> {
        let aside = self.directory.join("session.unusable.json");
        fs::rename(self.file(), &aside)?;
        Ok(aside.display().to_string())
    }
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(record) => Ok(Some(record)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file name for any text. It is unique, even on a file system that ignores case, and never that of the session.
fn file_name(name: &str) -> String {
    let mut file = String::from("record-");
    for byte in name.bytes() {
        if matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_') {
            file.push(char::from(byte));
        } else {
            let _ = write!(file, "%{byte:02x}");
        }
    }
    file.push_str(".json");
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_kept_apart_whatever_their_names_are() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        let store = FileStore::new(directory.path());
        store.save(b"session")?;
        let names = ["a", "A", "../a", "a/b", "session", ""];
        for name in names {
            store.save_named(name, name.as_bytes())?;
        }
        for name in names {
            assert_eq!(store.load_named(name)?.as_deref(), Some(name.as_bytes()));
        }
        assert_eq!(store.load_named("b")?, None);
        assert_eq!(store.load()?.as_deref(), Some(&b"session"[..]));
        let files = fs::read_dir(directory.path())?.count();
        assert_eq!(files, names.len() + 1);
        Ok(())
    }
}
