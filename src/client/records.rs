use serde::{Serialize, de::DeserializeOwned};

use super::{ChatError, Client, ErrorCode};
use crate::model::Uid;

/// # Records
///
/// Small data of a user that the game keeps on this machine, such as the players whom the user has muted. It is stored
/// beside the session, in its [`SessionStore`](super::SessionStore), and a logout leaves it there. Both methods block while
/// they read or write a file.
impl Client {
    /// Loads the record of a user that [`save_record`](Self::save_record) saved under this name, or `None` without one.
    ///
    /// # Errors
    /// [`Storage`](ErrorCode::Storage) when the record can't be read.
    pub fn load_record<T: DeserializeOwned>(
        &self,
        user: &Uid,
        name: &str,
    ) -> Result<Option<T>, ChatError> {
        let Some(records) = self.records() else {
            return Ok(None);
        };
        let record = records.load(user, name);
        let Some(record) = record.map_err(|error| failure(name, &error))? else {
            return Ok(None);
        };
        let record = String::from_utf8(record).map_err(|error| failure(name, &error))?;
        serde_json::from_str(&record).map_err(|error| failure(name, &error))
    }

    /// Saves a record of a user under a name. Replaces an earlier one.
    ///
    /// # Errors
    /// [`NotInitialized`](ErrorCode::NotInitialized) before [`init`](Self::init);
    /// [`Storage`](ErrorCode::Storage) when the record can't be written, or has no JSON form.
    pub fn save_record(
        &self,
        user: &Uid,
        name: &str,
        record: &impl Serialize,
    ) -> Result<(), ChatError> {
        let Some(records) = self.records() else {
            let reason = format!("the record {name:?} has no place to be saved in");
            return Err(ChatError::new(ErrorCode::NotInitialized, reason));
        };
        let record = serde_json::to_vec(record).map_err(|error| failure(name, &error))?;
        let saved = records.save(user, name, &record);
        saved.map_err(|error| failure(name, &error))
    }
}

fn failure(name: &str, error: &impl std::fmt::Display) -> ChatError {
    ChatError::new(ErrorCode::Storage, format!("the record {name:?}: {error}"))
}
