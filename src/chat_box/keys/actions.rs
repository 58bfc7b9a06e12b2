//! What the keys do in a box.

use bevy::{
    ecs::{query::QueryItem, system::SystemParam},
    prelude::*,
    text::{EditableText, TextEdit},
};

use super::{
    cursor::Cursor,
    focus::{MutedKeys, Opening},
    paste::{Pasting, one_line},
};
use crate::chat_box::{
    box_tabs::ChatBoxTabs,
    built_in_commands::without_password,
    completion::Completer,
    composing::{Before, Composing},
    draft_chips::InputEdits,
    input::{Draft, MAX_CHARACTERS, SentLines, caret, replace, replace_with_caret},
    main_box::LastUsed,
    modifiers::Modifiers,
    safety::Muted,
    send::ChatLineEntered,
    state::{ChatBoxKeys, ChatBoxState},
    tabs::ChatTabs,
};

/// How far Page Up scrolls, as a factor of the height of the list.
const PAGE: f32 = 0.8;

/// The components of a box that the keys change.
pub(super) type BoxParts = (
    Entity,
    &'static mut ChatBoxState,
    &'static ChatBoxTabs,
    &'static mut Draft,
    &'static mut SentLines,
    &'static mut Composing,
);

/// What else the keys change.
#[derive(SystemParam)]
pub(super) struct KeyContext<'w, 's> {
    pub(super) keys: Res<'w, ChatBoxKeys>,
    pub(super) tabs: Res<'w, ChatTabs>,
    pub(super) completer: Completer<'w>,
    edits: InputEdits<'w>,
    pub(super) muted: Res<'w, MutedKeys>,
    muted_players: Res<'w, Muted>,
    pub(super) opening: ResMut<'w, Opening>,
    pub(super) modifiers: Res<'w, Modifiers>,
    pub(super) cursor: Cursor<'w, 's>,
    pub(super) pasting: ResMut<'w, Pasting>,
    last_used: ResMut<'w, LastUsed>,
    pub(super) commands: Commands<'w, 's>,
}

/// A box, and what else its keys change.
pub(super) struct BoxKeys<'a, 'w, 's> {
    pub(super) chat_box: Entity,
    pub(super) state: Mut<'a, ChatBoxState>,
    pub(super) shown: &'a ChatBoxTabs,
    pub(super) draft: Mut<'a, Draft>,
    sent: Mut<'a, SentLines>,
    composing: Mut<'a, Composing>,
    pub(super) context: &'a mut KeyContext<'w, 's>,
}

impl<'a, 'w, 's> BoxKeys<'a, 'w, 's> {
    pub(super) fn new(
        parts: QueryItem<'a, '_, BoxParts>,
        context: &'a mut KeyContext<'w, 's>,
    ) -> Self {
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

    pub(super) fn open_menu_at_cursor(&mut self) {
        let KeyContext {
            cursor, commands, ..
        } = &mut *self.context;
        cursor.open_menu(commands);
    }

    /// Ends what is going on: the completion, a reply or an edit, or the typing.
    pub(super) fn escape(&mut self, input: &mut EditableText) {
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

    /// Undoes what Bevy's text input has done with this key.
    pub(super) fn undo(&self, input: &mut EditableText) {
        input
            .pending_edits
            .truncate(self.context.opening.edits_before);
    }

    /// Sends the text in the input, and closes the box.
    pub(super) fn enter(&mut self, input: &mut EditableText) {
        let line = self.typed(input);
        input.clear();
        self.draft.0.clear();
        self.state.is_open = false;
        let (replies_to, edits) = (self.composing.replies_to(), self.composing.edits());
        let before = self.composing.end();
        // The line goes to the receiver of this box.
        self.context.last_used.0 = Some(self.chat_box);
        let line = line.trim();
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
        if let Some(Before {
            draft: Some(draft),
            to,
        }) = before
        {
            self.state.to = to;
            replace(input, &draft);
        }
    }

    /// Ends a reply or an edit without sending it.
    fn cancel(&mut self, input: &mut EditableText) {
        self.state.to = None;
        if let Some(before) = self.composing.end() {
            self.state.to = before.to;
            if let Some(draft) = before.draft {
                replace(input, &draft);
            }
        }
    }

    /// The text in the input after the keys before this one.
    fn typed(&mut self, input: &mut EditableText) -> String {
        self.context.edits.apply_pending(input);
        input.value().to_string()
    }

    /// Pastes as many characters as fit, as one line. Bevy's text input pastes all or nothing, including line breaks.
    pub(super) fn paste(&mut self, input: &mut EditableText) {
        input.pending_edits.pop();
        let KeyContext { pasting, edits, .. } = &mut *self.context;
        pasting.read(&mut edits.clipboard);
        self.insert_pasted(input);
    }

    /// Inserts what was to be pasted, once the clipboard has answered.
    pub(super) fn insert_pasted(&mut self, input: &mut EditableText) {
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

    pub(super) fn complete(&mut self, input: &mut EditableText) {
        let typed = self.typed(input);
        let caret = caret(input).unwrap_or(typed.len());
        if let Some((completed, after)) = self.context.completer.complete(&typed, caret) {
            replace_with_caret(input, &completed, after);
        } else if !typed.starts_with('/') {
            self.change_channel();
        }
    }

    pub(super) fn recall(&mut self, input: &mut EditableText, older: bool) {
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

    pub(super) fn change_tab(&mut self, step: isize) {
        if let Some(tab) = self
            .shown
            .neighbor(&self.context.tabs, &self.state.tab, step)
        {
            self.state.tab = tab;
            self.state.to = None;
        }
    }

    /// Addresses the next group that a tab shows.
    pub(super) fn change_channel(&mut self) {
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

    pub(super) fn toggle_long(&mut self) {
        self.context.cursor.lines.toggle_long(self.chat_box);
    }

    pub(super) fn scroll(&mut self, direction: f32) {
        let lines = &mut self.context.cursor.lines;
        lines.scroll(self.chat_box, PAGE * direction);
    }
}
