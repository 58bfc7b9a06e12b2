//! The player's settings of the box: its place, its size, its opacity and its fade.

use std::time::Duration;

use bevy::prelude::*;
use serde::{Deserialize, Serialize};

use super::theme::ChatBoxTheme;

/// The minimum size of the box, in logical pixels, in a window that has room for it.
const MIN_SIZE: Vec2 = Vec2::new(180.0, 110.0);
/// The range of the factors of the box and the text.
const SCALES: (f32, f32) = (0.5, 3.0);
/// The maximum number of window sizes with a place of their own. The place that was set first is dropped.
const MAX_PLACES: usize = 16;

/// The player's settings of a box: its place and size, its opacity, and when it fades. They take precedence over
/// [`ChatBoxTheme`]. A component of each [`ChatBox`](super::ChatBox).
///
/// The player changes it in the layout mode, which the command `/layout` and [`ChatBoxModes::is_layout_mode`] open; a
/// game may change it in a menu of its own. It is saved for each user and app, beside the session, under the [`Name`] of
/// the box, and loaded at login. It can be serialized for a settings file of the game, too.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::chat_box::{ChatFade, ChatLayout};
///
/// fn keep_in_the_middle(windows: Query<&Window>, mut layout: Single<&mut ChatLayout>) {
///     for window in &windows {
///         let area = Rect::from_center_size(window.size() / 2.0, Vec2::new(500.0, 300.0));
///         layout.set_area(window.size(), area);
///     }
///     layout.fade = ChatFade::Never;
/// }
/// # bevy::ecs::system::assert_is_system(keep_in_the_middle);
/// ```
///
/// [`ChatBoxModes::is_layout_mode`]: super::ChatBoxModes::is_layout_mode
#[derive(Component, Reflect, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[reflect(Component, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatLayout {
    /// The places of the box, by the size of the window. Without any, the box is in the theme's corner. Default: none.
    pub places: Vec<ChatBoxPlace>,
    /// The factor of all lengths and texts, from 0.5 to 3. Default: 1.
    pub scale: f32,
    /// The factor of all texts, from 0.5 to 3. Default: 1.
    pub text_scale: f32,
    /// The opacity of the background, from 0 to 1. Default: the theme's.
    pub opacity: Option<f32>,
    /// When the box fades out. Default: the theme's time.
    pub fade: ChatFade,
    /// Whether the layout mode leaves the box where it is. Default: `false`.
    pub is_locked: bool,
    /// Whether the box takes no clicks while it is closed: they go to what is behind it. Default: `false`.
    pub is_click_through: bool,
}

/// The place of the box in windows of one size.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[reflect(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "[Option<f32>; 6]", into = "[f32; 6]")]
pub struct ChatBoxPlace {
    /// The size of the window, in logical pixels.
    pub window: Vec2,
    /// The part of the window in which the box is, in logical pixels.
    pub area: Rect,
}

/// When the box fades out.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[reflect(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum ChatFade {
    /// After [`ChatBoxTheme::fade_after`].
    #[default]
    Theme,
    /// Never.
    Never,
    /// After this time without activity.
    After(Duration),
}

/// The area of the box while the player drags it.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct DraftArea(pub(super) Option<Rect>);

impl Default for ChatLayout {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            scale: 1.0,
            text_scale: 1.0,
            opacity: None,
            fade: ChatFade::default(),
            is_locked: false,
            is_click_through: false,
        }
    }
}

/// JSON has no NaN and no infinity: `null` is read as NaN.
impl From<[Option<f32>; 6]> for ChatBoxPlace {
    fn from(numbers: [Option<f32>; 6]) -> Self {
        let [width, height, left, top, right, bottom] = numbers.map(|it| it.unwrap_or(f32::NAN));
        Self {
            window: Vec2::new(width, height),
            area: Rect {
                min: Vec2::new(left, top),
                max: Vec2::new(right, bottom),
            },
        }
    }
}

impl From<ChatBoxPlace> for [f32; 6] {
    fn from(ChatBoxPlace { window, area }: ChatBoxPlace) -> Self {
        let Rect { min, max } = area;
        [window.x, window.y, min.x, min.y, max.x, max.y]
    }
}

impl ChatLayout {
    /// The part of a window of this size in which the box is, in logical pixels: the area that was set for this size,
    /// or the scaled area of the most similar size. It is always inside the window. `None` if none was set.
    pub fn area_in(&self, window: Vec2) -> Option<Rect> {
        let distance = |place: &&ChatBoxPlace| place.window.distance(window);
        let mut places = self.places.iter();
        let first = places.next()?;
        let nearest = places.fold(first, |nearest, place| {
            if distance(&place) < distance(&nearest) || distance(&nearest).is_nan() {
                place
            } else {
                nearest
            }
        });
        let factor = |now: f32, then: f32| if then > 0.0 { now / then } else { 1.0 };
        let factor = Vec2::new(
            factor(window.x, nearest.window.x),
            factor(window.y, nearest.window.y),
        );
        let Rect { min, max } = nearest.area;
        let area = Rect {
            min: min * factor,
            max: max * factor,
        };
        Some(fit(area, window))
    }

    /// Sets the part of windows of this size in which the box is, in logical pixels.
    pub fn set_area(&mut self, window: Vec2, area: Rect) {
        let area = fit(area, window);
        let is_other = |place: &ChatBoxPlace| place.window.round() != window.round();
        self.places.retain(is_other);
        if self.places.len() >= MAX_PLACES {
            self.places.remove(0);
        }
        self.places.push(ChatBoxPlace { window, area });
    }

    /// The factor of all lengths.
    pub(super) fn scale(&self) -> f32 {
        scale(self.scale)
    }

    /// The theme with what the player has set.
    pub(super) fn apply_to(&self, theme: &mut ChatBoxTheme) {
        theme.text_scale *= scale(self.text_scale);
        if let Some(opacity) = self.opacity.filter(|opacity| opacity.is_finite()) {
            theme.opacity = opacity;
        }
        match self.fade {
            ChatFade::Theme => {}
            ChatFade::Never => theme.fade_after = None,
            ChatFade::After(time) => theme.fade_after = Some(time),
        }
    }
}

fn scale(factor: f32) -> f32 {
    if factor.is_finite() {
        factor.clamp(SCALES.0, SCALES.1)
    } else {
        1.0
    }
}

/// The area in the window that is most like this one: no smaller than the box can be, and no larger than the window.
pub(super) fn fit(area: Rect, window: Vec2) -> Rect {
    let axis = |from: f32, to: f32, least: f32, room: f32| {
        let room = if room.is_finite() { room.max(0.0) } else { 0.0 };
        // NaN becomes the minimum.
        let size = (to - from).max(least.min(room)).min(room);
        let start = from.max(0.0).min(room - size);
        (start, start + size)
    };
    let Rect { min, max } = area;
    let (left, right) = axis(min.x, max.x, MIN_SIZE.x, window.x);
    let (top, bottom) = axis(min.y, max.y, MIN_SIZE.y, window.y);
    Rect {
        min: Vec2::new(left, top),
        max: Vec2::new(right, bottom),
    }
}

pub(super) fn plugin(app: &mut App) {
    app.register_type::<ChatLayout>()
        .register_type::<ChatBoxPlace>()
        .register_type::<ChatFade>();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_f32() -> impl Strategy<Value = f32> {
        let special = [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            0.0,
            -0.0,
            f32::MAX,
        ];
        prop_oneof![
            any::<f32>(),
            -3_000.0_f32..3_000.0,
            proptest::sample::select(special.to_vec())
        ]
    }

    fn any_place() -> impl Strategy<Value = ChatBoxPlace> {
        proptest::array::uniform6(any_f32()).prop_map(|numbers| numbers.map(Some).into())
    }

    proptest! {
        #[test]
        fn whatever_is_saved_the_box_is_inside_of_any_window(
            places in proptest::collection::vec(any_place(), 1..5),
            width in 0.0_f32..20_000.0,
            height in 0.0_f32..20_000.0,
        ) {
            let window = Vec2::new(width, height);
            let layout = ChatLayout { places, ..default() };
            let json = serde_json::to_string(&layout).unwrap();
            for layout in [layout, serde_json::from_str(&json).unwrap()] {
                let Rect { min, max } = layout.area_in(window).unwrap();
                prop_assert!(min.x >= 0.0 && min.y >= 0.0, "{min}");
                prop_assert!(max.x <= width + 0.01 && max.y <= height + 0.01, "{max} {window}");
                let least = MIN_SIZE.min(window) - 0.01;
                prop_assert!((max - min).cmpge(least).all(), "{min} {max}");
            }
        }

        #[test]
        fn whatever_is_set_the_factors_are_usable(factor in any_f32(), opacity in any_f32()) {
            let layout = ChatLayout {
                scale: factor,
                text_scale: factor,
                opacity: Some(opacity),
                ..default()
            };
            let mut theme = ChatBoxTheme::default();
            layout.apply_to(&mut theme);
            prop_assert!((0.5..=3.0).contains(&layout.scale()));
            prop_assert!((0.5..=3.0).contains(&theme.text_scale));
            prop_assert!(theme.opacity.is_finite());
        }
    }

    #[test]
    fn each_size_of_the_window_has_its_place_and_others_have_the_nearest_in_proportion() {
        let mut layout = ChatLayout::default();
        assert_eq!(layout.area_in(Vec2::new(800.0, 600.0)), None);
        let (small, large) = (Vec2::new(800.0, 600.0), Vec2::new(2_000.0, 1_000.0));
        let one = Rect::new(10.0, 20.0, 300.0, 400.0);
        let other = Rect::new(1_000.0, 500.0, 1_500.0, 900.0);
        layout.set_area(small, one);
        layout.set_area(large, other);
        assert_eq!(layout.area_in(small), Some(one));
        assert_eq!(layout.area_in(large), Some(other));
        let doubled = Rect::new(2_000.0, 1_000.0, 3_000.0, 1_800.0);
        assert_eq!(layout.area_in(large * 2.0), Some(doubled));
        layout.set_area(small, other);
        assert_eq!(layout.places.len(), 2);
        for width in 0..40 {
            layout.set_area(Vec2::new(width as f32, 600.0), one);
        }
        assert_eq!(layout.places.len(), MAX_PLACES);
    }
}
