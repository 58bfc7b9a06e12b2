//! The effects of a receipt, which comes over the socket or HTTP.

use super::{
    database::{Confirmed, conversation_key},
    hub::DeviceKey,
    refusal::Refusal,
    request_context::RequestContext,
};
use crate::{
    model::{MessageId, ReceiverId, Uid},
    wire::frame_body::{ReceiptAction, ReceiptBody, ReceiptNews},
};

/// Records that the user of `cause` has received or read the conversation with `with` up to a message, and notifies the
/// authors and the user's other devices. A receipt that changes nothing is not sent. Authors whom the user blocked, or
/// who blocked the user, are not notified.
pub(super) fn receive(
    context: &mut RequestContext<'_>,
    cause: &DeviceKey,
    with: &ReceiverId,
    action: ReceiptAction,
    up_to: MessageId,
) -> Result<(), Refusal> {
    let (database, now) = (context.database, context.now);
    let conversation = conversation_key(cause.uid.as_str(), with);
    let before = database.received_up_to(&conversation, &cause.uid, action)?;
    let confirmed = database.add_receipt(&cause.uid, with, action, up_to, now)?;
    let (of_one, of_all) = (ReceiptNews::of_one(action), ReceiptNews::of_all(action));
    for Confirmed { author, message } in confirmed {
        send_receipt(context, cause, with, of_one, message, &author, &cause.uid)?;
        // An author who left the group may no longer read the message.
        if let ReceiverId::Group(guid) = with
            && !database.is_member(guid.as_str(), &author)?
        {
            continue;
        }
        if context.is_blocked_between(&cause.uid, &author)? {
            continue;
        }
        send_receipt(context, cause, with, of_one, message, &author, &author)?;
        if let ReceiverId::Group(guid) = with
            && let Some((by_all, _)) = database.received_by_all(guid.as_str(), &author, action)?
            && let Some(message) =
                database.newest_message_of(&conversation, &author, before, by_all)?
        {
            send_receipt(context, cause, with, of_all, message, &author, &author)?;
        }
    }
    Ok(())
}

fn send_receipt(
    context: &mut RequestContext<'_>,
    cause: &DeviceKey,
    with: &ReceiverId,
    news: ReceiptNews,
    message_id: MessageId,
    author: &Uid,
    to: &Uid,
) -> Result<(), Refusal> {
    let user = context.user(cause.uid.as_str())?;
    let body = ReceiptBody {
        action: news,
        message_id,
        user: &user,
        timestamp: Some(context.now),
    };
    let frame = context
        .frame("receipts", cause, body)
        .to(with)
        .about_message_of(author.as_str())
        .encode()?;
    context.publish_frame(cause, vec![to.clone()], frame.into());
    Ok(())
}
