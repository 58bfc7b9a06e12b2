use std::time::Duration;

use bevy::{
    ecs::template::{FromTemplate, SpecializeFromTemplate, Template, TemplateContext},
    prelude::*,
    text::{FontSize, FontSource},
};

/// The window height, in logical pixels, at which the theme's lengths are pixels.
const DESIGN_HEIGHT: f32 = 720.0;
/// The maximum height of the message list, in theme pixels.
const MAX_LIST_HEIGHT: f32 = DESIGN_HEIGHT * 0.6;
/// The height of a line of text, as a factor of the font size.
const LINE_HEIGHT: f32 = 1.2;
/// The minimum of [`ChatBoxTheme::text_scale`].
const MIN_TEXT_SCALE: f32 = 0.5;

/// The appearance of the chat box. Change the resource at any time, the box follows in the same frame.
///
/// Lengths are in logical pixels of a window that is 720 pixels high. The box scales with the height of the window.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::chat_box::{ChatBoxCorner, ChatBoxTheme};
///
/// let theme = ChatBoxTheme {
///     width: 600.0,
///     corner: ChatBoxCorner::BottomRight,
///     ..default()
/// };
/// ```
///
/// # Fonts
/// The library brings no font. [`font`](Self::font) selects the font of all texts: a handle of a font asset, or the
/// name of a font family. By default it is Bevy's default font, which exists if the game enables Bevy's feature
/// `default_font` (a default feature of Bevy), or inserts a font of its own under the default handle:
///
/// ```
/// use bevy::{asset::AssetId, prelude::*};
///
/// fn use_as_default_font(bytes: Vec<u8>, mut fonts: ResMut<Assets<Font>>) -> Result {
///     fonts.insert(AssetId::default(), Font::from_bytes(bytes))?;
///     Ok(())
/// }
/// ```
///
/// Without any font, the box shows no text. Characters that the font lacks are taken from the fallback fonts of
/// [`FontCx`](bevy::text::FontCx).
#[derive(Resource, Reflect, Clone, Debug)]
#[reflect(Resource, Clone, Debug, Default)]
pub struct ChatBoxTheme {
    /// The font of all texts. Default: Bevy's default font.
    pub font: FontSource,
    /// The font size, in pixels. Default: 15.
    pub font_size: f32,
    /// The factor by which the player enlarges the text, at least 0.5. The width of the box does not change. Default: 1.
    pub text_scale: f32,
    /// Draws white text on an opaque black background instead of the theme's colours. Default: `false`.
    pub high_contrast: bool,
    /// The corner of the window in which the box is placed. Default: bottom left.
    pub corner: ChatBoxCorner,
    /// The distance between the box and the edges of the window, in pixels. Default: 14.
    pub margin: f32,
    /// The width of the box, in pixels. Default: 460.
    pub width: f32,
    /// The maximum height of the message list, in pixels. The list grows with its messages up to this height, and up
    /// to 60 % of the window's. Default: 190.
    pub height: f32,
    /// The opacity of the background, from 0 to 1. Default: 0.72.
    pub opacity: f32,
    /// The background colour of the box. Its alpha is replaced by [`opacity`](Self::opacity).
    pub background: Color,
    /// The colour of message texts.
    pub text: Color,
    /// The colour of secondary texts: times, pending messages, notes.
    pub dim: Color,
    /// The colour of mentions of others, chips and the whisper target.
    pub accent: Color,
    /// The colour of mentions of the user, and of tabs with unread messages.
    pub own_mention: Color,
    /// The colour of errors and of the connection line.
    pub warning: Color,
    /// The time without activity after which the box fades out. A message, an open input or a pointer over the box is
    /// activity. `None` never fades. Default: 12 s.
    pub fade_after: Option<Duration>,
}

/// A corner of the window.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Clone, Debug, Default, PartialEq)]
pub enum ChatBoxCorner {
    /// Bottom left.
    #[default]
    BottomLeft,
    /// Bottom right.
    BottomRight,
    /// Top left.
    TopLeft,
    /// Top right.
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
            background: Color::srgb(0.06, 0.06, 0.10),
            text: Color::srgb(0.95, 0.95, 0.93),
            dim: Color::srgb(0.67, 0.68, 0.74),
            accent: Color::srgb(0.55, 0.80, 1.0),
            own_mention: Color::srgb(1.0, 0.82, 0.35),
            warning: Color::srgb(1.0, 0.56, 0.48),
            fade_after: Some(Duration::from_secs(12)),
        }
    }
}

/// The theme in a scene (`bsn!`) starts with its defaults. A derived template would start with those of its fields.
impl FromTemplate for ChatBoxTheme {
    type Template = Self;
}

impl Template for ChatBoxTheme {
    type Output = Self;

    fn build_template(&self, _context: &mut TemplateContext) -> Result<Self> {
        Ok(self.clone())
    }

    fn clone_template(&self) -> Self {
        self.clone()
    }
}

// Bevy's own implementation for what has a default excludes types that are not `Unpin`, as its derive makes them.
impl Unpin for ChatBoxTheme where for<'a> [()]: SpecializeFromTemplate {}

impl ChatBoxTheme {
    /// The theme as it is drawn: with the colours of [`high_contrast`](Self::high_contrast), if that is set.
    pub(super) fn effective(&self) -> Self {
        let mut theme = self.clone();
        if theme.high_contrast {
            theme.opacity = 1.0;
            theme.background = Color::BLACK;
            theme.text = Color::WHITE;
            theme.dim = Color::srgb(0.86, 0.86, 0.86);
        }
        theme
    }

    /// The background colour with the theme's opacity.
    pub(super) fn translucent_background(&self) -> Color {
        self.background.with_alpha(self.opacity.clamp(0.0, 1.0))
    }

    /// A length in theme pixels as a UI value.
    pub(super) const fn length(&self, pixels: f32) -> Val {
        Val::Vh(pixels * 100.0 / DESIGN_HEIGHT)
    }

    /// The maximum height of the message list, in theme pixels.
    pub(super) const fn list_height(&self) -> f32 {
        self.height.min(MAX_LIST_HEIGHT)
    }

    /// The height of `count` lines of text whose size is `scale` times the theme's.
    pub(super) const fn lines(&self, count: f32, scale: f32) -> Val {
        self.length(count * scale * self.line_height())
    }

    /// The height of a line of text, in theme pixels.
    pub(super) const fn line_height(&self) -> f32 {
        self.scaled_font_size() * LINE_HEIGHT
    }

    /// Converts a length in theme pixels to logical pixels of a window of this height.
    pub(super) const fn to_logical(length: f32, window_height: f32) -> f32 {
        length * window_height / DESIGN_HEIGHT
    }

    /// The font of a text whose size is `scale` times the theme's.
    pub(super) fn text_font(&self, scale: f32) -> TextFont {
        TextFont {
            font: self.font.clone(),
            font_size: FontSize::Vh(self.scaled_font_size() * scale * 100.0 / DESIGN_HEIGHT),
            ..default()
        }
    }

    const fn scaled_font_size(&self) -> f32 {
        self.font_size * self.text_scale.max(MIN_TEXT_SCALE)
    }
}
