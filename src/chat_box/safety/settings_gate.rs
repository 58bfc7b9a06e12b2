//! The gate of the settings: web addresses, phrases and whispers that [`ChatSafety`] forbids.

use bevy::prelude::*;

use super::{
    gated_line::{GateVerdict, GatedLine},
    settings::ChatSafety,
};
use crate::chat_box::{links::is_link, quick_phrases::QuickPhrases, strings::ChatBoxStrings};

/// The decision of the settings on a line.
pub(super) fn check_settings(world: &World, line: &GatedLine) -> GateVerdict {
    let settings = world.resource::<ChatSafety>();
    let strings = &world.resource::<ChatBoxStrings>().safety;
    let is_incoming = line.message.is_some();
    if settings.phrases_only && !is_phrase(&line.text, world.resource::<QuickPhrases>()) {
        return GateVerdict::Refuse(strings.phrases_only.clone());
    }
    if !is_incoming && settings.forbids_whispers_with(&line.with) {
        return GateVerdict::Refuse(strings.friends_only.clone());
    }
    let masked = settings
        .no_links
        .then(|| without_links(&line.text, &strings.link_removed))
        .flatten();
    match masked {
        Some(text) if is_incoming => GateVerdict::Mask(text),
        Some(_) => GateVerdict::Refuse(strings.no_links.clone()),
        None => GateVerdict::Allow,
    }
}

fn is_phrase(text: &str, phrases: &QuickPhrases) -> bool {
    let text = text.trim().to_lowercase();
    let mut phrases = phrases.0.iter();
    phrases.any(|phrase| phrase.trim().to_lowercase() == text)
}

/// Returns the text with `instead` in place of each web address, or `None` if it has no web address.
fn without_links(text: &str, instead: &str) -> Option<String> {
    let words = text.split_inclusive(char::is_whitespace);
    let mut has_links = false;
    let mut masked = String::with_capacity(text.len());
    for word in words {
        let bare = word.trim_end();
        if is_link(bare) {
            has_links = true;
            masked.push_str(instead);
            masked.push_str(&word[bare.len()..]);
        } else {
            masked.push_str(word);
        }
    }
    has_links.then_some(masked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_are_found() {
        for link in [
            "http://a.b",
            "HTTPS://evil.example/x?y",
            "www.evil",
            "evil.com",
            "(evil.com)",
            "evil.com/free-gold",
            "bob@evil.com",
            "evil.com:8080",
            "evil。com",
            "münchen.de",
        ] {
            assert!(is_link(link), "{link}");
        }
        for word in [
            "hello", "hello.", "...", "3.5", "e.g.", "well-met", "1.2.3", "a.m.", ":)",
        ] {
            assert!(!is_link(word), "{word}");
        }
        let masked = without_links("go to evil.com now", "(link)");
        assert_eq!(masked.as_deref(), Some("go to (link) now"));
        assert_eq!(without_links("go  home", "(link)"), None);
    }
}
