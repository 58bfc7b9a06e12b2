//! The tabs of the chat box.

use bevy::prelude::*;

use super::{
    safety::muted::Muted,
    tab::{ChatTab, ChatTabShows, is_whisper},
    tab_id::ChatTabId,
};
use crate::{
    client::ErrorCode,
    history::{ConversationHistory, Entry, EntryStatus, History},
    model::{ReceiverId, Uid},
};

/// The tabs of the chat box.
///
/// The default tabs are all, zone, party, guild, whispers and system. Zone, party and guild are hidden until the game
/// gives them a conversation:
///
/// ```
/// use bevy_cometchat::{chat_box::{ChatTab, ChatTabShows, ChatTabs}, prelude::*};
///
/// let mut tabs = ChatTabs::default();
/// tabs.show(ChatTabs::ZONE, Guid::from("zone-tavern"));
///
/// // A tab of the game's own, after the one for everything.
/// let trade = [Guid::from("trade-north"), Guid::from("trade-south")].map(Into::into);
/// tabs.push(ChatTab::new("trade", "Trade", ChatTabShows::Conversations(trade.into())));
/// tabs.move_to("trade", 1);
/// tabs.remove(ChatTabs::SYSTEM);
/// ```
#[derive(Resource, Reflect, Clone, Debug)]
#[reflect(Resource, Clone, Debug, Default)]
pub struct ChatTabs {
    tabs: Vec<ChatTab>,
    /// Whether each user who whispers with the player has a tab of their own, after the others. Default: `false`.
    pub opens_whisper_tabs: bool,
}

impl Default for ChatTabs {
    fn default() -> Self {
        let unnamed = || ChatTabShows::Conversation(None);
        Self::new([
            ChatTab::new(Self::ALL, "All", ChatTabShows::Everything),
            ChatTab::new(Self::ZONE, "Zone", unnamed()).with_prefix("s"),
            ChatTab::new(Self::PARTY, "Party", unnamed())
                .with_prefix("p")
                .with_color(Color::srgb(0.62, 0.82, 1.0)),
            ChatTab::new(Self::GUILD, "Guild", unnamed())
                .with_prefix("g")
                .with_color(Color::srgb(0.60, 0.94, 0.62)),
            ChatTab::new(Self::WHISPERS, "Whispers", ChatTabShows::Whispers),
            ChatTab::new(Self::SYSTEM, "System", ChatTabShows::System),
        ])
    }
}

impl ChatTabs {
    /// The id of the default tab for everything.
    pub const ALL: ChatTabId = ChatTabId::new("all");
    /// The id of the default tab for the conversation of the player's surroundings. Its prefix is `/s`.
    pub const ZONE: ChatTabId = ChatTabId::new("zone");
    /// The id of the default tab for the player's party. Its prefix is `/p`.
    pub const PARTY: ChatTabId = ChatTabId::new("party");
    /// The id of the default tab for the player's guild. Its prefix is `/g`.
    pub const GUILD: ChatTabId = ChatTabId::new("guild");
    /// The id of the default tab for conversations with single users.
    pub const WHISPERS: ChatTabId = ChatTabId::new("whispers");
    /// The id of the default tab for notes.
    pub const SYSTEM: ChatTabId = ChatTabId::new("system");

    /// Custom tabs, in this order. The first visible one is active at the start.
    pub fn new(tabs: impl IntoIterator<Item = ChatTab>) -> Self {
        Self {
            tabs: tabs.into_iter().collect(),
            opens_whisper_tabs: false,
        }
    }

    /// All tabs, including the hidden ones.
    pub fn iter(&self) -> impl Iterator<Item = &ChatTab> {
        self.tabs.iter()
    }

    /// The tab with this id.
    pub fn get(&self, id: impl AsRef<str>) -> Option<&ChatTab> {
        self.iter().find(|tab| tab.id == *id.as_ref())
    }

    /// Mutable access to the tab with this id.
    pub fn get_mut(&mut self, id: impl AsRef<str>) -> Option<&mut ChatTab> {
        self.tabs.iter_mut().find(|tab| tab.id == *id.as_ref())
    }

    /// Adds a tab after the others. A tab with the same id is replaced in its place.
    pub fn push(&mut self, tab: ChatTab) {
        match self.get_mut(&tab.id) {
            Some(known) => *known = tab,
            None => self.tabs.push(tab),
        }
    }

    /// Removes the tab with this id. If it is active, the first visible one becomes active.
    pub fn remove(&mut self, id: impl AsRef<str>) -> Option<ChatTab> {
        let at = self.position(id.as_ref())?;
        Some(self.tabs.remove(at))
    }

    /// Moves the tab with this id to an index, or to the end. Does nothing if there is no tab with this id.
    pub fn move_to(&mut self, id: impl AsRef<str>, index: usize) {
        if let Some(tab) = self.remove(id) {
            self.tabs.insert(index.min(self.tabs.len()), tab);
        }
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.iter().position(|tab| tab.id == *id)
    }

    /// Shows a conversation in a tab, which becomes visible. Does nothing if there is no tab with this id.
    pub fn show(&mut self, id: impl AsRef<str>, conversation: impl Into<ReceiverId>) {
        self.set_conversation(id.as_ref(), Some(conversation.into()));
    }

    /// Takes the conversation from a tab, which becomes hidden. Does nothing if there is no tab with this id.
    pub fn hide(&mut self, id: impl AsRef<str>) {
        self.set_conversation(id.as_ref(), None);
    }

    fn set_conversation(&mut self, id: &str, conversation: Option<ReceiverId>) {
        if let Some(tab) = self.get_mut(id) {
            tab.shows = ChatTabShows::Conversation(conversation);
        }
    }

    /// The tab that is active if the tab with this id is selected: that tab, or the first visible one.
    pub fn active(&self, id: impl AsRef<str>) -> Option<&ChatTab> {
        let selected = self.get(id).filter(|tab| tab.is_visible());
        selected.or_else(|| self.visible().next())
    }

    fn visible(&self) -> impl Iterator<Item = &ChatTab> {
        self.iter().filter(|tab| tab.is_visible())
    }

    /// The id of the visible tab that is `step` places to the right of the tab with this id. The last tab is followed
    /// by the first. `None` if no tab is visible.
    pub fn neighbor(&self, id: impl AsRef<str>, step: isize) -> Option<ChatTabId> {
        neighbor(&self.visible().collect::<Vec<_>>(), id.as_ref(), step)
    }

    /// The conversations that a tab names, whether or not the history holds them.
    pub(super) fn conversations<'a>(
        &'a self,
        tab: &'a ChatTab,
    ) -> impl Iterator<Item = &'a ReceiverId> {
        let is_all = tab.shows == ChatTabShows::Everything;
        let tabs = self.iter().filter(move |it| is_all || it.id == tab.id);
        tabs.flat_map(|it| it.shows.named())
    }

    /// Whether a tab names this conversation.
    pub(super) fn has_conversation(&self, with: &ReceiverId) -> bool {
        self.iter().any(|tab| tab.shows.named().contains(with))
    }

    /// The receiver of a line that is typed while the tab is active.
    pub(super) fn target(
        &self,
        tab: &ChatTab,
        history: &History,
        muted: &Muted,
    ) -> Option<ReceiverId> {
        match &tab.shows {
            ChatTabShows::Conversation(_) | ChatTabShows::Conversations(_) => {
                tab.shows.named().first().cloned()
            }
            ChatTabShows::Whispers => newest_whisper(history, muted),
            ChatTabShows::Matching(_) => newest(history, muted, |it| tab.contains(it)),
            ChatTabShows::Everything | ChatTabShows::System => self.first_named().cloned(),
        }
    }

    /// The first conversation that a tab names. Those that were opened for single users do not count.
    fn first_named(&self) -> Option<&ReceiverId> {
        let tabs = self.iter().filter(|tab| !tab.is_whisper_tab());
        let mut single = tabs.filter_map(|tab| match &tab.shows {
            ChatTabShows::Conversation(with) => with.as_ref(),
            _ => None,
        });
        single.next()
    }

    /// The tab that shows only this conversation.
    fn of(&self, with: &ReceiverId) -> Option<&ChatTab> {
        self.iter().find(
            |tab| matches!(&tab.shows, ChatTabShows::Conversation(Some(shown)) if shown == with),
        )
    }

    /// The tab that the player names, by its label or its id. Upper and lower case are equal.
    pub(super) fn named(&self, name: &str) -> Option<&ChatTab> {
        let name = name.trim().to_lowercase();
        let is_named = |tab: &&ChatTab| {
            [&*tab.label, tab.id.as_ref()]
                .map(str::to_lowercase)
                .contains(&name)
        };
        self.iter().find(is_named)
    }

    /// The label of the tab that shows only this conversation.
    pub(super) fn label_of(&self, with: &ReceiverId) -> Option<&str> {
        self.of(with).map(|tab| tab.label.as_str())
    }

    /// The colour of the lines of a conversation.
    pub(super) fn color_of(&self, with: &ReceiverId) -> Option<Color> {
        self.of(with)?.color
    }

    /// The visible tabs that can be addressed, with the first conversation of each.
    fn addressable(&self) -> impl Iterator<Item = (&ChatTab, &ReceiverId)> {
        self.iter()
            .filter_map(|tab| Some((tab, tab.shows.named().first()?)))
    }

    /// The conversation that a prefix stands for.
    pub(super) fn with_prefix(&self, prefix: &str) -> Option<&ReceiverId> {
        let is_it = |it: &String| it.trim_start_matches('/').eq_ignore_ascii_case(prefix);
        let mut tabs = self.addressable();
        let (_, with) = tabs.find(|(tab, _)| tab.prefix.as_ref().is_some_and(is_it))?;
        Some(with)
    }

    /// The prefixes that stand for a conversation, and the labels of their tabs.
    pub(super) fn prefixes(&self) -> impl Iterator<Item = (&str, &str)> {
        let tabs = self.addressable();
        tabs.filter_map(|(tab, _)| {
            let prefix = tab.prefix.as_ref()?.trim_start_matches('/');
            Some((prefix, tab.label.as_str()))
        })
    }

    /// The conversation that a key stands for.
    pub(super) fn with_key(&self, key: KeyCode) -> Option<&ReceiverId> {
        let mut tabs = self.addressable();
        let (_, with) = tabs.find(|(tab, _)| tab.key == Some(key))?;
        Some(with)
    }

    /// The group after this receiver among those that tabs show. `None` if there is no other.
    pub(super) fn next_channel(&self, current: Option<&ReceiverId>) -> Option<&ReceiverId> {
        let named = self.addressable().map(|(_, with)| with);
        let channels: Vec<_> = named.filter(|with| !is_whisper(with)).collect();
        let at = channels.iter().position(|with| Some(*with) == current);
        let next = at.map_or(0, |at| (at + 1) % channels.len());
        let next = channels.get(next).copied();
        next.filter(|next| Some(*next) != current)
    }

    /// Opens a tab for the whispers with a user. Returns its id.
    pub(super) fn open_whispers(&mut self, uid: &Uid, name: &str) -> ChatTabId {
        let tab = ChatTab::whispers(uid, name);
        let id = tab.id.clone();
        self.push(tab);
        id
    }

    /// Removes the tabs that were opened for single users.
    pub(super) fn close_whispers(&mut self) {
        self.tabs.retain(|tab| !tab.is_whisper_tab());
    }
}

/// The id of the tab that is `step` places to the right of the tab with this id. The last tab is followed by the first.
pub(super) fn neighbor(tabs: &[&ChatTab], id: &str, step: isize) -> Option<ChatTabId> {
    let current = tabs.iter().position(|tab| tab.id == *id).unwrap_or(0);
    let count = isize::try_from(tabs.len()).ok()?;
    let next = isize::try_from(current).ok()?.checked_add(step)?;
    let next = usize::try_from(next.checked_rem_euclid(count)?).ok()?;
    tabs.get(next).map(|tab| tab.id.clone())
}

/// The other user of the conversation with the newest whisper. A whisper to a user who does not exist does not count, nor
/// do those with muted players.
pub(super) fn newest_whisper(history: &History, muted: &Muted) -> Option<ReceiverId> {
    newest(history, muted, |it| is_whisper(it.id()))
}

/// The conversation with the newest message among those that match.
fn newest(
    history: &History,
    muted: &Muted,
    matches: impl Fn(&ConversationHistory) -> bool,
) -> Option<ReceiverId> {
    let is_muted = |with: &ReceiverId| matches!(with, ReceiverId::User(uid) if muted.contains(uid));
    let conversations = history.conversations();
    let heard = conversations.filter(|it| !is_muted(it.id()) && matches(it));
    let newest = heard.filter_map(|conversation| {
        let mut entries = conversation.iter().rev();
        let newest = entries.find(|entry| has_receiver(entry))?;
        Some((newest.sent_at(), conversation.id()))
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
        assert_eq!(tabs.active(ChatTabs::ZONE).map(|tab| &*tab.id), Some("all"));
        assert_eq!(tabs.neighbor("all", 1).as_deref(), Some("whispers"));
        assert_eq!(tabs.neighbor("all", -1).as_deref(), Some("system"));

        tabs.show(ChatTabs::ZONE, Guid::from("zone-1"));
        assert_eq!(
            tabs.active(ChatTabs::ZONE).map(|tab| &*tab.id),
            Some("zone")
        );
        assert_eq!(tabs.neighbor("all", 1).as_deref(), Some("zone"));

        tabs.hide(ChatTabs::ZONE);
        assert_eq!(tabs.active(ChatTabs::ZONE).map(|tab| &*tab.id), Some("all"));
    }

    #[test]
    fn no_tabs_at_all_are_no_trouble() {
        let tabs = ChatTabs::new([]);
        assert!(tabs.active("all").is_none());
        assert_eq!(tabs.neighbor("all", 1), None);
    }

    #[test]
    fn tabs_are_added_moved_replaced_and_removed() {
        let mut tabs = ChatTabs::default();
        let ids = |tabs: &ChatTabs| {
            let ids = tabs.visible().map(|tab| tab.id.to_string());
            ids.collect::<Vec<_>>().join(" ")
        };
        for number in 1..=2 {
            let id = format!("raid-{number}");
            let raid = ReceiverId::from(Guid::from(&*id));
            let shows = ChatTabShows::Conversations(vec![raid]);
            tabs.push(ChatTab::new(id, "Raid", shows));
        }
        assert_eq!(ids(&tabs), "all whispers system raid-1 raid-2");
        tabs.move_to("raid-2", 1);
        tabs.move_to("all", 100);
        tabs.move_to("nothing", 0);
        assert_eq!(ids(&tabs), "raid-2 whispers system raid-1 all");
        let empty = ChatTabShows::Conversations(Vec::new());
        tabs.push(ChatTab::new("raid-2", "Over", empty));
        assert_eq!(ids(&tabs), "whispers system raid-1 all");
        assert_eq!(tabs.remove("raid-1").unwrap().label, "Raid");
        assert_eq!(tabs.remove("raid-1"), None);
        assert_eq!(tabs.active("raid-1").map(|tab| &*tab.id), Some("whispers"));
    }

    #[test]
    fn channels_are_cycled_in_the_order_of_their_tabs() {
        let mut tabs = ChatTabs::default();
        assert_eq!(tabs.next_channel(None), None);
        let [zone, party] = ["zone-1", "party-1"].map(|it| ReceiverId::from(Guid::from(it)));
        tabs.show(ChatTabs::ZONE, zone.clone());
        assert_eq!(tabs.next_channel(Some(&zone)), None, "there is no other");
        tabs.show(ChatTabs::PARTY, party.clone());
        tabs.open_whispers(&"ana".into(), "Ana");
        assert_eq!(tabs.next_channel(Some(&zone)), Some(&party));
        assert_eq!(tabs.next_channel(Some(&party)), Some(&zone));
        let ana = ReceiverId::from(Uid::from("ana"));
        assert_eq!(tabs.next_channel(Some(&ana)), Some(&zone));
    }
}
