use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::action;
use crate::{
    model::{
        Attachment, CustomContent, InteractiveContent, MediaContent, MediaKind, MessageContent,
        RawJson, UnmodelledContent, extension, lenient,
    },
    wire::{interner::Interner, text::Text},
};

/// The members of `data` that say what a message of a kind other than text says (PROTOCOL.md §2.9 and §3.5).
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ContentJson<'a> {
    #[serde(deserialize_with = "lenient::filled_text")]
    text: Option<Arc<str>>,
    #[serde(deserialize_with = "lenient::filled_text")]
    url: Option<Arc<str>>,
    attachments: Option<Vec<Attachment>>,
    #[serde(borrow)]
    custom_data: Option<&'a RawValue>,
    #[serde(deserialize_with = "lenient::filled_text")]
    sub_type: Option<Arc<str>>,
    #[serde(borrow)]
    interactive_data: Option<&'a RawValue>,
    #[serde(borrow)]
    interaction_goal: Option<&'a RawValue>,
}

/// What a message of that category and type says. Where it does not have what its kind must have, it is given as it
/// came.
pub(super) fn read(
    category: &Text<'_>,
    kind: &Text<'_>,
    text: Option<Text<'_>>,
    data: impl FnOnce() -> Option<RawJson>,
    interner: &mut Interner,
) -> serde_json::Result<MessageContent> {
    let (category, kind) = (category.as_str(), kind.as_str());
    if let ("message", "text", Some(text)) = (category, kind, &text) {
        return Ok(MessageContent::Text(text.clone().into()));
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
    Ok(modelled.unwrap_or_else(|| {
        MessageContent::Unmodelled(Arc::new(UnmodelledContent {
            category: category.into(),
            kind: kind.into(),
            data,
        }))
    }))
}

impl ContentJson<'_> {
    fn into_content(self, category: &str, kind: &str) -> Option<MessageContent> {
        if category == "interactive" {
            return Some(MessageContent::Interactive(Arc::new(InteractiveContent {
                kind: kind.into(),
                data: self.interactive_data?.into(),
                goal: self.interaction_goal.map(RawJson::from),
            })));
        }
        if category == "custom" || kind == "custom" {
            return Some(MessageContent::Custom(Arc::new(CustomContent {
                kind: kind.into(),
                data: self.custom_data?.into(),
                text: self.text,
                sub_type: self.sub_type,
            })));
        }
        let kind = MediaKind::of(kind)?;
        let attachments = match (self.attachments, self.url) {
            (Some(attachments), _) if !attachments.is_empty() => attachments,
            (_, Some(url)) => vec![at_url(url)],
            (_, None) => return None,
        };
        Some(MessageContent::Media(Arc::new(MediaContent {
            kind,
            attachments,
            caption: self.text,
        })))
    }
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
