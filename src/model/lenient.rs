//! Reading JSON whose types are not promised: a number may come as a string, a flag as 0 or 1, an empty map as `[]`,
//! and an optional member may be of any type at all. Nothing here fails on well-formed JSON.

use std::{collections::BTreeMap, fmt, marker::PhantomData, sync::Arc};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::value::RawValue;

use super::{MessageId, RawJson, Timestamp};

/// A scalar of any JSON type. `None` for null, lists and objects.
pub(super) struct Scalar<T>(pub(super) fn(Value<'_>) -> Option<T>);

pub(super) enum Value<'a> {
    Text(&'a str),
    Integer(i128),
    Float(f64),
    Bool(bool),
}

impl<'de, T> Visitor<'de> for Scalar<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<T>, E> {
        Ok((self.0)(Value::Text(text)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Option<T>, E> {
        Ok((self.0)(Value::Integer(number.into())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Option<T>, E> {
        Ok((self.0)(Value::Integer(number.into())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Option<T>, E> {
        Ok((self.0)(Value::Float(number)))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Option<T>, E> {
        Ok((self.0)(Value::Bool(flag)))
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<T>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Option<T>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// A string. A number is read as its digits.
pub(crate) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Arc<str>>, D::Error> {
    from.deserialize_any(Scalar(|value| match value {
        Value::Text(text) => Some(text.into()),
        Value::Integer(number) => Some(number.to_string().into()),
        Value::Float(number) => Some(number.to_string().into()),
        Value::Bool(_) => None,
    }))
}

/// A string; empty if it is missing.
pub(crate) fn text_or_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<str>, D::Error> {
    Ok(text(from)?.unwrap_or_default())
}

/// A string that is not empty.
pub(crate) fn filled_text<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Arc<str>>, D::Error> {
    Ok(text(from)?.filter(|text| !text.is_empty()))
}

/// An identifier: a string or number that is not empty.
pub(crate) fn id<'de, T: From<Arc<str>>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    Ok(filled_text(from)?.map(T::from))
}

/// A number that is not negative, without its fraction. A string is read as the number it holds.
pub(crate) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    fn whole(number: f64) -> Option<u64> {
        (number >= 0.0 && number < u64::MAX as f64).then_some(number as u64)
    }
    from.deserialize_any(Scalar(|value| match value {
        Value::Text(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| whole(text.parse().ok()?))
        }
        Value::Integer(number) => number.try_into().ok(),
        Value::Float(number) => whole(number),
        Value::Bool(_) => None,
    }))
}

/// A number; 0 if it is missing.
pub(crate) fn count<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    Ok(number(from)?.unwrap_or_default())
}

/// The id of a message. Some servers and clients write 0 for none.
pub(crate) fn message_id<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<MessageId>, D::Error> {
    Ok(number(from)?.filter(|id| *id > 0).map(MessageId))
}

/// A time; `None` for 1970, which stands for no time.
pub(crate) fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let at = Timestamp::deserialize(from)?;
    Ok((at != Timestamp::default()).then_some(at))
}

/// A flag: `true`, `1` and `"1"` are set, everything else is not.
pub(crate) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(maybe_flag(from)?.unwrap_or(false))
}

/// A flag, if it is one: `None` for null, lists and objects.
pub(crate) fn maybe_flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    from.deserialize_any(Scalar(|value| {
        Some(match value {
            Value::Bool(flag) => flag,
            Value::Integer(number) => number == 1,
            Value::Float(number) => number == 1.0,
            Value::Text(text) => text == "1" || text.eq_ignore_ascii_case("true"),
        })
    }))
}

/// JSON of any kind. `None` for what stands for nothing: null, an empty string, an empty list.
pub(crate) fn raw<'de, D: Deserializer<'de>>(from: D) -> Result<Option<RawJson>, D::Error> {
    let json = Box::<RawValue>::deserialize(from)?;
    Ok((!is_nothing(&json)).then(|| RawJson::from(&*json)))
}

/// Whether JSON stands for nothing: null, an empty string, an empty list.
pub(crate) fn is_nothing(json: &RawValue) -> bool {
    let json = json.get();
    let is_empty_list = || {
        let inside = json
            .strip_prefix('[')
            .and_then(|json| json.strip_suffix(']'));
        inside.is_some_and(|inside| inside.trim().is_empty())
    };
    matches!(json, "null" | "\"\"") || is_empty_list()
}

/// A list of strings; what is no string is left out. A single string is read as a list of one, a map as its values.
pub(crate) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Arc<str>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Text(#[serde(deserialize_with = "text")] Option<Arc<str>>);

    struct Texts;

    impl<'de> Visitor<'de> for Texts {
        type Value = Vec<Arc<str>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any JSON value")
        }

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

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }
    }

    from.deserialize_any(Texts)
}

/// An object. A list is read as its first object; everything else as `None`.
///
/// The members of `T` must be as lenient: an error in one of them is an error of the whole.
pub(crate) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    from.deserialize_any(Object(PhantomData))
}

/// Returns what it reads without a detour, as it is large: every frame is read with it.
struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Option<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<T>, A::Error> {
        let mut first = None;
        while let Some(element) = list.next_element::<Lenient<T>>()? {
            first = first.or(element.into_first());
        }
        Ok(first)
    }

    fn visit_str<E>(self, _: &str) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<T>, E> {
        Ok(None)
    }
}

/// A list of objects; what is no object is left out. A single object is read as a list of one.
pub(crate) fn objects<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Lenient::<T>::deserialize(from)?.into_all())
}

/// A map from identifiers; entries whose value is no `T` are left out. An empty list is read as an empty map.
pub(crate) fn map<'de, K, T, D>(from: D) -> Result<BTreeMap<K, T>, D::Error>
where
    K: From<String> + Ord,
    T: serde::de::DeserializeOwned,
    D: Deserializer<'de>,
{
    let Some(Entries(entries)) = object::<Entries, D>(from)? else {
        return Ok(BTreeMap::new());
    };
    let entries = entries.into_iter().filter_map(|(key, value)| {
        let value = serde_json::from_str(value.get()).ok()?;
        Some((K::from(key), value))
    });
    Ok(entries.collect())
}

/// The members of an object, unparsed; of members with one name the last.
struct Entries(BTreeMap<String, Box<RawValue>>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(from).map(Self)
    }
}

enum Lenient<T> {
    Nothing,
    One(T),
    Many(Vec<T>),
}

impl<T> Lenient<T> {
    fn into_first(self) -> Option<T> {
        match self {
            Self::Nothing => None,
            Self::One(one) => Some(one),
            Self::Many(many) => many.into_iter().next(),
        }
    }

    fn into_all(self) -> Vec<T> {
        match self {
            Self::Nothing => Vec::new(),
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Any<T> {
            type Value = Lenient<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(object)).map(Lenient::One)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut many = Vec::new();
                while let Some(element) = list.next_element::<Lenient<T>>()? {
                    many.extend(element.into_first());
                }
                Ok(Lenient::Many(many))
            }

            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(Lenient::Nothing)
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Lenient::Nothing)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Lenient::Nothing)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Lenient::Nothing)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Lenient::Nothing)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Lenient::Nothing)
            }
        }

        from.deserialize_any(Any(PhantomData))
    }
}
