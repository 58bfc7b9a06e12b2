use std::{collections::HashSet, hash::BuildHasher, sync::Arc};

use foldhash::quality::RandomState;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::model::{ConversationId, Group, User};

/// How many of each kind are remembered at most.
const CAPACITY: usize = 4_096;

/// Shares what repeats in a stream of messages: a user or group whose JSON was seen before is not parsed again.
///
/// Entities are keyed by a hash of their JSON under a key that nobody outside knows.
#[derive(Default)]
pub(crate) struct Interner {
    hasher: RandomState,
    users: Recent<User>,
    groups: Recent<Group>,
    conversations: HashSet<ConversationId, RandomState>,
}

impl Interner {
    /// The user that `json` describes.
    pub(crate) fn user(&mut self, json: &RawValue) -> serde_json::Result<Arc<User>> {
        self.users
            .find_or_parse(self.hasher.hash_one(json.get()), json)
    }

    /// The group that `json` describes.
    pub(crate) fn group(&mut self, json: &RawValue) -> serde_json::Result<Arc<Group>> {
        self.groups
            .find_or_parse(self.hasher.hash_one(json.get()), json)
    }

    /// The conversation named `id`.
    pub(crate) fn conversation(&mut self, id: &str) -> ConversationId {
        if let Some(known) = self.conversations.get(id) {
            return known.clone();
        }
        if self.conversations.len() >= CAPACITY {
            self.conversations.clear();
        }
        let id = ConversationId::from(id);
        self.conversations.insert(id.clone());
        id
    }
}

/// Entities under the hash of their JSON. Each hash has one place, and the last entity that came to it stays: where
/// all differ, remembering them costs next to nothing.
struct Recent<T>(Vec<Option<(u64, Arc<T>)>>);

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: DeserializeOwned> Recent<T> {
    fn find_or_parse(&mut self, hash: u64, json: &RawValue) -> serde_json::Result<Arc<T>> {
        if self.0.is_empty() {
            self.0.resize_with(CAPACITY, || None);
        }
        let place = &mut self.0[hash as usize % CAPACITY];
        match place {
            Some((known, entity)) if *known == hash => Ok(entity.clone()),
            _ => {
                let entity: Arc<T> = Arc::new(serde_json::from_str(json.get())?);
                *place = Some((hash, entity.clone()));
                Ok(entity)
            }
        }
    }
}
