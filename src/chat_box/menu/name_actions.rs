//! The entries of the menu: the registry.

use std::sync::Arc;

use bevy::{
    ecs::system::{IntoSystem, SystemId},
    prelude::*,
};

use crate::{
    chat_box::{safety::Muted, strings::ChatBoxStrings},
    model::{MessageId, Uid, User},
};

/// The player has chosen an entry of the menu on a name.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NameActionCall {
    /// The player whose name it is.
    pub user: Arc<User>,
    /// The message beside the name, if there is one.
    pub message: Option<MessageId>,
}

impl NameActionCall {
    pub(in crate::chat_box) const fn new(user: Arc<User>, message: Option<MessageId>) -> Self {
        Self { user, message }
    }
}

/// The entries of the menu on a name, in their order. [`AddNameAction`] adds some.
///
/// The built-in entries have the ids `whisper`, `mute_short`, `mute_today`, `mute`, `unmute`, `block`, `report` and
/// `copy`.
#[derive(Resource, Default)]
pub struct NameActions(Vec<NameAction>);

/// An entry of the menu.
#[derive(Clone)]
pub(super) struct NameAction {
    id: String,
    label: Label,
    shown: Shown,
    pub(super) system: SystemId<In<NameActionCall>>,
}

/// The label of an entry.
#[derive(Clone)]
pub(super) enum Label {
    Own(String),
    BuiltIn(BuiltInLabel),
}

/// The label among the texts of the chat box.
pub(super) type BuiltInLabel = fn(&ChatBoxStrings) -> &String;

/// When an entry is shown.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Shown {
    Always,
    WhileMuted(bool),
}

impl NameActions {
    /// Removes an entry.
    pub fn remove(&mut self, id: &str) {
        self.0.retain(|action| action.id != id);
    }

    /// The entries for this user.
    pub(super) fn of(&self, uid: &Uid, muted: &Muted) -> impl Iterator<Item = &NameAction> {
        let is_muted = muted.contains(uid);
        let is_shown = move |action: &&NameAction| {
            matches!(action.shown, Shown::Always) || action.shown == Shown::WhileMuted(is_muted)
        };
        self.0.iter().filter(is_shown)
    }

    /// Adds an entry, in the place of the one with the same id.
    fn add(&mut self, action: NameAction) {
        match self.0.iter_mut().find(|known| known.id == action.id) {
            Some(known) => *known = action,
            None => self.0.push(action),
        }
    }
}

impl NameAction {
    pub(super) fn label<'a>(&'a self, strings: &'a ChatBoxStrings) -> &'a str {
        match &self.label {
            Label::Own(label) => label,
            Label::BuiltIn(label) => label(strings),
        }
    }
}

/// Adds entries to the menu on a name.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::chat_box::{AddNameAction, NameActionCall};
///
/// #[derive(Resource, Default)]
/// struct Party(Vec<String>);
///
/// fn invite(call: In<NameActionCall>, mut party: ResMut<Party>) {
///     party.0.push(call.user.uid.to_string());
/// }
///
/// App::new().init_resource::<Party>().add_name_action("invite", "Invite", invite);
/// ```
pub trait AddNameAction {
    /// Runs `system` when the player chooses the entry. An entry with the same id is replaced, including a built-in one.
    fn add_name_action<M>(
        &mut self,
        id: &str,
        label: &str,
        system: impl IntoSystem<In<NameActionCall>, (), M> + 'static,
    ) -> &mut Self;
}

impl AddNameAction for App {
    fn add_name_action<M>(
        &mut self,
        id: &str,
        label: &str,
        system: impl IntoSystem<In<NameActionCall>, (), M> + 'static,
    ) -> &mut Self {
        add(self, id, Label::Own(label.into()), Shown::Always, system);
        self
    }
}

/// Adds an entry.
pub(super) fn add<M>(
    app: &mut App,
    id: &str,
    label: Label,
    shown: Shown,
    system: impl IntoSystem<In<NameActionCall>, (), M> + 'static,
) {
    let system = app.register_system(system);
    let action = NameAction {
        id: id.into(),
        label,
        shown,
        system,
    };
    let world = app.world_mut();
    world.get_resource_or_init::<NameActions>().add(action);
}
