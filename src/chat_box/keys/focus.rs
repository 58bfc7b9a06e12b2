//! Opening and closing the box: the focus of the input, and the keys that are held meanwhile.

use bevy::{
    ecs::system::SystemParam,
    input::{
        ButtonState,
        keyboard::{Key, KeyboardFocusLost, KeyboardInput},
    },
    input_focus::{FocusCause, InputFocus},
    platform::collections::HashSet,
    prelude::*,
    text::{EditableText, TextEdit},
    window::PrimaryWindow,
};

use crate::{
    chat_box::{
        input::{ChatInput, Inputs},
        main_box::{LastUsed, MainBox},
        modifiers::{MODIFIERS, Modifiers},
        safety::Muted,
        state::{ChatBoxKeys, ChatBoxModes, ChatBoxState},
        tabs::{ChatTabs, newest_whisper},
    },
    model::ReceiverId,
    plugin::ChatHistory,
};

/// Which box was open in the previous frame, and what belongs to the opening in this one.
#[derive(Resource, Default)]
pub(super) struct Opening {
    /// The box that was open.
    was_open: Option<Entity>,
    was_menu_open: bool,
    /// The number of keys of this frame that are not typed into the box, because they came before it was open.
    pub(super) keys_before: usize,
    /// The number of edits that were pending before the next key of this frame.
    pub(super) edits_before: usize,
}

/// The keys that count as released although they are held: they were held when the box opened or closed.
#[derive(Resource, Default)]
pub(super) struct MutedKeys {
    held: HashSet<KeyCode>,
    /// Whether the box has opened or closed in this frame.
    has_toggled: bool,
}

impl MutedKeys {
    /// Mutes all keys in this frame.
    pub(super) const fn mute_all(&mut self) {
        self.has_toggled = true;
    }

    pub(super) fn contains(&self, key: KeyCode) -> bool {
        self.held.contains(&key)
    }
}

/// What opening and closing the box changes.
#[derive(SystemParam)]
pub(super) struct BoxFocus<'w, 's> {
    states: Query<'w, 's, (Entity, &'static mut ChatBoxState)>,
    inputs: Inputs<'w, 's>,
    modes: Res<'w, ChatBoxModes>,
    focus: ResMut<'w, InputFocus>,
    opening: ResMut<'w, Opening>,
    muted: ResMut<'w, MutedKeys>,
}

impl BoxFocus<'_, '_> {
    /// The box that is to be open: the one that was opened since, or the one that stays open.
    fn open_box(&self) -> Option<Entity> {
        let open = self.states.iter().filter(|(_, state)| state.is_open);
        let mut open: Vec<_> = open.map(|(chat_box, _)| chat_box).collect();
        let last = self.opening.was_open;
        open.sort_by_key(|chat_box| Some(*chat_box) == last);
        open.into_iter().next()
    }

    /// Closes all other boxes.
    fn open_only(&mut self, open: Option<Entity>) {
        for (chat_box, mut state) in &mut self.states {
            let is_open = Some(chat_box) == open;
            if state.is_open != is_open {
                state.is_open = is_open;
            }
        }
    }
}

/// The keys that open the box, and whom they address.
#[derive(SystemParam)]
pub(super) struct OpeningKeys<'w> {
    keys: Res<'w, ChatBoxKeys>,
    tabs: Res<'w, ChatTabs>,
    history: Res<'w, ChatHistory>,
    muted: Res<'w, Muted>,
}

impl OpeningKeys<'_> {
    /// The receiver that a key stands for.
    fn receiver(&self, key: KeyCode) -> Option<ReceiverId> {
        if self.keys.reply == Some(key) {
            return newest_whisper(&self.history, &self.muted);
        }
        self.tabs.with_key(key).cloned()
    }
}

/// Opens the main box before the keys of this frame are dispatched, so that the keys after the one that opens it are typed into
/// it. While another widget has the focus, the keys belong to that widget.
pub(super) fn open(
    mut typed: MessageReader<KeyboardInput>,
    opening: OpeningKeys,
    modifiers: Res<Modifiers>,
    windows: Query<(), With<PrimaryWindow>>,
    mut box_focus: BoxFocus,
    main: MainBox,
    mut texts: Query<&mut EditableText, With<ChatInput>>,
) {
    let main = box_focus.open_box().or_else(|| main.get());
    let own = main.and_then(|main| Some((main, box_focus.inputs.of(main)?)));
    let Some((main, entity)) = own else {
        return typed.clear();
    };
    let Ok(mut input) = texts.get_mut(entity) else {
        return typed.clear();
    };
    box_focus.opening.keys_before = 0;
    box_focus.opening.edits_before = input.pending_edits.len();
    let focused = box_focus.focus.get();
    let is_free = focused.is_none_or(|focused| windows.contains(focused));
    let Ok((_, state)) = box_focus.states.get(main) else {
        return typed.clear();
    };
    if state.is_open || !is_free {
        return typed.clear();
    }
    let mut held = modifiers.held.clone();
    for (before, key) in typed.read().enumerate() {
        held.follow(key);
        if key.state == ButtonState::Released || key.repeat || held.make_shortcut() {
            continue;
        }
        let code = key_code(key);
        let keys = &opening.keys;
        let with_slash =
            keys.open_with_slash == Some(code) && key.logical_key == Key::Character("/".into());
        let is_plain = keys.open == Some(code) || with_slash;
        let to = opening.receiver(code).filter(|_| !is_plain);
        if !is_plain && to.is_none() {
            continue;
        }
        let Ok((_, mut state)) = box_focus.states.get_mut(main) else {
            break;
        };
        // The receiver of a draft stays.
        if to.is_some() && input.value().to_string().is_empty() {
            state.to = to;
        }
        if with_slash {
            // The slash is typed, in place of the draft.
            input.queue_edit(TextEdit::SelectAll);
        }
        state.is_open = true;
        box_focus.focus.set(entity, FocusCause::Navigated);
        box_focus.muted.has_toggled = true;
        *box_focus.opening = Opening {
            was_open: Some(main),
            was_menu_open: false,
            keys_before: before + usize::from(!with_slash),
            edits_before: input.pending_edits.len(),
        };
        break;
    }
    typed.clear();
}

/// The code of the key. The Enter key of the keypad counts as Enter.
pub(super) const fn key_code(key: &KeyboardInput) -> KeyCode {
    match key.key_code {
        KeyCode::NumpadEnter => KeyCode::Enter,
        code => code,
    }
}

/// A run condition: a box or a menu was opened or closed, or an input has gained or lost the focus.
pub(super) fn has_focus_changed(
    states: Query<(Entity, &ChatBoxState)>,
    modes: Res<ChatBoxModes>,
    focus: Res<InputFocus>,
    opening: Res<Opening>,
    inputs: Inputs,
) -> bool {
    if modes.is_menu_open || opening.was_menu_open {
        return modes.is_menu_open != opening.was_menu_open;
    }
    let focused = focus.get().and_then(|focused| inputs.box_of(focused));
    let has_changed =
        |(chat_box, state): (Entity, &ChatBoxState)| state.is_open != (Some(chat_box) == focused);
    opening.was_open != focused || states.iter().any(has_changed)
}

/// Focuses the input of a box when anything opens the box, and clears the focus when it is closed or despawned. An input
/// that gains the focus opens its box. A menu has the focus while it is open, and gives it back.
pub(super) fn sync_focus(mut box_focus: BoxFocus, mut last_used: ResMut<LastUsed>) {
    let is_menu_open = box_focus.modes.is_menu_open;
    if is_menu_open != box_focus.opening.was_menu_open {
        box_focus.opening.was_menu_open = is_menu_open;
        box_focus.muted.has_toggled = true;
    }
    if is_menu_open {
        return;
    }
    let focused = box_focus.focus.get();
    let focused_box = focused.and_then(|focused| box_focus.inputs.box_of(focused));
    let was_open = box_focus.opening.was_open;
    let wanted = box_focus.open_box();
    // What opens or closes a box takes precedence over the focus.
    let open = if wanted == was_open {
        focused_box
    } else {
        wanted
    };
    let input = open.and_then(|open| box_focus.inputs.of(open));
    let open = open.filter(|_| input.is_some());
    match input {
        Some(input) if focused != Some(input) => {
            box_focus.focus.set(input, FocusCause::Navigated);
        }
        None if focused_box.is_some() || is_gone(&box_focus, was_open) => box_focus.focus.clear(),
        _ => {}
    }
    box_focus.open_only(open);
    if open != was_open {
        box_focus.opening.was_open = open;
        box_focus.muted.has_toggled = true;
    }
    if open.is_some() && last_used.0 != open {
        last_used.0 = open;
    }
}

/// Whether a box was despawned while it was open. Its input still counts as focused.
fn is_gone(box_focus: &BoxFocus, was_open: Option<Entity>) -> bool {
    was_open.is_some_and(|was_open| !box_focus.states.contains(was_open))
}

/// A run condition.
pub(super) fn is_any_muted(muted: Res<MutedKeys>) -> bool {
    !muted.held.is_empty()
}

/// Keeps muted keys released before another system reads them. A repeat would press them.
pub(super) fn keep_muted(
    mut typed: MessageReader<KeyboardInput>,
    mut focus_lost: MessageReader<KeyboardFocusLost>,
    mut muted: ResMut<MutedKeys>,
    mut codes: ResMut<ButtonInput<KeyCode>>,
) {
    if focus_lost.read().count() > 0 {
        // The window does not receive the releases.
        muted.held.clear();
    }
    // A key that is held cannot be pressed: a press is a repeat.
    for key in typed.read() {
        if key.state == ButtonState::Released {
            muted.held.remove(&key.key_code);
        }
    }
    for key in &muted.held {
        codes.reset(*key);
    }
}

/// A run condition: the box has opened or closed.
pub(super) fn has_toggled(muted: Res<MutedKeys>) -> bool {
    muted.has_toggled
}

/// Releases and mutes all keys, and hides the keyboard input of this frame from later systems.
pub(super) fn mute(
    mut muted: ResMut<MutedKeys>,
    mut codes: ResMut<ButtonInput<KeyCode>>,
    mut keys: ResMut<ButtonInput<Key>>,
    mut typed: ResMut<Messages<KeyboardInput>>,
) {
    muted.has_toggled = false;
    muted.held.extend(codes.get_pressed());
    for key in codes.get_just_pressed().copied().collect::<Vec<_>>() {
        codes.reset(key);
    }
    codes.release_all();
    // Bevy's text input reads the modifiers.
    let held: Vec<_> = keys
        .get_pressed()
        .filter(|key| !MODIFIERS.contains(key))
        .cloned()
        .collect();
    for key in held {
        keys.reset(key);
    }
    typed.clear();
}
