use serde::Deserialize;
use serde_json::value::RawValue;

use super::details::moment;
use crate::{
    model::{Recipient, Timestamp},
    wire::{interner::Interner, json::read_repaired, rows::Rows},
};

/// Reads the receipts of a message from the message object. Receipts without a user are left out.
pub(crate) fn recipients(
    message: &RawValue,
    interner: &mut Interner,
) -> serde_json::Result<Vec<Recipient>> {
    read_repaired(message.get(), |message| {
        let Message { receipts } = serde_json::from_str(message)?;
        let Some(rows) = receipts.and_then(rows) else {
            return Ok(Vec::new());
        };
        let read = |row: &RawValue| {
            let receipt: Receipt<'_> = serde_json::from_str(row.get())?;
            let user = receipt.recipient.or(receipt.user).unwrap_or(RawValue::NULL);
            Ok(Recipient {
                user: interner.user(user.get())?,
                delivered_at: moment(receipt.delivered_at),
                read_at: moment(receipt.read_at),
            })
        };
        Rows::read(rows, read).map(|rows| rows.items)
    })
}

/// The list of receipts, which is inside an object or the value itself.
fn rows(receipts: &RawValue) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct Receipts<'a> {
        #[serde(borrow)]
        data: Option<&'a RawValue>,
    }
    if receipts.get().starts_with('{') {
        let Receipts { data } = serde_json::from_str(receipts.get()).ok()?;
        return data;
    }
    receipts.get().starts_with('[').then_some(receipts)
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    receipts: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt<'a> {
    #[serde(borrow, default)]
    recipient: Option<&'a RawValue>,
    #[serde(borrow, default)]
    user: Option<&'a RawValue>,
    #[serde(default)]
    delivered_at: Timestamp,
    #[serde(default)]
    read_at: Timestamp,
}
