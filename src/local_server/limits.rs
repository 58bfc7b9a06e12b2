//! CometChat's limits on texts, data, profiles and lists.

use std::sync::Arc;

use hyper::StatusCode;
use serde_json::value::RawValue;

use super::refusal::Refusal;
use crate::{
    model::{RawJson, Uid},
    wire::{error::code, message::DataMembers},
};

/// How many characters a text message may have.
pub(super) const MAX_TEXT: usize = 65_536;

/// How many bytes the `data` of a message may have beside its text.
const MAX_DATA: usize = 10 << 10;

/// How many bytes the metadata of a user or group may have.
const MAX_METADATA: usize = 5 << 10;

/// How many characters a name may have.
const MAX_NAME: usize = 100;

/// How many characters a description may have, or a status message.
const MAX_DESCRIPTION: usize = 255;

/// How many characters a URL may have.
const MAX_URL: usize = 2_048;

/// How many tags there may be, and how many characters each may have.
const MAX_TAGS: usize = 25;
const MAX_TAG: usize = 100;

/// How many entries a list may have that a request gives.
pub(super) const MAX_LIST: usize = 100;

/// Refuses a text message that is empty or too long.
pub(super) fn check_text(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            code::EMPTY_MESSAGE_TEXT,
            "A text message says something.",
        ));
    }
    if text.chars().count() > MAX_TEXT {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            code::MESSAGE_TOO_LONG,
            format!("A text message has at most {MAX_TEXT} characters."),
        ));
    }
    Ok(())
}

/// Refuses the `data` of a message that is too large.
pub(super) fn check_data(data: &DataMembers) -> Result<(), Refusal> {
    let text = data.get("text").map_or(0, |text| text.get().len());
    // The characters of a caption are not limited elsewhere. An escape takes six bytes for one character.
    if data_size(data) > MAX_DATA || text > 6 * MAX_TEXT {
        return Err(data_too_large());
    }
    Ok(())
}

/// Refuses an edit after which the `data` of a message is too large. It was `size_before`, which is more than is
/// allowed where files or extensions added to it, and may stay so.
pub(super) fn check_edited_data(data: &DataMembers, size_before: usize) -> Result<(), Refusal> {
    if data_size(data) > MAX_DATA.max(size_before) {
        return Err(data_too_large());
    }
    Ok(())
}

/// The size of the `data` of a message beside its text, in bytes.
pub(super) fn data_size(data: &DataMembers) -> usize {
    data.iter()
        .filter(|(name, _)| *name != "text")
        .map(|(name, value)| name.len() + value.get().len())
        .sum()
}

fn data_too_large() -> Refusal {
    Refusal::bad_request(format!(
        "The data of a message has at most {MAX_DATA} bytes beside its text."
    ))
}

/// The details of a user or group.
#[derive(Default)]
pub(super) struct Profile<'a> {
    pub(super) name: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) urls: [Option<&'a str>; 2],
    pub(super) metadata: Option<&'a RawJson>,
    pub(super) tags: &'a [Arc<str>],
}

impl Profile<'_> {
    /// Refuses a profile with too much in it.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        check_length("name", self.name, MAX_NAME)?;
        check_length(
            "text",
            self.description.unwrap_or_default(),
            MAX_DESCRIPTION,
        )?;
        for url in self.urls.into_iter().flatten() {
            check_length("URL", url, MAX_URL)?;
        }
        if self
            .metadata
            .is_some_and(|metadata| metadata.as_str().len() > MAX_METADATA)
        {
            return Err(Refusal::bad_request(format!(
                "Metadata has at most {MAX_METADATA} bytes."
            )));
        }
        check_tags(self.tags)
    }
}

/// Refuses too many tags, or tags that are too long.
pub(super) fn check_tags(tags: &[Arc<str>]) -> Result<(), Refusal> {
    if tags.len() > MAX_TAGS {
        return Err(Refusal::bad_request(format!(
            "There are at most {MAX_TAGS} tags."
        )));
    }
    tags.iter()
        .try_for_each(|tag| check_length("tag", tag, MAX_TAG))
}

pub(super) fn check_length(what: &str, text: &str, max: usize) -> Result<(), Refusal> {
    if text.chars().count() > max {
        return Err(Refusal::bad_request(format!(
            "A {what} has at most {max} characters."
        )));
    }
    Ok(())
}

/// Refuses a list with too many entries.
pub(super) fn check_list(length: usize) -> Result<(), Refusal> {
    if length > MAX_LIST {
        return Err(Refusal::bad_request(format!(
            "A list has at most {MAX_LIST} entries."
        )));
    }
    Ok(())
}

/// The users, without duplicates.
pub(super) fn without_duplicates(uids: &[Uid]) -> Vec<Uid> {
    let mut unique: Vec<Uid> = Vec::new();
    for uid in uids {
        if !unique.contains(uid) {
            unique.push(uid.clone());
        }
    }
    unique
}

/// Whether the JSON of a member of `data` has content.
pub(super) fn is_filled(value: &RawValue) -> bool {
    !matches!(value.get(), "null" | "\"\"" | "[]" | "{}")
}
