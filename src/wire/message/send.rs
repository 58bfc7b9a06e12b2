//! The bodies of `POST messages` and `PUT messages/{id}`.

use std::sync::Arc;

use serde::Serialize;

use crate::{
    model::{Attachment, MessageContent, MessageId, OutgoingMessage, RawJson, Upload},
    wire::{body::Body, form::Form},
};

/// A message as the official SDKs send it: the members of their object, and in `data` again those that the server
/// stores.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageJson<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    receiver_type: &'a str,
    category: &'a str,
    data: DataJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<&'a RawJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interactive_data: Option<&'a RawJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interaction_goal: Option<&'a RawJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    muid: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [Arc<str>],
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a RawJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_message_id: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quoted_message_id: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver: Option<&'a str>,
    /// The name of `receiver` in an edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver_id: Option<&'a str>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct DataJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    attachments: &'a [Attachment],
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<&'a RawJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_conversation: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_notification: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interactive_data: Option<&'a RawJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interaction_goal: Option<&'a RawJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a RawJson>,
}

/// The body that sends `message` under `muid`: a form if it has uploads.
///
/// # Errors
/// When the message has no JSON form.
pub(crate) fn message_body(message: &OutgoingMessage, muid: &str) -> serde_json::Result<Body> {
    let json = MessageJson {
        muid: Some(muid),
        ..MessageJson::new(message)
    };
    if message.uploads.is_empty() {
        Body::json(&json)
    } else {
        json.into_form(&message.uploads)
    }
}

/// The body of an edit of the message `id` to the content of `message`.
///
/// # Errors
/// When the message has no JSON form.
pub(crate) fn edit_body(id: MessageId, message: &OutgoingMessage) -> serde_json::Result<Body> {
    Body::json(&MessageJson {
        id: Some(id),
        receiver: None,
        receiver_id: Some(message.envelope.receiver.as_str()),
        ..MessageJson::new(message)
    })
}

impl<'a> MessageJson<'a> {
    fn new(message: &'a OutgoingMessage) -> Self {
        let envelope = &message.envelope;
        let (category, kind) = message.content.category_and_kind();
        let json = Self {
            kind,
            category,
            receiver_type: envelope.receiver.kind(),
            receiver: Some(envelope.receiver.as_str()),
            tags: &envelope.tags,
            metadata: envelope.metadata.as_ref(),
            parent_message_id: envelope.parent_id,
            quoted_message_id: envelope.quoted_id,
            data: DataJson {
                metadata: envelope.metadata.as_ref(),
                ..DataJson::default()
            },
            ..Self::default()
        };
        json.with_content(&message.content, message.uploads.is_empty())
    }

    fn with_content(mut self, content: &'a MessageContent, has_no_uploads: bool) -> Self {
        match content {
            MessageContent::Text(text) => {
                self.text = Some(text);
                self.data.text = Some(text);
            }
            MessageContent::Media(media) => {
                self.caption = media.caption.as_deref();
                self.data.text = media.caption.as_deref();
                self.data.url = has_no_uploads.then_some("");
                self.data.attachments = &media.attachments;
            }
            MessageContent::Custom(custom) => {
                self.custom_data = Some(&custom.data);
                self.sub_type = custom.sub_type.as_deref();
                self.data.custom_data = Some(&custom.data);
                self.data.sub_type = custom.sub_type.as_deref();
                self.data.text = custom.text.as_deref();
                self.data.update_conversation = custom.updates_conversation;
                self.data.send_notification = custom.sends_notification;
            }
            MessageContent::Interactive(interactive) => {
                self.interactive_data = Some(&interactive.data);
                self.interaction_goal = interactive.goal.as_ref();
                self.data.interactive_data = Some(&interactive.data);
                self.data.interaction_goal = interactive.goal.as_ref();
            }
            // Only the server makes these: no client sends them.
            MessageContent::GroupAction(_) | MessageContent::Unmodelled(_) => {}
        }
        self
    }

    fn into_form(self, uploads: &[Upload]) -> serde_json::Result<Body> {
        let mut form = Form::new(format!("bevy-cometchat-{}", uuid::Uuid::new_v4().simple()));
        form.text("type", self.kind);
        form.text("receiverType", self.receiver_type);
        form.text("category", self.category);
        form.text("data", &serde_json::to_string(&self.data)?);
        for upload in uploads {
            form.file("files[]", &upload.name, &upload.mime_type, &upload.bytes);
        }
        for (name, value) in [("receiver", self.receiver), ("caption", self.caption)] {
            if let Some(value) = value {
                form.text(name, value);
            }
        }
        for tag in self.tags {
            form.text("tags[]", tag);
        }
        if let Some(muid) = self.muid {
            form.text("muid", muid);
        }
        for (name, id) in [
            ("parentMessageId", self.parent_message_id),
            ("quotedMessageId", self.quoted_message_id),
        ] {
            if let Some(id) = id {
                form.text(name, &id.to_string());
            }
        }
        Ok(form.finish())
    }
}
