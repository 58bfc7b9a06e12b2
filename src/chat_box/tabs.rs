use bevy::prelude::*;

use super::safety::muted::Muted;
use crate::{
    client::ErrorCode,
    history::{ConversationHistory, Entry, EntryStatus, History},
    model::ReceiverId,
};

/// The tabs of the chat box.
///
/// The default tabs are all, zone, party, whispers and system. Zone and party are hidden until the game gives them a
/// conversation:
///
/// ```
/// use bevy_cometchat::{chat_box::ChatTabs, prelude::*};
///
/// let mut tabs = ChatTabs::default();
/// tabs.show(ChatTabs::ZONE, Guid::from("zone-tavern"));
/// ```
#[derive(Resource, Reflect, Clone, Debug)]
#[reflect(Resource, Clone, Debug, Default)]
pub struct ChatTabs(Vec<ChatTab>);

/// A tab: a selection of conversations, and the receiver of lines that are typed while it is active.
#[derive(Reflect, Clone, Debug, PartialEq)]
#[reflect(Clone, Debug, PartialEq)]
pub struct ChatTab {
    /// The id of the tab, for the game.
    pub id: &'static str,
    /// The label, for the player.
    pub label: String,
    /// The content of the tab.
    pub shows: ChatTabShows,
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
    /// All conversations with single users. Lines go to the conversation with the newest message.
    Whispers,
    /// The [`ChatNotes`](super::ChatNotes). Members that join and leave are shown in the conversation of their group.
    System,
}

impl ChatTab {
    /// A tab.
    pub fn new(id: &'static str, label: impl Into<String>, shows: ChatTabShows) -> Self {
        Self {
            id,
            label: label.into(),
            shows,
        }
    }

    /// Whether the tab bar shows the tab. A tab for one conversation is hidden until it has one.
    pub fn is_visible(&self) -> bool {
        self.shows != ChatTabShows::Conversation(None)
    }

    pub(super) fn contains(&self, conversation: &ConversationHistory) -> bool {
        match &self.shows {
            ChatTabShows::Everything => true,
            ChatTabShows::Conversation(with) => with.as_ref() == Some(conversation.id()),
            ChatTabShows::Whispers => is_whisper(conversation.id()),
            ChatTabShows::System => false,
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

impl Default for ChatTabs {
    fn default() -> Self {
        Self::new([
            ChatTab::new(Self::ALL, "All", ChatTabShows::Everything),
            ChatTab::new(Self::ZONE, "Zone", ChatTabShows::Conversation(None)),
            ChatTab::new(Self::PARTY, "Party", ChatTabShows::Conversation(None)),
            ChatTab::new(Self::WHISPERS, "Whispers", ChatTabShows::Whispers),
            ChatTab::new(Self::SYSTEM, "System", ChatTabShows::System),
        ])
    }
}

impl ChatTabs {
    /// The id of the default tab for everything.
    pub const ALL: &'static str = "all";
    /// The id of the default tab for the conversation of the player's surroundings.
    pub const ZONE: &'static str = "zone";
    /// The id of the default tab for the player's party.
    pub const PARTY: &'static str = "party";
    /// The id of the default tab for conversations with single users.
    pub const WHISPERS: &'static str = "whispers";
    /// The id of the default tab for notes.
    pub const SYSTEM: &'static str = "system";

    /// Custom tabs, in this order. The first visible one is active at the start.
    pub fn new(tabs: impl IntoIterator<Item = ChatTab>) -> Self {
        Self(tabs.into_iter().collect())
    }

    /// All tabs, including the hidden ones.
    pub fn iter(&self) -> impl Iterator<Item = &ChatTab> {
        self.0.iter()
    }

    /// The tab with this id.
    pub fn get(&self, id: &str) -> Option<&ChatTab> {
        self.iter().find(|tab| tab.id == id)
    }

    /// Mutable access to the tab with this id.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut ChatTab> {
        self.0.iter_mut().find(|tab| tab.id == id)
    }

    /// Shows a conversation in a tab, which becomes visible. Does nothing if there is no tab with this id.
    pub fn show(&mut self, id: &str, conversation: impl Into<ReceiverId>) {
        self.set_conversation(id, Some(conversation.into()));
    }

    /// Takes the conversation from a tab, which becomes hidden. Does nothing if there is no tab with this id.
    pub fn hide(&mut self, id: &str) {
        self.set_conversation(id, None);
    }

    fn set_conversation(&mut self, id: &str, conversation: Option<ReceiverId>) {
        if let Some(tab) = self.get_mut(id) {
            tab.shows = ChatTabShows::Conversation(conversation);
        }
    }

    /// The tab that is active if the tab with this id is selected: that tab, or the first visible one.
    pub fn active(&self, id: &str) -> Option<&ChatTab> {
        let selected = self.get(id).filter(|tab| tab.is_visible());
        selected.or_else(|| self.iter().find(|tab| tab.is_visible()))
    }

    /// The id of the visible tab that is `step` places to the right of the tab with this id. The last tab is followed
    /// by the first. `None` if no tab is visible.
    pub fn neighbor(&self, id: &str, step: isize) -> Option<&'static str> {
        let visible: Vec<_> = self.iter().filter(|tab| tab.is_visible()).collect();
        let current = visible.iter().position(|tab| tab.id == id).unwrap_or(0);
        let count = isize::try_from(visible.len()).ok()?;
        let next = isize::try_from(current).ok()?.checked_add(step)?;
        let next = usize::try_from(next.checked_rem_euclid(count)?).ok()?;
        visible.get(next).map(|tab| tab.id)
    }

    /// The conversations that a tab names, whether or not the history holds them.
    pub(super) fn conversations<'a>(
        &'a self,
        tab: &'a ChatTab,
    ) -> impl Iterator<Item = &'a ReceiverId> {
        let is_all = tab.shows == ChatTabShows::Everything;
        let tabs = self.iter().filter(move |it| is_all || it.id == tab.id);
        tabs.filter_map(|it| match &it.shows {
            ChatTabShows::Conversation(with) => with.as_ref(),
            _ => None,
        })
    }

    /// Whether a tab names this conversation.
    pub(super) fn has_conversation(&self, with: &ReceiverId) -> bool {
        self.label_of(with).is_some()
    }

    /// The receiver of a line that is typed while the tab is active.
    pub(super) fn target(
        &self,
        tab: &ChatTab,
        history: &History,
        muted: &Muted,
    ) -> Option<ReceiverId> {
        match &tab.shows {
            ChatTabShows::Conversation(with) => with.clone(),
            ChatTabShows::Whispers => newest_whisper(history, muted),
            ChatTabShows::Everything | ChatTabShows::System => {
                self.iter().find_map(|tab| match &tab.shows {
                    ChatTabShows::Conversation(with) => with.clone(),
                    _ => None,
                })
            }
        }
    }

    /// The label of the tab that shows only this conversation.
    pub(super) fn label_of(&self, with: &ReceiverId) -> Option<&str> {
        let tab = self.iter().find(
            |tab| matches!(&tab.shows, ChatTabShows::Conversation(Some(shown)) if shown == with),
        );
        tab.map(|tab| tab.label.as_str())
    }
}

/// Whether the conversation is with a single user.
pub(super) fn is_whisper(with: &ReceiverId) -> bool {
    matches!(with, ReceiverId::User(_))
}

/// The other user of the conversation with the newest whisper. A whisper to a user who does not exist does not count, nor
/// do those with muted players.
pub(super) fn newest_whisper(history: &History, muted: &Muted) -> Option<ReceiverId> {
    let is_heard =
        |with: &ReceiverId| matches!(with, ReceiverId::User(uid) if !muted.contains(uid));
    let whispers = history.conversations().filter(|it| is_heard(it.id()));
    let newest = whispers.filter_map(|whispers| {
        let mut entries = whispers.iter().rev();
        let newest = entries.find(|entry| has_receiver(entry))?;
        Some((newest.sent_at(), whispers.id()))
    });
    newest
        .max_by_key(|(at, _)| *at)
        .map(|(_, with)| with.clone())
}

fn has_receiver(entry: &Entry) -> bool {
    !matches!(entry.status(), EntryStatus::Failed(error) if error.code == ErrorCode::UserNotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Guid;

    #[test]
    fn a_tab_without_a_conversation_is_hidden() {
        let mut tabs = ChatTabs::default();
        assert_eq!(tabs.active(ChatTabs::ZONE).map(|tab| tab.id), Some("all"));
        assert_eq!(tabs.neighbor("all", 1), Some("whispers"));
        assert_eq!(tabs.neighbor("all", -1), Some("system"));

        tabs.show(ChatTabs::ZONE, Guid::from("zone-1"));
        assert_eq!(tabs.active(ChatTabs::ZONE).map(|tab| tab.id), Some("zone"));
        assert_eq!(tabs.neighbor("all", 1), Some("zone"));

        tabs.hide(ChatTabs::ZONE);
        assert_eq!(tabs.active(ChatTabs::ZONE).map(|tab| tab.id), Some("all"));
    }

    #[test]
    fn no_tabs_at_all_are_no_trouble() {
        let tabs = ChatTabs::new([]);
        assert!(tabs.active("all").is_none());
        assert_eq!(tabs.neighbor("all", 1), None);
    }
}
