use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    model::{MessageId, RawJson, ReceiverId},
    wire::{
        envelope::Malformed,
        frame_body::{ReceiptAction, TypingAction},
        text::Text,
    },
};

/// A frame from the client. Its sender is the user who authenticated on the socket, whatever the frame says.
#[derive(Debug, PartialEq)]
pub(crate) enum ClientFrame {
    /// The first frame: the credentials of the client.
    Auth(AuthRequest),
    /// Requests a pong.
    Ping,
    /// The user started or stopped typing.
    Typing {
        receiver: ReceiverId,
        action: TypingAction,
        metadata: Option<RawJson>,
    },
    /// A message was delivered to the user, or read by them.
    Receipt {
        receiver: ReceiverId,
        action: ReceiptAction,
        message: MessageId,
    },
    /// Data that is relayed and not stored.
    Transient {
        receiver: ReceiverId,
        data: Option<RawJson>,
    },
    /// A frame of a kind that the server does not know.
    Unknown,
}

/// The content of the auth frame.
#[derive(Debug, PartialEq)]
pub(crate) struct AuthRequest {
    pub(crate) app_id: String,
    /// The id of the session, the same as the header `resource`.
    pub(crate) device_id: String,
    /// The uid that the client claims. The token decides.
    pub(crate) sender: Option<String>,
    pub(crate) jwt: String,
    pub(crate) presence: PresenceSubscription,
}

/// The users whose presence a device subscribes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum PresenceSubscription {
    #[default]
    Nobody,
    AllUsers,
    Roles(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FrameJson<'a> {
    #[serde(borrow)]
    action: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    app_id: Option<Text<'a>>,
    #[serde(borrow)]
    device_id: Option<Text<'a>>,
    #[serde(borrow)]
    sender: Option<Text<'a>>,
    #[serde(borrow)]
    receiver: Option<Text<'a>>,
    #[serde(borrow)]
    receiver_type: Option<Text<'a>>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

/// Reads a frame.
pub(crate) fn decode(text: &str) -> Result<ClientFrame, Malformed> {
    let frame: FrameJson<'_> = serde_json::from_str(text).map_err(|_| Malformed)?;
    match (text_of(&frame.action), text_of(&frame.kind)) {
        (Some("ping"), _) => Ok(ClientFrame::Ping),
        (_, Some("auth")) => auth(&frame),
        (_, Some("typing_indicator")) => typing(&frame),
        (_, Some("receipts")) => receipt(&frame),
        (_, Some("transient_message")) => transient(&frame),
        _ => Ok(ClientFrame::Unknown),
    }
}

fn auth(frame: &FrameJson<'_>) -> Result<ClientFrame, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        #[serde(borrow)]
        auth: Text<'a>,
        #[serde(borrow)]
        device_id: Option<Text<'a>>,
        #[serde(borrow)]
        presence_subscription: Option<Text<'a>>,
        #[serde(default)]
        roles: Vec<String>,
    }
    let body: Body<'_> = body(frame)?;
    let device_id = text_of(&frame.device_id).or_else(|| text_of(&body.device_id));
    let presence = match text_of(&body.presence_subscription) {
        Some("ALL_USERS") => PresenceSubscription::AllUsers,
        Some("ROLES") => PresenceSubscription::Roles(body.roles),
        _ => PresenceSubscription::Nobody,
    };
    Ok(ClientFrame::Auth(AuthRequest {
        app_id: text_of(&frame.app_id).ok_or(Malformed)?.to_owned(),
        device_id: device_id.ok_or(Malformed)?.to_owned(),
        sender: text_of(&frame.sender).map(str::to_owned),
        jwt: body.auth.as_str().to_owned(),
        presence,
    }))
}

fn typing(frame: &FrameJson<'_>) -> Result<ClientFrame, Malformed> {
    #[derive(Deserialize)]
    struct Body {
        action: TypingAction,
        metadata: Option<RawJson>,
    }
    let Body { action, metadata } = body(frame)?;
    Ok(ClientFrame::Typing {
        receiver: receiver(frame)?,
        action,
        metadata,
    })
}

fn receipt(frame: &FrameJson<'_>) -> Result<ClientFrame, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        action: ReceiptAction,
        message_id: MessageId,
    }
    let Body { action, message_id } = body(frame)?;
    Ok(ClientFrame::Receipt {
        receiver: receiver(frame)?,
        action,
        message: message_id,
    })
}

fn transient(frame: &FrameJson<'_>) -> Result<ClientFrame, Malformed> {
    #[derive(Deserialize)]
    struct Body {
        data: Option<RawJson>,
    }
    let Body { data } = body(frame)?;
    Ok(ClientFrame::Transient {
        receiver: receiver(frame)?,
        data,
    })
}

fn body<'a, T: Deserialize<'a>>(frame: &FrameJson<'a>) -> Result<T, Malformed> {
    serde_json::from_str(frame.body.ok_or(Malformed)?.get()).map_err(|_| Malformed)
}

fn receiver(frame: &FrameJson<'_>) -> Result<ReceiverId, Malformed> {
    let id = text_of(&frame.receiver).ok_or(Malformed)?;
    ReceiverId::of_kind(text_of(&frame.receiver_type).unwrap_or_default(), id).ok_or(Malformed)
}

fn text_of<'a>(text: &'a Option<Text<'_>>) -> Option<&'a str> {
    text.as_ref()
        .map(Text::as_str)
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{
        client_frame::{AuthAppInfo, AuthBody, AuthParams, PING},
        envelope::Envelope,
    };

    #[test]
    fn what_the_client_writes_is_read_back() {
        let body = AuthBody {
            auth: "jwt",
            device_id: "session",
            presence_subscription: Some("ROLES"),
            roles: &["knight".to_owned()],
            params: AuthParams {
                app_info: AuthAppInfo {
                    version: "1",
                    api_version: "v3.0",
                    uts: 1,
                },
                user_agent: "test",
                device_id: "device",
                platform: "bevy",
            },
        };
        let written = Envelope::new("auth", "app", "alice", "session", body);
        let read = decode(&written.encode().unwrap()).unwrap();
        assert_eq!(
            read,
            ClientFrame::Auth(AuthRequest {
                app_id: "app".to_owned(),
                device_id: "session".to_owned(),
                sender: Some("alice".to_owned()),
                jwt: "jwt".to_owned(),
                presence: PresenceSubscription::Roles(vec!["knight".to_owned()]),
            })
        );
        assert_eq!(decode(PING).unwrap(), ClientFrame::Ping);
    }

    #[test]
    fn the_official_sdks_frames_are_read() {
        let typing = r#"{"appId":"app123","receiver":"bob","receiverType":"user","deviceId":"WEB-1","type":"typing_indicator","sender":"alice","body":{"action":"started","user":{"uid":"alice"},"metadata":{"x":1}}}"#;
        assert!(matches!(
            decode(typing).unwrap(),
            ClientFrame::Typing { receiver: ReceiverId::User(uid), action: TypingAction::Started, metadata: Some(_) } if uid == "bob"
        ));
        let receipt = r#"{"appId":"app123","receiver":"alice","receiverType":"user","deviceId":"WEB-1","type":"receipts","sender":"bob","messageSender":"alice","body":{"action":"read","messageId":"101","user":{"uid":"bob"}}}"#;
        assert!(matches!(
            decode(receipt).unwrap(),
            ClientFrame::Receipt {
                action: ReceiptAction::Read,
                message: MessageId(101),
                ..
            }
        ));
        let transient = r#"{"appId":"app123","receiver":"guild","receiverType":"group","deviceId":"WEB-1","type":"transient_message","sender":"alice","body":{"user":{"uid":"alice"},"data":{"LIVE_REACTION":"heart"}}}"#;
        assert!(matches!(
            decode(transient).unwrap(),
            ClientFrame::Transient { receiver: ReceiverId::Group(guid), data: Some(_) } if guid == "guild"
        ));
    }

    #[test]
    fn what_lacks_a_member_is_malformed_and_what_is_not_known_is_not() {
        for malformed in [
            "",
            "hello",
            "[]",
            r#"{"type":"auth"}"#,
            r#"{"type":"auth","appId":"a","body":{"auth":"x"}}"#,
            r#"{"type":"typing_indicator","receiver":"bob","body":{"action":"started"}}"#,
            r#"{"type":"typing_indicator","receiver":"bob","receiverType":"user","body":{"action":"paused"}}"#,
            r#"{"type":"receipts","receiver":"bob","receiverType":"user","body":{"action":"read","messageId":{}}}"#,
        ] {
            assert!(decode(malformed).is_err(), "{malformed}");
        }
        for unknown in [r#"{}"#, r#"{"type":"dance","body":[]}"#] {
            assert_eq!(decode(unknown).unwrap(), ClientFrame::Unknown, "{unknown}");
        }
    }
}
