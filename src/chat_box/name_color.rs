use bevy::prelude::{Color, ColorToComponents, LinearRgba, Oklcha};

use crate::model::Uid;

/// What WCAG 2 asks of text of this size (success criterion 1.4.3).
const CONTRAST: f32 = 4.5;
const HUES: u64 = 24;

/// The colour of a user's name: the same in every game and on every day, and readable on the backdrop.
pub fn name_color(uid: &Uid, backdrop: Color) -> Color {
    let hue = fnv(uid.as_str()) % HUES;
    readable(
        Oklcha::new(0.78, 0.12, hue as f32 * 360.0 / HUES as f32, 1.0),
        backdrop,
    )
}

/// FNV-1a, which is the same on every platform and in every version.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// The colour, lighter or darker as far as it takes.
fn readable(mut color: Oklcha, backdrop: Color) -> Color {
    let step = match contrast(Color::BLACK, backdrop) > contrast(Color::WHITE, backdrop) {
        true => -0.04,
        false => 0.04,
    };
    while contrast(color.into(), backdrop) < CONTRAST && (0.0..1.0).contains(&color.lightness) {
        color.lightness += step;
        color.chroma *= 0.97;
    }
    color.into()
}

fn contrast(one: Color, other: Color) -> f32 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

fn luminance(color: Color) -> f32 {
    let [r, g, b, _] = LinearRgba::from(color).to_f32_array();
    0.2126 * r.clamp(0.0, 1.0) + 0.7152 * g.clamp(0.0, 1.0) + 0.0722 * b.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_on_any_backdrop() {
        for shade in 0..=20_u8 {
            let backdrop = Color::srgb_u8(shade * 12, shade * 12, shade * 12);
            for user in 0..200 {
                let uid = Uid::from(format!("user-{user}"));
                let color = name_color(&uid, backdrop);
                let contrast = contrast(color, backdrop);
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
