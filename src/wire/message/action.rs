//! Action messages: group events, edits, deletions.

use std::sync::Arc;

use serde::Deserialize;

use super::{Entities, decode};
use crate::{
    model::{GroupAction, GroupActionKind, GroupScope, Message, MessageContent, RawJson, lenient},
    wire::{
        interner::Interner,
        text::{self, Text},
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct ActionJson<'a> {
    #[serde(borrow, deserialize_with = "text::optional")]
    action: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "lenient::object")]
    entities: Option<Entities<'a>>,
    #[serde(deserialize_with = "lenient::object")]
    extras: Option<Extras>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Extras {
    #[serde(deserialize_with = "lenient::object")]
    scope: Option<ScopeChange>,
}

#[derive(Clone, Copy, Deserialize)]
struct ScopeChange {
    #[serde(default)]
    old: GroupScope,
    #[serde(default)]
    new: GroupScope,
}

/// The change of a group's members, from the `data` of an action message.
pub(super) fn group_action(data: &str, interner: &mut Interner) -> Option<GroupAction> {
    let json: ActionJson<'_> = serde_json::from_str(data).ok()?;
    let entities = json.entities?;
    let by = interner.user(entities.by?.entity?.get()).ok()?;
    let scope = json.extras.and_then(|extras| extras.scope);
    Some(GroupAction {
        kind: kind(json.action?.as_str(), scope)?,
        group: interner
            .group(entities.action_receiver?.entity?.get())
            .ok()?,
        on: match entities.on.and_then(|on| on.entity) {
            Some(user) => interner
                .user(user.get())
                .unwrap_or_else(|_| Arc::clone(&by)),
            None => Arc::clone(&by),
        },
        by,
    })
}

fn kind(action: &str, scope: Option<ScopeChange>) -> Option<GroupActionKind> {
    Some(match action {
        "joined" => GroupActionKind::Joined,
        "left" => GroupActionKind::Left,
        "added" | "invited" => GroupActionKind::Added,
        "kicked" => GroupActionKind::Kicked,
        "banned" => GroupActionKind::Banned,
        "unbanned" => GroupActionKind::Unbanned,
        "scopeChanged" => {
            let ScopeChange { old, new } = scope?;
            GroupActionKind::ScopeChanged { from: old, to: new }
        }
        _ => return None,
    })
}

/// The message that an action message says was edited or deleted, as it is now; `None` for any other message.
pub(crate) fn changed(
    action: &Message,
    interner: &mut Interner,
) -> serde_json::Result<Option<Message>> {
    let MessageContent::Unmodelled(content) = &action.content else {
        return Ok(None);
    };
    if (&*content.category, &*content.kind) != ("action", "message") {
        return Ok(None);
    }
    let data = content.data.as_ref().map_or("{}", RawJson::as_str);
    let json: ActionJson<'_> = serde_json::from_str(data)?;
    let is_deletion = match json.action.as_ref().map(Text::as_str) {
        Some("edited") => false,
        Some("deleted") => true,
        _ => return Ok(None),
    };
    let on = json.entities.and_then(|entities| entities.on);
    let Some(on) = on.and_then(|on| on.entity) else {
        return Ok(None);
    };
    let mut message = decode(on, interner)?;
    if is_deletion && !message.is_deleted() {
        message.details_mut().deleted_at = Some(action.sent_at);
    }
    Ok(Some(message))
}
