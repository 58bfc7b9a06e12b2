//! A tab of the chat box: what it shows, and how it is addressed.

use std::{fmt, sync::Arc};

use bevy::prelude::*;

use super::tab_id::ChatTabId;
use crate::{
    history::{ConversationHistory, History},
    model::{ReceiverId, Uid},
};

/// What the ids of the tabs for single users start with.
const WHISPER_TAB: &str = "whisper:";

/// A tab: a selection of conversations, and the receiver of lines that are typed while it is active.
#[derive(Reflect, Clone, Debug, PartialEq)]
#[reflect(Clone, Debug, PartialEq)]
pub struct ChatTab {
    /// The id of the tab, for the game.
    pub id: ChatTabId,
    /// The label, for the player.
    pub label: String,
    /// The content of the tab.
    pub shows: ChatTabShows,
    /// The command that sends a line to the tab's conversation from any tab, without the slash: `p` for `/p TEXT`.
    /// Commands with the same name have precedence. Default: `None`.
    pub prefix: Option<String>,
    /// The colour of the lines of the tab's conversation, made legible like the colours of the theme. Default: `None`.
    pub color: Option<Color>,
    /// The key that opens the box with the tab's conversation as the receiver. Default: `None`.
    pub key: Option<KeyCode>,
}

/// The content of a tab.
#[derive(Reflect, Clone, Debug, PartialEq)]
#[reflect(opaque, Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ChatTabShows {
    /// All conversations and notes. Lines go to the conversation of the first tab that has one.
    Everything,
    /// One conversation. With `None`, the tab is hidden.
    Conversation(Option<ReceiverId>),
    /// These conversations. Lines go to the first. With none, the tab is hidden.
    Conversations(Vec<ReceiverId>),
    /// The conversations of the history that match. Lines go to the one with the newest message.
    Matching(ConversationFilter),
    /// All conversations with single users. Lines go to the conversation with the newest message.
    Whispers,
    /// The [`ChatNotes`](super::ChatNotes). Members that join and leave are shown in the conversation of their group.
    System,
}

/// Selects conversations: see [`ChatTabShows::matching`].
#[derive(Clone)]
pub struct ConversationFilter(Arc<Matches>);

type Matches = dyn Fn(&ConversationHistory) -> bool + Send + Sync;

impl PartialEq for ConversationFilter {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for ConversationFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConversationFilter")
    }
}

impl ChatTabShows {
    /// The conversations for which `matches` returns `true`.
    ///
    /// ```
    /// use bevy_cometchat::chat_box::{ChatTab, ChatTabShows};
    ///
    /// let raids = ChatTabShows::matching(|it| it.id().as_str().starts_with("raid-"));
    /// let tab = ChatTab::new("raids", "Raids", raids);
    /// ```
    pub fn matching(
        matches: impl Fn(&ConversationHistory) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::Matching(ConversationFilter(Arc::new(matches)))
    }

    /// The conversations that it names, whether or not the history holds them.
    pub(super) fn named(&self) -> &[ReceiverId] {
        match self {
            Self::Conversation(with) => with.as_slice(),
            Self::Conversations(all) => all,
            Self::Everything | Self::Matching(_) | Self::Whispers | Self::System => &[],
        }
    }
}

impl ChatTab {
    /// A tab without a prefix, a colour and a key.
    pub fn new(id: impl Into<ChatTabId>, label: impl Into<String>, shows: ChatTabShows) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            shows,
            prefix: None,
            color: None,
            key: None,
        }
    }

    /// The command that sends a line to the tab's conversation, without the slash.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// The colour of the lines of the tab's conversation.
    #[must_use]
    pub const fn with_color(mut self, color: Color) -> Self {
        self.color = Some(color);
        self
    }

    /// The key that opens the box with the tab's conversation as the receiver.
    #[must_use]
    pub const fn with_key(mut self, key: KeyCode) -> Self {
        self.key = Some(key);
        self
    }

    /// Whether the tab bar shows the tab. A tab for certain conversations is hidden until it has one.
    pub fn is_visible(&self) -> bool {
        let is_for_certain = matches!(
            self.shows,
            ChatTabShows::Conversation(_) | ChatTabShows::Conversations(_)
        );
        !is_for_certain || !self.shows.named().is_empty()
    }

    /// The tab for the whispers with a user.
    pub(super) fn whispers(uid: &Uid, name: &str) -> Self {
        let id = ChatTabId::from(format!("{WHISPER_TAB}{uid}"));
        let shows = ChatTabShows::Conversation(Some(uid.clone().into()));
        Self::new(id, name, shows)
    }

    /// Whether it was opened for a single user.
    pub(super) fn is_whisper_tab(&self) -> bool {
        self.id.starts_with(WHISPER_TAB)
    }

    /// The user whose whispers are all that the tab shows.
    pub(super) fn whispers_with(&self) -> Option<&Uid> {
        match &self.shows {
            ChatTabShows::Conversation(Some(ReceiverId::User(uid))) => Some(uid),
            _ => None,
        }
    }

    /// Whether it may show several conversations.
    pub(super) const fn shows_several(&self) -> bool {
        matches!(
            self.shows,
            ChatTabShows::Everything | ChatTabShows::Conversations(_) | ChatTabShows::Matching(_)
        )
    }

    pub(super) fn contains(&self, conversation: &ConversationHistory) -> bool {
        match &self.shows {
            ChatTabShows::Everything => true,
            ChatTabShows::Whispers => is_whisper(conversation.id()),
            ChatTabShows::Matching(filter) => filter.0(conversation),
            ChatTabShows::System => false,
            named => named.named().contains(conversation.id()),
        }
    }

    /// The number of unread messages in the tab. Always 0 for [`ChatTabShows::Everything`], which would repeat the
    /// counts of the other tabs.
    pub fn unread(&self, history: &History) -> u64 {
        match &self.shows {
            ChatTabShows::Everything | ChatTabShows::System => 0,
            _ => {
                let conversations = history.conversations().filter(|it| self.contains(it));
                conversations.map(ConversationHistory::unread).sum()
            }
        }
    }
}

/// Whether the conversation is with a single user.
pub(super) fn is_whisper(with: &ReceiverId) -> bool {
    matches!(with, ReceiverId::User(_))
}
