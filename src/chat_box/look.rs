//! Colours and sizes: as the theme says, and as much as the box is faded out.

use bevy::{picking::hover::Hovered, prelude::*, text::TextBackgroundColor};

use super::{
    chat_box_state::ChatBoxState, chat_box_theme::ChatBoxTheme, chat_notes::ChatNotes,
    message_list::MessageList, spawn::ChatBox,
};
use crate::plugin::{ChatHistory, CometChat};

/// How long it takes to fade out.
const FADE_SECONDS: f32 = 0.8;
/// In so many steps, so that not every frame of a fade changes every text.
const STEPS: f32 = 12.0;

/// The colour of a text.
#[derive(Component, Clone, Copy, PartialEq)]
#[require(TextColor)]
pub(super) struct Ink(pub(super) Color);

/// The colour behind a text, or of a node.
#[derive(Component, Clone, Copy, PartialEq)]
pub(super) struct Fill(pub(super) Color);

/// The size of a text, as a factor of the theme's.
#[derive(Component, Clone, Copy)]
pub(super) struct Sized(pub(super) f32);

/// How much there is to see of the box.
#[derive(Resource)]
pub(super) struct Fade {
    /// From 0 to 1.
    level: f32,
    /// Since when nothing has happened, in seconds since the start. Noted a frame later: Bevy's clock lags behind an
    /// app that slept.
    idle_since: Option<f32>,
    history: u64,
}

impl Default for Fade {
    fn default() -> Self {
        Self {
            level: 1.0,
            idle_since: None,
            history: 0,
        }
    }
}

impl Fade {
    pub(super) fn is_awake(&self) -> bool {
        self.level > 0.5
    }
}

/// Something that the box is not idle for.
#[derive(bevy::ecs::system::SystemParam)]
pub(super) struct Stir<'w, 's> {
    state: Res<'w, ChatBoxState>,
    history: Res<'w, ChatHistory>,
    notes: Res<'w, ChatNotes>,
    theme: Res<'w, ChatBoxTheme>,
    chat: Option<Res<'w, CometChat>>,
    hovered: Query<'w, 's, &'static Hovered, With<ChatBox>>,
}

impl Stir<'_, '_> {
    fn is_there(&self, known: u64) -> bool {
        self.state.is_open
            || self.state.is_changed()
            || self.history.version() != known
            || self.notes.is_changed()
            || self.theme.is_changed()
            || self.chat.as_ref().is_some_and(|chat| chat.is_changed())
            || self.hovered.iter().any(|hovered| hovered.0)
    }
}

pub(super) fn fade(stir: Stir, time: Res<Time<Real>>, mut fade: ResMut<Fade>) {
    let now = time.elapsed_secs();
    let known = fade.bypass_change_detection();
    let idle = match stir.is_there(known.history) {
        true => {
            known.history = stir.history.version();
            known.idle_since = None;
            0.0
        }
        false => now - *known.idle_since.get_or_insert(now),
    };
    let level = match stir.theme.fade_after {
        Some(after) => {
            let over = idle - after.as_secs_f32();
            1.0 - (over / FADE_SECONDS).clamp(0.0, 1.0)
        }
        None => 1.0,
    };
    let level = (level * STEPS).ceil() / STEPS;
    if level != known.level {
        fade.level = level;
    }
}

type Painted<'w> = (&'w Ink, &'w mut TextColor);

/// Colours what has changed; all of it while the box fades.
pub(super) fn paint(
    fade: Res<Fade>,
    mut texts: Query<Painted>,
    mut fills: Query<(
        Ref<Fill>,
        Option<&mut TextBackgroundColor>,
        Option<&mut BackgroundColor>,
    )>,
    changed: Query<Entity, Changed<Ink>>,
    mut lists: Query<&mut Visibility, With<MessageList>>,
) {
    let faded = |color: Color| color.with_alpha(color.alpha() * fade.level);
    if fade.is_changed() {
        for (ink, mut color) in &mut texts {
            color.set_if_neq(TextColor(faded(ink.0)));
        }
        for mut visibility in &mut lists {
            // Emoji have colours of their own, which do not fade.
            visibility.set_if_neq(match fade.level > 0.0 {
                true => Visibility::Inherited,
                false => Visibility::Hidden,
            });
        }
    } else {
        for entity in &changed {
            if let Ok((ink, mut color)) = texts.get_mut(entity) {
                color.set_if_neq(TextColor(faded(ink.0)));
            }
        }
    }
    for (fill, text, node) in &mut fills {
        if !fade.is_changed() && !fill.is_changed() {
            continue;
        }
        if let Some(mut text) = text {
            text.set_if_neq(TextBackgroundColor(faded(fill.0)));
        }
        if let Some(mut node) = node {
            node.set_if_neq(BackgroundColor(faded(fill.0)));
        }
    }
}

/// A run condition: there is something to paint.
pub(super) fn is_unpainted(
    fade: Res<Fade>,
    inks: Query<(), Changed<Ink>>,
    fills: Query<(), Changed<Fill>>,
) -> bool {
    fade.is_changed() || !inks.is_empty() || !fills.is_empty()
}

/// Gives all texts the theme's font.
pub(super) fn resize(theme: Res<ChatBoxTheme>, mut texts: Query<(&Sized, &mut TextFont)>) {
    for (size, mut font) in &mut texts {
        *font = theme.text_font(size.0);
    }
}
