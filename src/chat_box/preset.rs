//! Presets for common kinds of games.

use std::time::Duration;

use bevy::prelude::*;

use super::{
    state::ChatBoxKeys,
    theme::{ChatBoxCorner, ChatBoxTheme},
};

/// An appearance and keys for a common kind of game, as a starting point.
///
/// ```
/// use bevy::prelude::*;
/// use bevy_cometchat::chat_box::{ChatBoxPlugin, ChatPreset};
///
/// App::new()
///     .insert_resource(ChatPreset::Subtitles.theme())
///     .insert_resource(ChatPreset::Subtitles.keys());
/// ```
#[derive(Reflect, Clone, Copy, Debug, PartialEq, Eq)]
#[reflect(Clone, Debug, PartialEq)]
pub enum ChatPreset {
    /// A large box that stays, and R answers the last whisper.
    Mmo,
    /// A small box in the upper left corner, out of the way, which fades soon, and V opens the wheel of phrases.
    Arena,
    /// A light box with large texts, which fades late.
    Cosy,
    /// A few lines of large text at the bottom, in the middle, which fade soon.
    Subtitles,
}

impl ChatPreset {
    /// All presets.
    pub const ALL: [Self; 4] = [Self::Mmo, Self::Arena, Self::Cosy, Self::Subtitles];

    /// The appearance.
    pub fn theme(self) -> ChatBoxTheme {
        let theme = ChatBoxTheme::default();
        let seconds = |count| Some(Duration::from_secs(count));
        match self {
            Self::Mmo => ChatBoxTheme {
                width: 500.0,
                height: 240.0,
                fade_after: None,
                ..theme
            },
            Self::Arena => ChatBoxTheme {
                corner: ChatBoxCorner::TopLeft,
                width: 380.0,
                height: 110.0,
                font_size: 14.0,
                fade_after: seconds(6),
                ..theme
            },
            Self::Cosy => ChatBoxTheme {
                font_size: 17.0,
                background: Color::srgb(0.98, 0.95, 0.89),
                text: Color::srgb(0.24, 0.18, 0.14),
                dim: Color::srgb(0.42, 0.36, 0.32),
                accent: Color::srgb(0.16, 0.42, 0.36),
                whisper: Color::srgb(0.46, 0.20, 0.50),
                own_mention: Color::srgb(0.72, 0.36, 0.10),
                warning: Color::srgb(0.70, 0.16, 0.12),
                fade_after: seconds(40),
                ..theme
            },
            Self::Subtitles => ChatBoxTheme {
                corner: ChatBoxCorner::BottomCenter,
                width: 720.0,
                height: 76.0,
                font_size: 20.0,
                background: Color::BLACK,
                fade_after: seconds(5),
                ..theme
            },
        }
    }

    /// The keys.
    pub fn keys(self) -> ChatBoxKeys {
        ChatBoxKeys {
            reply: (self == Self::Mmo).then_some(KeyCode::KeyR),
            wheel_key: (self == Self::Arena).then_some(KeyCode::KeyV),
            ..ChatBoxKeys::default()
        }
    }
}
