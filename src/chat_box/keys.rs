//! The keys of the box: those that open it, and those that are typed into it.

mod cursor;
mod focus;
mod paste;
mod wheel_keys;

use bevy::{
    clipboard::Clipboard,
    ecs::{query::QueryItem, system::SystemParam},
    input::{
        ButtonState, InputSystems,
        keyboard::{Key, KeyboardFocusLost, KeyboardInput},
    },
    input_focus::{FocusedInput, InputFocusSystems},
    prelude::*,
    text::{EditableText, FontCx, LayoutCx, TextEdit},
    ui_widgets::Activate,
};

use self::{
    cursor::Cursor,
    focus::{Modifiers, MutedKeys, Opening, key_code},
    paste::{Pasting, is_pasting, one_line},
};
use super::{
    box_tabs::ChatBoxTabs,
    built_in_commands::without_password,
    completion::Completer,
    composing::Composing,
    draft_chips::DraftChips,
    input::{
        ChatInput, Draft, Inputs, MAX_CHARACTERS, SendButton, SentLines, caret, replace,
        replace_with_caret,
    },
    main_box::LastUsed,
    menu::{message_menu::OpenNewestMessageMenu, opening::OpenNewestNameMenu},
    messages::JumpToMention,
    parts::BoxOf,
    safety::Muted,
    schedules::ChatBoxSystems,
    send::ChatLineEntered,
    state::{ChatBoxKeys, ChatBoxState},
    tab_id::ChatTabId,
    tabs::ChatTabs,
    wheel::OpenWheel,
};

/// How far Page Up scrolls, as a factor of the height of the list.
const PAGE: f32 = 0.8;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Modifiers>()
        .init_resource::<MutedKeys>()
        .init_resource::<Opening>()
        .init_resource::<Pasting>()
        .add_plugins(cursor::plugin)
        .add_observer(observe_input)
        .add_observer(observe_send_button)
        .configure_sets(
            PreUpdate,
            ChatBoxSystems::Keys
                .after(InputSystems)
                .after(InputFocusSystems::Dispatch),
        )
        .add_systems(
            PreUpdate,
            (
                focus::release_modifiers
                    .run_if(on_message::<KeyboardInput>.or_else(on_message::<KeyboardFocusLost>)),
                focus::keep_muted.run_if(focus::is_any_muted),
                wheel_keys::handle.run_if(on_message::<KeyboardInput>),
                focus::open.run_if(on_message::<KeyboardInput>),
            )
                .chain()
                .after(InputSystems)
                .before(InputFocusSystems::Dispatch),
        )
        .add_systems(
            PreUpdate,
            (
                focus::sync_focus.run_if(focus::has_focus_changed),
                focus::mute.run_if(focus::has_toggled),
            )
                .chain()
                .in_set(ChatBoxSystems::Keys),
        )
        .add_systems(
            PreUpdate,
            insert_pasted
                .run_if(is_pasting)
                .in_set(ChatBoxSystems::Keys),
        );
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

/// The components of a box that the keys change.
type BoxParts = (
    Entity,
    &'static mut ChatBoxState,
    &'static ChatBoxTabs,
    &'static mut Draft,
    &'static mut SentLines,
    &'static mut Composing,
);

/// What else the keys change.
#[derive(SystemParam)]
struct KeyContext<'w, 's> {
    keys: Res<'w, ChatBoxKeys>,
    tabs: Res<'w, ChatTabs>,
    completer: Completer<'w>,
    chips: Res<'w, DraftChips>,
    muted: Res<'w, MutedKeys>,
    muted_players: Res<'w, Muted>,
    opening: ResMut<'w, Opening>,
    held: Res<'w, ButtonInput<Key>>,
    fonts: ResMut<'w, FontCx>,
    layouts: ResMut<'w, LayoutCx>,
    clipboard: ResMut<'w, Clipboard>,
    cursor: Cursor<'w, 's>,
    pasting: ResMut<'w, Pasting>,
    last_used: ResMut<'w, LastUsed>,
    commands: Commands<'w, 's>,
}

/// A box, and what else its keys change.
struct BoxKeys<'a, 'w, 's> {
    chat_box: Entity,
    state: Mut<'a, ChatBoxState>,
    shown: &'a ChatBoxTabs,
    draft: Mut<'a, Draft>,
    sent: Mut<'a, SentLines>,
    composing: Mut<'a, Composing>,
    context: &'a mut KeyContext<'w, 's>,
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

impl<'a, 'w, 's> BoxKeys<'a, 'w, 's> {
    fn new(parts: QueryItem<'a, '_, BoxParts>, context: &'a mut KeyContext<'w, 's>) -> Self {
        let (chat_box, state, shown, draft, sent, composing) = parts;
        Self {
            chat_box,
            state,
            shown,
            draft,
            sent,
            composing,
            context,
        }
    }

    fn handle_key(&mut self, key: &KeyboardInput, input: &mut EditableText) {
        if self.context.opening.keys_before > 0 {
            self.context.opening.keys_before -= 1;
            return self.undo(input);
        }
        if key.state == ButtonState::Released || input.is_composing() {
            return;
        }
        let is_games = self.context.held.any_pressed([Key::Alt, Key::Super]);
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
        let is_back = self.context.held.pressed(Key::Shift);
        let is_plain_tab = key.logical_key == Key::Tab && !self.context.held.pressed(Key::Control);
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
            Key::Tab if self.context.held.pressed(Key::Control) => {
                let step = if self.context.held.pressed(Key::Shift) {
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
            Key::Backspace if input.pending_edits[..] == [TextEdit::Backspace] => {
                input.pending_edits.clear();
                if !self.context.chips.backspace(input) {
                    input.queue_edit(TextEdit::Backspace);
                }
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

    fn open_menu_at_cursor(&mut self) {
        let KeyContext {
            cursor, commands, ..
        } = &mut *self.context;
        cursor.open_menu(commands);
    }

    /// Ends what is going on: the completion, a reply or an edit, or the typing.
    fn escape(&mut self, input: &mut EditableText) {
        self.undo(input);
        if self.context.completer.completions.is_open() {
            return self.context.completer.completions.close(&self.draft.0);
        }
        if self.composing.is_active() {
            return self.cancel(input);
        }
        // A draft is kept, and so is its receiver: a whisper must not be sent to the zone.
        if self.draft.0.is_empty() {
            self.state.to = None;
        }
        self.state.is_open = false;
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
        let is_shifted_f10 = key.key_code == KeyCode::F10 && self.context.held.pressed(Key::Shift);
        !key.repeat && (is_shifted_f10 || self.context.keys.menu == Some(key.key_code))
    }

    /// Undoes what Bevy's text input has done with this key.
    fn undo(&self, input: &mut EditableText) {
        input
            .pending_edits
            .truncate(self.context.opening.edits_before);
    }

    /// Sends the text in the input, and closes the box.
    fn enter(&mut self, input: &mut EditableText) {
        let line = self.typed(input);
        input.clear();
        self.draft.0.clear();
        self.state.is_open = false;
        let (replies_to, edits) = (self.composing.replies_to(), self.composing.edits());
        let draft = self.composing.end();
        // The line goes to the receiver of this box.
        self.context.last_used.0 = Some(self.chat_box);
        let line = line.trim();
        if !line.is_empty() || edits.is_some() {
            let to = self.state.to.take();
            if !line.is_empty() {
                self.sent.push(&without_password(line));
                self.context.commands.trigger(ChatLineEntered {
                    line: self.context.completer.mentions.encode(line),
                    to,
                    replies_to,
                    edits,
                });
            }
        }
        if let Some(draft) = draft {
            replace(input, &draft);
        }
    }

    /// Ends a reply or an edit without sending it.
    fn cancel(&mut self, input: &mut EditableText) {
        self.state.to = None;
        if let Some(draft) = self.composing.end() {
            replace(input, &draft);
        }
    }

    /// The text in the input after the keys before this one.
    fn typed(&mut self, input: &mut EditableText) -> String {
        let context = &mut *self.context;
        input.apply_pending_edits(
            &mut context.fonts,
            &mut context.layouts.0,
            &mut context.clipboard,
            |_| true,
        );
        input.value().to_string()
    }

    /// Pastes as many characters as fit, as one line. Bevy's text input pastes all or nothing, including line breaks.
    fn paste(&mut self, input: &mut EditableText) {
        input.pending_edits.pop();
        let KeyContext {
            pasting, clipboard, ..
        } = &mut *self.context;
        pasting.read(clipboard);
        self.insert_pasted(input);
    }

    /// Inserts what was to be pasted, once the clipboard has answered.
    fn insert_pasted(&mut self, input: &mut EditableText) {
        let Some(text) = self.context.pasting.poll() else {
            return;
        };
        let typed = self.typed(input);
        let selected = input.editor.selected_text().unwrap_or_default();
        let kept = typed
            .chars()
            .count()
            .saturating_sub(selected.chars().count());
        let pasted = one_line(&text, MAX_CHARACTERS.saturating_sub(kept));
        input.queue_edit(TextEdit::Insert(pasted.into()));
    }

    /// Whether no other modifier than this one is held, apart from Shift.
    fn is_only_held(&self, modifier: Key) -> bool {
        let mut others = [Key::Control, Key::Alt, Key::Super].into_iter();
        self.context.held.pressed(modifier.clone())
            && others.all(|other| other == modifier || !self.context.held.pressed(other))
    }

    fn complete(&mut self, input: &mut EditableText) {
        let typed = self.typed(input);
        let caret = caret(input).unwrap_or(typed.len());
        if let Some((completed, after)) = self.context.completer.complete(&typed, caret) {
            replace_with_caret(input, &completed, after);
        } else if !typed.starts_with('/') {
            self.change_channel();
        }
    }

    fn recall(&mut self, input: &mut EditableText, older: bool) {
        let typed = self.typed(input);
        let line = if older {
            self.sent.older(&typed)
        } else {
            self.sent.newer()
        };
        if let Some(line) = line {
            self.context.completer.completions.close(&line);
            replace(input, &line);
        }
    }

    fn change_tab(&mut self, step: isize) {
        if let Some(tab) = self
            .shown
            .neighbor(&self.context.tabs, &self.state.tab, step)
        {
            self.state.tab = tab;
            self.state.to = None;
        }
    }

    /// Addresses the next group that a tab shows.
    fn change_channel(&mut self) {
        let tab = self.shown.active(&self.context.tabs, &self.state.tab);
        let to = self.state.to.clone().or_else(|| {
            let history = &self.context.completer.players.history;
            self.context
                .tabs
                .target(tab?, history, &self.context.muted_players)
        });
        if let Some(next) = self.context.tabs.next_channel(to.as_ref()) {
            self.state.to = Some(next.clone());
        }
    }

    fn toggle_long(&mut self) {
        self.context.cursor.lines.toggle_long(self.chat_box);
    }

    fn scroll(&mut self, direction: f32) {
        let lines = &mut self.context.cursor.lines;
        lines.scroll(self.chat_box, PAGE * direction);
    }
}

/// Whether the text is a character that Option types on a Mac. Alt with a letter or a digit is a shortcut.
fn is_composed(text: &str) -> bool {
    !text
        .chars()
        .all(|character| character.is_ascii_alphanumeric())
}
