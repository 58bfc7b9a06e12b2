use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{BodyJson, MAX_QUOTES, MessageData, decode_at};
use crate::{
    model::{MessageDetails, ModerationStatus, Reaction, Timestamp, User, lenient},
    wire::{
        interner::Interner,
        text::{self, Text},
    },
};

/// The details that most messages don't have; `None` where it has none of them. What can't be read is left out.
pub(super) fn read(
    body: &BodyJson<'_>,
    data: &MessageData<'_>,
    depth: u8,
    interner: &mut Interner,
) -> Option<Arc<MessageDetails>> {
    let my_receipt: ReceiptJson = read_or_default(body.my_receipt);
    let id_of = |text: &Option<Text<'_>>| text.as_ref().map(|uid| uid.as_str().into());
    let moderation = data.moderation.map(moderation).unwrap_or_default();
    let details = MessageDetails {
        edited_at: moment(body.edited_at),
        edited_by: id_of(&body.edited_by),
        deleted_at: moment(body.deleted_at),
        deleted_by: id_of(&body.deleted_by),
        delivered_at: moment(body.delivered_at),
        read_at: moment(body.read_at),
        pinned_at: moment(body.pinned_at),
        pinned_by: id_of(&body.pinned_by),
        saved_at: moment(body.saved_at),
        my_delivered_at: moment(my_receipt.delivered_at),
        my_read_at: moment(my_receipt.read_at),
        tags: read_or_default::<Tags>(body.tags).0,
        reply_count: read_or_default::<Count>(body.reply_count).0,
        unread_replies: read_or_default::<Count>(body.unread_replies_count).0,
        quoted: body
            .quoted_message
            .filter(|_| depth < MAX_QUOTES)
            .and_then(lenient::first_object)
            .and_then(|json| decode_at(depth + 1, json.get(), interner).ok()),
        mentions: data
            .mentions
            .map(|json| mentions(json, interner))
            .unwrap_or_default(),
        reactions: read_or_default::<Reactions>(data.reactions)
            .0
            .into_iter()
            .filter(|reaction| !reaction.reaction.is_empty())
            .collect(),
        interactions: read_or_default::<Interactions>(data.interactions)
            .0
            .into_iter()
            .filter_map(|used| Some((used.element_id?, used.interacted_at)))
            .collect(),
        moderation: moderation.status,
        moderation_reason: moderation.reason,
    };
    (details != MessageDetails::default()).then(|| Arc::new(details))
}

/// A time; `None` for 0, because no message was sent, read or changed in 1970.
pub(super) fn moment(at: Timestamp) -> Option<Timestamp> {
    (at != Timestamp::default()).then_some(at)
}

fn read_or_default<T: DeserializeOwned + Default>(json: Option<&RawValue>) -> T {
    json.and_then(|json| serde_json::from_str(json.get()).ok())
        .unwrap_or_default()
}

/// The users who are mentioned: a map from their uids, or a list.
fn mentions(json: &RawValue, interner: &mut Interner) -> Vec<Arc<User>> {
    let json = json.get();
    let users: Vec<&RawValue> = if json.starts_with('[') {
        serde_json::from_str(json).unwrap_or_default()
    } else {
        serde_json::from_str::<BTreeMap<Text<'_>, &RawValue>>(json)
            .map(|users| users.into_values().collect())
            .unwrap_or_default()
    };
    users
        .into_iter()
        .filter_map(|user| interner.user(user.get()).ok())
        .collect()
}

/// The decision of moderation: an object, or the status alone.
fn moderation(json: &RawValue) -> Moderation {
    let read = serde_json::from_str::<ModerationJson<'_>>(json.get());
    let status = |text: &Text<'_>| {
        let status = text.as_str();
        (!status.is_empty()).then(|| ModerationStatus::from(status))
    };
    match read {
        Ok(ModerationJson(Some(object))) => Moderation {
            status: object.status.as_ref().and_then(status),
            reason: object
                .reason
                .into_iter()
                .chain(object.reasons)
                .find(|reason| !reason.is_empty()),
        },
        _ => Moderation {
            status: serde_json::from_str(json.get())
                .ok()
                .as_ref()
                .and_then(status),
            reason: None,
        },
    }
}

#[derive(Default)]
struct Moderation {
    status: Option<ModerationStatus>,
    reason: Option<Arc<str>>,
}

#[derive(Deserialize)]
struct ModerationJson<'a>(
    #[serde(borrow, deserialize_with = "lenient::object")] Option<ModerationObject<'a>>,
);

#[derive(Default, Deserialize)]
#[serde(default)]
struct ModerationObject<'a> {
    #[serde(borrow, deserialize_with = "text::optional")]
    status: Option<Text<'a>>,
    #[serde(deserialize_with = "lenient::texts")]
    reason: Vec<Arc<str>>,
    #[serde(deserialize_with = "lenient::texts")]
    reasons: Vec<Arc<str>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ReceiptJson {
    pub(super) delivered_at: Timestamp,
    pub(super) read_at: Timestamp,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct InteractionJson {
    #[serde(deserialize_with = "lenient::filled_text")]
    element_id: Option<Arc<str>>,
    interacted_at: Timestamp,
}

#[derive(Default, Deserialize)]
struct Interactions(#[serde(deserialize_with = "lenient::objects")] Vec<InteractionJson>);

#[derive(Default, Deserialize)]
struct Reactions(#[serde(deserialize_with = "lenient::objects")] Vec<Reaction>);

#[derive(Default, Deserialize)]
struct Tags(#[serde(deserialize_with = "lenient::texts")] Vec<Arc<str>>);

#[derive(Default, Deserialize)]
struct Count(#[serde(deserialize_with = "lenient::count")] u64);
