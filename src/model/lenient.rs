//! Lenient reading of JSON: beside the [scalars](super::scalar), an empty map may come as `[]`, and an optional member
//! may have any type. Nothing here fails on well-formed JSON.

use std::{collections::BTreeMap, marker::PhantomData, sync::Arc};

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::value::RawValue;

use super::{MessageId, RawJson, Timestamp};

pub(crate) use super::scalar::{
    count, filled_text, flag, id, maybe_flag, number, text, text_or_empty,
};

/// The methods of a [`Visitor`] for values that it does not expect: they are read as `$nothing`.
macro_rules! read_others_as {
    ($nothing:expr) => {
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("any JSON value")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($nothing)
        }

        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($nothing)
        }

        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($nothing)
        }

        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($nothing)
        }

        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($nothing)
        }
    };
}

pub(crate) use read_others_as;

/// The id of a message. Some servers and clients write 0 instead of leaving it out.
pub(crate) fn message_id<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<MessageId>, D::Error> {
    Ok(number(from)?.filter(|id| *id > 0).map(MessageId))
}

/// A time. 0 is read as `None`.
pub(crate) fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let at = Timestamp::deserialize(from)?;
    Ok((at != Timestamp::default()).then_some(at))
}

/// JSON of any type. Null, an empty string and an empty list are read as `None`.
pub(crate) fn raw<'de, D: Deserializer<'de>>(from: D) -> Result<Option<RawJson>, D::Error> {
    let json = Box::<RawValue>::deserialize(from)?;
    Ok((!is_nothing(json.get())).then(|| RawJson::from(&*json)))
}

/// Whether JSON is null, an empty string or an empty list.
pub(crate) fn is_nothing(json: &str) -> bool {
    let is_empty_list = || {
        let inside = json
            .strip_prefix('[')
            .and_then(|json| json.strip_suffix(']'));
        inside.is_some_and(|inside| inside.trim().is_empty())
    };
    matches!(json, "null" | "\"\"") || is_empty_list()
}

/// A list of strings. Elements that are no strings are left out. A single string is read as a list of one, a map as its
/// values.
pub(crate) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Arc<str>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Text(#[serde(deserialize_with = "text")] Option<Arc<str>>);

    struct Texts;

    impl<'de> Visitor<'de> for Texts {
        type Value = Vec<Arc<str>>;

        read_others_as!(Vec::new());

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut texts = Vec::new();
            while let Some(Text(text)) = list.next_element()? {
                texts.extend(text);
            }
            Ok(texts)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
            let mut texts = Vec::new();
            while let Some((IgnoredAny, Text(text))) = object.next_entry()? {
                texts.extend(text);
            }
            Ok(texts)
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(match text {
                "" => Vec::new(),
                text => vec![text.into()],
            })
        }
    }

    from.deserialize_any(Texts)
}

/// An object. A list is read as its first object, any other value as `None`.
///
/// The members of `T` must be lenient too: an error in a member is an error of the object.
pub(crate) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    from.deserialize_any(Object(PhantomData))
}

/// Reads a `T` without moving it: `T` is large, and every frame is read with it.
struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = Option<T>;

    read_others_as!(None);

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Option<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<T>, A::Error> {
        let mut first = None;
        while let Some(json) = list.next_element()? {
            if first.is_none() {
                first = element(json)?;
            }
        }
        Ok(first)
    }

    fn visit_str<E>(self, _: &str) -> Result<Option<T>, E> {
        Ok(None)
    }
}

/// A list of objects. Elements that are no objects are left out. A single object is read as a list of one.
pub(crate) fn objects<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    from.deserialize_any(Objects(PhantomData))
}

/// A map from identifiers. Entries whose value is no `T` are left out. An empty list is read as an empty map.
pub(crate) fn map<'de, K, T, D>(from: D) -> Result<BTreeMap<K, T>, D::Error>
where
    K: From<String> + Ord,
    T: serde::de::DeserializeOwned,
    D: Deserializer<'de>,
{
    let entries: BTreeMap<String, Box<RawValue>> = object(from)?.unwrap_or_default();
    let entries = entries.into_iter().filter_map(|(key, value)| {
        let value = serde_json::from_str(value.get()).ok()?;
        Some((K::from(key), value))
    });
    Ok(entries.collect())
}

/// An element of a list of objects, as [`object`] reads it. It is read apart from the list: a reader that followed lists
/// within lists would overflow the stack.
fn element<'de, T: Deserialize<'de>, E: de::Error>(json: &'de RawValue) -> Result<Option<T>, E> {
    match first_object(json) {
        Some(object) => serde_json::Deserializer::from_str(object.get())
            .deserialize_map(Object(PhantomData))
            .map_err(E::custom),
        None => Ok(None),
    }
}

/// The object, or the first object of a list. Lists within the list are skipped.
pub(crate) fn first_object(json: &RawValue) -> Option<&RawValue> {
    match json.get().as_bytes().first()? {
        b'{' => Some(json),
        b'[' => {
            let elements: Vec<&RawValue> = serde_json::from_str(json.get()).ok()?;
            elements
                .into_iter()
                .find(|element| element.get().starts_with('{'))
        }
        _ => None,
    }
}

struct Objects<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Objects<T> {
    type Value = Vec<T>;

    read_others_as!(Vec::new());

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Vec<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(|object| vec![object])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut objects = Vec::new();
        while let Some(json) = list.next_element()? {
            objects.extend(element::<T, _>(json)?);
        }
        Ok(objects)
    }

    fn visit_str<E>(self, _: &str) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Named {
        #[serde(default, deserialize_with = "count")]
        id: u64,
    }

    fn read_object(json: &str) -> Option<u64> {
        let read = object(&mut serde_json::Deserializer::from_str(json)).unwrap();
        read.map(|Named { id }| id)
    }

    fn read_objects(json: &str) -> Vec<u64> {
        let read = objects(&mut serde_json::Deserializer::from_str(json)).unwrap();
        read.into_iter().map(|Named { id }| id).collect()
    }

    #[test]
    fn a_list_is_read_as_its_first_object() {
        assert_eq!(read_object(r#"{"id":1}"#), Some(1));
        assert_eq!(read_object(r#"[null,"x",{"id":2},{"id":3}]"#), Some(2));
        assert_eq!(read_object(r#"[[],[{"id":4},{"id":5}]]"#), Some(4));
        for nothing in ["[]", "[7]", "null", "7", "-7", "0.5", "true", r#""{}""#] {
            assert_eq!(read_object(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn elements_that_are_no_objects_are_left_out() {
        let list = r#"[{"id":1},null,[],"x",[{"id":2},{"id":3}],4,{}]"#;
        assert_eq!(read_objects(list), [1, 2, 0]);
        assert_eq!(read_objects(r#"{"id":5}"#), [5]);
        for nothing in ["[]", "[7]", "null", "7", "-7", "0.5", "true", r#""[]""#] {
            assert_eq!(read_objects(nothing), [0; 0], "{nothing}");
        }
    }
}
