use std::{sync::Arc, time::Duration};

use super::{Context, Ephemeral, Input, Output};
use crate::{
    client::{ChatError, Completer, ErrorCode, Request},
    connection::Cause,
    model::{MessageId, ReceiverId, Uid},
    wire::{
        client_frame::{Mark, Signal},
        frame_body::{ReceiptAction, TypingAction},
    },
};

/// Longer than receipts wait for each other, and than typing lasts.
const LATER: Duration = Duration::from_secs(10);

fn context(uid: &Uid, is_live: bool) -> Context<'_> {
    Context {
        uid: Some(uid),
        is_live,
        ..Context::default()
    }
}

fn request() -> (Request<()>, Completer<()>) {
    Request::new(&Arc::default()).expect("few are open")
}

fn mark(author: &str) -> Mark {
    Mark {
        conversation: ReceiverId::User("bob".into()),
        action: ReceiptAction::Read,
        message: MessageId(7),
        author: author.into(),
    }
}

/// Performs all outputs. Returns a word for each.
fn performed(ephemeral: &mut Ephemeral) -> Vec<&'static str> {
    let outputs = std::iter::from_fn(|| ephemeral.poll_output());
    outputs
        .map(|output| match output {
            Output::Send(Signal::Typing { action, .. }, _) => match action {
                TypingAction::Started => "send started",
                TypingAction::Ended => "send ended",
            },
            Output::Send(Signal::Receipt(_), _) => "send receipt",
            Output::Send(Signal::Transient(_), _) => "send data",
            Output::Mark(..) => "call",
            Output::Settle(settlement) => {
                settlement.deliver();
                "settle"
            }
            Output::Typing(_) => "emit",
            Output::Withheld => "withhold",
        })
        .collect()
}

#[test]
fn a_receipt_is_told_over_the_connection_that_there_is_when_it_is_due() {
    let alice = "alice".into();
    for (is_live, told) in [(true, "send receipt"), (false, "call")] {
        let mut ephemeral = Ephemeral::default();
        let marked = Input::Mark(mark("bob"), request().1);
        ephemeral.handle(marked, &context(&alice, !is_live), Duration::ZERO);
        assert_eq!(performed(&mut ephemeral), [""; 0]);
        ephemeral.handle(Input::Tick, &context(&alice, is_live), LATER);
        assert_eq!(performed(&mut ephemeral), [told]);
    }
}

#[test]
fn a_message_of_the_user_s_own_gets_no_receipt() {
    let alice = "alice".into();
    let mut ephemeral = Ephemeral::default();
    let (request, done) = request();
    let marked = Input::Mark(mark("alice"), done);
    ephemeral.handle(marked, &context(&alice, true), Duration::ZERO);
    assert_eq!(performed(&mut ephemeral), ["settle"]);
    assert_eq!(request.outcome(), Some(Ok(())));
    assert_eq!(ephemeral.next_deadline(), None);
}

#[test]
fn s5_what_waits_when_the_session_ends_is_told_or_fails() {
    let alice = "alice".into();
    for (is_live, told) in [(true, "send receipt"), (false, "settle")] {
        let mut ephemeral = Ephemeral::default();
        let (request, done) = request();
        let marked = Input::Mark(mark("bob"), done);
        ephemeral.handle(marked, &context(&alice, is_live), Duration::ZERO);
        let closing = Input::Closing(ChatError::cancelled(Cause::LoggedOut));
        ephemeral.handle(closing, &context(&alice, is_live), Duration::ZERO);
        assert_eq!(performed(&mut ephemeral), [told]);
        let refused = request.outcome().and_then(Result::err);
        let refused = refused.map(|error| (error.code, error.cause));
        let cancelled = (ErrorCode::Cancelled, Some(Cause::LoggedOut));
        assert!(is_live || refused == Some(cancelled));
    }
}

#[test]
fn without_a_connection_nobody_is_told_of_typing_nor_of_its_end() {
    let alice = "alice".into();
    let mut ephemeral = Ephemeral::default();
    let typing = || Signal::typing(ReceiverId::User("bob".into()), TypingAction::Started);
    let (request_, done) = request();
    ephemeral.handle(
        Input::Send(typing(), done),
        &context(&alice, false),
        Duration::ZERO,
    );
    assert_eq!(performed(&mut ephemeral), ["settle"]);
    let refused = request_.outcome().and_then(Result::err);
    assert_eq!(
        refused.map(|error| error.code),
        Some(ErrorCode::NotConnected)
    );
    let (_, done) = request();
    ephemeral.handle(
        Input::Send(typing(), done),
        &context(&alice, true),
        Duration::ZERO,
    );
    ephemeral.handle(Input::Disconnected, &context(&alice, false), Duration::ZERO);
    ephemeral.handle(Input::Tick, &context(&alice, true), LATER);
    assert_eq!(performed(&mut ephemeral), ["send started"]);
}
