//! The active tab, what it shows, and the receiver of the line that the player writes in it.

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    box_tabs::ChatBoxTabs,
    main_box::MainBox,
    parts::{BoxOf, ChatBox},
    safety::LineFilter,
    state::{ChatBoxState, UserLeft},
    tab::ChatTab,
    tab_id::ChatTabId,
    tabs::ChatTabs,
};
use crate::{model::ReceiverId, plugin::ChatHistory};

/// The receiver of the line that the player writes. It is fixed when the input opens, so that a whisper that arrives
/// meanwhile, or a change of the tabs, does not redirect the line.
#[derive(Component, Default, PartialEq)]
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
    app.register_required_components::<ChatBox, FixedTarget>()
        .add_observer(|_: On<UserLeft>, mut fixed: Query<&mut FixedTarget>| {
            for mut fixed in &mut fixed {
                *fixed = FixedTarget::default();
            }
        });
}

/// The active tabs of all boxes, and what they show.
#[derive(SystemParam)]
pub(super) struct ActiveTabs<'w, 's> {
    boxes: Query<'w, 's, BoxParts>,
    main: MainBox<'w, 's>,
    box_of: BoxOf<'w, 's>,
    pub(super) tabs: Res<'w, ChatTabs>,
    pub(super) history: Res<'w, ChatHistory>,
    pub(super) filter: LineFilter<'w>,
}

/// The components of a box on which its active tab depends.
type BoxParts = (
    Ref<'static, ChatBoxState>,
    Ref<'static, ChatBoxTabs>,
    Ref<'static, FixedTarget>,
);

impl ActiveTabs<'_, '_> {
    /// Whether the active tab of a box, or what one shows, may have changed.
    pub(super) fn is_changed(&self) -> bool {
        self.tabs.is_changed()
            || self.history.is_changed()
            || self.filter.is_changed()
            || self.is_any_box_changed()
    }

    pub(super) fn is_any_box_changed(&self) -> bool {
        let mut boxes = self.boxes.iter();
        boxes.any(|(state, shown, fixed)| {
            state.is_changed() || shown.is_changed() || fixed.is_changed()
        })
    }

    /// The active tab of a box.
    pub(super) fn of(&self, chat_box: Entity) -> Option<ActiveTab<'_>> {
        let (state, shown, fixed) = self.boxes.get(chat_box).ok()?;
        Some(ActiveTab {
            chat_box,
            state,
            shown,
            fixed: fixed.into_inner(),
            tabs: &self.tabs,
            history: &self.history,
            filter: &self.filter,
        })
    }

    /// The active tab of the box that a part is in.
    pub(super) fn around(&self, part: Entity) -> Option<ActiveTab<'_>> {
        self.of(self.box_of.get(part)?)
    }

    /// The active tab of a box, or the one of the main box if there is no such box.
    pub(super) fn of_or_main(&self, chat_box: Option<Entity>) -> Option<ActiveTab<'_>> {
        let own = chat_box.and_then(|chat_box| self.of(chat_box));
        own.or_else(|| self.main())
    }

    /// The active tab of the main box.
    pub(super) fn main(&self) -> Option<ActiveTab<'_>> {
        self.of(self.main.get()?)
    }
}

/// The active tab of a box, and what it shows.
pub(super) struct ActiveTab<'a> {
    pub(super) chat_box: Entity,
    pub(super) state: Ref<'a, ChatBoxState>,
    pub(super) shown: Ref<'a, ChatBoxTabs>,
    fixed: &'a FixedTarget,
    pub(super) tabs: &'a ChatTabs,
    pub(super) history: &'a ChatHistory,
    pub(super) filter: &'a LineFilter<'a>,
}

impl<'a> ActiveTab<'a> {
    pub(super) fn tab(&self) -> Option<&'a ChatTab> {
        self.shown.active(self.tabs, &self.state.tab)
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
                .target(self.tab()?, self.history, &self.filter.muted),
        }
    }
}
