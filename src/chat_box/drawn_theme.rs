//! The theme as it is drawn: scaled to the window, with colours that are legible over any scene.

use std::ops::Deref;

use bevy::{prelude::*, text::FontSize};

use super::{
    contrast::{blend, is_light, legible},
    name_color::name_color,
    player_layout::{ChatLayout, DraftArea, fit},
    theme::{ChatBoxCorner, ChatBoxTheme},
};
use crate::model::Uid;

/// The window height, in logical pixels, at which the theme's lengths are pixels.
const DESIGN_HEIGHT: f32 = 720.0;
/// The maximum height of the message list, as a fraction of the window's height.
const MAX_LIST_HEIGHT: f32 = 0.6;
/// The height of a line of text, as a factor of the font size.
const LINE_HEIGHT: f32 = 1.2;
/// The minimum of [`ChatBoxTheme::text_scale`].
const MIN_TEXT_SCALE: f32 = 0.5;
/// The size of the smallest texts, as a factor of the theme's font size.
pub(super) const SMALL_FONT_SCALE: f32 = 0.87;
/// The minimum size of texts in a window that is less than [`DESIGN_HEIGHT`] high, in logical pixels.
const MIN_FONT_SIZE: f32 = 11.0;
/// The contrast that WCAG 2 requires of text of this size: success criterion 1.4.3.
const CONTRAST: f32 = 4.5;
/// The contrast of [`ChatBoxTheme::high_contrast`]: success criterion 1.4.6.
const HIGH_CONTRAST: f32 = 7.0;
/// How much of the text colour is in the background of the input, the active tab and reactions.
const RAISED: f32 = 0.13;
/// How much of their colour is in the background of item links and buttons.
const TINTED: f32 = 0.3;

/// The theme as it is drawn. Its colours have enough contrast on the box's background over a white, a black and any
/// other scene, if [`ChatBoxTheme::opacity`] allows it.
#[derive(Component, Clone, Debug)]
pub(super) struct DrawnTheme {
    theme: ChatBoxTheme,
    /// The factor by which the box is larger than the theme's lengths in a window of this height.
    scale: f32,
    /// The size of the window, in logical pixels.
    pub(super) window: Vec2,
    /// The part of the window in which the player has placed the box, in logical pixels.
    pub(super) area: Option<Rect>,
    /// The maximum height of the message list, in theme pixels.
    list_height: f32,
    /// The opaque background of what stands out: the input, the active tab, reactions.
    pub(super) raised_background: Color,
}

impl Deref for DrawnTheme {
    type Target = ChatBoxTheme;

    fn deref(&self) -> &ChatBoxTheme {
        &self.theme
    }
}

/// The theme of what is in no box: menus and the wheel. It is that of the main box.
#[derive(Resource, Clone, Debug, Deref)]
pub(super) struct CommonTheme(pub(super) DrawnTheme);

impl FromWorld for CommonTheme {
    fn from_world(world: &mut World) -> Self {
        let theme = world.get_resource_or_init::<ChatBoxTheme>().clone();
        let window = Vec2::new(DESIGN_HEIGHT * 16.0 / 9.0, DESIGN_HEIGHT);
        let (layout, draft) = (ChatLayout::default(), DraftArea::default());
        Self(DrawnTheme::new(theme, window, &layout, draft, false))
    }
}

impl DrawnTheme {
    /// The theme in a window of this size, in logical pixels, with what the player has set.
    pub(super) fn new(
        mut theme: ChatBoxTheme,
        window: Vec2,
        layout: &ChatLayout,
        draft: DraftArea,
        is_read_only: bool,
    ) -> Self {
        layout.apply_to(&mut theme);
        theme.opacity = theme.opacity.clamp(0.0, 1.0);
        if theme.high_contrast {
            theme.opacity = 1.0;
            theme.background = Color::BLACK;
            theme.text = Color::WHITE;
            theme.dim = Color::srgb(0.86, 0.86, 0.86);
        }
        let shrinks_to = window.y / DESIGN_HEIGHT;
        let smallest = scaled_font_size(&theme) * SMALL_FONT_SCALE * shrinks_to;
        let scale = (MIN_FONT_SIZE / smallest).min(1.0 / shrinks_to).max(1.0);
        let mut drawn = Self {
            raised_background: tint(theme.background, theme.text, RAISED),
            area: None,
            list_height: theme.height,
            theme,
            scale: scale * layout.scale(),
            window,
        };
        if drawn.corner != ChatBoxCorner::InParent {
            let draft = draft.0.map(|area| fit(area, window));
            drawn.area = draft.or_else(|| layout.area_in(window));
        }
        drawn.list_height = match drawn.area {
            Some(area) => area.height() / drawn.to_logical(1.0) - drawn.frame_height(is_read_only),
            None => drawn
                .height
                .min(DESIGN_HEIGHT * MAX_LIST_HEIGHT / drawn.scale),
        };
        for background in [drawn.worst_background(), drawn.raised_background] {
            let ratio = drawn.contrast();
            let theme = &mut drawn.theme;
            for color in [
                &mut theme.text,
                &mut theme.dim,
                &mut theme.accent,
                &mut theme.own_mention,
                &mut theme.warning,
                &mut theme.whisper,
            ] {
                *color = legible(*color, background, ratio);
            }
        }
        drawn
    }

    /// The contrast that texts have.
    const fn contrast(&self) -> f32 {
        if self.theme.high_contrast {
            HIGH_CONTRAST
        } else {
            CONTRAST
        }
    }

    /// The background of the box over the scene in which its texts have the least contrast.
    fn worst_background(&self) -> Color {
        let scene = if is_light(self.background) {
            Color::BLACK
        } else {
            Color::WHITE
        };
        blend(self.translucent_background(), scene)
    }

    /// The background colour with the theme's opacity.
    pub(super) fn translucent_background(&self) -> Color {
        self.background.with_alpha(self.opacity)
    }

    /// The opaque background colour, mixed with another colour.
    pub(super) fn tinted_background(&self, color: Color) -> Color {
        tint(self.background, color, TINTED)
    }

    /// A colour that is legible on an opaque background.
    pub(super) fn legible_on(&self, background: Color, color: Color) -> Color {
        legible(color, background, self.contrast())
    }

    /// A colour that is legible on the background of the box.
    pub(super) fn legible(&self, color: Color) -> Color {
        self.legible_on(self.worst_background(), color)
    }

    /// The colour of a user's name.
    pub(super) fn name_color(&self, uid: &Uid) -> Color {
        let background = self.worst_background();
        self.legible_on(background, name_color(uid, background))
    }

    /// A length in theme pixels as a UI value.
    pub(super) const fn length(&self, pixels: f32) -> Val {
        Val::Vh(self.percent(pixels))
    }

    /// A length in theme pixels as a percentage of the window's height.
    const fn percent(&self, pixels: f32) -> f32 {
        pixels * self.scale * 100.0 / DESIGN_HEIGHT
    }

    /// A length in theme pixels in logical pixels.
    pub(super) const fn to_logical(&self, length: f32) -> f32 {
        self.percent(length) / 100.0 * self.window.y
    }

    /// The maximum height of the message list, in theme pixels.
    pub(super) const fn list_height(&self) -> f32 {
        self.list_height
    }

    /// The height of the box without the message list, in theme pixels: the tab bar and the space around it, and if the
    /// box has an input, the status and the input.
    const fn frame_height(&self, is_read_only: bool) -> f32 {
        const TAB_SPACE: f32 = 25.0;
        const INPUT_SPACE: f32 = 14.0;
        let tabs = TAB_SPACE + self.line_height() * SMALL_FONT_SCALE;
        if is_read_only {
            return tabs;
        }
        tabs + INPUT_SPACE + self.line_height() * (1.0 + SMALL_FONT_SCALE)
    }

    /// The height of `count` lines of text whose size is `scale` times the theme's.
    pub(super) const fn lines(&self, count: f32, scale: f32) -> Val {
        self.length(count * scale * self.line_height())
    }

    /// The height of a line of text, in theme pixels.
    pub(super) const fn line_height(&self) -> f32 {
        scaled_font_size(&self.theme) * LINE_HEIGHT
    }

    /// The font of a text whose size is `scale` times the theme's.
    pub(super) fn text_font(&self, scale: f32) -> TextFont {
        TextFont {
            font: self.font.clone(),
            font_size: FontSize::Vh(self.percent(scaled_font_size(&self.theme) * scale)),
            ..default()
        }
    }
}

/// Mixes colours as they are seen: in sRGB, whatever spaces they are in.
fn tint(background: Color, color: Color, amount: f32) -> Color {
    Srgba::from(background)
        .mix(&color.into(), amount)
        .with_alpha(1.0)
        .into()
}

const fn scaled_font_size(theme: &ChatBoxTheme) -> f32 {
    theme.font_size * theme.text_scale.max(MIN_TEXT_SCALE)
}
