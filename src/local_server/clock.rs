use std::time::SystemTime;

use crate::model::Timestamp;

/// The time of day, in the wire's resolution.
pub(super) fn now() -> Timestamp {
    let since_1970 = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(since_1970.as_secs())
}
