use std::env;

/// The arguments of a bench, without the one that Cargo adds.
pub(crate) fn arguments() -> Vec<String> {
    env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect()
}
