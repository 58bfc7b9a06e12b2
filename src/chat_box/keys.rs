//! The keys of the box: those that open it, and those that are typed into it.

mod actions;
mod cursor;
mod focus;
mod paste;
mod wheel_keys;

use bevy::{
    input::{
        ButtonState, InputSystems,
        keyboard::{Key, KeyboardFocusLost, KeyboardInput},
    },
    input_focus::{FocusedInput, InputFocusSystems},
    prelude::*,
    text::{EditableText, TextEdit},
    ui_widgets::Activate,
};

use self::{
    actions::{BoxKeys, BoxParts, KeyContext},
    focus::{MutedKeys, Opening, key_code},
    paste::{Pasting, is_pasting},
};
use super::{
    input::{ChatInput, Inputs, SendButton},
    menu::{message_menu::OpenNewestMessageMenu, opening::OpenNewestNameMenu},
    messages::JumpToMention,
    modifiers::RewindModifiers,
    parts::BoxOf,
    schedules::{self, BoxSchedule},
    state::ChatBoxModes,
    tab_id::ChatTabId,
    wheel::OpenWheel,
};

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<MutedKeys>()
        .init_resource::<Opening>()
        .init_resource::<Pasting>()
        .add_plugins(cursor::plugin)
        .add_observer(observe_input)
        .add_observer(observe_send_button)
        .add_systems(
            PreUpdate,
            schedules::run(&[BoxSchedule::EarlyKeys])
                .after(InputSystems)
                .before(InputFocusSystems::Dispatch)
                .run_if(
                    on_message::<KeyboardInput>
                        .or_else(on_message::<KeyboardFocusLost>)
                        .or_else(focus::is_any_muted)
                        .or_else(is_layout_mode),
                ),
        )
        .add_systems(
            BoxSchedule::EarlyKeys,
            (
                focus::keep_muted.run_if(focus::is_any_muted),
                wheel_keys::handle.run_if(on_message::<KeyboardInput>),
                focus::open.run_if(on_message::<KeyboardInput>),
            )
                .chain()
                .after(RewindModifiers),
        )
        .add_systems(
            BoxSchedule::Keys,
            (
                focus::sync_focus.run_if(focus::has_focus_changed),
                focus::mute.run_if(focus::has_toggled),
            )
                .chain(),
        )
        .add_systems(BoxSchedule::Keys, insert_pasted.run_if(is_pasting));
}

/// A run condition.
fn is_layout_mode(modes: Res<ChatBoxModes>) -> bool {
    modes.is_layout_mode
}

/// Inserts what the clipboard has answered since.
fn insert_pasted(
    mut inputs: Query<(Entity, &mut EditableText), With<ChatInput>>,
    mut boxes: Query<BoxParts>,
    own_inputs: Inputs,
    mut context: KeyContext,
) {
    let mut is_any_open = false;
    for (entity, mut input) in &mut inputs {
        let parts = own_inputs.box_of(entity);
        let parts = parts.and_then(|it| boxes.get_mut(it).ok());
        if let Some(parts) = parts.filter(|(_, state, ..)| state.is_open) {
            is_any_open = true;
            BoxKeys::new(parts, &mut context).insert_pasted(&mut input);
        }
    }
    if !is_any_open {
        context.pasting.cancel();
    }
}

/// The keys are handled by an observer of the input.
fn observe_input(added: On<Add, ChatInput>, mut commands: Commands) {
    commands.entity(added.entity).observe(on_key);
}

/// An action of assistive technology sends the line, like the Enter key.
fn observe_send_button(added: On<Add, SendButton>, mut commands: Commands) {
    commands.entity(added.entity).observe(on_send);
}

fn on_send(
    button: On<Activate>,
    box_of: BoxOf,
    own_inputs: Inputs,
    mut inputs: Query<&mut EditableText, With<ChatInput>>,
    mut boxes: Query<BoxParts>,
    mut context: KeyContext,
) {
    let Some(chat_box) = box_of.get(button.entity) else {
        return;
    };
    let input = own_inputs.of(chat_box);
    let input = input.and_then(|input| inputs.get_mut(input).ok());
    if let (Some(mut input), Ok(parts)) = (input, boxes.get_mut(chat_box)) {
        BoxKeys::new(parts, &mut context).enter(&mut input);
    }
}

/// Runs for each key, immediately after Bevy's text input has handled it.
fn on_key(
    mut typed: On<FocusedInput<KeyboardInput>>,
    own_inputs: Inputs,
    mut inputs: Query<&mut EditableText>,
    mut boxes: Query<BoxParts>,
    mut context: KeyContext,
) {
    typed.propagate(false);
    let parts = own_inputs.box_of(typed.focused_entity);
    let parts = parts.and_then(|chat_box| boxes.get_mut(chat_box).ok());
    let (Some(parts), Ok(mut input)) = (parts, inputs.get_mut(typed.focused_entity)) else {
        return;
    };
    BoxKeys::new(parts, &mut context).handle_key(&typed.input, &mut input);
    context.opening.edits_before = input.pending_edits.len();
}

impl BoxKeys<'_, '_, '_> {
    fn handle_key(&mut self, key: &KeyboardInput, input: &mut EditableText) {
        if self.context.opening.keys_before > 0 {
            self.context.opening.keys_before -= 1;
            return self.undo(input);
        }
        if key.state == ButtonState::Released || input.is_composing() {
            return;
        }
        let is_games = self
            .context
            .modifiers
            .held
            .contains_any(&[Key::Alt, Key::Super]);
        if !self.state.is_open
            && !key.repeat
            && !is_games
            && self.context.keys.open == Some(key_code(key))
        {
            // A key before this one has closed the box in the same frame.
            self.state.is_open = true;
            return;
        }
        if !self.state.is_open || (key.repeat && self.context.muted.contains(key.key_code)) {
            // The key was held when the box opened, or comes after the one that closed it.
            return self.undo(input);
        }
        if self.opens_menu(key) {
            self.undo(input);
            if self.context.cursor.is_away() {
                return self.open_menu_at_cursor();
            }
            return self.context.commands.trigger(OpenNewestNameMenu);
        }
        let is_back = self.context.modifiers.held.contains(&Key::Shift);
        let is_plain_tab =
            key.logical_key == Key::Tab && !self.context.modifiers.held.contains(&Key::Control);
        if is_plain_tab && (is_back || self.context.cursor.is_away()) {
            self.context.completer.completions.close(&self.draft.0);
            return self.context.cursor.change_stop(self.chat_box, is_back);
        }
        if self.handle_cursor_key(key) {
            return self.undo(input);
        }
        self.handle_input_key(key, is_games, input);
    }

    fn handle_cursor_key(&mut self, key: &KeyboardInput) -> bool {
        let KeyContext {
            cursor,
            commands,
            tabs,
            ..
        } = &mut *self.context;
        let neighbor = |tab: &ChatTabId, step| self.shown.neighbor(tabs, tab, step);
        cursor.handle(key, &mut self.state, neighbor, commands)
    }

    /// Handles a key that goes to the input.
    fn handle_input_key(&mut self, key: &KeyboardInput, is_games: bool, input: &mut EditableText) {
        match &key.logical_key {
            // Alt and Enter toggle the full screen in many games.
            Key::Enter if is_games => {}
            Key::Enter if !key.repeat && self.context.completer.completions.is_chosen() => {
                self.complete(input);
            }
            Key::Enter if !key.repeat => self.enter(input),
            Key::Escape if !key.repeat => self.escape(input),
            Key::Tab if self.context.modifiers.held.contains(&Key::Control) => {
                let step = if self.context.modifiers.held.contains(&Key::Shift) {
                    -1
                } else {
                    1
                };
                self.change_tab(step);
            }
            Key::Tab => self.complete(input),
            Key::ArrowUp | Key::ArrowDown if self.context.completer.completions.is_open() => {
                self.undo(input);
                let step = if key.logical_key == Key::ArrowUp {
                    -1
                } else {
                    1
                };
                self.context.completer.completions.select(step);
            }
            Key::ArrowUp | Key::ArrowDown => {
                self.undo(input);
                self.recall(input, key.logical_key == Key::ArrowUp);
            }
            // Bevy's text input ignores a space while Shift is held, and in the frame in which it is pressed.
            Key::Space if self.is_only_held(Key::Shift) => {
                input.queue_edit(TextEdit::Insert(" ".into()));
            }
            Key::Character(text) if self.is_only_held(Key::Alt) && is_composed(text) => {
                input.queue_edit(TextEdit::Insert(text.clone()));
            }
            _ if input.pending_edits.last() == Some(&TextEdit::Paste) => self.paste(input),
            Key::Character(text) if self.is_only_held(Key::Control) => {
                self.handle_shortcut(text, input);
            }
            Key::PageUp => self.scroll(1.0),
            Key::PageDown => self.scroll(-1.0),
            _ => {}
        }
    }

    /// Handles a letter that is pressed together with Control.
    fn handle_shortcut(&mut self, letter: &str, input: &mut EditableText) {
        match letter {
            "o" => self.toggle_long(),
            "m" => self.context.commands.trigger(OpenNewestMessageMenu),
            "j" => {
                let chat_box = self.chat_box;
                self.context.commands.trigger(JumpToMention { chat_box });
            }
            "p" => self.context.commands.trigger(OpenWheel),
            _ => return,
        }
        self.undo(input);
    }

    fn opens_menu(&self, key: &KeyboardInput) -> bool {
        let is_shifted_f10 =
            key.key_code == KeyCode::F10 && self.context.modifiers.held.contains(&Key::Shift);
        !key.repeat && (is_shifted_f10 || self.context.keys.menu == Some(key.key_code))
    }

    /// Whether no other modifier than this one is held, apart from Shift.
    fn is_only_held(&self, modifier: Key) -> bool {
        let held = &self.context.modifiers.held;
        let mut others = [Key::Control, Key::Alt, Key::Super].iter();
        held.contains(&modifier) && others.all(|other| *other == modifier || !held.contains(other))
    }
}

/// Whether the text is a character that Option types on a Mac. Alt with a letter or a digit is a shortcut.
fn is_composed(text: &str) -> bool {
    !text
        .chars()
        .all(|character| character.is_ascii_alphanumeric())
}
