//! Pagers against replies made by hand.

use std::sync::{Arc, atomic::AtomicUsize};

use super::*;
use crate::{
    client::{
        Command, Request,
        api::Asked,
        operation::{PendingCall, Reply},
    },
    wire::{query::Query, route},
};

fn numbers(limit: u32) -> NumberedList<u64> {
    NumberedList {
        call: Call::new(route::USERS, &[]),
        query: Query::default().with("searchKey", "a b"),
        limit,
        max_limit: 3,
        first_page: 1,
        read: |row, _| serde_json::from_str(row.get()),
    }
}

/// Asks for a page: what is asked of the server, if anything, and the request.
fn ask<T: Clone + Send + 'static>(
    pager: &Pager<T>,
    direction: Direction,
) -> (Option<PendingCall>, Request<Page<T>>) {
    match pager.fetch(direction).0 {
        Asked::Known(outcome) => (None, Request::ended(outcome)),
        Asked::Command(command) => {
            let (request, completer) = Request::new(&Arc::new(AtomicUsize::new(0))).unwrap();
            match command(completer) {
                Command::Call(call) => (Some(call), request),
                _ => panic!("a list is asked for by a call"),
            }
        }
    }
}

/// The path that was asked for, and the page that the reply makes of it.
fn fetch<T: Clone + Send + 'static>(
    pager: &Pager<T>,
    direction: Direction,
    reply: &str,
) -> (String, Result<Page<T>, ChatError>) {
    let (call, request) = ask(pager, direction);
    let call = call.expect("a request to the server");
    let path = call.call.path.clone();
    let body = reply.to_owned().into();
    let ending = call.end(Ok(Reply {
        body,
        retry_after: None,
    }));
    ending.settlement.deliver();
    (path, request.outcome().expect("an outcome"))
}

fn code<T: Clone + Send + 'static>(request: &Request<Page<T>>) -> ErrorCode {
    match request.outcome() {
        Some(Err(error)) => error.code,
        _ => panic!("it did not fail"),
    }
}

#[test]
fn a_numbered_list_goes_on_until_a_page_is_empty() {
    let pager = numbers(2).pager();
    let next = |reply| fetch(&pager, Direction::Next, reply);
    let (path, page) = next(r#"{"data":[1,2],"meta":{}}"#);
    assert_eq!(path, "users?searchKey=a%20b&per_page=2&page=1");
    let page = page.unwrap();
    assert_eq!((page.items, page.is_last), (vec![1, 2], false));

    let (path, page) = next(r#"{"data":[3]}"#);
    assert!(path.ends_with("&page=2"), "{path}");
    assert!(!page.unwrap().is_last, "the server did not say so");

    let (path, page) = next(r#"{"data":[]}"#);
    assert!(path.ends_with("&page=3"), "{path}");
    assert_eq!(page.unwrap(), Page::end());

    let (path, _) = next(r#"{"data":[4]}"#);
    assert!(path.ends_with("&page=3"), "an empty page was none: {path}");
}

#[test]
fn a_numbered_list_that_says_where_it_ends_is_not_asked_again() {
    let pager = numbers(2).pager();
    let last = r#"{"data":[1],"meta":{"pagination":{"current_page":1,"total_pages":1}}}"#;
    let (_, page) = fetch(&pager, Direction::Next, last);
    assert!(page.unwrap().is_last);
    let (call, request) = ask(&pager, Direction::Next);
    assert!(call.is_none());
    assert_eq!(request.outcome(), Some(Ok(Page::end())));
}

#[test]
fn a_numbered_list_goes_back_to_its_first_page() {
    let pager = numbers(1).pager();
    let (call, _) = ask(&pager, Direction::Previous);
    assert!(call.is_none(), "nothing comes before the first page");
    for _ in 0..2 {
        fetch(&pager, Direction::Next, r#"{"data":[1]}"#).1.unwrap();
    }
    let (path, page) = fetch(&pager, Direction::Previous, r#"{"data":[1]}"#);
    assert!(path.ends_with("&page=1"), "{path}");
    assert!(page.unwrap().is_last);
}

#[test]
fn one_page_is_fetched_at_a_time() {
    let pager = numbers(1).pager();
    let (running, _) = ask(&pager, Direction::Next);
    let (call, request) = ask(&pager.clone(), Direction::Next);
    assert!(call.is_none());
    assert_eq!(code(&request), ErrorCode::RequestInProgress);

    // Given up, it is over.
    drop(running);
    let (path, page) = fetch(&pager, Direction::Next, r#"{"data":[1]}"#);
    assert!(path.ends_with("&page=1"), "{path}");
    page.unwrap();
}

#[test]
fn a_page_that_could_not_be_fetched_is_fetched_again() {
    let pager = numbers(1).pager();
    for reply in ["<html>", r#"{"data":{}}"#, r#"{"error":{"code":"X"}}"#] {
        let (_, page) = fetch(&pager, Direction::Next, reply);
        assert!(page.is_err(), "{reply}");
    }
    let (path, _) = fetch(&pager, Direction::Next, r#"{"data":[1]}"#);
    assert!(path.ends_with("&page=1"), "{path}");
}

#[test]
fn a_row_that_cannot_be_read_does_not_bar_the_way() {
    let (_, page) = fetch(
        &numbers(3).pager(),
        Direction::Next,
        r#"{"data":[1,"x",3]}"#,
    );
    assert_eq!(page.unwrap().items, [1, 3]);
}

#[test]
fn a_limit_that_is_none_or_too_large_is_not_asked_for() {
    for (limit, expected) in [
        (0, ErrorCode::SetLimitIsCompulsory),
        (4, ErrorCode::SetLimitExceeded),
    ] {
        let (call, request) = ask(&numbers(limit).pager(), Direction::Next);
        assert!(call.is_none());
        assert_eq!(code(&request), expected);
    }
}
