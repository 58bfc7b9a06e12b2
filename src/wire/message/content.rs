use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::action;
use crate::{
    model::{
        Attachment, CustomContent, InteractiveContent, MediaContent, MediaKind, MessageContent,
        RawJson, UnmodelledContent, extension, lenient,
    },
    wire::{interner::Interner, rows::Rows, text::Text},
};

/// The members of `data` that hold the content of a message of a kind other than text.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ContentJson<'a> {
    #[serde(deserialize_with = "lenient::filled_text")]
    text: Option<Arc<str>>,
    #[serde(deserialize_with = "lenient::filled_text")]
    url: Option<Arc<str>>,
    #[serde(deserialize_with = "attachments")]
    attachments: Vec<Attachment>,
    #[serde(borrow)]
    custom_data: Option<&'a RawValue>,
    #[serde(deserialize_with = "lenient::filled_text")]
    sub_type: Option<Arc<str>>,
    #[serde(borrow)]
    interactive_data: Option<&'a RawValue>,
    #[serde(borrow)]
    interaction_goal: Option<&'a RawValue>,
    #[serde(deserialize_with = "lenient::maybe_flag")]
    update_conversation: Option<bool>,
    #[serde(deserialize_with = "lenient::maybe_flag")]
    send_notification: Option<bool>,
}

/// The content of a message of that category and type. If it lacks a required member, it is kept as it was received.
pub(super) fn read(
    category: &Text<'_>,
    kind: &Text<'_>,
    text: Option<Text<'_>>,
    data: &dyn Fn() -> Option<RawJson>,
    interner: &mut Interner,
) -> MessageContent {
    let (category, kind) = (category.as_str(), kind.as_str());
    if let ("message", "text", Some(text)) = (category, kind, &text) {
        return MessageContent::Text(text.clone().into());
    }
    let data = data();
    let json = data.as_ref().map_or("{}", RawJson::as_str);
    let modelled = match (category, kind) {
        ("action", "groupMember") => action::group_action(json, interner)
            .map(|action| MessageContent::GroupAction(Arc::new(action))),
        ("message", "text") => None,
        ("message" | "custom" | "interactive", _) => serde_json::from_str(json)
            .ok()
            .and_then(|content: ContentJson<'_>| content.into_content(category, kind)),
        _ => None,
    };
    if let Some(content) = modelled {
        return content;
    }
    let text = text.map(Arc::from);
    MessageContent::Unmodelled(Arc::new(UnmodelledContent {
        category: category.into(),
        kind: kind.into(),
        text: text
            .filter(|text: &Arc<str>| !text.is_empty())
            .or_else(|| card_text(json)),
        data,
    }))
}

/// The text of a card, which is in a separate object.
fn card_text(data: &str) -> Option<Arc<str>> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Data {
        #[serde(deserialize_with = "lenient::object")]
        card: Option<Card>,
        #[serde(deserialize_with = "lenient::filled_text")]
        fallback_text: Option<Arc<str>>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Card {
        #[serde(deserialize_with = "lenient::filled_text")]
        text: Option<Arc<str>>,
        #[serde(deserialize_with = "lenient::filled_text")]
        fallback_text: Option<Arc<str>>,
        #[serde(deserialize_with = "lenient::filled_text")]
        title: Option<Arc<str>>,
    }
    let data: Data = serde_json::from_str(data).ok()?;
    let card = data.card.unwrap_or_default();
    card.text
        .or(data.fallback_text)
        .or(card.fallback_text)
        .or(card.title)
}

impl ContentJson<'_> {
    fn into_content(self, category: &str, kind: &str) -> Option<MessageContent> {
        let is_something = |json: &&RawValue| !matches!(json.get(), "null" | "\"\"");
        if category == "interactive" {
            let data = self.interactive_data.filter(is_something)?.into();
            let goal = self
                .interaction_goal
                .filter(is_something)
                .map(RawJson::from);
            let mut content = InteractiveContent::new(kind.into(), data, goal);
            content.text = self.text.or(content.text);
            return Some(MessageContent::Interactive(Arc::new(content)));
        }
        if category == "custom" || kind == "custom" {
            return Some(MessageContent::Custom(Arc::new(CustomContent {
                kind: kind.into(),
                data: self.custom_data.filter(is_something)?.into(),
                text: self.text,
                sub_type: self.sub_type,
                updates_conversation: self.update_conversation,
                sends_notification: self.send_notification,
            })));
        }
        let kind = MediaKind::of(kind)?;
        let attachments = match self.url {
            _ if !self.attachments.is_empty() => self.attachments,
            Some(url) => vec![at_url(url)],
            None => return None,
        };
        Some(MessageContent::Media(Arc::new(MediaContent {
            kind,
            attachments,
            caption: self.text,
        })))
    }
}

/// A list of files, without those that have no URL. A file can be its URL alone.
fn attachments<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Attachment>, D::Error> {
    let Some(list) = lenient::raw(from)? else {
        return Ok(Vec::new());
    };
    let json: Option<&RawValue> = serde_json::from_str(list.as_str()).ok();
    let read = |row: &RawValue| {
        if row.get().starts_with('"') {
            serde_json::from_str(row.get()).map(at_url)
        } else {
            serde_json::from_str(row.get())
        }
    };
    let rows = json.and_then(|json| Rows::read(json, read).ok());
    let files = rows.map(|rows| rows.items).unwrap_or_default();
    Ok(files
        .into_iter()
        .filter(|file: &Attachment| !file.url.is_empty())
        .collect())
}

/// A file of which only the URL is known.
fn at_url(url: Arc<str>) -> Attachment {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    Attachment {
        extension: extension(name).into(),
        name: name.into(),
        url,
        ..Attachment::default()
    }
}
