use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Upload;
use crate::model::{Attachment, MediaKind, MessageId, RawJson, ReceiverId};

/// A message of any kind, to be sent. Made from [`TextMessage`](super::TextMessage),
/// [`MediaMessage`](super::MediaMessage), [`CustomMessage`](super::CustomMessage) and
/// [`InteractiveMessage`](super::InteractiveMessage).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutgoingMessage {
    /// What messages of all kinds have.
    pub envelope: Envelope,
    /// What it says.
    pub content: OutgoingContent,
}

/// What messages of all kinds have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Envelope {
    /// Whom it goes to.
    pub receiver: ReceiverId,
    /// The id by which the game knows the message, echoed by the server; one is made up when there is none.
    pub muid: Option<Arc<str>>,
    /// Data to attach.
    pub metadata: Option<RawJson>,
    /// Tags to attach.
    pub tags: Vec<Arc<str>>,
    /// The message that this one answers in a thread.
    pub parent_id: Option<MessageId>,
    /// The message that this one quotes.
    pub quoted_id: Option<MessageId>,
}

impl Envelope {
    pub(crate) fn to(receiver: impl Into<ReceiverId>) -> Self {
        Self {
            receiver: receiver.into(),
            muid: None,
            metadata: None,
            tags: Vec::new(),
            parent_id: None,
            quoted_id: None,
        }
    }
}

/// What a message to be sent says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum OutgoingContent {
    /// Text.
    Text(Arc<str>),
    /// Files.
    Media {
        /// What they are.
        kind: MediaKind,
        /// Files that are on the web already.
        attachments: Vec<Attachment>,
        /// Files that are sent along.
        #[serde(skip)]
        uploads: Vec<Upload>,
        /// What to say of them.
        caption: Option<Arc<str>>,
    },
    /// Data of the game's own.
    Custom {
        /// The game's name of what it is.
        kind: Arc<str>,
        /// The data.
        data: RawJson,
        /// The words to show where the kind is not known.
        text: Option<Arc<str>>,
        /// A kind within the kind.
        sub_type: Option<Arc<str>>,
        /// Whether it becomes the conversation's last message; what the app's settings say if `None`.
        updates_conversation: Option<bool>,
        /// Whether players who are away are notified; what the app's settings say if `None`.
        sends_notification: Option<bool>,
    },
    /// A thing to interact with.
    Interactive {
        /// What it is, such as `form` or `card`.
        kind: Arc<str>,
        /// How it looks and what it does.
        data: RawJson,
        /// Which interactions complete it.
        goal: Option<RawJson>,
    },
}

impl OutgoingContent {
    /// The files that are sent along.
    pub(crate) fn uploads(&self) -> &[Upload] {
        match self {
            Self::Media { uploads, .. } => uploads,
            _ => &[],
        }
    }

    /// CometChat's category and type.
    pub(crate) fn category_and_kind(&self) -> (&'static str, &str) {
        match self {
            Self::Text(_) => ("message", "text"),
            Self::Media { kind, .. } => ("message", kind.as_str()),
            Self::Custom { kind, .. } => ("custom", kind),
            Self::Interactive { kind, .. } => ("interactive", kind),
        }
    }
}
