//! Contrast of colours, as WCAG 2 defines it.

use bevy::prelude::{Alpha, Color, LinearRgba, Mix, Oklcha};

/// How far a step of [`legible`] changes the lightness.
const STEP: f32 = 0.02;

/// The contrast ratio of two opaque colours, from 1 to 21.
pub(super) fn contrast(one: Color, other: Color) -> f32 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

/// Whether black has more contrast on the colour than white.
pub(super) fn is_light(color: Color) -> bool {
    contrast(Color::BLACK, color) > contrast(Color::WHITE, color)
}

/// A translucent colour over an opaque one, as the renderer blends them.
pub(super) fn blend(over: Color, under: Color) -> Color {
    let opaque = LinearRgba::from(over.with_alpha(1.0));
    LinearRgba::from(under).mix(&opaque, over.alpha()).into()
}

/// The colour, made lighter or darker until it has the contrast on the background. White or black if no lightness is
/// enough.
pub(super) fn legible(color: Color, background: Color, ratio: f32) -> Color {
    if contrast(color, background) >= ratio {
        return color;
    }
    let step = if is_light(background) { -STEP } else { STEP };
    let mut changed = Oklcha::from(color);
    while contrast(changed.into(), background) < ratio && (0.0..=1.0).contains(&changed.lightness) {
        changed.lightness += step;
        changed.chroma *= 0.985;
    }
    if (0.0..=1.0).contains(&changed.lightness) {
        changed.into()
    } else if step > 0.0 {
        Color::WHITE
    } else {
        Color::BLACK
    }
}

fn luminance(color: Color) -> f32 {
    let LinearRgba {
        red, green, blue, ..
    } = color.into();
    0.2126 * red.clamp(0.0, 1.0) + 0.7152 * green.clamp(0.0, 1.0) + 0.0722 * blue.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((contrast(Color::WHITE, Color::BLACK) - 21.0).abs() < 0.01);
        let grey = Color::srgb_u8(0x76, 0x76, 0x76);
        assert!((contrast(grey, Color::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_colour_becomes_legible_on_any_background() {
        for shade in 0..=20_u8 {
            let background = Color::srgb_u8(shade * 12, shade * 12, shade * 12);
            for hue in 0..24_u8 {
                let color = Oklcha::new(0.5, 0.12, f32::from(hue) * 15.0, 1.0).into();
                let ratio = contrast(legible(color, background, 4.5), background);
                assert!(ratio >= 4.5, "{ratio} on {shade}");
            }
        }
    }
}
