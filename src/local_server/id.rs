use super::refusal::Refusal;

/// The maximum number of characters of an id that a client chose.
const MAX_LENGTH: usize = 100;

/// An id of a user or group as it is stored. It is in lower case, as in CometChat's cloud.
pub(super) fn folded(id: &str) -> String {
    id.to_ascii_lowercase()
}

/// Refuses an id that no user or group may have: one with characters other than `a` to `z`, digits, `_` and `-`.
pub(super) fn check(what: &str, id: &str) -> Result<(), Refusal> {
    if is_id(id) {
        Ok(())
    } else {
        Err(Refusal::bad_request(format!(
            "A {what} has 1 to {MAX_LENGTH} characters, of a to z, 0 to 9, _ and -."
        )))
    }
}

pub(super) fn is_id(id: &str) -> bool {
    let is_fine =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    (1..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(is_fine)
}

/// Refuses a muid that is too long, or has spaces in it.
pub(super) fn check_muid(muid: &str) -> Result<(), Refusal> {
    let is_fine = |letter: char| !letter.is_control() && !letter.is_whitespace();
    if (1..=MAX_LENGTH).contains(&muid.len()) && muid.chars().all(is_fine) {
        Ok(())
    } else {
        Err(Refusal::bad_request(format!(
            "A muid has 1 to {MAX_LENGTH} bytes without spaces or control characters."
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_and_of_few_letters() {
        for fine in ["alice", "player-1", "a_b", "7", &"x".repeat(100)] {
            assert!(check("uid", fine).is_ok(), "{fine}");
        }
        for bad in [
            "",
            "Alice",
            "a b",
            "a/b",
            "ünï",
            "a\nb",
            "\0",
            &"x".repeat(101),
        ] {
            assert!(check("uid", bad).is_err(), "{bad:?}");
        }
        assert_eq!(folded("Alice-1"), "alice-1");
    }

    #[test]
    fn muids_have_no_spaces() {
        for fine in ["m1", "M/1", "ünï", &"x".repeat(100)] {
            assert!(check_muid(fine).is_ok(), "{fine}");
        }
        for bad in ["", "a b", "a\nb", "\0", &"x".repeat(101)] {
            assert!(check_muid(bad).is_err(), "{bad:?}");
        }
    }
}
