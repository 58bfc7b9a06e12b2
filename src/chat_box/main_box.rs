//! The box that keys, gamepads and events of the game without a box of their own mean: the one whose input was used last.

use bevy::{ecs::system::SystemParam, prelude::*};

use super::{
    parts::{BoxOf, ChatBox, ChatBoxReadOnly},
    state::ChatBoxState,
};
use crate::model::ReceiverId;

/// The box whose input was used last.
#[derive(Resource, Default)]
pub(super) struct LastUsed(pub(super) Option<Entity>);

/// Finds the main box.
#[derive(SystemParam)]
pub(super) struct MainBox<'w, 's> {
    last: Option<Res<'w, LastUsed>>,
    boxes: Query<'w, 's, (Entity, Has<ChatBoxReadOnly>), With<ChatBox>>,
    box_of: BoxOf<'w, 's>,
}

impl MainBox<'_, '_> {
    /// The box whose input was used last, or the first one with an input. Without any input, any box.
    pub(super) fn get(&self) -> Option<Entity> {
        let last = self.last.as_ref().and_then(|last| last.0);
        let last = last.filter(|last| self.has_input(*last));
        let with_input = || self.boxes.iter().find(|(_, is_read_only)| !is_read_only);
        let any = || self.boxes.iter().next();
        last.or_else(|| with_input().or_else(any).map(|(chat_box, _)| chat_box))
    }

    /// The box that a part is in, if it has an input. The main box otherwise.
    pub(super) fn around(&self, part: Entity) -> Option<Entity> {
        let around = self.box_of.get(part).filter(|it| self.has_input(*it));
        around.or_else(|| self.get())
    }

    fn has_input(&self, chat_box: Entity) -> bool {
        let found = self.boxes.get(chat_box);
        found.is_ok_and(|(_, is_read_only)| !is_read_only)
    }
}

/// Opens boxes.
#[derive(SystemParam)]
pub(super) struct BoxStates<'w, 's> {
    pub(super) main: MainBox<'w, 's>,
    pub(super) states: Query<'w, 's, &'static mut ChatBoxState>,
}

impl BoxStates<'_, '_> {
    /// The state of the main box.
    pub(super) fn main(&mut self) -> Option<Mut<'_, ChatBoxState>> {
        self.states.get_mut(self.main.get()?).ok()
    }

    /// The state of the box whose input belongs to a part.
    pub(super) fn around(&mut self, part: Entity) -> Option<Mut<'_, ChatBoxState>> {
        self.states.get_mut(self.main.around(part)?).ok()
    }

    /// Opens the main box. The next line goes to this receiver.
    pub(super) fn address(&mut self, to: ReceiverId) {
        if let Some(mut state) = self.main() {
            state.to = Some(to);
            state.is_open = true;
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<LastUsed>();
}
