//! Where the session is saved: files.

use std::{
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
