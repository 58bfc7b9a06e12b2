use std::{collections::HashSet, hash::BuildHasher, sync::Arc};

use foldhash::quality::RandomState;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::model::{ConversationId, Group, User};

/// The most entities of each kind that are remembered.
const CAPACITY: usize = 4_096;
/// The most bytes of JSON that an entity has to be remembered: a stream of fat profiles must not fill the memory.
const MAX_ENTITY: usize = 4_096;
/// The most bytes of a conversation's id that is remembered.
const MAX_ID: usize = 256;

/// Shares the users, groups and conversations that repeat in a stream of messages: one whose JSON was seen before is not
/// parsed again.
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
        if id.as_str().len() <= MAX_ID {
            self.conversations.insert(id.clone());
        }
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
                if json.get().len() <= MAX_ENTITY {
                    *place = Some((hash, entity.clone()));
                }
                Ok(entity)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(interner: &mut Interner, status: &str) -> Arc<User> {
        let json = format!(r#"{{"uid":"bob","statusMessage":"{status}"}}"#);
        interner.user(serde_json::from_str(&json).unwrap()).unwrap()
    }

    #[test]
    fn what_repeats_is_shared_unless_it_is_fat() {
        let interner = &mut Interner::default();
        assert!(Arc::ptr_eq(&user(interner, "hi"), &user(interner, "hi")));
        let fat = "x".repeat(MAX_ENTITY);
        assert!(!Arc::ptr_eq(&user(interner, &fat), &user(interner, &fat)));
        let long = "x".repeat(MAX_ID + 1);
        assert_eq!(interner.conversation(&long).as_str(), long);
        assert!(interner.conversations.is_empty());
    }
}
