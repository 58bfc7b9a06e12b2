use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{GroupAction, Payload, PayloadError, RawJson, lenient};

/// The content of a message, the same whether it was received or is to be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum MessageContent {
    /// Text, as the sender typed it: not made safe for display.
    Text(Arc<str>),
    /// Files.
    Media(Arc<MediaContent>),
    /// The game's own data.
    Custom(Arc<CustomContent>),
    /// A form, a card or another interactive element, as data.
    Interactive(Arc<InteractiveContent>),
    /// A change of a group's members. It can't be sent.
    #[serde(skip)]
    GroupAction(Arc<GroupAction>),
    /// A message of a kind that this version of the crate does not model, such as a call. It can't be sent.
    #[serde(skip)]
    Unmodelled(Arc<UnmodelledContent>),
}

impl MessageContent {
    /// The text of a text message, the caption of files, or the fallback text of data: of a custom message, a card, a
    /// reply of an AI agent.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Media(media) => media.caption.as_deref(),
            Self::Custom(custom) => custom.text.as_deref(),
            Self::Interactive(interactive) => interactive.text.as_deref(),
            Self::Unmodelled(content) => content.text.as_deref(),
            Self::GroupAction(_) => None,
        }
    }

    /// CometChat's category and type.
    pub(crate) fn category_and_kind(&self) -> (&str, &str) {
        match self {
            Self::Text(_) => ("message", "text"),
            Self::Media(media) => ("message", media.kind.as_str()),
            Self::Custom(custom) => ("custom", &custom.kind),
            Self::Interactive(interactive) => ("interactive", &interactive.kind),
            Self::GroupAction(_) => ("action", "groupMember"),
            Self::Unmodelled(content) => (&content.category, &content.kind),
        }
    }
}

/// The files of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MediaContent {
    /// The kind of the files.
    pub kind: MediaKind,
    /// The files.
    pub attachments: Vec<Attachment>,
    /// The sender's caption: not made safe for display.
    pub caption: Option<Arc<str>>,
}

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A video.
    Video,
    /// An audio recording.
    Audio,
    /// Any other file.
    File,
}

impl MediaKind {
    /// CometChat's name of the kind.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::File => "file",
        }
    }

    pub(crate) fn of(kind: &str) -> Option<Self> {
        [Self::Image, Self::Video, Self::Audio, Self::File]
            .into_iter()
            .find(|media| media.as_str() == kind)
    }
}

/// A file that a message carries, as a URL.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Attachment {
    /// The URL.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub url: Arc<str>,
    /// The file name.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub name: Arc<str>,
    /// The extension of the file name, without the dot.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub extension: Arc<str>,
    /// The MIME type.
    #[serde(default, deserialize_with = "lenient::text_or_empty")]
    pub mime_type: Arc<str>,
    /// The size in bytes. 0 if it is unknown.
    #[serde(default, deserialize_with = "lenient::count")]
    pub size: u64,
}

impl Attachment {
    /// A file on the web. The extension is taken from its name.
    pub fn new(
        url: impl Into<Arc<str>>,
        name: impl Into<Arc<str>>,
        mime_type: impl Into<Arc<str>>,
    ) -> Self {
        let name = name.into();
        Self {
            url: url.into(),
            extension: extension(&name).into(),
            name,
            mime_type: mime_type.into(),
            size: 0,
        }
    }
}

/// The extension of a file's name, without the dot.
pub(crate) fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// The game's own data. A message of an unknown kind still arrives, with its data and its fallback text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomContent {
    /// The game's name of the kind.
    pub kind: Arc<str>,
    /// The data.
    pub data: RawJson,
    /// The text to show if the kind is unknown: not made safe for display.
    pub text: Option<Arc<str>>,
    /// The kind within the kind.
    pub sub_type: Option<Arc<str>>,
    /// Whether the message becomes the last message of the conversation. `None`: as the app's settings say.
    pub updates_conversation: Option<bool>,
    /// Whether offline users are notified. `None`: as the app's settings say.
    pub sends_notification: Option<bool>,
}

impl CustomContent {
    pub(crate) fn new(kind: Arc<str>, data: RawJson) -> Self {
        Self {
            kind,
            data,
            text: None,
            sub_type: None,
            updates_conversation: None,
            sends_notification: None,
        }
    }

    /// The data as a `P`, if it is of the kind `P::KIND`.
    ///
    /// # Errors
    /// When such data can't be read, for example because a newer version of the game sent it.
    pub fn payload<P: Payload>(&self) -> Option<Result<P, PayloadError>> {
        (*self.kind == *P::KIND).then(|| super::payload::read(&self.data))
    }
}

/// An interactive element, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InteractiveContent {
    /// The kind, such as `form` or `card`.
    pub kind: Arc<str>,
    /// The description of the element.
    pub data: RawJson,
    /// The interactions that complete it.
    pub goal: Option<RawJson>,
    /// The text of a card, or the title of a form: not made safe for display.
    #[serde(default)]
    pub text: Option<Arc<str>>,
}

impl InteractiveContent {
    pub(crate) fn new(kind: Arc<str>, data: RawJson, goal: Option<RawJson>) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Shown {
            #[serde(deserialize_with = "lenient::filled_text")]
            text: Option<Arc<str>>,
            #[serde(deserialize_with = "lenient::filled_text")]
            title: Option<Arc<str>>,
        }
        let shown: Shown = data.parse().unwrap_or_default();
        Self {
            kind,
            data,
            goal,
            text: shown.text.or(shown.title),
        }
    }
}

/// A message of a kind that this version of the crate does not model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UnmodelledContent {
    /// CometChat's category, such as `call`.
    pub category: Arc<str>,
    /// The type within the category.
    pub kind: Arc<str>,
    /// The `data` object as it was received.
    pub data: Option<RawJson>,
    /// The text, such as that of an AI agent: not made safe for display.
    pub text: Option<Arc<str>>,
}
