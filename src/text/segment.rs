use std::{borrow::Cow, collections::HashMap, sync::Arc};

use foldhash::quality::RandomState;

use super::{
    character::{Kind, REPLACEMENT},
    display_name,
};
use crate::model::{Uid, User};

/// The first of the private-use characters that stand for mentions while text is cleaned. Those in the text itself are
/// replaced before.
const FIRST_PLACEHOLDER: u32 = 0xF_0000;
const PLACEHOLDERS: usize = 0xFFFE;
/// The maximum length of a uid, in characters.
const LONGEST_UID: usize = 128;
/// The beginning of a mention.
const START: &str = "<@uid:";

/// The places of the mentioned users.
type Indices<'a> = HashMap<&'a Uid, usize, RandomState>;

/// A part of a message's text, safe for display: the result of [`Sanitizer::segments`](super::Sanitizer::segments).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Segment<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// The mention of a user.
    Mention {
        /// The user.
        user: &'a Arc<User>,
        /// The display name, without an `@`.
        name: Cow<'a, str>,
    },
}

pub(super) fn only_text(text: Cow<'_, str>) -> Vec<Segment<'_>> {
    if text.is_empty() {
        Vec::new()
    } else {
        vec![Segment::Text(text)]
    }
}

/// The text with one character for each mention; `None` without mentions.
pub(super) fn mark_mentions(text: &str, mentions: &[Arc<User>]) -> Option<String> {
    if mentions.is_empty() || !text.contains(START) {
        return None;
    }
    let mut indices = Indices::default();
    for (index, user) in mentions.iter().enumerate() {
        indices.entry(&user.uid).or_insert(index);
    }
    let mut marked = String::new();
    let mut rest = text;
    while let Some((before, placeholder, after)) = next_mention(rest, &indices) {
        push_text(&mut marked, before);
        marked.push(placeholder);
        rest = after;
    }
    if marked.is_empty() {
        return None;
    }
    push_text(&mut marked, rest);
    Some(marked)
}

/// Splits cleaned text at its placeholders.
pub(super) fn split<'a>(cleaned: &str, mentions: &'a [Arc<User>]) -> Vec<Segment<'a>> {
    let mut segments = Vec::new();
    let mut text = String::new();
    for c in cleaned.chars() {
        let Some(user) = index(c).and_then(|index| mentions.get(index)) else {
            text.push(c);
            continue;
        };
        segments.extend(only_text(std::mem::take(&mut text).into()));
        segments.push(Segment::Mention {
            user,
            name: display_name(user),
        });
    }
    segments.extend(only_text(text.into()));
    segments
}

/// The text before the next mention, the placeholder of the mention, and the text after it.
fn next_mention<'t>(text: &'t str, indices: &Indices<'_>) -> Option<(&'t str, char, &'t str)> {
    text.match_indices(START).find_map(|(at, _)| {
        let rest = &text[at + START.len()..];
        let (end, _) = rest
            .char_indices()
            .take(LONGEST_UID)
            .find(|&(_, c)| c == '>')?;
        let index = indices.get(&Uid::from(&rest[..end]))?;
        Some((&text[..at], placeholder(*index)?, &rest[end + 1..]))
    })
}

fn push_text(marked: &mut String, text: &str) {
    marked.extend(text.chars().map(|c| match Kind::of(c) {
        Kind::Private => REPLACEMENT,
        _ => c,
    }));
}

fn placeholder(index: usize) -> Option<char> {
    let offset = u32::try_from(index).ok().filter(|_| index < PLACEHOLDERS)?;
    char::from_u32(FIRST_PLACEHOLDER + offset)
}

fn index(c: char) -> Option<usize> {
    let offset = u32::from(c).checked_sub(FIRST_PLACEHOLDER)?;
    usize::try_from(offset)
        .ok()
        .filter(|&index| index < PLACEHOLDERS)
}
