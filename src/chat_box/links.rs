//! Web addresses in messages.

use std::ops::Range;

/// The web addresses in a text: their places, and the addresses with a scheme.
pub(super) fn web_addresses(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut start = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_start_matches(['(', '[', '{', '<', '"', '\'', '“', '‘']);
        let from = start + word.len() - bare.len();
        let closing = [
            ')', ']', '}', '>', '"', '\'', '”', '’', '.', ',', ';', ':', '!', '?', '…',
        ];
        let bare = bare.trim_end().trim_end_matches(closing);
        if let Some(url) = web_address(bare) {
            found.push((from..from + bare.len(), url));
        }
        start += word.len();
    }
    found
}

/// The address of a word that is one. Only web pages have addresses that can be opened.
fn web_address(word: &str) -> Option<String> {
    if !is_link(word) || word.chars().any(|c| c.is_control() || is_direction(c)) {
        return None;
    }
    let scheme = word
        .split_once("://")
        .map(|(scheme, _)| scheme.to_lowercase());
    match scheme.as_deref() {
        Some("http" | "https") => Some(word.into()),
        Some(_) => None,
        None => {
            let host = word.split(['/', '?', '#']).next().unwrap_or_default();
            (!host.contains('@') && !word.starts_with("mailto:")).then(|| format!("https://{word}"))
        }
    }
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a word has a web address in it: a scheme, `www.`, or a host name with a top-level domain of letters.
pub(super) fn is_link(word: &str) -> bool {
    let is_dot = |c| matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}');
    if !word.contains(|c| c == ':' || is_dot(c)) {
        return false;
    }
    let word = word.to_lowercase();
    if word.contains("://") || word.starts_with("www.") || word.starts_with("mailto:") {
        return true;
    }
    let host = word.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let host = host.trim_matches(|c: char| !c.is_alphanumeric());
    let labels: Vec<_> = host.split(is_dot).collect();
    let is_label = |label: &&str| {
        let mut characters = label.chars();
        !label.is_empty() && characters.all(|c| c.is_alphanumeric() || c == '-')
    };
    let top = labels.last().copied().unwrap_or_default();
    labels.len() > 1
        && labels.iter().all(is_label)
        && top.chars().count() >= 2
        && top.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_pages_can_be_opened() {
        let text = "see (HTTPS://a.example/x?y), www.b.example. or c.example! mailto:d@e.example \
                    d@e.example file://f.example javascript://g.example 3.5";
        let found = web_addresses(text);
        let urls: Vec<_> = found.iter().map(|(_, url)| url.as_str()).collect();
        let expected = [
            "HTTPS://a.example/x?y",
            "https://www.b.example",
            "https://c.example",
        ];
        assert_eq!(urls, expected);
        assert_eq!(&text[found[1].0.clone()], "www.b.example");
    }
}
