use bevy::prelude::Resource;

use super::completion::find_user;
use crate::{
    history::{ConversationHistory, History},
    model::{Receiver, ReceiverId},
};

/// The tabs of the chat box.
///
/// By default: all, zone, party, whispers, system. Zone and party appear once the game says which conversations they
/// are:
///
/// ```
/// use bevy_cometchat::{chat_box::ChatTabs, prelude::*};
///
/// let mut tabs = ChatTabs::default();
/// tabs.set_conversation(ChatTabs::ZONE, Some(Guid::from("zone-tavern").into()));
/// ```
#[derive(Resource, Clone, Debug)]
pub struct ChatTabs(Vec<ChatTab>);

/// A tab: some of the conversations, and where a line typed there goes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChatTab {
    /// By what the game knows it.
    pub id: &'static str,
    /// What the player reads.
    pub label: String,
    /// What it shows.
    pub shows: ChatTabShows,
}

/// What a tab shows.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ChatTabShows {
    /// Everything. What is typed goes to the first tab that has a conversation.
    Everything,
    /// One conversation. While there is none, the tab is not there.
    Conversation(Option<ReceiverId>),
    /// All conversations with single users. What is typed goes to the one of the newest whisper.
    Whispers,
    /// The notes of the game's own. Who came and went stands in the conversation of their group.
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

    /// Whether the player sees it: a tab for one conversation, only while there is one.
    pub fn is_there(&self) -> bool {
        self.shows != ChatTabShows::Conversation(None)
    }

    pub(super) fn has(&self, conversation: &ConversationHistory) -> bool {
        match &self.shows {
            ChatTabShows::Everything => true,
            ChatTabShows::Conversation(with) => with.as_ref() == Some(conversation.id()),
            ChatTabShows::Whispers => is_whisper(conversation.id()),
            ChatTabShows::System => false,
        }
    }

    /// How many messages in it are unread: none in a tab with everything, which would only repeat what the others say.
    pub fn unread(&self, history: &History) -> u64 {
        match &self.shows {
            ChatTabShows::Everything | ChatTabShows::System => 0,
            _ => {
                let conversations = history.conversations().filter(|it| self.has(it));
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
    /// The id of the default tab with everything.
    pub const ALL: &'static str = "all";
    /// The id of the default tab for those near by.
    pub const ZONE: &'static str = "zone";
    /// The id of the default tab for those who play together.
    pub const PARTY: &'static str = "party";
    /// The id of the default tab for conversations with single users.
    pub const WHISPERS: &'static str = "whispers";
    /// The id of the default tab for what is not said by users.
    pub const SYSTEM: &'static str = "system";

    /// Tabs of the game's own, in this order. The first is active at first.
    pub fn new(tabs: impl IntoIterator<Item = ChatTab>) -> Self {
        Self(tabs.into_iter().collect())
    }

    /// All tabs, also those that are not there for want of a conversation.
    pub fn iter(&self) -> impl Iterator<Item = &ChatTab> {
        self.0.iter()
    }

    /// The tab with this id.
    pub fn get(&self, id: &str) -> Option<&ChatTab> {
        self.iter().find(|tab| tab.id == id)
    }

    /// The tab with this id, to be changed.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut ChatTab> {
        self.0.iter_mut().find(|tab| tab.id == id)
    }

    /// Says which conversation the tab shows; `None` hides it. Nothing happens when there is no such tab.
    pub fn set_conversation(&mut self, id: &str, with: Option<ReceiverId>) {
        if let Some(tab) = self.get_mut(id) {
            tab.shows = ChatTabShows::Conversation(with);
        }
    }

    /// The tab that is shown when this one is asked for.
    pub fn shown(&self, id: &str) -> Option<&ChatTab> {
        let there = || self.iter().filter(|tab| tab.is_there());
        there().find(|tab| tab.id == id).or_else(|| there().next())
    }

    /// The id of the tab that is so many places further among those that are there, round and round; `None` when none is.
    pub fn beside(&self, id: &str, step: isize) -> Option<&'static str> {
        let there: Vec<_> = self.iter().filter(|tab| tab.is_there()).collect();
        let at = there.iter().position(|tab| tab.id == id).unwrap_or(0);
        let length = isize::try_from(there.len()).ok()?;
        let next = isize::try_from(at).ok()?.checked_add(step)?;
        let next = usize::try_from(next.checked_rem_euclid(length)?).ok()?;
        there.get(next).map(|tab| tab.id)
    }

    /// The conversations that belong to a tab, whether or not anything is known of them.
    pub(super) fn named_in<'a>(&'a self, tab: &'a ChatTab) -> impl Iterator<Item = &'a ReceiverId> {
        let is_all = tab.shows == ChatTabShows::Everything;
        let tabs = self.iter().filter(move |it| is_all || it.id == tab.id);
        tabs.filter_map(|it| match &it.shows {
            ChatTabShows::Conversation(with) => with.as_ref(),
            _ => None,
        })
    }

    /// Where a line typed in a tab goes.
    pub(super) fn target(&self, tab: &ChatTab, history: &History) -> Option<ReceiverId> {
        match &tab.shows {
            ChatTabShows::Conversation(with) => with.clone(),
            ChatTabShows::Whispers => newest_whisper(history),
            ChatTabShows::Everything | ChatTabShows::System => {
                let conversations = self.iter().filter_map(|tab| match &tab.shows {
                    ChatTabShows::Conversation(with) => with.clone(),
                    _ => None,
                });
                conversations.into_iter().next()
            }
        }
    }

    /// The label of the tab that shows nothing but this conversation.
    pub(super) fn label_of(&self, with: &ReceiverId) -> Option<&str> {
        let own = |tab: &&ChatTab| matches!(&tab.shows, ChatTabShows::Conversation(Some(shown)) if shown == with);
        self.iter().find(own).map(|tab| tab.label.as_str())
    }
}

pub(super) fn is_whisper(with: &ReceiverId) -> bool {
    matches!(with, ReceiverId::User(_))
}

/// Whom the newest whisper is from, or went to.
pub(super) fn newest_whisper(history: &History) -> Option<ReceiverId> {
    let whispers = history
        .conversations()
        .filter(|it| is_whisper(it.id()) && !it.is_empty());
    let newest = whispers.max_by_key(|it| it.last().map(|entry| entry.sent_at()));
    newest.map(|it| it.id().clone())
}

/// The name of whom a conversation is with.
pub(super) fn name_of(with: &ReceiverId, tabs: &ChatTabs, history: &History) -> String {
    use crate::text::{Sanitizer, display_name, isolate};
    if let Some(label) = tabs.label_of(with) {
        return label.into();
    }
    let name = match history.conversation(with).map(ConversationHistory::with) {
        Some(Receiver::User(user)) => display_name(user).into_owned(),
        Some(Receiver::Group(group)) => Sanitizer::NAME.clean(&group.name).into_owned(),
        // They may have spoken elsewhere.
        None => match find_user(history, with.as_str()).filter(|_| is_whisper(with)) {
            Some(user) => display_name(user).into_owned(),
            None => Sanitizer::NAME.clean(with.as_str()).into_owned(),
        },
    };
    isolate(&name).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Guid;

    #[test]
    fn a_tab_without_a_conversation_is_not_there() {
        let mut tabs = ChatTabs::default();
        assert_eq!(tabs.shown(ChatTabs::ZONE).map(|tab| tab.id), Some("all"));
        assert_eq!(tabs.beside("all", 1), Some("whispers"));
        assert_eq!(tabs.beside("all", -1), Some("system"));

        tabs.set_conversation(ChatTabs::ZONE, Some(Guid::from("zone-1").into()));
        assert_eq!(tabs.shown(ChatTabs::ZONE).map(|tab| tab.id), Some("zone"));
        assert_eq!(tabs.beside("all", 1), Some("zone"));
    }

    #[test]
    fn no_tabs_at_all_are_no_trouble() {
        let tabs = ChatTabs::new([]);
        assert!(tabs.shown("all").is_none());
        assert_eq!(tabs.beside("all", 1), None);
    }
}
