use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize};

use super::lenient;

/// A time of the server's clock, in whole seconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The same moment as the standard library's; `None` when it is too far in the future for it.
    pub fn to_system_time(self) -> Option<SystemTime> {
        UNIX_EPOCH.checked_add(Duration::from_secs(self.0))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = lenient::count(deserializer)?;
        // No message is from the year 5138: those are milliseconds.
        Ok(Self(if seconds > 100_000_000_000 {
            seconds / 1_000
        } else {
            seconds
        }))
    }
}
