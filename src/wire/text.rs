use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// A string that borrows from the JSON if it can. A number is read as its digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Text<'a> {
    /// As it is in the JSON.
    Borrowed(&'a str),
    /// With its escapes resolved.
    Owned(Arc<str>),
}

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }
}

impl From<Text<'_>> for Arc<str> {
    fn from(text: Text<'_>) -> Self {
        match text {
            Text::Borrowed(text) => text.into(),
            Text::Owned(text) => text,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        optional(deserializer)?.ok_or_else(|| D::Error::custom("a string is missing"))
    }
}

/// A string, or `None` for JSON of another kind: for members that may be of any type.
pub(crate) fn optional<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Text<'a>>, D::Error> {
    deserializer.deserialize_any(TextVisitor {
        id_of_object: false,
    })
}

/// An identifier, which is never empty. A user or group object in its place is read as its id.
pub(crate) fn optional_id<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Text<'a>>, D::Error> {
    let text = deserializer.deserialize_any(TextVisitor { id_of_object: true })?;
    Ok(text.filter(|text| !text.as_str().is_empty()))
}

struct TextVisitor {
    id_of_object: bool,
}

/// A string, or nothing, inside a list or object.
struct Optional<'a>(Option<Text<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Optional<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        optional(deserializer).map(Self)
    }
}

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Option<Text<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Text::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Text::Owned(text.into())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(Text::Owned(number.to_string().into())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(Text::Owned(number.to_string().into())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(Text::Owned(number.to_string().into())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut id = None;
        while let Some(key) = object.next_key::<Optional<'de>>()? {
            let is_id = key
                .0
                .is_some_and(|key| matches!(key.as_str(), "uid" | "guid" | "id"));
            if is_id && self.id_of_object {
                let Optional(value) = object.next_value()?;
                id = value.or(id);
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(id)
    }
}
