//! Which members of the server's JSON objects the crate knows.

use serde_json::Value;

use super::report::Report;

/// Each kind of object with its members; after a colon, of what kind a member is, or the elements of its list. Braces
/// stand for a map with that kind as values.
const KNOWN: &[(&str, &str)] = &[
    (
        "user",
        "uid name avatar link role metadata status statusMessage lastActiveAt tags blockedByMe hasBlockedMe \
              deactivatedAt createdAt updatedAt blockedAt blockedByMeAt hasBlockedMeAt conversationId authToken jwt \
              wsChannel settings:settings scope joinedAt bannedAt",
    ),
    (
        "group",
        "guid name type icon description owner metadata createdAt updatedAt hasJoined scope joinedAt \
               membersCount onlineMembersCount tags isBanned conversationId members wsChannel",
    ),
    (
        "message",
        "id muid conversationId sender receiver receiverType category type sentAt updatedAt editedAt editedBy \
                 deletedAt deletedBy deliveredAt readAt parentId replyCount unreadRepliesCount tags data:data \
                 quotedMessage:message quotedMessageId myReceipt receipts pinnedAt pinnedBy savedAt resource",
    ),
    (
        "data",
        "text metadata attachments url customData interactiveData interactionGoal interactions mentions:{user} \
              reactions:reactions moderation entities:entities resource subType updateConversation sendNotification \
              allowSenderInteraction action extras name extension mimeType size customType",
    ),
    ("reactions", "reaction count reactedByMe"),
    (
        "entities",
        "sender:entity receiver:entity by:entity for:entity on:entity",
    ),
    ("entity", "entity:any entityType"),
    (
        "reaction",
        "id messageId reaction uid reactedAt reactedBy:user",
    ),
    (
        "conversation",
        "conversationId conversationType lastMessage:message conversationWith:any unreadMessageCount \
                      unreadMentionsCount lastReadMessageId latestMessageId readMessageId tags createdAt updatedAt",
    ),
    (
        "envelope",
        "appId receiver receiverType deviceId type sender messageSender body:body action",
    ),
    ("receipts", "action messageId user:user timestamp"),
    ("typing_indicator", "action user:user metadata"),
    ("presence", "action timestamp user:user"),
    ("transient_message", "user:user data"),
    (
        "reaction_frame",
        "action id conversationId messageId reaction uid reactedAt reactedBy:user",
    ),
    ("interaction_completed", "messageId user:user interactions"),
    ("auth", "code status"),
    ("list", "data:any meta"),
    ("reply", "data:any"),
];

/// Reports the members of an object, or of each in a list, that are not known.
pub(crate) fn compare(kind: &str, value: &Value, report: &mut Report) {
    match value {
        Value::Array(elements) => {
            for element in elements {
                compare(kind, element, report);
            }
        }
        Value::Object(members) => {
            let kind = actual_kind(kind, value);
            let Some((_, known)) = KNOWN.iter().find(|(name, _)| *name == kind) else {
                return;
            };
            for (member, value) in members {
                let found = known
                    .split_whitespace()
                    .map(|known| known.split_once(':').unwrap_or((known, "")))
                    .find(|(name, _)| name == member);
                match found {
                    None => report.unknown_member(kind, member),
                    Some((_, "body")) => compare(body_kind(members.get("type")), value, report),
                    Some((_, map)) if map.starts_with('{') => {
                        let kind = map.trim_matches(['{', '}']);
                        for value in value.as_object().into_iter().flat_map(|map| map.values()) {
                            compare(kind, value, report);
                        }
                    }
                    Some((_, kind)) => compare(kind, value, report),
                }
            }
        }
        _ => {}
    }
}

/// What an object is that may be a user, a group or a message.
fn actual_kind<'a>(kind: &'a str, object: &Value) -> &'a str {
    match kind {
        "any" if object.get("guid").is_some() => "group",
        "any" if object.get("conversationWith").is_some() => "conversation",
        "any" if object.get("uid").is_some() && object.get("reactedAt").is_some() => "reaction",
        "any" if object.get("uid").is_some() => "user",
        "any" if object.get("category").is_some() => "message",
        kind => kind,
    }
}

/// What the body of a frame is.
fn body_kind(frame: Option<&Value>) -> &str {
    match frame.and_then(Value::as_str) {
        Some("message" | "on_moderation_status_changed") => "message",
        Some("reaction") => "reaction_frame",
        Some(kind) => kind,
        None => "",
    }
}
