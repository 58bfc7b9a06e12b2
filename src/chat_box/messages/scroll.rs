//! The scroll position of the list, and the button that scrolls down to the newest line.

use bevy::{
    input::mouse::MouseScrollUnit,
    picking::events::{Pointer, Scroll},
    prelude::*,
    ui_widgets::{Activate, observe},
};

use super::{
    feed::{Gap, Place},
    floating_button::floating_button,
};
use crate::{
    chat_box::{
        drawn_theme::DrawnTheme,
        main_box::MainBox,
        parts::PartText,
        send::ChatLineEntered,
        strings::{ChatBoxStrings, fill},
        theming::Themes,
    },
    model::MessageId,
    plugin::ChatHistory,
};

/// The number of lines that a notch of the mouse wheel scrolls.
const LINES_PER_NOTCH: f32 = 3.0;

/// The button that scrolls down, visible while the list is scrolled up.
#[derive(Component, Reflect, Clone, Copy, Debug, Default)]
#[reflect(Component, Clone, Debug, Default)]
pub struct ChatJumpButton;

/// The scroll position of the list.
#[derive(Component, Default)]
pub(in crate::chat_box) struct ScrollPosition {
    /// The lowest visible line, or `None` at the bottom. The list follows new lines at the bottom.
    pub(super) anchor: Option<Place>,
    /// How far the anchor reaches below the list, in logical pixels.
    pub(super) offset: f32,
    /// The distance that is still to be scrolled up, in logical pixels.
    pub(super) pending: f32,
    /// The newest line when the list was scrolled up.
    pub(super) newest_seen: Option<Place>,
    /// The number of lines after [`Self::newest_seen`].
    pub(super) new_lines: usize,
    /// The gaps in and near the visible lines.
    pub(super) gaps: Vec<Gap>,
    /// The line that is to be scrolled to.
    pub(super) jump: Option<Place>,
    /// Whether the lowest long message that is visible is to be opened or closed.
    pub(super) toggles_long: bool,
}

impl ScrollPosition {
    pub(super) fn is_at_bottom(&self) -> bool {
        self.anchor.is_none()
    }

    /// Scrolls to the line that was asked for, if any. `newest` returns the newest line.
    pub(super) fn follow_jump(&mut self, newest: impl FnOnce() -> Option<Place>) {
        if let Some(place) = self.jump.take() {
            *self = Self {
                anchor: Some(place),
                newest_seen: self.newest_seen.take().or_else(newest),
                ..default()
            };
        }
    }

    pub(super) fn jump_to_bottom(&mut self) {
        *self = Self::default();
    }

    /// Opens the lowest long message that is visible, or shows only its start again.
    pub(super) fn toggle_long(&mut self) {
        self.toggles_long = true;
    }

    /// Scrolls up by this distance, in logical pixels. A negative distance scrolls down.
    pub(in crate::chat_box) fn scroll(&mut self, pixels: f32) {
        self.pending += pixels;
    }
}

pub(in crate::chat_box) fn jump_button(theme: &DrawnTheme) -> impl Bundle {
    (
        ChatJumpButton,
        floating_button(theme, 6.0, |theme| theme.accent),
        Visibility::Hidden,
        observe(on_activate),
    )
}

pub(super) fn on_scroll(
    mut wheel: On<Pointer<Scroll>>,
    mut lists: Query<&mut ScrollPosition>,
    themes: Themes,
) {
    let theme = themes.of(wheel.entity);
    let Ok(mut position) = lists.get_mut(wheel.entity) else {
        return;
    };
    wheel.propagate(false);
    let pixels = match wheel.unit {
        MouseScrollUnit::Line => {
            let line = theme.to_logical(theme.line_height());
            wheel.y * LINES_PER_NOTCH * line
        }
        MouseScrollUnit::Pixel => wheel.y,
    };
    position.scroll(pixels);
}

/// Scrolls the list of a box to a message, so that it is the lowest visible line.
#[derive(Event)]
pub(in crate::chat_box) struct JumpToMessage {
    pub(in crate::chat_box) chat_box: Entity,
    pub(in crate::chat_box) message: MessageId,
}

pub(super) fn on_jump(
    jump: On<JumpToMessage>,
    history: Res<ChatHistory>,
    mut lists: Query<(&mut ScrollPosition, &ChildOf)>,
) {
    let mut conversations = history.conversations();
    if conversations.all(|it| it.position_of(jump.message).is_none()) {
        return;
    }
    for (mut position, child_of) in &mut lists {
        if child_of.parent() == jump.chat_box {
            position.jump = Some(Place::of_message(jump.message));
        }
    }
}

/// A player who enters a line sees it.
pub(super) fn on_line_entered(
    _: On<ChatLineEntered>,
    main: MainBox,
    mut lists: Query<(&mut ScrollPosition, &ChildOf)>,
) {
    let main = main.get();
    for (mut position, child_of) in &mut lists {
        if Some(child_of.parent()) == main {
            position.jump_to_bottom();
        }
    }
}

/// The button is a child of its list.
fn on_activate(
    button: On<Activate>,
    buttons: Query<&ChildOf>,
    mut positions: Query<&mut ScrollPosition>,
) {
    let list = buttons.get(button.entity).map(ChildOf::parent);
    if let Ok(mut position) = list.and_then(|list| positions.get_mut(list)) {
        position.jump_to_bottom();
    }
}

pub(super) fn draw_jump_button(
    strings: Res<ChatBoxStrings>,
    positions: Query<&ScrollPosition>,
    mut buttons: Query<(PartText, &mut Visibility, &ChildOf), With<ChatJumpButton>>,
) {
    for (mut text, mut visibility, child_of) in &mut buttons {
        let Ok(position) = positions.get(child_of.parent()) else {
            continue;
        };
        if position.is_at_bottom() {
            visibility.set_if_neq(Visibility::Hidden);
            continue;
        }
        visibility.set_if_neq(Visibility::Inherited);
        if position.new_lines == 0 {
            text.set(&strings.to_newest);
        } else {
            let count = position.new_lines.to_string();
            text.set(&fill(&strings.new_messages, &[("{n}", &count)]));
        }
    }
}
