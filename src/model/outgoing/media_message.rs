use std::{fmt, sync::Arc};

use super::{Envelope, OutgoingContent, OutgoingMessage, envelope_setters};
use crate::model::{Attachment, MediaKind, ReceiverId};

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
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MediaMessage {
    /// What messages of all kinds have.
    pub envelope: Envelope,
    /// What the files are.
    pub kind: MediaKind,
    /// Files that are on the web already.
    pub attachments: Vec<Attachment>,
    /// Files that are sent along.
    pub uploads: Vec<Upload>,
    /// What to say of them.
    pub caption: Option<Arc<str>>,
}

impl MediaMessage {
    /// A message that has no files yet.
    pub fn new(receiver: impl Into<ReceiverId>, kind: MediaKind) -> Self {
        Self {
            envelope: Envelope::to(receiver),
            kind,
            attachments: Vec::new(),
            uploads: Vec::new(),
            caption: None,
        }
    }

    /// Adds a file that is on the web already.
    #[must_use]
    pub fn with_attachment(mut self, attachment: Attachment) -> Self {
        self.attachments.push(attachment);
        self
    }

    /// Adds a file that is sent along. A message has either these or attachments.
    #[must_use]
    pub fn with_upload(mut self, upload: Upload) -> Self {
        self.uploads.push(upload);
        self
    }

    /// Says something of the files.
    #[must_use]
    pub fn with_caption(mut self, caption: impl Into<Arc<str>>) -> Self {
        self.caption = Some(caption.into());
        self
    }
}

envelope_setters!(MediaMessage);

impl From<MediaMessage> for OutgoingMessage {
    fn from(message: MediaMessage) -> Self {
        Self {
            envelope: message.envelope,
            content: OutgoingContent::Media {
                kind: message.kind,
                attachments: message.attachments,
                uploads: message.uploads,
                caption: message.caption,
            },
        }
    }
}

/// A file that is sent along with a message.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Upload {
    /// Its file name.
    pub name: Arc<str>,
    /// Its MIME type.
    pub mime_type: Arc<str>,
    /// What is in it.
    pub bytes: Arc<[u8]>,
}

impl Upload {
    /// A file of that name and type.
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
