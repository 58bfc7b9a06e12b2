//! Decides on pending messages when they are due.

use super::{
    hub::DeviceKey, message_view::Viewer, moderation::Verdict, refusal::Refusal,
    request_context::RequestContext,
};

/// Decides on the pending messages that are due, and publishes each decision.
pub(super) fn judge_pending(context: &mut RequestContext<'_>) -> Result<(), Refusal> {
    for message in context.database.pending_messages()? {
        let rules = &context.app.moderation;
        let Some(verdict) = rules.judge_in_the_end(&message, context.now) else {
            continue;
        };
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
        if verdict == Verdict::Approved {
            let mut others = context.participants(&judged)?;
            others.retain(|uid| *uid != message.sender);
            context.publish_message(&cause, &judged, Viewer::AnyMember, others)?;
        }
    }
    Ok(())
}
