//! Which tabs a box shows.

use bevy::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    parts::ChatBox,
    tab::ChatTab,
    tab_id::ChatTabId,
    tabs::{ChatTabs, neighbor},
};

/// The tabs that a box shows, among all [`ChatTabs`]: a component of each [`ChatBox`]. By default, all of them. Several
/// boxes can show the same tab.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::chat_box::{
///     ChatBox, ChatBoxCorner, ChatBoxReadOnly, ChatBoxTabs, ChatBoxTheme, ChatTabs, OwnChatTheme,
/// };
///
/// /// A log without an input, in a corner of its own.
/// fn spawn_log(mut commands: Commands) {
///     let theme = ChatBoxTheme { corner: ChatBoxCorner::BottomRight, ..default() };
///     let tabs = ChatBoxTabs::only([ChatTabs::SYSTEM]);
///     commands.spawn((ChatBox, Name::new("log"), ChatBoxReadOnly, tabs, OwnChatTheme(theme)));
/// }
/// # bevy::ecs::system::assert_is_system(spawn_log);
/// ```
#[derive(Component, Reflect, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[reflect(Component, Clone, Debug, Default, PartialEq)]
pub enum ChatBoxTabs {
    /// All tabs but these, in the order of [`ChatTabs`].
    AllBut(Vec<ChatTabId>),
    /// These tabs, in this order.
    Only(Vec<ChatTabId>),
}

impl Default for ChatBoxTabs {
    fn default() -> Self {
        Self::AllBut(Vec::new())
    }
}

impl ChatBoxTabs {
    /// These tabs, in this order.
    pub fn only(ids: impl IntoIterator<Item = impl Into<ChatTabId>>) -> Self {
        Self::Only(ids.into_iter().map(Into::into).collect())
    }

    /// Whether the box shows the tab with this id, if there is one.
    pub fn contains(&self, id: impl AsRef<str>) -> bool {
        let has = |ids: &[ChatTabId]| ids.iter().any(|it| *it == *id.as_ref());
        match self {
            Self::AllBut(hidden) => !has(hidden),
            Self::Only(shown) => has(shown),
        }
    }

    /// Shows the tab with this id, after the others if the box shows certain tabs only.
    pub fn add(&mut self, id: impl Into<ChatTabId>) {
        let id = id.into();
        match self {
            Self::AllBut(hidden) => hidden.retain(|it| *it != id),
            Self::Only(shown) if shown.contains(&id) => {}
            Self::Only(shown) => shown.push(id),
        }
    }

    /// Does not show the tab with this id any more.
    pub fn remove(&mut self, id: impl Into<ChatTabId>) {
        let id = id.into();
        match self {
            Self::Only(shown) => shown.retain(|it| *it != id),
            Self::AllBut(hidden) if hidden.contains(&id) => {}
            Self::AllBut(hidden) => hidden.push(id),
        }
    }

    /// The visible tabs of the box, in their order.
    pub fn visible<'a>(&self, tabs: &'a ChatTabs) -> Vec<&'a ChatTab> {
        let shown: Vec<_> = match self {
            Self::AllBut(_) => tabs.iter().filter(|tab| self.contains(&tab.id)).collect(),
            Self::Only(shown) => shown.iter().filter_map(|id| tabs.get(id)).collect(),
        };
        shown.into_iter().filter(|tab| tab.is_visible()).collect()
    }

    /// The tab that is active in the box if the tab with this id is selected: that tab, or the first visible one.
    pub fn active<'a>(&self, tabs: &'a ChatTabs, id: impl AsRef<str>) -> Option<&'a ChatTab> {
        let is_shown = |tab: &&ChatTab| tab.is_visible() && self.contains(&tab.id);
        let selected = tabs.get(id).filter(is_shown);
        selected.or_else(|| self.visible(tabs).first().copied())
    }

    /// The id of the visible tab of the box that is `step` places to the right of the tab with this id. The last tab is
    /// followed by the first. `None` if no tab is visible.
    pub fn neighbor(&self, tabs: &ChatTabs, id: impl AsRef<str>, step: isize) -> Option<ChatTabId> {
        neighbor(&self.visible(tabs), id.as_ref(), step)
    }
}

pub(super) fn plugin(app: &mut App) {
    app.register_type::<ChatBoxTabs>()
        .register_required_components::<ChatBox, ChatBoxTabs>();
}
