//! The fonts: one for all text, and fallbacks for characters that it lacks.

use bevy::{prelude::*, text::FontCx};
use parley::{
    GenericFamily,
    fontique::{FallbackKey, Script},
};

/// The font of all text. It replaces Bevy's default font.
const TEXT: &[u8] = include_bytes!("../../assets/fonts/Nunito-SemiBold.ttf");

/// The fallback fonts for scripts, by their ISO 15924 codes.
const FALLBACKS: [(&str, &str, &[&[u8; 4]]); 8] = [
    (
        "DroidSansFallback-subset.ttf",
        "Droid Sans Fallback",
        &[b"Hani", b"Hira", b"Kana", b"Hang", b"Bopo"],
    ),
    ("NotoSansArabic-Regular.ttf", "Noto Sans Arabic", &[b"Arab"]),
    (
        "NotoSansDevanagari-Regular.ttf",
        "Noto Sans Devanagari",
        &[b"Deva"],
    ),
    ("NotoSansGreek-Regular.ttf", "Noto Sans", &[b"Grek"]),
    ("NotoSansHebrew-Regular.ttf", "Noto Sans Hebrew", &[b"Hebr"]),
    ("NotoSansThai-Regular.ttf", "Noto Sans Thai", &[b"Thai"]),
    ("NotoSansSymbols-subset.ttf", "Noto Sans Symbols", SYMBOLS),
    ("NotoSansSymbols2-subset.ttf", "Noto Sans Symbols2", SYMBOLS),
];
/// A symbol counts as part of the script of the surrounding text.
const SYMBOLS: &[&[u8; 4]] = &[
    b"Zyyy", b"Latn", b"Cyrl", b"Grek", b"Arab", b"Hebr", b"Thai", b"Deva", b"Hani", b"Hira",
    b"Kana", b"Hang",
];
const EMOJI: (&str, &str) = ("NotoColorEmoji-subset.ttf", "Noto Color Emoji");

/// The fallback fonts. They stay loaded while this resource exists.
#[derive(Resource)]
struct Fallbacks {
    _fonts: Vec<Handle<Font>>,
    are_known: bool,
}

pub(crate) fn plugin(app: &mut App) {
    let mut fonts = app.world_mut().resource_mut::<Assets<Font>>();
    if let Err(error) = fonts.insert(AssetId::default(), Font::from_bytes(TEXT.to_vec())) {
        error!("the text font can't be used: {error}");
    }
    app.add_systems(Startup, load)
        .add_systems(Update, introduce.run_if(|it: Res<Fallbacks>| !it.are_known));
}

fn load(mut commands: Commands, assets: Res<AssetServer>) {
    let files = FALLBACKS.iter().map(|(file, ..)| *file).chain([EMOJI.0]);
    commands.insert_resource(Fallbacks {
        _fonts: files
            .map(|file| assets.load(format!("fonts/{file}")))
            .collect(),
        are_known: false,
    });
}

/// Registers the fallbacks once Bevy's text system has collected the fonts, at the end of the frame in which they are loaded.
fn introduce(mut fallbacks: ResMut<Fallbacks>, mut context: ResMut<FontCx>) {
    let families = FALLBACKS
        .iter()
        .map(|(_, family, _)| *family)
        .chain([EMOJI.1]);
    if !families
        .into_iter()
        .all(|family| context.collection.family_id(family).is_some())
    {
        return;
    }
    for (_, family, scripts) in FALLBACKS {
        let family = context.collection.family_id(family);
        for script in scripts {
            let key = FallbackKey::from(Script::from_bytes(**script));
            context.collection.append_fallbacks(key, family.into_iter());
        }
    }
    if let Err(error) = context.set_generic_family(GenericFamily::Emoji, EMOJI.1) {
        error!("there are no emoji: {error}");
    }
    fallbacks.are_known = true;
}
