use super::refusal::Refusal;

/// The maximum nesting of JSON from a client. It is far less than what a receiving client can read, because the client
/// receives it inside other JSON.
const MAX_DEPTH: usize = 64;

/// Refuses JSON that is nested too deep to be passed on.
pub(super) fn check(json: &[u8]) -> Result<(), Refusal> {
    if is_too_deep(json) {
        Err(Refusal::bad_request(format!(
            "JSON is nested {MAX_DEPTH} deep at most."
        )))
    } else {
        Ok(())
    }
}

/// Whether JSON is nested too deep to be passed on. Malformed JSON is left to its reader.
pub(super) fn is_too_deep(json: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

fn skip_string(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> String {
        format!(
            r#"{}"x"{}"#,
            "[{\"a\":".repeat(depth / 2),
            "}]".repeat(depth / 2)
        )
    }

    #[test]
    fn brackets_count_where_they_nest() {
        assert!(!is_too_deep(nested(MAX_DEPTH).as_bytes()));
        assert!(is_too_deep(nested(MAX_DEPTH + 2).as_bytes()));
        assert!(!is_too_deep("[],".repeat(1_000).as_bytes()));
    }

    #[test]
    fn brackets_in_texts_do_not_count() {
        let brackets = "[".repeat(1_000);
        for text in [
            format!(r#"["{brackets}"]"#),
            format!(r#"["\"{brackets}\\"]"#),
        ] {
            assert!(!is_too_deep(text.as_bytes()), "{text}");
        }
        let after = format!(r#"["\\",{brackets}"#);
        assert!(is_too_deep(after.as_bytes()));
    }
}
