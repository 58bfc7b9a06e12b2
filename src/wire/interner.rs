use std::{collections::HashSet, hash::BuildHasher, sync::Arc};

use foldhash::quality::RandomState;

use super::user_object;
use crate::model::{ConversationId, Group, User};

/// The maximum number of entities and texts of each kind that are remembered.
const CAPACITY: usize = 4_096;
/// The maximum size of the JSON of an entity that is remembered, in bytes: a stream of large profiles must not fill the
/// memory.
const MAX_ENTITY: usize = 4_096;
/// The maximum size of a text that is remembered, in bytes.
const MAX_TEXT: usize = 256;

/// Shares the users, groups and conversations that repeat in a stream of messages: one whose JSON was seen before is not
/// parsed again. Of users who change, it shares the texts that stay.
///
/// Entities are keyed by a hash of their JSON under a random secret key.
#[derive(Default)]
pub(crate) struct Interner {
    hasher: RandomState,
    users: Recent<Arc<User>>,
    groups: Recent<Arc<Group>>,
    texts: Recent<Arc<str>>,
    conversations: HashSet<ConversationId, RandomState>,
}

impl Interner {
    /// The user that `json` describes.
    pub(crate) fn user(&mut self, json: &str) -> serde_json::Result<Arc<User>> {
        let hash = self.hasher.hash_one(json);
        if let Some(user) = self.users.get(hash) {
            return Ok(user.clone());
        }
        let user = match user_object::scan(json, |text| shared(&mut self.texts, &self.hasher, text))
        {
            Some(user) => user,
            None => serde_json::from_str(json)?,
        };
        Ok(self
            .users
            .remember(hash, Arc::new(user), json.len() <= MAX_ENTITY))
    }

    /// The group that `json` describes.
    pub(crate) fn group(&mut self, json: &str) -> serde_json::Result<Arc<Group>> {
        let hash = self.hasher.hash_one(json);
        if let Some(group) = self.groups.get(hash) {
            return Ok(group.clone());
        }
        let group = Arc::new(serde_json::from_str(json)?);
        Ok(self.groups.remember(hash, group, json.len() <= MAX_ENTITY))
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
        if id.as_str().len() <= MAX_TEXT {
            self.conversations.insert(id.clone());
        }
        id
    }
}

/// Returns the shared copy of a text.
fn shared(texts: &mut Recent<Arc<str>>, hasher: &RandomState, text: &str) -> Arc<str> {
    let hash = hasher.hash_one(text);
    match texts.get(hash) {
        Some(known) => known.clone(),
        None => texts.remember(hash, text.into(), text.len() <= MAX_TEXT),
    }
}

/// Values, by the hash of the JSON or text that they were made from. Each hash has one place. A value replaces another
/// one in its place only when it comes there twice in a row, so that a stream of different values costs next to
/// nothing.
struct Recent<T>(Vec<Place<T>>);

struct Place<T> {
    /// The last hash that came here and differs from that of the value.
    last: u64,
    value: Option<(u64, T)>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone> Recent<T> {
    fn get(&self, hash: u64) -> Option<&T> {
        let (known, value) = self.0.get(hash as usize % CAPACITY)?.value.as_ref()?;
        (*known == hash).then_some(value)
    }

    /// Returns the value, and remembers it if it is worth it.
    fn remember(&mut self, hash: u64, value: T, is_worth_it: bool) -> T {
        if self.0.is_empty() {
            self.0.resize_with(CAPACITY, || Place {
                last: 0,
                value: None,
            });
        }
        if let Some(place) = self
            .0
            .get_mut(hash as usize % CAPACITY)
            .filter(|_| is_worth_it)
        {
            if place.value.is_none() || place.last == hash {
                place.value = Some((hash, value.clone()));
            } else {
                place.last = hash;
            }
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(interner: &mut Interner, status: &str) -> Arc<User> {
        let json = format!(r#"{{"uid":"bob","statusMessage":"{status}"}}"#);
        interner.user(&json).unwrap()
    }

    #[test]
    fn what_repeats_is_shared_unless_it_is_fat() {
        let interner = &mut Interner::default();
        assert!(Arc::ptr_eq(&user(interner, "hi"), &user(interner, "hi")));
        let fat = "x".repeat(MAX_ENTITY);
        assert!(!Arc::ptr_eq(&user(interner, &fat), &user(interner, &fat)));
        let long = "x".repeat(MAX_TEXT + 1);
        assert_eq!(interner.conversation(&long).as_str(), long);
        assert!(interner.conversations.is_empty());
    }

    #[test]
    fn texts_of_a_user_who_changes_are_shared() {
        let interner = &mut Interner::default();
        let mut user = |at: u64| {
            let json = format!(
                r#"{{"uid":"bob","name":"Bob","avatar":"https://a","tags":["t"],"lastActiveAt":{at}}}"#
            );
            interner.user(&json).unwrap()
        };
        let (before, after) = (user(1), user(2));
        assert_ne!(before.last_active_at, after.last_active_at);
        assert!(Arc::ptr_eq(&before.name, &after.name));
        assert!(Arc::ptr_eq(&before.tags[0], &after.tags[0]));
        assert_eq!(before.uid.as_str().as_ptr(), after.uid.as_str().as_ptr());
        assert_eq!(
            before.avatar.as_deref().map(str::as_ptr),
            after.avatar.as_deref().map(str::as_ptr)
        );
    }

    #[test]
    fn a_taken_place_goes_to_what_comes_twice() {
        let mut recent = Recent::<u8>::default();
        let (first, second) = (1, 1 + CAPACITY as u64);
        recent.remember(first, 1, true);
        recent.remember(second, 2, true);
        assert_eq!((recent.get(first), recent.get(second)), (Some(&1), None));
        recent.remember(second, 2, true);
        assert_eq!((recent.get(first), recent.get(second)), (None, Some(&2)));
    }
}
