use super::refusal::Refusal;

/// How many bytes an id that a client chose may have.
const MAX_LENGTH: usize = 100;

/// Whether a client may choose that id for a user, a group or a message.
pub(super) fn check(what: &str, id: &str) -> Result<(), Refusal> {
    let is_fine = |letter: char| !letter.is_control() && !letter.is_whitespace();
    if (1..=MAX_LENGTH).contains(&id.len()) && id.chars().all(is_fine) {
        Ok(())
    } else {
        Err(Refusal::bad_request(format!(
            "A {what} has 1 to {MAX_LENGTH} bytes without spaces or control characters."
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn ids_are_short_and_without_spaces() {
        for fine in ["alice", "player-1", "a/b", "ünï", &"x".repeat(100)] {
            assert!(check("uid", fine).is_ok(), "{fine}");
        }
        for bad in ["", "a b", "a\nb", "\0", &"x".repeat(101)] {
            assert!(check("uid", bad).is_err(), "{bad:?}");
        }
    }
}
