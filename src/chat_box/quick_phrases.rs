//! The phrases that a player sends without typing.

use bevy::prelude::*;

/// The phrases on the wheel, clockwise from the top. The first eight are shown. Without phrases, the wheel does
/// not open.
#[derive(Resource, Reflect, Clone, Debug)]
#[reflect(Resource, Clone, Debug, Default)]
pub struct QuickPhrases(pub Vec<String>);

impl Default for QuickPhrases {
    fn default() -> Self {
        let phrases = [
            "Hello!",
            "Follow me",
            "Help!",
            "Wait",
            "Thanks!",
            "Sorry",
            "Well played",
            "Bye!",
        ];
        Self(phrases.map(String::from).into())
    }
}
