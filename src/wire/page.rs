//! Lists by page number.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::lenient;

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

/// The position of the page. A client requests pages until one is empty, so the total is not counted.
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
        let before = number.saturating_sub(1).saturating_mul(per_page.into());
        let pagination = PagePagination {
            total: before.saturating_add(data.len() as u64),
            count: data.len(),
            per_page,
            current_page: number,
            total_pages: number.saturating_add(u64::from(may_have_more)),
            links: Links {},
        };
        Self {
            data,
            meta: PageMeta { pagination },
        }
    }
}

/// Whether a page of `rows` raw rows is the last one. A full page is never the last, whatever its metadata says.
pub(crate) fn is_last(meta: Option<&RawValue>, rows: usize, per_page: u32) -> bool {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Meta {
        #[serde(deserialize_with = "lenient::object")]
        pagination: Option<Pagination>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Pagination {
        #[serde(deserialize_with = "lenient::count")]
        current_page: u64,
        #[serde(deserialize_with = "lenient::count")]
        total_pages: u64,
    }
    if rows == 0 {
        return true;
    }
    let meta = meta.and_then(|meta| serde_json::from_str::<Meta>(meta.get()).ok());
    let pagination = meta.and_then(|meta| meta.pagination).unwrap_or_default();
    let says_last = (1..=pagination.current_page).contains(&pagination.total_pages);
    says_last && rows < per_page as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::reply;

    fn is_last_of(page: &Page<u8>, per_page: u32) -> bool {
        let body = serde_json::to_vec(page).unwrap();
        is_last(reply::read(&body).unwrap().meta, page.data.len(), per_page)
    }

    #[test]
    fn what_the_server_says_of_a_page_the_client_reads() {
        assert!(!is_last_of(&Page::new(vec![1, 2], 1, 2), 2));
        assert!(is_last_of(&Page::new(vec![3], 2, 2), 2));
        assert!(is_last_of(&Page::new(vec![], 3, 2), 2));
    }

    #[test]
    fn a_list_that_says_nothing_may_go_on() {
        for meta in [
            "{}",
            "[]",
            "7",
            "null",
            r#"{"pagination":{}}"#,
            r#"{"pagination":[]}"#,
            r#"{"pagination":{"current_page":"x","total_pages":-1}}"#,
        ] {
            let meta: &RawValue = serde_json::from_str(meta).unwrap();
            assert!(!is_last(Some(meta), 1, 2), "{meta}");
        }
        assert!(!is_last(None, 1, 2));
    }

    #[test]
    fn a_full_page_is_not_the_last_and_an_empty_one_is() {
        for meta in [
            r#"{"pagination":{"current_page":1,"total_pages":1}}"#,
            r#"{"pagination":{"current_page":"1","total_pages":"1"}}"#,
            r#"{"pagination":[{"current_page":1,"total_pages":1}]}"#,
        ] {
            let meta: &RawValue = serde_json::from_str(meta).unwrap();
            assert!(!is_last(Some(meta), 2, 2), "{meta}");
            assert!(is_last(Some(meta), 1, 2), "{meta}");
            assert!(is_last(Some(meta), 0, 2), "{meta}");
        }
        assert!(is_last(None, 0, 2));
    }
}
