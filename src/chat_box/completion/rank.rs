//! How well a text matches what the player types.

/// How well a text matches: smaller is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Equal,
    Prefix,
    /// A word of the text starts with it.
    WordPrefix,
    Contains,
    /// Its characters are in the text, in order, with this number of others between them.
    Scattered(usize),
}

/// How well a text matches the typed one, whatever the case. `None` if a character is missing.
pub(super) fn rank(text: &str, typed: &str) -> Option<Rank> {
    let (text, typed) = (text.to_lowercase(), typed.to_lowercase());
    if text == typed {
        return Some(Rank::Equal);
    }
    if text.starts_with(&typed) {
        return Some(Rank::Prefix);
    }
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    if words.any(|word| word.starts_with(&typed)) {
        return Some(Rank::WordPrefix);
    }
    if text.contains(&typed) {
        return Some(Rank::Contains);
    }
    scattered(&text, &typed).map(Rank::Scattered)
}

fn scattered(text: &str, typed: &str) -> Option<usize> {
    let mut wanted = typed.chars().peekable();
    let mut between = 0;
    for (at, character) in text.chars().enumerate() {
        match wanted.peek() {
            None => break,
            Some(next) if *next == character => drop(wanted.next()),
            // What is typed starts the text.
            Some(_) if at == 0 => return None,
            Some(_) => between += 1,
        }
    }
    wanted.peek().is_none().then_some(between)
}

/// The text after the last `sign`, if that starts a word.
pub(super) fn word_after(before: &str, sign: char) -> Option<&str> {
    let (start, typed) = before.rsplit_once(sign)?;
    let starts_word = !start.ends_with(char::is_alphanumeric) && !start.ends_with(sign);
    (starts_word && !typed.starts_with(char::is_whitespace)).then_some(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closer_match_is_better() {
        let best_first = ["smile", "smiley", "cat_smile", "unsmiled", "s_m_ile"];
        let ranks = best_first.map(|text| rank(text, "smile").unwrap());
        assert!(ranks.is_sorted(), "{ranks:?}");
        assert!(rank("simple", "smile").is_none());
        assert_eq!(rank("Anabel", "abl"), Some(Rank::Scattered(3)));
        assert_eq!(rank("Žofie", "žof"), Some(Rank::Prefix));
    }
}
