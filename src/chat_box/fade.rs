//! The fade of the box after a time without activity, and the colours that are drawn.

use bevy::{
    ecs::system::SystemParam, picking::hover::Hovered, prelude::*, text::TextBackgroundColor,
};

use super::{
    drawn_theme::DrawnTheme,
    notes::ChatNotes,
    parts::{ChatBox, UnfadedBackground, UnfadedTextColor},
    player_layout::ChatLayout,
    schedules::{BoxSchedule, ChatBoxSystems},
    state::{ChatBoxModes, ChatBoxState},
};
use crate::plugin::{ChatHistory, CometChat};

/// The duration of the fade, in seconds.
const FADE_SECONDS: f32 = 0.8;
/// The number of steps of the fade. They save work: not every frame of a fade changes every text.
const STEPS: f32 = 12.0;

/// The opacity of the box, from 0 to 1.
#[derive(Component)]
pub(super) struct Fade {
    level: f32,
    /// The start of the inactivity, in seconds since the start of the app. It is set in the frame after the last
    /// activity, because in the first frame after a sleep, Bevy's clock does not include the sleep.
    idle_since: Option<f32>,
    /// The version of the history at the last activity.
    history: u64,
}

/// A part that is hidden when the box has faded out, because emoji keep their own colours, and a hidden part takes no
/// clicks. Holds the visibility before that.
#[derive(Component, Default)]
pub(super) struct HiddenWhenFaded(Option<Visibility>);

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
    /// Whether the box can be read.
    pub(super) fn is_legible(&self) -> bool {
        self.level > 0.5
    }
}

pub(super) fn plugin(app: &mut App) {
    app.register_required_components::<ChatBox, Fade>()
        .add_systems(BoxSchedule::Update, update_fade)
        .add_systems(
            PostUpdate,
            paint.in_set(ChatBoxSystems::Paint).run_if(needs_paint),
        );
}

/// What counts as activity.
#[derive(SystemParam)]
pub(super) struct Activity<'w> {
    modes: Res<'w, ChatBoxModes>,
    history: Res<'w, ChatHistory>,
    notes: Res<'w, ChatNotes>,
    chat: Option<Res<'w, CometChat>>,
}

impl Activity<'_> {
    /// Whether something happens that concerns all boxes.
    fn is_anywhere(&self) -> bool {
        self.modes.is_menu_open
            || self.modes.is_layout_mode
            || self.modes.is_changed()
            || self.notes.is_changed()
            || self.chat.as_ref().is_some_and(|chat| chat.is_changed())
    }
}

/// The components of a box on which its fade depends.
type Fading = (
    Ref<'static, ChatBoxState>,
    Ref<'static, ChatLayout>,
    Ref<'static, DrawnTheme>,
    &'static Hovered,
    &'static mut Fade,
);

pub(super) fn update_fade(
    activity: Activity,
    time: Res<Time<Real>>,
    mut boxes: Query<Fading, With<ChatBox>>,
) {
    let now = time.elapsed_secs();
    let is_anywhere = activity.is_anywhere();
    for (box_state, layout, theme, hovered, mut fade) in &mut boxes {
        let state = fade.bypass_change_detection();
        let is_active = is_anywhere
            || box_state.is_open
            || box_state.is_changed()
            || activity.history.version() != state.history
            || theme.is_changed()
            || layout.is_changed()
            || hovered.0;
        let idle = if is_active {
            state.history = activity.history.version();
            state.idle_since = None;
            0.0
        } else {
            now - *state.idle_since.get_or_insert(now)
        };
        let level = theme.fade_after.map_or(1.0, |after| {
            let over = idle - after.as_secs_f32();
            1.0 - (over / FADE_SECONDS).clamp(0.0, 1.0)
        });
        let level = (level * STEPS).ceil() / STEPS;
        if level != state.level {
            fade.level = level;
        }
    }
}

/// A run condition: colours or a fade have changed.
fn needs_paint(
    fades: Query<(), Changed<Fade>>,
    colors: Query<(), Changed<UnfadedTextColor>>,
    backgrounds: Query<(), Changed<UnfadedBackground>>,
) -> bool {
    !fades.is_empty() || !colors.is_empty() || !backgrounds.is_empty()
}

/// The fades of parts.
#[derive(SystemParam)]
struct Fades<'w, 's> {
    boxes: Query<'w, 's, Ref<'static, Fade>>,
    parents: Query<'w, 's, &'static ChildOf>,
}

impl Fades<'_, '_> {
    fn is_any_changed(&self) -> bool {
        self.boxes.iter().any(|fade| fade.is_changed())
    }

    /// The opacity of a part, and whether it has changed. What is in no box does not fade.
    fn level(&self, part: Entity) -> (f32, bool) {
        let mut path = std::iter::once(part).chain(self.parents.iter_ancestors(part));
        let fade = path.find_map(|entity| self.boxes.get(entity).ok());
        fade.map_or((1.0, false), |fade| (fade.level, fade.is_changed()))
    }
}

/// The background of a node or a text span.
type Background = (
    Entity,
    Ref<'static, UnfadedBackground>,
    Option<&'static mut TextBackgroundColor>,
    Option<&'static mut BackgroundColor>,
);

/// Applies the colours that have changed. During the fade of a box, applies all of it.
fn paint(
    fades: Fades,
    mut texts: Query<(Entity, Ref<UnfadedTextColor>, &mut TextColor)>,
    mut backgrounds: Query<Background>,
    mut hidden: Query<(Entity, &mut Visibility, &mut HiddenWhenFaded)>,
    mut boxes: Query<(Entity, &mut Pickable), With<ChatBox>>,
) {
    let is_any_fading = fades.is_any_changed();
    let level_if = |part: Entity, is_changed: bool| {
        let (level, is_fading) = (is_changed || is_any_fading).then(|| fades.level(part))?;
        (is_changed || is_fading).then_some(level)
    };
    let faded = |color: Color, level: f32| color.with_alpha(color.alpha() * level);
    for (part, unfaded, mut color) in &mut texts {
        if let Some(level) = level_if(part, unfaded.is_changed()) {
            color.set_if_neq(TextColor(faded(unfaded.0, level)));
        }
    }
    for (part, unfaded, text, node) in &mut backgrounds {
        let Some(level) = level_if(part, unfaded.is_changed()) else {
            continue;
        };
        if let Some(mut text) = text {
            text.set_if_neq(TextBackgroundColor(faded(unfaded.0, level)));
        }
        if let Some(mut node) = node {
            node.set_if_neq(BackgroundColor(faded(unfaded.0, level)));
        }
    }
    if !is_any_fading {
        return;
    }
    for (part, mut visibility, mut hidden) in &mut hidden {
        match level_if(part, false) {
            Some(level) if level > 0.0 => {
                if let Some(before) = hidden.0.take() {
                    *visibility = before;
                }
            }
            Some(_) if hidden.0.is_none() => {
                hidden.0 = Some(std::mem::replace(&mut *visibility, Visibility::Hidden));
            }
            _ => {}
        }
    }
    for (chat_box, mut pickable) in &mut boxes {
        if let Some(level) = level_if(chat_box, false) {
            pickable.should_block_lower = level > 0.0;
        }
    }
}
