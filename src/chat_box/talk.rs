use bevy::{
    ecs::system::SystemParam,
    prelude::{DetectChanges, Res},
};

use super::{
    chat_box_state::ChatBoxState,
    chat_tabs::{ChatTab, ChatTabs},
};
use crate::{model::ReceiverId, plugin::ChatHistory};

/// What is said, and which of it the player looks at.
#[derive(SystemParam)]
pub(super) struct Talk<'w> {
    pub(super) state: Res<'w, ChatBoxState>,
    pub(super) tabs: Res<'w, ChatTabs>,
    pub(super) history: Res<'w, ChatHistory>,
}

impl Talk<'_> {
    pub(super) fn is_changed(&self) -> bool {
        self.state.is_changed() || self.tabs.is_changed() || self.history.is_changed()
    }

    /// The tab that is shown.
    pub(super) fn tab(&self) -> Option<&ChatTab> {
        self.tabs.shown(self.state.tab)
    }

    /// Where a line goes that is typed now.
    pub(super) fn target(&self) -> Option<ReceiverId> {
        let own = self.state.to.clone();
        own.or_else(|| self.tabs.target(self.tab()?, &self.history))
    }
}
