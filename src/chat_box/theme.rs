use std::time::Duration;

use bevy::{
    ecs::template::{FromTemplate, SpecializeFromTemplate, Template, TemplateContext},
    prelude::*,
    text::FontSource,
};

/// The appearance of all chat boxes. Change the resource at any time, the boxes follow in the same frame. A box with an
/// [`OwnChatTheme`] has that one instead.
///
/// Lengths are in logical pixels of a window that is 720 pixels high. The box scales with the height of the window, but
/// in a lower window its smallest text stays at least 11 pixels high.
///
/// Colours of texts are drawn lighter or darker than the theme has them where they would have a contrast of less than
/// 4.5 on the background of the box over a white or a black scene.
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
    /// Draws white text on an opaque black background, and other colours with a contrast of at least 7. Default: `false`.
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
    /// The opacity of the background, from 0 to 1. With less than about 0.9, texts have less contrast over bright scenes
    /// than WCAG 2 requires. Default: 0.92.
    pub opacity: f32,
    /// The background colour of the box. Its alpha is replaced by [`opacity`](Self::opacity).
    pub background: Color,
    /// The colour of message texts.
    pub text: Color,
    /// The colour of secondary texts: times, pending messages, notes.
    pub dim: Color,
    /// The colour of mentions of others, chips and the whisper target.
    pub accent: Color,
    /// The colour of the texts of whispers.
    pub whisper: Color,
    /// The colour of mentions of the user, and of tabs with unread messages.
    pub own_mention: Color,
    /// The colour of errors and of the connection line.
    pub warning: Color,
    /// The time without activity after which the box fades out. A message, an open input or a pointer over the box is
    /// activity. `None` never fades. Default: 12 s.
    pub fade_after: Option<Duration>,
}

/// The appearance of one chat box, in place of the [`ChatBoxTheme`] of all: a component of the
/// [`ChatBox`](super::ChatBox).
#[derive(Component, Reflect, Clone, Debug, Default, Deref, DerefMut)]
#[reflect(Component, Clone, Debug, Default)]
pub struct OwnChatTheme(pub ChatBoxTheme);

/// The place of the box, unless the player has moved it.
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
    /// At the bottom, in the middle.
    BottomCenter,
    /// Where the game's own layout places it: the box is as wide as its parent, and the player cannot move it. The game
    /// spawns the [`ChatBox`](super::ChatBox) as a child of a node of its own.
    InParent,
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
            opacity: 0.92,
            background: Color::srgb(0.06, 0.06, 0.10),
            text: Color::srgb(0.95, 0.95, 0.93),
            dim: Color::srgb(0.67, 0.68, 0.74),
            accent: Color::srgb(0.55, 0.80, 1.0),
            whisper: Color::srgb(0.93, 0.74, 1.0),
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
