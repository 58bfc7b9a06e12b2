use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{BodyJson, MessageData, decode};
use crate::{
    model::{MessageDetails, ModerationStatus, Timestamp, lenient},
    wire::{interner::Interner, text::Text},
};

/// What the message has that most don't; `None` where it has nothing of the kind. What can't be read is left out.
pub(super) fn read(
    body: &BodyJson<'_>,
    data: &MessageData<'_>,
    interner: &mut Interner,
) -> Option<Arc<MessageDetails>> {
    let my_receipt: ReceiptJson = read_or_default(body.my_receipt);
    let details = MessageDetails {
        edited_at: moment(body.edited_at),
        edited_by: body.edited_by.as_ref().map(|uid| uid.as_str().into()),
        deleted_at: moment(body.deleted_at),
        deleted_by: body.deleted_by.as_ref().map(|uid| uid.as_str().into()),
        delivered_at: moment(body.delivered_at),
        read_at: moment(body.read_at),
        my_delivered_at: moment(my_receipt.delivered_at),
        my_read_at: moment(my_receipt.read_at),
        tags: read_or_default::<Tags>(body.tags).0,
        reply_count: read_or_default::<Count>(body.reply_count).0.unwrap_or(0),
        quoted: body
            .quoted_message
            .filter(|json| json.get().starts_with('{'))
            .and_then(|json| decode(json, interner).ok()),
        mentions: data
            .mentions
            .and_then(|json| serde_json::from_str::<BTreeMap<Text<'_>, &RawValue>>(json.get()).ok())
            .into_iter()
            .flatten()
            .filter_map(|(_, user)| interner.user(user).ok())
            .collect(),
        reactions: read_or_default(data.reactions),
        moderation: data
            .moderation
            .and_then(|json| serde_json::from_str::<ModerationJson<'_>>(json.get()).ok())
            .and_then(|moderation| moderation.status)
            .map(|status| ModerationStatus::from(status.as_str())),
    };
    (details != MessageDetails::NONE).then(|| Arc::new(details))
}

/// Nothing is said to have happened in 1970.
pub(super) fn moment(at: Timestamp) -> Option<Timestamp> {
    (at != Timestamp::default()).then_some(at)
}

fn read_or_default<T: DeserializeOwned + Default>(json: Option<&RawValue>) -> T {
    json.and_then(|json| serde_json::from_str(json.get()).ok())
        .unwrap_or_default()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ReceiptJson {
    pub(super) delivered_at: Timestamp,
    pub(super) read_at: Timestamp,
}

#[derive(Deserialize)]
struct ModerationJson<'a> {
    #[serde(borrow)]
    status: Option<Text<'a>>,
}

#[derive(Default, Deserialize)]
struct Tags(#[serde(deserialize_with = "lenient::texts")] Vec<Arc<str>>);

#[derive(Default, Deserialize)]
struct Count(#[serde(deserialize_with = "lenient::number")] Option<u64>);
