//! Action messages: group events, edits, deletions.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

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

/// What happened to a group's members, from the `data` of an action message.
pub(super) fn group_action(data: &str, interner: &mut Interner) -> Option<GroupAction> {
    let json: ActionJson<'_> = serde_json::from_str(data).ok()?;
    let entities = json.entities?;
    let by = interner.user(entities.by?.entity?).ok()?;
    let scope = json.extras.and_then(|extras| extras.scope);
    Some(GroupAction {
        kind: kind(json.action?.as_str(), scope)?,
        group: interner.group(entities.action_receiver?.entity?).ok()?,
        on: match entities.on.and_then(|on| on.entity) {
            Some(user) => interner.user(user).unwrap_or_else(|_| Arc::clone(&by)),
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

/// What the body of a `message` frame, or the reply to a change of a message, tells.
#[derive(Debug)]
pub(crate) enum MessageNews {
    /// There is a message.
    New(Message),
    /// A message was changed; this is how it is now.
    Edited(Message),
    /// A message was deleted; this is what is left of it.
    Deleted(Message),
}

impl MessageNews {
    /// Tells the edit or deletion that an action message stands for from any other message.
    pub(crate) fn of(message: Message, interner: &mut Interner) -> serde_json::Result<Self> {
        let MessageContent::Unmodelled(content) = &message.content else {
            return Ok(Self::New(message));
        };
        if (&*content.category, &*content.kind) != ("action", "message") {
            return Ok(Self::New(message));
        }
        let data = content.data.as_ref().map_or("{}", RawJson::as_str);
        let json: ActionJson<'_> = serde_json::from_str(data)?;
        let on: Option<&RawValue> = json
            .entities
            .and_then(|entities| entities.on)
            .and_then(|on| on.entity);
        match (json.action.as_ref().map(Text::as_str), on) {
            (Some("edited"), Some(on)) => Ok(Self::Edited(decode(on, interner)?)),
            (Some("deleted"), Some(on)) => Ok(Self::Deleted(decode(on, interner)?)),
            _ => Ok(Self::New(message)),
        }
    }

    /// The message that it is about.
    pub(crate) fn into_message(self) -> Message {
        match self {
            Self::New(message) | Self::Edited(message) | Self::Deleted(message) => message,
        }
    }
}
