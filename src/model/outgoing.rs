use std::sync::Arc;

use serde::Serialize;

use super::{Guid, MessageId, RawJson, Uid};

/// Whom to write to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ReceiverId {
    /// One user.
    User(Uid),
    /// All members of a group.
    Group(Guid),
}

impl ReceiverId {
    /// CometChat's name of the kind: `user` or `group`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Group(_) => "group",
        }
    }

    /// The receiver that CometChat names by a kind, `user` or `group`, and an id.
    #[cfg(any(test, feature = "local-server"))]
    pub(crate) fn of_kind(kind: &str, id: &str) -> Option<Self> {
        match kind {
            "user" => Some(Self::User(id.into())),
            "group" => Some(Self::Group(id.into())),
            _ => None,
        }
    }

    /// The id without its kind.
    pub fn as_str(&self) -> &str {
        match self {
            Self::User(uid) => uid.as_str(),
            Self::Group(guid) => guid.as_str(),
        }
    }
}

impl From<Uid> for ReceiverId {
    fn from(uid: Uid) -> Self {
        Self::User(uid)
    }
}

impl From<Guid> for ReceiverId {
    fn from(guid: Guid) -> Self {
        Self::Group(guid)
    }
}

/// A text message to be sent.
///
/// ```
/// use bevy_cometchat::model::TextMessage;
///
/// let to_one = TextMessage::to_user("bob", "Meet me at the well");
/// let to_all = TextMessage::to_group("guild", "Raid at eight");
/// # assert_ne!(to_one, to_all);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TextMessage {
    /// Whom it goes to.
    pub receiver: ReceiverId,
    /// What it says.
    pub text: Arc<str>,
    /// An id of the game's own, echoed by the server; one is made up when there is none.
    pub muid: Option<Arc<str>>,
    /// Data to attach.
    pub metadata: Option<RawJson>,
    /// Tags to attach.
    pub tags: Vec<Arc<str>>,
    /// The message that this one answers in a thread.
    pub parent_id: Option<MessageId>,
}

impl TextMessage {
    /// A message to a user or a group.
    pub fn new(receiver: impl Into<ReceiverId>, text: impl Into<Arc<str>>) -> Self {
        Self {
            receiver: receiver.into(),
            text: text.into(),
            muid: None,
            metadata: None,
            tags: Vec::new(),
            parent_id: None,
        }
    }

    /// A message to one user.
    pub fn to_user(uid: impl Into<Uid>, text: impl Into<Arc<str>>) -> Self {
        Self::new(uid.into(), text)
    }

    /// A message to all members of a group.
    pub fn to_group(guid: impl Into<Guid>, text: impl Into<Arc<str>>) -> Self {
        Self::new(guid.into(), text)
    }

    /// Sets the id of the game's own.
    #[must_use]
    pub fn with_muid(mut self, muid: impl Into<Arc<str>>) -> Self {
        self.muid = Some(muid.into());
        self
    }

    /// Attaches data.
    ///
    /// # Errors
    /// When `metadata` has no JSON form.
    pub fn with_metadata(mut self, metadata: &impl Serialize) -> serde_json::Result<Self> {
        self.metadata = Some(RawJson::new(metadata)?);
        Ok(self)
    }

    /// Attaches a tag.
    #[must_use]
    pub fn with_tag(mut self, tag: impl Into<Arc<str>>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Makes it an answer in the thread of `parent`.
    #[must_use]
    pub fn in_thread_of(mut self, parent: MessageId) -> Self {
        self.parent_id = Some(parent);
        self
    }
}
