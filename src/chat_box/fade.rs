//! The fade of the box after a time without activity, and the colours that are drawn.

use bevy::{
    ecs::system::SystemParam, picking::hover::Hovered, prelude::*, text::TextBackgroundColor,
};

use super::{
    drawn_theme::DrawnTheme,
    notes::ChatNotes,
    parts::{ChatBox, ChatBoxSystems, UnfadedBackground, UnfadedTextColor},
    player_layout::ChatLayout,
    state::ChatBoxState,
    theme::ChatBoxTheme,
};
use crate::plugin::{ChatHistory, CometChat};

/// The duration of the fade, in seconds.
const FADE_SECONDS: f32 = 0.8;
/// The number of steps of the fade. They save work: not every frame of a fade changes every text.
const STEPS: f32 = 12.0;

/// The opacity of the box, from 0 to 1.
#[derive(Resource)]
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
    app.init_resource::<Fade>().add_systems(
        PostUpdate,
        (
            update_fade.in_set(ChatBoxSystems::Update),
            paint.in_set(ChatBoxSystems::Paint).run_if(needs_paint),
        ),
    );
}

/// What counts as activity.
#[derive(SystemParam)]
pub(super) struct Activity<'w, 's> {
    state: Res<'w, ChatBoxState>,
    history: Res<'w, ChatHistory>,
    notes: Res<'w, ChatNotes>,
    theme: Res<'w, ChatBoxTheme>,
    layout: Res<'w, ChatLayout>,
    chat: Option<Res<'w, CometChat>>,
    hovered: Query<'w, 's, &'static Hovered, With<ChatBox>>,
}

impl Activity<'_, '_> {
    fn is_active(&self, known_history: u64) -> bool {
        self.state.is_open
            || self.state.is_menu_open
            || self.state.is_layout_mode
            || self.state.is_changed()
            || self.history.version() != known_history
            || self.notes.is_changed()
            || self.theme.is_changed()
            || self.layout.is_changed()
            || self.chat.as_ref().is_some_and(|chat| chat.is_changed())
            || self.hovered.iter().any(|hovered| hovered.0)
    }
}

pub(super) fn update_fade(
    activity: Activity,
    theme: Res<DrawnTheme>,
    time: Res<Time<Real>>,
    mut fade: ResMut<Fade>,
) {
    let now = time.elapsed_secs();
    let state = fade.bypass_change_detection();
    let idle = if activity.is_active(state.history) {
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

/// A run condition: colours or the fade have changed.
fn needs_paint(
    fade: Res<Fade>,
    colors: Query<(), Changed<UnfadedTextColor>>,
    backgrounds: Query<(), Changed<UnfadedBackground>>,
) -> bool {
    fade.is_changed() || !colors.is_empty() || !backgrounds.is_empty()
}

/// Applies the colours that have changed. During a fade, applies all.
fn paint(
    fade: Res<Fade>,
    mut texts: Query<(Ref<UnfadedTextColor>, &mut TextColor)>,
    mut backgrounds: Query<(
        Ref<UnfadedBackground>,
        Option<&mut TextBackgroundColor>,
        Option<&mut BackgroundColor>,
    )>,
    mut hidden: Query<(&mut Visibility, &mut HiddenWhenFaded)>,
    mut boxes: Query<&mut Pickable, With<ChatBox>>,
) {
    let faded = |color: Color| color.with_alpha(color.alpha() * fade.level);
    let is_fading = fade.is_changed();
    for (unfaded, mut color) in &mut texts {
        if is_fading || unfaded.is_changed() {
            color.set_if_neq(TextColor(faded(unfaded.0)));
        }
    }
    for (unfaded, text, node) in &mut backgrounds {
        if !is_fading && !unfaded.is_changed() {
            continue;
        }
        if let Some(mut text) = text {
            text.set_if_neq(TextBackgroundColor(faded(unfaded.0)));
        }
        if let Some(mut node) = node {
            node.set_if_neq(BackgroundColor(faded(unfaded.0)));
        }
    }
    if is_fading {
        let is_visible = fade.level > 0.0;
        for (mut visibility, mut hidden) in &mut hidden {
            if is_visible {
                if let Some(before) = hidden.0.take() {
                    *visibility = before;
                }
            } else if hidden.0.is_none() {
                hidden.0 = Some(std::mem::replace(&mut *visibility, Visibility::Hidden));
            }
        }
        for mut pickable in &mut boxes {
            pickable.should_block_lower = is_visible;
        }
    }
}
