//! Lists by page number (PROTOCOL.md §2.7, type A).

use serde::Serialize;

/// A list as it is sent.
#[derive(Serialize)]
pub(crate) struct Page<T> {
    data: Vec<T>,
    meta: PageMeta,
}

#[derive(Serialize)]
struct PageMeta {
    pagination: PagePagination,
}

/// Where the list is. A client asks on until a list is empty, so how many there are in all is not counted.
#[derive(Serialize)]
struct PagePagination {
    total: u64,
    count: usize,
    per_page: u32,
    current_page: u64,
    total_pages: u64,
    links: Links,
}

#[derive(Serialize)]
struct Links {}

impl<T> Page<T> {
    /// The page of that number, counted from 1, of at most `per_page` items.
    pub(crate) fn new(data: Vec<T>, number: u64, per_page: u32) -> Self {
        let may_have_more = data.len() >= per_page as usize;
        let before = (number - 1).saturating_mul(per_page.into());
        let pagination = PagePagination {
            total: before + data.len() as u64,
            count: data.len(),
            per_page,
            current_page: number,
            total_pages: number + u64::from(may_have_more),
            links: Links {},
        };
        Self {
            data,
            meta: PageMeta { pagination },
        }
    }
}
