//! The colours of names.

use bevy::prelude::{Color, Oklcha};

use super::contrast::legible;
use crate::model::Uid;

/// The contrast of names, which WCAG 2 requires of text of this size.
const CONTRAST: f32 = 4.5;
/// The number of different hues.
const HUES: u64 = 24;

/// The colour of a user's name: always the same for a uid, and readable on the background.
pub fn name_color(uid: &Uid, background: Color) -> Color {
    let hue = fnv(uid.as_str()) % HUES;
    let color = Oklcha::new(0.78, 0.12, hue as f32 * 360.0 / HUES as f32, 1.0);
    legible(color.into(), background, CONTRAST)
}

/// The FNV-1a hash, which is the same on every platform and in every version.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat_box::contrast::contrast;

    #[test]
    fn names_are_readable_on_any_background() {
        for shade in 0..=20_u8 {
            let background = Color::srgb_u8(shade * 12, shade * 12, shade * 12);
            for user in 0..200 {
                let uid = Uid::from(format!("user-{user}"));
                let color = name_color(&uid, background);
                let contrast = contrast(color, background);
                assert!(contrast >= CONTRAST, "{contrast} on {shade}");
            }
        }
    }

    #[test]
    fn a_users_color_stays_and_differs_from_others() {
        let colors: Vec<_> = ["ana", "bob", "cai", "dag", "eve"]
            .map(|uid| name_color(&uid.into(), Color::BLACK))
            .into();
        assert_eq!(colors[0], name_color(&"ana".into(), Color::BLACK));
        let distinct = colors.iter().filter(|color| **color == colors[0]).count();
        assert!(distinct < 3);
    }
}
