use std::{
    collections::{HashMap, HashSet},
    hash::BuildHasher,
    sync::Arc,
};

use foldhash::quality::RandomState;
use serde_json::value::RawValue;

use crate::model::{ConversationId, Group, User};

/// How many of each kind are remembered; past that it starts over.
const CAPACITY: usize = 4_096;

/// Shares what repeats in a stream of messages: a user or group whose JSON was seen before is not parsed again.
///
/// Entities are keyed by a hash of their JSON under a key that nobody outside knows.
#[derive(Default)]
pub(crate) struct Interner {
    hasher: RandomState,
    users: HashMap<u64, Arc<User>, RandomState>,
    groups: HashMap<u64, Arc<Group>, RandomState>,
    conversations: HashSet<ConversationId, RandomState>,
}

impl Interner {
    /// The user that `json` describes.
    pub(crate) fn user(&mut self, json: &RawValue) -> serde_json::Result<Arc<User>> {
        intern(&mut self.users, self.hasher.hash_one(json.get()), json)
    }

    /// The group that `json` describes.
    pub(crate) fn group(&mut self, json: &RawValue) -> serde_json::Result<Arc<Group>> {
        intern(&mut self.groups, self.hasher.hash_one(json.get()), json)
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

fn intern<T: serde::de::DeserializeOwned>(
    known: &mut HashMap<u64, Arc<T>, RandomState>,
    key: u64,
    json: &RawValue,
) -> serde_json::Result<Arc<T>> {
    if let Some(entity) = known.get(&key) {
        return Ok(entity.clone());
    }
    if known.len() >= CAPACITY {
        known.clear();
    }
    let entity: Arc<T> = Arc::new(serde_json::from_str(json.get())?);
    known.insert(key, entity.clone());
    Ok(entity)
}
