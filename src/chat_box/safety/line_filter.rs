//! The lines that the player does not see.

use bevy::{ecs::system::SystemParam, prelude::*};

use super::muted::Muted;
use crate::{
    chat_box::tabs::ChatTab,
    history::{Entry, History},
    model::{Uid, User},
};

/// Decides which lines are hidden.
#[derive(SystemParam)]
pub(in crate::chat_box) struct LineFilter<'w> {
    pub(in crate::chat_box) muted: Res<'w, Muted>,
}

impl LineFilter<'_> {
    pub(in crate::chat_box) fn is_changed(&self) -> bool {
        self.muted.is_changed()
    }

    /// Whether any lines are hidden.
    pub(in crate::chat_box) fn is_active(&self) -> bool {
        !self.muted.is_empty()
    }

    /// Whether the lines of this user are hidden.
    pub(in crate::chat_box) fn hides_user(&self, user: &User) -> bool {
        self.muted.contains(&user.uid)
    }

    /// Whether a line is hidden. The user sees all that they have written, and all that is done to them.
    pub(in crate::chat_box) fn hides(&self, entry: &Entry, me: Option<&Uid>) -> bool {
        if entry.is_own() {
            return false;
        }
        match entry.group_action() {
            Some(action) => {
                let is_about_me = me == Some(&action.on.uid);
                self.hides_user(&action.on) || (!is_about_me && self.hides_user(&action.by))
            }
            None => self.hides_user(entry.sender()),
        }
    }

    /// The number of unread messages in the tab that are not hidden.
    pub(in crate::chat_box) fn unread(&self, tab: &ChatTab, history: &History) -> u64 {
        let unread = tab.unread(history);
        if unread == 0 || !self.is_active() {
            return unread;
        }
        let me = history.user().map(|user| &user.uid);
        let conversations = history.conversations().filter(|it| tab.contains(it));
        let hidden = conversations
            .flat_map(|conversation| conversation.iter())
            .filter(|entry| entry.is_unread() && self.hides(entry, me));
        unread.saturating_sub(hidden.count() as u64)
    }
}
