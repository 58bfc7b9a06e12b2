//! Messages to be sent.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    Attachment, CustomContent, Guid, InteractiveContent, MediaContent, MediaKind, MessageContent,
    MessageId, Payload, RawJson, ReceiverId, Uid, payload,
};
use crate::setters::setters;

/// A message to be sent, with content of one kind, or of any kind: [`TextMessage`], [`MediaMessage`], [`CustomMessage`]
/// and [`InteractiveMessage`] are converted into an `OutgoingMessage` when they are sent.
///
/// ```
/// use bevy_cometchat::model::{MessageId, OutgoingMessage, TextMessage};
///
/// let message: OutgoingMessage = TextMessage::to_group("guild", "Raid at eight, <@uid:bob>")
///     .with_tag("raid")
///     .in_thread_of(MessageId(7))
///     .into();
/// # assert_eq!(message.envelope.parent_id, Some(MessageId(7)));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutgoingMessage<C = MessageContent> {
    /// The receiver, and what can be attached to messages of all kinds.
    pub envelope: Envelope,
    /// The content.
    pub content: C,
    /// Files that are sent along with a [`MediaMessage`].
    #[serde(skip)]
    pub uploads: Vec<Upload>,
}

/// A text message to be sent. `<@uid:bob>` in its text mentions a user.
///
/// ```
/// use bevy_cometchat::model::TextMessage;
///
/// let to_one = TextMessage::to_user("bob", "Meet me at the well");
/// let to_all = TextMessage::to_group("guild", "Raid at eight, <@uid:bob>");
/// # assert_ne!(to_one, to_all);
/// ```
pub type TextMessage = OutgoingMessage<Arc<str>>;

/// A message with files, to be sent.
///
/// ```
/// use bevy_cometchat::model::{Guid, MediaKind, MediaMessage, Upload};
///
/// let png = vec![0x89, b'P', b'N', b'G'];
/// let screenshot = MediaMessage::new(Guid::from("guild"), MediaKind::Image)
///     .with_upload(Upload::new("loot.png", "image/png", png))
///     .with_caption("Look what dropped");
/// # let _ = screenshot;
/// ```
pub type MediaMessage = OutgoingMessage<MediaContent>;

/// A message with the game's own data, to be sent. The data is a [`Payload`], or with [`new`](CustomMessage::new) any
/// type.
pub type CustomMessage = OutgoingMessage<CustomContent>;

/// A message to interact with, such as a form, to be sent as data.
pub type InteractiveMessage = OutgoingMessage<InteractiveContent>;

/// The receiver of a message to be sent, and what can be attached to messages of all kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Envelope {
    /// The receiver.
    pub receiver: ReceiverId,
    /// The id by which the game knows the message, echoed by the server. Default: the client generates one.
    pub muid: Option<Arc<str>>,
    /// Data to attach.
    pub metadata: Option<RawJson>,
    /// Tags to attach.
    pub tags: Vec<Arc<str>>,
    /// The first message of the thread that this message belongs to.
    pub parent_id: Option<MessageId>,
    /// The message that this one quotes.
    pub quoted_id: Option<MessageId>,
}

/// A file that is sent along with a message.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Upload {
    /// Its file name.
    pub name: Arc<str>,
    /// Its MIME type.
    pub mime_type: Arc<str>,
    /// Its content.
    pub bytes: Arc<[u8]>,
}

/// Data for the users who are online now, such as an emote. It is never stored or queued.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TransientMessage {
    /// The receiver.
    pub receiver: ReceiverId,
    /// The data.
    pub data: RawJson,
}

/// # Of any kind
impl<C> OutgoingMessage<C> {
    fn with_content(receiver: impl Into<ReceiverId>, content: C) -> Self {
        Self {
            envelope: Envelope {
                receiver: receiver.into(),
                muid: None,
                metadata: None,
                tags: Vec::new(),
                parent_id: None,
                quoted_id: None,
            },
            content,
            uploads: Vec::new(),
        }
    }

    /// Attaches data.
    ///
    /// # Errors
    /// When `metadata` has no JSON form.
    pub fn with_metadata(mut self, metadata: &impl Serialize) -> serde_json::Result<Self> {
        self.envelope.metadata = Some(RawJson::new(metadata)?);
        Ok(self)
    }

    /// Attaches a tag.
    #[must_use]
    pub fn with_tag(mut self, tag: impl Into<Arc<str>>) -> Self {
        self.envelope.tags.push(tag.into());
        self
    }

    setters! {
        /// Sets the id by which the game knows the message; the server echoes it. Default: the client generates one.
        /// Each message of a user needs its own id: a second message with the same id counts as the first one again.
        with_muid(muid: impl Into<Arc<str>>) => envelope.muid = Some(muid.into());
        /// Makes it a reply in the thread of `parent`.
        in_thread_of(parent: MessageId) => envelope.parent_id = Some(parent);
        /// Quotes another message of the conversation.
        quoting(message: MessageId) => envelope.quoted_id = Some(message);
    }
}

impl TextMessage {
    /// A message to a user or a group.
    pub fn new(receiver: impl Into<ReceiverId>, text: impl Into<Arc<str>>) -> Self {
        Self::with_content(receiver, text.into())
    }

    /// A message to one user.
    pub fn to_user(uid: impl Into<Uid>, text: impl Into<Arc<str>>) -> Self {
        Self::new(uid.into(), text)
    }

    /// A message to all members of a group.
    pub fn to_group(guid: impl Into<Guid>, text: impl Into<Arc<str>>) -> Self {
        Self::new(guid.into(), text)
    }
}

impl MediaMessage {
    /// A message without files.
    pub fn new(receiver: impl Into<ReceiverId>, kind: MediaKind) -> Self {
        let content = MediaContent {
            kind,
            attachments: Vec::new(),
            caption: None,
        };
        Self::with_content(receiver, content)
    }

    /// Adds a file by its URL.
    #[must_use]
    pub fn with_attachment(mut self, attachment: Attachment) -> Self {
        self.content.attachments.push(attachment);
        self
    }

    /// Adds a file that is sent along. A message has either uploads or attachments.
    #[must_use]
    pub fn with_upload(mut self, upload: Upload) -> Self {
        self.uploads.push(upload);
        self
    }

    /// Sets the caption.
    #[must_use]
    pub fn with_caption(mut self, caption: impl Into<Arc<str>>) -> Self {
        self.content.caption = Some(caption.into());
        self
    }
}

impl CustomMessage {
    /// A message with any data.
    ///
    /// # Errors
    /// When `data` has no JSON form.
    pub fn new(
        receiver: impl Into<ReceiverId>,
        kind: impl Into<Arc<str>>,
        data: &impl Serialize,
    ) -> serde_json::Result<Self> {
        let content = CustomContent::new(kind.into(), RawJson::new(data)?);
        Ok(Self::with_content(receiver, content))
    }

    /// A message with a payload and its fallback text.
    ///
    /// # Errors
    /// When `payload` has no JSON form.
    pub fn payload<P: Payload>(
        receiver: impl Into<ReceiverId>,
        payload: &P,
    ) -> serde_json::Result<Self> {
        let content = CustomContent::new(P::KIND.into(), payload::write(payload)?);
        let message = Self::with_content(receiver, content);
        Ok(message.with_text(payload.fallback_text()))
    }

    setters! {
        /// Sets the text to show if the kind is unknown.
        with_text(text: impl Into<Arc<str>>) => content.text = Some(text.into());
        /// Sets the sub type.
        with_sub_type(sub_type: impl Into<Arc<str>>) => content.sub_type = Some(sub_type.into());
        /// Sets whether the message becomes the last message of the conversation.
        updating_conversation(updates: bool) => content.updates_conversation = Some(updates);
        /// Sets whether offline users are notified.
        sending_notification(sends: bool) => content.sends_notification = Some(sends);
    }
}

impl InteractiveMessage {
    /// A message of that kind, such as `form` or `card`.
    ///
    /// # Errors
    /// When `data` has no JSON form.
    pub fn new(
        receiver: impl Into<ReceiverId>,
        kind: impl Into<Arc<str>>,
        data: &impl Serialize,
    ) -> serde_json::Result<Self> {
        let content = InteractiveContent::new(kind.into(), RawJson::new(data)?, None);
        Ok(Self::with_content(receiver, content))
    }

    /// Sets the interactions that complete it.
    ///
    /// # Errors
    /// When `goal` has no JSON form.
    pub fn with_goal(mut self, goal: &impl Serialize) -> serde_json::Result<Self> {
        self.content.goal = Some(RawJson::new(goal)?);
        Ok(self)
    }
}

impl OutgoingMessage {
    /// The content of the message as it is shown before it is sent. Files that are sent along have no URL yet.
    pub(crate) fn to_content(&self) -> MessageContent {
        let mut content = self.content.clone();
        if let MessageContent::Media(media) = &mut content
            && !self.uploads.is_empty()
        {
            let files = self.uploads.iter().map(Upload::to_attachment);
            Arc::make_mut(media).attachments.extend(files);
        }
        content
    }

    /// The approximate size as JSON in bytes, without the files that are sent along.
    pub(crate) fn size(&self) -> usize {
        /// The bytes of the names of members and of numbers.
        const MEMBERS: usize = 128;

        let text = |text: &Option<Arc<str>>| text.as_ref().map_or(0, |text| text.len());
        let raw = |json: &Option<RawJson>| json.as_ref().map_or(0, |json| json.as_str().len());
        let envelope = &self.envelope;
        let tags: usize = envelope.tags.iter().map(|tag| tag.len()).sum();
        let content = match &self.content {
            MessageContent::Text(text) => text.len(),
            MessageContent::Media(media) => {
                let file = |file: &Attachment| {
                    MEMBERS
                        + file.url.len()
                        + file.name.len()
                        + file.extension.len()
                        + file.mime_type.len()
                };
                text(&media.caption) + media.attachments.iter().map(file).sum::<usize>()
            }
            MessageContent::Custom(custom) => {
                custom.kind.len()
                    + custom.data.as_str().len()
                    + text(&custom.text)
                    + text(&custom.sub_type)
            }
            MessageContent::Interactive(content) => {
                content.kind.len() + content.data.as_str().len() + raw(&content.goal)
            }
            MessageContent::GroupAction(_) | MessageContent::Unmodelled(_) => 0,
        };
        MEMBERS
            + envelope.receiver.as_str().len()
            + text(&envelope.muid)
            + raw(&envelope.metadata)
            + tags
            + content
    }

    /// The size of the files that are sent along, in bytes.
    pub(crate) fn upload_size(&self) -> usize {
        let sizes = self.uploads.iter().map(|upload| upload.bytes.len());
        sizes.fold(0, usize::saturating_add)
    }
}

/// Converts a message with content of one kind into one with content of any kind.
macro_rules! of_any_kind {
    ($message:ident, $content:path) => {
        impl From<$message> for OutgoingMessage {
            fn from(message: $message) -> Self {
                Self {
                    envelope: message.envelope,
                    content: $content(message.content.into()),
                    uploads: message.uploads,
                }
            }
        }
    };
}
of_any_kind!(TextMessage, MessageContent::Text);
of_any_kind!(MediaMessage, MessageContent::Media);
of_any_kind!(CustomMessage, MessageContent::Custom);
of_any_kind!(InteractiveMessage, MessageContent::Interactive);

impl Upload {
    /// A file with a name and a MIME type.
    pub fn new(
        name: impl Into<Arc<str>>,
        mime_type: impl Into<Arc<str>>,
        bytes: impl Into<Arc<[u8]>>,
    ) -> Self {
        Self {
            name: name.into(),
            mime_type: mime_type.into(),
            bytes: bytes.into(),
        }
    }

    /// The file as part of a message that is not sent yet: without a URL.
    fn to_attachment(&self) -> Attachment {
        Attachment {
            size: self.bytes.len() as u64,
            ..Attachment::new("", self.name.clone(), self.mime_type.clone())
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("name", &self.name)
            .field("mime_type", &self.mime_type)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

impl TransientMessage {
    /// Data to a user or a group.
    ///
    /// # Errors
    /// When `data` has no JSON form.
    pub fn new(receiver: impl Into<ReceiverId>, data: &impl Serialize) -> serde_json::Result<Self> {
        Ok(Self {
            receiver: receiver.into(),
            data: RawJson::new(data)?,
        })
    }
}
