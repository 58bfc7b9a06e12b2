//! Pagers against replies made by hand.

use std::sync::{Arc, atomic::AtomicUsize};

use super::*;
use crate::{
    client::{
        Request,
        operation::{PendingCall, Reply},
    },
    model::{Message, MessageId, Timestamp, Uid},
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

/// Fetches a page. Returns the call to the server, if there is one, and the request.
fn ask<T: Clone + Send + 'static>(
    pager: &Pager<T>,
    direction: Direction,
) -> (Option<PendingCall>, Request<Page<T>>) {
    let ended = |outcome| (None, Request::ended("fetch", outcome));
    match pager.fetch(direction) {
        Err(error) => ended(Err(error)),
        Ok(NextPage::End) => ended(Ok(Page::end())),
        Ok(NextPage::Call(operation)) => {
            let (request, completer) = Request::new(&Arc::new(AtomicUsize::new(0))).unwrap();
            (Some(operation.begin(completer)), request)
        }
    }
}

/// Returns the requested path, and the page as which the reply is read.
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
        status: http::StatusCode::OK,
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

    // A dropped call ends the fetch.
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
        (0, ErrorCode::PageLimitZero),
        (4, ErrorCode::PageLimitTooLarge),
    ] {
        let (call, request) = ask(&numbers(limit).pager(), Direction::Next);
        assert!(call.is_none());
        assert_eq!(code(&request), expected);
    }
}

/// The rows of a list of messages.
fn rows(ids: &[u64]) -> String {
    let row = |id: &u64| {
        format!(
            r#"{{"id":"{id}","sender":"bob","receiver":"alice","receiverType":"user","category":"message","type":"text","sentAt":{},"data":{{"text":"x"}}}}"#,
            id * 10
        )
    };
    let rows: Vec<_> = ids.iter().map(row).collect();
    let meta = r#"{"cursor":{"affix":"prepend"},"pagination":{"total_pages":2}}"#;
    format!(r#"{{"data":[{}],"meta":{meta}}}"#, rows.join(","))
}

fn ids(page: Result<Page<Message>, ChatError>) -> Vec<u64> {
    page.unwrap()
        .items
        .iter()
        .map(|message| message.id.0)
        .collect()
}

fn with_bob() -> MessagesRequest {
    MessagesRequest::in_conversation(Uid::from("bob")).with_limit(2)
}

#[test]
fn records_of_edits_and_calls_are_no_messages_unless_asked_for() {
    let [edit, call] = [("action", "message"), ("call", "audio")].map(|(category, kind)| {
        rows(&[8]).replace(
            r#""category":"message","type":"text""#,
            &format!(r#""category":"{category}","type":"{kind}""#),
        )
    });
    for row in [&edit, &call] {
        let pager = with_bob().with_limit(1).pager();
        let (_, page) = fetch(&pager, Direction::Previous, row);
        let page = page.unwrap();
        assert!(page.items.is_empty() && !page.is_last, "{page:?}");
        // The list continues beyond the unreadable row.
        let (path, page) = fetch(&pager, Direction::Previous, &rows(&[7]));
        assert!(path.contains("&id=8"), "{path}");
        assert_eq!(ids(page), [7]);
    }
    let calls = with_bob().of_categories(["call"]).pager();
    let (_, page) = fetch(&calls, Direction::Previous, &call);
    assert_eq!(ids(page), [8]);
}

#[test]
fn history_goes_back_from_the_newest_and_on_from_there() {
    let pager = with_bob().pager();
    let (path, page) = fetch(&pager, Direction::Previous, &rows(&[8, 9]));
    assert_eq!(path, "users/bob/messages?affix=prepend&per_page=2");
    assert_eq!(ids(page), [8, 9]);

    let (path, page) = fetch(&pager, Direction::Previous, &rows(&[6, 7]));
    assert!(
        path.ends_with("?affix=prepend&per_page=2&id=8&sentAt=80"),
        "{path}"
    );
    assert_eq!(ids(page), [6, 7]);

    let (path, page) = fetch(&pager, Direction::Next, &rows(&[10]));
    assert!(
        path.ends_with("?affix=append&per_page=2&id=9&sentAt=90"),
        "{path}"
    );
    assert_eq!(ids(page), [10]);

    let (path, _) = fetch(&pager, Direction::Next, &rows(&[]));
    assert!(path.contains("&id=10&"), "{path}");
    let (path, _) = fetch(&pager, Direction::Previous, &rows(&[]));
    assert!(path.contains("&id=6&"), "{path}");
}

#[test]
fn history_ascends_and_holds_nothing_twice() {
    let pager = with_bob().from_message(MessageId(9)).pager();
    let (path, page) = fetch(&pager, Direction::Previous, &rows(&[9, 8, 7]));
    assert!(path.contains("&id=9"), "{path}");
    assert_eq!(
        ids(page),
        [7, 8],
        "whatever the server's order, without the anchor"
    );
    let (_, page) = fetch(&pager, Direction::Next, &rows(&[9, 10]));
    assert_eq!(ids(page), [10]);
    let (_, page) = fetch(&pager, Direction::Next, &rows(&[10]));
    assert_eq!(page.unwrap(), Page::end(), "the anchor alone is no page");
}

#[test]
fn records_of_edits_deletions_and_calls_are_no_messages_and_do_not_end_the_list() {
    let record = |id: u64, category: &str, kind: &str| {
        format!(
            r#"{{"id":"{id}","sender":"bob","receiver":"alice","receiverType":"user","category":"{category}","type":"{kind}","sentAt":1,"data":{{"action":"edited"}}}}"#
        )
    };
    let records = [record(8, "action", "message"), record(9, "call", "audio")].join(",");
    for direction in [Direction::Previous, Direction::Next] {
        let pager = with_bob().from_message(MessageId(7)).with_limit(2).pager();
        let reply = format!(r#"{{"data":[{records}],"meta":{{"cursor":{{"id":1}}}}}}"#);
        let reply = match direction {
            Direction::Next => reply,
            Direction::Previous => reply.replace("\"8\"", "\"5\"").replace("\"9\"", "\"6\""),
        };
        let (_, page) = fetch(&pager, direction, &reply);
        let page = page.unwrap();
        assert_eq!(
            (page.items.len(), page.is_last),
            (0, false),
            "{direction:?}"
        );
        let (path, _) = fetch(&pager, direction, r#"{"data":[]}"#);
        let next = if direction == Direction::Next {
            "id=9"
        } else {
            "id=5"
        };
        assert!(path.contains(next), "{path}");
    }
}

#[test]
fn history_that_began_is_not_asked_for_again() {
    let pager = with_bob().pager();
    let (_, page) = fetch(&pager, Direction::Previous, &rows(&[]));
    assert_eq!(page.unwrap(), Page::end());
    let (call, request) = ask(&pager, Direction::Previous);
    assert!(call.is_none());
    assert_eq!(request.outcome(), Some(Ok(Page::end())));

    // Later messages are listed all the same.
    let (path, page) = fetch(&pager, Direction::Next, &rows(&[1]));
    assert!(path.contains("&id=0"), "{path}");
    assert_eq!(ids(page), [1]);
}

#[test]
fn going_on_needs_something_to_go_on_from() {
    let (call, request) = ask(&with_bob().pager(), Direction::Next);
    assert!(call.is_none());
    assert_eq!(code(&request), ErrorCode::MissingCursor);
    for request in [
        with_bob().from_message(MessageId(1)),
        with_bob().from_time(Timestamp(1)),
        with_bob().updated_after(Timestamp(1)),
    ] {
        assert!(ask(&request.pager(), Direction::Next).0.is_some());
    }
}

#[test]
fn each_filter_is_asked_for_by_cometchats_name() {
    let request = MessagesRequest::in_thread_of(MessageId(5))
        .updated_after(Timestamp(7))
        .only_updates()
        .search("a b")
        .only_unread()
        .of_categories(["message", "custom"])
        .of_kinds(["text"])
        .with_tags(["t"])
        .mentioning(["alice"])
        .with_attachment_types(["image"])
        .only_with_attachments()
        .only_with_links()
        .only_with_mentions()
        .only_with_reactions()
        .only_completed_interactions()
        .without_replies()
        .without_deleted()
        .without_quoting()
        .without_blocked_users()
        .including_tags()
        .including_tags_of_mentioned()
        .including_blocked_of_mentioned();
    let (path, _) = fetch(&request.pager(), Direction::Next, &rows(&[]));
    let (path, query) = path.split_once('?').unwrap();
    assert_eq!(path, "messages/5/thread");
    let mut parameters: Vec<_> = query.split('&').collect();
    parameters.sort_unstable();
    assert_eq!(
        parameters,
        [
            "affix=append",
            "attachmentTypes=image",
            "categories=message,custom",
            "hasAttachments=1",
            "hasLinks=1",
            "hasMentions=1",
            "hasReactions=1",
            "hideDeleted=1",
            "hideMessagesFromBlockedUsers=1",
            "hideQuotedMessages=1",
            "hideReplies=true",
            "mentionedUids=alice",
            "mentionsWithBlockedInfo=1",
            "mentionsWithTagInfo=1",
            "onlyInteractionGoalCompleted=1",
            "onlyUpdates=1",
            "per_page=30",
            "searchKey=a%20b",
            "tags=t",
            "types=text",
            "unread=1",
            "updatedAt=7",
            "withTags=1",
        ]
    );
}

#[test]
fn conversations_are_asked_for_by_cometchats_names() {
    let request = ConversationsRequest::in_groups()
        .only_unread()
        .search("gui")
        .with_tags(["a"])
        .with_user_tags(["b"])
        .with_group_tags(["c"])
        .including_blocked_users()
        .including_tags()
        .including_tags_of_others()
        .including_blocked_info()
        .with_limit(50)
        .from_page(3);
    let (path, _) = fetch(&request.pager(), Direction::Next, r#"{"data":[]}"#);
    assert_eq!(
        path,
        "conversations?conversationType=group&searchKey=gui&tags=a&userTags=b&groupTags=c&unread=true\
         &includeBlockedUsers=true&withTags=true&withUserAndGroupTags=true&withBlockedInfo=true&per_page=50&page=3"
    );
}

#[test]
fn reactions_go_on_where_the_server_says() {
    let page = |next: &str| {
        format!(
            r#"{{"data":[{{"messageId":"5","reaction":"👍","uid":"bob"}}],"meta":{{"previous":null,"next":{next}}}}}"#
        )
    };
    let pager = ReactionsRequest::to(MessageId(5))
        .with_reaction("👍")
        .pager();
    let (path, first) = fetch(
        &pager,
        Direction::Next,
        &page(r#"{"affix":"append","id":7}"#),
    );
    assert_eq!(
        path,
        "messages/5/reactions/%F0%9F%91%8D?limit=10&affix=append"
    );
    assert!(!first.unwrap().is_last);
    let (path, last) = fetch(&pager, Direction::Next, &page("null"));
    assert!(path.ends_with("?limit=10&affix=append&id=7"), "{path}");
    assert!(last.unwrap().is_last);
    assert!(ask(&pager, Direction::Next).0.is_none());

    let (_, request) = ask(
        &ReactionsRequest::to(MessageId(5)).with_limit(21).pager(),
        Direction::Next,
    );
    assert_eq!(code(&request), ErrorCode::PageLimitTooLarge);
}
