use std::{
    fs,
    io::{self, ErrorKind, Write},
    path::PathBuf,
};

use super::SessionStore;

/// Saves the session as a file in a directory. It is written atomically, and readable by its owner only.
#[derive(Clone, Debug)]
pub struct FileStore {
    directory: PathBuf,
}

impl FileStore {
    /// Saves the session as `session.json` in `directory`, which is created if needed.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    fn file(&self) -> PathBuf {
        self.directory.join("session.json")
    }
}

impl SessionStore for FileStore {
    fn load(&self) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.file()) {
            Ok(record) => Ok(Some(record)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn save(&self, record: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.directory)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
        file.write_all(record)?;
        file.as_file().sync_all()?;
        file.persist(self.file())?;
        Ok(())
    }

    fn set_aside(&self) -> io::Result<String> {
        let aside = self.directory.join("session.unusable.json");
        fs::rename(self.file(), &aside)?;
        Ok(aside.display().to_string())
    }
}
