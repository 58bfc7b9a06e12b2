//! The look of the buttons over the lower right corner of the list.

use accesskit::Role;
use bevy::prelude::*;

use crate::chat_box::{
    drawn_theme::{DrawnTheme, SMALL_FONT_SCALE},
    parts::{Clickable, accessible, themed_background, themed_text},
};

/// A button `bottom` above the lower edge, in units of the theme. What it says is set later.
pub(super) fn floating_button(
    theme: &DrawnTheme,
    bottom: f32,
    background: fn(&DrawnTheme) -> Color,
) -> impl Bundle {
    (
        Clickable(true),
        accessible(Role::Button),
        themed_text(theme, SMALL_FONT_SCALE, |theme| theme.background),
        themed_background(theme, background),
        Node {
            position_type: PositionType::Absolute,
            right: theme.length(12.0),
            bottom: theme.length(bottom),
            padding: UiRect::axes(theme.length(9.0), theme.length(3.0)),
            border_radius: BorderRadius::all(theme.length(9.0)),
            ..default()
        },
        ZIndex(1),
    )
}
