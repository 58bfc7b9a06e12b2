//! The storage of the game's own records.

use std::{io, sync::Arc};

use super::SessionStore;
use crate::model::Uid;

/// The records of one app, in the store of its session.
#[derive(Clone)]
pub(super) struct AppRecords {
    app_id: Arc<str>,
    store: Arc<dyn SessionStore>,
}

impl AppRecords {
    pub(super) fn new(app_id: &str, store: Arc<dyn SessionStore>) -> Self {
        Self {
            app_id: app_id.into(),
            store,
        }
    }

    /// The record of a user under that name, if one is saved.
    pub(super) fn load(&self, user: &Uid, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.store.load_named(&self.name(user, name))
    }

    pub(super) fn save(&self, user: &Uid, name: &str, record: &[u8]) -> io::Result<()> {
        self.store.save_named(&self.name(user, name), record)
    }

    fn name(&self, user: &Uid, name: &str) -> String {
        format!("{}/{user}/{name}", self.app_id)
    }
}
