//! Handles the frames of a client.

use std::sync::Arc;

use super::{
    encoded_frame::EncodedFrame,
    hub::{Device, DeviceKey, Effect},
    id, receipts,
    refusal::Refusal,
    request_context::RequestContext,
    send_queue::SendQueue,
};
use crate::{
    model::{MessageId, User, UserStatus},
    wire::{
        client_frame::{AuthRequest, ClientFrame},
        error::code,
        frame_body::{
            AuthReply, PresenceAction, PresenceBody, ReceiptAction, TransientBody, TypingBody,
        },
    },
};

/// The refusal of a socket.
pub(super) struct Denial {
    pub(super) reason: &'static str,
    /// The frame that reports it.
    pub(super) frame: EncodedFrame,
}

/// Authenticates a device by its auth frame, and attaches it.
pub(super) fn attach(
    context: &mut RequestContext<'_>,
    request: AuthRequest,
    queue: Arc<SendQueue>,
) -> Result<Result<Arc<Device>, Denial>, Refusal> {
    let deny = |code, reason, request: &AuthRequest| {
        let cause = DeviceKey {
            uid: request.sender.as_deref().unwrap_or("unknown").into(),
            session: request.device_id.clone(),
        };
        let body = AuthReply {
            code,
            status: reason,
        };
        let frame = context.frame("auth", &cause, body).encode()?.into();
        Ok(Err(Denial { reason, frame }))
    };
    if request.app_id != context.app.app_id {
        return deny("404", "the app is not known here", &request);
    }
    let Some(token) = context.database.token_of_jwt(&request.jwt)? else {
        return deny("401", "the JWT is not known", &request);
    };
    if request
        .sender
        .as_ref()
        .is_some_and(|uid| token.uid != *id::folded(uid))
    {
        return deny("401", "the JWT is another user's", &request);
    }
    if context.app.is_jwt_stale(&token, context.now) {
        return deny("401", "the JWT is stale", &request);
    }
    if context.app.has_expired(&token, context.now) {
        return deny("401", code::AUTH_TOKEN_NOT_FOUND, &request);
    }

    let user = context.user(token.uid.as_str())?;
    let key = DeviceKey {
        uid: token.uid,
        session: request.device_id,
    };
    let body = AuthReply {
        code: "200",
        status: "OK",
    };
    let accepted = context
        .frame("auth", &key, body)
        .to(&key.uid.clone().into())
        .encode()?;
    let online = presence_frame(context, &key, user.clone(), PresenceAction::Online)?;
    context.database.touch_user(key.uid.as_str(), context.now)?;
    let device = context
        .hub
        .device(key, user.role, request.presence, token.token, queue);
    context.effects.push(Effect::Attach {
        device: device.clone(),
        accepted: accepted.into(),
        online,
    });
    Ok(Ok(device))
}

/// Records that a device is gone.
pub(super) fn detach(context: &mut RequestContext<'_>, device: Arc<Device>) -> Result<(), Refusal> {
    context
        .database
        .touch_user(device.uid.as_str(), context.now)?;
    let user = context.user(device.uid.as_str())?;
    let offline = presence_frame(context, &device.key(), user, PresenceAction::Offline)?;
    context.effects.push(Effect::Detach { device, offline });
    Ok(())
}

fn presence_frame(
    context: &RequestContext<'_>,
    cause: &DeviceKey,
    mut user: User,
    action: PresenceAction,
) -> Result<EncodedFrame, Refusal> {
    user.status = match action {
        PresenceAction::Online => UserStatus::Online,
        PresenceAction::Offline => UserStatus::Offline,
    };
    let body = PresenceBody {
        action,
        timestamp: context.now,
        user: &user,
    };
    Ok(context.frame("presence", cause, body).encode()?.into())
}

/// Relays a frame of a device. Its sender is the user who authenticated, whatever the frame claims.
pub(super) fn relay(
    context: &mut RequestContext<'_>,
    device: &Device,
    frame: ClientFrame,
) -> Result<(), Refusal> {
    let cause = device.key();
    match frame {
        ClientFrame::Typing {
            receiver,
            action,
            metadata,
        } => {
            let user = context.user(cause.uid.as_str())?;
            let audience = context.audience(&cause.uid, &receiver)?;
            let body = TypingBody {
                action,
                user: &user,
                metadata: metadata.as_ref(),
            };
            context.publish("typing_indicator", &cause, &receiver, audience, body)
        }
        ClientFrame::Transient { receiver, data } => {
            let user = context.user(cause.uid.as_str())?;
            let audience = context.audience(&cause.uid, &receiver)?;
            let body = TransientBody {
                user: &user,
                data: data.as_ref(),
            };
            context.publish("transient_message", &cause, &receiver, audience, body)
        }
        ClientFrame::Receipt {
            action, message, ..
        } => relay_receipt(context, &cause, action, message),
        ClientFrame::Auth(_) | ClientFrame::Ping | ClientFrame::Unknown => Ok(()),
    }
}

/// Relays a receipt, if its sender is a receiver of the message.
fn relay_receipt(
    context: &mut RequestContext<'_>,
    cause: &DeviceKey,
    action: ReceiptAction,
    message_id: MessageId,
) -> Result<(), Refusal> {
    let message = context.visible_message(&message_id.to_string(), &cause.uid)?;
    let with = message.other_party(&cause.uid);
    receipts::receive(context, cause, &with, action, message.id)
}
