//! Chips: items and other data of the game in a line.

use std::{ops::Range, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    model::{CustomContent, CustomMessage, Guid, Payload, PayloadError, RawJson},
    text::Sanitizer,
};

/// The maximum number of chips in a line.
pub(super) const MAX_CHIPS: usize = 8;
/// The text of a chip.
const WORDS: Sanitizer = Sanitizer::MESSAGE.with_max_lines(1).with_max_graphemes(60);

/// A chip in a line: data of the game, such as an item, and the words that stand for it.
///
/// A [`CustomMessage`] is one chip. [`InsertChip`](super::InsertChip) puts chips between the words of a line. Such a line is
/// sent as a text message with the chips as metadata, in the member `chips`: who does not know them reads the words.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatChip(Arc<CustomContent>);

/// The metadata of a message with chips.
#[derive(Serialize, Deserialize)]
struct Metadata {
    chips: Vec<WrittenChip>,
}

#[derive(Serialize, Deserialize)]
struct WrittenChip {
    kind: Arc<str>,
    text: Arc<str>,
    data: RawJson,
}

impl ChatChip {
    /// The chip of a payload. Its fallback text is the words.
    ///
    /// # Errors
    /// When `payload` has no JSON form.
    pub fn new<P: Payload>(payload: &P) -> serde_json::Result<Self> {
        let message = CustomMessage::payload(Guid::from(""), payload)?;
        Ok(Self(message.content.into()))
    }

    /// The chip of a message that is one.
    pub(super) const fn of_message(content: Arc<CustomContent>) -> Self {
        Self(content)
    }

    /// The data as a `P`, if it is of the kind `P::KIND`.
    ///
    /// # Errors
    /// When such data can't be read, for example because a newer version of the game sent it.
    pub fn payload<P: Payload>(&self) -> Option<Result<P, PayloadError>> {
        self.0.payload()
    }

    /// The words that stand for it, safe for display.
    pub fn words(&self) -> String {
        let text = self.0.text.as_deref().unwrap_or_default();
        WORDS.clean(text).trim().into()
    }
}

/// The metadata of a message with these chips. `None` without any.
pub(super) fn to_metadata(chips: &[ChatChip]) -> Option<RawJson> {
    let written = chips.iter().take(MAX_CHIPS).map(|chip| WrittenChip {
        kind: chip.0.kind.clone(),
        text: chip.words().into(),
        data: chip.0.data.clone(),
    });
    let chips: Vec<_> = written.collect();
    if chips.is_empty() {
        return None;
    }
    RawJson::new(&Metadata { chips }).ok()
}

/// The chips in the metadata of a message, in the order of their words.
pub(super) fn from_metadata(metadata: Option<&RawJson>) -> Vec<ChatChip> {
    let Some(metadata) = metadata else {
        return Vec::new();
    };
    let Ok(read) = serde_json::from_str::<Metadata>(metadata.as_str()) else {
        return Vec::new();
    };
    let chips = read.chips.into_iter().take(MAX_CHIPS);
    let chips = chips.map(|WrittenChip { kind, text, data }| {
        let content = CustomContent {
            text: Some(text),
            ..CustomContent::new(kind, data)
        };
        ChatChip(content.into())
    });
    chips.collect()
}

/// Where the words of chips are in a text: each after those of the chip before it. What is found is taken from `chips`.
pub(super) fn take_places(text: &str, chips: &mut Vec<ChatChip>) -> Vec<(Range<usize>, ChatChip)> {
    let mut places = Vec::new();
    let mut start = 0;
    chips.retain(|chip| {
        let Some(range) = find_words(text, &chip.words(), start) else {
            return true;
        };
        start = range.end;
        places.push((range, chip.clone()));
        false
    });
    places
}

/// The first place of these words after a byte of the text. They are no part of a longer word.
pub(super) fn find_words(text: &str, words: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..).filter(|_| !words.is_empty())?;
    let mut places = rest.match_indices(words);
    places.find_map(|(at, _)| {
        let range = start + at..start + at + words.len();
        let continues = |outside: Option<char>, inside: Option<char>| {
            let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            is_letter(outside) && is_letter(inside)
        };
        let before = text[..range.start].chars().next_back();
        let after = text[range.end..].chars().next();
        let is_part =
            continues(before, words.chars().next()) || continues(after, words.chars().next_back());
        (!is_part).then_some(range)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Item(u32, String);

    impl Payload for Item {
        const KIND: &'static str = "item";

        fn fallback_text(&self) -> String {
            self.1.clone()
        }
    }

    fn chip(number: u32, name: &str) -> ChatChip {
        ChatChip::new(&Item(number, name.into())).unwrap()
    }

    fn number(chip: &ChatChip) -> u32 {
        chip.payload::<Item>().unwrap().unwrap().0
    }

    #[test]
    fn chips_are_read_from_the_metadata_as_they_were_written() {
        let chips = [chip(1, "Key"), chip(2, "two\nlines")];
        let metadata = to_metadata(&chips).unwrap();
        let read = from_metadata(Some(&metadata));
        assert_eq!(read.iter().map(number).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(read[0].words(), "Key");
        assert!(!read[1].words().contains('\n'));
        assert_eq!(to_metadata(&[]), None);
        let many = vec![chip(1, "Key"); 100];
        assert_eq!(from_metadata(to_metadata(&many).as_ref()).len(), MAX_CHIPS);
        for other in [
            "{}",
            "[]",
            r#"{"chips":7}"#,
            r#"{"chips":[{"kind":"item"}]}"#,
        ] {
            let other: RawJson = serde_json::from_str(other).unwrap();
            assert!(from_metadata(Some(&other)).is_empty(), "{other:?}");
        }
    }

    #[test]
    fn each_chip_is_found_after_the_one_before_it_and_never_within_a_word() {
        let mut chips = vec![chip(1, "Key"), chip(2, "masked"), chip(3, "Key")];
        let found = take_places("Keyring, Key or Key? Key", &mut chips);
        let found: Vec<_> = found
            .into_iter()
            .map(|(at, it)| (at, number(&it)))
            .collect();
        assert_eq!(found, [(9..12, 1), (16..19, 3)]);
        assert_eq!(chips.iter().map(number).collect::<Vec<_>>(), [2]);
        assert_eq!(find_words("x", "", 0), None);
        assert_eq!(find_words("a[Key]b", "[Key]", 0), Some(1..6));
    }
}
