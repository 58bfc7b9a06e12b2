//! Decides on pending messages when they are due.

use std::sync::atomic::Ordering;

use super::{
    database::StoredMessage, hub::DeviceKey, message_view::Viewer, moderation::Verdict,
    refusal::Refusal, request_context::RequestContext,
};
use crate::model::MessageId;

/// The number of pending messages at which one look ends.
const MAX_LOOK: usize = 100;

/// Approves the messages that an earlier run of the server held back: its rules are gone.
pub(super) fn release_held(context: &mut RequestContext<'_>) -> Result<(), Refusal> {
    Ok(context.database.approve_pending_messages(context.now)?)
}

/// Decides on the pending messages that are due, and publishes each decision. Of many that are pending it looks at some
/// each time, in turn, so that those that are held for long keep no others waiting.
pub(super) fn judge_pending(context: &mut RequestContext<'_>) -> Result<(), Refusal> {
    let after = MessageId(context.app.judged_up_to.load(Ordering::Relaxed));
    let pending = context.database.pending_messages(after, MAX_LOOK)?;
    let up_to = match pending.last() {
        Some(last) if pending.len() == MAX_LOOK => last.id,
        _ => MessageId(0),
    };
    context.app.judged_up_to.store(up_to.0, Ordering::Relaxed);
    for message in pending {
        let rules = &context.app.moderation;
        if let Some(verdict) = rules.judge_in_the_end(&message, context.now) {
            decide(context, &message, verdict)?;
        }
    }
    Ok(())
}

fn decide(
    context: &mut RequestContext<'_>,
    message: &StoredMessage,
    verdict: Verdict,
) -> Result<(), Refusal> {
    let now = context.now;
    context
        .database
        .moderate_message(message.id, verdict.as_str(), now)?;
    let judged = context
        .database
        .message(message.id)?
        .ok_or_else(Refusal::no_message)?;
    // To all of the sender's devices, none of which caused it.
    let cause = DeviceKey {
        uid: message.sender.clone(),
        session: String::new(),
    };
    let body = context.message_json(&judged, Viewer::User(&message.sender))?;
    context.publish(
        "on_moderation_status_changed",
        &cause,
        &message.receiver,
        vec![message.sender.clone()],
        body,
    )?;
    if verdict != Verdict::Approved {
        return Ok(());
    }
    let mut others = context.participants(&judged)?;
    others.retain(|uid| *uid != message.sender);
    let edit = if judged.has_reached_others {
        context.database.last_change(&judged)?
    } else {
        None
    };
    match edit {
        Some(edit) => context.publish_change(&cause, &edit, judged.id, others),
        None => context.publish_message(&cause, &judged, Viewer::AnyMember, others),
    }
}
