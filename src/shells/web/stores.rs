//! Where the session is saved: the page's `localStorage`.

use std::{
    io::{self, ErrorKind},
    path::Path,
    sync::Arc,
};

use tracing::warn;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DomException, Storage};

use super::message_of;
use crate::{
    error::{ChatError, ErrorCode},
    storage::{MemoryStore, SessionStore},
};

/// The prefix of the keys of all apps.
pub(super) const PREFIX: &str = "bevy_cometchat/";

/// A store in `localStorage`, or in memory if the browser refuses that.
pub(in crate::shells) fn default_store(app_id: &str) -> Result<Arc<dyn SessionStore>, ChatError> {
    match local_storage() {
        Ok(_) => Ok(Arc::new(LocalStore::new(format!("{PREFIX}{app_id}")))),
        Err(error) => {
            warn!(
                "the session is kept in memory, so that the user has to log in when the page is loaded again: the page \
                 may not use localStorage ({error}). A frame needs allow-same-origin in its sandbox attribute"
            );
            Ok(Arc::new(MemoryStore::default()))
        }
    }
}

/// Refused: a page has no directories.
pub(in crate::shells) fn directory_store(_: &Path) -> Result<Arc<dyn SessionStore>, ChatError> {
    Err(ChatError::new(
        ErrorCode::InvalidSettings,
        "a page has no directories: without session_directory(…) the session is saved in localStorage",
    ))
}

/// Saves the session as an entry of the page's `localStorage`, which all pages of the same origin can read.
#[derive(Clone, Debug)]
pub struct LocalStore {
    key: String,
}

impl LocalStore {
    /// Saves under this key. A change by another page is noticed at once if the key starts with `bevy_cometchat/`, or
    /// else at the next attempt to connect.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into() }
    }
}

impl SessionStore for LocalStore {
    fn load(&self) -> io::Result<Option<Vec<u8>>> {
        let record = local_storage()?.get_item(&self.key).map_err(error)?;
        Ok(record.map(String::into_bytes))
    }

    fn save(&self, record: &[u8]) -> io::Result<()> {
        let record = std::str::from_utf8(record)
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        local_storage()?.set_item(&self.key, record).map_err(error)
    }

    fn load_named(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        Self::new(format!("{}/{name}", self.key)).load()
    }

    fn save_named(&self, name: &str, record: &[u8]) -> io::Result<()> {
        Self::new(format!("{}/{name}", self.key)).save(record)
    }

    fn set_aside(&self) -> io::Result<String> {
        let storage = local_storage()?;
        let aside = format!("{}.unusable", self.key);
        if let Some(record) = storage.get_item(&self.key).map_err(error)? {
            storage.set_item(&aside, &record).map_err(error)?;
        }
        storage.remove_item(&self.key).map_err(error)?;
        Ok(format!("{aside} in localStorage"))
    }
}

fn local_storage() -> io::Result<Storage> {
    let storage = match web_sys::window() {
        Some(window) => window.local_storage().map_err(error)?,
        None => None,
    };
    storage.ok_or_else(|| io::Error::new(ErrorKind::Unsupported, "there is none"))
}

fn error(thrown: JsValue) -> io::Error {
    match thrown.dyn_ref::<DomException>() {
        Some(exception) if exception.name() == "QuotaExceededError" => io::Error::new(
            ErrorKind::StorageFull,
            "localStorage is full: pages of this origin have to remove something of theirs",
        ),
        Some(exception) => io::Error::other(exception.message()),
        None => io::Error::other(message_of(&thrown)),
    }
}
