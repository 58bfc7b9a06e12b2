//! Lenient reading of JSON scalars: a number may come as a string, a flag as 0 or 1, and any value may have another
//! type. Nothing here fails on well-formed JSON.

use std::{fmt, sync::Arc};

use serde::{
    Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// A visitor that reads a scalar of any JSON type with a function. Null, lists and objects are read as `None`.
pub(super) struct Scalar<T>(pub(super) fn(Value<'_>) -> Option<T>);

/// A JSON scalar.
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

/// A string. Empty by default.
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

/// A number that is not negative, without its fraction. A string is parsed.
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

/// A number. 0 by default.
pub(crate) fn count<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    Ok(number(from)?.unwrap_or_default())
}

/// A flag: `true` for `true`, `1`, `"1"` and `"true"`, otherwise `false`.
pub(crate) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(maybe_flag(from)?.unwrap_or(false))
}

/// A flag. Null, lists and objects are read as `None`.
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
