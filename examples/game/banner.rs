//! The name of the zone, shown for a while when the player enters it.

use bevy::prelude::*;

use crate::zones::{CurrentZone, Following};

#[derive(Component)]
struct Banner {
    since_entry: f32,
}

const BANNER_IN: f32 = 0.4;
const BANNER_STAYS: f32 = 2.6;
const BANNER_OUT: f32 = 1.2;

pub(crate) fn plugin(app: &mut App) {
    app.add_systems(Startup, spawn_banner).add_systems(
        Update,
        (
            announce.run_if(resource_changed::<CurrentZone>),
            fade_banner,
        )
            .chain()
            .after(Following),
    );
}

fn spawn_banner(mut commands: Commands) {
    let line = |size: f32| {
        (
            TextFont::from_font_size(size),
            TextColor(Color::NONE),
            TextShadow {
                offset: Vec2::splat(2.0),
                color: Color::NONE,
            },
        )
    };
    commands
        .spawn((
            Banner { since_entry: 0.0 },
            Node {
                position_type: PositionType::Absolute,
                width: percent(100),
                top: percent(13),
                flex_direction: FlexDirection::Column,
                align_items: AlignItems::Center,
                ..default()
            },
        ))
        .with_child((Text::default(), line(44.0)))
        .with_child((Text::default(), line(18.0)));
}

fn announce(
    current: Res<CurrentZone>,
    banner: Single<(&mut Banner, &Children)>,
    mut texts: Query<&mut Text>,
) {
    let (mut banner, lines) = banner.into_inner();
    banner.since_entry = 0.0;
    for (line, words) in lines.iter().zip([current.0.title(), current.0.subtitle()]) {
        if let Ok(mut text) = texts.get_mut(line) {
            text.0 = words.to_owned();
        }
    }
}

fn fade_banner(
    time: Res<Time>,
    banner: Single<(&mut Banner, &Children)>,
    mut colors: Query<(&mut TextColor, &mut TextShadow)>,
) {
    let (mut banner, lines) = banner.into_inner();
    if banner.since_entry > BANNER_IN + BANNER_STAYS + BANNER_OUT {
        return;
    }
    banner.since_entry += time.delta_secs();
    let rise = banner.since_entry / BANNER_IN;
    let fall = (BANNER_IN + BANNER_STAYS + BANNER_OUT - banner.since_entry) / BANNER_OUT;
    let alpha = rise.min(fall).clamp(0.0, 1.0);
    for &line in lines {
        if let Ok((mut color, mut shadow)) = colors.get_mut(line) {
            color.0 = Color::srgba(1.0, 0.96, 0.86, alpha);
            shadow.color = Color::srgba(0.12, 0.07, 0.14, 0.8 * alpha);
        }
    }
}
