use serde::Serialize;

use super::request::{Call, Reply};
use crate::{local_server::refusal::Refusal, wire::page::Page};

/// The default and the maximum number of items in a page.
const DEFAULT_PER_PAGE: u32 = 30;
const MAX_PER_PAGE: u32 = 100;

/// Which page of a list a request is for.
#[derive(Clone, Copy)]
pub(super) struct PageRequest {
    number: u64,
    pub(super) per_page: u32,
}

impl PageRequest {
    pub(super) fn read(call: &Call) -> Result<Self, Refusal> {
        let per_page = call.number("per_page")?.unwrap_or(DEFAULT_PER_PAGE);
        Ok(Self {
            number: call.number("page")?.unwrap_or(1).clamp(1, 1 << 40),
            per_page: per_page.clamp(1, MAX_PER_PAGE),
        })
    }

    /// The number of items before the page.
    pub(super) fn offset(self) -> u64 {
        (self.number - 1) * u64::from(self.per_page)
    }

    pub(super) fn reply<T: Serialize>(self, items: Vec<T>) -> Reply {
        Ok(serde_json::to_vec(&Page::new(
            items,
            self.number,
            self.per_page,
        ))?)
    }
}
