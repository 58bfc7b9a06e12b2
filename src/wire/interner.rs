use std::{collections::HashSet, hash::BuildHasher, sync::Arc};

use foldhash::quality::RandomState;

use super::{scanner::Scanner, user_object};
use crate::model::{ConversationId, Group, User};

/// The maximum number of entities and texts of each kind that are remembered.
const CAPACITY: usize = 4_096;
/// The maximum size of the JSON of an entity that is remembered, in bytes: a stream of large profiles must not fill the
/// memory.
const MAX_ENTITY: usize = 4_096;
/// The number of bytes in which an id is searched.
const MAX_SEARCHED: usize = 512;
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
        let (_, key) = self.likely_entity(json);
        if let Some(user) = self.users.known_whole(key, json, &self.hasher) {
            return Ok(user);
        }
        let mut scanner = Scanner::new(json);
        let scanned = self.scan_changed_user(&mut scanner, key);
        let user = match scanned.filter(|_| scanner.end().is_some()) {
            Some(user) => user,
            None => Arc::new(serde_json::from_str(json)?),
        };
        self.users.remember_entity(key, json, &user, &self.hasher);
        Ok(user)
    }

    /// The group that `json` describes.
    pub(crate) fn group(&mut self, json: &str) -> serde_json::Result<Arc<Group>> {
        let (_, key) = self.likely_entity(json);
        if let Some(group) = self.groups.known_whole(key, json, &self.hasher) {
            return Ok(group);
        }
        let group = Arc::new(serde_json::from_str(json)?);
        self.groups.remember_entity(key, json, &group, &self.hasher);
        Ok(group)
    }

    /// Reads the user or group at the position of the scanner; `None` if it needs the reader of all forms.
    pub(crate) fn scan(&mut self, scanner: &mut Scanner<'_>) -> Option<Entity> {
        let json = scanner.rest();
        let (kind, key) = self.likely_entity(json);
        if kind? == Kind::Group {
            let known = self.groups.known(key, json, &self.hasher)?;
            scanner.skip(known.length);
            return Some(Entity::Group(known.entity.clone()));
        }
        if let Some(known) = self.users.known(key, json, &self.hasher) {
            scanner.skip(known.length);
            return Some(Entity::User(known.entity.clone()));
        }
        let user = self.scan_changed_user(scanner, key)?;
        let json = json.get(..json.len() - scanner.rest().len())?;
        self.users.remember_entity(key, json, &user, &self.hasher);
        Some(Entity::User(user))
    }

    /// The kind of the entity, and the key under which it is remembered, as far as they can be told from the beginning.
    fn likely_entity(&self, json: &str) -> (Option<Kind>, u64) {
        let id = likely_id(json);
        (id.map(|(kind, _)| kind), self.hasher.hash_one(id))
    }

    fn scan_changed_user(&mut self, scanner: &mut Scanner<'_>, key: u64) -> Option<Arc<User>> {
        let before = self.users.get(key).map(|known| &*known.entity);
        let share = |text: &str| shared(&mut self.texts, &self.hasher, text);
        user_object::scan(scanner, before, share).map(Arc::new)
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

/// A user or a group.
pub(crate) enum Entity {
    User(Arc<User>),
    Group(Arc<Group>),
}

#[derive(Clone, Copy, Hash, PartialEq, Eq)]
enum Kind {
    User,
    Group,
}

/// The first uid or guid in the text. It is the entity's unless a member before it is an object with one; what was read of
/// that other entity then does not begin the text.
fn likely_id(json: &str) -> Option<(Kind, &str)> {
    const NAME: &str = r#"uid""#;
    let letters = json.match_indices('u').map(|(at, _)| at);
    let at = letters
        .take_while(|at| *at < MAX_SEARCHED)
        .find(|at| json.get(*at..).is_some_and(|json| json.starts_with(NAME)))?;
    let kind = match json.as_bytes().get(at.checked_sub(1)?)? {
        b'g' => Kind::Group,
        _ => Kind::User,
    };
    let value = json.get(at + NAME.len()..)?.trim_start_matches([':', ' ']);
    let id = value.strip_prefix('"')?.split('"').next()?;
    Some((kind, id))
}

/// Returns the shared copy of a text.
fn shared(texts: &mut Recent<Arc<str>>, hasher: &RandomState, text: &str) -> Arc<str> {
    let hash = hasher.hash_one(text);
    if let Some(known) = texts.get(hash) {
        return known.clone();
    }
    let shared = Arc::<str>::from(text);
    if text.len() <= MAX_TEXT {
        texts.remember(hash, shared.clone());
    }
    shared
}

/// Values, by the hash of their id or text. Each hash has one place, which the newest value takes.
///
/// What was delivered to the game stays here for a while, so that much of it is freed by the thread that allocated it. If
/// the game's thread frees it, the two wait for each other in the allocator.
struct Recent<T>(Vec<Option<(u64, T)>>);

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Recent<T> {
    fn get(&self, hash: u64) -> Option<&T> {
        let (known, value) = self.0.get(hash as usize % CAPACITY)?.as_ref()?;
        (*known == hash).then_some(value)
    }

    fn remember(&mut self, hash: u64, value: T) {
        if self.0.is_empty() {
            self.0.resize_with(CAPACITY, || None);
        }
        if let Some(place) = self.0.get_mut(hash as usize % CAPACITY) {
            *place = Some((hash, value));
        }
    }
}

impl<T> Recent<Known<T>> {
    /// The entity that is known under this key, if `json` begins with its JSON. An object ends where it ends, so it is the
    /// same one.
    fn known(&self, key: u64, json: &str, hasher: &RandomState) -> Option<&Known<T>> {
        let known = self.get(key)?;
        let is_same = hasher.hash_one(json.get(..known.length)?) == known.json_hash;
        is_same.then_some(known)
    }

    /// The same, if there is nothing behind that.
    fn known_whole(&self, key: u64, json: &str, hasher: &RandomState) -> Option<Arc<T>> {
        let known = self.known(key, json, hasher)?;
        (known.length == json.len()).then(|| known.entity.clone())
    }

    fn remember_entity(&mut self, key: u64, json: &str, entity: &Arc<T>, hasher: &RandomState) {
        if json.len() <= MAX_ENTITY {
            let known = Known {
                entity: entity.clone(),
                length: json.len(),
                json_hash: hasher.hash_one(json),
            };
            self.remember(key, known);
        }
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
        let mut shares = |json: &str| {
            let (object, rest) = json.split_at(json.rfind('}').unwrap() + 1);
            let user = interner.user(object).map(Entity::User);
            let entity = user.or_else(|_| interner.group(object).map(Entity::Group));
            let mut scanner = Scanner::new(json);
            let again = interner.scan(&mut scanner).unwrap();
            assert_eq!(scanner.rest(), rest);
            match (entity.unwrap(), again) {
                (Entity::User(one), Entity::User(other)) => Arc::ptr_eq(&one, &other),
                (Entity::Group(one), Entity::Group(other)) => Arc::ptr_eq(&one, &other),
                _ => false,
            }
        };
        for json in [
            r#"{"uid":"bob","name":"Bob"},"#,
            r#"{"metadata":{"uid":"x"},"name":"Carol","uid":"carol"}]"#,
            r#"{"uid" : "dave", "avatar":"https:\/\/a", "status":1}"#,
            r#"{"guid":"guild","name":"Guild","type":"public"}]"#,
        ] {
            assert!(shares(json), "{json}");
        }
    }

    #[test]
    fn an_entity_is_what_its_own_json_says() {
        let interner = &mut Interner::default();
        let mut scan = |json: &str| match interner.scan(&mut Scanner::new(json))? {
            Entity::User(user) => Some((user.uid.as_str().to_owned(), user.name.to_string())),
            Entity::Group(_) => None,
        };
        let is = |uid: &str, name: &str| Some((uid.to_owned(), name.to_owned()));
        for _ in 0..2 {
            assert_eq!(scan(r#"{"uid":"bob","name":"Bob"}"#), is("bob", "Bob"));
            assert_eq!(scan(r#"{"uid":"bob","name":"Bob "}"#), is("bob", "Bob "));
            assert_eq!(
                scan(r#"{"uid":"bob","name":"Bob","a":1}"#),
                is("bob", "Bob")
            );
            let other = r#"{"metadata":{"uid":"bob"},"uid":"eve","name":"Bob"}"#;
            assert_eq!(scan(other), is("eve", "Bob"));
            assert_eq!(scan(r#"{"guid":"bob","name":"Bob"}"#), None);
            assert_eq!(scan(r#"{"uid":"bob","name":"#), None);
            assert_eq!(scan(""), None);
        }
    }

    #[test]
    fn a_place_goes_to_the_newest() {
        let mut recent = Recent::<u8>::default();
        let (first, second) = (1, 1 + CAPACITY as u64);
        recent.remember(first, 1);
        assert_eq!((recent.get(first), recent.get(second)), (Some(&1), None));
        recent.remember(second, 2);
        assert_eq!((recent.get(first), recent.get(second)), (None, Some(&2)));
    }
}
