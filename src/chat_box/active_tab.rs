//! The active tab, what it shows, and the receiver of the line that the player writes in it.

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    safety::LineFilter,
    state::{ChatBoxState, UserLeft},
    tab::ChatTab,
    tab_id::ChatTabId,
    tabs::ChatTabs,
};
use crate::{model::ReceiverId, plugin::ChatHistory};

/// The receiver of the line that the player writes. It is fixed when the input opens, so that a whisper that arrives
/// meanwhile, or a change of the tabs, does not redirect the line.
#[derive(Resource, Default, PartialEq)]
pub(super) struct FixedTarget(Option<TargetOfTab>);

/// The receiver of lines in the tab with this id.
#[derive(PartialEq)]
struct TargetOfTab {
    tab: ChatTabId,
    to: Option<ReceiverId>,
}

impl FixedTarget {
    /// Whether the receiver of lines in this tab is fixed, also if it is fixed to nobody.
    pub(super) fn is_for(&self, tab: &str) -> bool {
        self.0.as_ref().is_some_and(|fixed| fixed.tab == *tab)
    }

    pub(super) fn is_somebody(&self) -> bool {
        self.0.as_ref().is_some_and(|fixed| fixed.to.is_some())
    }

    pub(super) const fn new(tab: ChatTabId, to: Option<ReceiverId>) -> Self {
        Self(Some(TargetOfTab { tab, to }))
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<FixedTarget>().add_observer(
        |_: On<UserLeft>, mut fixed: ResMut<FixedTarget>| *fixed = FixedTarget::default(),
    );
}

/// The active tab, and what it shows.
#[derive(SystemParam)]
pub(super) struct ActiveTab<'w> {
    pub(super) state: Res<'w, ChatBoxState>,
    pub(super) tabs: Res<'w, ChatTabs>,
    pub(super) history: Res<'w, ChatHistory>,
    fixed: Res<'w, FixedTarget>,
    pub(super) filter: LineFilter<'w>,
}

impl ActiveTab<'_> {
    pub(super) fn is_changed(&self) -> bool {
        self.state.is_changed()
            || self.tabs.is_changed()
            || self.history.is_changed()
            || self.fixed.is_changed()
            || self.filter.is_changed()
    }

    pub(super) fn tab(&self) -> Option<&ChatTab> {
        self.tabs.active(&self.state.tab)
    }

    /// The receiver of the next line.
    pub(super) fn target(&self) -> Option<ReceiverId> {
        if self.state.to.is_some() {
            return self.state.to.clone();
        }
        match &self.fixed.0 {
            Some(fixed) if fixed.tab == self.state.tab => fixed.to.clone(),
            _ => self
                .tabs
                .target(self.tab()?, &self.history, &self.filter.muted),
        }
    }
}
