/// What a [`History`](super::History) knew when a report of a conversation was requested. The report may be older than
/// what the history has by the time it arrives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// The version of the history.
    pub(super) at: u64,
    /// The version up to which the server knows what the user has read.
    pub(super) reads_known: u64,
}

impl Asked {
    /// For a report that is newer than everything up to this version.
    pub(super) const fn after(version: u64) -> Self {
        Self {
            at: version + 1,
            reads_known: u64::MAX,
        }
    }
}
