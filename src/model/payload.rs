use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use thiserror::Error;

use super::RawJson;

/// A type of the game that is sent in custom messages, such as an item link or a party invite.
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
    /// The name of the type on the wire. A type with another name is another type.
    const KIND: &'static str;

    /// The version of the JSON form. Clients that know another version show the fallback text.
    const VERSION: u32 = 1;

    /// The text to show if the kind or the version is unknown.
    fn fallback_text(&self) -> String;
}

/// The error of reading custom data as a [`Payload`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PayloadError {
    /// The data was sent by a version of the game that uses another form.
    #[error("its version is {found}, and this game knows {known}: show the message's text instead")]
    Version {
        /// The version of the data.
        found: u32,
        /// The version that this game knows: [`Payload::VERSION`].
        known: u32,
    },
    /// The data does not have the form of its version.
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
