use std::time::Duration;

use http::StatusCode;

use crate::client::{operation::Reply, outbox::SendError};

fn kind(status: u16, body: &str) -> &'static str {
    let reply = Reply {
        status: StatusCode::from_u16(status).unwrap(),
        body: body.to_owned().into(),
        retry_after: Some(Duration::from_secs(7)),
    };
    let send_error = SendError::of_reply(&reply, reply.data().unwrap_err());
    assert_eq!(send_error.error().retry_after, reply.retry_after);
    match send_error {
        SendError::NeverLeft(_) => "never left",
        SendError::Lost(_) => "lost",
        SendError::Throttled(_) => "throttled",
        SendError::Refused(_) => "refused",
    }
}

#[test]
fn o4_and_o5_a_reply_means_what_it_says_and_an_unreadable_one_nothing() {
    let error = |code: &str| format!(r#"{{"error":{{"code":"{code}","message":"?"}}}}"#);
    assert_eq!(kind(400, &error("ERR_BLOCKED_USER")), "refused");
    // CometChat's clients ignore the status of a refusal.
    assert_eq!(kind(200, &error("ERR_BLOCKED_USER")), "refused");
    assert_eq!(kind(501, &error("ERR_UNSUPPORTED")), "refused");
    assert_eq!(kind(429, &error("ERR_TOO_MANY_REQUESTS")), "throttled");
    assert_eq!(kind(200, &error("ERR_TOO_MANY_REQUESTS")), "throttled");
    assert_eq!(kind(429, "<h1>slow down</h1>"), "throttled");
    assert_eq!(kind(500, &error("ERR_INTERNAL_SERVER")), "lost");
    assert_eq!(kind(502, "<h1>Bad Gateway</h1>"), "lost");
    assert_eq!(kind(200, "<h1>Sign in to the network</h1>"), "lost");
    assert_eq!(kind(200, ""), "lost");
}
