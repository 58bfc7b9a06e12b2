use std::{mem, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    model::{Guid, MessageId, Secret, Timestamp, User},
    outbox::SavedEntry,
    storage::SessionStore,
    wire::{login::SessionPart, settings::ServerSettings},
};

/// The version of the record's form. A record of another version is set aside.
const VERSION: u32 = 1;
/// The largest record that is read.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The saved state: the device, and the session of the logged-in user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    version: u32,
    app_id: String,
    /// Survives logout.
    pub(crate) device_id: String,
    pub(crate) session: Option<Session>,
    /// The messages that are not sent yet, if the outbox is persistent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) outbox: Vec<SavedEntry>,
}

/// A logged-in user and everything needed to act for them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) user: Arc<User>,
    pub(crate) auth_token: Secret,
    /// The credential of the socket.
    pub(crate) jwt: Secret,
    pub(crate) settings: ServerSettings,
    /// Which of the session's messages the game has received.
    #[serde(default)]
    pub(crate) sync: SavedSyncState,
}

/// The saved form of the sync state: which messages the game has received.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SavedSyncState {
    /// The newest message that the game has received.
    pub(crate) last_message: Option<MessageId>,
    /// The group that this message was sent to, if any.
    pub(crate) last_group: Option<Guid>,
    /// The messages that the game has after `looked_back_to`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) recent_messages: Vec<KnownMessage>,
    /// The message up to which recovery does not look for messages any more.
    pub(crate) looked_back_to: Option<MessageId>,
    /// The groups that the user joined after that message, each with the message that reports it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) joined_groups: Vec<(Guid, MessageId)>,
    /// The newest edit or deletion that the game has received.
    pub(crate) last_change: Option<LastChange>,
    /// There was a live connection.
    pub(crate) has_listened: bool,
    /// There was a second connection while no last message was known: messages between the two are missing, which is
    /// not reported yet.
    pub(crate) misses_start: bool,
}

/// What identifies a message that the game has, beside its id. The hashes are the same in all builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownMessage {
    pub(crate) id: MessageId,
    pub(crate) sent_at: Timestamp,
    /// The hash of its sender and its receiver. `None` for group actions, whose senders servers name differently.
    pub(crate) parties_hash: Option<u64>,
    /// The hash of its muid, if it has one.
    pub(crate) muid_hash: Option<u64>,
}

/// Which changes of messages the game has received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LastChange {
    /// The time of the last change, by the server's clock.
    pub(crate) at: Timestamp,
    /// The changes at about that time, and those of the last messages.
    pub(crate) known: Vec<KnownChange>,
}

/// The last change of a message that the game has received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownChange {
    pub(crate) message: MessageId,
    /// Distinguishes this change of the message from others.
    pub(crate) fingerprint: u64,
    /// Whether it is a deletion, after which no change follows.
    #[serde(default)]
    pub(crate) is_deletion: bool,
}

/// The stored session, as a client that uses the session finds it.
pub(crate) enum StoredSession {
    There(Box<Session>),
    /// Another process has logged the user out.
    Gone,
    /// It can't be read now.
    Unknown,
}

/// Why a record was not saved.
#[derive(Debug)]
pub(crate) enum SaveError {
    Storage(String),
    /// Another process has changed what is stored.
    Overtaken,
}

/// A record to be saved.
#[derive(Debug)]
pub(crate) struct SaveRequest {
    pub(crate) record: Vec<u8>,
    /// The token of the session that it replaces. If another session or none is stored, another process has changed the
    /// storage, and nothing is saved. `None` replaces any session.
    pub(crate) replaces: Option<Secret>,
}

impl StoredSession {
    pub(crate) fn load(store: &dyn SessionStore, app_id: &str) -> Self {
        match Record::load(store, app_id) {
            Ok(Some(Record {
                session: Some(session),
                ..
            })) => Self::There(Box::new(session)),
            Ok(_) => Self::Gone,
            Err(_) => Self::Unknown,
        }
    }

    /// Whether it is known to be another session than the one with this token.
    fn is_not(&self, token: &Secret) -> bool {
        match self {
            Self::There(session) => session.auth_token != *token,
            Self::Gone => true,
            Self::Unknown => false,
        }
    }
}

impl Session {
    /// The session that a reply of the routes at `me` opens or changes.
    pub(crate) fn read(me: &RawValue) -> serde_json::Result<Self> {
        // Reads the JSON twice: serde buffers flattened fields, which loses raw JSON.
        let user = serde_json::from_str(me.get())?;
        let part: SessionPart = serde_json::from_str(me.get())?;
        Ok(Self {
            user,
            auth_token: part.auth_token,
            jwt: part.jwt,
            settings: part.settings,
            sync: SavedSyncState::default(),
        })
    }

    /// The session without what no request needs.
    pub(crate) fn for_request(&self) -> Self {
        Self {
            user: self.user.clone(),
            auth_token: self.auth_token.clone(),
            jwt: self.jwt.clone(),
            settings: self.settings.clone(),
            sync: SavedSyncState::default(),
        }
    }

    /// Applies a newer reply of the server to the session. The sync state stays.
    pub(crate) fn update(&mut self, told: Self) {
        *self = Self {
            sync: mem::take(&mut self.sync),
            ..told
        };
    }
}

impl Record {
    /// A device on which nobody is logged in.
    pub(crate) fn new(app_id: &str, device_id: String) -> Self {
        Self {
            version: VERSION,
            app_id: app_id.to_owned(),
            device_id,
            session: None,
            outbox: Vec::new(),
        }
    }

    /// The same device with a user logged in.
    pub(crate) fn with_session(&self, session: &Session) -> Self {
        Self {
            session: Some(session.clone()),
            ..self.clone()
        }
    }

    /// Opens the record that `store` holds for `app_id`. One that cannot be used is set aside; the reason is returned
    /// beside a new record, which has the id that `device_id` makes.
    pub(crate) fn open(
        store: &dyn SessionStore,
        app_id: &str,
        device_id: impl FnOnce() -> String,
    ) -> (Self, Option<String>) {
        let reason = match Self::load(store, app_id) {
            Ok(Some(record)) => return (record, None),
            Ok(None) => return (Self::new(app_id, device_id()), None),
            Err(reason) => reason,
        };
        let reason = match store.set_aside() {
            Ok(place) => {
                format!("the saved session could not be used: {reason}; it is now at {place}")
            }
            Err(error) => {
                format!("the saved session could not be used: {reason}; nor set aside: {error}")
            }
        };
        (Self::new(app_id, device_id()), Some(reason))
    }

    /// Reads the record that `store` holds for `app_id`.
    ///
    /// # Errors
    /// Why a record that is there cannot be used.
    pub(crate) fn load(store: &dyn SessionStore, app_id: &str) -> Result<Option<Self>, String> {
        let Some(bytes) = store.load().map_err(|error| error.to_string())? else {
            return Ok(None);
        };
        if bytes.len() > MAX_BYTES {
            return Err("it is far too large".into());
        }
        // As a string, as all other JSON is read: the code that reads users is there once.
        let text = String::from_utf8(bytes).map_err(|_| "it is not text")?;
        let record: Self = serde_json::from_str(&text).map_err(|error| {
            // The position of the mistake, not the content: that may be a secret.
            format!(
                "it is not a session (line {}, column {})",
                error.line(),
                error.column()
            )
        })?;
        if record.version != VERSION {
            return Err(format!("it has version {}, not {VERSION}", record.version));
        }
        if record.app_id != app_id {
            return Err("it belongs to another app".into());
        }
        let has_empty_secret = |session: &Session| {
            session.auth_token.expose().is_empty() || session.jwt.expose().is_empty()
        };
        if record.device_id.is_empty() || record.session.as_ref().is_some_and(has_empty_secret) {
            return Err("an id or a token is empty".into());
        }
        Ok(Some(record))
    }

    /// Saves a record in `store`, unless another process has changed the session there.
    ///
    /// # Errors
    /// Why it was not saved.
    pub(crate) fn save(
        store: &dyn SessionStore,
        app_id: &str,
        request: &SaveRequest,
    ) -> Result<(), SaveError> {
        if let Some(token) = &request.replaces
            && StoredSession::load(store, app_id).is_not(token)
        {
            return Err(SaveError::Overtaken);
        }
        let saved = store.save(&request.record);
        saved.map_err(|error| SaveError::Storage(error.to_string()))
    }

    /// The record as it is stored.
    pub(crate) fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(token: &str) -> Session {
        let me = format!(r#"{{"uid":"alice","name":"Alice","authToken":"{token}","jwt":"j"}}"#);
        Session::read(serde_json::from_str(&me).unwrap()).unwrap()
    }

    #[test]
    fn d3_a_session_with_another_token_knows_how_far_the_game_has_come() {
        let mut session = Session {
            sync: SavedSyncState {
                last_message: Some(MessageId(7)),
                has_listened: true,
                ..SavedSyncState::default()
            },
            ..told("old")
        };
        let before = session.clone();
        session.update(told("new"));
        let auth_token = Secret::from("new");
        assert_eq!(
            session,
            Session {
                auth_token,
                ..before
            }
        );
    }

    #[test]
    fn s7_a_message_that_an_earlier_version_saved_is_read() {
        let saved = r#"{"id":"7","sent_at":5,"parties":["bob",{"user":"alice"}],"muid":"m"}"#;
        let known: KnownMessage = serde_json::from_str(saved).unwrap();
        assert_eq!((known.id, known.sent_at), (MessageId(7), Timestamp(5)));
    }
}
