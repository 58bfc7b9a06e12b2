use std::time::Duration;

use bevy::{
    prelude::{Color, Resource, TextFont, Val},
    text::{FontSize, FontSource},
};

/// The height of the window for which the theme's lengths are meant.
const DESIGN_HEIGHT: f32 = 720.0;
/// The messages take up no more of the window's height.
const MAX_LIST_HEIGHT: f32 = DESIGN_HEIGHT * 0.6;
/// The height of a line of text, as a factor of the font's size.
const LINE_HEIGHT: f32 = 1.2;

/// How the chat box looks. Change it at any time.
///
/// Lengths are in pixels of a window 720 pixels high; on a taller one, up to 4K and beyond, everything grows with it.
/// [`ChatBoxTheme::default`] gives the values named here.
#[derive(Resource, Clone, Debug)]
#[non_exhaustive]
pub struct ChatBoxTheme {
    /// The font: Bevy's default font. Scripts that it lacks come from the fallbacks of Bevy's text.
    pub font: FontSource,
    /// The size of the text: 15.
    pub font_size: f32,
    /// The player's wish for larger text, as a factor: 1. The box stays as wide as it is.
    pub text_scale: f32,
    /// Black and white instead of shades, for those who need contrast: off.
    pub high_contrast: bool,
    /// Where the box is: bottom left.
    pub corner: ChatBoxCorner,
    /// How far it is from the window's edges: 14.
    pub margin: f32,
    /// How wide it is: 460.
    pub width: f32,
    /// How high the messages become, as they come: 190.
    pub height: f32,
    /// How opaque the backdrop is, from 0 to 1: 0.72.
    pub opacity: f32,
    /// The colour behind everything.
    pub backdrop: Color,
    /// What users say.
    pub text: Color,
    /// What matters less: the time, pending messages, system lines.
    pub dim: Color,
    /// What asks for attention: mentions of others, chips, the active tab.
    pub accent: Color,
    /// Mentions of the user.
    pub own_mention: Color,
    /// What went wrong.
    pub warning: Color,
    /// After how long without a message or a pointer over it the box fades out: 12 s. `None`: never.
    pub fade_after: Option<Duration>,
}

/// A corner of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChatBoxCorner {
    /// At the bottom, on the left.
    #[default]
    BottomLeft,
    /// At the bottom, on the right.
    BottomRight,
    /// At the top, on the left.
    TopLeft,
    /// At the top, on the right.
    TopRight,
}

impl Default for ChatBoxTheme {
    fn default() -> Self {
        Self {
            font: FontSource::default(),
            font_size: 15.0,
            text_scale: 1.0,
            high_contrast: false,
            corner: ChatBoxCorner::default(),
            margin: 14.0,
            width: 460.0,
            height: 190.0,
            opacity: 0.72,
            backdrop: Color::srgb(0.06, 0.06, 0.10),
            text: Color::srgb(0.95, 0.95, 0.93),
            dim: Color::srgb(0.67, 0.68, 0.74),
            accent: Color::srgb(0.55, 0.80, 1.0),
            own_mention: Color::srgb(1.0, 0.82, 0.35),
            warning: Color::srgb(1.0, 0.56, 0.48),
            fade_after: Some(Duration::from_secs(12)),
        }
    }
}

impl ChatBoxTheme {
    /// The same theme with what [`high_contrast`](Self::high_contrast) asks for.
    pub(super) fn seen(&self) -> Self {
        let mut seen = self.clone();
        if seen.high_contrast {
            seen.opacity = 1.0;
            seen.backdrop = Color::BLACK;
            seen.text = Color::WHITE;
            seen.dim = Color::srgb(0.86, 0.86, 0.86);
        }
        seen
    }

    pub(super) fn backdrop_color(&self) -> Color {
        use bevy::prelude::Alpha;
        self.backdrop.with_alpha(self.opacity.clamp(0.0, 1.0))
    }

    /// A length.
    pub(super) const fn length(&self, pixels: f32) -> Val {
        Val::Vh(pixels * 100.0 / DESIGN_HEIGHT)
    }

    /// How high the messages are at most.
    pub(super) const fn list_height(&self) -> f32 {
        self.height.min(MAX_LIST_HEIGHT)
    }

    /// The height of so many lines of text of this size, as a factor of the theme's.
    pub(super) const fn lines(&self, count: f32, factor: f32) -> Val {
        self.length(count * factor * self.line_height())
    }

    /// The height of a line of text.
    pub(super) const fn line_height(&self) -> f32 {
        self.font_size * self.text_scale.max(0.5) * LINE_HEIGHT
    }

    /// How many pixels a length is in a window so high.
    pub(super) const fn pixels(length: f32, window_height: f32) -> f32 {
        length * window_height / DESIGN_HEIGHT
    }

    /// The font of text of this size, as a factor of the theme's.
    pub(super) fn text_font(&self, factor: f32) -> TextFont {
        let pixels = self.font_size * self.text_scale.max(0.5) * factor;
        TextFont {
            font: self.font.clone(),
            font_size: FontSize::Vh(pixels * 100.0 / DESIGN_HEIGHT),
            ..Default::default()
        }
    }
}
