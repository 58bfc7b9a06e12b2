//! Actions on a player: mute, block, and the reverse. Each is announced by a note with a button that undoes it.

use std::sync::Arc;

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    muted::{MuteDuration, Muted},
    settings::ChatSafety,
};
use crate::{
    chat_box::{
        notes::{ChatNote, ChatNotes},
        strings::{ChatBoxStrings, fill},
    },
    client::{ChatError, UserOutcomes},
    model::{Uid, User},
    plugin::CometChat,
    text::isolate,
};

/// Acts on players.
#[derive(SystemParam)]
pub(in crate::chat_box) struct PlayerActions<'w> {
    pub(in crate::chat_box) chat: Option<Res<'w, CometChat>>,
    pub(in crate::chat_box) muted: ResMut<'w, Muted>,
    pub(in crate::chat_box) notes: ResMut<'w, ChatNotes>,
    pub(in crate::chat_box) strings: Res<'w, ChatBoxStrings>,
    pub(in crate::chat_box) safety: Res<'w, ChatSafety>,
}

impl PlayerActions<'_> {
    pub(in crate::chat_box) fn mute(&mut self, user: &User, duration: MuteDuration) {
        self.muted.mute(user, duration);
        let strings = &self.strings.safety;
        let (template, minutes) = match duration {
            MuteDuration::For(duration) => (&strings.muted_for, duration.as_secs().div_ceil(60)),
            MuteDuration::Today => (&strings.muted_today, 0),
            MuteDuration::ForGood => (&strings.muted, 0),
        };
        let text = fill(
            template,
            &[("{name}", &self.name(user)), ("{n}", &minutes.to_string())],
        );
        let uid = user.uid.clone();
        let undo = move |commands: &mut Commands| commands.queue(unmute(uid.clone()));
        self.notes
            .push(ChatNote::new(text).with_button(strings.undo.as_str(), undo));
    }

    pub(in crate::chat_box) fn unmute(&mut self, user: &User) {
        self.muted.unmute(&user.uid);
        let text = fill(
            &self.strings.safety.unmuted,
            &[("{name}", &self.name(user))],
        );
        self.notes.push(text);
    }

    /// Blocks the user on the server, and hides their lines.
    pub(in crate::chat_box) fn block(&self, user: &User) {
        let Some(chat) = &self.chat else { return };
        let user = user.clone();
        chat.block_users([user.uid.clone()])
            .on_success(
                move |outcomes: In<UserOutcomes>, mut actions: PlayerActions| {
                    actions.on_blocked(&user, &outcomes);
                },
            )
            .on_error(push_failure);
    }

    fn on_blocked(&mut self, user: &User, outcomes: &UserOutcomes) {
        if !self.check(user, outcomes) {
            return;
        }
        self.muted.block(user);
        let text = fill(&self.strings.blocked, &[("{name}", &self.name(user))]);
        let user = user.clone();
        let undo = move |commands: &mut Commands| commands.queue(unblock(user.clone()));
        let note = ChatNote::new(text).with_button(self.strings.safety.undo.as_str(), undo);
        self.notes.push(note);
    }

    /// Unblocks the user on the server, and shows their lines again.
    pub(in crate::chat_box) fn unblock(&self, user: &User) {
        let Some(chat) = &self.chat else { return };
        let user = user.clone();
        chat.unblock_users([user.uid.clone()])
            .on_success(
                move |outcomes: In<UserOutcomes>, mut actions: PlayerActions| {
                    if actions.check(&user, &outcomes) {
                        actions.muted.unmute(&user.uid);
                        let text = &actions.strings.safety.unblocked;
                        let text = fill(text, &[("{name}", &actions.name(&user))]);
                        actions.notes.push(text);
                    }
                },
            )
            .on_error(push_failure);
    }

    /// Shows the lines again of players who were unblocked elsewhere. `blocked` are all who are blocked.
    pub(in crate::chat_box) fn forget_unblocked(&mut self, blocked: &[Arc<User>]) {
        self.muted.retain_blocked(blocked);
    }

    /// Lists a muted player, with a button that ends the mute.
    pub(in crate::chat_box) fn list_muted(&mut self, user: &User) {
        let strings = &self.strings.safety;
        let text = fill(&strings.muted, &[("{name}", &self.name(user))]);
        let uid = user.uid.clone();
        let end = move |commands: &mut Commands| commands.queue(unmute(uid.clone()));
        let note = ChatNote::new(text).with_button(strings.unmute.as_str(), end);
        self.notes.push(note);
    }

    /// Lists a blocked player, with a button that unblocks them.
    pub(in crate::chat_box) fn list_blocked(&mut self, user: &User) {
        let strings = &self.strings.safety;
        let text = fill(&strings.is_blocked, &[("{name}", &self.name(user))]);
        let user = user.clone();
        let end = move |commands: &mut Commands| commands.queue(unblock(user.clone()));
        let note = ChatNote::new(text).with_button(strings.unblock.as_str(), end);
        self.notes.push(note);
    }

    /// The name of the user in notes.
    pub(in crate::chat_box) fn name(&self, user: &User) -> String {
        isolate(&self.safety.name_of(user, &self.strings)).into_owned()
    }

    /// Whether the server has done it for this user. If not, tells the player why.
    fn check(&mut self, user: &User, outcomes: &UserOutcomes) -> bool {
        match outcomes.get(&user.uid) {
            Some(Err(reason)) => {
                tracing::debug!("the server refused it: {reason}");
                let reason = self.strings.refused.as_str();
                let note = fill(&self.strings.command_failed, &[("{text}", reason)]);
                self.notes.push(note);
                false
            }
            Some(Ok(())) | None => true,
        }
    }
}

/// A command that ends a mute.
fn unmute(uid: Uid) -> impl Command {
    move |world: &mut World| {
        world.resource_mut::<Muted>().unmute(&uid);
    }
}

/// A command that unblocks a user.
fn unblock(user: User) -> impl Command {
    let run = |user: In<User>, actions: PlayerActions| actions.unblock(&user);
    move |world: &mut World| {
        if let Err(error) = world.run_system_cached_with(run, user) {
            tracing::error!("a player could not be unblocked: {error}");
        }
    }
}

/// Tells the player that a command failed.
pub(in crate::chat_box) fn push_failure(
    error: In<ChatError>,
    strings: Res<ChatBoxStrings>,
    mut notes: ResMut<ChatNotes>,
) {
    tracing::debug!("a command failed: {}", *error);
    let reason = strings.failure_reason(&error.code);
    notes.push(fill(&strings.command_failed, &[("{text}", reason)]));
}
