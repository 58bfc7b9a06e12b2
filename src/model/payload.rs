use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use thiserror::Error;

use super::RawJson;

/// A type of the game's own that is sent in custom messages: an item link, a party invite, a ping on the map.
///
/// ```
/// use bevy_cometchat::model::{CustomMessage, Guid, Payload};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct ItemLink {
///     item: u32,
///     name: String,
/// }
///
/// impl Payload for ItemLink {
///     const KIND: &'static str = "item_link";
///
///     fn fallback_text(&self) -> String {
///         format!("[{}]", self.name)
///     }
/// }
///
/// let link = ItemLink { item: 7, name: "Rusty Key".into() };
/// let message = CustomMessage::payload(Guid::from("guild-1"), &link)?;
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Payload: Serialize + DeserializeOwned {
    /// The name of the type on the wire. Changing it makes it another type.
    const KIND: &'static str;

    /// The version of its form. Games that know an older one show the fallback text instead.
    const VERSION: u32 = 1;

    /// The words to show where the kind or the version is not known.
    fn fallback_text(&self) -> String;
}

/// Why custom data is not the payload that its kind says.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PayloadError {
    /// It was sent by a version of the game that writes it in another form.
    #[error("its version is {found}, and this game knows {known}: show the message's text instead")]
    Version {
        /// The version that was sent.
        found: u32,
        /// The version that this game knows: [`Payload::VERSION`].
        known: u32,
    },
    /// It does not have the form that its version says.
    #[error("it does not have the form of its kind: {0}")]
    Malformed(String),
}

#[derive(Serialize)]
struct Written<'a, P> {
    version: u32,
    payload: &'a P,
}

#[derive(Deserialize)]
struct Read<'a> {
    version: u32,
    #[serde(borrow)]
    payload: &'a RawValue,
}

pub(super) fn write<P: Payload>(payload: &P) -> serde_json::Result<RawJson> {
    RawJson::new(&Written {
        version: P::VERSION,
        payload,
    })
}

pub(super) fn read<P: Payload>(data: &RawJson) -> Result<P, PayloadError> {
    let malformed = |error: serde_json::Error| PayloadError::Malformed(error.to_string());
    let Read { version, payload } = serde_json::from_str(data.as_str()).map_err(malformed)?;
    if version != P::VERSION {
        return Err(PayloadError::Version {
            found: version,
            known: P::VERSION,
        });
    }
    serde_json::from_str(payload.get()).map_err(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Invite(u32);

    impl Payload for Invite {
        const KIND: &'static str = "invite";
        const VERSION: u32 = 2;

        fn fallback_text(&self) -> String {
            "an invite".into()
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        assert_eq!(read(&write(&Invite(7)).unwrap()), Ok(Invite(7)));
    }

    #[test]
    fn another_version_and_another_form_are_told_apart() {
        let data = |json: &str| serde_json::from_str::<RawJson>(json).unwrap();
        assert_eq!(
            read::<Invite>(&data(r#"{"version":3,"payload":[]}"#)),
            Err(PayloadError::Version { found: 3, known: 2 })
        );
        for json in [r#"{"version":2,"payload":"x"}"#, "{}", "[]", "7"] {
            let read = read::<Invite>(&data(json));
            assert!(
                matches!(read, Err(PayloadError::Malformed(_))),
                "{json}: {read:?}"
            );
        }
    }
}
