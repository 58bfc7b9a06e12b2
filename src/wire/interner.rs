use std::{collections::HashSet, hash::BuildHasher, sync::Arc};

use foldhash::quality::RandomState;

use super::{scanner::Scanner, user_object};
use crate::model::{ConversationId, Group, User};

/// The maximum number of entities and texts of each kind that are remembered.
const CAPACITY: usize = 4_096;
/// The maximum size of the JSON of an entity that is remembered, in bytes: a stream of large profiles must not fill the
/// memory.
const MAX_ENTITY: usize = 4_096;
/// The maximum size of a text that is remembered, in bytes.
const MAX_TEXT: usize = 256;

/// Shares the users, groups and conversations that repeat in a stream of messages: one that is as it was last is not
/// parsed again. Of users who change, it shares the texts that stay.
///
/// Entities are known by their ids, and compared by a hash of their JSON under a random secret key.
#[derive(Default)]
pub(crate) struct Interner {
    hasher: RandomState,
    users: Recent<Known<User>>,
    groups: Recent<Known<Group>>,
    texts: Recent<Arc<str>>,
    conversations: HashSet<ConversationId, RandomState>,
}

/// An entity as it was last.
struct Known<T> {
    entity: Arc<T>,
    /// The length of its JSON, in bytes.
    length: usize,
    json_hash: u64,
}

impl Interner {
    /// The user that `json` describes.
    pub(crate) fn user(&mut self, json: &str) -> serde_json::Result<Arc<User>> {
        let key = self.hasher.hash_one(text_member(json, r#""uid":""#));
        let known = self.users.get(key);
        if let Some(known) = known.filter(|known| known.length == json.len())
            && known.begins(json, &self.hasher)
        {
            return Ok(known.entity.clone());
        }
        let mut scanner = Scanner::new(json);
        let scanned = self.scan_changed_user(&mut scanner, key);
        let user = match scanned.filter(|_| scanner.end().is_some()) {
            Some(user) => user,
            None => Arc::new(serde_json::from_str(json)?),
        };
        Ok(self.users.remember_entity(key, json, user, &self.hasher))
    }

    /// Reads the user at the position of the scanner, who is probably the one with this uid; `None` if it needs the reader of
    /// all forms.
    pub(crate) fn scan_user(&mut self, scanner: &mut Scanner<'_>, uid: &str) -> Option<Arc<User>> {
        let key = self.hasher.hash_one(uid);
        let json = scanner.rest();
        if let Some(known) = self.users.get(key)
            && known.begins(json, &self.hasher)
        {
            scanner.skip(known.length);
            return Some(known.entity.clone());
        }
        let user = self.scan_changed_user(scanner, key)?;
        let json = json.get(..json.len() - scanner.rest().len())?;
        Some(self.users.remember_entity(key, json, user, &self.hasher))
    }

    fn scan_changed_user(&mut self, scanner: &mut Scanner<'_>, key: u64) -> Option<Arc<User>> {
        let before = self.users.get(key).map(|known| &*known.entity);
        let share = |text: &str| shared(&mut self.texts, &self.hasher, text);
        user_object::scan(scanner, before, share).map(Arc::new)
    }

    /// The group that `json` describes.
    pub(crate) fn group(&mut self, json: &str) -> serde_json::Result<Arc<Group>> {
        let key = self.hasher.hash_one(text_member(json, r#""guid":""#));
        if let Some(known) = self.groups.get(key)
            && known.length == json.len()
            && known.begins(json, &self.hasher)
        {
            return Ok(known.entity.clone());
        }
        let group = Arc::new(serde_json::from_str(json)?);
        Ok(self.groups.remember_entity(key, json, group, &self.hasher))
    }

    /// Reads the group at the position of the scanner, if it is the one with this guid as it was last.
    pub(crate) fn scan_group(
        &mut self,
        scanner: &mut Scanner<'_>,
        guid: &str,
    ) -> Option<Arc<Group>> {
        let known = self.groups.get(self.hasher.hash_one(guid))?;
        known.begins(scanner.rest(), &self.hasher).then(|| {
            scanner.skip(known.length);
            known.entity.clone()
        })
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

impl<T> Known<T> {
    /// Whether `json` begins with the JSON of the entity. An object ends where it ends, so it is the same one.
    fn begins(&self, json: &str, hasher: &RandomState) -> bool {
        json.get(..self.length)
            .is_some_and(|json| hasher.hash_one(json) == self.json_hash)
    }
}

/// The text of the first member that begins so, which may be one of an inner object.
fn text_member<'a>(json: &'a str, begin: &str) -> &'a str {
    let member = json.split_once(begin).map(|(_, rest)| rest);
    member
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default()
}

/// Returns the shared copy of a text.
fn shared(texts: &mut Recent<Arc<str>>, hasher: &RandomState, text: &str) -> Arc<str> {
    let hash = hasher.hash_one(text);
    if let Some(known) = texts.get(hash) {
        return known.clone();
    }
    let shared = Arc::<str>::from(text);
    if text.len() <= MAX_TEXT {
        texts.remember(hash, || shared.clone());
    }
    shared
}

/// Values, by the hash of their id or text. Each hash has one place. A value of another hash replaces the one in its place
/// only when it comes there twice in a row, so that a stream of different values costs next to nothing.
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

impl<T> Recent<T> {
    fn get(&self, hash: u64) -> Option<&T> {
        let (known, value) = self.0.get(hash as usize % CAPACITY)?.value.as_ref()?;
        (*known == hash).then_some(value)
    }

    /// Remembers the value that `make` makes, if its place is free for it.
    fn remember(&mut self, hash: u64, make: impl FnOnce() -> T) {
        if self.0.is_empty() {
            self.0.resize_with(CAPACITY, || Place {
                last: 0,
                value: None,
            });
        }
        let Some(place) = self.0.get_mut(hash as usize % CAPACITY) else {
            return;
        };
        let is_free = place.value.as_ref().is_none_or(|(held, _)| *held == hash);
        if is_free || place.last == hash {
            place.value = Some((hash, make()));
        } else {
            place.last = hash;
        }
    }
}

impl<T> Recent<Known<T>> {
    fn remember_entity(
        &mut self,
        key: u64,
        json: &str,
        entity: Arc<T>,
        hasher: &RandomState,
    ) -> Arc<T> {
        if json.len() <= MAX_ENTITY {
            self.remember(key, || Known {
                entity: entity.clone(),
                length: json.len(),
                json_hash: hasher.hash_one(json),
            });
        }
        entity
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
    fn who_repeats_is_shared_in_any_form_of_json() {
        let interner = &mut Interner::default();
        let json = r#" {"uid":"bob","avatar":"https:\/\/a","status":1},"#;
        let object = json.trim_matches([' ', ',']);
        assert!(interner.scan_user(&mut Scanner::new(json), "bob").is_none());
        let bob = interner.user(object).unwrap();
        assert_eq!(bob.avatar.as_deref(), Some("https://a"));
        let mut scanner = Scanner::new(json);
        let again = interner.scan_user(&mut scanner, "bob").unwrap();
        assert_eq!(
            (Arc::as_ptr(&again), scanner.rest()),
            (Arc::as_ptr(&bob), ",")
        );
        let json = r#"{"guid":"guild","name":"Guild","type":"public"}]"#;
        let guild = interner.group(json.trim_matches(']')).unwrap();
        let mut scanner = Scanner::new(json);
        let again = interner.scan_group(&mut scanner, "guild").unwrap();
        assert_eq!(
            (Arc::as_ptr(&again), scanner.rest()),
            (Arc::as_ptr(&guild), "]")
        );
    }

    #[test]
    fn an_entity_is_what_its_json_says_whoever_was_expected() {
        let interner = &mut Interner::default();
        let mut scan = |json: &str| {
            let user = interner.scan_user(&mut Scanner::new(json), "bob")?;
            Some((user.uid.as_str().to_owned(), user.name.to_string()))
        };
        let is = |uid: &str, name: &str| Some((uid.to_owned(), name.to_owned()));
        assert_eq!(scan(r#"{"uid":"bob","name":"Bob"}"#), is("bob", "Bob"));
        assert_eq!(scan(r#"{"uid":"bob","name":"Bob "}"#), is("bob", "Bob "));
        assert_eq!(scan(r#"{"uid":"eve","name":"Bob"}"#), is("eve", "Bob"));
        assert_eq!(scan(r#"{"uid":"bob","name":"B"}"#), is("bob", "B"));
        assert_eq!(scan(r#"{"guid":"bob","name":"Bob"}"#), None);
        assert_eq!(scan(r#"{"uid":"bob","name":"#), None);
    }

    #[test]
    fn a_taken_place_goes_to_what_comes_twice() {
        let mut recent = Recent::<u8>::default();
        let (first, second) = (1, 1 + CAPACITY as u64);
        recent.remember(first, || 1);
        recent.remember(second, || 2);
        assert_eq!((recent.get(first), recent.get(second)), (Some(&1), None));
        recent.remember(second, || 2);
        assert_eq!((recent.get(first), recent.get(second)), (None, Some(&2)));
    }
}
