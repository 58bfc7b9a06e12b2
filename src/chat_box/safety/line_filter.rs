//! The lines that the player does not see.

use std::borrow::Cow;

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{incoming::IncomingVerdicts, muted::Muted, settings::ChatSafety};
use crate::{
    chat_box::tab::ChatTab,
    history::{Entry, History},
    model::{Message, Receiver, ReceiverId, Uid, User},
};

/// Decides which lines are hidden, and what of the others is shown.
#[derive(SystemParam)]
pub(in crate::chat_box) struct LineFilter<'w> {
    pub(in crate::chat_box) muted: Res<'w, Muted>,
    pub(in crate::chat_box) safety: Res<'w, ChatSafety>,
    pub(in crate::chat_box) verdicts: Res<'w, IncomingVerdicts>,
}

impl LineFilter<'_> {
    pub(in crate::chat_box) fn is_changed(&self) -> bool {
        self.muted.is_changed() || self.safety.is_changed() || self.verdicts.is_changed()
    }

    /// Whether any lines are hidden.
    pub(in crate::chat_box) fn is_active(&self) -> bool {
        !self.muted.is_empty() || self.safety.whispers_from_friends_only
    }

    /// Whether the lines of this user are hidden.
    pub(in crate::chat_box) fn hides_user(&self, user: &User) -> bool {
        self.muted.contains(&user.uid)
    }

    /// Whether a line is hidden. The user sees all own lines, and all group actions on themselves by users who are not
    /// hidden.
    pub(in crate::chat_box) fn hides(&self, entry: &Entry, me: Option<&Uid>) -> bool {
        let message = entry.message().filter(|_| !entry.is_own());
        message.is_some_and(|message| self.hides_message(message, me))
    }

    /// Whether a message of another user is hidden.
    pub(in crate::chat_box) fn hides_message(&self, message: &Message, me: Option<&Uid>) -> bool {
        if let Some(action) = message.group_action() {
            let is_about_me = me == Some(&action.on.uid);
            return self.hides_user(&action.on) || (!is_about_me && self.hides_user(&action.by));
        }
        let sender = &message.sender;
        let is_whisper = matches!(message.receiver, Receiver::User(_));
        let is_forbidden = || {
            self.safety
                .forbids_whispers_with(&sender.uid.clone().into())
        };
        self.hides_user(sender) || (is_whisper && is_forbidden())
    }

    /// The text of a message in a conversation that the player sees. `None` if it has none, or is hidden, held,
    /// refused, or a whisper that the streamer mode hides.
    pub(in crate::chat_box) fn shown_text<'a>(
        &'a self,
        entry: &'a Entry,
        with: &ReceiverId,
    ) -> Option<Cow<'a, str>> {
        let (text, message) = (entry.text()?, entry.message()?);
        if self.safety.seals(entry, with) && !self.verdicts.is_shown(message.id) {
            return None;
        }
        if entry.is_own() {
            return Some(text.into());
        }
        self.verdicts.text(message)
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
