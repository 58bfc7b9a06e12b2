use bevy::{
    input_focus::tab_navigation::TabIndex, picking::hover::Hovered, prelude::*, ui_widgets::Button,
};

use crate::chat_box::{
    drawn_theme::{DrawnTheme, SMALL_FONT_SCALE},
    parts::{Clickable, FontScale, UnfadedBackground, UnfadedTextColor},
};

/// The widget and the colours of a button in the layout mode, on a background of a tint. Its text and its
/// [node](small_button_node) come in addition.
pub(super) fn small_button(theme: &DrawnTheme, tint: Color) -> impl Bundle + use<> {
    let color = theme.tinted_background(tint);
    (
        Button,
        Hovered::default(),
        TabIndex(0),
        Clickable(true),
        theme.text_font(SMALL_FONT_SCALE),
        FontScale(SMALL_FONT_SCALE),
        UnfadedTextColor(theme.legible_on(color, theme.text)),
        UnfadedBackground(color),
        BackgroundColor(color),
    )
}

pub(super) fn small_button_node(theme: &DrawnTheme) -> Node {
    Node {
        padding: UiRect::axes(theme.length(7.0), theme.length(2.0)),
        border_radius: BorderRadius::all(theme.length(4.0)),
        ..default()
    }
}
