//! What keys do: those that open the box, and those that are typed into it.

use bevy::{
    clipboard::Clipboard,
    ecs::system::SystemParam,
    input::{
        ButtonState,
        keyboard::{Key, KeyboardInput},
    },
    input_focus::{FocusCause, FocusedInput, InputFocus},
    prelude::*,
    text::{EditableText, FontCx, LayoutCx, TextEdit},
    window::PrimaryWindow,
};

use super::{
    chat_box_keys::ChatBoxKeys,
    chat_box_state::ChatBoxState,
    chat_tabs::ChatTabs,
    completion::Completion,
    input::{Draft, SentLines},
    message_list::ScrollBack,
    muted_keys::MutedKeys,
    send::ChatLineEntered,
    spawn::{ChatBoxPart, LONGEST, Parts},
};

/// How much of the messages Page Up scrolls.
const PAGE: f32 = 0.8;

/// How the box was opened and closed.
#[derive(Resource, Default)]
pub(super) struct Turns {
    was_open: bool,
    /// How many of this frame's keys came before the box was open, and are not typed into it.
    keys_before: usize,
    /// How many edits were waiting then.
    edits_before: usize,
}

/// What opening and closing the box changes.
#[derive(SystemParam)]
pub(super) struct Door<'w> {
    state: ResMut<'w, ChatBoxState>,
    focus: ResMut<'w, InputFocus>,
    turns: ResMut<'w, Turns>,
    muted: ResMut<'w, MutedKeys>,
}

/// Opens the box, before the keys of this frame are handed out: those behind the one that opens it are typed into it.
/// Not while another widget has the focus: the key is its own then.
pub(super) fn open(
    mut typed: MessageReader<KeyboardInput>,
    keys: Res<ChatBoxKeys>,
    modifiers: Res<ButtonInput<Key>>,
    windows: Query<(), With<PrimaryWindow>>,
    mut door: Door,
    mut input: Single<(Entity, &mut EditableText), With<ChatBoxPart>>,
) {
    door.turns.keys_before = 0;
    let focused = door.focus.get();
    let is_free = focused.is_none_or(|focused| windows.contains(focused));
    let is_plain = !modifiers.any_pressed([Key::Control, Key::Alt, Key::Super]);
    if door.state.is_open || !is_free || !is_plain {
        return typed.clear();
    }
    for (before, key) in typed.read().enumerate() {
        if key.state == ButtonState::Released || key.repeat {
            continue;
        }
        let code = code_of(key);
        let with_slash =
            keys.open_with_slash == Some(code) && key.logical_key == Key::Character("/".into());
        if keys.open != Some(code) && !with_slash {
            continue;
        }
        let (entity, input) = &mut *input;
        if with_slash {
            // The slash itself is typed, in place of what was there.
            input.queue_edit(TextEdit::SelectAll);
        }
        door.state.is_open = true;
        door.focus.set(*entity, FocusCause::Navigated);
        door.muted.has_turned = true;
        *door.turns = Turns {
            was_open: true,
            keys_before: before + usize::from(!with_slash),
            edits_before: input.pending_edits.len(),
        };
        break;
    }
    typed.clear();
}

/// The key; the Enter of the keypad counts as Enter.
const fn code_of(key: &KeyboardInput) -> KeyCode {
    match key.key_code {
        KeyCode::NumpadEnter => KeyCode::Enter,
        code => code,
    }
}

/// A run condition: the box was opened or closed, or its input has got or lost the focus.
pub(super) fn is_out_of_step(
    state: Res<ChatBoxState>,
    focus: Res<InputFocus>,
    turns: Res<Turns>,
    parts: Option<Single<&Parts>>,
) -> bool {
    let has_focus = parts.is_some_and(|parts| focus.get() == Some(parts.input));
    state.is_open != turns.was_open || state.is_open != has_focus
}

/// Gives the input the focus when the box is opened, by whomever, and takes it when it is closed; a click on the
/// input opens the box. Where there is no box, it is closed: the keys are the game's.
pub(super) fn follow_focus(mut door: Door, parts: Option<Single<&Parts>>) {
    let Some(parts) = parts else {
        if std::mem::take(&mut door.turns.was_open) || door.state.is_open {
            door.state.is_open = false;
            door.focus.clear();
            door.muted.has_turned = true;
        }
        return;
    };
    let has_focus = door.focus.get() == Some(parts.input);
    if door.state.is_open != door.turns.was_open {
        match door.state.is_open {
            true if !has_focus => door.focus.set(parts.input, FocusCause::Navigated),
            false if has_focus => door.focus.clear(),
            _ => {}
        }
    } else if has_focus != door.state.is_open {
        door.state.is_open = has_focus;
    }
    if door.state.is_open != door.turns.was_open {
        door.turns.was_open = door.state.is_open;
        door.muted.has_turned = true;
    }
}

/// What the keys work with.
#[derive(SystemParam)]
pub(super) struct Desk<'w, 's> {
    keys: Res<'w, ChatBoxKeys>,
    state: ResMut<'w, ChatBoxState>,
    tabs: Res<'w, ChatTabs>,
    draft: ResMut<'w, Draft>,
    sent: ResMut<'w, SentLines>,
    completion: Completion<'w>,
    muted: Res<'w, MutedKeys>,
    turns: ResMut<'w, Turns>,
    held: Res<'w, ButtonInput<Key>>,
    fonts: ResMut<'w, FontCx>,
    layouts: ResMut<'w, LayoutCx>,
    clipboard: ResMut<'w, Clipboard>,
    parts: Single<'w, 's, &'static Parts>,
    scroll: Query<'w, 's, (&'static mut ScrollBack, &'static ComputedNode)>,
    commands: Commands<'w, 's>,
}

/// Runs for each key, right after Bevy's own text input has seen it.
pub(super) fn on_key(
    mut typed: On<FocusedInput<KeyboardInput>>,
    mut inputs: Query<&mut EditableText>,
    mut desk: Desk,
) {
    typed.propagate(false);
    let Ok(mut input) = inputs.get_mut(typed.focused_entity) else {
        return;
    };
    let key = &typed.input;
    if desk.turns.keys_before > 0 {
        desk.turns.keys_before -= 1;
        input.pending_edits.truncate(desk.turns.edits_before);
        return;
    }
    if key.state == ButtonState::Released || input.is_composing() {
        return;
    }
    if !desk.state.is_open && !key.repeat && desk.keys.open == Some(code_of(key)) {
        // It was closed by a key before this one, in the same frame.
        desk.state.is_open = true;
        return;
    }
    if !desk.state.is_open || (key.repeat && desk.muted.contains(key.key_code)) {
        // It is not typed into the box: it is held since before, or comes after the one that closed it.
        input.pending_edits.pop();
        return;
    }
    match &key.logical_key {
        Key::Enter if !key.repeat => desk.enter(&mut input),
        Key::Escape if !key.repeat => {
            input.pending_edits.pop();
            // What was typed is kept, and so is whom it was for: a whisper must not end up in the zone.
            if desk.draft.0.is_empty() {
                desk.state.to = None;
            }
            desk.state.is_open = false;
        }
        Key::Tab if desk.held.pressed(Key::Control) => {
            let step = if desk.held.pressed(Key::Shift) { -1 } else { 1 };
            desk.change_tab(step);
        }
        Key::Tab => desk.complete(&mut input),
        Key::ArrowUp | Key::ArrowDown => {
            input.pending_edits.pop();
            desk.recall(&mut input, key.logical_key == Key::ArrowUp);
        }
        // Bevy's text input takes no space while Shift is down, nor one that was typed in the frame in which it goes down.
        Key::Space if desk.is_only_shift_held() => input.queue_edit(TextEdit::Insert(" ".into())),
        _ if input.pending_edits.last() == Some(&TextEdit::Paste) => desk.paste(&mut input),
        Key::PageUp => desk.scroll(1.0),
        Key::PageDown => desk.scroll(-1.0),
        _ => {}
    }
}

impl Desk<'_, '_> {
    /// Sends what was typed up to now, and closes the box.
    fn enter(&mut self, input: &mut EditableText) {
        let line = self.typed(input);
        input.clear();
        self.draft.0.clear();
        self.state.is_open = false;
        let line = line.trim();
        if !line.is_empty() {
            self.sent.push(line);
            let to = self.state.to.take();
            self.commands.trigger(ChatLineEntered {
                line: line.into(),
                to,
            });
        }
    }

    /// What is in the input once the keys before this one have had their effect.
    fn typed(&mut self, input: &mut EditableText) -> String {
        input.apply_pending_edits(
            &mut self.fonts,
            &mut self.layouts.0,
            &mut self.clipboard,
            |_| true,
        );
        input.value().to_string()
    }

    /// Pastes as much as there is room for, as one line. Bevy's text input takes all or nothing, and line breaks too.
    fn paste(&mut self, input: &mut EditableText) {
        input.pending_edits.pop();
        let typed = self.typed(input);
        let Some(Ok(text)) = self.clipboard.fetch_text().poll_result() else {
            return;
        };
        let selected = input.editor.selected_text().unwrap_or_default();
        let kept = typed
            .chars()
            .count()
            .saturating_sub(selected.chars().count());
        let pasted = one_line(&text, LONGEST.saturating_sub(kept));
        input.queue_edit(TextEdit::Insert(pasted.into()));
    }

    fn is_only_shift_held(&self) -> bool {
        let others = [Key::Control, Key::Alt, Key::Super];
        self.held.pressed(Key::Shift) && !self.held.any_pressed(others)
    }

    fn complete(&mut self, input: &mut EditableText) {
        let typed = self.typed(input);
        if let Some(completed) = self.completion.complete(&typed) {
            replace(input, &completed);
        }
    }

    fn recall(&mut self, input: &mut EditableText, older: bool) {
        let typed = self.typed(input);
        let line = match older {
            true => self.sent.older(&typed),
            false => self.sent.newer(),
        };
        if let Some(line) = line {
            replace(input, &line);
        }
    }

    fn change_tab(&mut self, step: isize) {
        if let Some(tab) = self.tabs.beside(self.state.tab, step) {
            self.state.tab = tab;
            self.state.to = None;
        }
    }

    fn scroll(&mut self, direction: f32) {
        if let Ok((mut scroll, node)) = self.scroll.get_mut(self.parts.list) {
            let height = node.size().y * node.inverse_scale_factor();
            scroll.scroll(height * PAGE * direction);
        }
    }
}

fn replace(input: &mut EditableText, text: &str) {
    input.queue_edit(TextEdit::SelectAll);
    input.queue_edit(TextEdit::Insert(text.into()));
}

/// Text from elsewhere as one line of so many characters at most: line breaks and tabs are spaces, other control
/// characters are left out.
fn one_line(text: &str, longest: usize) -> String {
    let blank = |character| matches!(character, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}');
    let words = text.trim().split(blank).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    let shown = line.chars().filter(|character| !character.is_control());
    shown.take(longest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_is_one_line_and_no_longer_than_there_is_room() {
        assert_eq!(
            one_line("one\r\n\n\ttwo\u{2028}three \n", 100),
            "one two three"
        );
        assert_eq!(one_line("a\u{0}b\u{7}c\u{1b}", 100), "abc");
        assert_eq!(one_line("žluťoučký", 4), "žluť");
        assert_eq!(one_line("\n", 4), "");
    }
}
