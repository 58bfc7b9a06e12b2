use serde::{Deserialize, de::Error as _};
use serde_json::value::RawValue;

use super::details::{ReceiptJson, moment};
use crate::{model::Recipient, wire::interner::Interner};

/// Reads who got and read a message, from the message object (PROTOCOL.md §1.3 and §3.5).
pub(crate) fn recipients(
    message: &RawValue,
    interner: &mut Interner,
) -> serde_json::Result<Vec<Recipient>> {
    #[derive(Deserialize)]
    struct Message<'a> {
        #[serde(borrow)]
        receipts: Option<Receipts<'a>>,
    }
    #[derive(Deserialize)]
    struct Receipts<'a> {
        #[serde(borrow)]
        data: Vec<Receipt<'a>>,
    }
    #[derive(Deserialize)]
    struct Receipt<'a> {
        #[serde(borrow)]
        recipient: Option<&'a RawValue>,
        #[serde(flatten)]
        times: ReceiptJson,
    }
    let message: Message<'_> = serde_json::from_str(message.get())?;
    let receipts = message.receipts.map(|receipts| receipts.data);
    receipts
        .unwrap_or_default()
        .into_iter()
        .map(|Receipt { recipient, times }| {
            let user = recipient.ok_or_else(|| serde_json::Error::custom("a receipt of nobody"))?;
            Ok(Recipient {
                user: interner.user(user)?,
                delivered_at: moment(times.delivered_at),
                read_at: moment(times.read_at),
            })
        })
        .collect()
}
