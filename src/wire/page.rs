//! Lists by page number (PROTOCOL.md §2.7, type A).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A list as it is sent.
#[derive(Serialize)]
pub(crate) struct Page<T> {
    data: Vec<T>,
    meta: PageMeta,
}

#[derive(Serialize, Deserialize)]
struct PageMeta {
    pagination: PagePagination,
}

/// Where the list is. A client asks on until a list is empty, so how many there are in all is not counted.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct PagePagination {
    total: u64,
    count: usize,
    per_page: u32,
    current_page: u64,
    total_pages: u64,
    links: Links,
}

#[derive(Default, Serialize, Deserialize)]
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

/// Whether the list says of itself that this page is the last one.
pub(crate) fn says_last(meta: Option<&RawValue>) -> bool {
    let meta = meta.and_then(|meta| serde_json::from_str::<PageMeta>(meta.get()).ok());
    meta.is_some_and(|PageMeta { pagination }| {
        (1..=pagination.current_page).contains(&pagination.total_pages)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::reply;

    fn says_last_of(page: &Page<u8>) -> bool {
        let body = serde_json::to_vec(page).unwrap();
        says_last(reply::read(&body).unwrap().meta)
    }

    #[test]
    fn what_the_server_says_of_a_page_the_client_reads() {
        assert!(!says_last_of(&Page::new(vec![1, 2], 1, 2)));
        assert!(says_last_of(&Page::new(vec![3], 2, 2)));
    }

    #[test]
    fn a_list_that_says_nothing_may_go_on() {
        for meta in [
            "{}",
            "[]",
            "7",
            r#"{"pagination":{}}"#,
            r#"{"pagination":[]}"#,
        ] {
            let meta: &RawValue = serde_json::from_str(meta).unwrap();
            assert!(!says_last(Some(meta)), "{meta}");
        }
        assert!(!says_last(None));
    }
}
