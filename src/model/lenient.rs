//! Reading JSON whose types are not promised: a number may come as a string, a flag as 0 or 1, and what is
//! optional may be of any type at all (PROTOCOL.md, the [I] marks).

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// A scalar of any JSON type, or `None` for null, lists and objects.
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

/// A string; a number is taken as its digits.
pub(crate) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Arc<str>>, D::Error> {
    from.deserialize_any(Scalar(|value| match value {
        Value::Text(text) => Some(text.into()),
        Value::Integer(number) => Some(number.to_string().into()),
        Value::Float(_) | Value::Bool(_) => None,
    }))
}

/// A string, empty when there is none.
pub(crate) fn text_or_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<str>, D::Error> {
    Ok(text(from)?.unwrap_or_default())
}

/// A string that says something: an empty one is none.
pub(crate) fn filled_text<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Arc<str>>, D::Error> {
    Ok(text(from)?.filter(|text| !text.is_empty()))
}

/// An integer that is not negative; a string of digits is taken as its number.
pub(crate) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    from.deserialize_any(Scalar(|value| match value {
        Value::Text(text) => text.trim().parse().ok(),
        Value::Integer(number) => number.try_into().ok(),
        Value::Float(number) if number >= 0.0 && number < u64::MAX as f64 => Some(number as u64),
        Value::Float(_) | Value::Bool(_) => None,
    }))
}

/// A flag: `true`, `1` and `"1"` are set, all else is not.
pub(crate) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    let flag = from.deserialize_any(Scalar(|value| {
        Some(match value {
            Value::Bool(flag) => flag,
            Value::Integer(number) => number == 1,
            Value::Text(text) => matches!(text, "1" | "true"),
            Value::Float(_) => false,
        })
    }))?;
    Ok(flag.unwrap_or(false))
}

/// A list of strings; whatever is not one is left out.
pub(crate) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Arc<str>>, D::Error> {
    struct Texts;

    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Text(#[serde(deserialize_with = "text")] Option<Arc<str>>);

    impl<'de> Visitor<'de> for Texts {
        type Value = Vec<Arc<str>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of strings")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut texts = Vec::new();
            while let Some(Text(text)) = list.next_element()? {
                texts.extend(text);
            }
            Ok(texts)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
            while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Vec::new())
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
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
