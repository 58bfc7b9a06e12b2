use std::{fmt, str::FromStr};

/// What the flood server sends to whoever logs in; the uid says it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// So many messages as fast as they are taken, from users who take turns.
    Flood(u32),
    /// The same, and no two user objects are alike.
    Distinct(u32),
    /// So many messages like those of `Flood`, and then 60 a second.
    Filled(u32),
    /// So many messages like those of `Distinct`, and then 60 a second.
    FilledDistinct(u32),
    /// So many messages a second, until the client leaves.
    Paced(u32),
    /// So many members of a group type, until the client leaves.
    Typing(u32),
    /// Nothing.
    Idle,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flood(messages) => write!(f, "flood-{messages}"),
            Self::Distinct(messages) => write!(f, "distinct-{messages}"),
            Self::Filled(messages) => write!(f, "filled-{messages}"),
            Self::FilledDistinct(messages) => write!(f, "filled_distinct-{messages}"),
            Self::Paced(per_second) => write!(f, "paced-{per_second}"),
            Self::Typing(users) => write!(f, "typing-{users}"),
            Self::Idle => f.write_str("idle-0"),
        }
    }
}

impl FromStr for Plan {
    type Err = String;

    fn from_str(uid: &str) -> Result<Self, String> {
        let unknown = || format!("{uid:?} is not a plan");
        let (kind, number) = uid.split_once('-').ok_or_else(unknown)?;
        let number = number.parse().map_err(|_| unknown())?;
        match kind {
            "flood" => Ok(Self::Flood(number)),
            "distinct" => Ok(Self::Distinct(number)),
            "filled" => Ok(Self::Filled(number)),
            "filled_distinct" => Ok(Self::FilledDistinct(number)),
            "paced" => Ok(Self::Paced(number)),
            "typing" => Ok(Self::Typing(number)),
            "idle" => Ok(Self::Idle),
            _ => Err(unknown()),
        }
    }
}
